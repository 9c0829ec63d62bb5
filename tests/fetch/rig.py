"""One home's poller and reader on a scripted site: real requests, a real database, real worker processes, any clock."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from tests.servers import Site
from watchdog.archive import ArchiveWriter
from watchdog.config.settings import FetchSettings, Settings
from watchdog.fetch import GuardedClient
from watchdog.model.article import Entry
from watchdog.model.plugin import SourceParser
from watchdog.model.source import PollMemory, Source
from watchdog.model.watch import Watchlist
from watchdog.pipeline.context import Context
from watchdog.pipeline.poll import Polled, poll
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.read import Read, read
from watchdog.service.wiring import load_sources
from watchdog.store import Database, codec, rests, tables, watchlist

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FETCH = FetchSettings(
    contact="https://monitor.example/",
    allow=(ip_network("127.0.0.0/8"),),
    min_gap=timedelta(0),
    timeout=10 * MINUTE / 60,
)


def rss(*items: str, head: str = "") -> bytes:
    """A feed; each item is what stands between its tags."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{inside}</channel></rss>'.encode()


def item(number: int, path: str = "") -> str:
    """An item without a page to read, or with one."""
    link = f"<link>{path}</link>" if path else ""
    return (
        f"<title>Item {number}</title><guid isPermaLink='false'>{number}</guid>{link}<description>Text.</description>"
    )


@dataclass(slots=True)
class Rig:
    """What a test does, and what it sees."""

    site: Site
    ctx: Context
    db: Database

    def keys(self) -> list[str]:
        return sorted(entry.key for entry in self.entries())

    async def poll(self, now: datetime) -> Polled:
        return await poll(self.ctx, now, 99)

    async def read(self, now: datetime) -> Read:
        return await read(self.ctx, now, 99)

    async def when_due(self) -> datetime:
        """The moment at which the source "a" is asked next; it is asked then."""
        at = self.row("a").due_at
        assert isinstance(at, datetime)
        await self.poll(at)
        return at

    def row(self, source_id: str = "a") -> Row[Any]:
        wanted = select(tables.sources).where(tables.sources.c.id == source_id)
        return self.db.read_now(lambda connection: connection.execute(wanted).one())

    def memory(self, source_id: str = "a") -> PollMemory:
        return codec.load(PollMemory, self.row(source_id).memory)

    def entries(self) -> list[Entry]:
        wanted = select(tables.entries.c.definition).order_by(tables.entries.c.id)
        rows = self.db.read_now(lambda connection: connection.execute(wanted).scalars().all())
        return [codec.load(Entry, row) for row in rows]

    def articles(self) -> list[Row[Any]]:
        wanted = select(tables.articles).order_by(tables.articles.c.id)
        return list(self.db.read_now(lambda connection: connection.execute(wanted).all()))

    def revisions(self) -> list[Row[Any]]:
        wanted = select(tables.revisions).order_by(tables.revisions.c.id)
        return list(self.db.read_now(lambda connection: connection.execute(wanted).all()))


Rigging = Callable[..., contextlib.AbstractAsyncContextManager[Rig]]


@contextlib.asynccontextmanager
async def rigged(
    folder: Path,
    pool: Pool,
    site: Site,
    *paths: str,
    fetch: FetchSettings = FETCH,
    parsers: Mapping[str, SourceParser] | None = None,
    now: datetime = NOW,
    **source: Any,
) -> AsyncIterator[Rig]:
    """A home with a source for each path or address, with ids "a", "b" and so on; opened again, it is the same home."""
    urls = [path if "://" in path else site.url(path) for path in paths]
    sources = [Source(id="abcdef"[n], url=url, name="N", **source) for n, url in enumerate(urls)]
    settings = replace(Settings(), fetch=fetch)
    known, addresses = load_sources()
    async with GuardedClient(fetch, "1.2") as client:
        with Database("sqlite:///test.db", folder) as db:
            db.now(watchlist.apply, sources, Watchlist(), now)
            for rest in db.read_now(rests.list_rests, now):
                client.keep_rest(rest)
            archive = ArchiveWriter(folder / "archive")
            ctx = Context(
                db=db,
                client=client,
                archive=archive,
                pool=pool,
                notifiers={},
                parsers=parsers or known,
                settings=settings,
                addresses=addresses,
            )
            try:
                yield Rig(site=site, ctx=ctx, db=db)
            finally:
                archive.close()
