"""Sitemaps, list pages and the parliaments' APIs through the real steps, against a site on the loopback."""

from __future__ import annotations

import gzip
import json
from urllib.parse import parse_qs, urlsplit

from tests.daemon import Story
from tests.fetch.rig import HOUR, NOW, Rig, Rigging
from tests.servers import Page, Seen, Site
from watchdog.pipeline.follow import FAILURES_MAX, FOLLOW_MAX
from watchdog.pipeline.poll import Polled

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
RELEASE = (
    "Mehman Huseynov, a blogger, was released from prison on Saturday after two years, his lawyer said.\n\n"
    + "He was met at the gate of the prison by friends who had waited there since the early morning. " * 3
)


async def polled(rig: Rig) -> Polled:
    """The source is asked, when it is due."""
    return await rig.poll(rig.row().due_at)


async def revisions(rig: Rig) -> int:
    """How many there are once all that is due was read."""
    while (await rig.read(NOW + 999 * HOUR)).taken:
        pass
    return len(rig.revisions())


def put_stories(site: Site, *paths: str) -> None:
    for path in paths:
        site.put(path, Story(path=path, title="Mehman Huseynov released from prison", text=RELEASE).page())


def sitemap(site: Site, *paths: str) -> bytes:
    rows = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
    return f"<urlset {SPACE}>{rows}</urlset>".encode()


def index(*addresses: str) -> bytes:
    rows = "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in addresses)
    return f"<sitemapindex {SPACE}>{rows}</sitemapindex>".encode()


async def test_an_index_is_followed_each_time_although_it_never_changes(site: Site, home: Rigging) -> None:
    put_stories(site, "/a", "/b")
    site.put("/index.xml", index(site.url("/s1.xml.gz")), headers={"ETag": '"1"'}, conditional=True)
    site.put("/s1.xml.gz", gzip.compress(sitemap(site, "/a")))
    async with home("/index.xml", via="sitemap") as rig:
        assert (await polled(rig)).new == 1
        site.put("/s1.xml.gz", gzip.compress(sitemap(site, "/a", "/b")))
        assert (await polled(rig)).new == 1
        assert (await polled(rig)).new == 0
        assert [row.url for row in rig.articles()] == [site.url("/a"), site.url("/b")]
        # The first poll's are a back catalogue; what came later is news.
        assert [row.in_first_poll for row in rig.articles()] == [True, False]


async def test_nothing_outside_the_sources_own_domain_is_asked(site: Site, home: Rigging) -> None:
    with Site(host="127.0.0.2") as other:
        other.put("/s.xml", b"<urlset/>")
        site.put("/index.xml", index(other.url("/s.xml", host="127.0.0.2"), site.url("/s.xml")))
        site.put("/s.xml", sitemap(site, "/a"))
        async with home("/index.xml", via="sitemap") as rig:
            assert (await polled(rig)).new == 1
        assert other.requests == []


async def test_parts_that_fail_stop_nothing_and_nothing_but_failures_is_a_failure(site: Site, home: Rigging) -> None:
    names = [f"/s{n}.xml" for n in (4, 3, 2, 1)]
    site.put("/index.xml", index(*map(site.url, names)))
    site.put("/s3.xml", sitemap(site, "/a"))
    async with home("/index.xml", via="sitemap") as rig:
        assert (await polled(rig)).new == 1
        # After two failures the host is left alone until the next poll.
        assert [seen.path for seen in site.requests] == ["/index.xml", "/s4.xml", "/s3.xml", "/s2.xml"]
        site.put("/s3.xml", b"gone", status=410)
        assert (await polled(rig)).refused == (
            ("a", "not a feed (empty): nothing but what failed: the server answered 404"),
        )
        assert len(site.requests_to("/s3.xml")) == FAILURES_MAX


async def test_an_endless_chain_ends(site: Site, home: Rigging) -> None:
    def answer(seen: Seen) -> Page:
        skip = int(parse_qs(urlsplit(seen.path).query)["skip"][0])
        return Page(body=json.dumps({"totalResults": 10**6, "results": [question(skip)]}).encode())

    site.script("/questions", answer)
    async with home("/questions", via="api:ukparliament") as rig:
        assert (await polled(rig)).new == FOLLOW_MAX + 1
    assert len(site.requests) == FOLLOW_MAX + 1


