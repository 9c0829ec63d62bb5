"""What scrolled past between two polls: counted, and read from older pages where the feed names them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.fetch.rig import DAY, HOUR, NOW, Rig, Rigging, item, rss
from tests.servers import Page, Site
from watchdog.core.cadence import DEFAULT_EVERY
from watchdog.model.source import PollHistory, SourceState
from watchdog.pipeline.backfill import MOST_PAGES
from watchdog.pipeline.judge import may_alert
from watchdog.store import articles, codec, tables


def history(rig: Rig) -> PollHistory:
    return codec.load(PollHistory, rig.row().history)


def feed(*numbers: int, older: str = "", rel: str = "prev-archive") -> bytes:
    link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="{rel}" href="{older}"/>' if older else ""
    return rss(*map(item, numbers), head=link)


@pytest.mark.row(74)
async def test_a_document_without_anything_known_is_counted(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=feed(1, 2, 3)), Page(body=feed(3, 4, 5)), Page(body=feed(6, 7, 8)))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert (history(rig).misses, round(history(rig).overlap or 0, 2)) == (0, 0.33)
        await rig.when_due()
        assert (history(rig).misses, history(rig).overlap) == (1, 0.0)
        assert rig.keys() == ["1", "2", "3", "4", "5", "6", "7", "8"]


@pytest.mark.row(74)
async def test_older_pages_are_read_until_one_is_known_and_alert_nobody(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=feed(1, 2)), Page(body=feed(7, 8, older="/p2")))
    site.put("/p2", feed(5, 6, older="/p3", rel="next"))
    site.put("/p3", feed(2, 3, 4, older="/p4"))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.keys() == [str(number) for number in range(1, 9)]
        assert site.requests_to("/p4") == []
        assert history(rig).backfilled == 4
        old = {row.id for row in rig.articles() if row.backfilled}
        keys = select(tables.entries.c.key).where(tables.entries.c.article_id.in_(old)).order_by(tables.entries.c.key)
        assert rig.db.read_now(lambda c: list(c.execute(keys).scalars())) == ["3", "4", "5", "6"]
        await rig.read(NOW + DAY)
        jobs = rig.db.now(articles.claim_unjudged, NOW + DAY, 99)
        assert {job.article_id for job in jobs if not may_alert(job, NOW - DAY)} >= old


async def test_json_feed_names_its_next_page(site: Site, home: Rigging) -> None:
    def body(*ids: int, older: str | None = None) -> bytes:
        items = [{"id": str(n), "content_text": f"Text {n}"} for n in ids]
        more = {"next_url": older} if older else {}
        return json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items, **more}
        ).encode()

    site.script("/feed", Page(body=body(1)), Page(body=body(3, older=site.url("/more"))))
    site.put("/more", body(2, 1))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.keys() == ["1", "2", "3"]


async def test_a_chain_of_pages_is_bounded_and_stays_on_the_host(site: Site, home: Rigging) -> None:
    site.script(
        "/feed", Page(body=feed(1)), Page(body=feed(100, older="/p0")), Page(body=feed(900, older="http://x.example/"))
    )
    for n in range(20):
        site.put(f"/p{n}", feed(200 + n, older=f"/p{n + 1}"))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert len([seen for seen in site.requests if seen.path.startswith("/p")]) == MOST_PAGES
        await rig.when_due()
        assert history(rig).misses == 2
        assert rig.keys()[-1] == "900"


async def test_an_archive_that_does_not_answer_loses_nothing_of_the_poll(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=feed(1)), Page(body=feed(2, older="/p")))
    site.script("/p", Page(status=500))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.keys() == ["1", "2"]
        assert rig.row().state == SourceState.OK


@pytest.mark.row(74)
async def test_the_interval_follows_what_was_seen(site: Site, home: Rigging) -> None:
    etag = {"ETag": '"1"'}
    site.script(
        "/feed",
        Page(body=feed(*range(20)), headers=etag),
        Page(body=feed(*range(15, 35)), headers={"ETag": '"2"'}),
        Page(body=feed(*range(34, 54)), headers={"ETag": '"3"'}),
    )
    async with home("/feed") as rig:
        await rig.poll(NOW)
        first = await rig.when_due()
        assert first - NOW >= DEFAULT_EVERY
        second = await rig.when_due()
        assert second - first < DEFAULT_EVERY / 1.5, "fifteen of twenty were new"
        assert rig.row().due_at - second < second - first
        assert second - first < HOUR


async def test_two_pages_where_a_feed_was_make_a_zombie_with_its_evidence(site: Site, home: Rigging) -> None:
    login = Page(body=b"<html><title>Sign in</title><input type=password>")
    site.script("/feed", Page(body=feed(1)), login, login, Page(body=feed(1, 2)))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        for state in (SourceState.OK, SourceState.ZOMBIE, SourceState.OK):
            await rig.when_due()
            assert rig.row().state == state
        words = rig.db.read_now(lambda c: c.execute(select(tables.source_states.c.words)).scalars().all())
        assert "a login page, “Sign in”" in words[0]
        assert len(words) == 2
