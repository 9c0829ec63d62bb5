"""The step ``send``: take deliveries out of the outbox and hand each to its channel."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from watchdog.deliver import next_try
from watchdog.errors import StoreError
from watchdog.model.delivery import Channel, SendFailed, SendReason, SendResult, Sent
from watchdog.pipeline.context import Context, Summary
from watchdog.points import point
from watchdog.store import deliveries, queue
from watchdog.store.deliveries import DeliveryForSend
from watchdog.store.tables import deliveries as table

log = structlog.get_logger()

#: What became of one try.
OUTCOMES = ("sent", "waiting", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Summary):
    """What one run of ``send`` did."""

    sent: int = 0
    #: Will be tried again.
    waiting: int = 0
    #: Given up.
    dead: int = 0
    #: Each try's channel and outcome.
    outcomes: tuple[tuple[Channel, str], ...] = ()


async def send(ctx: Context, now: datetime, limit: int) -> Delivered:
    """Send the deliveries that are due: one target's in their order, several targets at once.

    Safe to run twice: a delivery keeps its key at every try, so a receiver can tell a repeat; what was sent is settled
    only under the lease that sent it. One try is shorter than a lease, but those before it at a slow target may not be:
    leases are renewed as the turns come, and what another process took over meanwhile is left to it.
    """
    clock = _running_from(now)
    jobs = await ctx.db(deliveries.claim_due, now, limit)
    by_target: dict[tuple[str, str], list[DeliveryForSend]] = defaultdict(list)
    for job in jobs:
        by_target[job.channel, job.message.target].append(job)
    groups = await asyncio.gather(*(_send_group(ctx, group, clock) for group in by_target.values()))
    outcomes = tuple(pair for group in groups for pair in group)
    results = [outcome for _, outcome in outcomes]
    done = Delivered(
        taken=len(jobs),
        sent=results.count("sent"),
        waiting=results.count("waiting"),
        dead=results.count("dead"),
        outcomes=outcomes,
    )
    if jobs:
        log.info("send finished", taken=done.taken, sent=done.sent, waiting=done.waiting, dead=done.dead)
    return done


def _running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that goes on from a moment, in whole seconds: what is quick has the step's own time."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))


async def _send_group(
    ctx: Context, jobs: Sequence[DeliveryForSend], clock: Callable[[], datetime]
) -> list[tuple[Channel, str]]:
    done = []
    for number, job in enumerate(jobs):
        if number == 0 or await _is_still_ours(ctx, jobs[number:], clock()):
            done.append((job.channel, await _send_one(ctx, job, clock)))
        ctx.progress("send")
    return done


async def _is_still_ours(ctx: Context, jobs: Sequence[DeliveryForSend], now: datetime) -> bool:
    """Whether the first of some deliveries may be sent; the leases of all begin anew."""
    try:
        held = await ctx.db(queue.renew, table, [job.lease for job in jobs], now)
    except StoreError as exc:
        log.error("leases not renewed", key=jobs[0].message.key, reason=str(exc))  # noqa: TRY400  # said in words, no bug
        await ctx.db(queue.give_back, table, jobs[0].lease, now, str(exc))
        return False
    return jobs[0].lease in held


async def _send_one(ctx: Context, job: DeliveryForSend, clock: Callable[[], datetime]) -> str:
    """One delivery: sent, waiting or dead.

    Where the outcome cannot be written, the delivery is given back, and comes again with its key.
    """
    point("before a message is sent")
    result = await _try_once(ctx, job, clock())
    point("after a message was sent")
    now = clock()
    try:
        return await _settle(ctx, job, result, now)
    except StoreError as exc:
        log.error("delivery not settled", key=job.message.key, reason=str(exc))  # noqa: TRY400  # said in words, no bug
        await ctx.db(queue.give_back, table, job.lease, now, str(exc))
        return "waiting"


async def _settle(ctx: Context, job: DeliveryForSend, result: SendResult, now: datetime) -> str:
    if isinstance(result, Sent):
        await ctx.db(deliveries.settle_sent, job, result.receipt, now)
        log.info("delivery sent", key=job.message.key, channel=job.channel, tries=job.tries + 1)
        return "sent"
    wait = next_try(result.reason, job.tries + 1, job.message.created_at, now, result.retry_after)
    reason = f"{result.reason}: {result.detail}"
    await ctx.db(deliveries.settle_failed, job, reason, None if wait is None else now + wait, now)
    outcome = "dead" if wait is None else "waiting"
    tell = log.error if wait is None else log.warning
    tell("delivery not sent", key=job.message.key, channel=job.channel, reason=reason, tries=job.tries + 1, now=outcome)
    return outcome


async def _try_once(ctx: Context, job: DeliveryForSend, now: datetime) -> SendResult:
    """Hand a message to its channel; a channel that raises is a bug of the channel, and its message is tried again."""
    notifier = ctx.notifiers.get(job.channel)
    if notifier is None:
        return SendFailed(reason=SendReason.CONFIG, detail=f"no channel is named {job.channel}")
    try:
        return await notifier.send(job.message, now)
    except Exception as exc:
        log.exception("channel raised", key=job.message.key, channel=job.channel)
        return SendFailed(reason=SendReason.TRANSIENT, detail=type(exc).__name__)
