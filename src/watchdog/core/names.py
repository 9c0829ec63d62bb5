"""Watched names as parts that are recognised by sound, whatever their script, spelling or case ending.

A word is spelled as a row of sounds (``lang.letters``), each a set of possibilities, so that ambiguous letters cost
nothing. Its consonant classes make the keys by which candidates are found; a graded distance decides: vowels and
consonants of one class are cheap, foreign consonants dear. What was tried elsewhere and is weaker (edit distance on
romanised text, phonetic codes) is measured in docs/decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

from anyascii import anyascii

from watchdog.core.fold import fold
from watchdog.lang.letters import Gender, Language, Letters, base_letter
from watchdog.model.watch import Case

Sounds = tuple[str, ...]

_ATOM = re.compile(r"[^\W_]+(?:'[^\W_]+)*(?:(?<=[א-ת])')?")
_HUMP = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-ÞА-ЯЁƏĞİŞČŠŽ][^\W\dA-ZА-Я_])")
# Scripts without spaces between words, and Ethiopic and Hangul, whose sounds we have no table for: literal forms only.
_LITERAL = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1200-\u139f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CLASSES = {
    **dict.fromkeys("pb", "P"),
    **dict.fromkeys("fv", "F"),
    **dict.fromkeys("td", "T"),
    **dict.fromkeys("cszSZCJ", "S"),
    **dict.fromkeys("kgq", "K"),
    **{"m": "M", "n": "N", "l": "L", "r": "R", "X": "KS"},
}
_VOWELS = frozenset("aeiou")
_MAX_KEYS = 16
#: A part, and its text, beyond these are not a name but a mistake in the watchlist, or hostile text.
MAX_WORD = 40


class Shape(StrEnum):
    """How a word begins."""

    CAPITAL = "capital"
    LOWER = "lower"
    #: A script without capitals, or a digit.
    CASELESS = "caseless"


@dataclass(frozen=True, slots=True)
class Atom:
    """A run of letters in folded text, ``[start, end)``."""

    text: str
    start: int
    end: int
    shape: Shape
    #: Folded text between the atom before and this one.
    gap: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a word: its sounds, once a case ending or prefix is off."""

    sounds: Sounds
    #: Vowels are not written.
    is_loose: bool
    #: In words; empty for the form as listed.
    case: str = ""
    is_masculine: bool = False


