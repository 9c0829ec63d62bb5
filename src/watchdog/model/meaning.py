"""What operators say that words of a language mean, whatever its pack says: law differs between countries."""

from __future__ import annotations

from dataclasses import dataclass

from watchdog.model.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One ``[[meaning]]`` of ``watchdog.toml``."""

    #: ISO 639-1, of a language with a pack.
    language: str
    #: One or more words; ``*`` at the end of a word stands for any ending.
    words: str
    status: Status
