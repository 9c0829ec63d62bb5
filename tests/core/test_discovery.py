"""Feeds that a page names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.discovery import MOST_LINKS, linked_feeds, usual_feeds
from watchdog.core.impostor import describe_page

URL = "https://a.example/news/"


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="News">'


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (link("/feed"), ["https://a.example/feed"]),
        (link("feed.xml", "application/atom+xml"), ["https://a.example/news/feed.xml"]),
        (link("/f.json", "application/feed+json; charset=utf-8"), ["https://a.example/f.json"]),
        (link("/feed", rel="Alternate home"), ["https://a.example/feed"]),
        (link("/feed") + link("/feed"), ["https://a.example/feed"]),
        (link("/comments/feed/"), []),
        (link("/x", "text/html"), []),
        (link("/x", rel="stylesheet"), []),
        (link("javascript:alert(1)"), []),
        (link("ftp://a.example/feed"), []),
    ],
)
def test_which_links_are_feeds(page: str, found: list[str]) -> None:
    assert [one.url for one in linked_feeds(f"<html><head>{page}</head></html>", URL)] == found


def test_a_page_that_names_thousands_gives_a_few() -> None:
    assert len(linked_feeds("".join(link(f"/{n}") for n in range(9_999)), URL)) == MOST_LINKS


def test_the_usual_addresses_are_on_the_host() -> None:
    assert all(one.url.startswith("https://a.example/") for one in usual_feeds(URL))


@given(st.text())
def test_nothing_makes_it_raise(page: str) -> None:
    linked_feeds(f"<link {page}", URL)
    describe_page(page)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><title>Sign  in</title><input name=p type=password>", "a login page, “Sign in”"),
        ("<html><title>Just a moment...</title>", "a gate that wants to see a browser, “Just a moment...”"),
        ("<html><p>Hello", "an HTML page, where"),
    ],
)
def test_what_came_in_place_of_a_feed(page: str, words: str) -> None:
    assert describe_page(page).startswith(words)
