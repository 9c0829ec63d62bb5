"""From the bytes of a page to its title and main text, by trafilatura and the structure of the page.

trafilatura (``cascade``) finds the main text; what it cannot know is which paragraphs beside it belong to other
articles: see ``furniture``. Hostile pages can hang it: call this in a worker with a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from lxml.html import HtmlElement

from watchdog.core.cascade import find_main
from watchdog.core.furniture import days_of, lay_out, main_lines
from watchdog.core.outline import Outline, pack, short_text
from watchdog.core.plain import Piece, decode, pieces, plain_line, read_html
from watchdog.model.article import Block, BlockRole, Entry, PageText

BODY_MAX_BYTES = 5_000_000
TEXT_MAX = 400_000
TITLE_MAX = 1_000
#: Fast extraction that gives less is tried again the thorough way: short news are there that it does not see.
SHORT_TEXT = 250
#: First headings of a page that are looked at.
H1_MAX = 50
_JSON_LD_MAX = 200_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Publishers' clocks run ahead, and a zone may be missing.
_FUTURE_ALLOWED = timedelta(days=1)

_LANG = re.compile(r"([A-Za-z]{2})(?:[-_].{0,60})?")
#: Names of the meta element that carry the date of publication (ogp.me; schema.org; Dublin Core; parsely).
_DATE_NAMES = ("article:published_time", "datepublished", "og:published_time", "dc.date.issued", "parsely-pub-date")
_HEADLINE_TAGS = ("h1", "h2", "h3", "h4", "div", "p", "span", "b", "strong", "td")
_JSON_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{8,40})"')


def extract_page(body: bytes, *, url: str, content_type: str | None, now: datetime) -> PageText | None:
    """Cut title, main text and publication date out of a page; its blocks have the dates that only markup gives them.

    The headline is not repeated in the text. About 10 ms a page.

    Returns:
        None where there is no main text: an empty page, no HTML, more than ``BODY_MAX_BYTES``.
    """
    if len(body) > BODY_MAX_BYTES:
        return None
    root = read_html(decode(body, content_type))
    if root is None:
        return None
    _drop_code(root)
    title, headline = _find_title(root)
    published, lang = _published(root, now), _language(root)
    outline = Outline.of(root, headline)
    lines = main_lines(_main_pieces(root, url), outline, title)
    text, blocks = _lay_out([line.piece for line in lines], days_of(lines, outline.posts))
    return PageText(title=title, text=text, blocks=blocks, published=published, lang=lang) if blocks else None


def text_of_entry(entry: Entry) -> PageText:
    """The entry's own text in the place of a page that cannot be had; the title is a field of its own."""
    text, blocks = _lay_out([Piece(text=part) for part in entry.own_text.split("\n\n") if part.strip()], {})
    return PageText(title=entry.title, text=text, blocks=blocks, published=entry.published, lang=entry.lang)


def _drop_code(root: HtmlElement) -> None:
    """Take out what nobody reads, half of most pages; what scripts say about the article stays."""
    for element in list(root.iter("script", "style")):
        if "ld+json" not in (element.get("type") or "") and element.getparent() is not None:
            element.drop_tree()


# ------------------------------------------------------------------------------------- main text


def _main_pieces(root: HtmlElement, url: str) -> list[Piece]:
    found: list[Piece] = []
    for is_fast in (True, False):
        try:
            body = find_main(root, url, is_fast=is_fast)
        except Exception:  # noqa: BLE001, S112 -- around one page: it promises no set of exceptions
            continue
        found = max(found, list(pieces(body)) if body is not None else [], key=_size)
        if _size(found) >= SHORT_TEXT:
            break
    return found


def _size(found: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in found)


def _lay_out(found: Iterable[Piece], days: Mapping[str, date]) -> tuple[str, tuple[Block, ...]]:
    parts = []
    left = TEXT_MAX
    for piece in found:
        text = piece.text[:left].rstrip()
        if not text:
            break
        role = BlockRole.HEADING if piece.is_heading else BlockRole.PARAGRAPH
        parts.append((text, Block(start=0, end=len(text), role=role, dated=days.get(piece.text))))
        left -= len(text) + 2
    return lay_out(parts)


# ------------------------------------------------------------------------------------ about the page


def _find_title(root: HtmlElement) -> tuple[str, HtmlElement | None]:
    """The headline and its element: the h1 that the page's own title confirms, else og:title, else a lone h1."""
    shared, named = _meta(root, "og:title"), plain_line(_title_of(root.find(".//title")))
    headings = [(plain_line(short_text(h1)), h1) for h1 in islice(root.iter("h1"), H1_MAX)]
    headings = [(text, h1) for text, h1 in headings if text]
    for text, h1 in headings:
        if any(_confirms(official, text) for official in (shared, named) if official):
            return text[:TITLE_MAX], h1
    if shared:
        packed = pack(shared)
        return shared[:TITLE_MAX], next((e for e in root.iter(*_HEADLINE_TAGS) if _says(e, packed)), None)
    if len(headings) == 1:
        return headings[0][0][:TITLE_MAX], headings[0][1]
    return named[:TITLE_MAX], None


def _confirms(official: str, heading: str) -> bool:
    """Whether a title of the page holds the heading as its better half; its rest is the name of the site."""
    return pack(heading) in pack(official) and 2 * len(heading) >= len(official)


def _says(element: HtmlElement, packed: str) -> bool:
    """Whether an element begins with this text, or holds it alone."""
    return pack(element.text or "") == packed or (len(element) > 0 and pack(short_text(element)) == packed)


def _title_of(element: HtmlElement | None) -> str:
    return "" if element is None else short_text(element)


def _meta(root: HtmlElement, *names: str) -> str | None:
    for meta in root.iter("meta"):
        if (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower() in names:
            content = plain_line(meta.get("content") or "")
            if content:
                return content
    return None


def _published(root: HtmlElement, now: datetime) -> datetime | None:
    """The first date of publication that the page carries for machines; None where none can be read."""
    for text in _date_texts(root):
        try:
            moment = datetime.fromisoformat(text.strip())
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):  # no date, or one at the end of the calendar
            continue
        if _EARLIEST <= moment <= now + _FUTURE_ALLOWED:
            return min(moment, now)
    return None


def _date_texts(root: HtmlElement) -> Iterator[str]:
    yield _meta(root, *_DATE_NAMES) or ""
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "") and (found := _JSON_DATE.search((script.text or "")[:_JSON_LD_MAX])):
            yield found[1]
    for time in root.iter("time"):
        yield (time.get("datetime") or "")[:40]


def _language(root: HtmlElement) -> str | None:
    found = _LANG.fullmatch((root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip())
    return found[1].lower() if found else None