class NameKind(StrEnum):
    """What a listed name does."""

    NAME = "name"
    ALIAS = "alias"
    WEAK = "weak"
    #: Somebody else: claims its spans first.
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Part:
    """A given or family name of a listed name."""

    text: str
    #: The spelling as listed first, then its equivalents.
    readings: tuple[Reading, ...]
    is_family: bool
    #: Such a name (Abd al-Fattah) never stands for its bearer alone.
    is_shared: bool


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name of a case, ready to be compared."""

    case_id: str
    #: As the operator wrote it, and what the case is called.
    text: str
    case_name: str
    kind: NameKind
    gender: Gender | None
    #: In natural order; empty where only the literal form counts.
    parts: tuple[Part, ...]
    #: Folded, for scripts and phrases that are compared letter by letter; else empty.
    literal: str
    context: tuple[str, ...]

    @property
    def family(self) -> Part | None:
        """The family name; None for a name of one part or a literal one."""
        return next((part for part in self.parts if part.is_family), None)


@dataclass(frozen=True, slots=True)
class NameIndex:
    """All listed names, found by the keys of their parts. Immutable; may be pickled."""

    names: tuple[ListedName, ...]
    #: Key to the numbers of names that have a part with it.
    by_key: Mapping[str, tuple[int, ...]]
    #: Numbers of the names with a literal form.
    literals: tuple[int, ...]
    letters: Letters


def build_index(cases: Sequence[Case], letters: Letters) -> NameIndex:
    """Prepare the names of all cases for ``find_mentions``; about 0.1 ms a name."""
    equivalents = _Equivalents(letters)
    names: list[ListedName] = []
    for case in cases:
        for kind, texts in (
            (NameKind.NAME, (case.name,)),
            (NameKind.ALIAS, case.aliases),
            (NameKind.WEAK, case.weak_aliases),
            (NameKind.NOT, case.not_names),
        ):
            names.extend(_listed_name(case, kind, text, letters, equivalents) for text in texts if text.strip())
    by_key: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        for key in {key for part in name.parts for reading in part.readings for key in keys(reading.sounds)}:
            by_key.setdefault(key, []).append(number)
    return NameIndex(
        names=tuple(names),
        by_key={key: tuple(numbers) for key, numbers in by_key.items()},
        literals=tuple(number for number, name in enumerate(names) if name.literal),
        letters=letters,
    )


def _listed_name(case: Case, kind: NameKind, text: str, letters: Letters, equivalents: _Equivalents) -> ListedName:
    atoms = atoms_of(text, fold(text).text, None, letters)
    words = list(_name_words(atoms, letters))
    is_phrase = any(atom.shape is Shape.LOWER and atom.text not in letters.words.particles for atom in atoms)
    literal = ""
    if not words or is_phrase or _LITERAL.search(text):
        literal, words = fold_literal(text, letters), []
    family = 0 if len(words) == 2 and words[0] in letters.words.family_first else len(words) - 1  # noqa: PLR2004 -- given and family
    parts, genders = [], set()
    for number, word in enumerate(words):
        is_family = number == family and len(words) > 1
        readings, gender = equivalents.of(word) if not is_family else (plain_readings(word, letters), None)
        genders.add(gender)
        is_shared = len(word) > max(map(len, letters.words.servant)) and word.startswith(letters.words.servant)
        parts.append(Part(word, readings, is_family, is_shared))
    return ListedName(
        case_id=case.id,
        text=text,
        case_name=case.name,
        kind=kind,
        gender=next((gender for gender in genders if gender), None),
        parts=tuple(parts),
        literal=literal,
        context=tuple(fold(word).text for word in case.context),
    )


def _name_words(atoms: Sequence[Atom], letters: Letters) -> Iterator[str]:
    """The parts of a listed name: what a hyphen or a particle joins is one of them."""
    word = ""
    for number, atom in enumerate(atoms):
        word += atom.text
        follower = atoms[number + 1] if number + 1 < len(atoms) else None
        if follower is None or not (follower.gap == "-" or atom.text in letters.words.particles):
            yield word[:MAX_WORD]
            word = ""


class _Equivalents:
    """The given-name table, by key."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._groups: dict[str, list[tuple[Reading, int]]] = {}
        for number, group in enumerate(letters.given):
            for form in group.forms:
                reading = Reading(*spell(form, letters))
                for key in keys(reading.sounds):
                    self._groups.setdefault(key, []).append((reading, number))

    def of(self, word: str) -> tuple[tuple[Reading, ...], Gender | None]:
        """How a given name may be read, its equivalents included, and whose name it is if the table knows one gender."""
        own = plain_readings(word, self._letters)
        near = (entry for key in keys(own[0].sounds) for entry in self._groups.get(key, ()))
        groups = {number for reading, number in near if similarity(own[0], reading) >= _SAME_NAME}
        genders = {self._letters.given[number].gender for number in groups}
        forms = {form: None for number in sorted(groups) for form in self._letters.given[number].forms}
        others = tuple(Reading(*spell(form, self._letters)) for form in forms)
        return own + others, genders.pop() if len(genders) == 1 else None


#: Two spellings this near are one given name of the table; found by reading its own groups against one another.
_SAME_NAME = 0.94


def fold_literal(text: str, letters: Letters) -> str:
    """Folded text with traditional characters in simplified form; as long as the folded text."""
    return "".join(letters.han.simplified.get(letter, letter) for letter in fold(text).text)


def atoms_of(original: str, folded: str, origins: Sequence[tuple[int, int]] | None, letters: Letters) -> list[Atom]:
    """Cut folded text into atoms; hashtags and handles are cut at their capitals too."""
    atoms: list[Atom] = []
    end = 0
    for match in _ATOM.finditer(folded):
        starts = [match.start()]
        if match.start() and folded[match.start() - 1] in "#@" and origins is None:
            tag = original[match.start() : match.end()]
            starts += [match.start() + hump.start() for hump in _HUMP.finditer(tag)]
        for start, stop in zip(starts, [*starts[1:], match.end()], strict=True):
            first = original[start if origins is None else origins[start][0]]
            atoms.append(Atom(folded[start:stop], start, stop, _shape(first, letters), folded[end:start]))
            end = stop
    return atoms


