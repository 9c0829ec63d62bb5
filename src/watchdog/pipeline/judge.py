"""The step ``judge``: who is named, what is said of them, whether it is new; written in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

import structlog

from watchdog.core.alerts import make_alert, make_topic_alert
from watchdog.core.cadence import is_in_motion, next_visit
from watchdog.core.opinions import heed
from watchdog.core.review import find_same
from watchdog.core.timeline import decide
from watchdog.core.topics import decide_topic
from watchdog.errors import TimelineChanged
from watchdog.model.article import Document
from watchdog.model.claim import Claim
from watchdog.model.delivery import AlertKind
from watchdog.model.event import Decision, Outcome, Reason, TimelineEvent
from watchdog.model.opinion import Opinion
from watchdog.model.review import Waiting
from watchdog.model.topic import TopicDecision, TopicMatch, TopicOutcome
from watchdog.pipeline.context import SURROUNDINGS, Context, Summary
from watchdog.pipeline.informed import with_watchlist
from watchdog.pipeline.opinions import ask
from watchdog.pipeline.work import Examined, examine_in_worker
from watchdog.store import articles, judgements, queue, topics
from watchdog.store.articles import RevisionForJudge
from watchdog.store.judgements import CaseTimeline, Draft, Judgement, Written
from watchdog.store.tables import revisions as table
from watchdog.store.texts import StoredText

log = structlog.get_logger()

#: Design, section 8: an article alerts if it was published at most this long before we first saw it.
FRESH_FOR = timedelta(days=7)

NO_OPINIONS: Mapping[Claim, Opinion] = MappingProxyType({})

#: A timeline that changed under us is read again; more often than this in a row is a bug, not a race.
_MAX_RACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision as it was written, with the revision that it was made of."""

    written: Written
    job: RevisionForJudge


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTopic:
    """An article about a topic, as it was written."""

    decision: TopicDecision
    job: RevisionForJudge


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Summary):
    """What one run of ``judge`` did."""

    #: Every decision, silence included, in the order in which they were made.
    told: tuple[Told, ...] = ()
    #: Every topic that matched, those that are not told included.
    topics: tuple[ToldTopic, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many decisions came out so."""
        return sum(item.written.decision.outcome is outcome for item in self.told)


async def judge(ctx: Context, now: datetime, limit: int) -> Judged:
    """Judge the revisions that nobody has judged, the oldest first, one after another.

    Safe to run twice: a revision's lease is settled in the transaction that writes what was decided of it; a decision
    made from a timeline that changed meanwhile is thrown away and made again.
    """
    jobs = await ctx.db(articles.claim_unjudged, now, limit)
    told: list[Told] = []
    about: list[ToldTopic] = []
    failed = 0
    for job in jobs:
        try:
            written, decided = await _judge_one(ctx, job, now)
            told.extend(Told(written=one, job=job) for one in written)
            about.extend(ToldTopic(decision=one, job=job) for one in decided)
        except SURROUNDINGS as exc:
            failed += 1
            log.error("judge failed", revision=job.id, reason=str(exc))  # noqa: TRY400  # said in words, no bug
            await ctx.db(queue.give_back, table, job.lease, now, str(exc))
        except Exception as exc:
            failed += 1
            is_stuck = await ctx.db(queue.fail, table, job.lease, now, f"{type(exc).__name__}: {exc}")
            log.exception("judge failed", revision=job.id, source=job.source.id, set_aside=is_stuck)
    done = Judged(taken=len(jobs), failed=failed, told=tuple(told), topics=tuple(about))
    if jobs:
        log.info(
            "judge finished",
            taken=done.taken,
            failed=failed,
            alerts=done.count(Outcome.NEW),
            confirmations=done.count(Outcome.CONFIRMATION),
            reviews=done.count(Outcome.REVIEW),
            silences=done.count(Outcome.SILENCE),
            topics=sum(one.decision.outcome is TopicOutcome.NEW for one in about),
        )
    return done


async def _judge_one(
    ctx: Context, job: RevisionForJudge, now: datetime
) -> tuple[tuple[Written, ...], tuple[TopicDecision, ...]]:
    """What was written of one revision; nothing where another worker was quicker."""
    reported = reported_day(job)
    document = Document(
        title=job.title,
        text=job.text,
        blocks=job.blocks,
        title_is_new=job.title_is_new,
        lang=job.lang or next(iter(job.source.lang), None),
        reported=reported,
    )
    examined = await with_watchlist(ctx, examine_in_worker, document)
    named = sorted({one.case_id for one in examined.found.mentions} | {one.case_id for one in examined.claims})
    for _ in range(_MAX_RACES):
        timelines = await ctx.db.read(judgements.read_timelines, named)
        weighed = weigh(examined, timelines, job, reported, now)
        if opinions := await ask(ctx, weighed, job):
            weighed = weigh(examined, timelines, job, reported, now, opinions)
        about = await _weigh_topics(ctx, examined.topics, job, now)
        try:
            visit_at = _next_visit(job, timelines, weighed, now) if ctx.revisits else None
            seen = (about, examined.unread, examined.expected)
            written = await ctx.db(judgements.write, job, examined.found.mentions, weighed, now, visit_at, *seen)
        except TimelineChanged:
            continue
        return (written, about) if written is not None else ((), ())
    raise TimelineChanged(f"revision {job.id}: a timeline changed {_MAX_RACES} times in a row")


def _next_visit(
    job: RevisionForJudge, timelines: Sequence[CaseTimeline], weighed: Sequence[Judgement], now: datetime
) -> datetime | None:
    """When a page is asked again: those of cases in motion, after this judgement, are edited in place."""
    for timeline, judgement in zip(timelines, weighed, strict=True):
        made = [draft.decision.claim for draft in judgement.drafts if draft.decision.outcome in judgements.ON_TIMELINE]
        events = [
            TimelineEvent(id=None, status=claim.status, date=claim.date, reported=claim.reported or judgement.reported)
            for claim in made
        ]
        if is_in_motion((*timeline.events, *events), now.date()):
            wait = next_visit(now - (job.changed_at or now))
            return None if wait is None else now + wait
    return None


async def _weigh_topics(
    ctx: Context, matches: Sequence[TopicMatch], job: RevisionForJudge, now: datetime
) -> tuple[TopicDecision, ...]:
    """Decide what each match comes to."""
    if not matches:
        return ()
    before = await ctx.db.read(topics.matched_before, job)
    added = {one.topic.id: one.added_at for one in await ctx.db.read(topics.watched_topics)}
    return tuple(
        TopicDecision(
            outcome=decide_topic(
                may_alert=may_alert(job, added[match.topic_id]),
                was_told=match.topic_id in before.told,
                is_copy=match.topic_id in before.copied,
            ),
            alert=make_topic_alert(
                match,
                source=job.source,
                url=job.url,
                title=job.title,
                lang=job.lang,
                published=job.published,
                raised_at=now,
            ),
        )
        for match in matches
        if match.topic_id in added
    )


def reported_day(job: StoredText) -> date:
    """The day of a report: a first revision's publication, a later one's first sight (design, section 7).

    The first page is a first revision even where the entry's text came before it: an old page is no fresh report
    because it could not be had for a day.
    """
    if job.is_first and job.published is not None:
        return job.published.date()
    return job.seen_at.date()


def may_alert(job: StoredText, case_added_at: datetime) -> bool:
    """Whether what is new in a revision is news to us, or fills the timeline in silence (design, section 8)."""
    if not job.is_first:
        return True
    if job.first_seen_at < case_added_at or job.is_backfilled:
        return False
    if job.published is None:
        return not job.in_first_poll
    return job.first_seen_at - job.published <= FRESH_FOR


def weigh(
    examined: Examined,
    timelines: Sequence[CaseTimeline],
    job: RevisionForJudge,
    reported: date,
    now: datetime,
    opinions: Mapping[Claim, Opinion] = NO_OPINIONS,
) -> tuple[Judgement, ...]:
    """Decide every claim against its case's timeline, and draft the alerts."""
    found = []
    for timeline in timelines:
        case = timeline.case
        decisions = decide(
            [claim for claim in examined.claims if claim.case_id == case.id],
            timeline.events,
            reported=reported,
            is_retired=case.retired,
            may_alert=may_alert(job, timeline.added_at),
        )
        drafts, waiting = [], timeline.waiting
        for decision in decisions:
            weighed = _unless_rejected(heed(decision, opinions.get(decision.claim)), timeline, job)
            same = find_same(weighed, waiting, timeline.events, reported=reported)
            drafts.append(draft(weighed, timeline, job, now, same))
            if weighed.outcome is not Outcome.REVIEW:  # closed once
                waiting = tuple(each for each in waiting if each not in same)
        found.append(Judgement(case_id=case.id, version=timeline.version, reported=reported, drafts=tuple(drafts)))
    return tuple(found)


def _unless_rejected(decision: Decision, timeline: CaseTimeline, job: RevisionForJudge) -> Decision:
    """A sentence that a person rejected stays silent in later revisions of its article."""
    claim = decision.claim
    is_rejected = (job.article_id, claim.status.value, claim.evidence.sentence) in timeline.rejected
    if decision.outcome is not Outcome.REVIEW or not is_rejected:
        return decision
    return replace(decision, outcome=Outcome.SILENCE, reason=Reason.REJECTED, band=None)


def draft(
    decision: Decision,
    timeline: CaseTimeline,
    job: RevisionForJudge,
    now: datetime,
    same: tuple[Waiting, ...] = (),
) -> Draft:
    """A decision with what a message about it would say."""
    alert = make_alert(
        kind=AlertKind.CORRECTION if decision.outcome is Outcome.CORRECTION else AlertKind.ALERT,
        decision=decision,
        event_id=(decision.event.id if decision.event else None) or 0,
        case=timeline.case,
        source=job.source,
        url=job.url,
        title=job.title,
        lang=job.lang,
        published=job.published,
        raised_at=now,
    )
    return Draft(decision=decision, alert=alert, same=same)
