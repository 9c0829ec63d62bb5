"""Letter tables: how the letters of an alphabet sound, and the case endings of names, as data."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """All letter tables."""


def read_letters(folder: Traversable) -> Letters:
    """Read every letter table of a folder.

    Raises:
        PackError: a table is wrong.
    """
    _ = folder
    return Letters()
