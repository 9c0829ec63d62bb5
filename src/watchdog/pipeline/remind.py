"""The step ``remind``: tell operators what waits for them and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from watchdog.errors import WorkerError
from watchdog.pipeline.context import Context, Summary
from watchdog.pipeline.informed import with_watchlist
from watchdog.pipeline.work import name_somebody_in_worker
from watchdog.store import notices
from watchdog.store.notices import StuckRow

log = structlog.get_logger()


async def remind(ctx: Context, now: datetime, limit: int) -> Summary:
    """Write the notices that are due, each with a delivery to every operator; the step ``send`` sends them.

    Safe to run twice: a notice's key is unique, and it is written in one transaction with its deliveries. Where nobody
    is an operator, nothing is written, and whoever becomes one is told then.
    """
    if not ctx.operators:
        return Summary()
    naming = await _naming_somebody(ctx, await ctx.db.read(notices.untold_stuck))
    silent_after = ctx.settings.watch.silent_after
    due = (await ctx.db.read(notices.find_due, now, naming, silent_after))[:limit]
    written = await ctx.db(notices.write, due, ctx.operators, now) if due else 0
    if written:
        log.info("remind finished", notices=written, operators=len(ctx.operators))
    return Summary(taken=written)


async def _naming_somebody(ctx: Context, stuck: Sequence[StuckRow]) -> frozenset[str]:
    """The keys of articles whose title names a watched person; of all, where a worker does not survive the titles."""
    titled = [row for row in stuck if row.title]
    if not titled:
        return frozenset()
    try:
        naming = await with_watchlist(ctx, name_somebody_in_worker, tuple(row.title or "" for row in titled))
    except WorkerError as exc:
        log.debug("titles of stuck rows not looked at", rows=len(titled), error=type(exc).__name__)
        naming = (True,) * len(titled)
    return frozenset(row.key for row, is_naming in zip(titled, naming, strict=True) if is_naming)
