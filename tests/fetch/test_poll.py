"""The rows on answers to a poll, played by a site on the loopback: validators, freshness, waits, moves, failures."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.fetch.rig import DAY, FETCH, HOUR, MINUTE, NOW, Rigging, item, rss
from tests.servers import Page, Site
from watchdog.config.settings import RestScope
from watchdog.core.cadence import JITTER
from watchdog.store import sources

pytestmark = pytest.mark.asyncio(loop_scope="package")

ETAG = {"ETag": '"1"'}
FEED = rss(item(1), item(2))


def redirect(status: int, to: str) -> Page:
    return Page(status=status, headers={"Location": to})


def about(wait: timedelta, wanted: timedelta) -> bool:
    """As long as wanted, or up to the jitter longer; never shorter."""
    return wanted <= wait <= wanted * (1 + JITTER)


@pytest.mark.row(6, 7, 13)
async def test_without_validators_the_body_is_compared_and_nothing_is_invented(site: Site, home: Rigging) -> None:
    dated = rss(item(1), head="<lastBuildDate>Sat, 21 Nov 2026 10:00:00 GMT</lastBuildDate>")
    site.put("/feed", dated, headers={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"})
    async with home("/feed") as rig:
        assert (await rig.poll(NOW)).new == 1
        assert about(rig.row().due_at - NOW, HOUR)
        at = await rig.when_due()
        assert rig.row().polls == 2
        assert len(rig.entries()) == 1
        assert rig.row().due_at > at
    for seen in site.requests:
        assert seen.header("if-modified-since") is None
        assert seen.header("if-none-match") is None


@pytest.mark.row(1, 4, 5, 8, 9)
async def test_a_304_is_a_success_and_its_headers_replace_the_old_ones(site: Site, home: Rigging) -> None:
    modified = {"Last-Modified": "yesterday, or so"}
    site.script(
        "/feed",
        Page(body=FEED, headers={**ETAG, **modified, "Cache-Control": "max-age=7200"}),
        Page(status=500),
        Page(status=304, headers={"ETag": '"2"'}),
        Page(status=304, headers={"Cache-Control": "max-age=36000"}),
    )
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.row().failures == 1
        at = await rig.when_due()
        assert (rig.row().failures, rig.row().last_success_at) == (0, at)
        assert about(rig.row().due_at - at, 2 * HOUR)  # the 304 left max-age as it was
        at = await rig.when_due()
        assert about(rig.row().due_at - at, 10 * HOUR)
    assert [seen.header("if-none-match") for seen in site.requests] == [None, '"1"', '"1"', '"2"']
    assert [seen.header("if-modified-since") for seen in site.requests][1:] == ["yesterday, or so"] * 3


@pytest.mark.row(10)
async def test_an_unexpected_304_is_asked_again_past_caches_and_is_a_failure_then(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(status=304), Page(status=304), Page(status=304), Page(body=FEED))
    async with home("/feed") as rig:
        assert "304" in dict((await rig.poll(NOW)).refused)["a"]
        assert rig.row().failures == 1
        await rig.when_due()
        assert rig.row().failures == 0
    assert [seen.header("cache-control") for seen in site.requests] == [None, "no-cache", None, "no-cache"]


@pytest.mark.row(11)
async def test_a_cache_that_is_stuck_is_passed_by_once_a_day(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=FEED, headers=ETAG), *[Page(status=304)] * 4, Page(body=rss(item(1), item(3))))
    async with home("/feed", every=6 * HOUR) as rig:
        await rig.poll(NOW)
        for _ in range(5):
            await rig.when_due()
        assert rig.keys() == ["1", "2", "3"]
    asked = [(seen.header("if-none-match"), seen.header("cache-control")) for seen in site.requests]
    assert (None, "no-cache") in asked[1:]
    assert asked[1:4] == [('"1"', None)] * 3


@pytest.mark.row(12)
async def test_one_etag_with_two_bodies_is_read_and_believed_less(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=FEED, headers=ETAG), Page(body=rss(item(3)), headers=ETAG))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert not rig.memory().is_weak
        await rig.when_due()
        assert len(rig.entries()) == 3
        assert rig.memory().is_weak


@pytest.mark.row(13)
async def test_another_etag_with_the_same_body_stops_at_the_hash(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=FEED, headers=ETAG), Page(body=FEED, headers={"ETag": '"2"'}), Page(status=304))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        at = rig.row().due_at
        assert (await rig.poll(at)).new == 0
        await rig.when_due()
    assert site.requests[2].header("if-none-match") == '"2"'


@pytest.mark.row(14)
async def test_what_did_not_parse_leaves_no_validators(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=FEED, headers=ETAG), Page(body=b"<broken", headers={"ETag": '"2"'}))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.row().failures == 1
        await rig.when_due()
    assert site.requests[2].header("if-none-match") is None


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        pytest.param({"Cache-Control": "max-age=7200"}, 2 * HOUR, marks=pytest.mark.row(15), id="max-age"),
        pytest.param({"Expires": "Sat, 21 Nov 2026 15:00:00 GMT"}, 3 * HOUR, marks=pytest.mark.row(16), id="expires"),
        pytest.param({"Expires": "0"}, MINUTE * 30, marks=pytest.mark.row(16), id="expired"),
        pytest.param(
            {"Cache-Control": "max-age=7200", "Expires": "Sat, 21 Nov 2026 20:00:00 GMT"},
            2 * HOUR,
            marks=pytest.mark.row(17),
            id="max-age before expires",
        ),
        pytest.param(
            {"Cache-Control": "no-cache, max-age=7200"}, MINUTE * 30, marks=pytest.mark.row(18), id="no-cache"
        ),
        pytest.param({"Cache-Control": "max-age=7200", "Age": "3600"}, HOUR, marks=pytest.mark.row(19), id="age"),
        pytest.param({"Cache-Control": "max-age=31536000"}, DAY, marks=pytest.mark.row(20), id="a year"),
        pytest.param({"Cache-Control": "max-age=1000000000000"}, MINUTE * 30, marks=pytest.mark.row(21), id="10^12"),
        pytest.param({"Cache-Control": "max-age=-1"}, MINUTE * 30, marks=pytest.mark.row(21), id="negative"),
        pytest.param({"Cache-Control": "max-age=soon"}, MINUTE * 30, marks=pytest.mark.row(21), id="garbage"),
        pytest.param({"Last-Modified": "Sat, 21 Nov 2099 10:00:00 GMT"}, MINUTE * 30, id="modified in the future"),
    ],
)
async def test_the_server_can_only_slow_us_down(
    site: Site, home: Rigging, headers: Mapping[str, str], wait: timedelta
) -> None:
    date = {"Date": format_datetime(NOW, usegmt=True)}
    site.put("/feed", FEED, headers={**ETAG, **date, **headers})
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert about(rig.row().due_at - NOW, wait)
        await rig.when_due()
    assert site.requests[1].header("if-none-match") == '"1"'
    assert site.requests[1].header("if-modified-since") == headers.get("Last-Modified")


@pytest.mark.parametrize(
    "status", [pytest.param(429, marks=pytest.mark.row(22)), pytest.param(503, marks=pytest.mark.row(25))]
)
@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        pytest.param("7200", 2 * HOUR, id="seconds"),
        pytest.param("Sat, 21 Nov 2026 14:00:00 GMT", 2 * HOUR, marks=pytest.mark.row(23), id="date"),
        pytest.param("Saturday, 21-Nov-26 14:00:00 GMT", 2 * HOUR, marks=pytest.mark.row(23), id="old date"),
        pytest.param("Sat Nov 21 14:00:00 2026", 2 * HOUR, marks=pytest.mark.row(23), id="date of C"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", 7 * DAY, marks=pytest.mark.row(26), id="year 9999"),
        pytest.param("317100", timedelta(seconds=317_100), marks=pytest.mark.row(26), id="four days"),
    ],
)
async def test_retry_after_is_obeyed(site: Site, home: Rigging, status: int, retry_after: str, wait: timedelta) -> None:
    site.script("/feed", Page(status=status, headers={"Retry-After": retry_after}), Page(body=FEED))
    async with home("/feed", every=MINUTE) as rig:
        await rig.poll(NOW)
        assert rig.row().due_at >= NOW + wait
        await rig.poll(NOW + wait - MINUTE)
        assert len(site.requests) == 1
        await rig.when_due()
        assert rig.row().failures == 0


@pytest.mark.row(24, 26)
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "Sat, 21 Nov 2020 12:00:00 GMT"}], ids=["none", "in the past"])
async def test_too_often_without_a_time_doubles_the_interval(
    site: Site, home: Rigging, headers: Mapping[str, str]
) -> None:
    site.put("/feed", status=429, headers=headers)
    async with home("/feed", every=HOUR) as rig:
        await rig.poll(NOW)
        assert about(rig.row().due_at - NOW, 2 * HOUR)


@pytest.mark.row(27)
@pytest.mark.parametrize(
    ("scope", "asked"), [(RestScope.FEED, True), (RestScope.HOST, False), (RestScope.DOMAIN, False)]
)
async def test_too_often_on_one_feed_is_heard_for_its_host_over_restarts(
    site: Site, home: Rigging, scope: RestScope, asked: bool
) -> None:
    site.put("/feed", status=429, headers={"Retry-After": "3600"})
    site.put("/other", FEED)
    settings = replace(FETCH, rest_scope=scope)
    async with home("/feed", fetch=settings) as rig:
        await rig.poll(NOW)
    async with home("/feed", "/other", fetch=settings, now=NOW + MINUTE) as rig:
        await rig.poll(NOW + MINUTE)
        assert bool(site.requests_to("/other")) is asked
        if not asked:
            assert rig.row("b").due_at == NOW + HOUR
            assert rig.row("b").failures == 0
            await rig.poll(NOW + HOUR)
            assert rig.row("b").polls == 1


@pytest.mark.row(22, 27)
@pytest.mark.parametrize(("asked_for", "text_from"), [("3600", []), ("172800", ["feed"])], ids=["an hour", "two days"])
async def test_pages_wait_for_their_host_too_but_no_article_for_days(
    site: Site, home: Rigging, asked_for: str, text_from: list[str]
) -> None:
    site.put("/feed", rss(item(1, site.url("/first")), item(2, site.url("/second"))))
    for path in ("/first", "/second"):
        site.put(path, status=503, headers={"Retry-After": asked_for})
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.read(NOW)
        assert len(site.requests_to("/first") + site.requests_to("/second")) == 1
        assert [row.text_from for row in rig.revisions()] == text_from * 2
        if not text_from:
            assert all(row.due_at >= NOW + HOUR for row in rig.articles())
            assert sorted(row.tries for row in rig.articles()) == [0, 1]


@pytest.mark.row(28)
@pytest.mark.parametrize("status", [301, 308])
async def test_a_permanent_redirect_is_kept_once_it_is_stable(site: Site, home: Rigging, status: int) -> None:
    site.script("/feed", redirect(status, "/on"))
    site.script("/on", redirect(301, "/new"))
    site.put("/new", FEED, headers=ETAG, conditional=True)
    async with home("/feed", every=10 * HOUR) as rig:
        await rig.poll(NOW)
        for _ in range(2):
            await rig.when_due()
        assert rig.memory().moved_to is None  # three polls, but not a day
        at = await rig.when_due()
        assert rig.memory().moved_to == site.url("/new")
        assert len(site.requests_to("/feed")) == 4
        await rig.when_due()
        assert len(site.requests_to("/feed")) == 4
        (move,) = rig.db.read_now(sources.list_moves, "a")
        assert (move.from_url, move.to_url, move.moved_at) == (site.url("/feed"), site.url("/new"), at)
        site.put("/new", status=404)  # the new owner gave up: back to what the operator wrote
        await rig.when_due()
        site.put("/feed", FEED)
        await rig.when_due()
        assert rig.row().failures == 0
        assert len(rig.db.read_now(sources.list_moves, "a")) == 2


@pytest.mark.row(29)
@pytest.mark.parametrize("status", [302, 303, 307])
async def test_only_the_permanent_start_of_a_chain_is_kept(site: Site, home: Rigging, status: int) -> None:
    site.script("/feed", redirect(301, "/on"))
    site.script("/on", redirect(status, "/there"))
    site.script("/there", redirect(301, "/end"))
    site.put("/end", FEED)
    async with home("/feed", every=DAY) as rig:
        await rig.poll(NOW)
        for _ in range(3):
            await rig.when_due()
        assert rig.memory().moved_to == site.url("/on")


@pytest.mark.row(30)
async def test_a_redirect_to_a_page_is_never_kept(site: Site, home: Rigging) -> None:
    site.script("/feed", redirect(301, "/login"))
    site.put("/login", b"<!doctype html><html><body>Sign in</body></html>")
    async with home("/feed", every=DAY) as rig:
        assert "HTML" in dict((await rig.poll(NOW)).refused)["a"]
        for _ in range(4):
            await rig.when_due()
        assert (rig.memory().moved_to, rig.memory().hint) == (None, None)
        assert rig.row().failures == 5


@pytest.mark.row(31)
async def test_a_move_to_another_sources_feed_is_flagged(site: Site, home: Rigging) -> None:
    site.script("/feed", redirect(301, "/other"))
    site.put("/other", FEED)
    async with home("/feed", "/other", every=DAY) as rig:
        await rig.poll(NOW)
        for _ in range(3):
            await rig.when_due()
        assert (rig.memory().moved_to, rig.memory().twin) == (None, "b")
        assert len(rig.entries()) == 4  # each source's own; the articles behind them are the same ones
        (row, _) = rig.db.read_now(sources.list_sources)
        assert row.memory.twin == "b"


@pytest.mark.row(36)
async def test_gone_twice_is_gone_and_its_history_stays(site: Site, home: Rigging) -> None:
    site.script("/feed", Page(body=FEED), Page(status=410))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.row().due_at is not None
        await rig.when_due()
        assert rig.row().due_at is None
        assert len(rig.entries()) == 2
        assert "410" in rig.row().reason


@pytest.mark.parametrize(
    ("page", "wait", "words"),
    [
        pytest.param(Page(status=404), HOUR, "404", marks=pytest.mark.row(37), id="404"),
        pytest.param(Page(status=401), 2 * HOUR, "401", marks=pytest.mark.row(38), id="401"),
        pytest.param(Page(status=403), 2 * HOUR, "403", marks=pytest.mark.row(38), id="403"),
        pytest.param(
            Page(status=403, headers={"cf-mitigated": "challenge", "Content-Type": "text/html"}, body=b"<html>"),
            2 * HOUR,
            "a gate wants to see a browser",
            marks=pytest.mark.row(39),
            id="challenge",
        ),
        pytest.param(Page(status=451), 2 * HOUR, "for legal reasons", marks=pytest.mark.row(40), id="451"),
        pytest.param(Page(status=500), HOUR, "500", marks=pytest.mark.row(41), id="500"),
        pytest.param(Page(raw=b""), HOUR, "broke off", marks=pytest.mark.row(41), id="nothing"),
        pytest.param(Page(body=b""), HOUR, "empty", marks=pytest.mark.row(42), id="0 bytes"),
        pytest.param(Page(body=b"hello world"), HOUR, "no feed format", marks=pytest.mark.row(42), id="11 bytes"),
        pytest.param(Page(body=b"<html><body>x"), HOUR, "an HTML page", marks=pytest.mark.row(42), id="html"),
        pytest.param(Page(body=rss()), HOUR, "without a single item", marks=pytest.mark.row(42), id="no items"),
        pytest.param(Page(status=206, body=FEED), HOUR, "206", marks=pytest.mark.row(47), id="206"),
    ],
)
async def test_a_failure_is_never_a_quiet_day(
    site: Site, home: Rigging, page: Page, wait: timedelta, words: str
) -> None:
    site.script("/feed", Page(body=FEED), page)
    site.put("/well", rss(item(7)))
    async with home("/feed", "/well", every=HOUR) as rig:
        await rig.poll(NOW)
        at = rig.row().due_at
        done = await rig.poll(max(at, rig.row("b").due_at))
        at = max(at, rig.row("b").last_success_at)
        assert words in dict(done.refused)["a"]
        assert about(rig.row().due_at - at, wait)
        assert rig.row().failures == 1
        assert len(rig.entries()) == 3
        assert (rig.row("b").failures, rig.row("b").polls) == (0, 2)  # nobody else is touched
        first = rig.row().due_at - at
        at = await rig.when_due()
        if page.status != 410:
            assert rig.row().due_at - at > 1.9 * first  # and it is asked more seldom, and for ever
    agents = {seen.header("user-agent") for seen in site.requests}
    assert agents == {"case-watchdog/1.2 (+https://monitor.example/)"}


@pytest.mark.row(43)
async def test_a_feed_that_never_had_an_item_is_only_empty(site: Site, home: Rigging) -> None:
    site.put("/feed", rss())
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert (rig.row().failures, rig.row().polls) == (0, 1)


@pytest.mark.row(48, 61)
async def test_a_delta_is_taken_and_what_it_leaves_out_stays(site: Site, home: Rigging) -> None:
    delta = Page(status=226, body=rss(item(3)), headers={"ETag": '"2"', "IM": "feed"})
    whole = Page(body=rss(item(4), head='<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>'))
    site.script(
        "/feed", Page(body=FEED, headers=ETAG), delta, Page(status=226, headers={"IM": "feed"}, body=rss()), whole
    )
    async with home("/feed") as rig:
        for n in range(4):
            await (rig.when_due() if n else rig.poll(NOW))
            assert rig.row().failures == 0
        assert rig.keys() == ["1", "2", "3", "4"]
    assert [seen.header("a-im") for seen in site.requests] == [None, "feed", "feed", None]


@pytest.mark.row(53, 54)
async def test_a_restart_asks_nobody_before_the_time(site: Site, home: Rigging) -> None:
    site.put("/feed", FEED, headers=ETAG, conditional=True)
    async with home("/feed", every=HOUR) as rig:
        await rig.poll(NOW)
        due = rig.row().due_at
    assert due >= NOW + HOUR
    for at in (NOW + MINUTE, NOW + 59 * MINUTE, due):
        async with home("/feed", every=HOUR, now=at) as rig:
            await rig.poll(at)
            await rig.poll(at)
    assert [seen.header("if-none-match") for seen in site.requests] == [None, '"1"']


@pytest.mark.row(56)
async def test_feeds_and_pages_of_one_host_are_asked_one_after_another(site: Site, home: Rigging) -> None:
    page = b"<html><body><article><p>" + b"A long paragraph of a page. " * 20 + b"</p></article></body></html>"
    site.script("/page", Page(body=page, delay=0.05))
    site.script("/feed", Page(body=rss(item(1, site.url("/page"))), delay=0.05))
    site.script("/other", Page(body=FEED, delay=0.05))
    async with home("/feed", "/other", fetch=replace(FETCH, min_gap=timedelta(milliseconds=250))) as rig:
        await rig.poll(NOW)
        await asyncio.gather(rig.read(NOW), rig.poll(NOW + 3 * HOUR))
    starts = [seen.at for seen in site.requests]
    assert len(starts) == 6  # two feeds twice, robots.txt, the page
    assert site.most_at_once == 1
    assert min(later - earlier for earlier, later in itertools.pairwise(starts)) > 0.15


@pytest.mark.parametrize(
    ("head", "wait"),
    [
        pytest.param("<ttl>180</ttl>", 3 * HOUR, marks=pytest.mark.row(58), id="ttl"),
        pytest.param("<ttl>soon</ttl>", HOUR, marks=pytest.mark.row(58), id="no number"),
        pytest.param("<ttl>999999</ttl>", DAY, marks=pytest.mark.row(58), id="clamped"),
        pytest.param(
            "<skipHours><hour>13</hour><hour>14</hour><hour>77</hour></skipHours>",
            3 * HOUR,
            marks=pytest.mark.row(58),
            id="hours",
        ),
        pytest.param("<skipDays><day>Saturday</day></skipDays>", 12 * HOUR, marks=pytest.mark.row(58), id="days"),
        pytest.param(
            '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily</sy:updatePeriod>'
            '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">4</sy:updateFrequency>',
            6 * HOUR,
            marks=pytest.mark.row(59),
            id="four a day",
        ),
    ],
)
async def test_a_feed_can_ask_to_be_asked_more_seldom(site: Site, home: Rigging, head: str, wait: timedelta) -> None:
    site.script("/feed", Page(body=rss(item(1), head=head)), Page(body=rss(item(1), head=head)))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert about(rig.row().due_at - NOW, wait)
        at = await rig.when_due()
        if wait in {3 * HOUR, 6 * HOUR} and "skip" not in head:
            assert about(rig.row().due_at - at, wait)  # the same body is not parsed, and still holds


def dies(body: bytes, *, url: str, content_type: str | None, now: datetime) -> None:
    """A parser that leaves a mark and takes its process with it."""
    import os
    from pathlib import Path

    with Path(body.decode()).open("a", encoding="utf-8") as marks:
        marks.write("x")
    os._exit(7)


@pytest.mark.row("S23")
async def test_a_body_that_killed_its_parser_is_not_parsed_again(
    site: Site, home: Rigging, tmp_path_factory: pytest.TempPathFactory
) -> None:
    marks = tmp_path_factory.mktemp("marks") / "marks"
    site.put("/feed", str(marks).encode())
    async with home("/feed", parsers={"feed": dies}) as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert rig.row().failures == 2
        assert "the same body broke the parser before" in rig.row().reason
    assert marks.read_text() == "x"
