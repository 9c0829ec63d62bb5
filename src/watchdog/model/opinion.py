"""A second opinion on what is about to be told: the contract of a plug-in of ``watchdog.opinions``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from watchdog.model.status import Status


class Verdict(StrEnum):
    """What a second opinion may say. There is no word for raising confidence, making a claim or silencing one."""

    AGREES = "agrees"
    #: Told, with less confidence.
    DOUBTS = "doubts"
    #: A person should look first; of a critical type it is told as unconfirmed.
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a plug-in answers."""

    verdict: Verdict
    #: For people, in words.
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionAsked:
    """What a plug-in is asked about one claim that would alert."""

    case_name: str
    status: Status
    #: ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``; None where the text gives no day.
    event_date: str | None
    title: str
    sentence: str
    rule: str
    lang: str | None
