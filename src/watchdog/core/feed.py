"""From the bytes of a feed to entries: RSS, Atom and RDF by feedparser, JSON Feed 1.1 by a reader of our own.

The only importer of feedparser. It is handed a stream, never bytes or a string, which it would try to open as a path or
an address; its sanitising and resolving are off, because every field becomes plain text and every link goes through
``address``. Hostile input can still hang it: call this in a worker with a deadline.
"""

from __future__ import annotations

import io
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

import feedparser

from watchdog.core.address import canonical, host_of
from watchdog.core.impostor import describe_page
from watchdog.core.pace import read_pace
from watchdog.core.plain import (
    bounded_key,
    clean_line,
    decode,
    digest,
    plain_line,
    plain_paragraphs,
    without_xml_declaration,
)
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed
from watchdog.model.source import Pace

#: Caps before and after parsing; a feed of 483 and one of 735 items are on our list of sources (iranwire.com).
BODY_MAX_BYTES = 10_000_000
MAX_ENTRIES = 2_000
TITLE_MAX = 1_000
SUMMARY_MAX = 20_000
CONTENT_MAX = 200_000
#: Of one field as the feed carries it, markup included.
RAW_FIELD_MAX = 1_000_000
#: Dates before it are clocks at zero or garbage ("1970", "0001"), not publications.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

feedparser.api.PREFERRED_XML_PARSERS.clear()  # it would look for one of another library in all folders, at each feed

_HTML = re.compile(r"\s{0,999}(?:<!--[^>]{0,999}-->\s{0,999})?<(?:!doctype\s{1,9}html|html|head|body)\b", re.IGNORECASE)
_END = re.compile(r"</(?:\w{1,30}:)?(?:rss|feed|rdf|channel)>\s{0,50}(?:<!--[^>]{0,150}-->\s{0,50})?\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(x[0-9a-f]+|[0-9]+);", re.IGNORECASE)
_REFERENCE_MAX = 8  # "x10FFFF", "1114111", and a zero before them
_LANG = re.compile(r"([A-Za-z]{2})(?:[-_].{0,60})?")

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One item as a feed gives it, whatever the format."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    date: datetime | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channel:
    title: str
    lang: str | None
    items: tuple[_Item, ...]
    problems: tuple[str, ...] = ()
    pace: Pace | None = None
    older: str = ""


