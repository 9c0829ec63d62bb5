"""How words sound, whatever their script: rows of sounds, and the keys of their consonants.

A sound is a set of possibilities (``lang/letters/latin.toml`` says which), so that an ambiguous letter costs nothing.
How alike two words are is told by ``likeness``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from anyascii import anyascii

from watchdog.lang.letters import Alphabet, Language, Letters, base_letter

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
_LOST, _LOST_AFTER_K = re.compile("N(?=[TK])|F|K(?=S)"), re.compile("K(?=S)")
_TURNED = {"P": "F", "F": "P"}
VOWELS = frozenset("aeiou")
_MAX_KEYS = 48
#: Letters; nothing shorter is left of a name when an ending or prefix is off.
SHORTEST = 3
_SHORTEST_AFTER_ARTICLE = 4
_MEMORY = 2**14  # words remembered: the vocabulary of names of a few hundred articles, a few MB


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a word: its sounds, once a case ending or prefix is off."""

    sounds: Sounds
    #: Its script leaves vowels out.
    is_loose: bool
    #: In words; empty for the form as listed.
    case: str = ""
    is_masculine: bool = False


@lru_cache(maxsize=_MEMORY)
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
    """The sounds of the longest letter group at a position, its length, and whether the script writes vowels."""
    letter = word[position]
    alphabet = letters.alphabets.get(letter)
    if alphabet is not None and alphabet.is_syllabic:
        return _of_syllable(letter, alphabet), 1, alphabet.writes_vowels
    if alphabet is not None:
        sounds, end = alphabet.sounds, len(word) - position
        for length in _group_lengths(letters).get(letter, ()):
            if length <= end and (row := sounds.get(word[position : position + length])) is not None:
                return row, length, alphabet.writes_vowels
    base = base_letter(letter)
    if base != letter and (alphabet := letters.alphabets.get(base)):
        return alphabet.sounds.get(base, ()), 1, alphabet.writes_vowels
    if letter.isascii():
        return (), 1, True
    ascii_form = "".join(filter(str.isalpha, anyascii(letter).lower()))
    return (spell(ascii_form, letters)[0] if ascii_form.isascii() else ()), 1, False


@lru_cache(maxsize=2)
def _group_lengths(letters: Letters) -> dict[str, list[int]]:
    """How long the groups are that begin with a letter, the longest first."""
    groups = {group for alphabet in letters.alphabets.values() for group in alphabet.sounds}
    lengths: dict[str, set[int]] = {}
    for group in groups:
        lengths.setdefault(group[0], set()).add(len(group))
    return {letter: sorted(found, reverse=True) for letter, found in lengths.items()}


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
    """A word as it stands, and without the article that it begins with."""
    if not word.startswith(letters.words.attached_articles):
        return (Reading(*spell(word, letters)),)
    stems = (word.removeprefix(article) for article in letters.words.attached_articles)
    forms = [word, *(stem for stem in stems if _SHORTEST_AFTER_ARTICLE <= len(stem) < len(word))]
    return tuple(Reading(*spell(form, letters)) for form in forms)


@lru_cache(maxsize=_MEMORY)
def bent_readings(word: str, letters: Letters, languages: tuple[Language, ...]) -> tuple[Reading, ...]:
    """A word of a text as it stands, and with each case ending and prefix of the languages taken off."""
    readings = dict.fromkeys(plain_readings(word, letters))
    head, apostrophe, tail = word.partition("'")
    alphabet = letters.alphabet(word[0])
    is_sign = alphabet is not None and alphabet.script == "Cyrillic"  # "Г'юм": hard, and no ending follows
    if apostrophe and len(head) >= SHORTEST and not is_sign:  # "O'Brien" is whole
        if any(tail == ending.suffix for language in languages for ending in language.endings):
            readings.clear()  # "Gül'ün" is no Gülün
        readings[Reading(*spell(head, letters), "with an ending")] = None
    for language in languages:
        if word.endswith(_suffixes(language)) or word.startswith(language.prefixes):
            readings |= dict.fromkeys(_unbent(word, letters, language))
    return tuple(readings)


def _unbent(word: str, letters: Letters, language: Language) -> Iterator[Reading]:
    for ending in language.endings:
        stem = word.removesuffix(ending.suffix)
        if len(stem) != len(word) and len(stem) + len(ending.restored) >= SHORTEST:
            yield Reading(*spell(stem + ending.restored, letters), ending.case, ending.is_masculine)
    for prefix in language.prefixes:
        stem = word.removeprefix(prefix)
        if len(stem) != len(word) and len(stem) >= SHORTEST:
            yield Reading(*spell(stem, letters), "with a prefix")


@lru_cache(maxsize=2**8)
def _suffixes(language: Language) -> tuple[str, ...]:
    return tuple(ending.suffix for ending in language.endings)


@lru_cache(maxsize=_MEMORY)
def keys(sounds: Sounds) -> frozenset[str]:
    """The consonant classes of a row of sounds, in every way it may be read (at most 48)."""
    found = [""]
    for options in map(_classes, sounds):
        if options == ("",):
            continue
        longer = [key if option and key.endswith(option) else key + option for key, option in product(found, options)]
        found = list(dict.fromkeys(longer))[:_MAX_KEYS]
    return frozenset(found)


@cache
def _classes(sound: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(option for letter in sound for option in _CLASSES.get(letter, ("",))))


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
            changed |= {key[: match.start()] + key[match.start() + 1 :] for match in _LOST.finditer(key)}
            changed |= {key[: match.end()] + key[match.end() + 1 :] for match in _LOST_AFTER_K.finditer(key)}
            turned = ((place, _TURNED[one]) for place, one in enumerate(key) if one in _TURNED)
            changed |= {key[:place] + other + key[place + 1 :] for place, other in turned}
    return frozenset(changed)
