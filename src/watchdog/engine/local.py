"""The local engine: one process, a tick a second for each step, until told to stop.

The jobs live in memory and are six: what is due is read from the database, so no job stands for a source. The only
importer of APScheduler, whose default would drop a run that is a second late.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watchdog.engine.steps import STEPS, Step
from watchdog.engine.vitals import Vitals
from watchdog.errors import StoreError
from watchdog.pipeline.context import SURROUNDINGS, Context, Summary
from watchdog.store import clock as clock_rows

log = structlog.get_logger()

_TICK_SECONDS = 1

#: For the steps under way at a stop; the service is gone within 20 s of SIGTERM (systemd kills after that).
_GRACE_SECONDS = 10

_SAY_AGAIN_SECONDS = 60.0


class _Clock:
    """The time now; where it went back, or at the start, what a clock that ran ahead put off is brought back."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    async def read(self, ctx: Context) -> datetime:
        now = datetime.now(UTC)
        last, self._last = self._last, now
        if last is None or now < last - clock_rows.SLACK:
            try:
                brought_back = await ctx.db(clock_rows.catch_up, now)
            except StoreError:
                self._last = last  # at the next tick, then
                raise
            if last is not None or brought_back:
                log.warning("the clock was set back", since_last_tick=last is not None, rows_brought_back=brought_back)
        return now


class _Trouble:
    """Says what keeps a step from working once a minute, not at every tick, and when it is over."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, float]] = {}

    def tell(self, step: str, words: str) -> None:
        said, at = self._said.get(step, ("", 0.0))
        if words != said or time.monotonic() - at >= _SAY_AGAIN_SECONDS:
            log.error("step failed", step=step, reason=words)
            self._said[step] = (words, time.monotonic())

    def over(self, step: str) -> None:
        if self._said.pop(step, None):
            log.info("step works again", step=step)


async def run_until(ctx: Context, stop: asyncio.Event, vitals: Vitals) -> None:
    """Tick until the event is set; then let the steps under way finish.

    A step that is cut off all the same loses nothing: its leases run out and its rows are taken again.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that finds its step still at work is no news
    scheduler = AsyncIOScheduler(timezone=UTC)
    under_way: set[asyncio.Task[None]] = set()
    clock, trouble = _Clock(), _Trouble()

    async def tick(name: str, step: Step, limit: int) -> None:
        task = asyncio.current_task()
        if task is None or stop.is_set():
            return
        under_way.add(task)
        try:
            started = time.monotonic()
            summary = await step(ctx, await clock.read(ctx), limit)
            if summary.taken:
                trouble.over(name)
            vitals.note_tick(name, summary, time.monotonic() - started)
            await vitals.beat(ctx.db)
        except SURROUNDINGS as exc:
            vitals.metrics.note_error(name)
            trouble.tell(name, str(exc))
        except Exception:
            vitals.metrics.note_error(name)
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
    clock = _Clock()
    while True:
        taken = 0
        for name, step, limit in STEPS:
            while (summary := await step(ctx, await clock.read(ctx), limit)).taken:
                done[name].append(summary)
                taken += summary.taken
        if taken == 0:
            return done
