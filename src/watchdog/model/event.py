"""What we accept as having happened: events on a case's timeline, and the decisions that led there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from watchdog.model.claim import Claim, Detail
from watchdog.model.dates import PartialDate
from watchdog.model.status import Status


class Band(StrEnum):
    """How sure we are. An unconfirmed alert is an alert; a review waits for a person."""

    SURE = "sure"
    UNCONFIRMED = "unconfirmed"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """An accepted event as a decision needs to see it."""

    #: The store's id; None where it is not stored (``analyse``).
    id: int | None
    status: Status
    date: PartialDate | None
    #: The day of the first report of it; what an undated event is compared by.
    reported: dt.date | None
    details: tuple[tuple[Detail, str], ...] = ()

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it can have happened, else the day of its report; None where neither is known."""
        return self.date.last_day if self.date else self.reported


class Outcome(StrEnum):
    """What becomes of a claim."""

    NEW = "new"
    #: A real event, but old: it fills the timeline and alerts nobody.
    BACKGROUND = "background"
    CONFIRMATION = "confirmation"
    DISPUTE = "dispute"
    CORRECTION = "correction"
    REVIEW = "review"
    SILENCE = "silence"


class Reason(StrEnum):
    """Why a claim did not become a new event. Stored and shown; never empty words."""

    NEGATED = "negated"
    DENIED = "denied"
    REFUSED = "refused"
    HYPOTHETICAL = "hypothetical"
    PLANNED = "planned"
    CALLED_FOR_NOT_DONE = "called_for_not_done"
    RUMOUR = "rumour"
    UNSURE_PERSON = "unsure_person"
    OTHER_PERSON = "other_person"
    OTHER_SENSE = "other_sense"
    STATE_CONTINUES = "state_continues"
    KNOWN_EVENT = "known_event"
    OLD_NEWS = "old_news"
    #: The whole article is old news: published long before we saw it, or seen before the case was added.
    OLD_ARTICLE = "old_article"
    MORE_SPECIFIC = "more_specific"
    SAME_TEXT = "same_text"
    CASE_RETIRED = "case_retired"
    AFTER_DEATH = "after_death"
    LOW_CONFIDENCE = "low_confidence"
    SECOND_OPINION = "second_opinion"
    NOTHING_TO_RETRACT = "nothing_to_retract"
    #: A person rejected this very sentence of this article before.
    REJECTED = "rejected"
    #: Of a passage that nobody could read, so that there is no claim.
    NO_LANGUAGE_PACK = "no_language_pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one claim, and why."""

    claim: Claim
    outcome: Outcome
    #: None only for ``NEW``.
    reason: Reason | None = None
    #: For ``NEW`` and ``REVIEW``.
    band: Band | None = None
    #: 0 to 1, after contradictions with the timeline.
    confidence: float = 0.0
    #: The accepted event that is confirmed, disputed or corrected.
    event: TimelineEvent | None = None
    #: What lowered the confidence or sent it to review, in words.
    why: str = ""

    def __post_init__(self) -> None:
        if self.outcome is Outcome.NEW and self.band not in {Band.SURE, Band.UNCONFIRMED}:
            raise ValueError("a new event is sure or unconfirmed")
        if self.outcome is not Outcome.NEW and self.reason is None:
            raise ValueError("what is not new needs a reason")
