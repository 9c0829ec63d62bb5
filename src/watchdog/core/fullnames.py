"""Recognises a listed name at a place of a text: in order, family name first, with initials, or sharing a family name.

Parts must stand close together, with capitals where the script has them; what may stand between them are patronymics,
honorifics, initials and at most one other name. Which of the finds count is decided by ``mentions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, takewhile
from math import inf

from rapidfuzz.distance import OSA

from watchdog.core.atoms import Shape
from watchdog.core.candidates import ALONE, MAX_INNER, Candidates
from watchdog.core.cut import Scan, initial_beside, is_initial, is_joint, is_letter
from watchdog.core.lineage import is_part_of_chain
from watchdog.core.names import ListedName, NameIndex, NameKind, Part
from watchdog.core.pieces import PREFIXED, Piece, bare, begins_alike
from watchdog.core.rarity import TOO_SHORT, Weigher
from watchdog.core.sounds import is_other_syllable, spell
from watchdog.core.syllables import are_of_one_system
from watchdog.lang.letters import Gender

# Who spells one name as listed spells the other so, too, and what is left of it without a case ending is that name.
_BESIDE_LISTED, _FAMILY_BESIDE_LISTED, _BENT_BESIDE_LISTED = 0.9, 0.88, 0.94
_SLIP_BESIDE_LISTED = 0.865  # "Tothi" for Tohti: letters swapped, one wrong or one too many
_SYLLABLE_BESIDE_LISTED = 0.94  # John is no Johann, and Cheung no Chung: nothing else tells them
_SURE_BESIDE_LISTED = 0.93  # James Dawos is James Davies, but "James Dawos Mamit" is not
_ENOUGH_ALONE = 6  # consonants of a name of one part that is spelled with vowels here and without them there
_MEAN_OF_TURNED = 0.94  # more often two people than one
_OF_SHORTENED = 0.95
_SHORTENED_BESIDE_LOOSE = 0.97  # without vowels, of two names of three: Gene Taylor is no Jan Mark Taylor in Persian
_OF_INITIALS = 0.9  # an initial says less than a name
_FAMILY_OF_INITIALS = 0.93  # so the family name must say more
_MOST_TO_SHORTEN = 3  # parts: whoever is called Juan Pérez is not Juan Antonio Abad Pérez
_GIVEN_AND_FAMILY = 2
_BEN = {"ben", "бен"}  # a particle, and a given name: "Ben Nelson"
_SAY_DON = {"es", "it", "pt", None}  # as a title; Don Davies has it from his parents
_OPEN_ENDS = frozenset("аеёиоуыэюяіїєaeiouy")


class How(StrEnum):
    """In which manner a name stands there."""

    WHOLE = "whole"
    #: "Mehman and Emin Huseynov"; the find is the given name.
    SHARED = "shared"
    INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class Found:
    """The atoms ``[first, last]`` are a name."""

    first: int
    last: int
    score: float
    #: In words; empty for the form as listed.
    case: str
    how: How = How.WHOLE
    #: Why it may well be somebody else; empty where nothing speaks for that.
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    """A word that may be a part of a name: its last atom, how like, and in which case."""

    last: int
    score: float
    case: str
    #: It begins with the very letters of the listed part.
    is_spelled: bool
    #: It begins with the first of them.
    is_begun: bool
    #: One stroke of the pen turns it into the listed part.
    is_slip: bool
    #: The listed part is a single syllable, and this has more vowels or fewer.
    is_other_syllable: bool
    #: Its last part is spelled in another manner than the others.
    is_doubtful: bool = False
    #: Which words are which parts, in the order of the text.
    pieces: tuple[Piece, ...] = ()
    #: The ways in which its syllables are written.
    systems: frozenset[str] = frozenset()


class Finder:
    """Compares the words of one document with the index."""

    def __init__(self, lang: str | None, index: NameIndex, candidates: Candidates) -> None:
        self._lang = lang
        self._index = index
        self._words = index.letters.words
        self._own = index.letters.languages.get(lang or "")
        self._says_don = lang in _SAY_DON
        self._candidates = candidates
        self._weigher = Weigher(lang, index.letters)

    def find_at(self, name: ListedName, scan: Scan, start: int) -> Found | None:
        """A name of at least two parts, whole, shared or with initials; a name of one part as it stands."""
        if len(name.parts) == 1:
            is_told = self._weigher.told(scan.atoms[start].text, name.parts) >= _ENOUGH_ALONE
            found = next(self.part_at(name.parts[0], scan, start), None) if is_told else None
            return None if found and self._is_part_of_longer(name, scan, found) else found
        turned = name.parts[1:] + name.parts[:1] if name.parts[0].is_family else name.parts[-1:] + name.parts[:-1]
        match = self._row(scan, start, name.parts) or self._turned(scan, start, turned)
        match = match or self._shortened(name, scan, start)
        if match and match.is_doubtful and self._weigher.goes_on(scan, match.last):
            return None
        if match:
            doubt = self._weigher.doubt(name, match.pieces, scan)
            return Found(start, match.last, match.score, match.case, doubt=doubt)
        return self._shared(name, scan, start) or self._with_initials(name, scan, start)

    def _is_part_of_longer(self, name: ListedName, scan: Scan, found: Found) -> bool:
        """Whether what a particle begins is only a part of another name here.

        "Green" and "Theo Francken" are no Al Green and Al Franken, "Abdul Wahid Karzai" no Abdul Wahid, and "de Lotta
        Johnsson" no Del Latta.
        """
        part, articles = name.parts[0], self._words.attached_articles
        text = "".join(atom.text for atom in scan.atoms[found.first : found.last + 1])
        is_bare = part.text.startswith(articles) and not text.startswith(articles)
        is_of_two = " " in name.text.strip() and not text.startswith(part.text)
        if part.is_shared and is_part_of_chain(scan, found.first, found.last, self._index.letters):
            return True
        if (is_bare and is_of_two) or ((part.is_shared or is_bare) and self.other_given(scan, found.first)):
            return True
        return (part.is_shared or is_of_two) and self._weigher.goes_on(scan, found.last)

    def part_at(self, part: Part, scan: Scan, start: int) -> Iterator[Found]:
        """One part alone, which must be more alike than beside the others."""
        for match in self._matches(scan, start, part):
            if match.score >= ALONE:
                yield Found(start, match.last, match.score, match.case)

    def _matches(self, scan: Scan, position: int, part: Part) -> list[_Match]:
        row = self._candidates.rows(scan).get(position)
        if row is None:
            return []
        listed = bare(part.text)
        return [
            _Match(
                last=last,
                score=like.score,
                case=like.case,
                is_spelled=bare(text).startswith(listed),
                is_begun=bare(text[0]) == listed[0],
                is_slip=OSA.distance(text, part.text, score_cutoff=1) <= 1,
                is_other_syllable=is_other_syllable(spell(text, self._index.letters)[0], part.readings[0].sounds),
                pieces=(
                    Piece(part, text, position, last, like.score, "" if part.syllables and like.systems else like.case),
                ),
                systems=like.systems,
            )
            for word, (written, last) in zip(row, scan.words[position], strict=True)
            if (like := self._candidates.like(word, part)).score
            # In whatever way its syllables are written, or heard in English, it is spelled as listed.
            for text in (part.text if like.systems else written,)
        ]

    def _row(self, scan: Scan, start: int, parts: Sequence[Part], *, is_turned: bool = False) -> _Match | None:
        """All parts in this order from an atom on, with little between them; nothing after a family name first."""
        for match in self._matches(scan, start, parts[0]):
            if len(parts) == 1:
                return match
            if self._own is not None and self._own.bends_last and match.case:
                return None  # "Martin Helme" is no Mart
            following_places = self._after(scan, match.last, comma=is_turned)
            for following in islice(following_places, 1 if is_turned else None):
                rest = self._row(scan, following, parts[1:])
                if (
                    rest
                    and rest.case == PREFIXED
                    and not scan.atoms[following].text.startswith(self._words.attached_articles)
                ):
                    continue  # "and", "in", "to" stand before the whole name
                if rest and self._agrees(match, rest, scan, following, parts[0]):
                    score = (match.score + rest.score * (len(parts) - 1)) / len(parts)
                    if score >= self._weigher.least_mean(scan.atoms[start].text, parts):
                        is_doubtful = match.is_spelled and not rest.is_spelled and rest.score < _SURE_BESIDE_LISTED
                        return replace(
                            rest,
                            score=score,
                            case=rest.case or match.case,
                            is_doubtful=is_doubtful,
                            pieces=match.pieces + rest.pieces,
                        )
        return None

    def _agrees(self, given: _Match, family: _Match, scan: Scan, position: int, part: Part) -> bool:
        """Whether two parts go together: spelled in one manner, and a man's Slavic names bent together.

        "Евгения Беркович" is no man, and "Hana Veselý" no Johana Veselý.
        """
        if given.systems and family.systems and not are_of_one_system(given.systems, family.systems):
            return False
        is_bent = self._own is not None and any(ending.is_masculine for ending in self._own.endings)
        for one, other, is_given in ((given, family, part.is_family), (family, given, not part.is_family)):
            is_plain = not is_given and not other.case and other.is_begun
            least = _FAMILY_BESIDE_LISTED if is_plain else _BESIDE_LISTED
            if is_plain and other.is_slip:
                least = _SLIP_BESIDE_LISTED
            if other.case and not is_bent:
                least = _BENT_BESIDE_LISTED
            if other.is_other_syllable and not other.case:
                least = _SYLLABLE_BESIDE_LISTED
            if one.is_spelled and not other.is_spelled and other.score < least:
                return False
        is_bare = not family.case and scan.atoms[position].text[-1] not in _OPEN_ENDS
        return not (is_bent and part.gender is Gender.MALE and given.case and is_bare)

    def _after(self, scan: Scan, last: int, *, comma: bool) -> Iterator[int]:
        """Where the next part may begin: at once, or after a patronymic, an initial, an honorific or one other name."""
        others = 0
        for position in range(last + 1, min(last + 2 + MAX_INNER, len(scan.atoms))):
            before, atom = scan.atoms[position - 1], scan.atoms[position]
            if not (is_joint(before, atom) or (comma and position == last + 1 and atom.gap.strip() in {",", "،"})):
                return
            yield position
            if atom.text in self._words.inner or atom.text in self._words.particles or is_letter(atom):
                continue
            if atom.text.endswith(self._words.patronymics):
                continue
            others += 1
            is_common = atom.text in self._index.letters.common_given
            if (
                others > 1
                or not (atom.shape is Shape.CAPITAL or is_common)
                or scan.is_shouted
                or atom.text in self._words.titles
            ):
                return

    def _turned(self, scan: Scan, start: int, parts: Sequence[Part]) -> _Match | None:
        """Family name first, as in lists; not where either belongs to somebody else's name."""
        if scan.atoms[start].shape is Shape.CASELESS or scan.atoms[start].text in self._words.openers:
            return None  # "To LeBron James, ..." is no James To
        match = self._row(scan, start, parts, is_turned=True)
        if match is None or match.score < _MEAN_OF_TURNED:
            return None
        has_comma = any("," in scan.atoms[position].gap for position in range(start + 1, match.last + 1))
        if has_comma and self.other_given(scan, start):
            return None
        follower = scan.atoms[match.last + 1] if match.last + 1 < len(scan.atoms) else None
        is_name = follower is not None and follower.gap == " " and follower.shape is Shape.CAPITAL
        if follower is None or not is_name or len(follower.text) == 1:
            return match
        after = scan.atoms[match.last + 2].text if match.last + 2 < len(scan.atoms) else ""
        is_patronymic = after in self._words.inner or follower.text.endswith(self._words.patronymics)
        return match if is_patronymic else None

    def _shortened(self, name: ListedName, scan: Scan, start: int) -> _Match | None:
        """One of several given names and the family name, with no other name between them or before."""
        if len(name.parts) <= _GIVEN_AND_FAMILY or name.family is None or name.kind is NameKind.NOT:
            return None  # who is not meant is named in full, or the watched person would not be found any more
        *givens, family = name.parts
        turned = self._turned(scan, start, (*name.parts[1:], name.parts[0]))
        if turned or family is not name.family or self.other_given(scan, start):
            return turned
        if len(name.parts) > _MOST_TO_SHORTEN:
            return None
        for given in givens:
            match = self._row(scan, start, (given, family))
            if match and scan.atoms[match.last + 1 : match.last + 2] and scan.atoms[match.last + 1].gap == "-":
                continue  # "Kwok Wai-keung" is no Tan Kok Wai
            if (
                match
                and self._weigher.told(scan.atoms[start].text, (given, family)) < inf
                and match.score < _SHORTENED_BESIDE_LOOSE
            ):
                continue
            if match and all(
                len(scan.atoms[between].text) == 1 or not self._is_other(scan, between, name)
                for between in range(start + 1, match.last)
            ):
                return replace(match, score=match.score * _OF_SHORTENED)
        return None

    def _is_other(self, scan: Scan, position: int, name: ListedName) -> bool:
        """Whether a word between two parts of a name is none of it."""
        atom = scan.atoms[position]
        is_own = any(self._matches(scan, position, part) for part in name.parts)
        return not is_own and atom.text not in self._words.inner and atom.text not in self._words.particles

    def _shared(self, name: ListedName, scan: Scan, start: int) -> Found | None:
        """Find "Mehman and Emin Huseynov": given name, conjunction, another given name, family name."""
        if len(name.parts) != _GIVEN_AND_FAMILY or name.family is not name.parts[1]:
            return None
        if start > 1 and scan.atoms[start - 1].gap in {" ", ", "} and self.other_given(scan, start):
            return None  # "said Donna Macauley and Keanu Nevin": two people; but "Brothers Mehman and Emin Huseynov"
        for match in self._matches(scan, start, name.parts[0]):
            conjunction, other, family = range(match.last + 1, match.last + 4)
            if family >= len(scan.atoms) or scan.atoms[conjunction].text not in self._words.conjunctions:
                continue
            if self._weigher.told(scan.atoms[start].text, name.parts) < inf or match.score < _SURE_BESIDE_LISTED:
                continue  # by chance as often as not
            joined = all(is_joint(scan.atoms[place - 1], scan.atoms[place]) for place in (conjunction, other, family))
            if not joined or scan.atoms[other].shape is not Shape.CAPITAL or is_letter(scan.atoms[other]):
                continue
            for found in self.part_at(name.parts[1], scan, family):
                if (match.score + found.score) / 2 < self._weigher.least_mean(scan.atoms[start].text, name.parts):
                    continue
                return Found(start, match.last, found.score, match.case, How.SHARED)
        return None

    def _with_initials(self, name: ListedName, scan: Scan, start: int) -> Found | None:
        """Find "M. Huseynov", "M.R. Huseynov", "Huseynov M.": the first initial must be the given name's."""
        if name.family is None or self._weigher.told(scan.atoms[start].text, (name.family,)) < TOO_SHORT:
            return None
        given = name.parts[1] if name.parts[0] is name.family else name.parts[0]
        for found in self.part_at(name.family, scan, start):
            if found.score < _FAMILY_OF_INITIALS or (found.case and not self._begins_alike(name.family, scan, start)):
                continue
            initial = initial_beside(scan, start, found.last)
            if initial is None or (initial > start and self._is_within_name(scan, start, initial)):
                continue
            is_spelled = scan.atoms[found.last].text.startswith(name.family.text)
            if self.begins(given, scan.atoms[initial].text, is_spelled=is_spelled):
                first, last = min(start, initial), max(found.last, initial)
                doubt = self._doubt_of_initial(name, scan, first, last)
                return Found(first, last, found.score * _OF_INITIALS, found.case, How.INITIALS, doubt)
        return None

    def _begins_alike(self, family: Part, scan: Scan, start: int) -> bool:
        """Whether a bent word begins as a family name does, beside an initial: "A. Aminu" is no Yameen."""
        text = scan.atoms[start].text
        return begins_alike(
            bare(text), bare(family.text), spell(text, self._index.letters)[0], family.readings[0].sounds
        )

    def _doubt_of_initial(self, name: ListedName, scan: Scan, first: int, last: int) -> str:
        """Why an initial and a family name may be of another name; empty where nothing speaks for that."""
        row = list(takewhile(lambda position: is_initial(scan.atoms, position), range(first, last)))
        givens = [part for part in name.parts if not part.is_family]
        pairs = zip(givens, row, strict=False) if len(givens) > 1 else ()
        if any(not self.begins(given, scan.atoms[place].text) for given, place in pairs):
            return "another second initial"
        if not row and self._weigher.is_known(scan.atoms[first].text) and not scan.atoms[last].gap.strip():
            return "a given name and an initial"
        if self._lang != "de" and self._weigher.goes_on(scan, last):
            return "part of a longer name"
        other = self.other_given(scan, first) if row and not scan.is_shouted else ""
        if not other or any(self._matches(scan, first - 1, given) for given in givens):
            return ""
        return f"another given name, {other}, before the initial"

    def _is_within_name(self, scan: Scan, start: int, initial: int) -> bool:
        """Whether a word and the initial after it may belong to names beside them: "Ask P. Maillard"."""
        follower = scan.atoms[initial + 1] if initial + 1 < len(scan.atoms) else None
        is_name = follower is not None and follower.gap == ". " and follower.shape is Shape.CAPITAL
        if follower is not None and is_name and len(follower.text) > 1 and not self._words.is_no_name(follower.text):
            return True
        return bool(self.other_given(scan, start))

    def begins(self, given: Part, initial: str, *, is_spelled: bool = False) -> bool:
        """Whether an initial can be that of a given name; beside a family name as listed, the very letter."""
        if given.text.startswith(initial):
            return True
        if given.syllables and initial.isascii():
            return False  # "J. Lee" is no Ri Yong-ae
        heard = set("".join(spell(initial, self._index.letters)[0]))
        for reading in given.readings[1:] if is_spelled else given.readings:
            first, second = (*reading.sounds, "", "")[:2]
            # "Ya" begins with y or a, never with i.
            if heard & set(first.replace("i", "") + second if "y" in first and second else first):
                return True
        return False

    def other_given(self, scan: Scan, start: int) -> str:
        """The given name or initial before a family name, as written; empty where there is none."""
        if not start or not is_joint(scan.atoms[start - 1], scan.atoms[start]):
            return ""
        before = scan.atoms[start - 1]
        is_servant = before.text.startswith(self._words.servant)  # "Abdul Ghapur"
        if before.text in self._words.particles and not is_servant:  # "Maggie De Block", "Maryam al-Khawaja"
            further = self.other_given(scan, start - 1)
            if further or before.text not in _BEN:
                return further
        if before.shape is Shape.CASELESS:
            return before.text if before.text in self._index.letters.common_given else ""
        is_inside = start > 1 and before.gap == " " and scan.atoms[start - 2].shape is Shape.LOWER
        is_opener = before.text in self._words.openers and not is_inside  # "said Les Scott"
        is_title = self._words.is_title(before.text) and (before.text != "don" or self._says_don)
        is_middle = is_initial(scan.atoms, start - 1) and bool(self.other_given(scan, start - 1))  # "James M. Clarke"
        if before.shape is Shape.LOWER or ((is_opener or is_title) and not is_middle):
            return ""
        return scan.as_written(before.start, before.end)

    def other_givens(self, scan: Scan, start: int) -> str:
        """All of somebody else's name before a family name, as written: "Mark Andrew" Green, "Maggie De" Block."""
        first = start
        while start - first < MAX_INNER and self.other_given(scan, first):
            first -= 1
        return scan.as_written(scan.atoms[first].start, scan.atoms[start - 1].end) if first < start else ""
