"""A home of one source on the loopback, asked by the real steps, for tests of ways of asking and of odd feeds."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from sqlalchemy import select, update

from watchdog import service
from watchdog.config.settings import FetchSettings, Settings, WorkSettings
from watchdog.fetch import GuardedClient
from watchdog.model.source import Source
from watchdog.model.watch import Case, Watchlist
from watchdog.pipeline.context import Context
from watchdog.pipeline.judge import judge
from watchdog.pipeline.poll import Polled, poll
from watchdog.pipeline.read import read
from watchdog.service import Console, wiring
from watchdog.store import Database, tables, watchlist

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Rig:
    """The steps over one source; every poll comes an hour after the one before."""

    ctx: Context
    now: datetime = NOW

    async def poll(self) -> Polled:
        """One poll of the source, whenever it is planned."""
        self.now += HOUR
        await self.ctx.db(lambda connection: connection.execute(update(tables.sources).values(due_at=self.now)))
        return await poll(self.ctx, self.now, 9)

    async def read_and_judge(self) -> tuple[int, int]:
        """What was read and what was judged; pages are asked at once."""
        return (await read(self.ctx, self.now, 2_000)).taken, (await judge(self.ctx, self.now, 2_000)).taken

    def column(self, name: str) -> list[object]:
        """A column of all that is stored, ``table.column``, in the order of storing."""
        table = getattr(tables, name.partition(".")[0])
        wanted = select(table.c[name.partition(".")[2]]).order_by(table.c.id)
        return self.ctx.db.read_now(lambda connection: list(connection.execute(wanted).scalars()))


@contextlib.asynccontextmanager
async def rig(tmp_path: Path, url: str, via: str = "feed") -> AsyncIterator[Rig]:
    """One source, one case, on SQLite."""
    settings = Settings(
        fetch=FetchSettings(allow=(ip_network("127.0.0.0/8"),), min_gap=timedelta(0)), work=WorkSettings(workers=1)
    )
    case = Case(id="mehman", name="Mehman Huseynov")
    async with GuardedClient(settings.fetch, "test") as client:
        with Database(settings.database.url, tmp_path) as db:
            source = Source(id="one", url=url, name="One", via=via)
            db.now(watchlist.apply, [source], Watchlist(cases=(case,)), NOW - HOUR)
            channels = wiring.make_channels(tmp_path, settings, client, Console(out=io.StringIO()))
            async with service.open_context(tmp_path, settings, db, client, channels, revisits=False) as ctx:
                try:
                    yield Rig(ctx)
                finally:
                    ctx.archive.close()
