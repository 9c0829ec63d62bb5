"""Pages through the real steps: what stands around an article never alerts, and pages that are edited in place."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.daemon import Story, put_outlet, watchdog
from tests.manners import COMMENTS, MANNERS, PARAGRAPHS, TEASERS, TITLE
from tests.pipeline.test_trip import CASE, column, opening
from tests.servers import Site
from watchdog.archive import ArchiveWriter
from watchdog.core.dedup import IDLE_REVISIONS_A_DAY
from watchdog.model.answer import Fetched
from watchdog.pipeline.context import Context
from watchdog.pipeline.judge import judge
from watchdog.pipeline.poll import poll
from watchdog.pipeline.read import read
from watchdog.store import tables

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))
import world  # type: ignore[import-not-found]  # by the path above

START = datetime(2019, 3, 5, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def published(number: int) -> Any:
    return world.Publication(
        id=f"p{number}", source="Herald", kind="news", lang="en", url=f"https://herald.example/{number}",
        published=START, title=TITLE, summary="", text="\n\n".join(PARAGRAPHS), sidebar=TEASERS, comments=COMMENTS,
    )  # fmt: skip


def played(folder: Path, pages: list[str], *more: str) -> list[dict[str, Any]]:
    """The lines of a replay of these pages, a quarter of an hour apart, all of one outlet that is known already."""
    writer = ArchiveWriter(folder)
    items = [
        f"<item><title>{number}</title><link>https://herald.example/{number}</link>"
        f"<pubDate>{format_datetime(START)}</pubDate></item>"
        for number in range(len(pages))
    ]
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>'
    records = [("feed", "application/rss+xml", feed)]
    records += [(str(number), "text/html; charset=utf-8", page) for number, page in enumerate(pages)]
    for number, (path, kind, body) in enumerate(records):
        url, at = f"https://herald.example/{path}", START + number * HOUR / 4
        answer = Fetched(
            url=url, final_url=url, status=200, headers=(("content-type", kind),), body=body.encode(), fetched_at=at
        )
        stored = writer.append(answer)
    writer.close()
    (folder / "feeds.toml").write_text('[[source]]\nid = "herald"\nurl = "https://herald.example/feed"\n', "utf-8")
    cases = [("mehman", "Mehman Huseynov"), ("leyla", "Leyla Aliyeva")]
    rows = "".join(f'[[case]]\nid = "{case}"\nname = "{name}"\n' for case, name in cases)
    (folder / "watchlist.toml").write_text(rows, "utf-8")
    options = ("--feeds", "feeds.toml", "--watchlist", "watchlist.toml", "--json", "--why", *more)
    done = watchdog("replay", stored.file, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_nothing_around_an_article_is_ever_told(tmp_path: Path) -> None:
    """In all manners of pages: alerts about the one whom the article names, not even silence about the other."""
    pages = [manner().html for manner in MANNERS]
    pages += [manner(published(number)) for number, manner in enumerate(world.PAGE_MANNERS)]
    told = played(tmp_path, pages)
    assert {line["case"] for line in told} == {"leyla"}


def test_what_other_pages_of_the_host_carry_is_never_told(tmp_path: Path) -> None:
    """A line without any structure tells of somebody; from the fourth page on it is known for what it is."""
    line = "Mehman Huseynov was released from prison on Tuesday."
    texts = [[f"In town number {n} the spring came early. {part}" for part in PARAGRAPHS] for n in range(6)]
    pages = [
        f"<html><head><title>Story {n}</title></head><body><div><h1>Story {n}</h1>"
        + "".join(f"<p>{part}</p>" for part in (*text, line))
        + "</div></body></html>"
        for n, text in enumerate(texts)
    ]
    told = [line for line in played(tmp_path, pages) if line["case"] == "mehman"]
    assert {line["url"] for line in told} == {f"https://herald.example/{n}" for n in range(3)}


TUESDAY = datetime(2026, 10, 27, 14, tzinfo=UTC)
HELD = Story(
    path="/oc/1",
    title="Blogger Mehman Huseynov detained in Baku",
    text="\n\n".join(("Blogger Mehman Huseynov was detained in Baku on Tuesday.", PARAGRAPHS[1], PARAGRAPHS[3])),
    published=TUESDAY - HOUR,
)


async def visit(ctx: Context, now: datetime) -> int:
    """Poll, read and judge what is due. Returns how many pages were read."""
    await poll(ctx, now, 9)
    done = await read(ctx, now, 9)
    await judge(ctx, now, 9)
    return done.taken


async def test_a_page_in_motion_is_asked_on_a_widening_schedule_and_again_after_news(tmp_path: Path) -> None:
    with Site() as site:
        put_outlet(site, "oc", [HELD])
        async with opening(tmp_path, "sqlite:///w.db")(site, "/oc/feed") as ctx:
            assert CASE.id == "mehman"
            assert await visit(ctx, TUESDAY) == 1
            assert await due_after(ctx, TUESDAY) == HOUR
            assert await visit(ctx, TUESDAY + HOUR) == 1
            assert await due_after(ctx, TUESDAY) == 3 * HOUR
            ticking = replace(HELD, text=f"{HELD.text}\n\n1,234 views")
            put_outlet(site, "oc", [ticking])
            assert await visit(ctx, TUESDAY + 3 * HOUR) == 1  # a line more: news, as far as we know
            assert await due_after(ctx, TUESDAY + 3 * HOUR) == HOUR
            for views, hours in enumerate((4, 6, 11), 1_235):  # a counter that ticks is none: the schedule widens
                put_outlet(site, "oc", [replace(HELD, text=f"{HELD.text}\n\n{views} views")])
                assert await visit(ctx, TUESDAY + hours * HOUR) == 1
            assert await due_after(ctx, TUESDAY + 3 * HOUR) == timedelta(days=1)
            freed = f"{HELD.text}\n\nUPDATE 28 October: Mehman Huseynov was released from the police station."
            put_outlet(site, "oc", [replace(HELD, text=freed)])
            assert await visit(ctx, TUESDAY + 27 * HOUR) == 1
            assert await due_after(ctx, TUESDAY + 27 * HOUR) == HOUR
            assert column(ctx.db, tables.events, "status") == ["detained", "released"]
            assert column(ctx.db, tables.events, "event_date") == ["2026-10-27", "2026-10-28"]


async def test_a_page_that_changes_at_every_visit_is_kept_so_often_a_day(tmp_path: Path) -> None:
    with Site() as site:
        put_outlet(site, "oc", [HELD])
        async with opening(tmp_path, "sqlite:///w.db")(site, "/oc/feed") as ctx:
            await visit(ctx, TUESDAY)
            for number in range(IDLE_REVISIONS_A_DAY + 3):  # somebody moves two paragraphs about, and the feed wakes us
                first, *rest = HELD.text.split("\n\n")
                story = replace(HELD, text="\n\n".join((first, *(rest[:: -1 if number % 2 else 1]))))
                put_outlet(site, "oc", [replace(story, text=f"{story.text}\n\n{number + 5} views")])
                await ctx.db(wake, TUESDAY + number * timedelta(minutes=9))
                await visit(ctx, TUESDAY + number * timedelta(minutes=10))
            assert len(column(ctx.db, tables.revisions, "id")) == IDLE_REVISIONS_A_DAY
            (reason,) = column(ctx.db, tables.articles, "reason")
            assert reason == "changes at every visit and says nothing new; 4 revisions of a day are kept"


async def test_a_visit_that_fails_does_not_end_the_visits(tmp_path: Path) -> None:
    with Site() as site:
        put_outlet(site, "oc", [HELD])
        async with opening(tmp_path, "sqlite:///w.db")(site, "/oc/feed") as ctx:
            await visit(ctx, TUESDAY)
            site.put(HELD.path, b"", status=503)
            for hours in (1, 3, 25):
                assert await visit(ctx, TUESDAY + hours * HOUR) == 1
            assert await due_after(ctx, TUESDAY) == timedelta(days=3)
            site.put(HELD.path, b"", status=410)
            assert await visit(ctx, TUESDAY + timedelta(days=3)) == 1
            assert column(ctx.db, tables.articles, "due_at") == [None]


async def due_after(ctx: Context, since: datetime) -> timedelta:
    (due,) = column(ctx.db, tables.articles, "due_at")
    assert isinstance(due, datetime)
    return due - since


def wake(connection: Any, now: datetime) -> None:
    connection.execute(tables.articles.update().values(due_at=now))
