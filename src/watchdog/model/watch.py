"""Whom we watch: cases and topics, as an operator wrote them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from watchdog.model.dates import PartialDate
from watchdog.model.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStatus:
    """A status event that the operator knew when the case was added; it never alerts."""

    status: Status
    #: None where nobody knows the day.
    date: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A watched person, several people, or an organisation."""

    id: str
    name: str
    #: Strong: each is enough alone.
    aliases: tuple[str, ...] = ()
    #: Count only beside a word of ``context``.
    weak_aliases: tuple[str, ...] = ()
    #: People who are not this case; they claim their spans first.
    not_names: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    country: str | None = None
    known: tuple[KnownStatus, ...] = ()
    #: A closed case keeps its timeline and alerts only on reopening events.
    retired: bool = False
    #: Silence about it that operators are told of; None: as ``[watch]`` says, and sooner on hunger strike.
    silent_after: timedelta | None = None

    def __post_init__(self) -> None:
        if not self.id or not self.name.strip():
            raise ValueError("a case needs an id and a name")

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every strong alias."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Watched phrases: any of ``any``, every one of ``all``, none of ``none``; ``word*`` is a prefix."""

    id: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id or not (self.any or self.all):
            raise ValueError("a topic needs an id and phrases under any or all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """All cases and topics of one ``watchlist.toml``, in its order."""

    cases: tuple[Case, ...] = ()
    topics: tuple[Topic, ...] = field(default=())
