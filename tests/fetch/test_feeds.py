"""The rows on what stands in a feed that a site serves: encodings, identity, dates, odd and hostile items.

The cases of each row in depth are in ``tests/core/test_feed.py``; here each row goes the whole way into the store.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.fetch.rig import HOUR, NOW, Rigging, item, rss
from tests.servers import Page, Site

pytestmark = pytest.mark.asyncio(loop_scope="package")

WORDS = "Суд в Москве"


def titled(title: str, prolog: str = "") -> str:
    inside = f"<title>T</title><item><title>{title}</title><guid>1</guid></item>"
    return f'{prolog}<rss version="2.0"><channel>{inside}</channel></rss>'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("text/html", titled(WORDS).encode(), marks=pytest.mark.row(49), id="text/html"),
        pytest.param("application/octet-stream", titled(WORDS).encode(), marks=pytest.mark.row(49), id="octets"),
        pytest.param(
            "text/xml; charset=koi8-r",
            b"\xef\xbb\xbf" + titled(WORDS, '<?xml version="1.0" encoding="windows-1251"?>').encode(),
            marks=pytest.mark.row(50),
            id="mark before header and prolog",
        ),
        pytest.param(
            "text/xml; charset=koi8-r",
            titled(WORDS, '<?xml version="1.0" encoding="windows-1251"?>').encode("koi8-r"),
            marks=pytest.mark.row(50),
            id="header before prolog",
        ),
        pytest.param(
            "text/xml",
            titled(WORDS, '<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251"),
            marks=pytest.mark.row(50),
            id="prolog",
        ),
        pytest.param(
            "text/xml; charset=no-such", titled(WORDS).encode(), marks=pytest.mark.row(50, "S29"), id="unknown"
        ),
    ],
)
async def test_the_body_says_what_it_is(site: Site, home: Rigging, content_type: str, body: bytes) -> None:
    site.put("/feed", body, headers={"Content-Type": content_type})
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert [entry.title for entry in rig.entries()] == [WORDS]


@pytest.mark.row(50)
async def test_the_turkish_code_page(site: Site, home: Rigging) -> None:
    site.put(
        "/feed", titled("Şəhər", '<?xml version="1.0" encoding="windows-1254"?>').replace("ə", "ğ").encode("cp1254")
    )
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert [entry.title for entry in rig.entries()] == ["Şğhğr"]


@pytest.mark.row(62)
async def test_an_edited_entry_has_its_article_read_again(site: Site, home: Rigging) -> None:
    def atom(text: str, updated: str) -> bytes:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>tag:1</id><title>A</title>'
            f"<updated>{updated}</updated><summary>{text}</summary></entry></feed>"
        ).encode()

    site.script(
        "/feed",
        Page(body=atom("He was detained.", "2026-11-21T09:00:00Z")),
        Page(body=atom("He was freed.", "2026-11-21T13:00:00Z")),
    )
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.read(NOW)
        at = await rig.when_due()
        await rig.read(at)
        assert [row.text for row in rig.revisions()] == ["He was detained.", "He was freed."]
        assert len(rig.entries()) == 1


def linked(number: int, guid: str, title: str = "") -> str:
    return f"<guid isPermaLink='false'>{guid}</guid><link>https://e.org/{number}</link><title>{title or number}</title>"


@pytest.mark.parametrize(
    ("first", "second", "entries", "articles"),
    [
        pytest.param(
            [linked(1, "same"), linked(2, "same")],
            [linked(3, "same"), linked(1, "same"), linked(2, "same")],
            3,
            3,
            marks=pytest.mark.row(63),
            id="one guid on all",
        ),
        pytest.param(
            ["<link>https://e.org/1</link><title>A</title>"],
            ["<link>https://e.org/1</link><title>A</title>", "<link>https://e.org/2</link><title>B</title>"],
            2,
            2,
            marks=pytest.mark.row(64),
            id="no guid",
        ),
        pytest.param([linked(1, "a")], [linked(1, "b")], 1, 1, marks=pytest.mark.row(65), id="another guid"),
        pytest.param(
            [f"<link>{path}</link><title>A</title>" for path in ("/x?utm_source=rss", "https://e.org/y?fbclid=1#top")],
            ["<link>https://E.org:443/y</link><title>A</title>"],
            2,
            2,
            marks=pytest.mark.row(68),
            id="one address, many spellings",
        ),
    ],
)
async def test_what_is_the_same_is_not_new(
    site: Site, home: Rigging, first: list[str], second: list[str], entries: int, articles: int
) -> None:
    site.script("/feed", Page(body=rss(*first)), Page(body=rss(*second)))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.when_due()
        assert (len(rig.entries()), len(rig.articles())) == (entries, articles)
        assert not any("utm_" in row.url or "fbclid" in row.url for row in rig.articles())


@pytest.mark.row(66)
async def test_no_order_is_believed(site: Site, home: Rigging) -> None:
    dates = [f"<pubDate>{day:02} Nov 2026 10:00:00 GMT</pubDate>" for day in (3, 20, 1)]
    many = [f"<title>{n}</title><guid>old-{n}</guid><pubDate>01 Jan 2020 10:00:00 GMT</pubDate>" for n in range(2_000)]
    site.put("/feed", rss(*many, *(item(n) + date for n, date in enumerate(dates))))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert {"0", "1", "2"} <= set(rig.keys())


@pytest.mark.row(67, "S29")
@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("not a date", None),
        ("Sat, 21 Nov 2099 10:00:00 GMT", NOW),
        ("Sat, 21 Nov 2026 10:00:00 +0400", datetime(2026, 11, 21, 6, tzinfo=UTC)),
    ],
)
async def test_a_date_is_believed_only_where_it_can_be(
    site: Site, home: Rigging, date: str, published: datetime | None
) -> None:
    site.put("/feed", rss(f"{item(1)}<pubDate>{date}</pubDate>"))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        (entry,) = rig.entries()
        assert entry.published == published
        assert rig.articles()[0].first_seen_at == NOW


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("&lt;b&gt;A &amp;amp; B&lt;/b&gt;", "A & B", marks=pytest.mark.row(69), id="escaped twice"),
        pytest.param("<![CDATA[A&nbsp;<i>B</i>]]>", "A B", marks=pytest.mark.row(69), id="CDATA"),
        pytest.param("A&lt;script&gt;alert(1)&lt;/script&gt;", "A", marks=pytest.mark.row("S27"), id="script"),
        pytest.param(
            "A&lt;img src=x onerror=alert(1)&gt; B", "A B", marks=pytest.mark.row("S27"), id="an image that acts"
        ),
        pytest.param("A\x1b[31m\u202eB\u200b\x07", "A[31mB", marks=pytest.mark.row("S28"), id="controls"),
        pytest.param("A&#0;\x00B", "AB", marks=pytest.mark.row("S26"), id="NUL"),
        pytest.param("A&#99999999999;&#xD800;B", "AB", marks=pytest.mark.row("S18"), id="impossible characters"),
    ],
)
async def test_a_title_is_text(site: Site, home: Rigging, title: str, shown: str) -> None:
    site.put("/feed", rss(f"<title>{title}</title><guid>1</guid>"))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert [entry.title for entry in rig.entries()] == [shown]


@pytest.mark.row(70, "S17", "S27")
@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://u:p@e.org/"]
)
async def test_a_link_that_must_not_be_followed_is_none(site: Site, home: Rigging, link: str) -> None:
    site.put("/feed", rss(f"<title>A</title><guid isPermaLink='false'>1</guid><link>{link}</link>"))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        (entry,) = rig.entries()
        assert entry.url is None


@pytest.mark.row(70, "S15", "S17")
async def test_entities_lead_nowhere(site: Site, home: Rigging) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    outside = f'<!ENTITY x SYSTEM "{site.url("/secret")}"><!ENTITY % y SYSTEM "{site.url("/dtd")}">%y;'
    site.put(
        "/feed", f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}{outside}]>'.encode() + rss("<title>&l9;&x;</title>")[21:]
    )
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert all(len(entry.title) <= 1_000 for entry in rig.entries())
    assert [seen.path for seen in site.requests] == ["/feed"]


@pytest.mark.row(71)
async def test_json_feed_items(site: Site, home: Rigging) -> None:
    items = [{"id": 7, "title": "A"}, {"title": "no id"}, {"id": "b", "title": "B", "url": "https://e.org/b"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "expired": True, "items": items}
    site.put("/feed", json.dumps(feed).encode())
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert rig.keys() == ["7", "b"]


@pytest.mark.row(73)
async def test_a_page_in_place_of_a_feed_is_a_failure_and_never_followed(site: Site, home: Rigging) -> None:
    site.put(
        "/", b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    )
    site.put("/feed", rss(item(1)))
    async with home("/", every=HOUR) as rig:
        await rig.poll(NOW)
        assert rig.row().failures == 1
    assert [seen.path for seen in site.requests] == ["/"]


@pytest.mark.row("S24", "S25")
@pytest.mark.parametrize(
    "body", [b"/etc/hostname", b"file:///etc/hostname", b"\xef\xbb\xbf", b" \n", b"\x00\x00"], ids=repr
)
async def test_a_body_that_is_no_feed_is_a_failure_and_opens_nothing(site: Site, home: Rigging, body: bytes) -> None:
    site.put("/feed", body)
    async with home("/feed") as rig:
        await rig.poll(NOW)
        assert (rig.row().failures, rig.entries()) == (1, [])


@pytest.mark.row("S24")
async def test_a_body_that_is_an_address_is_not_asked_for(site: Site, home: Rigging) -> None:
    site.put("/feed", site.url("/other").encode())
    async with home("/feed") as rig:
        await rig.poll(NOW)
    assert [seen.path for seen in site.requests] == ["/feed"]


@pytest.mark.row("S22")
@pytest.mark.parametrize(
    "page", [b"<a href>" * 200_000, b"<p " + b"a=b " * 200_000 + b">x"], ids=["links", "attributes"]
)
async def test_a_page_that_chokes_the_extractor_ends_in_a_text(site: Site, home: Rigging, page: bytes) -> None:
    site.put("/page", page)
    site.put("/feed", rss(item(1, site.url("/page"))))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.read(NOW)
        assert len(rig.revisions()) == 1