def question(
    number: int, text: str = "To ask what was done on the case of Mehman Huseynov.", answer: str = ""
) -> object:
    return {
        "value": {
            "id": number,
            "uin": f"{8000 + number}",
            "dateTabled": f"{NOW:%Y-%m-%d}T00:00:00",
            "heading": "Azerbaijan: Political Prisoners",
            "questionText": text,
            "answerText": answer,
        },
        "links": [],
    }


async def test_written_questions_are_asked_by_day_read_whole_and_again_when_answered(site: Site, home: Rigging) -> None:
    pages = [[question(n) for n in range(100)], [question(n) for n in range(100, 130)]]

    def answer(seen: Seen) -> Page:
        skip = int(parse_qs(urlsplit(seen.path).query)["skip"][0])
        return Page(body=json.dumps({"totalResults": 130, "results": pages[skip // 100]}).encode())

    site.script("/questions", answer)
    async with home("/questions", via="api:ukparliament") as rig:
        assert (await polled(rig)).new == 130
        assert await revisions(rig) == 130
        pages[1][0] = question(100, answer="<p>We were told that he was released on 20 November.</p>")
        assert (await polled(rig)).new == 0
        assert await revisions(rig) == 131
        assert len(rig.entries()) == 130
        pages[:] = [[], []]
        assert (await polled(rig)).refused == ()  # parliament does not sit
    asked = [seen.path for seen in site.requests]
    assert asked[:2] == [
        "/questions?tabledWhenFrom=2026-11-14&take=100&skip=0",
        "/questions?tabledWhenFrom=2026-11-14&take=100&skip=100",
    ]
    # Only the API is asked, and it learns nothing of whom we watch.
    assert {path.partition("?")[0] for path in asked} == {"/questions"}
    assert not any("useynov" in path for path in asked)


async def test_the_european_parliaments_questions_come_by_number(site: Site, home: Rigging) -> None:
    def document(number: str) -> dict[str, object]:
        titles = {"en": f"The case of Mehman Huseynov {number[-2:]}"}
        return {
            "id": f"eli/dl/doc/{number}",
            "identifier": number,
            "document_date": "2026-11-20",
            "title_dcterms": titles,
        }

    def details(seen: Seen) -> Page:
        numbers = urlsplit(seen.path).path.rpartition("/")[2].split(",")
        return Page(body=json.dumps({"data": [document(number) for number in numbers]}).encode())

    numbers = [f"E-10-2026-{n:06}" for n in range(1, 36)]
    site.put("/questions", json.dumps({"data": [{"identifier": number} for number in numbers]}).encode())
    newest = list(reversed(numbers))
    for batch in (newest[:30], newest[30:]):
        site.script(f"/questions/{','.join(batch)}", details)
    async with home("/questions", via="api:europarl") as rig:
        assert (await polled(rig)).new == 35
        assert (await polled(rig)).new == 0
    assert [seen.path.count(",") for seen in site.requests[:3]] == [0, 29, 4]
    assert site.requests[0].path == "/questions?year=2026&format=application%2Fld%2Bjson&limit=1000&offset=0"


LIST = """<!doctype html><html lang="en"><body><nav><a href="/about">About the organisation and us</a></nav>
<main>{}</main><footer><a href="/terms">Terms and conditions of use</a></footer></body></html>"""


async def test_a_list_page_brings_its_new_links_once(site: Site, home: Rigging) -> None:
    def listed(*numbers: int) -> bytes:
        rows = "".join(
            f'<article><h2><a href="/n/{n}">Court hears the case number {n}</a></h2></article>' for n in numbers
        )
        return LIST.format(rows).encode()

    put_stories(site, *(f"/n/{n}" for n in range(1, 5)))
    site.put("/news", listed(2, 1))
    async with home("/news", via="page") as rig:
        assert (await polled(rig)).new == 2
        site.put("/news", listed(3, 2))
        assert (await polled(rig)).new == 1
        site.put("/news", listed(4, 3, 2, 1))
        assert (await polled(rig)).new == 1
        assert [row.url for row in rig.articles()] == [site.url(f"/n/{n}") for n in (1, 2, 3, 4)]
        assert [row.in_first_poll for row in rig.articles()] == [True, True, False, False]
        site.put("/news", LIST.format("<form>Log in</form>").encode())
        assert "no list of links" in (await polled(rig)).refused[0][1]
