"""Names that are not made of a given and a family name: fathers' names in a row, and Vietnamese syllables.

Whoever is called Ahmed Mohamed bears his father's name, which millions have, so it is he only where the name is whole,
stands alone and is the same name: Mahmoud is no Muhammad. A Vietnamese name is its syllables with their tones, all of
them and in order: Nguyễn Văn Sơn is neither Nguyễn Sơn nor Nguyễn Văn Sơn Hải. The names of both kinds are in
``frequent.toml`` and ``words.toml``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from watchdog.core.atoms import Atom, Shape
from watchdog.core.cut import Scan
from watchdog.core.frequent import frequent_givens
from watchdog.core.givens import SAME_NAME
from watchdog.core.likeness import similarity
from watchdog.core.names import ListedName
from watchdog.core.sounds import VOWELS, Reading, keys, spell
from watchdog.lang.letters import Letters, base_letter

_MARKS_OF_TONES = "\u0300\u0301\u0303\u0309\u0323\u0306\u031b\u0302"
_NISBA = ("ال", "ی")  # how a name of origin begins and ends: "الیمنی"
_MOST = 11  # names, the first of the table: of two of these, many have each name of origin
_OF_NOUNS = "de"
_ON = "علی"  # Ali, and without its dots "on"
_DESCENT = frozenset({"ben", "bin", "ibn", "bint", "ould", "wuld", "бен", "бин", "ибн"})


class Fathers:
    """The given names that stand as family names, too, each in its spellings."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._written: dict[str, int] = {}
        self._by_key: dict[str, list[tuple[Reading, int]]] = {}
        for number, forms in enumerate(letters.fathers):
            for form in forms:
                reading = Reading(*spell(form, letters))
                if reading.is_loose:
                    self._written[form] = number
                    continue
                for key in keys(reading.sounds):
                    self._by_key.setdefault(key, []).append((reading, number))

    @lru_cache(maxsize=2**12)  # noqa: B019 -- lives as long as its letters
    def of(self, word: str) -> frozenset[int]:
        """Which of them a word may be; by its letters alone where its script leaves vowels out."""
        reading = Reading(*spell(word, self._letters))
        if reading.is_loose:
            return frozenset({self._written[word]} if word in self._written else ())
        near = {entry for key in keys(reading.sounds) for entry in self._by_key.get(key, ())}
        return frozenset(number for form, number in near if similarity(reading, form) >= SAME_NAME)


@lru_cache(maxsize=2)
def fathers_of(letters: Letters) -> Fathers:
    """The table, prepared once."""
    return Fathers(letters)


def are_two_fathers(one: str, other: str, letters: Letters) -> bool:
    """Whether two words are known as two names: Mahmoud and محمد."""
    fathers = fathers_of(letters)
    some, others = fathers.of(one), fathers.of(other)
    return bool(some and others) and some.isdisjoint(others)


def has_given_before(scan: Scan, first: int, letters: Letters) -> bool:
    """Whether somebody's given name, or a family name that stands first, is right before a name."""
    if not first or scan.atoms[first].gap not in {" ", "-"}:
        return False
    before = scan.atoms[first - 1]
    return before.shape is not Shape.LOWER and before.text != _ON and _is_given(before, letters)


def has_name_before(scan: Scan, first: int, lang: str | None, letters: Letters) -> bool:
    """Whether a word with a capital that begins no sentence is right before a name; in German it may be any noun."""
    if first <= 1 or scan.atoms[first].gap != " " or scan.is_shouted or lang == _OF_NOUNS:
        return False
    before = scan.atoms[first - 1]
    is_within = before.gap == " " and before.shape is Shape.CAPITAL and len(before.text) > 1
    return is_within and not (letters.words.is_no_name(before.text) or letters.words.is_common(before.text))


def goes_on_as_chain(scan: Scan, first: int, last: int, letters: Letters) -> bool:
    """Whether a row of fathers' names goes on, in a script without capitals too."""
    follower = scan.atoms[last + 1] if last + 1 < len(scan.atoms) else None
    if follower is None or follower.gap not in {" ", "-"}:
        return False
    if follower.text in _DESCENT:
        return True
    if follower.shape is not Shape.CASELESS:
        return False
    most = frozenset(range(_MOST))
    are_most = all(fathers_of(letters).of(scan.atoms[place].text) & most for place in (first, last))
    return _is_given(follower, letters) or (are_most and is_of_origin(follower))


def is_of_origin(atom: Atom) -> bool:
    """Whether an Arabic word is made as names of origin are: "الحوثی"."""
    start, end = _NISBA
    return atom.text.startswith(start) and atom.text.endswith(end)


def is_part_of_chain(scan: Scan, first: int, last: int, letters: Letters) -> bool:
    """Whether a servant's name without capitals stands in a row with others: "عبد الرحمن علي"."""
    follower = scan.atoms[last + 1] if last + 1 < len(scan.atoms) else None
    if has_given_before(scan, first, letters):
        return True
    if follower is None or follower.gap != " " or follower.shape is not Shape.CASELESS:
        return False
    return _is_given(follower, letters) or is_of_origin(follower)


def _is_given(atom: Atom, letters: Letters) -> bool:
    known = (letters.common_given, letters.frequent_given, letters.frequent_elsewhere)
    if any(atom.text in names for names in known) or fathers_of(letters).of(atom.text):
        return True
    if atom.shape is Shape.CAPITAL and "".join(map(base_letter, atom.text)) in letters.words.syllables_first:
        return True
    reading = Reading(*spell(atom.text, letters))
    return not (atom.text.isascii() or reading.is_loose) and frequent_givens(letters).has(reading)


def is_of_syllables(name: ListedName, letters: Letters) -> bool:
    """Whether a listed name is Vietnamese: a family name first that many have, and every part one syllable."""
    first = "".join(map(base_letter, name.parts[0].text))
    return first in letters.words.syllables_first and all(_is_syllable(part.readings[0]) for part in name.parts)


def _is_syllable(reading: Reading) -> bool:
    are_vowels = (not VOWELS.isdisjoint(sound) for sound in reading.sounds)
    return not reading.is_loose and sum(is_vowel for is_vowel, _ in groupby(are_vowels)) <= 1


def differ_in_tone(listed: Sequence[str], written: Sequence[str]) -> bool:
    """Whether both are written with marks, and some word with others: Nguyễn Văn Hùng, Nguyễn Văn Hưng."""
    some, others = ([sorted(_marks(word)) for word in words] for words in (listed, written))
    return any(some) and any(others) and some != others


def _marks(word: str) -> Iterator[str]:
    yield from (sign for sign in unicodedata.normalize("NFD", word) if sign in _MARKS_OF_TONES)
