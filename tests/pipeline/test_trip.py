"""The steps poll, read, judge, send on both databases: a real site, real worker processes, any clock."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Table, select, update

from tests.daemon import Story, put_outlet
from tests.servers import Page, Site
from watchdog import service
from watchdog.config.settings import DatabaseSettings, FetchSettings, Settings, WorkSettings
from watchdog.fetch import GuardedClient
from watchdog.model.delivery import Channel
from watchdog.model.meaning import Meaning
from watchdog.model.source import Source
from watchdog.model.watch import Case, Watchlist
from watchdog.pipeline.context import Context
from watchdog.pipeline.judge import judge
from watchdog.pipeline.poll import poll
from watchdog.pipeline.read import read
from watchdog.pipeline.send import send
from watchdog.service import Console, wiring
from watchdog.store import Database, articles, clock, queue, subscribers, tables, watchlist
from watchdog.store import sources as source_rows
from watchdog.store.subscribers import Wish

NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, half an hour before the clocks go back
HOUR = timedelta(hours=1)
CASE = Case(id="mehman", name="Mehman Huseynov")
RELEASE = Story(
    path="/oc/released",
    title="Blogger Mehman Huseynov released from prison",
    text="Azerbaijani blogger Mehman Huseynov was released on Saturday after two years in prison, his lawyer said.\n\n"
    "He was met at the gate of the prison by friends and colleagues, who had waited there since the early morning. "
    "The blogger said that he would go on with his work and thanked everybody who had written to him.",
    published=NOW - HOUR,
)

Opening = Callable[[Site, str], contextlib.AbstractAsyncContextManager[Context]]


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Opening:
    return opening(tmp_path, database_url)


def opening(
    tmp_path: Path,
    database_url: str,
    work: WorkSettings = WorkSettings(workers=1),  # noqa: B008 -- frozen
    meanings: tuple[Meaning, ...] = (),
) -> Opening:
    """Makes the steps' surroundings, with one source, one case and a console that takes every alert."""

    @contextlib.asynccontextmanager
    async def open_it(site: Site, feed: str) -> AsyncIterator[Context]:
        settings = Settings(
            database=DatabaseSettings(url=database_url),
            fetch=FetchSettings(allow=(ip_network("127.0.0.0/8"),), min_gap=timedelta(0)),
            work=work,
            meanings=meanings,
        )
        source = Source(id="oc", url=site.url(feed), name="OC", every=HOUR)
        out = io.StringIO()
        async with GuardedClient(settings.fetch, "test") as client:
            with Database(settings.database.url, tmp_path) as db:
                db.now(watchlist.apply, [source], Watchlist(cases=(CASE,)), NOW - 2 * HOUR)
                db.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True), None, NOW)
                channels = wiring.make_channels(tmp_path, settings, client, Console(out=out))
                async with service.open_context(tmp_path, settings, db, client, channels, revisits=True) as ctx:
                    try:
                        yield ctx
                    finally:
                        ctx.archive.close()

    return open_it


def column(db: Database, table: Table, name: str) -> list[object]:
    wanted = select(table.c[name]).order_by(table.c.id)
    return db.read_now(lambda connection: list(connection.execute(wanted).scalars()))


async def trip(ctx: Context, now: datetime) -> tuple[int, int, int, int]:
    """One tick of each step; what each took."""
    return (
        (await poll(ctx, now, 9)).taken,
        (await read(ctx, now, 9)).taken,
        (await judge(ctx, now, 9)).taken,
        (await send(ctx, now, 9)).taken,
    )


async def test_an_entry_becomes_one_alert_and_the_next_ticks_nothing(opened: Opening) -> None:
    with Site() as site:
        put_outlet(site, "oc", [RELEASE])
        async with opened(site, "/oc/feed") as ctx:
            assert await trip(ctx, NOW) == (1, 1, 1, 1)
            assert column(ctx.db, tables.deliveries, "state") == ["sent"]
            assert column(ctx.db, tables.events, "status") == ["released"]
            assert column(ctx.db, tables.events, "event_date") == ["2026-10-24"]
            assert await trip(ctx, NOW) == (0, 0, 0, 0)
            assert await trip(ctx, NOW + 2 * HOUR) == (1, 1, 0, 0)  # the case is in motion: its page is asked again


async def test_a_nul_byte_in_feed_or_page_stops_nothing(opened: Opening) -> None:
    with Site() as site:
        put_outlet(site, "oc", [RELEASE])
        feed = site._scripts["/oc/feed"][0]
        page = site._scripts[RELEASE.path][0]
        assert isinstance(feed, Page)
        assert isinstance(page, Page)
        site.put("/oc/feed", feed.body.replace(b"Blogger", b"Blog\0ger&#0;"), headers=dict(feed.headers))
        body = page.body.replace(b"Azerbaijani", b"Azer\0baijani&#0;").replace(b"<h1>Blogger", b"<h1>Blog\0ger&#x0;")
        site.put(RELEASE.path, body, headers=dict(page.headers))
        async with opened(site, "/oc/feed") as ctx:
            assert await trip(ctx, NOW) == (1, 1, 1, 1)
            assert column(ctx.db, tables.events, "status") == ["released"]
            assert "\0" not in str(column(ctx.db, tables.revisions, "text"))
            assert "\0" not in str(column(ctx.db, tables.entries, "definition"))


