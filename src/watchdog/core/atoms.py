"""Texts cut into atoms: runs of letters, with how they begin and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, chain, pairwise, takewhile
from typing import NamedTuple, overload

from watchdog.lang.letters import Letters

_ATOM = re.compile(r"([^\W_]++(?:'[^\W_]++)*+(?:'(?<=[א-ת]'))?+)")
#: "d'Hélène", "dell'Ombra": a small word that lost its vowel before a name.
_ELIDED = re.compile("[a-zà-ÿ]{1,6}['’](?=[A-ZÀ-ÖØ-Þ])")
_HAS_ELIDED = re.compile("['’](?<=[a-zà-ÿ].)(?=[A-ZÀ-ÖØ-Þ])")  # as often, and soon told
#: "Jean d'Ormesson": within a name it is part of it.
_NAME_BEFORE = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w-]* $")
_HUMP = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-ÞА-ЯЁƏĞİŞČŠŽ][^\W\dA-ZА-Я_])")
_HAN = re.compile("[\u2e80-\U0003ffff]")
_KANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}")
# Whatever needs cutting beyond runs of letters, but for hashtags and elided words.
_UNUSUAL = re.compile("[\u3040-\u9fff]")
_DOTS = "·•・-="  # between the parts of a foreign name in Han and Katakana
#: A part, and its text, beyond these are not a name but a mistake in the watchlist, or hostile text.
MAX_WORD = 40


class Shape(StrEnum):
    """How a word begins."""

    CAPITAL = "capital"
    LOWER = "lower"
    #: A script without capitals, or a digit.
    CASELESS = "caseless"


class Atom(NamedTuple):
    """A run of letters in folded text, ``[start, end)``."""

    text: str
    start: int
    end: int
    shape: Shape
    #: Folded text between the atom before and this one.
    gap: str


@dataclass(frozen=True, slots=True, eq=False)
class Atoms(Sequence[Atom]):
    """All atoms of a text, column by column; one is put together when somebody asks for it, which is for few."""

    texts: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    shapes: Sequence[Shape]
    gaps: Sequence[str]
    #: Each is a run of letters as it stands, and each run of letters is one.
    are_whole: bool

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, position: int) -> Atom: ...
    @overload
    def __getitem__(self, position: slice) -> list[Atom]: ...
    def __getitem__(self, position: int | slice) -> Atom | list[Atom]:
        if isinstance(position, slice):
            return [self[one] for one in range(*position.indices(len(self.texts)))]
        return Atom(
            self.texts[position],
            self.starts[position],
            self.ends[position],
            self.shapes[position],
            self.gaps[position],
        )


def simplified(folded: str, letters: Letters) -> str:
    """Folded text with traditional characters in simplified form, character by character."""
    return folded.translate(letters.han.simplified) if _HAN.search(folded) else folded


def atoms_of(original: str, folded: str, origins: Sequence[tuple[int, int]] | None, letters: Letters) -> Atoms:
    """Cut folded text into atoms; hashtags and handles are cut at their capitals too."""
    are_whole = not (_UNUSUAL.search(folded) or (origins is None and _may_be_cut(original)))
    if are_whole:
        pieces = _ATOM.split(folded)
        edges = [*accumulate(map(len, pieces[:-1]), initial=0)]
    else:
        spans = [
            span
            for match in _ATOM.finditer(folded)
            for span in _cut(match, original if origins is None else "", letters)
        ]
        edges = [0, *chain.from_iterable(spans)]
        pieces = [folded[start:stop] for start, stop in pairwise(edges)]
    # A text has hundreds: whatever is done for each is done without a line of Python.
    starts, texts = edges[1::2], pieces[1::2]
    firsts = starts if origins is None else [origins[start][0] for start in starts]
    shapes = [*map(_shapes(letters).__getitem__, map(original.__getitem__, firsts))]
    return Atoms(texts, starts, edges[2::2], shapes, pieces[::2][: len(texts)], are_whole)


def _may_be_cut(original: str) -> bool:
    return "#" in original or "@" in original or _HAS_ELIDED.search(original) is not None


def _cut(match: re.Match[str], original: str, letters: Letters) -> Iterator[tuple[int, int]]:
    """The spans of a run of letters: humps of a hashtag, names in Han and Katakana, or after "d'"; else itself."""
    start, stop = match.span()
    if "\u3040" <= match.group()[0] <= "\u9fff" or _KANA.search(match.group()):
        yield from _foreign(match, letters)
    elif original and start and original[start - 1] in "#@":
        starts = [start, *(start + hump.start() for hump in _HUMP.finditer(original[start:stop]))]
        yield from zip(starts, [*starts[1:], stop], strict=True)
    elif original and (elided := _ELIDED.match(original, start, stop)):
        is_inside = _NAME_BEFORE.search(original, max(0, start - MAX_WORD), start)
        yield (start if is_inside else elided.end()), stop
    else:
        yield start, stop


def _foreign(match: re.Match[str], letters: Letters) -> Iterator[tuple[int, int]]:
    """Without spaces between words, a foreign name is Katakana, or reaches from a dot as far as its characters do."""
    text, (start, stop) = match.string, match.span()
    kana = [(piece.start(), piece.end()) for piece in _KANA.finditer(text, start, stop)]
    if kana:
        yield from kana
        return
    has_before = start > 0 and text[start - 1] in _DOTS
    has_after = stop < len(text) and text[stop] in _DOTS
    fits = [simplified(letter, letters) in letters.han.transliteration for letter in text[start:stop]]
    first = stop - _run_of(reversed(fits)) if has_after else start
    last = start + _run_of(fits) if has_before else stop
    if (has_before or has_after) and first < last:
        yield first, last


def _run_of(fits: Iterable[bool]) -> int:
    return sum(1 for _ in takewhile(bool, fits))


class _Shapes(dict[str, Shape]):
    """Of each letter that was seen."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    def __missing__(self, letter: str) -> Shape:
        shape = self[letter] = _shape(letter, self._letters)
        return shape


@lru_cache(maxsize=2)
def _shapes(letters: Letters) -> _Shapes:
    return _Shapes(letters)


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
