"""Whom we ask: one source is one address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class SourceKind(StrEnum):
    """What sort of publisher speaks."""

    NGO = "ngo"
    NEWS = "news"
    STATE_NEWS = "state_news"
    PARLIAMENT = "parliament"
    IGO = "igo"
    GOVERNMENT = "government"
    REGISTRY = "registry"


class Trust(StrEnum):
    """How much a claim of this source weighs."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source as the operator wrote it; what polling learned about it is in the store."""

    id: str
    url: str
    name: str
    kind: SourceKind = SourceKind.NEWS
    #: The plug-in that asks: ``feed``, or another of the group ``watchdog.sources``.
    via: str = "feed"
    #: ISO 639-1 codes: a prior, not the truth; empty means "detect".
    lang: tuple[str, ...] = ()
    #: Who speaks; corroboration counts organisations.
    org: str = ""
    trust: Trust = Trust.MEDIUM
    #: The interval asked for; None lets cadence choose.
    every: timedelta | None = None
    #: Silence worth telling an operator; None: learned.
    quiet_after: timedelta | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a source needs an id")
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"source {self.id!r}: only http and https addresses can be asked")