def _shape(letter: str, letters: Letters) -> Shape:
    if "A" <= letter <= "Z":
        return Shape.CAPITAL
    if "a" <= letter <= "z":
        return Shape.LOWER
    alphabet = letters.alphabet(letter.lower())
    if alphabet is not None and not alphabet.has_capitals:
        return Shape.CASELESS
    if letter.isupper():
        return Shape.CAPITAL
    return Shape.LOWER if letter.islower() else Shape.CASELESS


def spell(word: str, letters: Letters) -> tuple[Sounds, bool]:
    """The sounds of a folded word, and whether its script leaves vowels out; unknown scripts are read by anyascii."""
    sounds: list[str] = []
    is_loose = False
    position = 0
    while position < len(word):
        row, length, writes_vowels = _sounds_at(word, position, letters)
        is_loose = is_loose or not writes_vowels
        for sound in row:
            if not sounds or sounds[-1] != sound:
                sounds.append(sound)
        position += length
    return tuple(sounds), is_loose


def _sounds_at(word: str, position: int, letters: Letters) -> tuple[Sounds, int, bool]:
    letter = word[position]
    if alphabet := letters.alphabets.get(letter):
        for length in range(alphabet.longest, 0, -1):
            row = alphabet.sounds.get(word[position : position + length])
            if row is not None:
                return row, length, alphabet.writes_vowels
    base = base_letter(letter)
    if base != letter and (alphabet := letters.alphabets.get(base)):
        return alphabet.sounds.get(base, ()), 1, alphabet.writes_vowels
    if letter.isascii():
        return (), 1, True
    ascii_form = "".join(filter(str.isalpha, anyascii(letter).lower()))
    return (spell(ascii_form, letters)[0] if ascii_form.isascii() else ()), 1, False


def plain_readings(word: str, letters: Letters) -> tuple[Reading, ...]:
    """A word as it stands, without its article, and without its Arabic one."""
    forms = [word]
    forms += [word[len(article) :] for article in letters.words.articles if _is_article_of(article, word)]
    return tuple(Reading(*spell(form, letters)) for form in forms)


def _is_article_of(article: str, word: str) -> bool:
    # "al" + "Khawaja" are joined as "alkhawaja"; "Alice" is not "al" + "ice", but then nobody is called "ice".
    return (
        article in {"al", "el", "аль", "эль", "ال", "אל"} and word.startswith(article) and len(word) - len(article) >= 4
    )  # noqa: PLR2004


def bent_readings(word: str, letters: Letters, languages: Iterable[Language]) -> tuple[Reading, ...]:
    """A word of a text as it stands, and with each case ending and prefix of the languages taken off."""
    readings = dict.fromkeys(plain_readings(word, letters))
    head, apostrophe, _ = word.partition("'")
    if apostrophe and len(head) > 2:  # noqa: PLR2004 -- "O'Brien", "Sana'a" are whole
        readings |= dict.fromkeys([Reading(*spell(head, letters), "with an ending")])
    for language in languages:
        for ending in language.endings:
            stem = word.removesuffix(ending.suffix)
            if len(stem) != len(word) and len(stem) + len(ending.restored) > 2:  # noqa: PLR2004 -- no name is shorter
                sounds, is_loose = spell(stem + ending.restored, letters)
                readings[Reading(sounds, is_loose, ending.case, ending.is_masculine)] = None
        for prefix in language.prefixes:
            if word.startswith(prefix) and len(word) - len(prefix) > 2:  # noqa: PLR2004
                readings[Reading(*spell(word[len(prefix) :], letters), "with a prefix")] = None
    return tuple(readings)


def keys(sounds: Sounds) -> frozenset[str]:
    """The consonant classes of a row of sounds, in every way it may be read (at most 16)."""
    found = [""]
    for sound in sounds:
        options = sorted({_CLASSES.get(letter, "") for letter in sound} | ({"", "K"} if "h" in sound else set()))
        longer = [key if option and key.endswith(option) else key + option for key, option in product(found, options)]
        found = list(dict.fromkeys(longer))[:_MAX_KEYS]
    return frozenset(found)


