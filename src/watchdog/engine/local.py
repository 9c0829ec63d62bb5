"""The local engine: one process, a tick a second for each step, until told to stop.

The jobs live in memory and are five: what is due is read from the database, so no job stands for a source. The only
importer of APScheduler, whose default would drop a run that is a second late.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watchdog.pipeline.context import Context, Summary
from watchdog.pipeline.judge import judge
from watchdog.pipeline.poll import poll
from watchdog.pipeline.read import read
from watchdog.pipeline.remind import remind
from watchdog.pipeline.send import send

log = structlog.get_logger()

Step = Callable[[Context, datetime, int], Awaitable[Summary]]

#: A step, and the rows that one tick takes. Small, so that a lease outlives its work and a stop is quick.
STEPS: tuple[tuple[str, Step, int], ...] = (
    ("poll", poll, 32),
    ("read", read, 32),
    ("judge", judge, 8),
    ("remind", remind, 16),
    ("send", send, 16),
)

_TICK_SECONDS = 1

#: For the steps under way at a stop; the service is gone within 20 s of SIGTERM (systemd kills after that).
_GRACE_SECONDS = 10


async def run_until(ctx: Context, stop: asyncio.Event) -> None:
    """Tick until the event is set; then let the steps under way finish.

    A step that is cut off all the same loses nothing: its leases run out and its rows are taken again.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that finds its step still at work is no news
    scheduler = AsyncIOScheduler(timezone=UTC)
    under_way: set[asyncio.Task[None]] = set()

    async def tick(name: str, step: Step, limit: int) -> None:
        task = asyncio.current_task()
        if task is None or stop.is_set():
            return
        under_way.add(task)
        try:
            await step(ctx, datetime.now(UTC), limit)
        except Exception:
            log.exception("step failed", step=name)
        finally:
            under_way.discard(task)

    for name, step, limit in STEPS:
        scheduler.add_job(
            tick,
            "interval",
            args=(name, step, limit),
            seconds=_TICK_SECONDS,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    await stop.wait()
    scheduler.pause()
    if under_way:
        _, cut_off = await asyncio.wait(under_way, timeout=_GRACE_SECONDS)
        for task in cut_off:
            task.cancel()
        await asyncio.gather(*cut_off, return_exceptions=True)
    scheduler.shutdown(wait=False)


async def run_once(ctx: Context) -> dict[str, list[Summary]]:
    """One full pass: every source that is due, every article, revision and delivery, until nothing is left."""
    done: dict[str, list[Summary]] = {name: [] for name, _, _ in STEPS}
    while True:
        taken = 0
        for name, step, limit in STEPS:
            while (summary := await step(ctx, datetime.now(UTC), limit)).taken:
                done[name].append(summary)
                taken += summary.taken
        if taken == 0:
            return done
