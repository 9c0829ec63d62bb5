"""A listed name's parts and the words that may be them, and how nearly the ones are written as the others."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

from anyascii import anyascii

from watchdog.core.names import Part
from watchdog.core.sounds import VOWELS, Sounds
from watchdog.lang.letters import base_letter

#: As alike as two ways to write one name: w and v, y and j.
NEAR = 0.97
#: The case of a word that the text has written together with one before it.
PREFIXED = "with a prefix"
_BRIEF = 4  # sounds; of so few, other letters make another name: Szyc is no Schütz
_AS_TWO = str.maketrans({"ö": "oe", "ø": "oe", "ä": "ae", "æ": "ae", "ü": "ue", "å": "aa", "ß": "ss"})
_FLEETING = frozenset("eoеоё")
_CH = "ch"  # never k in such names: Brecher is no Brecker
#: Of Latin and Cyrillic letters.
OPEN_ENDS = frozenset("аеёиоуыэюяіїєaeiouyáéíóúůýěøöüä")


class Piece(NamedTuple):
    """A part of a listed name and the word that may be it."""

    part: Part
    text: str
    #: Its atoms.
    first: int
    last: int
    score: float
    #: In words; empty for the form as listed.
    case: str


def is_spelled(piece: Piece) -> bool:
    """Whether it begins with the listed letters, marks aside, and aside from the vowels that make way for an ending."""
    listed = [start for word in _written(piece.part.text) for start in (_stems(word) if piece.case else (word,))]
    return any(text.startswith(start) for text, start in product(_written(piece.text), listed))


def _stems(word: str) -> tuple[str, ...]:
    """What stays of a name before its endings: Hann(a); Karel, Karl-."""
    if len(word) <= _BRIEF:
        return (word,)
    if word[-1] in OPEN_ENDS:
        return (word[:-1],)
    return (word, word[:-2] + word[-1]) if word[-2] in _FLEETING else (word,)


def has_other_z(family: Piece) -> bool:
    """Whether only one of two words has a z, and neither an ending: Базанов is no Бессонов."""
    return not family.case and ("z" in anyascii(family.part.text)) is not ("z" in anyascii(family.text))


def is_other_son(family: Piece) -> bool:
    """Whether one is a Johansen and the other a Johanson."""
    ends = {bare(anyascii(word)).rstrip("i")[-3:] for word in (family.part.text, family.text)}
    return ends == {"sen", "son"}


def is_written_so(piece: Piece) -> bool:
    """Whether it has the vowels as listed, where it has as many, and ch where listed: Müller is no Miller."""
    listed, written = bare(piece.part.text), bare(piece.text)
    vowels, others = ([letter for letter in word if letter in VOWELS] for word in (listed, written))
    are_others = not piece.case and len(vowels) == len(others) and vowels != others
    return not are_others and (_CH in listed) is (_CH in written)


def is_stem(piece: Piece) -> bool:
    """Whether it is as listed but for how letters sound, or but for an ending."""
    is_long = len(piece.part.readings[0].sounds) > _BRIEF
    return is_spelled(piece) or (is_long and not piece.case and piece.score >= NEAR)


@lru_cache(maxsize=2**12)
def bare(word: str) -> str:
    """A folded word without marks."""
    return "".join(map(base_letter, word))


def _written(word: str) -> tuple[str, str]:
    """Without marks, and as some write them: Könen, Koenen."""
    return bare(word), bare(word.translate(_AS_TWO))


def begins_alike(text: str, listed: str, sounds: Sounds, other: Sounds) -> bool:
    """Whether two words begin with one letter where one script writes both, else both with a consonant or neither."""
    if text[0].isascii() and listed[0].isascii():
        return text[:2] == listed[:2]
    starts = [not VOWELS.isdisjoint(row[0]) and "y" not in row[0] for row in (sounds, other) if row]
    return len(set(starts)) <= 1