async def test_a_page_that_the_archive_cannot_keep_is_read_again_and_never_set_aside(
    opened: Opening, tmp_path: Path
) -> None:
    """A file stands where the archive's folder should be, as a stand-in for a disk that takes nothing."""
    with Site() as site:
        put_outlet(site, "oc", [RELEASE])
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data/archive").write_text("in the way", "utf-8")
        async with opened(site, "/oc/feed") as ctx:
            assert await trip(ctx, NOW) == (1, 1, 0, 0)
            for minute in range(1, 6):
                assert await trip(ctx, NOW + minute * timedelta(minutes=1)) == (0, 1, 0, 0)
            (tmp_path / "data/archive").unlink()
            assert await trip(ctx, NOW + 6 * timedelta(minutes=1)) == (0, 1, 1, 1)
            assert column(ctx.db, tables.deliveries, "state") == ["sent"]


@pytest.mark.parametrize(
    ("back", "is_read"),
    [
        pytest.param(timedelta(hours=6), False, id="hours, polled"),
        pytest.param(timedelta(days=3650), True, id="years, read"),
    ],
)
async def test_a_clock_that_was_set_back_postpones_nothing(opened: Opening, back: timedelta, is_read: bool) -> None:
    """Each step worked by a clock that ran ahead; then it was set right, in the middle of a lease."""
    with Site() as site:
        put_outlet(site, "oc", [RELEASE])
        async with opened(site, "/oc/feed") as ctx:
            ahead = NOW + back
            await poll(ctx, ahead, 9)
            if is_read:
                await read(ctx, ahead, 9)
            assert await trip(ctx, NOW) == (0, 0, 0, 0)  # all is dated ahead
            assert await ctx.db(clock.catch_up, NOW) > 0
            assert await trip(ctx, NOW) == (1, 0 if is_read else 1, 1, 1)
            assert await ctx.db(clock.catch_up, NOW) == 0


async def test_every_queue_and_every_lease_comes_back_from_the_future(opened: Opening) -> None:
    with Site() as site:
        put_outlet(site, "oc", [RELEASE])
        async with opened(site, "/oc/feed") as ctx:
            ahead = NOW + 6 * HOUR
            await poll(ctx, ahead, 9)
            assert len(await ctx.db(articles.claim_unread, ahead, 9)) == 1  # its worker is killed
            await ctx.db(clock.catch_up, NOW)
            assert (await read(ctx, NOW, 9)).taken == 1
            await ctx.db(_date_ahead, tables.revisions, "seen_at", ahead)
            await ctx.db(clock.catch_up, NOW)
            assert (await judge(ctx, NOW, 9)).taken == 1
            await ctx.db(_date_ahead, tables.deliveries, "created_at", ahead)
            await ctx.db(clock.catch_up, NOW)
            assert (await send(ctx, NOW, 9)).sent == 1


def _date_ahead(connection: object, table: Table, written: str, ahead: datetime) -> None:
    connection.execute(update(table).values({written: ahead, "due_at": ahead}))  # type: ignore[attr-defined]  # a Connection


async def test_clocks_that_differ_a_little_change_nothing(opened: Opening) -> None:
    """Another machine's lease, taken by a clock that runs a minute ahead, is not ended."""
    with Site() as site:
        async with opened(site, "/oc/feed") as ctx:
            (job,) = await ctx.db(source_rows.claim_due, NOW + timedelta(minutes=1), 9)
            assert await ctx.db(clock.catch_up, NOW) == 0
            assert await ctx.db(source_rows.claim_due, NOW, 9) == ()
            assert await ctx.db(queue.settle, tables.sources, job.lease, {"due_at": NOW + HOUR})
            assert await ctx.db(clock.catch_up, NOW) == 0


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process, and the workers that it starts, live in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    assert datetime(2026, 10, 25, 12).astimezone().utcoffset() == HOUR  # the local clock is the point
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), id="the hour from two to three comes twice"),
        pytest.param(datetime(2027, 3, 28, 0, 30, tzinfo=UTC), id="the hour from two to three is missing"),
    ],
)
async def test_a_change_of_summer_time_neither_repeats_nor_skips_a_poll(
    opened: Opening, berlin: None, first: datetime
) -> None:
    """Polls go on at even distances, and entries dated within the odd hour keep their moments."""
    stories = [
        Story(path=f"/oc/{number}", title=f"Story {number}", text="Something happened in town. " * 9, published=moment)
        for number, moment in enumerate((first, first + HOUR))  # in autumn both are half past two in Berlin
    ]
    with Site() as site:
        put_outlet(site, "oc", stories[:1])
        async with opened(site, "/oc/feed") as ctx:
            await ctx.db(_date_ahead, tables.sources, "added_at", first)
            due = first
            polls: list[datetime] = []
            while len(polls) < 4:
                assert (await poll(ctx, due - timedelta(seconds=1), 9)).taken == 0
                assert (await poll(ctx, due, 9)).taken == 1
                polls.append(due)
                (row,) = ctx.db.read_now(source_rows.list_sources)
                assert row.next_poll_at is not None
                assert row.next_poll_at.tzinfo is UTC
                due = row.next_poll_at
                put_outlet(site, "oc", stories)
            assert len({later - earlier for earlier, later in pairwise(polls)}) == 1
            assert column(ctx.db, tables.articles, "published") == [story.published for story in stories]
            assert column(ctx.db, tables.articles, "first_seen_at") == polls[:2]