def parse_feed(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | FeedRefused:
    """Read a feed of any format; the content type only tells the charset.

    Entries keep the feed's order. Each has a key of its own: the publisher's id, else its address, else a hash of its
    title; an id that several items share is no id. A date after ``now`` becomes ``now``: it was published, we saw it.

    Returns:
        A refusal where the body is no feed, or breaks off before its first item: that is never "no news".
    """
    if len(body) > BODY_MAX_BYTES:
        return FeedRefused(reason=FeedRefusal.TOO_LARGE, detail=f"{len(body):,} bytes, more than {BODY_MAX_BYTES:,}")
    try:
        text = decode(body, content_type).replace("\x00", "").strip()
        if not text:
            return FeedRefused(reason=FeedRefusal.EMPTY, detail=f"nothing to read in {len(body)} bytes")
        channel = _read_json(text) if text.startswith("{") else _read_xml(text)
    except Exception as exc:  # noqa: BLE001 -- around one source: feedparser promises no set of exceptions
        return FeedRefused(reason=FeedRefusal.PARSER_FAILED, detail=clean_line(f"{type(exc).__name__}: {exc}")[:300])
    return channel if isinstance(channel, FeedRefused) else _build(channel, url, now)


# ------------------------------------------------------------------------------------------- formats


def _read_xml(text: str) -> _Channel | FeedRefused:
    document = '<?xml version="1.0" encoding="utf-8"?>\n' + _REFERENCE.sub(_character, without_xml_declaration(text))
    headers = {"content-type": "application/xml; charset=utf-8"}  # no base: a guid "1" would become an address
    result = cast(
        "Fields",
        feedparser.parse(
            io.BytesIO(document.encode("utf-8", "replace")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        ),
    )
    raw = [cast("Fields", entry) for entry in cast("list[object]", _field(result, "entries") or [])]
    is_broken = bool(_field(result, "bozo"))
    is_cut_off = is_broken and not _END.search(text[-200:])
    if is_cut_off:
        raw = raw[:-1]  # half an item would come back whole under another key
    if not raw and (refused := _why_no_feed(text, version=_text(result, "version"), is_cut_off=is_cut_off)):
        return refused
    problems = ["not well-formed XML; what could be read was read"] if is_broken else []
    if is_cut_off:
        problems = ["cut off; its last item is left out"]
    head = cast("Fields", _field(result, "feed") or {})
    return _Channel(
        title=_text(head, "title"),
        lang=_language(_text(head, "language")),
        items=tuple(_xml_item(entry) for entry in _newest(raw, _xml_date)),
        problems=tuple(problems),
        pace=read_pace(head, text),
        older=_older(head),
    )


def _older(head: Fields) -> str:
    """The archive before this document (RFC 5005, section 4), else its next page (section 3)."""
    links = [link for link in cast("list[object]", _field(head, "links") or []) if isinstance(link, dict)]
    by_rel = {_text(link, "rel"): _text(link, "href") for link in reversed(links)}
    return by_rel.get("prev-archive") or by_rel.get("next") or ""


def _character(reference: re.Match[str]) -> str:
    """The reference; nothing where it names half an emoji or a number beyond Unicode, on which feedparser raises."""
    digits = reference[1]
    if len(digits) > _REFERENCE_MAX:
        return ""
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return "" if code > sys.maxunicode or unicodedata.category(chr(code)) == "Cs" else reference[0]


def _why_no_feed(text: str, *, version: str, is_cut_off: bool) -> FeedRefused | None:
    if _HTML.match(text):
        return FeedRefused(reason=FeedRefusal.HTML, detail=describe_page(text))
    if not version:
        return FeedRefused(
            reason=FeedRefusal.NOT_A_FEED, detail=f"no feed format known to us; {len(text):,} characters"
        )
    if is_cut_off:
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail=f"{version}, cut off before the end of its first item")
    return None


def _xml_item(entry: Fields) -> _Item:
    bodies = cast("list[Fields]", _field(entry, "content") or [])
    detail = cast("Fields", _field(entry, "title_detail") or {})
    identity, link = _text(entry, "id"), _text(entry, "feedburner_origlink") or _text(entry, "link")
    if link == identity and "://" not in link:
        link = ""  # by default a guid is an address (RSS 2.0, "guid"), but many are only numbers
    return _Item(
        id=identity,
        link=link,
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=max((_text(body, "value") for body in bodies), key=len, default=""),
        date=_xml_date(entry),
        lang=_language(_text(entry, "language") or _text(detail, "language")),
    )


def _xml_date(entry: Fields) -> datetime | None:
    parsed = _field(entry, "published_parsed") or _field(entry, "updated_parsed") or _field(entry, "created_parsed")
    try:
        year, month, day, hour, minute, second = cast("tuple[int, ...]", parsed)[:6] if parsed else ()
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # 60: a leap second
    except (ValueError, TypeError, OverflowError):
        return None


def _read_json(text: str) -> _Channel | FeedRefused:
    """JSON Feed 1.1: an item without an id is discarded, an id that is a number is its digits (section "Items")."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as exc:
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail=clean_line(f"not JSON: {exc}")[:300])
    items = feed.get("items")
    if "jsonfeed.org/version/" not in str(feed.get("version", ""))[:100] or not isinstance(items, list):
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail="JSON, but no JSON Feed: version or items are missing")
    raw = [cast("Fields", item) for item in items if isinstance(item, dict)]
    named = [item for item in raw if _json_id(item)]
    problems = [f"{len(items) - len(named)} items without an id left out"] if len(named) < len(items) else []
    if feed.get("expired") is True:
        problems.append("the publisher says that this feed has ended")
    return _Channel(
        title=_text(feed, "title"),
        lang=_language(_text(feed, "language")),
        items=tuple(_json_item(item) for item in _newest(named, _json_date)),
        problems=tuple(problems),
        older=_text(feed, "next_url"),
    )


def _json_id(item: Fields) -> str:
    value = item.get("id")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _text(item, "id")


def _json_item(item: Fields) -> _Item:
    return _Item(
        id=_json_id(item),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        date=_json_date(item),
        lang=_language(_text(item, "language")),
    )


def _json_date(item: Fields) -> datetime | None:
    for name in ("date_published", "date_modified"):
        try:
            moment = datetime.fromisoformat(_text(item, name))
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _field(fields: Fields, name: str) -> object:
    """A field by its own name: feedparser's mapping answers for missing names with others, and warns."""
    return dict.get(cast("dict[str, object]", fields), name)


def _text(fields: Fields, name: str) -> str:
    value = _field(fields, name)
    return value[:RAW_FIELD_MAX] if isinstance(value, str) else ""


def _language(tag: str) -> str | None:
    found = _LANG.fullmatch(tag.strip())
    return found[1].lower() if found else None


def _newest(raw: list[Fields], date: Callable[[Fields], datetime | None]) -> list[Fields]:
    """At most ``MAX_ENTRIES`` items, the newest, in their order; feeds are not always newest first."""
    if len(raw) <= MAX_ENTRIES:
        return raw
    moments = [date(item) for item in raw]
    order = sorted(range(len(raw)), key=lambda n: moments[n] or datetime.max.replace(tzinfo=UTC), reverse=True)
    return [raw[n] for n in sorted(order[:MAX_ENTRIES])]


# ------------------------------------------------------------------------------------------- entries


def _build(channel: _Channel, url: str, now: datetime) -> ParsedFeed:
    dates = [_sane(item.date, now) for item in channel.items]
    entries = [
        Entry(
            key="?",
            url=canonical(item.link, url) if item.link else None,
            title=plain_line(item.title)[:TITLE_MAX],
            summary=plain_line(item.summary)[:SUMMARY_MAX],
            content="\n\n".join(plain_paragraphs(item.content))[:CONTENT_MAX].rstrip(),
            published=date,
            lang=item.lang or channel.lang,
        )
        for item, date in zip(channel.items, dates, strict=True)
    ]
    keyed: dict[str, Entry] = {}
    for key, entry in zip(_keys(channel.items, entries), entries, strict=True):
        if entry.title or entry.url or entry.own_text:
            keyed.setdefault(key, replace(entry, key=key))  # the first of equals stays
    kept = tuple(keyed.values())
    return ParsedFeed(
        title=plain_line(channel.title)[:TITLE_MAX],
        lang=channel.lang,
        entries=kept,
        pace=channel.pace,
        older=_on_host(canonical(channel.older, url) if channel.older else None, url),
        problems=(*channel.problems, *_problems(channel.items, kept, now)),
    )


def _on_host(older: str | None, url: str) -> str | None:
    """An address of the feed's own host: a publisher's archive stands nowhere else, somebody else's server might."""
    return older if older is not None and host_of(older) == host_of(url) else None


def _sane(date: datetime | None, now: datetime) -> datetime | None:
    if date is None or date < EARLIEST:
        return None
    return min(date, now).astimezone(UTC)  # in this order: late on 9999-12-31 has no moment in UTC


def _keys(items: Iterable[_Item], entries: list[Entry]) -> list[str]:
    """Id, else address, else hash of the title; the first of them that no other item of this feed has."""
    ids = [clean_line(item.id) for item in items]
    links = [entry.url or "" for entry in entries]
    id_uses, link_uses = Counter(ids), Counter(links)
    keys = []
    for identity, link, entry in zip(ids, links, entries, strict=True):
        own_text = "\x00".join((link, entry.title, "" if entry.title else entry.own_text))
        if identity and id_uses[identity] == 1:
            key = identity
        elif link and link_uses[link] == 1:
            key = link
        else:
            key = f"title:{digest(own_text)}"
        keys.append(bounded_key(key))
    return keys


def _problems(items: tuple[_Item, ...], kept: tuple[Entry, ...], now: datetime) -> Iterable[str]:
    counts = {
        "repeated or empty": len(items) - len(kept),
        "without a date that can be read": sum(entry.published is None for entry in kept),
        "dated in the future": sum(item.date is not None and item.date > now for item in items),
        "without an address that can be followed": sum(entry.url is None for entry in kept),
    }
    return (f"{count} items {what}" for what, count in counts.items() if count)
