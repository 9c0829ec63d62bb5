"""What the answers of a source teach us about asking it: caching, redirects, caches that are stuck, 410.

Pure: an answer and the memory of the earlier ones give the new memory; the shell keeps it with the source's row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from watchdog.model.answer import Fetched, FetchFailed, FetchReason, NotModified, Validators
from watchdog.model.source import Pace, PollMemory, Source

#: A permanent redirect is remembered once it was met so often and for so long: sites under repair and hijacked ones
#: redirect for an evening. feedbin waits for 576 polls (app/models/feed_crawler/redirect_cache.rb, seen 2026-11-21).
MOVE_POLLS = 3
MOVE_AFTER = timedelta(hours=24)
#: A cache that answers 304 for ever hides the news: then a whole body is asked for (feedbin: 8 h). The shorter time is
#: for a source whose ETag was seen on two bodies.
WHOLE_AFTER = timedelta(hours=24)
WHOLE_AFTER_IF_WEAK = timedelta(hours=8)
#: And after no fewer 304s, so that a feed that is asked once a day is not asked for a whole body each time.
WHOLE_AFTER_304S = 3
#: The second 410 in a row is believed (design, section 8).
GONE_POLLS = 2
#: Of a stored header; longer ones are not followed.
HEADER_MAX = 1_000

_NOT_FOUND = 404
#: These say that a new address does not serve, not that the server has a bad hour.
_NO_LONGER_THERE = frozenset({FetchReason.NAME, FetchReason.REFUSED_ADDRESS, FetchReason.REDIRECTS, FetchReason.TLS})

Headers = tuple[tuple[str, str], ...]


def address_of(source: Source, memory: PollMemory) -> str:
    """Where a source is asked."""
    return memory.moved_to or source.url


def wants_whole(memory: PollMemory, now: datetime) -> bool:
    """Whether 304s have lasted so long that a body is asked for without validators, past all caches."""
    limit = WHOLE_AFTER_IF_WEAK if memory.is_weak else WHOLE_AFTER
    return memory.whole_at is not None and now - memory.whole_at >= limit and memory.unchanged >= WHOLE_AFTER_304S


def caching_headers(answer: Fetched | NotModified, memory: PollMemory, validators: Validators) -> Headers:
    """The headers that say how long an answer stays fresh; where a 304 leaves some out, those that it confirms."""
    if isinstance(answer, Fetched):
        return answer.headers
    kept = {
        "cache-control": memory.cache_control,
        "expires": memory.expires,
        "etag": validators.etag,
        "last-modified": validators.last_modified,
    }
    here = {name for name, _ in answer.headers}
    return (
        *answer.headers,
        *((name, value) for name, value in kept.items() if value is not None and name not in here),
    )


def after_success(
    memory: PollMemory,
    answer: Fetched | NotModified,
    now: datetime,
    *,
    is_weak: bool = False,
    pace: Pace | None = None,
) -> PollMemory:
    """The memory after a poll that worked.

    Args:
        memory: before it.
        answer: of the server.
        now: when.
        is_weak: whether its ETag came with another body before.
        pace: of a feed that was parsed; None where it was not, or says nothing.
    """
    is_new = isinstance(answer, Fetched)
    caching = dict(reversed(caching_headers(answer, memory, Validators())))
    known = replace(
        memory,
        cache_control=_short(caching.get("cache-control")),
        expires=_short(caching.get("expires")),
        pace=pace or memory.pace,
        whole_at=now if is_new else memory.whole_at or now,
        unchanged=0 if is_new else memory.unchanged + 1,
        is_weak=memory.is_weak or is_weak,
        gone=0,
        poison=None,
    )
    return _follow(known, answer.permanent_url, now)


def after_failure(memory: PollMemory, answer: FetchFailed | None, *, poison: str | None = None) -> PollMemory:
    """The memory after a poll that gave no feed; a new address that does not serve is given up for the operator's own.

    Args:
        memory: before it.
        answer: of the server; None where a body came that is no feed.
        poison: the hash of a body that hung or killed its parser.
    """
    is_gone = answer is not None and answer.is_gone
    is_lost = answer is None or is_gone or answer.status == _NOT_FOUND or answer.reason in _NO_LONGER_THERE
    known = replace(memory, gone=memory.gone + 1 if is_gone else 0, poison=poison or memory.poison)
    if answer is None:  # permanent redirects to what is no feed never become stable
        known = replace(known, hint=None, hint_polls=0, hint_since=None, steady=None, items="")
    if is_lost and memory.moved_to is not None:
        known = replace(known, moved_to=None, gone=0)
    return known


def is_over(memory: PollMemory) -> bool:
    """Whether the publisher has said often enough that the feed will not come back."""
    return memory.gone >= GONE_POLLS


def _follow(memory: PollMemory, permanent_url: str | None, now: datetime) -> PollMemory:
    """Count the polls that met the same permanent redirect; the address changes when it has proved stable."""
    if permanent_url is None:
        return replace(memory, hint=None, hint_polls=0, hint_since=None)
    if permanent_url != memory.hint or memory.hint_since is None:
        return replace(memory, hint=permanent_url, hint_polls=1, hint_since=now)
    if memory.hint_polls + 1 < MOVE_POLLS or now - memory.hint_since < MOVE_AFTER:
        return replace(memory, hint_polls=memory.hint_polls + 1)
    return replace(memory, moved_to=permanent_url, twin=None, hint=None, hint_polls=0, hint_since=None)


def _short(value: str | None) -> str | None:
    return value if value is not None and len(value) <= HEADER_MAX else None
