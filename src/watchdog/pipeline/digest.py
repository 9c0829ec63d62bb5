"""The step ``digest``: bundle what waited for a digest whose period has ended."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from watchdog.core.digests import Schedule
from watchdog.pipeline.context import Context, Summary
from watchdog.store import digests

log = structlog.get_logger()


async def digest(ctx: Context, now: datetime, limit: int) -> Summary:
    """Cut the digests that are due, each with its delivery; the step ``send`` sends them.

    Safe to run twice: a digest, the marks on what it tells, and its delivery are one transaction, and there is one a
    subscriber, cadence and period.
    """
    settings = ctx.settings.digest
    schedule = Schedule(at=settings.at, zone=ZoneInfo(settings.zone))
    due = (await ctx.db.read(digests.find_due, schedule, now))[:limit]
    written = 0
    for each in due:
        written += await ctx.db(digests.cut, each, now)
    if written:
        log.info("digest finished", digests=written)
    return Summary(taken=written)
