"""How words sound, whatever their script: rows of sounds, and the keys of their consonants.

A sound is a set of possibilities (``lang/letters/latin.toml`` says which), so that an ambiguous letter costs nothing.
How alike two words are is told by ``likeness``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

from anyascii import anyascii

from watchdog.lang.letters import Alphabet, Ending, Language, Letters, base_letter

Sounds = tuple[str, ...]

# The classes of each consonant; a vowel has none, and h, which some alphabets drop, may have none.
_CLASSES = {
    **dict.fromkeys("pb", ("P",)),
    **dict.fromkeys("fv", ("F",)),
    **dict.fromkeys("td", ("T",)),
    **dict.fromkeys("cszSZCJ", ("S",)),
    **dict.fromkeys("kgq", ("K",)),
    **{letter: (letter.upper(),) for letter in "mnlr"},
    "X": ("KS",),
    "h": ("K", ""),
}
# What may be missing in the other: a nasal before a stop, v where it is u, one of the two of x; and p or b for f or v.
_LOST_OR_TURNED = re.compile("N(?=[TK])|F|P|K(?=S)")
_TURNED = {"P": "F", "F": "P"}
VOWELS = frozenset("aeiou")
_MAX_KEYS = 48
_CONSONANT = "(?:[cpst]h|[b-df-hj-np-tvwxz])"
_OPEN = f"(?={_CONSONANT}[aeiouy])"  # before one consonant and a vowel
_OPEN_VOWEL = re.compile(f"[aeiouy]{_OPEN}")
#: Letters; nothing shorter is left of a name when an ending or prefix is off.
SHORTEST = 3
_SHORTEST_AFTER_ARTICLE = 4
#: "Xu's", "Li's": the one English ending leaves no doubt where the name ends.
_SHORTEST_OWNER = 2
_MEMORY = 2**14  # words remembered: the vocabulary of names of a few hundred articles, a few MB


class Reading(NamedTuple):
    """One way to take a word: its sounds, once a case ending or prefix is off; a tuple, as a text has hundreds."""

    sounds: Sounds
    #: Its script leaves vowels out.
    is_loose: bool
    #: In words; empty for the form as listed.
    case: str = ""
    is_masculine: bool = False


@lru_cache(maxsize=_MEMORY)
def spell(word: str, letters: Letters) -> tuple[Sounds, bool]:
    """The sounds of a folded word, and whether its script leaves vowels out; unknown scripts are read by anyascii."""
    groups, lengths = _groups(letters)
    sounds: list[str] = []
    last, is_loose = "", False
    position, end = 0, len(word)
    while position < end:
        letter = word[position]
        for length in lengths.get(letter, (1,)):
            if (found := groups.get(word[position : position + length])) is not None:
                break
        else:
            length, found = 1, _alone(letter, letters)
        row, writes_vowels = found
        is_loose = is_loose or not writes_vowels
        for sound in row:
            if sound != last:
                sounds.append(sound)
                last = sound
        position += length
    return tuple(sounds), is_loose


@lru_cache(maxsize=2)
def _groups(letters: Letters) -> tuple[dict[str, tuple[Sounds, bool]], dict[str, tuple[int, ...]]]:
    """The sounds of each group of letters, and whether its script writes vowels; how long those of a letter may be.

    The longest first. A group belongs to the alphabet that its first letter has.
    """
    groups: dict[str, tuple[Sounds, bool]] = {}
    lengths: dict[str, set[int]] = {}
    for alphabet in {id(alphabet): alphabet for alphabet in letters.alphabets.values()}.values():
        for group, sounds in () if alphabet.is_syllabic else alphabet.sounds.items():
            if letters.alphabets.get(group[0]) is alphabet:
                groups[group] = sounds, alphabet.writes_vowels
                lengths.setdefault(group[0], set()).add(len(group))
    return groups, {letter: tuple(sorted(found, reverse=True)) for letter, found in lengths.items()}


@lru_cache(maxsize=2**12)
def _alone(letter: str, letters: Letters) -> tuple[Sounds, bool]:
    """The sounds of a letter that no table has, or of a syllable; and whether the script writes vowels."""
    alphabet = letters.alphabets.get(letter)
    if alphabet is not None and alphabet.is_syllabic:
        return _of_syllable(letter, alphabet), alphabet.writes_vowels
    base = base_letter(letter)
    if base != letter and (alphabet := letters.alphabets.get(base)):
        return alphabet.sounds.get(base, ()), alphabet.writes_vowels
    if letter.isascii():
        return (), True
    ascii_form = "".join(filter(str.isalpha, anyascii(letter).lower()))
    return (spell(ascii_form, letters)[0] if ascii_form.isascii() else ()), False


def _of_syllable(sign: str, alphabet: Alphabet) -> Sounds:
    """The sounds of a syllable, by its romanisation."""
    romanised = anyascii(sign).lower()
    sounds: list[str] = []
    while romanised:
        length = next((size for size in range(alphabet.longest, 0, -1) if romanised[:size] in alphabet.sounds), 0)
        sounds += alphabet.sounds.get(romanised[:length], ())
        romanised = romanised[max(length, 1) :]
    return tuple(sounds)


def plain_readings(word: str, letters: Letters) -> tuple[Reading, ...]:
    """A word as it stands, without the article that it begins with, and without the marks that many leave out."""
    articles = letters.words.attached_articles
    unmarked = word if word.isascii() else word.translate(_losable_marks(letters))
    if unmarked == word and not word.startswith(articles):
        return (Reading(*spell(word, letters)),)
    words = (word, unmarked)
    stems = (one.removeprefix(article) for one in words for article in articles)
    forms = [*words, *(stem for stem in stems if _SHORTEST_AFTER_ARTICLE <= len(stem) < len(word))]
    return tuple(dict.fromkeys(Reading(*spell(form, letters)) for form in forms))


@lru_cache(maxsize=2)
def _losable_marks(letters: Letters) -> dict[int, str]:
    """Latin letters that sound another way without their mark, and that letter: Şükrü and Sukru are one."""
    sounds = letters.alphabets["a"].sounds
    found: dict[int, str] = {}
    for letter in (group for group in sounds if len(group) == 1):
        base = base_letter(letter)
        with_mark, without = sounds[letter], sounds.get(base, ())
        if len(with_mark) == len(without) == 1 and set(with_mark[0]).isdisjoint(without[0]):
            found[ord(letter)] = base
    return found


def heard_in_english(word: str, letters: Letters) -> tuple[Reading, ...]:
    """A word as it sounds in an English name, with long vowels and with short ones: Tice is t-a-i-s."""
    (rows, with_long), (short_rows, without) = _english_groups(letters)
    long = _heard(word, rows, with_long)
    return (long,) if _OPEN_VOWEL.search(word) is None else (long, _heard(word, short_rows, without))


def _heard(word: str, rows: Sequence[Sounds], pattern: re.Pattern[str]) -> Reading:
    sounds: list[str] = []
    for match in pattern.finditer(word):
        for sound in rows[(match.lastindex or 1) - 1]:
            if not sounds or sound != sounds[-1]:
                sounds.append(sound)
    return Reading(tuple(sounds), is_loose=False)


@lru_cache(maxsize=2)
def _english_groups(letters: Letters) -> tuple[tuple[list[Sounds], re.Pattern[str]], ...]:
    """The sounds of each group, the longest first, and a pattern with these as its groups; then without long vowels."""
    groups = sorted(letters.english.groups, key=lambda group: (-len(group), group))
    return tuple(
        ([letters.english.groups[group] for group in order], re.compile("|".join(map(_pattern, order))))
        for order in (groups, [group for group in groups if not group.endswith("_")])
    )


def _pattern(group: str) -> str:
    anchored = group.replace("^", r"\A").replace("_e$", rf"(?={_CONSONANT}es?\Z)").replace("$", r"\Z")
    return f"({anchored.replace('_', _OPEN)})"


def bent_readings(word: str, letters: Letters, languages: tuple[Language, ...]) -> tuple[Reading, ...]:
    """A word of a text as it stands, and with each case ending and prefix of the languages taken off."""
    readings = dict.fromkeys(plain_readings(word, letters))
    head, apostrophe, tail = word.rpartition("'")  # "O'Neill's"
    alphabet = letters.alphabet(word[0])
    is_sign = alphabet is not None and alphabet.script == "Cyrillic"  # "Г'юм": hard, and no ending follows
    shortest = _SHORTEST_OWNER if tail == "s" else SHORTEST
    if apostrophe and len(head) >= shortest and not is_sign:  # "O'Brien" is whole
        if any(tail == ending.suffix for language in languages for ending in language.endings):
            readings.clear()  # "Gül'ün" is no Gülün
        readings |= {reading._replace(case="with an ending"): None for reading in plain_readings(head, letters)}
    unmarked = word if word.isascii() else word.translate(_losable_marks(letters))
    for language in languages:
        for form in dict.fromkeys((word, unmarked)):
            if form.endswith(_suffixes(language)) or form.startswith(language.prefixes):
                readings |= dict.fromkeys(_unbent(form, letters, language))
    return tuple(readings)


def unbent(word: str, languages: tuple[Language, ...]) -> Iterator[tuple[str, str]]:
    """A word of a text as it stands, and with each case ending of the languages taken off; and the case."""
    yield word, ""
    for language in languages:
        if word.endswith(_suffixes(language)):
            yield from ((form, ending.case) for form, ending in _without_endings(word, language))


def _without_endings(word: str, language: Language) -> Iterator[tuple[str, Ending]]:
    for ending in language.endings:
        stem = word.removesuffix(ending.suffix)
        if len(stem) != len(word) and len(stem) + len(ending.restored) >= SHORTEST:
            yield stem + ending.restored, ending


def _unbent(word: str, letters: Letters, language: Language) -> Iterator[Reading]:
    for form, ending in _without_endings(word, language):
        yield Reading(*spell(form, letters), ending.case, ending.is_masculine)
    for prefix in language.prefixes:
        stem = word.removeprefix(prefix)
        if len(stem) != len(word) and len(stem) >= SHORTEST:
            yield Reading(*spell(stem, letters), "with a prefix")


def is_other_syllable(sounds: Sounds, listed: Sounds) -> bool:
    """Whether a listed name is a single syllable, and a word has more vowels or fewer."""
    return _runs_of_vowels(listed) == 1 and _vowels(sounds) != _vowels(listed)


def _vowels(sounds: Sounds) -> int:
    return sum(not VOWELS.isdisjoint(sound) for sound in sounds)


def _runs_of_vowels(sounds: Sounds) -> int:
    are_vowels = [not VOWELS.isdisjoint(sound) for sound in sounds]
    return sum(is_vowel and not before for before, is_vowel in pairwise((False, *are_vowels)))


@lru_cache(maxsize=2**8)
def _suffixes(language: Language) -> tuple[str, ...]:
    return tuple(ending.suffix for ending in language.endings)


@lru_cache(maxsize=_MEMORY)
def keys(sounds: Sounds) -> frozenset[str]:
    """The consonant classes of a row of sounds, in every way it may be read (at most 48)."""
    found = [""]
    for options in map(_CLASSES_OF.__getitem__, sounds):
        if len(options) == len(found) == 1:
            option = options[0]
            if not found[0].endswith(option):
                found = [found[0] + option]
        elif options != ("",):
            longer = [
                key if option and key.endswith(option) else key + option for key, option in product(found, options)
            ]
            found = list(dict.fromkeys(longer))[:_MAX_KEYS]
    return frozenset(found)


class _ClassesOf(dict[str, tuple[str, ...]]):
    """The classes of each sound that was seen."""

    def __missing__(self, sound: str) -> tuple[str, ...]:
        found = self[sound] = tuple(dict.fromkeys(option for letter in sound for option in _CLASSES.get(letter, ("",))))
        return found


_CLASSES_OF = _ClassesOf()


def joined_keys(first: str, second: str, letters: Letters) -> frozenset[str]:
    """How the keys begin of two words that are written as one, as far as no ending of the second reaches."""
    ends = {key[: 2 if len(key) > 2 else 1] for key in keys(spell(second, letters)[0])}  # noqa: PLR2004 -- see above
    whole = keys(spell(first, letters)[0])
    return frozenset(key + (end[1:] if key[-1:] == end[:1] else end) for key, end in product(whole, ends))


def near_keys(reading: Reading) -> frozenset[str]:
    """The keys of a reading, and the longest with each class changed that may be: two that are alike share one."""
    return _near_keys(reading.sounds)


@lru_cache(maxsize=_MEMORY)
def _near_keys(sounds: Sounds) -> frozenset[str]:
    """One change of a class at most, and only one that is cheaper than a foreign consonant (``_NEAR``, ``_loss``)."""
    whole = keys(sounds)
    length = max(map(len, whole), default=0)
    if length <= SHORTEST:
        return whole
    changed = set(whole)
    for key in whole:
        if len(key) == length:
            for match in _LOST_OR_TURNED.finditer(key):
                place, sign = match.start(), match.group()
                if sign in _TURNED:
                    changed.add(key[:place] + _TURNED[sign] + key[place + 1 :])
                if sign != "P":
                    changed.add(key[:place] + key[place + 1 :])
                if sign == "K":
                    changed.add(key[: place + 1] + key[place + 2 :])
    return frozenset(changed)
