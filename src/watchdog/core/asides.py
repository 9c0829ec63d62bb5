"""What stands beside a name and says only who that is, hidden, so that the words of a trigger are found on both sides.

"The court placed X, editor of a small magazine, in custody", "placed the editor, X, in custody": patterns end at a
comma. A hidden aside becomes a part of the word before it, as long as it was, so that every place stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchdog.core.text import Span

#: Longer ones are clauses of their own.
_LONGEST = 90
_MOST_PARTS = 2
_PART = rf"[^,;:!?()\n—–]{{1,{_LONGEST}}}?"
#: After a name: in brackets, between dashes, or from comma to comma in one or more parts (", 34, a lawyer,").
_AFTER = (
    *(re.compile(rf"(?:,{_PART}){{{parts}}},(?=\s)") for parts in range(1, _MOST_PARTS + 1)),
    re.compile(rf"\s?\([^()\n]{{1,{_LONGEST}}}\)(?=[\s,])"),
    re.compile(rf"\s[—–]\s{_PART}\s[—–](?=\s)"),
)
_BEFORE = re.compile(r"(?<=\w)(?:,\s|\s[—–]\s)$")
_ENDS = re.compile(r",(?=\s)|\s[—–](?=\s)")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A sentence with asides hidden: the words, and where the asides are, counted from its beginning."""

    words: str
    asides: tuple[Span, ...]

    def crossed_by(self, match: Span) -> bool:
        """Whether a match, counted from the beginning of the sentence, begins before an aside and ends after it."""
        return any(match.start < one.start and one.end < match.end for one in self.asides)


def hide_asides(text: str, sentence: Span, names: Sequence[Span]) -> Iterator[Hidden]:
    """The ways to read a sentence over what stands beside its names; none where nothing does.

    Args:
        text: what the sentence stands in.
        sentence: from where to where.
        names: of watched people, in the sentence.
    """
    words = text[sentence.start : sentence.end]
    places = [Span(name.start - sentence.start, name.end - sentence.start) for name in names]
    known: set[tuple[Span, ...]] = {()}
    for pattern in (None, *_AFTER):
        found = (_after(pattern, words, name) if pattern else _around(words, name) for name in places)
        asides = tuple(aside for aside in found if aside)
        if asides not in known:
            known.add(asides)
            yield Hidden(_hide(words, asides), asides)


def _around(words: str, name: Span) -> Span | None:
    """The name itself is the aside."""
    before, after = _BEFORE.search(words, 0, name.start), _ENDS.match(words, name.end)
    return Span(before.start(), after.end()) if before and after else None


def _after(pattern: re.Pattern[str], words: str, name: Span) -> Span | None:
    found = pattern.match(words, name.end)
    return Span(name.end, found.end()) if found else None


def _hide(words: str, asides: Sequence[Span]) -> str:
    for one in asides:
        words = words[: one.start] + "_" * (one.end - one.start) + words[one.end :]
    return words
