"""When to ask again: how long to wait after a poll, after a failure, and before a page is read once more.

Every function gives the time to wait from ``now``. A server may only slow us down; nothing ever makes a wait shorter
than the interval in force, jitter included.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from watchdog.model.event import TimelineEvent
from watchdog.model.source import Pace, PollHistory
from watchdog.model.status import STATUS_TYPES, Status, Track

#: What we ask for where the operator names no interval.
DEFAULT_EVERY = timedelta(minutes=30)
#: Without ETag and Last-Modified each poll costs the publisher the whole feed (rachelbythebay.com/fs/help.html).
EVERY_WITHOUT_VALIDATORS = timedelta(hours=1)
#: The bounds of what we learn: a feed whose items scroll past is asked so often, one that publishes seldom so seldom.
FASTEST = timedelta(minutes=5)
LAZIEST = timedelta(hours=6)
#: Each poll should find two thirds of the document as it was.
POLLS_A_TURNOVER = 3
#: And an item should wait for a small share of the time between two.
POLLS_A_GAP = 24
#: Until the rhythm is known: a rate, forgotten in a week, with which the default interval comes out.
_RATE_AT_FIRST, _KNOWN_IN_DAYS = 2.0, 7.0
#: The longest that a server's caching headers may make us wait: we watch for changes that matter the same day.
SLOWEST = timedelta(hours=24)
#: The longest Retry-After that we follow to the letter; 3.7 days were seen (mediacloud/rss-fetcher, fetcher/tasks.py).
RETRY_AFTER_MAX = timedelta(days=7)
#: Sources of one interval are spread over this share of it.
JITTER = 0.1
#: Waits before the second and the third try to read a page; together with the tries they fill a day.
READ_TRIES = (timedelta(hours=2), timedelta(hours=22))
#: Pages of cases in motion are asked again at these ages of their last change (design, section 7).
VISITS = (
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
)

#: A case stays in motion for so long after its last event.
IN_MOTION_FOR = timedelta(days=30)
#: Last on its track, these keep a case in motion.
CONFINED = frozenset(
    {Status.ABDUCTED_DISAPPEARED, Status.LOCATED, Status.DETAINED, Status.REMANDED, Status.HOUSE_ARREST}
)

_DELTA = re.compile(r"\"?(\d{1,12})\"?")  # more digits are an overflow: stale (RFC 9111, section 1.2.2)
_DOUBLINGS_MAX = 16

Headers = tuple[tuple[str, str], ...]


def next_poll(
    *,
    source_id: str,
    now: datetime,
    every: timedelta | None = None,
    headers: Headers = (),
    pace: Pace | None = None,
    retry_after: timedelta | None = None,
    history: PollHistory | None = None,
) -> timedelta:
    """How long to wait after a poll that worked.

    Args:
        source_id: Seeds the jitter, so that a source keeps its place among the others.
        now: When the answer came.
        every: The interval that the operator asked for; beats every floor but ``retry_after``.
        headers: Of the answer, names in lower case.
        pace: What the feed itself asks for.
        retry_after: What the server asked for in Retry-After.
        history: What earlier polls showed, this one included; None: nothing.
    """
    wait = every
    if wait is None:
        has_validators = any(name in {"etag", "last-modified"} for name, _ in headers)
        learned = learned_wait(history or PollHistory(), now)
        floor = learned if has_validators else max(learned, EVERY_WITHOUT_VALIDATORS)
        pace = pace or Pace()
        asked = max(freshness(headers, now), pace.every or timedelta(0))
        wait = _past_skipped(now, max(floor, min(asked, SLOWEST)), pace)
    return _obey(_jittered(wait, source_id), retry_after)


def learned_wait(history: PollHistory, now: datetime) -> timedelta:
    """The interval that fits how a feed publishes: seldom where little comes, often where items scroll past.

    Never below ``FASTEST``, never above ``LAZIEST``; below ``DEFAULT_EVERY`` only as its document turns over.
    """
    if history.since is None:
        return DEFAULT_EVERY
    seen_for = max(now - history.since, timedelta(0)) / timedelta(days=_KNOWN_IN_DAYS)
    rate = history.rate + _RATE_AT_FIRST * math.exp(-seen_for)
    gap = timedelta(days=1) / max(rate, 1 / 365)
    wait = min(max(gap / POLLS_A_GAP, DEFAULT_EVERY), LAZIEST)
    if history.turnover is not None:
        wait = max(FASTEST, min(wait, history.turnover / POLLS_A_TURNOVER))
    return wait


def retry_after_failure(
    failures: int,
    retry_after: timedelta | None = None,
    *,
    source_id: str,
    every: timedelta | None = None,
    is_refused: bool = False,
) -> timedelta:
    """How long to wait after a poll that failed.

    The first failure waits one interval, each further one twice as long, up to a day; never shorter than asked for.

    Args:
        failures: In a row, this one included.
        retry_after: What the server asked for.
        source_id: Seeds the jitter.
        every: The interval that the operator asked for.
        is_refused: The server says "too often" or "not you" (429, 401, 403): twice as long from the first one on.
    """
    base = every or DEFAULT_EVERY
    doublings = min(max(failures - 1, 0) + is_refused, _DOUBLINGS_MAX)
    wait = min(base * 2**doublings, max(SLOWEST, base))
    return _obey(_jittered(wait, source_id), retry_after)


def next_read_try(attempts: int) -> timedelta | None:
    """How long to wait before a page is tried again, after so many failed tries; None: the entry's own text stands."""
    if attempts <= 0:
        return timedelta(0)
    return READ_TRIES[attempts - 1] if attempts <= len(READ_TRIES) else None


