"""What a person's decision does: the same three steps as ``judge``, with the person as the detector.

Commands call these, so they are plain functions; they act at once, and the running service sends what they write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchdog.core.review import decide_accepted
from watchdog.errors import TimelineChanged, UsageError
from watchdog.model.event import Outcome
from watchdog.model.review import Signature, Waiting
from watchdog.pipeline.judge import draft, may_alert
from watchdog.store import Database, articles, judgements, outbox, reviews
from watchdog.store.articles import RevisionForJudge
from watchdog.store.judgements import Draft
from watchdog.store.reviews import Accepted
from watchdog.store.subscribers import live_subscriptions
from watchdog.store.waiting import find_reviewed

#: A timeline that changed under us is read again; more often than this in a row is a bug, not a race.
_MAX_RACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What accepting a claim would do, from one version of its case's timeline."""

    item: Waiting
    job: RevisionForJudge
    version: int
    draft: Draft
    #: How many would get a message.
    receivers: int


def find(db: Database, claim_id: int) -> Waiting:
    """A claim that waits or waited.

    Raises:
        UsageError: there is none of this id.
    """
    item = db.read_now(find_reviewed, claim_id)
    if item is None:
        raise UsageError(f"no claim {claim_id} waits or waited for a review; see: watchdog review list")
    return item


def plan(db: Database, item: Waiting, now: datetime) -> Plan:
    """What accepting a claim would do now."""
    (timeline,) = db.read_now(judgements.read_timelines, [item.case_id])
    job = db.read_now(articles.read_revision, item.revision_id)
    decision = decide_accepted(
        item, timeline.events, is_retired=timeline.case.retired, may_alert=may_alert(job, timeline.added_at)
    )
    drafted = draft(decision, timeline, job, now)
    receivers = 0
    if decision.outcome in judgements.ALERTING:
        subscriptions = db.read_now(live_subscriptions)
        receivers = len(db.read_now(outbox.find_receivers, drafted.alert, subscriptions))
    return Plan(item=item, job=job, version=timeline.version, draft=drafted, receivers=receivers)


def accept(db: Database, claim_id: int, signed: Signature) -> Accepted:
    """Accept a claim: what it says happened, and whoever wants to know is told.

    Raises:
        UsageError: it does not wait, or says nothing that could be accepted.
    """
    item = find(db, claim_id)
    for _ in range(_MAX_RACES):
        planned = plan(db, item, signed.at)
        decision = planned.draft.decision
        is_open = db.read_now(reviews.find_review, claim_id) is None
        if is_open and decision.outcome is Outcome.SILENCE:
            raise UsageError(
                f"claim {claim_id} denies or takes back what is not on the timeline ({decision.reason}), so there is "
                f"nothing to accept; watchdog review reject {claim_id}"
            )
        try:
            return db.now(reviews.accept, item, planned.version, planned.draft, signed)
        except TimelineChanged:
            continue
    raise TimelineChanged(f"claim {claim_id}: its timeline changed {_MAX_RACES} times in a row")


def reject(db: Database, claim_id: int, signed: Signature) -> tuple[int, ...]:
    """Reject a claim: its sentence stays silent. Returns the claims of the same change that go on waiting.

    Raises:
        UsageError: it does not wait.
    """
    return db.now(reviews.reject, find(db, claim_id), signed)
