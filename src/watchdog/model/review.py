"""What waits for a person, and what that person decides: on a claim, and on an event that was wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from watchdog.model.claim import Claim
from watchdog.model.status import STATUS_TYPES


class ReviewDecision(StrEnum):
    """What became of a claim that waited for a person."""

    ACCEPTED = "accepted"
    #: The evidence is silenced, not the change.
    REJECTED = "rejected"
    #: Another report of the same change was accepted, and this one confirms it.
    JOINED = "joined"
    #: A later report was good enough alone; nobody had to decide.
    CLOSED = "closed"


class EventDecision(StrEnum):
    """What a person did to an event."""

    CORRECTED = "corrected"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who decided, why, and when."""

    author: str
    note: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A claim that waits for a person."""

    id: int
    #: The claim that began to wait first among those of the same change; its own id where it is that one.
    first_id: int
    revision_id: int
    case_id: str
    case_name: str
    claim: Claim
    #: The day of the report.
    reported: dt.date
    #: Why it waits: a ``Reason``, and in words.
    reason: str
    why: str
    title: str
    url: str
    source_name: str
    since: dt.datetime

    @property
    def is_critical(self) -> bool:
        """Whether operators hear of it at once."""
        return STATUS_TYPES[self.claim.status].critical
