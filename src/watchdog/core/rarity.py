"""Weighs how little a name may tell: what many are called needs more agreement than what few are called.

Whoever has a given name that is frequent where names are written in Latin letters has one spelling there: Michel Havard
is no Michael Howard, while Mehman Huseynov is Mekhman Guseinov. Frequent names are counted in
``lang/letters/frequent.toml``. This is asked last, of the few places where a name was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from math import inf

from watchdog.core.atoms import Atom, Shape
from watchdog.core.cut import Scan
from watchdog.core.frequent import frequent_anywhere, frequent_families, frequent_givens
from watchdog.core.givens import SAME_NAME
from watchdog.core.likeness import similarity
from watchdog.core.lineage import (
    are_two_fathers,
    differ_in_tone,
    fathers_of,
    goes_on_as_chain,
    has_given_before,
    has_name_before,
    is_of_syllables,
)
from watchdog.core.names import ListedName, Part
from watchdog.core.phrases import languages_of
from watchdog.core.pieces import (
    NEAR,
    OPEN_ENDS,
    PREFIXED,
    Piece,
    bare,
    has_other_z,
    is_other_son,
    is_spelled,
    is_stem,
    is_written_so,
)
from watchdog.core.sounds import VOWELS, Reading, bent_readings, keys, spell
from watchdog.lang.letters import Gender, Language, Letters

# Agreement that the mean of all parts needs; found on the development half of the labelled names.
_MEAN, _MEAN_OF_DOTTED, _MEAN_OF_LOOSE, _NEVER = 0.93, 0.9, 0.95, 2.0
TOO_SHORT, _MEAN_OF_FEW = 4, 0.99  # consonants of all parts, and the mean that one more needs
_HEARD = 0.85  # by sound and not by a table of equivalents
_HEARD_FAMILY, _HEARD_OF_MANY = 0.9, 0.92
_FAR = 0.89
_NEAR_TURNED = 0.94
_LIKE, _SHORT = 0.93, 6  # a family name of more sounds
_SHORTENED = 0.93
_NOTHING = 2  # consonants; without vowels they tell nothing beside a frequent given name
_LITTLE = 3  # consonants, the last of which an ending may have brought
_BREATHS = frozenset("hkg")
_ENDS_OF_MEN = frozenset("oо")  # in either alphabet
_END_OF_WOMEN = "a"
#: Slavic family names that end so do not bend: "Игната Белых".
_UNBENT = (*OPEN_ENDS, "ых", "их", "ykh", "ikh")
_NOMINATIVE = "nominative"
_LATIN = "Latin"
_FEW = 6  # consonants of both parts; a name of so few, family name first, is as often two other names
#: In these, s is z, or z is written so: Solotowa is Zolatava.
_SAY_S_AS_Z = frozenset({"da", "de", "et", "fi", "nb", "no", "sv"})
#: These write foreign names by their own rules: Džulians Asanžs.
_RESPELLING = frozenset({"lt", "lv"})


class Weigher:
    """Judges names found in a document of one language."""

    def __init__(self, lang: str | None, letters: Letters) -> None:
        self._lang = lang
        self._letters = letters
        own = letters.languages.get(lang or "")
        self._bends_men = own if own and any(ending.is_masculine for ending in own.endings) else None

    def doubt(self, name: ListedName, pieces: Sequence[Piece], scan: Scan) -> str:
        """Why a name that sounds like a listed one may well be another; empty where nothing speaks for that.

        Args:
            name: the listed name.
            pieces: its parts that were found, in the order of the text.
            scan: the text.
        """
        is_whole = len(pieces) == len(name.parts)
        if reason := self._doubt_of_lineage(name, pieces, scan, is_whole=is_whole):
            return reason
        family = next((piece for piece in pieces if piece.part is name.family), None)
        given = next((piece for piece in pieces if piece.part is not name.family), None)
        if family is None or given is None:
            return ""
        is_turned = pieces[0] is family and not name.parts[0].is_family
        doubts = chain(
            self._doubts_of_place(given, family, pieces, scan, is_whole=is_whole),
            self._doubts(given, family, is_turned=is_turned),
        )
        return next((reason for reason, is_in_doubt in doubts if is_in_doubt), "")

    def _doubts_of_place(
        self, given: Piece, family: Piece, pieces: Sequence[Piece], scan: Scan, *, is_whole: bool
    ) -> Iterator[tuple[str, bool]]:
        least = min(given.score, family.score)
        yield "shortened, and spelled in another way", not is_whole and least < _SHORTENED
        yield (
            "spelled in another way, and the name goes on",
            self._is_vague(given, family, is_whole=is_whole) and self.goes_on(scan, pieces[-1].last),
        )
        are_spelled = is_spelled(given) and is_spelled(family)
        is_longer = not are_spelled and has_given_before(scan, pieces[0].first, self._letters)
        yield "spelled in another way, and another given name before it", is_longer
        is_inside = self.goes_on(scan, pieces[-1].last) and self._has_any_before(scan, pieces[0].first)
        yield "part of a longer name on either side", is_inside
        is_first = family.part.text in self._letters.frequent_given and self.goes_on(scan, pieces[-1].last)
        yield "two given names, and the name goes on", is_first
        is_other = not is_whole or self._has_others_between(pieces, scan)
        yield (
            "many have the given name, and not all of it is here",
            is_other and not are_spelled and self._is_father(given),
        )
        yield "two people, joined by a word", self._are_joined(pieces, scan)
        is_other = least < NEAR and self._has_others_between(pieces, scan)
        yield "spelled in another way, with another name in it", is_other

    def _doubt_of_lineage(self, name: ListedName, pieces: Sequence[Piece], scan: Scan, *, is_whole: bool) -> str:
        """Why it may be somebody else's where the name is no given and family name, or hardly one."""
        letters, first, last = self._letters, pieces[0].first, pieces[-1].last
        if any(are_two_fathers(piece.part.text, piece.text, letters) for piece in pieces):
            return "two names that many have"
        goes_on = self.goes_on(scan, last)
        is_inside = goes_on or self._has_others_between(pieces, scan)
        if is_of_syllables(name, letters):
            listed, written = [part.text for part in name.parts], [atom.text for atom in scan.atoms[first : last + 1]]
            is_same = [*map(bare, listed)] == [*map(bare, written)]
            if goes_on or not (is_same or (is_whole and not is_inside)):
                return "of a name that only all its syllables tell"
            return "with other tones" if is_same and differ_in_tone(listed, written) else ""
        is_inside = is_inside or self._has_any_before(scan, first)
        is_turned = pieces[0].part is not name.parts[0] and all(map(self._is_father, pieces))
        has_comma = any("," in scan.atoms[piece.first].gap for piece in pieces[1:])
        is_near = is_whole and (has_comma or not is_turned) and not is_inside
        is_alone = is_near and not goes_on_as_chain(scan, first, last, letters)
        is_chain = any(piece.part is name.family and self._is_father(piece) for piece in pieces)
        return "fathers' names that many have, and others beside them" if is_chain and not is_alone else ""

    def _doubts(self, given: Piece, family: Piece, *, is_turned: bool) -> Iterator[tuple[str, bool]]:
        yield "only one of its parts has a case ending", self._disagree(given, family)
        is_cut = given.case == PREFIXED and _consonants(given) <= _NOTHING
        is_of_many = is_cut and frequent_families(self._letters).has(family.part.readings[0])
        yield "a prefix off, little is left, and many have the family name", is_of_many
        yield "the given name is another, as it stands", self._is_another_as_it_stands(given, family)
        yield "the family name first, and spelled in another way", is_turned and self._is_loosely_turned(given, family)
        yield "another given name, and many have the family name", self._is_of_many(given, family)
        yield "it begins with another letter", self._begins_otherwise(family)
        yield "the son of another", is_other_son(family)
        is_far = family.score < _FAR and self._lang not in _SAY_S_AS_Z and has_other_z(family)
        yield "many have the given name, and the family name has s for z", is_far and self._is_of_any(given)
        yield (
            "many have the given name, and the family name sounds another way",
            self._is_heard_otherwise(given, family),
        )
        yield (
            "another spelling, of a name that has only one in Latin letters",
            not self._may_be_respelled(given, family),
        )

    def goes_on(self, scan: Scan, last: int) -> bool:
        """Whether another name follows at once."""
        follower = scan.atoms[last + 1] if last + 1 < len(scan.atoms) else None
        if follower is None or follower.gap != " " or follower.shape is not Shape.CAPITAL or scan.is_shouted:
            return False
        return self._is_other_name(follower) and not self._letters.words.is_common(follower.text)

    def _has_any_before(self, scan: Scan, first: int) -> bool:
        lang, letters = self._lang, self._letters
        return has_given_before(scan, first, letters) or has_name_before(scan, first, lang, letters)

    def _are_joined(self, pieces: Sequence[Piece], scan: Scan) -> bool:
        """Whether "and" stands between the parts, in a script in which it is no initial: "بری و استیو"."""
        conjunctions = self._letters.words.conjunctions
        return any(atom.shape is Shape.CASELESS and atom.text in conjunctions for atom in _between(pieces, scan))

    def _has_others_between(self, pieces: Sequence[Piece], scan: Scan) -> bool:
        return any(len(atom.text) > 1 and self._is_other_name(atom) for atom in _between(pieces, scan))

    def _is_other_name(self, atom: Atom) -> bool:
        """Whether an atom is no patronymic, particle, honorific or title."""
        words = self._letters.words
        is_inside = atom.text in words.inner or atom.text in words.particles or atom.text.endswith(words.patronymics)
        return not (is_inside or words.is_no_name(atom.text))

    def least_mean(self, text: str, parts: Sequence[Part]) -> float:
        """The agreement of all parts that a name needs: more where fewer letters tell; a short one tells nothing."""
        alphabet = self._letters.alphabet(text[0])
        if alphabet is not None and alphabet.is_syllabic:  # the dot says that it is a foreign name
            return _MEAN_OF_DOTTED
        told = self.told(text, parts)
        if told == inf:
            return _MEAN
        return _NEVER if told < TOO_SHORT else _MEAN_OF_FEW if told < TOO_SHORT + 1 else _MEAN_OF_LOOSE

    def told(self, text: str, parts: Sequence[Part]) -> float:
        """How many consonants tell a name where one of text and name leaves vowels out; else every letter does."""
        alphabet = self._letters.alphabet(text[0])
        if alphabet is None or alphabet.writes_vowels is not parts[0].readings[0].is_loose:
            return inf
        lengths = [sorted(map(len, keys(part.readings[0].sounds))) for part in parts]
        return sum(row[0] + row[-1] for row in lengths) / 2

    def is_known(self, word: str) -> bool:
        """Whether a word is a frequent given name."""
        return word in self._letters.frequent_given

    def _is_father(self, piece: Piece) -> bool:
        return bool(fathers_of(self._letters).of(piece.part.text))

    def _is_of_frequent(self, given: Piece) -> bool:
        """Whether many have the given name: in Latin letters as it is written there, else by its sound."""
        if self.is_known(given.part.text) or self.is_known(given.text) or self._is_father(given):
            return True
        is_latin = self._is_written_latin(given.part.text) or self._is_written_latin(given.text)
        return not is_latin and frequent_givens(self._letters).has(given.part.readings[0])

    def _is_of_any(self, given: Piece) -> bool:
        """The same, of names that are transliterated too: Vladimir, Maria."""
        return self._is_of_frequent(given) or frequent_anywhere(self._letters).has(given.part.readings[0])

    def _is_vague(self, given: Piece, family: Piece, *, is_whole: bool) -> bool:
        """Whether it is spelled in another way, and shortened or with a frequent given name."""
        if is_spelled(given) and is_spelled(family):
            return False
        is_far = min(given.score, family.score) < NEAR and self._lang != "de"  # where nouns have capitals
        return not is_whole or is_far or self._is_of_frequent(given)

    def _disagree(self, given: Piece, family: Piece) -> bool:
        """Whether a language that bends both parts of a man's name has bent one: "Donna Edwards" is no Don."""
        if self._bends_men is None:
            return False
        if family.case and not family.case.startswith(_NOMINATIVE) and not given.case:
            if given.part.gender is Gender.FEMALE or family.part.readings[0].sounds[-1:] == ("a",):
                return False  # "Айгуль Мусину": a woman's that ends in a consonant does not bend
            return given.text[-1] not in OPEN_ENDS and self._heard_unbent(family) < _HEARD_FAMILY
        if not given.case or family.case or family.text.endswith(_UNBENT) or given.part.gender is Gender.FEMALE:
            return False
        if any(_END_OF_WOMEN in sound for sound in given.part.readings[0].sounds[-1:]):
            return False  # "Дарье Ким": beside hers a consonant does not bend
        return given.text.endswith(_of_men(self._bends_men)) and self._heard_unbent(given) < _HEARD

    def _is_another_as_it_stands(self, given: Piece, family: Piece) -> bool:
        """Whether what looks bent is a frequent name, beside a family name that is not: "Франсіско" and Francisca."""
        is_hers = given.part.gender is not Gender.MALE and any(
            "a" in sound for sound in given.part.readings[0].sounds[-1:]
        )
        is_one_bent = is_hers and bool(given.case) and not family.case and given.text[-1] in _ENDS_OF_MEN
        return is_one_bent and frequent_givens(self._letters).has(Reading(*spell(given.text, self._letters)))

    def _is_loosely_turned(self, given: Piece, family: Piece) -> bool:
        is_near = min(given.score, family.score) >= _NEAR_TURNED
        is_bent = bool(given.case) and not is_stem(given)
        is_bent = is_bent or (bool(family.case) and self._leaves_out_vowels(family))
        return not is_near or is_bent or (not self._is_one_script(family) and _told(given, family) <= _FEW)

    def _is_of_many(self, given: Piece, family: Piece) -> bool:
        """Whether the given name is no more than an equivalent, and the family name says little."""
        if is_spelled(given) or not frequent_families(self._letters).has(family.part.readings[0]):
            return False
        if self._leaves_out_vowels(given):
            return given.score < SAME_NAME
        return self._heard(given) < (NEAR if self._is_one_script(given) else _HEARD)

    def _is_heard_otherwise(self, given: Piece, family: Piece) -> bool:
        """Whether a frequent given name stands beside a family name that only sounds a little like the listed one."""
        if self._is_one_script(family) or not self._is_of_frequent(given):
            return False
        if self._leaves_out_vowels(family):
            is_known = self.is_known(given.part.text) or self.is_known(given.text)
            return _consonants(family) <= (_LITTLE if family.case else _NOTHING if is_known else 0)
        return family.score < _HEARD_OF_MANY

    def _leaves_out_vowels(self, piece: Piece) -> bool:
        return self.told(piece.text, (piece.part,)) < inf

    def _may_be_respelled(self, given: Piece, family: Piece) -> bool:
        """Whether two names in Latin letters may be one in two spellings: not where its bearer has only one."""
        if not (self._is_latin(given) and self._is_latin(family)):
            return True
        are_known = self.is_known(given.part.text), self.is_known(given.text)
        if is_spelled(given) and given.part.text in self._letters.frequent_elsewhere:
            least = NEAR if len(family.part.readings[0].sounds) <= _SHORT else _LIKE
            return bool(family.case) or is_spelled(family) or family.score >= least
        if is_spelled(given):
            return not all(are_known) or (is_stem(family) and is_written_so(family))
        if all(are_known):
            return is_spelled(family)
        is_near = min(given.score, family.score) >= NEAR
        return not any(are_known) or is_near or is_spelled(family) or self._lang in _RESPELLING

    def _begins_otherwise(self, family: Piece) -> bool:
        """Whether one begins with h and the other not, in two alphabets: "هریس" is Harris and no Rees."""
        sounds, listed = spell(family.text, self._letters)[0], family.part.readings[0].sounds
        if self._is_one_script(family) or not sounds or not listed or VOWELS & {*sounds[0], *listed[0]}:
            return False
        is_one_breathed = ("h" in sounds[0]) is not ("h" in listed[0])
        other = sounds[0] if "h" in listed[0] else listed[0]
        return is_one_breathed and _BREATHS.isdisjoint(other) and set(sounds[0]).isdisjoint(listed[0])

    def _heard(self, piece: Piece) -> float:
        """How like the part as listed the word sounds, and not an equivalent of it."""
        languages = languages_of(piece.text, self._lang, self._letters) if piece.case else ()
        readings = bent_readings(piece.text, self._letters, languages)
        return max(similarity(reading, piece.part.readings[0]) for reading in readings)

    def _heard_unbent(self, piece: Piece) -> float:
        return similarity(Reading(*spell(piece.text, self._letters)), piece.part.readings[0])

    def _is_latin(self, piece: Piece) -> bool:
        return self._is_written_latin(piece.text) and self._is_one_script(piece)

    def _is_written_latin(self, word: str) -> bool:
        alphabet = self._letters.alphabet(word[0])
        return alphabet is not None and alphabet.script == _LATIN

    def _is_one_script(self, piece: Piece) -> bool:
        return self._letters.alphabet(piece.text[0]) is self._letters.alphabet(piece.part.text[0])


def _between(pieces: Sequence[Piece], scan: Scan) -> Iterator[Atom]:
    for one, two in pairwise(pieces):
        yield from scan.atoms[one.last + 1 : two.first]


def _told(given: Piece, family: Piece) -> int:
    return _consonants(given) + _consonants(family)


def _consonants(piece: Piece) -> int:
    return max(map(len, keys(piece.part.readings[0].sounds)), default=0)


@lru_cache(maxsize=2**6)
def _of_men(language: Language) -> tuple[str, ...]:
    return tuple(ending.suffix for ending in language.endings if ending.is_masculine and not ending.restored)
