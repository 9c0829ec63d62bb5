"""Sitemaps: which addresses, with which dates, and which sitemaps of an index."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from watchdog.core.sitemap import BODY_MAX_BYTES, MAX_ENTRIES, MAX_SITEMAPS, parse_sitemap
from watchdog.model.article import FeedRefusal, FeedRefused, ParsedFeed

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://www.example.org/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urls(*rows: str) -> bytes:
    inside = "".join(f"<url>{row}</url>" for row in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACES}>{inside}</urlset>'.encode()


def index(*rows: str) -> bytes:
    inside = "".join(f"<sitemap>{row}</sitemap>" for row in rows)
    return f"<sitemapindex {SPACES}>{inside}</sitemapindex>".encode()


def parsed(body: bytes, url: str = URL) -> ParsedFeed:
    feed = parse_sitemap(body, url=url, content_type="application/xml", now=NOW)
    assert isinstance(feed, ParsedFeed), feed
    return feed


NEWS = (
    "<loc>https://www.example.org/a</loc><news:news><news:publication><news:name>Example</news:name>"
    "<news:language>az</news:language></news:publication><news:publication_date>2026-11-20T08:00:00+04:00"
    "</news:publication_date><news:title>Released &amp; home</news:title></news:news>"
)


def test_a_news_sitemap_gives_title_date_and_language() -> None:
    (entry,) = parsed(urls(NEWS)).entries
    assert (entry.key, entry.url) == ("https://www.example.org/a", "https://www.example.org/a")
    assert (entry.title, entry.lang) == ("Released & home", "az")
    assert entry.published == datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_the_title_of_an_image_is_not_the_pages() -> None:
    row = "<loc>/a</loc><image:image><image:loc>/i.jpg</image:loc><image:title>A cat</image:title></image:image>"
    (entry,) = parsed(urls(row)).entries
    assert (entry.url, entry.title) == ("https://www.example.org/a", "")


@pytest.mark.parametrize(
    ("lastmod", "published"),
    [
        pytest.param("2024", datetime(2024, 1, 1, tzinfo=UTC), id="a year"),
        pytest.param("2024-05", datetime(2024, 5, 1, tzinfo=UTC), id="a month"),
        pytest.param("2024-05-06", datetime(2024, 5, 6, tzinfo=UTC), id="a day"),
        pytest.param("2024-05-06T07:08:09+04:00", datetime(2024, 5, 6, 3, 8, 9, tzinfo=UTC), id="a moment"),
        pytest.param("2026-11-20", None, id="fresh: perhaps a comma of years ago, so the page decides"),
        pytest.param("2036-11-20", None, id="to come"),
        pytest.param("yesterday", None, id="no date"),
        pytest.param("0001-01-01", None, id="a clock at zero"),
    ],
)
def test_last_modified_dates_what_is_old(lastmod: str, published: datetime | None) -> None:
    (entry,) = parsed(urls(f"<loc>/a</loc><lastmod> {lastmod}\n</lastmod>")).entries
    assert entry.published == published


def test_the_newest_are_taken_newest_first_and_both_ends_of_what_has_no_date() -> None:
    dated = [f"<loc>/d{n}</loc><lastmod>2020-01-{n:02}</lastmod>" for n in range(1, 31)]
    bare = [f"<loc>/{n}</loc>" for n in range(5_000)]
    entries = parsed(urls(*bare, *dated)).entries
    assert len(entries) == MAX_ENTRIES
    assert [str(entry.url).rpartition("/")[2] for entry in entries[:2]] == ["d30", "d29"]
    kept = {str(entry.url).rpartition("/")[2] for entry in entries}
    assert {"0", "4999"} < kept
    assert "2500" not in kept


def test_other_domains_repeats_and_what_is_no_address_are_left_out() -> None:
    rows = ["<loc>https://az.example.org/a</loc>", "<loc>https://evil.example/a</loc>", "<loc>mailto:x</loc>", ""]
    feed = parsed(urls(*rows, "<loc>https://az.example.org/a</loc>"))
    assert [entry.url for entry in feed.entries] == ["https://az.example.org/a"]
    assert feed.problems == ("3 addresses that are none, or on other domains",)


def test_an_index_leads_to_its_newest_sitemaps_news_first() -> None:
    names = [
        ("post-2.xml", "2026-11-01"),
        ("post-12.xml", "2026-11-20"),
        ("tag.xml", "2020-01-01"),
        ("news.xml", "2019"),
    ]
    rows = [f"<loc>/{name}</loc><lastmod>{day}</lastmod>" for name, day in names]
    feed = parsed(index("<loc>https://other.example/s.xml</loc>", *rows, "<loc>/old.xml</loc><lastmod>2001</lastmod>"))
    assert feed.entries == ()
    assert [one.removeprefix("https://www.example.org/") for one in feed.more] == [
        "news.xml#depth=1", "post-12.xml#depth=1", "post-2.xml#depth=1", "tag.xml#depth=1",
    ]  # fmt: skip


def test_an_index_without_dates_leads_to_the_highest_numbers() -> None:
    feed = parsed(index(*(f"<loc>/post-sitemap{n}.xml.gz</loc>" for n in (1, 2, 10, 9, 11))))
    assert [one.partition("sitemap")[2] for one in feed.more] == [f"{n}.xml.gz#depth=1" for n in (11, 10, 9, 2)]
    assert len(feed.more) == MAX_SITEMAPS


def test_an_index_of_indexes_ends() -> None:
    body = index("<loc>/deeper.xml</loc>")
    assert parsed(body, f"{URL}#depth=1").more == ("https://www.example.org/deeper.xml#depth=2",)
    assert parsed(body, f"{URL}#depth=2").more == ()


def test_a_packed_sitemap_is_read() -> None:
    assert len(parsed(gzip.compress(urls(NEWS))).entries) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", FeedRefusal.EMPTY, id="nothing"),
        pytest.param(b"<!doctype html><html><body>Log in</body></html>", FeedRefusal.HTML, id="html"),
        pytest.param(b"<rss version='2.0'><channel/></rss>", FeedRefusal.NOT_A_FEED, id="a feed"),
        pytest.param(b"Hello world", FeedRefusal.NOT_A_FEED, id="a text"),
        pytest.param(gzip.compress(b" " * (BODY_MAX_BYTES + 1)), FeedRefusal.TOO_LARGE, id="a bomb"),
        pytest.param(b"\x1f\x8bbroken", FeedRefusal.TOO_LARGE, id="damaged gzip"),
        pytest.param(b"<urlset" + b"<a>" * 100_000, FeedRefusal.NOT_A_FEED, id="deep"),
    ],
)
def test_what_is_no_sitemap_is_refused(body: bytes, reason: FeedRefusal) -> None:
    refused = parse_sitemap(body, url=URL, content_type=None, now=NOW)
    assert isinstance(refused, FeedRefused)
    assert refused.reason is reason


def test_entities_are_neither_expanded_nor_fetched() -> None:
    head = (
        '<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "https://b.org/">]>'
    )
    body = (
        head.encode() + b"<urlset><url><loc>&x;</loc></url><url><loc>&y;</loc></url><url><loc>/a</loc></url></urlset>"
    )
    assert [entry.url for entry in parsed(body).entries] == ["https://www.example.org/a"]


def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    assert [entry.title for entry in parsed(urls(NEWS)[:-30] + b"<url><lo").entries] == ["Released & home"]
