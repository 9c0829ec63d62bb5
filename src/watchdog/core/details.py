"""Whether the details of two reports (count, court, term, place) can be of one event."""

from __future__ import annotations

import re
from collections.abc import Iterable

from watchdog.model.claim import Detail

_WORDS = re.compile(r"\d+|[^\W\d]+")


def details_agree(claimed: Iterable[tuple[Detail, str]], known: Iterable[tuple[Detail, str]]) -> bool:
    """Whether no detail that both give differs; "Surakhani court" is the "Surakhani court of Baku"."""
    others = {detail: _comparable(detail, value) for detail, value in known}
    pairs = ((_comparable(detail, value), others[detail]) for detail, value in claimed if detail in others)
    return all(words <= more or more <= words for words, more in pairs)


def _comparable(detail: Detail, value: str) -> set[str]:
    """The words of a detail; of terms only the figures, because "two years" and "iki il" cannot be compared."""
    words = _WORDS.findall(value.casefold())
    return {word for word in words if word.isdigit() or detail not in {Detail.TERM, Detail.UNTIL}}
