"""Recognises a listed name at a place of a text: in order, family name first, with initials, or sharing a family name.

Parts must stand close together, with capitals where the script has them; what may stand between them are patronymics,
honorifics, initials and at most one other name. Which of the finds count is decided by ``mentions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import inf

from watchdog.core.cut import MAX_ATOMS, Scan, is_initial, is_initial_after, is_joint, is_letter
from watchdog.core.names import (
    SAME_NAME,
    ListedName,
    NameIndex,
    NameKind,
    Near,
    Part,
    Shape,
    given_gender,
)
from watchdog.core.phrases import languages_of
from watchdog.core.sounds import Reading, bent_readings, keys, near_keys, similarity, spell
from watchdog.lang.letters import Gender, base_letter

# Agreement that a part needs, the mean of all parts, and a part that stands alone; found on the development half of the
# labelled names. Names of few sounds need more, because everything is near them.
_PART, _MEAN, _MEAN_OF_DOTTED, _MEAN_OF_LOOSE, ALONE = 0.85, 0.93, 0.9, 0.95, 0.9
_FEW_SOUNDS, _PART_OF_FEW, _LOOSE_OF_FEW, _LOOSE_OF_THREE, _NEVER = 4, 0.9, 0.95, 0.94, 2.0
_TOO_SHORT, _MEAN_OF_FEW = 4, 0.99  # consonants of all parts, and the mean that one more needs
_OF_EQUIVALENT, _LOOSE_EQUIVALENT = 0.92, 0.98
# Who spells one name as listed spells the other so, too, and what is left of it without a case ending is that name.
_BESIDE_LISTED, _BENT_BESIDE_LISTED = 0.9, 0.94
_OF_OWN_SCRIPT = 0.95  # of scripts in which one language spells a name in one way
_ENOUGH_ALONE = 6  # consonants of a name of one part that is spelled with vowels here and without them there
_PREFIXED = "with a prefix"
_MEAN_OF_TURNED = 0.94  # more often two people than one
_OF_SHORTENED = 0.95
_OF_INITIALS = 0.9  # an initial says less than a name
_KEY_OF_LOOSE = 2  # classes
_MAX_INNER = 3
_REACH = MAX_ATOMS + _MAX_INNER + 1
_MEMORY = 2**16  # words remembered across documents, with nothing near most of them: some 10 MB
_NO = (0.0, "")
_GIVEN_AND_FAMILY = _GIVEN_AND_PATRONYMIC = 2
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


@dataclass(frozen=True, slots=True)
class _Match:
    """A word that may be a part of a name: its last atom, how like, and in which case."""

    last: int
    score: float
    case: str
    #: It begins with the very letters of the listed part.
    is_spelled: bool


class Finder:
    """Compares the words of one document with the index."""

    def __init__(self, lang: str | None, index: NameIndex) -> None:
        self._index = index
        self._words = index.letters.words
        self._own = index.letters.languages.get(lang or "")
        self._lang_given = lang
        self._lang = lang if self._own else "" if lang else None
        self._givens_at: dict[Scan, list[tuple[Part, ...] | None]] = {}

    def heads(self, scan: Scan) -> Iterator[tuple[int, Part]]:
        """The family names, and names of one part, that may begin at an atom."""
        for position, words in enumerate(scan.words):
            for text, _ in words:
                for part in self._near(text, is_head=True):
                    yield position, part

    def starts(self, scan: Scan, position: int, head: Part) -> Iterator[tuple[int, int]]:
        """Numbers of names with a head, another part or initial of which stands near it, and where each may begin."""
        if not head.is_family:
            yield from ((number, position) for number in self._index.by_head[head])
            return
        for other in range(max(0, position - _REACH), min(position + _REACH, len(scan.words))):
            if len(scan.atoms[other].text) == 1 and abs(other - position) <= _GIVEN_AND_PATRONYMIC + 1:
                yield from ((number, position) for number in self._index.by_head[head])
            for given in self._givens(scan, other):
                for number in self._index.by_pair.get((head, given), ()):
                    yield number, position
                    yield number, other

    def _givens(self, scan: Scan, position: int) -> tuple[Part, ...]:
        """The given names that the words at an atom may be."""
        at = self._givens_at.setdefault(scan, [None] * len(scan.words))
        givens = at[position]
        if givens is None:
            words = scan.words[position]
            givens = at[position] = tuple(part for text, _ in words for part in self._near(text, is_head=False))
        return givens

    def find_at(self, name: ListedName, scan: Scan, start: int) -> Found | None:
        """A name of at least two parts, whole, shared or with initials; a name of one part as it stands."""
        if len(name.parts) == 1:
            is_told = self._told(scan, start, name.parts) >= _ENOUGH_ALONE
            return next(self.part_at(name.parts[0], scan, start), None) if is_told else None
        turned = name.parts[1:] + name.parts[:1] if name.parts[0].is_family else name.parts[-1:] + name.parts[:-1]
        match = self._row(scan, start, name.parts) or self._turned(scan, start, turned)
        match = match or self._shortened(name, scan, start)
        if match:
            return Found(start, match.last, match.score, match.case)
        return self._shared(name, scan, start) or self._with_initials(name, scan, start)

    def part_at(self, part: Part, scan: Scan, start: int) -> Iterator[Found]:
        """One part alone, which must be more alike than beside the others."""
        for match in self._matches(scan, start, part):
            if match.score >= ALONE:
                yield Found(start, match.last, match.score, match.case)

    def _near(self, text: str, *, is_head: bool) -> Near:
        """The parts that a word may be, each with how like it is, and in which case."""
        memory = self._index.memory
        key = (self._lang, is_head, text)
        near = memory.get(key)
        if near is None:
            if len(memory) >= _MEMORY:
                memory.clear()
            near = memory[key] = self._measured(text, is_head=is_head)
        return near

    def _measured(self, text: str, *, is_head: bool) -> Near:
        readings = tuple(reading for reading in self._read(text) if reading.sounds)
        # Without vowels and capitals, a single consonant calls for too many.
        shortest = _KEY_OF_LOOSE if is_head and any(reading.is_loose for reading in readings) else 0
        by_key = self._index.heads_by_key if is_head else self._index.givens_by_key
        near: dict[Part, tuple[float, str]] = {}
        for reading in readings:
            found = (key for key in near_keys(reading) if len(key) >= shortest)
            for part, listed in {entry: None for key in found for entry in by_key.get(key, ())}:
                score = _measure(reading, part, listed)
                if text != part.text and self._words.is_common(text):
                    continue  # "Prize" is no Bruce
                if score < _OF_OWN_SCRIPT and self._index.letters.have_one_spelling(text[0], part.text[0]):
                    continue
                if score > near.get(part, _NO)[0]:
                    near[part] = score, reading.case
        return {part: like for part, like in near.items() if not self._is_other_gender(text, part, like[0])}

    def _is_other_gender(self, text: str, part: Part, score: float) -> bool:
        """Olga, in whatever case, is nearer to "Ольга" than a bent Oleg."""
        if part.is_family or part.gender is None or score >= SAME_NAME:
            return False
        return given_gender(text, self._index.letters) not in {None, part.gender}

    def _read(self, text: str) -> tuple[Reading, ...]:
        """With the endings of the document's language where the word is in its script, else of all of that script."""
        letters = self._index.letters
        return bent_readings(text, letters, languages_of(text, self._lang_given, letters))

    def _matches(self, scan: Scan, position: int, part: Part) -> list[_Match]:
        if position >= len(scan.words):
            return []
        is_head = part in self._index.by_head
        return [
            _Match(last, *outcome, is_spelled=_bare(text).startswith(_bare(part.text)))
            for text, last in scan.words[position]
            if (outcome := self._near(text, is_head=is_head).get(part))
        ]

    def _row(self, scan: Scan, start: int, parts: Sequence[Part], *, comma: bool = False) -> _Match | None:
        """All parts in this order from an atom on, with little between them."""
        for match in self._matches(scan, start, parts[0]):
            if len(parts) == 1:
                return match
            for following in self._after(scan, match.last, comma=comma):
                rest = self._row(scan, following, parts[1:])
                if (
                    rest
                    and rest.case == _PREFIXED
                    and not scan.atoms[following].text.startswith(self._words.attached_articles)
                ):
                    continue  # "and", "in", "to" stand before the whole name
                if rest and self._agrees(match, rest, scan, following, parts[0]):
                    score = (match.score + rest.score * (len(parts) - 1)) / len(parts)
                    if score >= self._least_mean(scan, start, parts):
                        return _Match(rest.last, score, rest.case or match.case, rest.is_spelled)
        return None

    def _least_mean(self, scan: Scan, start: int, parts: Sequence[Part]) -> float:
        """The agreement of all parts that a name needs: more where fewer letters tell; a short one tells nothing."""
        alphabet = self._index.letters.alphabet(scan.atoms[start].text[0])
        if alphabet is not None and alphabet.is_syllabic:  # the dot says that it is a foreign name
            return _MEAN_OF_DOTTED
        told = self._told(scan, start, parts)
        if told == inf:
            return _MEAN
        return _NEVER if told < _TOO_SHORT else _MEAN_OF_FEW if told < _TOO_SHORT + 1 else _MEAN_OF_LOOSE

    def _told(self, scan: Scan, start: int, parts: Sequence[Part]) -> float:
        """How many consonants tell a name where one of text and name leaves vowels out; else every letter does."""
        alphabet = self._index.letters.alphabet(scan.atoms[start].text[0])
        if alphabet is None or alphabet.writes_vowels is not parts[0].readings[0].is_loose:
            return inf
        lengths = [sorted(map(len, keys(part.readings[0].sounds))) for part in parts]
        return sum(row[0] + row[-1] for row in lengths) / 2

    def _agrees(self, given: _Match, family: _Match, scan: Scan, position: int, part: Part) -> bool:
        """Whether two parts go together: spelled in one manner, and a man's Slavic names bent together.

        "Евгения Беркович" is no man, and "Hana Veselý" no Johana Veselý.
        """
        is_bent = self._own is not None and any(ending.is_masculine for ending in self._own.endings)
        for one, other, is_given in ((given, family, part.is_family), (family, given, not part.is_family)):
            least = _BESIDE_LISTED if is_given or other.case else 0.0
            if other.case and not is_bent:
                least = _BENT_BESIDE_LISTED
            if one.is_spelled and not other.is_spelled and other.score < least:
                return False
        is_bare = not family.case and scan.atoms[position].text[-1] not in _OPEN_ENDS
        return not (is_bent and part.gender is Gender.MALE and given.case and is_bare)

    def _after(self, scan: Scan, last: int, *, comma: bool) -> Iterator[int]:
        """Where the next part may begin: at once, or after a patronymic, an initial, an honorific or one other name."""
        others = 0
        for position in range(last + 1, min(last + 2 + _MAX_INNER, len(scan.atoms))):
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
        if scan.atoms[start].shape is Shape.CASELESS:
            return None
        match = self._row(scan, start, parts, comma=True)
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
        for given in givens:
            match = self._row(scan, start, (given, family))
            if match and all(
                len(scan.atoms[between].text) == 1 or not self._is_other(scan, between, name)
                for between in range(start + 1, match.last)
            ):
                return _Match(match.last, match.score * _OF_SHORTENED, match.case, match.is_spelled)
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
        if start > 1 and scan.atoms[start - 1].gap == " " and self.other_given(scan, start):
            return None  # "said Donna Macauley and Keanu Nevin": two people; but "Brothers Mehman and Emin Huseynov"
        for match in self._matches(scan, start, name.parts[0]):
            conjunction, other, family = range(match.last + 1, match.last + 4)
            if family >= len(scan.atoms) or scan.atoms[conjunction].text not in self._words.conjunctions:
                continue
            if self._told(scan, start, name.parts) < inf:
                continue  # by chance as often as not
            joined = all(is_joint(scan.atoms[place - 1], scan.atoms[place]) for place in (conjunction, other, family))
            if not joined or scan.atoms[other].shape is not Shape.CAPITAL or is_letter(scan.atoms[other]):
                continue
            for found in self.part_at(name.parts[1], scan, family):
                if (match.score + found.score) / 2 < self._least_mean(scan, start, name.parts):
                    continue
                return Found(start, match.last, found.score, match.case, How.SHARED)
        return None

    def _with_initials(self, name: ListedName, scan: Scan, start: int) -> Found | None:
        """Find "M. Huseynov", "M.R. Huseynov", "Huseynov M.": the first initial must be the given name's."""
        if name.family is None or self._told(scan, start, (name.family,)) < _TOO_SHORT:
            return None
        given = name.parts[1] if name.parts[0] is name.family else name.parts[0]
        for found in self.part_at(name.family, scan, start):
            first, last = start, found.last
            while first and start - first < _GIVEN_AND_PATRONYMIC and is_initial(scan.atoms, first - 1):
                first -= 1
            initial = first
            if first == start:
                initial = last = found.last + 1
            is_after = first == start and is_initial_after(scan, last) and not self.other_given(scan, start)
            is_spelled = scan.atoms[found.last].text.startswith(name.family.text)
            if (first < start or is_after) and self.begins(given, scan.atoms[initial].text, is_spelled=is_spelled):
                return Found(first, last, found.score * _OF_INITIALS, found.case, How.INITIALS)
        return None

    def begins(self, given: Part, initial: str, *, is_spelled: bool = False) -> bool:
        """Whether an initial can be that of a given name; beside a family name as listed, the very letter."""
        if given.text.startswith(initial):
            return True
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
        if before.shape is Shape.CASELESS:
            return before.text if before.text in self._index.letters.common_given else ""
        if before.shape is Shape.LOWER or self._words.is_no_name(before.text):
            return ""
        return scan.as_written(before.start, before.end)


@lru_cache(maxsize=2**12)
def _bare(word: str) -> str:
    return "".join(map(base_letter, word))


def _told_by(listed: Reading) -> int:
    return max(map(len, keys(listed.sounds)), default=0)


def _measure(reading: Reading, part: Part, listed: Reading) -> float:
    """How like a part a word is; 0 below what the part needs."""
    if reading.is_masculine and part.gender is Gender.FEMALE:
        return 0.0
    least = _PART
    if len(part.readings[0].sounds) <= _FEW_SOUNDS:
        least = _LOOSE_OF_FEW if reading.is_loose else _PART_OF_FEW
    elif part.is_family and reading.is_loose is not listed.is_loose and _told_by(listed) < _TOO_SHORT:
        least = _LOOSE_OF_THREE
    if listed is not part.readings[0]:
        least = max(least, _OF_EQUIVALENT)
    if reading.is_loose is not listed.is_loose and listed is not part.readings[0]:
        # Without vowels, short forms are like anything: "شارع" is a street and no Sasha.
        least = _LOOSE_EQUIVALENT if len(listed.sounds) > _FEW_SOUNDS else _NEVER
    score = similarity(reading, listed)
    return score if score >= least else 0.0
