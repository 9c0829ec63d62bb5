"""Work for worker processes that must know the watchlist."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from watchdog.errors import WorkerError
from watchdog.model.watch import Watchlist
from watchdog.pipeline.context import Context
from watchdog.store import topics, watchlist

T = TypeVar("T")
Subject = TypeVar("Subject")


async def with_watchlist(
    ctx: Context, work: Callable[[Subject, int, Watchlist | None], T | None], subject: Subject
) -> T:
    """Do something in a worker, which is handed the watchlist only where it does not know it yet and answers None.

    Raises:
        WorkerError: the worker did not come back, or refused the watchlist.
    """
    version = await ctx.db.read(watchlist.watch_version)
    done = await ctx.pool.run(work, subject, version, None)
    if done is None:
        cases = await ctx.db.read(watchlist.watched_cases)
        about = await ctx.db.read(topics.watched_topics)
        watched = Watchlist(cases=cases, topics=tuple(one.topic for one in about))
        done = await ctx.pool.run(work, subject, version, watched)
    if done is None:
        raise WorkerError("a worker refused the watchlist")
    return done
