"""The step ``remind``: tell operators what waits for them and what was set aside."""

from __future__ import annotations

from datetime import datetime

import structlog

from watchdog.pipeline.context import Context, Summary
from watchdog.store import notices

log = structlog.get_logger()


async def remind(ctx: Context, now: datetime, limit: int) -> Summary:
    """Write the notices that are due, each with a delivery to every operator; the step ``send`` sends them.

    Safe to run twice: a notice's key is unique, and it is written in one transaction with its deliveries. Where nobody
    is an operator, nothing is written, and whoever becomes one is told then.
    """
    if not ctx.operators:
        return Summary()
    due = (await ctx.db.read(notices.find_due, now))[:limit]
    written = await ctx.db(notices.write, due, ctx.operators, now) if due else 0
    if written:
        log.info("remind finished", notices=written, operators=len(ctx.operators))
    return Summary(taken=written)
