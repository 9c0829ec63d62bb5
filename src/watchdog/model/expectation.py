"""What a text announces for a day: stored as an expectation, never an alert."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class ExpectedKind(StrEnum):
    """What is announced."""

    #: Due to be free.
    RELEASE = "release"
    #: A court's order to hold runs out: custody ends, or is extended.
    CUSTODY = "custody"
    #: A hearing, trial or verdict.
    HEARING = "hearing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One announcement about one case."""

    case_id: str
    kind: ExpectedKind
    day: dt.date
    #: That announces it.
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """An announced day that passed, and nothing was reported."""

    expectation: Expectation
    case_name: str
    #: Of the article that announced it.
    url: str
