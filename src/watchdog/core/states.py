"""How a source is: learned from its polls, decided with the evidence.

A source leaves OK after three failures in a row spread over at least half an hour, after two 410s, or after two answers
that are no feed; one good poll brings it back (design, section 8).
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from watchdog.core.plain import clean_line
from watchdog.model.answer import FetchFailed, FetchReason
from watchdog.model.article import FeedRefusal, FeedRefused
from watchdog.model.source import Failure, Fault, PollHistory, SourceState, StateFound

#: Design, section 8.
FAILURES, SPREAD = 3, timedelta(minutes=30)
#: Hosts move and registrars make mistakes: a name that is gone for a weekend may come back. Judgement.
NAME_GONE_AFTER = timedelta(days=3)
#: What a publisher did in the last week says most of what it does now.
MEMORY_DAYS = 7.0
#: A turnover that was seen is forgotten by half in this time.
TURNOVER_HALVES_IN = timedelta(days=7)
#: Of what came since the last poll, as if it had come in no less: a publisher may release five items at once.
SHORTEST_LOOK = timedelta(minutes=20)
#: Arrivals before a rhythm counts as learned.
RHYTHM_AFTER = 5
#: Silence worth telling where the operator names none: a multiple of the longest one seen, no less than a weekend; and
#: two months where no rhythm is learned yet. Judgement.
QUIET_TIMES, QUIET_LEAST, QUIET_UNKNOWN = 3, timedelta(days=3), timedelta(days=60)
#: A copy that stands still: so many times its longest silence, and no less than a month.
FROZEN_TIMES, FROZEN_LEAST = 10, timedelta(days=30)
#: The longest silence that is believed fades by this with each arrival.
_FADING = 0.98
_WORDS_MAX = 300

_BLOCKED = frozenset({401, 403, 451})
STATE_OF = {
    Fault.TROUBLE: SourceState.FAILED,
    Fault.NAME: SourceState.FAILED,
    Fault.GONE: SourceState.FAILED,
    Fault.BLOCKED: SourceState.BLOCKED,
    Fault.NO_ITEMS: SourceState.EMPTY,
    Fault.NO_FEED: SourceState.ZOMBIE,
}
_NO_FEED = frozenset({FeedRefusal.HTML, FeedRefusal.EMPTY, FeedRefusal.NOT_A_FEED})
#: States in which nothing is heard from a source.
SILENT = frozenset(SourceState) - {SourceState.OK, SourceState.QUIET}


def fault_of(failed: FetchFailed | FeedRefused) -> Fault:
    """What kind of failure it was."""
    if isinstance(failed, FeedRefused):
        if failed.reason is FeedRefusal.NO_ITEMS:
            return Fault.NO_ITEMS
        return Fault.NO_FEED if failed.reason in _NO_FEED else Fault.TROUBLE
    if failed.is_gone:
        return Fault.GONE
    if failed.status in _BLOCKED or failed.reason in {FetchReason.CHALLENGE, FetchReason.LEGAL}:
        return Fault.BLOCKED
    return Fault.NAME if failed.reason is FetchReason.NAME else Fault.TROUBLE


def note_failure(history: PollHistory, fault: Fault, words: str, now: datetime) -> PollHistory:
    """The history after a poll that gave no feed."""
    failure = Failure(at=now, fault=fault, words=clean_line(words)[:_WORDS_MAX])
    first, rest = history.run[:1], history.run[1:][-1:]
    return replace(history, run=(*first, *rest, failure))


def note_answer(
    history: PollHistory,
    now: datetime,
    *,
    new: int = 0,
    items: int | None = None,
    is_whole: bool = True,
    newest: datetime | None = None,
    backfilled: int = 0,
) -> PollHistory:
    """The history after a poll that worked.

    Args:
        history: before it.
        now: when.
        new: entries that were not known.
        items: entries of the document; None where it was the one that we hold.
        is_whole: whether the document is all that the feed shows, and not only what is new (226).
        newest: the latest date in the document.
        backfilled: entries that older pages brought.
    """
    known = replace(history, at=now, run=(), items=history.items if items is None else items)
    if history.at is None or history.since is None:
        return replace(known, since=now, newest_at=newest)
    elapsed = max(now - history.at, timedelta(seconds=1))
    known = replace(
        known,
        rate=_rate(history.rate, new, elapsed),
        turnover=_turnover(history.turnover, new, items, elapsed),
        backfilled=history.backfilled + backfilled,
    )
    if items and is_whole:
        is_miss = is_missed(history, new=new, items=items)
        known = replace(
            known,
            overlap=1 - min(new, items) / items,
            misses=history.misses + is_miss,
            missed_at=now if is_miss else history.missed_at,
        )
    if not new:
        return known
    silence = now - history.newest_at if history.newest_at and history.arrivals else timedelta(0)
    longest = max(silence, history.silence * _FADING)
    return replace(known, newest_at=now, arrivals=history.arrivals + 1, silence=longest)


def is_missed(history: PollHistory, *, new: int, items: int, is_whole: bool = True) -> bool:
    """Whether a document shows nothing that we know, so that something may have scrolled past since the last poll."""
    return history.at is not None and is_whole and 0 < items <= new


def a_week(history: PollHistory) -> float | None:
    """New entries a week; None in the first day."""
    if history.since is None or history.at is None or history.at - history.since < timedelta(days=1):
        return None
    seen_for = (history.at - history.since) / timedelta(days=MEMORY_DAYS)
    return 7 * history.rate / (1 - math.exp(-seen_for))


def decide_state(
    history: PollHistory, now: datetime, *, quiet_after: timedelta | None, before: SourceState | None
) -> StateFound:
    """The state of a source after its last poll.

    Args:
        history: that poll included.
        now: aware.
        quiet_after: the silence that the operator finds worth telling; None: learned.
        before: its state so far; None before the first decision. Too few failures leave it.
    """
    if history.run:
        return _of_failures(history, before)
    return _frozen(history, now) or _quiet(history, now, quiet_after) or _well(history)


def _of_failures(history: PollHistory, before: SourceState | None) -> StateFound:
    run = history.run
    first, last = run[0], run[-1]
    words = f"{last.words}; last asked {_moment(last.at)}, the first failure {_moment(first.at)}"
    twice = [one.fault for one in run[-2:]]
    is_nameless = all(one.fault is Fault.NAME for one in run) and last.at - first.at >= NAME_GONE_AFTER
    if twice == [Fault.GONE, Fault.GONE] or (is_nameless and len(run) >= FAILURES):
        return StateFound(state=SourceState.GONE, words=words, since=first.at)
    is_enough = len(run) >= FAILURES and last.at - first.at >= SPREAD
    if is_enough or twice == [Fault.NO_FEED, Fault.NO_FEED]:
        return StateFound(state=STATE_OF[last.fault], words=words, since=first.at)
    if before is not None and before is not SourceState.OK:
        return StateFound(state=before, words=words, since=first.at)
    return StateFound(state=SourceState.OK, words=f"fails lately: {words}", since=first.at)


def _frozen(history: PollHistory, now: datetime) -> StateFound | None:
    if history.newest_at is None or not history.items or history.arrivals < RHYTHM_AFTER:
        return None
    if now - history.newest_at < max(FROZEN_TIMES * history.silence, FROZEN_LEAST):
        return None
    words = (
        f"it answers, with the same {history.items} items since {_moment(history.newest_at)}; its longest silence "
        f"before was {_span(history.silence)}"
    )
    return StateFound(state=SourceState.ZOMBIE, words=words, since=history.newest_at)


def _quiet(history: PollHistory, now: datetime, quiet_after: timedelta | None) -> StateFound | None:
    silent_since = history.newest_at or history.since
    limit = quiet_after or quiet_limit(history)
    if silent_since is None or now - silent_since < limit:
        return None
    whose = "you asked to be told after" if quiet_after else "worth telling here is"
    words = f"nothing new since {_moment(silent_since)}; {whose} {_span(limit)}"
    return StateFound(state=SourceState.QUIET, words=words, since=silent_since)


def quiet_limit(history: PollHistory) -> timedelta:
    """The silence worth telling, as learned."""
    return QUIET_UNKNOWN if history.arrivals < RHYTHM_AFTER else max(QUIET_LEAST, QUIET_TIMES * history.silence)


def _well(history: PollHistory) -> StateFound:
    words = "never asked" if history.at is None else f"answered {_moment(history.at)}"
    return StateFound(state=SourceState.OK, words=words)


def _rate(rate: float, new: int, elapsed: timedelta) -> float:
    days = elapsed / timedelta(days=1)
    kept = math.exp(-days / MEMORY_DAYS)
    return rate * kept + new * (1 - kept) / days


def _turnover(turnover: timedelta | None, new: int, items: int | None, elapsed: timedelta) -> timedelta | None:
    if turnover is not None:
        turnover = min(turnover * 2 ** min(elapsed / TURNOVER_HALVES_IN, 8), timedelta(days=365))
    if not new or not items:
        return turnover
    seen = max(elapsed, SHORTEST_LOOK) * (items / max(new, 1))
    return seen if turnover is None else min(seen, turnover)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _span(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"  # noqa: PLR2004 -- below two days hours say more
