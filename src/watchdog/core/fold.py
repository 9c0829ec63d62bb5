"""Folds text for comparison and keeps the way back: every folded character knows the code points it came from.

Folding normalises (NFKC), lowers, drops what nobody sees (soft hyphens, zero-width characters, tatweel, Arabic and
Hebrew vowel points), writes one hyphen and one apostrophe, joins a word that was hyphenated at the end of a line, and
puts letters of another script that only look alike into the script of their word. Marks on letters stay: the letter
tables of ``lang`` know what they mean. Folding twice is folding once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Soft hyphen, zero-width and direction marks, tatweel, harakat, niqqud, variation selectors: invisible or optional.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
)
_SAME = (
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be", "-")
    | dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u2032`\u00b4\u05f3\uff07", "'")
    | {"ς": "σ", "İ": "i", "ي": "ی", "ى": "ی", "ك": "ک", "\u00a0": " "}
)
_OTHER_FORM = re.compile(f"[{re.escape(''.join(_SAME))}]")
_ENDS_OF_LINE = ("-\n", "-\r\n")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-\r?\n(?=[^\W\d_])")
# A line's worth of text, cut where no mark follows.
_PIECE = re.compile(r".{64,}? (?=\w)|.+", re.DOTALL)
_MARK = re.compile("[\u0300-\u036f\u0483-\u0487]")  # one span with the letter before it
_MIXED = re.compile("[a-z][а-џ]|[а-џ][a-z]")
_CYRILLIC_LETTER = re.compile("[а-џ]")
_LATIN_OR_CYRILLIC_WORD = re.compile("[a-zа-џ]+")
# Letters of the two scripts that look alike in lower case or in capitals (Unicode confusables, UTS 39), lowered.
_LATIN, _CYRILLIC = "aceopxyikmthbsj", "асеорхуікмтнвѕј"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(_LATIN, _CYRILLIC), str.maketrans(_CYRILLIC, _LATIN)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and its way back."""

    text: str
    #: For each folded character the half-open span in the original; None where both texts run in step.
    origins: tuple[tuple[int, int], ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of the folded span ``[start, end)``, which must not be empty."""
        if self.origins is None:
            return start, end
        return self.origins[start][0], self.origins[end - 1][1]


def fold(text: str) -> Folded:
    """Fold a text; linear in its length, and fast where nothing but case changes."""
    lowered = _lower(text)
    is_plain = text.isascii() or (len(lowered) == len(text) and unicodedata.is_normalized("NFKC", text))
    if is_plain and not _needs_care(lowered):
        return Folded(lowered, None)
    characters: list[str] = []
    origins: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(text):
        _fold_piece(piece.group(), piece.start(), characters, origins)
    folded = "".join(characters)
    for match in reversed(list(_BROKEN_WORD.finditer(folded))):
        del characters[match.start() : match.end()], origins[match.start() : match.end()]
    return Folded(_unmix("".join(characters)), tuple(origins))


def _fold_piece(piece: str, begin: int, characters: list[str], origins: list[tuple[int, int]]) -> None:
    """Fold some words, at once where nothing but case changes in them."""
    lowered = _lower(piece)
    is_plain = len(lowered) == len(piece) and unicodedata.is_normalized("NFKC", piece)
    if is_plain and not _has_odd_letters(lowered) and not _MARK.search(lowered):
        characters += lowered
        origins += [(place, place + 1) for place in range(begin, begin + len(piece))]
        return
    for cluster, start, end in _clusters(piece):
        settled = _settle(cluster)
        characters += settled
        origins += [(begin + start, begin + end)] * len(settled)


def _needs_care(lowered: str) -> bool:
    is_broken = any(end in lowered for end in _ENDS_OF_LINE) and _BROKEN_WORD.search(lowered) is not None
    return is_broken or (not lowered.isascii() and (_has_odd_letters(lowered) or _is_mixed(lowered)))


def _is_mixed(lowered: str) -> bool:
    return _CYRILLIC_LETTER.search(lowered) is not None and _MIXED.search(lowered) is not None


def _has_odd_letters(lowered: str) -> bool:
    return not unicodedata.is_normalized("NFKC", lowered) or _UNSEEN.search(lowered) is not None


def _lower(text: str) -> str:
    return _OTHER_FORM.sub(lambda match: _SAME[match.group()], text).lower().replace("ς", "σ")


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Each character with the marks that follow it, without what is unseen, and its span."""
    cluster, start, end = "", 0, 0
    for position, character in enumerate(text):
        if _UNSEEN.match(character):
            continue
        if cluster and not unicodedata.combining(character):
            yield cluster, start, end
            cluster = ""
        if not cluster:
            start = position
        cluster += character
        end = position + 1
    if cluster:
        yield cluster, start, end


@lru_cache(maxsize=2**12)
def _settle(cluster: str) -> str:
    """Normalise and lower one cluster until nothing changes: two rounds for all of Unicode but a few symbols."""
    for _ in range(4):
        settled = _UNSEEN.sub("", unicodedata.normalize("NFKC", _lower(unicodedata.normalize("NFKC", cluster))))
        if settled == cluster:
            break
        cluster = settled
    return cluster


def _unmix(folded: str) -> str:
    if not _is_mixed(folded):
        return folded
    return _LATIN_OR_CYRILLIC_WORD.sub(lambda match: _one_script(match.group()), folded)


def _one_script(word: str) -> str:
    """A word in the script of its letters that cannot be mistaken, else of most; unchanged if it really has both."""
    latin = [letter for letter in word if letter <= "z"]
    cyrillic = [letter for letter in word if letter > "z"]
    sure_latin = any(letter not in _LATIN for letter in latin)
    sure_cyrillic = any(letter not in _CYRILLIC for letter in cyrillic)
    if sure_latin and sure_cyrillic:
        return word
    if sure_latin or (not sure_cyrillic and len(latin) > len(cyrillic)):
        return word.translate(_TO_LATIN)
    return word.translate(_TO_CYRILLIC)
