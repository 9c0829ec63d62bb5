"""Cuts text into sentences and clauses with their offsets, and tells its language.

No parser: punctuation, abbreviations and the packs' clause words. All spans are ``[start, end)`` in the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from watchdog.lang import Pack

#: Less than this many letters may be in any language: the hint or the text round it decides.
_SHORT_LETTERS = 60
#: The share of a text's words that are among a language's forty commonest. Own count over the labelled passages
#: (2026-11): .30-.45 in the right language, below .06 in a wrong one of the same script.
_LEAST_SHARE = 0.1
#: Languages without a pack are mostly written in this script too, so that it says little.
_SHARED_SCRIPT = "latin"
#: Words looked at; more changes nothing.
_WORDS_LOOKED_AT = 400
#: A sentence longer than this is a table or a list without stops; it is cut so that no search runs long.
_LONGEST_SENTENCE = 1200

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|\n+")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
_SCRIPTS = (
    ("latin", re.compile("[A-Za-zÀ-ɏḀ-ỿ]")),
    ("cyrillic", re.compile("[Ѐ-ӿ]")),
    ("other", re.compile("[Ͱ-ϿԱ-᏿ぁ-ヿ㐀-鿿가-힣]")),
)


@dataclass(frozen=True, slots=True)
class Span:
    """``[start, end)`` in a text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


def split_sentences(text: str, start: int, end: int, abbreviations: frozenset[str]) -> tuple[Span, ...]:
    """The sentences of ``text[start:end]``, without the white space round them; offsets are those of ``text``."""
    found: list[Span] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop[0][0] != "\n" and not _ends_sentence(text, begin, stop, end, abbreviations):
            continue
        _add(found, text, begin, stop.end())
        begin = stop.end()
    _add(found, text, begin, end)
    return tuple(found)


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST_SENTENCE:
        cut = text.rfind(" ", start, start + _LONGEST_SENTENCE)
        cut = cut if cut > start else start + _LONGEST_SENTENCE
        found.append(Span(start, cut))
        start = cut + (text[cut] == " ")
    if start < end:
        found.append(Span(start, end))


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int, abbreviations: frozenset[str]) -> bool:
    rest = text[stop.end() : min(end, stop.end() + 4)].lstrip(" \t\"'“‘«(—–-")
    if rest and rest[0].islower():
        return False
    if stop[0] != ".":
        return True
    word = _LAST_WORD.search(text, max(begin, stop.start() - 24), stop.start() + 1)
    if word is None:
        return True
    return len(word[1]) > 1 and word[1].lower() not in abbreviations


def split_clauses(text: str, start: int, end: int, clause_start: re.Pattern[str]) -> tuple[Span, ...]:
    """The clauses of one sentence, in order; together they cover it."""
    cuts = [start, *(match.start() for match in clause_start.finditer(text, start, end) if match.start() > start), end]
    return tuple(Span(left, right) for left, right in pairwise(cuts))


def find_language(text: str, hint: str | None, packs: Mapping[str, Pack]) -> str | None:
    """The language of a text among those that have a pack.

    Args:
        text: a paragraph or title; the more, the surer.
        hint: the language of what surrounds it; decides where the text is too short to tell. A code without a pack
            means that it is probably none of ours, None that nothing is known.
        packs: by code.

    Returns:
        A code of ``packs``; None where the text is in none of these languages or nothing can be told.
    """
    letters = [(name, len(pattern.findall(text))) for name, pattern in _SCRIPTS]
    script, count = max(letters, key=lambda pair: pair[1])
    if not count:
        return hint if hint in packs else None
    lowered = text.lower()
    present = set(lowered)
    fits = [code for code, pack in packs.items() if _fits(pack, script, present, is_long=count >= _SHORT_LETTERS)]
    words = [match[0] for _, match in zip(range(_WORDS_LOOKED_AT), _WORD.finditer(lowered), strict=False)]
    share, best = _best(words, fits, packs)
    is_short = count < _SHORT_LETTERS
    if best and share >= _LEAST_SHARE and not (is_short and hint is not None and hint not in packs):
        return best
    if hint in fits and (is_short or _has_marks(packs[hint], script, present)):
        return hint
    return None


def _has_marks(pack: Pack, script: str, present: set[str]) -> bool:
    """Whether letters alone speak for the language that is expected here."""
    return script != _SHARED_SCRIPT or bool(pack.grammar.marks.needed & present)


def _fits(pack: Pack, script: str, present: set[str], *, is_long: bool) -> bool:
    marks = pack.grammar.marks
    if marks.script != script or marks.alien & present:
        return False
    return not (marks.needed and is_long and not marks.needed & present)


def _best(words: list[str], fits: Iterable[str], packs: Mapping[str, Pack]) -> tuple[float, str | None]:
    best: tuple[float, str | None] = (0.0, None)
    for code in fits:
        frequent = packs[code].grammar.marks.frequent
        share = sum(word in frequent for word in words) / max(1, len(words))
        best = max(best, (share, code), key=lambda pair: pair[0])
    return best
