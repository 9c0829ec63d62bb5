"""Watchdog's own steps ``poll`` and ``read``, as the service runs them, but for the clock, which is an argument."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import structlog
from orders import serve

from watchdog import __version__
from watchdog.config.settings import FetchSettings, Settings
from watchdog.engine.steps import STEPS
from watchdog.fetch import GuardedClient
from watchdog.model.source import Source
from watchdog.model.watch import Watchlist
from watchdog.pipeline.context import Context
from watchdog.pipeline.poll import poll
from watchdog.pipeline.read import read
from watchdog.service.wiring import open_context
from watchdog.store import Database, watchlist

EVERY = timedelta(minutes=10)
#: Longer than the interval with its jitter.
ROUND = timedelta(minutes=12)
_LIMIT = {name: limit for name, _, limit in STEPS}


class Ours:
    """Polls a list of feeds; each list has a home of its own."""

    def __init__(self, folder: Path, held: AsyncExitStack) -> None:
        self._folder = folder
        self._held = held
        self._now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        fetch = FetchSettings(
            contact="https://monitor.example/", allow=(ip_network("127.0.0.0/8"),), min_gap=timedelta(0)
        )
        self._settings = replace(Settings(), fetch=fetch)
        self._settings = replace(self._settings, work=replace(self._settings.work, workers=1))
        self._homes: dict[str, Context] = {}

    async def poll_all(self, urls: list[str]) -> int:
        """Ask each source once, and read what is new. Returns the new articles."""
        ctx = await self._home(urls)
        self._now += ROUND
        polled = new = 0
        while (done := await poll(ctx, self._now, _LIMIT["poll"])).taken:
            polled, new = polled + done.taken, new + done.new
            if done.refused or done.failed:
                raise RuntimeError(f"a poll failed: {done}")
        if polled != len(urls):
            raise RuntimeError(f"{polled} of {len(urls)} sources were asked")
        while new and (await read(ctx, self._now, _LIMIT["read"])).taken:
            pass
        return new

    async def _home(self, urls: list[str]) -> Context:
        key = f"{urls[0]} {len(urls)}"
        if key not in self._homes:
            home = self._folder / f"home{len(self._homes)}"
            home.mkdir()
            db = self._held.enter_context(Database("sqlite:///watchdog.db", home))
            rows = [Source(id=f"s{n}", url=url, name="N", every=EVERY) for n, url in enumerate(urls)]
            await db(watchlist.apply, rows, Watchlist(), self._now)
            client = await self._held.enter_async_context(GuardedClient(self._settings.fetch, __version__))
            context = open_context(home, self._settings, db, client, {}, revisits=False)
            self._homes[key] = await self._held.enter_async_context(context)
        return self._homes[key]


async def main(folder: Path) -> None:
    """Serve orders; what was opened is closed at the end."""
    async with AsyncExitStack() as held:
        await serve(Ours(folder, held).poll_all)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main(Path(sys.argv[1])))
