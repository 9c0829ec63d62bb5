"""How a language writes dates: months, weekdays, relative words, as data."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The date words of one language."""

    code: str


def read_calendar(path: Traversable, code: str) -> Calendar:
    """Read ``calendar.toml`` of one pack.

    Raises:
        PackError: it is wrong.
    """
    _ = path
    return Calendar(code=code)
