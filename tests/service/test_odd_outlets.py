"""Outlets that do what outlets should not: the real service asks them a few times."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.daemon import Home, Story, put_outlet
from tests.servers import Page, Seen, Site

WEATHER = "It will be fine in all towns on all days of the week, says the office, and warm by the sea. " * 4
RELEASE = (
    "Mehman Huseynov, a blogger, was released from prison on Saturday after two years, his lawyer said.\n\n" + WEATHER
)


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection, connection:
        return connection.execute(query).fetchall()


def pass_time(home: Home) -> None:
    """Whatever is planned is due now."""
    for table in ("sources", "articles"):
        rows(home, f"UPDATE {table} SET due_at = '2020-01-01 00:00:00.000000' WHERE due_at IS NOT NULL")


def test_a_feed_with_new_ids_at_every_poll_does_not_grow_the_store_and_its_edits_are_read(tmp_path: Path) -> None:
    home, ids = Home(folder=tmp_path / "home"), itertools.count()
    title = ["Weather of the week"]

    def feed(seen: Seen) -> Page:
        _ = seen
        item = f"<item><title>{title[0]}</title><link>{site.url('/a')}</link><guid>n{next(ids)}</guid></item>"
        return Page(body=f"<rss version='2.0'><channel><title>x</title>{item}</channel></rss>".encode())

    with Site() as site:
        site.put("/a", Story(path="/a", title="Weather of the week", text=WEATHER).page())
        site.script("/feed", feed)
        home.sources.append({"id": "new-ids", "url": site.url("/feed")})
        home.write()
        for _ in range(2):
            home.run("run", "--once")
            pass_time(home)
        assert len(site.requests_to("/feed")) == 2
        assert rows(home, "SELECT count(*) FROM entries") == [(1,)]
        assert len(site.requests_to("/a")) == 1
        title[0] = "Weather of the week, corrected"
        home.run("run", "--once")
        assert len(site.requests_to("/a")) == 2


def test_an_old_article_whose_page_comes_late_is_still_old(tmp_path: Path) -> None:
    old = datetime.now(UTC) - timedelta(days=40)
    known = [{"status": "hunger_strike_began", "date": str((datetime.now(UTC) - timedelta(days=2)).date())}]
    home = Home(folder=tmp_path / "home")
    with Site() as site:
        story = Story(path="/a", title="The year of Mehman Huseynov", text=RELEASE, published=old)
        home.sources.append({"id": "late", "url": put_outlet(site, "late", [story])})
        home.write()
        watched = "\n".join(
            ['[[case]]\nid = "m"\nname = "Mehman Huseynov"']
            + [f'known = [{{ status = "{one["status"]}", date = {one["date"]} }}]' for one in known]
        )
        (home.folder / "watchlist.toml").write_text(watched, "utf-8")
        site.script("/a", *[Page(status=503)] * 3, Page(body=story.page()))
        for _ in range(5):
            home.run("run", "--once")
            pass_time(home)
        assert rows(home, "SELECT text_from FROM revisions ORDER BY number") == [("feed",), ("page",)]
        assert rows(home, "SELECT outcome, reason FROM claims") == [("background", "old_article")]
        assert rows(home, "SELECT count(*) FROM alerts") == [(0,)]