def next_visit(unchanged_for: timedelta) -> timedelta | None:
    """How long to wait before a page of a case in motion is asked again.

    Args:
        unchanged_for: Since its text last changed, or since it was first read.

    Returns:
        The time up to the next of ``VISITS``; None after the last of them.
    """
    unchanged_for = max(unchanged_for, timedelta(0))  # a clock that ran ahead when the page was read
    return next((age - unchanged_for for age in VISITS if age > unchanged_for), None)


def is_in_motion(events: Sequence[TimelineEvent], today: date) -> bool:
    """Whether a case's pages are worth asking again (design, section 7).

    So for 30 days after its last event, and while it is held, missing, or on hunger strike.

    Args:
        events: The case's timeline, oldest first.
        today: In UTC.
    """
    days = [event.last_day for event in events if event.last_day is not None]
    if days and today - max(days) <= IN_MOTION_FOR:
        return True
    last = {STATUS_TYPES[event.status].track: event.status for event in events}
    return last.get(Track.LIBERTY) in CONFINED or last.get(Track.HEALTH) is Status.HUNGER_STRIKE_BEGAN


def freshness(headers: Headers, now: datetime) -> timedelta:
    """How long the server says that its answer stays fresh: zero where it says nothing, or nothing that can be read.

    max-age before Expires, less Age; "no-cache" and "no-store" say that it is stale (RFC 9111, sections 4.2 and 5).
    """
    found = list(_directives(value for name, value in headers if name == "cache-control"))
    directives = dict(reversed(found))  # of repeated ones the first counts (RFC 9111, section 4.2.1)
    if "no-cache" in directives or "no-store" in directives:
        return timedelta(0)
    if "max-age" in directives:
        left = _seconds(directives["max-age"]) - _seconds(_first(headers, "age"))
        return max(left, timedelta(0))
    expires = _moment(_first(headers, "expires"))
    if expires is None:
        return timedelta(0)
    return max(expires - (_moment(_first(headers, "date")) or now), timedelta(0))


def _past_skipped(now: datetime, wait: timedelta, pace: Pace) -> timedelta:
    """The wait, lengthened past hours and days in which the feed does not want to be asked; never beyond a day."""
    at = now + wait
    while at.astimezone(UTC).hour in pace.skip_hours or at.astimezone(UTC).weekday() in pace.skip_days:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if at - now >= SLOWEST:
            return max(wait, SLOWEST)
    return at - now


def _directives(values: Iterable[str]) -> Iterable[tuple[str, str]]:
    for part in ",".join(values).split(","):
        name, _, argument = part.partition("=")
        yield name.strip().lower(), argument.strip()


def _first(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name == wanted), "")


def _seconds(text: str) -> timedelta:
    found = _DELTA.fullmatch(text.strip())
    return timedelta(seconds=min(int(found[1]), int(RETRY_AFTER_MAX.total_seconds()))) if found else timedelta(0)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _jittered(wait: timedelta, source_id: str) -> timedelta:
    share = int.from_bytes(hashlib.blake2b(source_id.encode(), digest_size=4).digest(), "big") / 2**32
    return wait * (1 + JITTER * share)


def _obey(wait: timedelta, retry_after: timedelta | None) -> timedelta:
    return max(wait, min(retry_after or timedelta(0), RETRY_AFTER_MAX))
