"""How a language tells a status change: triggers with the person's role, and the cues round them, as data."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Triggers and cues of one language."""

    code: str


def read_grammar(folder: Traversable, code: str) -> Grammar:
    """Read ``triggers.toml`` and ``cues.toml`` of one pack.

    Raises:
        PackError: one is wrong.
    """
    _ = folder
    return Grammar(code=code)
