"""Feeds that a page names, and addresses where feeds usually stand."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from watchdog.core.address import canonical
from watchdog.core.plain import clean_line

#: What WordPress, Drupal, Hugo, Jekyll and their like make by default.
USUAL_PATHS = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json")
#: Of one page; some name a feed for each section.
MOST_LINKS = 20
_MOST_CHARACTERS = 500_000
_MOST_TITLE = 200
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_COMMENTS = "comments"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """An address where a feed may stand."""

    url: str
    #: As the page calls it; empty where it does not.
    title: str = ""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link to a feed."""
        have = {name: value or "" for name, value in attrs}
        rels = have.get("rel", "").lower().split()
        kind = have.get("type", "").partition(";")[0].strip().lower()
        if tag == "link" and "alternate" in rels and kind in _TYPES and len(self.found) < MOST_LINKS:
            self.found.append((have.get("href", ""), clean_line(have.get("title", ""))[:_MOST_TITLE]))


def linked_feeds(page: str, url: str) -> tuple[FeedLink, ...]:
    """The feeds that a page names in its head, in its order; feeds of readers' comments are left out.

    Args:
        page: HTML, hostile or not.
        url: of the page.
    """
    reader = _Links()
    reader.feed(page[:_MOST_CHARACTERS])
    links = [(canonical(href, url), title) for href, title in reader.found]
    named = {to: title for to, title in reversed(links) if to and _COMMENTS not in f"{to} {title}".lower()}
    return tuple(FeedLink(url=to, title=named[to]) for to in dict.fromkeys(to for to, _ in links) if to in named)


def usual_feeds(url: str) -> tuple[FeedLink, ...]:
    """Where a feed would stand on this host, if it stands where most do."""
    found = (canonical(path, url) for path in USUAL_PATHS)
    return tuple(FeedLink(url=to) for to in found if to)
