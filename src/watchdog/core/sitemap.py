"""From the bytes of a sitemap to entries: sitemaps, news sitemaps, and indexes of them, packed by gzip or not.

The protocol: sitemaps.org/protocol.html; the news extension: developers.google.com/search/docs, "News sitemaps" (both
seen 2026-11-21). An entry is known by its address. A sitemap holds years of pages, so only the newest are taken.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from watchdog.core.address import canonical, organisation_of
from watchdog.core.plain import bounded_key, clean_line, decode, plain_line, without_xml_declaration
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed

#: After unpacking; the protocol allows 50 MB, which nobody needs for what is new.
BODY_MAX_BYTES = 10_000_000
#: Of one sitemap the newest; of one index the newest sitemaps. A first poll reads them all, at the pace of one host.
MAX_ENTRIES, MAX_SITEMAPS = 500, 4
#: An index may list sitemaps only; some list indexes. The number stands behind "#" of the addresses that are followed.
MAX_DEPTH = 2
TITLE_MAX = 1_000
#: "Last modified" is not "published", but nothing is younger than its last change: an old one is a date that can be
#: trusted, a fresh one may be a corrected comma in an article of years ago, so the page's own date decides. Judges
#: take what is older than seven days for old news (design, section 8).
OLD = timedelta(days=7)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_GZIP = b"\x1f\x8b"
_DEPTH = re.compile(r"#depth=([0-9]{1,2})\Z")
_NUMBER = re.compile(r"(\d{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One ``url`` of a sitemap, or one ``sitemap`` of an index."""

    address: str
    modified: datetime | None = None
    published: datetime | None = None
    title: str = ""
    lang: str | None = None


def parse_sitemap(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | FeedRefused:
    """Read a sitemap or an index; addresses on other domains are left out.

    Returns:
        The entries, newest first, those without a date last; of an index the sitemaps to ask, the newest first.
    """
    plain = _unpacked(body)
    if plain is None or len(plain) > BODY_MAX_BYTES:
        return FeedRefused(reason=FeedRefusal.TOO_LARGE, detail=f"more than {BODY_MAX_BYTES:,} bytes, or damaged gzip")
    text = decode(plain, content_type).strip()
    if not text:
        return FeedRefused(reason=FeedRefusal.EMPTY, detail=f"nothing to read in {len(body)} bytes")
    root, is_sound = _tree(text)
    name = "" if root is None else _name(root)
    if root is None or name not in {"urlset", "sitemapindex"}:
        reason = FeedRefusal.HTML if "<html" in text[:1_000].lower() else FeedRefusal.NOT_A_FEED
        return FeedRefused(reason=reason, detail=f"no sitemap: {f'its XML is {name!r}' if name else 'no XML'}")
    rows = list(_rows(root, url, now))
    if not rows and not is_sound:
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail=f"{name}, broken before its first address")
    left_out = sum(isinstance(child.tag, str) for child in root) - len(rows)
    problems = (f"{left_out} addresses that are none, or on other domains",) if left_out else ()
    is_index = name == "sitemapindex"
    return ParsedFeed(
        title="",
        lang=None,
        entries=() if is_index else tuple(_entry(row, now) for row in _newest(rows)),
        more=_sitemaps(rows, url) if is_index else (),
        problems=problems,
        may_be_empty=True,  # a news sitemap loses what is older than two days
    )


def _unpacked(body: bytes) -> bytes | None:
    """The document; a gzip file is unpacked, up to a byte more than is allowed. None where it is damaged."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, BODY_MAX_BYTES + 1)
    except zlib.error:
        return None


def _tree(text: str) -> tuple[etree._Element | None, bool]:
    """A tree without entities and without the network, read as far as it goes, and whether that was to its end."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, remove_comments=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(without_xml_declaration(text).encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None, False
    return root, not parser.error_log


def _name(element: etree._Element) -> str:
    """The tag without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _rows(root: etree._Element, url: str, now: datetime) -> Iterable[_Row]:
    own = organisation_of(url)
    for child in root:
        fields: dict[str, str] = {}
        for element in child.iter():
            fields.setdefault(_name(element), (element.text or "")[:10_000])
        address = canonical(clean_line(fields.get("loc", "")), url)
        if _name(child) not in {"url", "sitemap"} or address is None or organisation_of(address) != own:
            continue
        yield _Row(
            address=address,
            modified=_moment(fields.get("lastmod", ""), now),
            published=_moment(fields.get("publication_date", ""), now),
            # Images and videos have titles, too: only the news extension's is one of the page.
            title=plain_line(fields.get("title", ""))[:TITLE_MAX] if "news" in fields else "",
            lang=fields.get("language", "").strip()[:2].lower() or None,
        )


def _moment(text: str, now: datetime) -> datetime | None:
    """A date of the W3C's form: "2026", "2026-11", "2026-11-21", with or without a time."""
    text = text.strip()
    text += {4: "-01-01", 7: "-01"}.get(len(text), "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None if moment < EARLIEST else min(moment, now).astimezone(UTC)


def _newest(rows: list[_Row]) -> list[_Row]:
    """At most ``MAX_ENTRIES``: the newest; of those without a date the first and the last, where new ones may stand."""
    unique = list({row.address: row for row in reversed(rows)}.values())[::-1]
    dated = [row for row in unique if row.published or row.modified]
    dated.sort(key=lambda row: row.published or row.modified or EARLIEST, reverse=True)
    bare = [row for row in unique if not (row.published or row.modified)]
    room = max(MAX_ENTRIES - len(dated), 0)
    if len(bare) > room:
        bare = bare[: room // 2] + bare[len(bare) - (room - room // 2) :]
    return dated[:MAX_ENTRIES] + bare


def _sitemaps(rows: list[_Row], url: str) -> tuple[str, ...]:
    """The sitemaps to ask: news first, then by date; those without one by the numbers in their names, highest first."""
    found = _DEPTH.search(url)
    depth = int(found[1]) + 1 if found else 1
    if depth > MAX_DEPTH:
        return ()
    rows.sort(key=lambda row: _natural(row.address), reverse=True)
    rows.sort(key=lambda row: row.modified or EARLIEST, reverse=True)
    rows.sort(key=lambda row: "news" not in row.address.rpartition("/")[2])
    return tuple(f"{row.address}#depth={depth}" for row in rows[:MAX_SITEMAPS])


def _natural(address: str) -> list[tuple[int, str]]:
    """Orders "post-sitemap12.xml" behind "post-sitemap2.xml"."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _NUMBER.split(address)]


def _entry(row: _Row, now: datetime) -> Entry:
    is_old = row.modified is not None and now - row.modified > OLD
    return Entry(
        key=bounded_key(row.address),
        url=row.address,
        title=row.title,
        summary="",
        content="",
        published=row.published or (row.modified if is_old else None),
        lang=row.lang,
    )
