"""The step ``poll``: ask the sources that are due, and store what is new in their feeds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import assert_never

import structlog

from watchdog.core.address import canonical
from watchdog.core.cadence import next_poll, retry_after_failure
from watchdog.core.dedup import entry_hash, sift_entries
from watchdog.core.manners import address_of, after_failure, after_success, caching_headers, is_over, wants_whole
from watchdog.core.parts import Parts, cut
from watchdog.core.states import decide_state, fault_of, is_missed, note_answer, note_failure
from watchdog.fetch import Request
from watchdog.model.answer import Fetched, FetchFailed, FetchReason, NotModified, Validators
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed
from watchdog.model.source import Pace, PollHistory
from watchdog.pipeline.backfill import read_older
from watchdog.pipeline.context import SURROUNDINGS, Context, Summary
from watchdog.pipeline.follow import ACCEPT, follow, parse, parse_unseen
from watchdog.pipeline.settling import Settler
from watchdog.points import point
from watchdog.store import queue, rests, sources
from watchdog.store.sources import NewEntry, PollOutcome, SourceForPoll
from watchdog.store.tables import sources as table

log = structlog.get_logger()

#: "Not you", "too often" and "not here": asked half as often from the first time on.
_REFUSALS = frozenset({401, 403, 429, 451})
#: The status of a whole feed; 226 is what is new of one.
_WHOLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled(Summary):
    """What one run of ``poll`` did."""

    #: Articles that were not known before.
    new: int = 0
    #: Sources that gave no feed: (id, reason in words).
    refused: tuple[tuple[str, str], ...] = ()


async def poll(ctx: Context, now: datetime, limit: int) -> Polled:
    """Ask the sources that are due, several hosts at once.

    Safe to run twice: a source is held by a lease, and what it brought is stored in one transaction that is unique by
    entry and address.
    """
    jobs = await ctx.db(sources.claim_due, now, limit)
    settler = Settler(ctx.db, now)
    results = await asyncio.gather(*(_poll_guarded(ctx, job, now, settler) for job in jobs))
    done = Polled(
        taken=len(jobs),
        new=sum(result for result in results if isinstance(result, int)),
        refused=tuple(
            (job.source.id, result) for job, result in zip(jobs, results, strict=True) if isinstance(result, str)
        ),
        failed=sum(result is None for result in results),
    )
    if jobs:
        log.info("poll finished", taken=done.taken, new=done.new, refused=len(done.refused), failed=done.failed)
    return done


async def _poll_guarded(ctx: Context, job: SourceForPoll, now: datetime, settler: Settler) -> int | str | None:
    """One source; whatever it raises is logged and counted and stops nobody else.

    Returns:
        How many articles are new, or why there was no feed, or None where the step itself broke.
    """
    try:
        return await _poll_one(ctx, job, now, settler)
    except SURROUNDINGS as exc:
        log.error("poll failed", source=job.source.id, reason=str(exc))  # noqa: TRY400  # said in words, no bug
        await ctx.db(queue.give_back, table, job.lease, now, str(exc))
        return None
    except Exception as exc:
        log.exception("poll failed", source=job.source.id)
        await ctx.db(queue.fail, table, job.lease, now, f"{type(exc).__name__}: {exc}")
        return None


async def _poll_one(ctx: Context, job: SourceForPoll, now: datetime, settler: Settler) -> int | str:
    is_whole_wanted = wants_whole(job.memory, now)
    url, validators = address_of(job.source, job.memory), Validators() if is_whole_wanted else job.validators
    if find := ctx.addresses.get(job.source.via):
        # What the server said of another day's address does not hold for this one's.
        url, validators = find(url, since=job.last_success_at, now=now), Validators()
    request = Request(
        url=url,
        validators=validators,
        max_bytes=ctx.settings.fetch.feed_max_bytes,
        accept=ACCEPT,
        is_fresh=is_whole_wanted,
        takes_delta=True,
        proxy=job.source.proxy,
    )
    point("before the feed is asked for")
    answer = await ctx.client.fetch(request, now)
    point("after the feed has answered")
    match answer:
        case FetchFailed(reason=FetchReason.NOT_RECORDED):
            await ctx.db(sources.settle_not_asked, job)
            return 0
        case FetchFailed(reason=FetchReason.NOT_YET):
            await ctx.db(sources.postpone, job, now + (answer.retry_after or timedelta(0)), answer.detail)
            return 0
        case FetchFailed():
            return await _failed(ctx, job, now, answer.detail, answer)
        case NotModified():
            history = note_answer(job.history, now)
            outcome = _outcome(job, answer, answer.validators_after(job.validators), job.body_hash, history, now)
        case Fetched():
            done = await _take(ctx, job, answer, now)
            if isinstance(done, FeedRefused):
                detail = f"not a feed ({done.reason}): {done.detail}"
                return await _failed(ctx, job, now, detail, done, poison=_poison(answer, done))
            outcome = done
        case _:
            assert_never(answer)
    return await settler.settle(job, outcome)


async def _take(ctx: Context, job: SourceForPoll, answer: Fetched, now: datetime) -> PollOutcome | FeedRefused:
    """What a body brings; one that we hold already is not parsed, nor one that hung its parser before."""
    digest = _digest(answer)
    if digest == job.body_hash:
        return _outcome(job, answer, answer.validators, digest, note_answer(job.history, now), now)
    if digest == job.memory.poison:
        return FeedRefused(reason=FeedRefusal.PARSER_FAILED, detail="the same body broke the parser before")
    parts = cut(answer.body) if job.source.via == "feed" and answer.status == _WHOLE else None
    steady = parts.steady_hash() if parts else None
    if steady is not None and job.body_hash is not None and steady == job.memory.steady:
        return _outcome(job, answer, answer.validators, digest, note_answer(job.history, now), now)
    parsed = await _parse(ctx, job, answer, parts, now)
    leads_on = isinstance(parsed, ParsedFeed) and bool(parsed.more)
    if isinstance(parsed, ParsedFeed) and leads_on:
        parsed = await follow(ctx, job.source, parsed, now)
    if isinstance(parsed, FeedRefused):
        return parsed
    if (
        not parsed.entries
        and not parsed.may_be_empty
        and answer.status == _WHOLE
        and await ctx.db.read(sources.has_entries, job.source.id)
    ):
        return FeedRefused(
            reason=FeedRefusal.NO_ITEMS, detail="a feed without a single item, where there were some before"
        )
    outcome = await _sift(ctx, job, answer, parsed, digest, now)
    seen = " ".join(parts.hashes()) if parts else ""
    outcome = replace(outcome, memory=replace(outcome.memory, steady=steady, items=seen))
    if leads_on:  # never taken as unchanged: what it leads to may change while it does not
        outcome = replace(outcome, validators=Validators(), body_hash=None)
    return outcome


async def _parse(
    ctx: Context, job: SourceForPoll, answer: Fetched, parts: Parts | None, now: datetime
) -> ParsedFeed | FeedRefused:
    """The feed, without what the last document had where the bytes show that."""
    if parts is not None and job.body_hash is not None:
        unseen = await parse_unseen(ctx, job.source, answer, parts, job.memory.items, now)
        if unseen is not None:
            return unseen
    return await parse(ctx, job.source, answer, answer.final_url, now)


async def _failed(
    ctx: Context,
    job: SourceForPoll,
    now: datetime,
    detail: str,
    failed: FetchFailed | FeedRefused,
    *,
    poison: str | None = None,
) -> str:
    """Record a poll that gave no feed, and when to ask again; a feed that is gone for good is not asked again."""
    answer = failed if isinstance(failed, FetchFailed) else None
    history = note_failure(job.history, fault_of(failed), detail, now)
    memory = after_failure(job.memory, answer, poison=poison)
    wait = retry_after_failure(
        job.failures + 1,
        answer.retry_after if answer else None,
        source_id=job.source.id,
        every=job.source.every,
        is_refused=answer is not None and (answer.status in _REFUSALS or answer.reason is FetchReason.CHALLENGE),
    )
    if answer is not None and answer.rest is not None:
        await ctx.db(rests.keep, answer.rest, now)
    next_poll_at = None if is_over(memory) else now + wait
    await ctx.db(
        sources.settle_failed_poll,
        job,
        detail,
        next_poll_at,
        now,
        memory=memory,
        forget_validators=answer is None,
        history=history,
        found=decide_state(history, now, quiet_after=job.source.quiet_after, before=job.state),
    )
    log.warning(
        "source gave no feed",
        source=job.source.id,
        reason=detail,
        failures=job.failures + 1,
        asked_to_wait_s=answer.retry_after.total_seconds() if answer and answer.retry_after else None,
    )
    return detail


def _digest(answer: Fetched) -> str:
    return blake2b(answer.body, digest_size=16).hexdigest()


def _poison(answer: Fetched, refused: FeedRefused) -> str | None:
    """The hash of a body that is not to be parsed again: it hung or killed its worker, or raised."""
    return _digest(answer) if refused.reason is FeedRefusal.PARSER_FAILED else None


async def _sift(
    ctx: Context, job: SourceForPoll, answer: Fetched, parsed: ParsedFeed, digest: str, now: datetime
) -> PollOutcome:
    """What of a feed is new or changed since the last poll."""
    for problem in parsed.problems:
        log.debug("feed has a flaw", source=job.source.id, problem=problem)
    keys = [entry.key for entry in parsed.entries]
    addresses = [entry.url for entry in parsed.entries if entry.url]
    known = await ctx.db.read(sources.known_hashes, job.source.id, keys, addresses)
    sifted = sift_entries(parsed.entries, known)
    is_whole, count = answer.status == _WHOLE and not parsed.may_be_empty, len(parsed.entries) + parsed.known
    older: tuple[Entry, ...] = ()
    if is_missed(job.history, new=len(sifted.new), items=count, is_whole=is_whole):
        log.warning("nothing in the feed is known: items may have passed unseen", source=job.source.id, items=count)
        older = await read_older(ctx, job, parsed, answer.final_url, now)
    history = note_answer(
        job.history,
        now,
        new=len(sifted.new),
        items=count,
        is_whole=is_whole,
        newest=max((entry.published for entry in parsed.entries if entry.published), default=None),
        backfilled=len(older),
    )
    return replace(
        _outcome(job, answer, answer.validators, digest, history, now, pace=parsed.pace),
        new=tuple(_new_entry(job, entry) for entry in sifted.new),
        changed=tuple(_new_entry(job, entry) for entry in sifted.changed),
        backfilled=tuple(_new_entry(job, entry) for entry in older),
    )


def _new_entry(job: SourceForPoll, entry: Entry) -> NewEntry:
    """An entry with its article's address; one without a link gets an address inside its feed."""
    inside = f"{canonical(job.source.url) or job.source.url}#{blake2b(entry.key.encode(), digest_size=8).hexdigest()}"
    has_page = entry.url is not None and not entry.is_whole
    return NewEntry(entry=entry, hash=entry_hash(entry), url=entry.url or inside, has_page=has_page)


def _outcome(
    job: SourceForPoll,
    answer: Fetched | NotModified,
    validators: Validators,
    body_hash: str | None,
    history: PollHistory,
    now: datetime,
    *,
    pace: Pace | None = None,
) -> PollOutcome:
    """What a poll that worked changes, but for the entries."""
    is_other = job.body_hash is not None and body_hash != job.body_hash
    is_weak = is_other and validators.etag is not None and validators.etag == job.validators.etag
    if is_weak and not job.memory.is_weak:
        log.warning("one ETag came with two bodies", source=job.source.id)
    memory = after_success(job.memory, answer, now, is_weak=is_weak, pace=pace)
    headers = caching_headers(answer, job.memory, validators)
    wait = next_poll(
        source_id=job.source.id, now=now, every=job.source.every, headers=headers, pace=memory.pace, history=history
    )
    return PollOutcome(
        next_poll_at=now + wait,
        validators=validators,
        body_hash=body_hash,
        memory=memory,
        history=history,
        found=decide_state(history, now, quiet_after=job.source.quiet_after, before=job.state),
    )