def similarity(first: Reading, second: Reading) -> float:
    """How alike two readings sound: 1 for the same, 0 for nothing in common."""
    if first.sounds == second.sounds:
        return 1.0
    is_loose = first.is_loose or second.is_loose
    distance = _distance(first.sounds, second.sounds, is_loose=is_loose)
    if distance >= _FOREIGN:
        return 0.0
    return max(0.0, 1.0 - distance / max(sum(map(_weight, first.sounds)), sum(map(_weight, second.sounds)), 1.0))


def _distance(first: Sounds, second: Sounds, *, is_loose: bool) -> float:
    """Edit distance with graded costs, and a swap of neighbours."""
    above: list[float] = []
    row = [0.0]
    for column in range(len(second)):
        row.append(row[-1] + _loss(second, column, is_loose=is_loose))
    for line, sound in enumerate(first):
        before, above, row = above, row, [row[0] + _loss(first, line, is_loose=is_loose)]
        for column, other in enumerate(second):
            cost = min(
                above[column]
                + _change(
                    sound,
                    other,
                    is_first=line + column < 2,  # noqa: PLR2004 -- past a silent y
                    is_loose=is_loose,
                ),
                above[column + 1] + _loss(first, line, is_loose=is_loose),
                row[column] + _loss(second, column, is_loose=is_loose),
            )
            if line and column and sound == second[column - 1] and other == first[line - 1]:
                cost = min(cost, before[column - 1] + _SWAP)
            row.append(cost)
    return row[-1]


# Costs, found on the development half of the labelled names; the scale is one foreign consonant.
_SWAP = 0.5
#: With a whole foreign consonant it is another name, however long: Stankevich is not Statkevich.
_FOREIGN = 0.95
_PAIRS = {
    **dict.fromkeys(("ei", "ie", "ao", "oa", "ou", "uo", "ae", "ea", "iu", "ui"), 0.25),
    **dict.fromkeys(("pb", "fv", "td", "sz", "SZ", "CJ", "kg", "CS", "cC", "cs", "JZ"), 0.3),
    **{
        "gh": 0.15,
        "kh": 0.35,
        "bv": 0.4,
        "sS": 0.4,
        "zZ": 0.35,
        "zc": 0.35,
        "iy": 0.1,
        "ey": 0.25,
        "uv": 0.35,
        "kX": 0.6,
    },
    **{"sX": 0.6, "pf": 0.6, "zJ": 0.6, "ov": 0.6},
}
_COSTS = _PAIRS | {pair[::-1]: cost for pair, cost in _PAIRS.items()}


@cache
def _weight(sound: str) -> float:
    if _VOWELS.issuperset(sound) or "-" in sound:
        return 0.4
    return 0.3 if "y" in sound else 1.0


@cache
def _letter_change(one: str, other: str) -> float:
    if one == other:
        return 0.0
    both_vowels = one in _VOWELS and other in _VOWELS
    return _COSTS.get(one + other, 0.4 if both_vowels else 1.0)


@cache
def _change(sound: str, other: str, *, is_first: bool, is_loose: bool) -> float:
    """The cost of one sound for another: nothing if they can be the same."""
    cost = min(_letter_change(one, two) for one in sound for two in other)
    is_vowel = not _VOWELS.isdisjoint(sound) and not _VOWELS.isdisjoint(other)
    if cost and is_vowel and is_first:
        return min(1.0, cost * 2.5)  # Osypenko is not Yesypenko
    return cost * 0.5 if is_vowel and is_loose else cost


def _loss(sounds: Sounds, position: int, *, is_loose: bool) -> float:
    """The cost of a sound that only one of the two has."""
    follower = sounds[position + 1][-1] if position + 1 < len(sounds) else ""
    return _loss_before(sounds[position], follower, is_first=position == 0, is_loose=is_loose)


@cache
def _loss_before(sound: str, follower: str, *, is_first: bool, is_loose: bool) -> float:
    if "-" in sound:
        return 0.05
    if "y" in sound:
        return 0.15 if follower else 0.5
    if not _VOWELS.isdisjoint(sound):
        if not follower:  # the last vowel tells Evgeny from Evgenia, Mansour from Mansouri
            return 0.3 if sound == "e" else 1.0
        return 0.6 if is_first and not is_loose else 0.05 if is_loose else 0.3
    if "h" in sound:
        return 0.5
    return 0.4 if sound == "n" and follower in "tdkg" and follower else 1.0
