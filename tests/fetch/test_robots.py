"""Row 57: robots.txt of the hosts of pages (RFC 9309), and what becomes of an article that it keeps us from."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fetch.rig import DAY, FETCH, HOUR, MINUTE, NOW, Rig, Rigging, item, rss
from tests.servers import Page, Site
from watchdog.core.robots import MAX_BYTES, Robots, may_read, parse_robots
from watchdog.model.article import TextFrom
from watchdog.store import histories

PAGE = (
    b"<html><body><article><h1>Title</h1><p>" + b"A long paragraph of a page. " * 20 + b"</p></article></body></html>"
)


def group(*lines: str, agent: str = "*") -> str:
    return "\n".join((f"User-agent: {agent}", *lines, ""))


@pytest.mark.row(57)
@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        (group("Disallow: /"), "/a", False),
        (group("Disallow:"), "/a", True),
        (group("Disallow: /a"), "/b", True),
        (group("Disallow: /", "Allow: /a"), "/a/b", True),  # the longest counts, not the first
        (group("Allow: /a", "Disallow: /a"), "/a", True),  # of equals the one that allows
        (group("Disallow: /*.pdf$"), "/a.pdf", False),
        (group("Disallow: /*.pdf$"), "/a.pdf?x", True),
        (group("Disallow: /a$"), "/ab", True),
        (group("Disallow: /*?print"), "/a?print=1", False),
        (group("Disallow: /a*c*e"), "/abcde", False),
        (group("Disallow: /a*c*e"), "/aec", True),
        (group("Disallow: /*a$"), "/a", False),
        (group("Disallow: /b*b$"), "/b", True),
        (group("disallow : /a # why"), "/a", False),
        (group("Disallow: /%7euser/"), "/~user/x", False),
        (group("Disallow: /новости"), "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", False),
        (group("Disallow: /") + group("Disallow:", agent="Case-Watchdog"), "/a", True),  # ours alone counts
        (group("Disallow:") + group("Disallow: /", agent="case-watchdog/1.2"), "/a", False),
        (group("Disallow: /", agent="case"), "/a", True),
        (group("Disallow: /", agent="other"), "/a", True),
        ("User-agent: other\nUser-agent: *\nDisallow: /a\n", "/a", False),
        (group("Disallow: /a") + group("Disallow: /b"), "/b", False),  # groups of one name are one
        ("Disallow: /\n", "/a", True),  # no group
        ("\ufeff" + group("Disallow: /"), "/a", False),
        (group("Disallow: /").replace("\n", "\r"), "/a", False),
        ("<html><body>Not found</body></html>", "/a", True),
        (group("Sitemap: https://e.org/s.xml", "Disallow: /a"), "/a", False),
    ],
)
def test_what_a_file_says(text: str, path: str, allowed: bool) -> None:
    assert may_read(parse_robots(text.encode(), "case-watchdog"), path) is allowed


@pytest.mark.row(57)
@pytest.mark.parametrize(
    "line", ["Disallow: /*a*b*c*d*e*f*g*h*i\n", "Disallow: /*x\n", "User-agent: *\n", ":\n", "#\n", "Disallow: /%\n"]
)
def test_a_hostile_file_costs_little(line: str) -> None:
    body = b"User-agent: *\n" + line.encode() * (MAX_BYTES // len(line) + 9)
    began = time.process_time()
    robots = parse_robots(body, "case-watchdog")
    may_read(robots, "/" + "abcdefgh" * 1_000)
    assert time.process_time() - began < 2


@pytest.mark.row(57)
def test_a_different_rule_on_each_line_costs_little() -> None:
    body = b"User-agent: *\n" + b"".join(b"Disallow: /*a*%d\n" % n for n in range(100_000))
    began = time.process_time()
    assert may_read(parse_robots(body, "case-watchdog"), "/" + "ab" * 4_000)
    assert time.process_time() - began < 2


@pytest.mark.row(57)
@pytest.mark.parametrize(("value", "delay"), [("10", 10), ("0.5", 0.5), ("999999", 60), ("-1", None), ("x", None)])
def test_crawl_delay(value: str, delay: float | None) -> None:
    robots = parse_robots(group(f"Crawl-delay: {value}").encode(), "case-watchdog")
    assert robots == Robots(crawl_delay=None if delay is None else timedelta(seconds=delay))


def outlet(site: Site, *robots: Page) -> None:
    site.put("/feed", rss(item(1, site.url("/page")), item(2, site.url("/second"))))
    site.put("/page", PAGE)
    site.put("/second", PAGE.replace(b"long", b"short"))
    site.script("/robots.txt", *robots)


async def read_all(rig: Rig) -> list[TextFrom]:
    await rig.poll(NOW)
    await rig.read(NOW)
    return sorted(row.text_from for row in rig.revisions())


RULES = Page(body=group("Disallow: /page").encode())


@pytest.mark.asyncio(loop_scope="package")
class TestPages:
    @pytest.mark.row(57)
    async def test_a_page_that_is_not_for_robots_is_judged_by_its_entry(self, site: Site, home: Rigging) -> None:
        outlet(site, RULES)
        async with home("/feed") as rig:
            assert await read_all(rig) == [TextFrom.FEED, TextFrom.PAGE]
            history = rig.db.read_now(histories.article_history, site.url("/page"))
            assert history is not None
            assert "robots.txt of 127.0.0.1 asks robots not to read it" in str(history)
        assert site.requests_to("/page") == []
        assert len(site.requests_to("/robots.txt")) == 1
        assert (site.requests_to("/robots.txt")[0].header("user-agent") or "").startswith("case-watchdog/")

    @pytest.mark.row(57)
    async def test_it_is_asked_for_once_a_day(self, site: Site, home: Rigging) -> None:
        outlet(site, RULES, Page(body=b""))
        async with home("/feed", every=MINUTE) as rig:
            await read_all(rig)
            for number, (at, asked) in enumerate([(NOW + DAY - HOUR, 1), (NOW + DAY, 2)], 5):
                site.put("/feed", rss(item(number, site.url(f"/page?{number}"))))
                await rig.poll(at)
                await rig.read(at)
                assert len(site.requests_to("/robots.txt")) == asked
        assert [seen.path for seen in site.requests_to("/page")] == ["/page?6"]

    @pytest.mark.row(57)
    @pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
    async def test_none_is_leave(self, site: Site, home: Rigging, status: int) -> None:
        outlet(site, Page(status=status, body=group("Disallow: /").encode()))
        async with home("/feed") as rig:
            assert await read_all(rig) == [TextFrom.PAGE, TextFrom.PAGE]

    @pytest.mark.row(57)
    @pytest.mark.parametrize(
        "page", [Page(status=500), Page(status=503), Page(status=429), Page(raw=b"garbage\r\n\r\n")], ids=repr
    )
    async def test_one_that_cannot_be_had_is_waited_for(self, site: Site, home: Rigging, page: Page) -> None:
        outlet(site, page, RULES)
        async with home("/feed") as rig:
            assert await read_all(rig) == []
            assert site.requests_to("/second") == []
            assert len(site.requests_to("/robots.txt")) == 1
            later = NOW + 2 * HOUR
            await rig.read(later)
            await rig.read(later + DAY)
            assert sorted(row.text_from for row in rig.revisions()) == [TextFrom.FEED, TextFrom.PAGE]

    @pytest.mark.row(57)
    async def test_its_start_is_enough(self, site: Site, home: Rigging) -> None:
        outlet(
            site, Page(body=group("Disallow: /page").encode() + b"# x\n" * 200_000 + b"Disallow: /second", gzipped=True)
        )
        async with home("/feed") as rig:
            assert await read_all(rig) == [TextFrom.FEED, TextFrom.PAGE]

    @pytest.mark.row(57)
    async def test_a_redirect_of_it_is_followed_and_a_loop_is_leave(self, site: Site, home: Rigging) -> None:
        site.put("/rules", RULES.body)
        outlet(site, Page(status=301, headers={"Location": "/rules"}))
        async with home("/feed") as rig:
            assert await read_all(rig) == [TextFrom.FEED, TextFrom.PAGE]
        site.script("/robots.txt", Page(status=301, headers={"Location": "/robots.txt"}))
        site.put("/feed", rss(item(9, site.url("/page?9"))))
        async with home("/feed", now=NOW + DAY) as rig:
            await rig.poll(NOW + DAY)
            await rig.read(NOW + DAY)
            assert len(site.requests_to("/page")) == 1

    @pytest.mark.row(57)
    async def test_a_page_that_leads_to_another_host_obeys_that_one_too(self, site: Site, home: Rigging) -> None:
        with Site() as other:
            other.put("/robots.txt", group("Disallow: /").encode())
            other.put("/", PAGE)
            outlet(site, Page(status=404))
            site.script("/page", Page(status=302, headers={"Location": other.url("/")}))
            async with home("/feed") as rig:
                assert await read_all(rig) == [TextFrom.FEED, TextFrom.PAGE]
            assert [seen.path for seen in other.requests] == ["/robots.txt"]

    @pytest.mark.row(57)
    async def test_crawl_delay_is_kept_for_the_whole_host(self, site: Site, home: Rigging) -> None:
        outlet(site, Page(body=group("Crawl-delay: 0.4").encode()))
        async with home("/feed", fetch=replace(FETCH, min_gap=timedelta(0))) as rig:
            assert await read_all(rig) == [TextFrom.PAGE, TextFrom.PAGE]
        starts = sorted(seen.at for seen in site.requests)[1:]
        assert all(later - earlier > 0.3 for earlier, later in itertools.pairwise(starts))

    @pytest.mark.row(57)
    async def test_a_feed_is_asked_for_by_its_operator_and_needs_no_leave(self, site: Site, home: Rigging) -> None:
        outlet(site, Page(body=group("Disallow: /").encode()))
        async with home("/feed") as rig:
            assert await read_all(rig) == [TextFrom.FEED, TextFrom.FEED]
