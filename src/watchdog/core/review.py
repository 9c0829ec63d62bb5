"""Decides beside a person: which doubtful claims tell of one change, and what an accepted one becomes.

Both ask ``timeline.decide`` itself, so that its rules of sameness are the only ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from watchdog.core.timeline import decide
from watchdog.model.claim import Claim, Modality
from watchdog.model.event import Decision, Outcome, TimelineEvent
from watchdog.model.review import Waiting
from watchdog.model.status import Status

#: What a waiting claim of the same change is touched by: a further doubtful one joins it, the others make it needless.
_MEETING = frozenset({Outcome.REVIEW, Outcome.NEW, Outcome.CORRECTION, Outcome.DISPUTE})


def find_same(
    decision: Decision, waiting: Sequence[Waiting], timeline: Sequence[TimelineEvent], *, reported: date
) -> tuple[Waiting, ...]:
    """The waiting claims that tell of the change that a decision is about; none where it touches no waiting claim.

    Args:
        decision: on a claim of the same case.
        waiting: of the case.
        timeline: the accepted events of the case; what they closed in between makes two claims two changes.
        reported: the day of the report of the decision's claim.
    """
    if decision.outcome not in _MEETING:
        return ()
    return tuple(each for each in waiting if is_same_change(decision.claim, each, timeline, reported=reported))


def is_same_change(claim: Claim, waiting: Waiting, timeline: Sequence[TimelineEvent], *, reported: date) -> bool:
    """Whether a claim would confirm a waiting one, dispute or take back the same event, were it on the timeline."""
    told = waiting.claim
    if _vouched(claim).modality is not _vouched(told).modality:
        return False
    is_past = told.date is not None and told.date.first_day <= waiting.reported
    event = TimelineEvent(
        id=None,
        status=told.status,
        date=told.date if is_past else None,
        reported=waiting.reported,
        details=told.details,
    )
    (decision,) = decide([_vouched(claim)], [event, *timeline], reported=reported)
    return decision.event is event


def decide_accepted(
    waiting: Waiting, timeline: Sequence[TimelineEvent], *, is_retired: bool, may_alert: bool
) -> Decision:
    """What a waiting claim becomes when a person vouches for it: as if the text had left no doubt.

    What contradicts it on the timeline still makes it unconfirmed; a known death does not send it to review again.

    Returns:
        A decision of any outcome: new, a confirmation of what was accepted meanwhile, a dispute, a correction, old
        news, or silence where there is nothing left to deny.
    """
    claim = _vouched(waiting.claim)
    timeline = [event for event in timeline if event.status is not Status.DIED or claim.status is Status.DIED]
    (decision,) = decide([claim], timeline, reported=waiting.reported, is_retired=is_retired, may_alert=may_alert)
    return replace(decision, confidence=waiting.claim.confidence)


def _vouched(claim: Claim) -> Claim:
    modality = Modality.ASSERTED if claim.is_doubted else claim.modality
    return replace(claim, confidence=1.0, doubts=(), factors=(), modality=modality)
