"""From a page that lists articles to entries, for publishers without a feed (``via = "page"``).

The links of such a page are told apart by structure, not by what they say: what stands in navigation, footers, running
text and the like is left out; every link has a box, the largest element that leads to it alone; boxes that hang in the
same place are a list. An entry is known by its address. Hostile pages can be slow: call this in a worker with a
deadline.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from watchdog.core.address import canonical, host_of
from watchdog.core.plain import bounded_key, clean_line, decode, pieces, read_html
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed

BODY_MAX_BYTES = 5_000_000
TITLE_MAX = 500
#: Links looked at, and entries taken.
LINKS_MAX, MAX_ENTRIES = 3_000, 300
#: UTF-8 bytes of a headline without its spaces, as in ``page``: six Chinese signs, eighteen Latin letters.
HEADLINE_MIN = 18
#: So many boxes in one place are a list; a single one counts where it carries a date.
LIST_MIN = 2
#: Ancestors of a box that say where it hangs.
PLACE_DEPTH = 6
#: Letters that may stand before a link in its paragraph, and elements there that are looked at.
BEFORE_MAX, SIBLINGS_MAX = 40, 5
#: Of a box: lines looked at, characters in which its date may stand, and letters beside the date of a date's line.
LINES_MAX, DATE_WITHIN, AROUND_DATE = 12, 600, 12
EARLIEST = date(1990, 1, 1)

_FURNITURE = frozenset(
    ("nav", "footer", "aside", "form", "script", "style", "noscript", "template", "dialog", "select")
)
_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "dialog", "menu", "menubar"))
#: Names of classes and ids, from their beginning: "site-nav", "menu-main", "pagination"; not "category-social".
_NAMED = re.compile(
    r"(?:(?:main|site|page|post|entry|top|sub|side|foot|global|mobile|primary|secondary)[-_])?"
    r"(?:nav|navbar|navigation|menu|breadcrumbs?|pagination|pager|paging|share|sharing|sharedaddy|social|cookies?|footer"
    r"|sidebar|languages?|lang|tags|tagcloud|login|related|skip)(?:[-_].{0,60})?",
    re.IGNORECASE,
)
#: A card or the page itself is never furniture, whatever it is called.
_NEVER = frozenset(("html", "body", "main", "article", "li", "h1", "h2", "h3"))
_CARDS = frozenset(("article", "li", "tr"))
_CONTENT = _CARDS | {"main", "section"}
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|zip|docx?|xlsx?|pptx?|ics|xml|rss)\Z", re.IGNORECASE)
#: Further pages of a list, pages of one tag or author, and what a network of caches puts in the place of addresses.
_PAGE = re.compile(r"/(?:page/|p)[0-9]{1,5}/?\Z|/(?:tags?|category|authors?)/[^/]{1,200}/?\Z|\A/cdn-cgi/")
_HEADING = ("h1", "h2", "h3", "h4", "h5", "h6")
_LANG = re.compile(r"([A-Za-z]{2})(?:[-_].{0,60})?")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<word>" + "|".join(_MONTHS) + r")[a-z]{0,6}\.?"
#: Dates beside a link. Twelve-and-twelve with slashes is left alone: which is the month differs between countries.
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})\b",
        r"\b(?P<day>1[3-9]|2\d|3[01])/(?P<month>\d{1,2})/(?P<year>\d{4})\b",
        r"\b(?P<month>\d{1,2})/(?P<day>1[3-9]|2\d|3[01])/(?P<year>\d{4})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH},?\s(?P<year>\d{{4}})\b",
        rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})\b",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """What the page says of one link."""

    address: str
    title: str
    published: datetime | None


def parse_list(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | FeedRefused:
    """Find the articles that a page lists, in its order.

    Where one of its lists carries dates, lists without are taken for navigation.

    Returns:
        A refusal where there is no list: a login page, an empty one, one that is filled by scripts only.
    """
    if len(body) > BODY_MAX_BYTES:
        return FeedRefused(reason=FeedRefusal.TOO_LARGE, detail=f"{len(body):,} bytes, more than {BODY_MAX_BYTES:,}")
    root = read_html(decode(body, content_type))
    if root is None:
        return FeedRefused(reason=FeedRefusal.EMPTY, detail=f"nothing to read in {len(body)} bytes")
    title = clean_line(root.findtext(".//title") or "")[:TITLE_MAX]
    lang = _LANG.fullmatch((root.get("lang") or "").strip())
    _drop_furniture(root)
    lists = defaultdict[str, list[_Box]](list)
    candidates = _candidates(root, url)
    order = {address: number for number, address in enumerate(candidates)}
    for address, box in _boxes(candidates).items():
        lists[_place(box)].append(_read(box, address, candidates[address], now))
    found = [found for found in lists.values() if _is_list(found)]
    if any(_is_dated(one) for one in found):
        found = [one for one in found if _is_dated(one)]
    boxes = sorted((box for one in found for box in one if box.title), key=lambda box: order[box.address])
    if not boxes:
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail="no list of links to articles on this page")
    language = lang[1].lower() if lang else None
    entries = tuple(_entry(box, language) for box in boxes[:MAX_ENTRIES])
    left = len(boxes) - len(entries)
    problems = (f"{left} links left out",) if left else ()
    return ParsedFeed(title=title, lang=language, entries=entries, problems=problems)


# ------------------------------------------------------------------------------------------- links


def _drop_furniture(root: HtmlElement) -> None:
    """Take out what stands around the content of every page; links in it are not looked at."""
    holds_main = {above for element in root.iter("main", "h1") for above in element.iterancestors()}
    doomed = [element for element in root.iter() if _is_furniture(element, is_around_main=element in holds_main)]
    for element in doomed:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)  # and its tail, which belongs to no list


def _is_furniture(element: HtmlElement, *, is_around_main: bool) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _NEVER:
        return False
    if tag in _FURNITURE or (element.get("role") or "").lower() in _ROLES:
        return True
    if is_around_main:
        return False
    if tag == "header":
        return not any(above.tag in _CONTENT for above in element.iterancestors())
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:1_000].split()
    return any(_NAMED.fullmatch(name) for name in names)


def _candidates(root: HtmlElement, url: str) -> dict[str, list[HtmlElement]]:
    """The links by address, in the page's order: those with a headline for a text, or inside or around a heading."""
    links = defaultdict[str, list[HtmlElement]](list)
    for number, link in enumerate(root.iter("a")):
        if number >= LINKS_MAX:
            break
        address = canonical(link.get("href") or "", url)
        if address is not None and _may_be_article(address, url) and "nofollow" not in (link.get("rel") or ""):
            links[address].append(link)
    return {address: found for address, found in links.items() if any(map(_leads, found))}


def _may_be_article(address: str, url: str) -> bool:
    """On the same host, deeper or beside the list, and no other page of it, no file and no section above it."""
    here, there = urlsplit(url), urlsplit(address)
    if host_of(address).removeprefix("www.") != host_of(url).removeprefix("www."):
        return False
    own, path = here.path.rstrip("/"), there.path.rstrip("/")
    is_above = not path or f"{own}/".startswith(f"{path}/")
    if is_above and not (path == own and _names_an_article(there.query, here.query)):
        return False
    return not _PAGE.search(there.path) and not _FILES.search(path)


def _names_an_article(query: str, own: str) -> bool:
    """Whether a query on the list's own path names an article ("spip.php?id_article=12"): not a page of the list."""
    return bool(re.search(r"(?:\A|&)(?:\w{0,20}id|id_\w{1,20}|article|story|news|p)=\w", query)) and query != own


def _leads(link: HtmlElement) -> bool:
    if _is_in_running_text(link):
        return False
    if any(above.tag in _HEADING for above in link.iterancestors()) or link.find(".//h2") is not None:
        return True
    return _is_headline(clean_line("".join(link.itertext())[: 4 * TITLE_MAX]))


def _is_in_running_text(link: HtmlElement) -> bool:
    """Whether a sentence stands before the link in its own paragraph; a date or a label may."""
    parent = link.getparent()
    if parent is None or parent.tag not in {"p", "td", "dd", "blockquote"}:
        return False
    before = [parent.text or ""]
    for sibling in islice(link.itersiblings(preceding=True), SIBLINGS_MAX):
        before += (*sibling.itertext(), sibling.tail or "")
    return len(clean_line("".join(before))) > BEFORE_MAX


def _is_headline(text: str) -> bool:
    return len("".join(text.split()).encode()) >= HEADLINE_MIN


# ------------------------------------------------------------------------------------------- boxes


def _boxes(candidates: dict[str, list[HtmlElement]]) -> dict[str, HtmlElement]:
    """The box of each address: the largest element around its first link that leads to no other, at most a card."""
    inside: dict[HtmlElement, str | None] = {}  # None: to several
    for address, links in candidates.items():
        for link in links:
            for element in (link, *link.iterancestors()):
                known = inside.setdefault(element, address)
                if known is None:
                    break  # nor is there anything new to say of what is above it
                if known != address:
                    inside[element] = None
    boxes = {}
    for address, links in candidates.items():
        box = links[0]
        for above in links[0].iterancestors():
            if inside[above] is None or above.tag in {"body", "html"}:
                break
            box = above
            if above.tag in _CARDS:
                break
        boxes[address] = box
    return boxes


def _place(box: HtmlElement) -> str:
    """Where a box hangs: the tags and classes above it; numbers in names count for nothing."""
    above = (f"{one.tag}.{(one.get('class') or '')[:200]}" for one in islice(box.iterancestors(), PLACE_DEPTH))
    return re.sub(r"[0-9]+", "", "/".join((str(box.tag), *above)))


def _read(box: HtmlElement, address: str, links: list[HtmlElement], now: datetime) -> _Box:
    """Title and date of a box: its heading, else the link's first line that may be a headline, else the box's."""
    in_box, in_link = (
        [piece for piece in islice(pieces(element), LINES_MAX) if not _is_date_line(piece.text)]
        for element in (box, links[0])
    )
    titles = [piece.text for piece in in_box if piece.is_heading]
    titles += [piece.text for piece in (*in_link, *in_box) if _is_headline(piece.text)]
    titles += [piece.text for piece in in_link]
    title = next(iter(titles), "")
    return _Box(address=address, title=title[:TITLE_MAX], published=_date_in(box, now))


def _date_in(box: HtmlElement, now: datetime) -> datetime | None:
    """The first date of a box: for machines in a ``time``, else in its text; one to come is an event's, and no date."""
    texts = [(time.get("datetime") or "")[:40] for time in box.iter("time")]
    texts.append(" ".join(piece.text for piece in islice(pieces(box), LINES_MAX))[:DATE_WITHIN])
    for text in texts:
        for pattern in _DATES:
            found = pattern.search(text)
            day = _day(found) if found else None
            if day is not None and EARLIEST <= day <= now.date():
                return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return None


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    month = _MONTHS.index(parts["word"].lower()) + 1 if parts.get("word") else int(parts["month"])
    try:
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def _is_date_line(text: str) -> bool:
    """Whether a line is a date and little more."""
    return any(found and len(text) - len(found[0]) <= AROUND_DATE for found in (p.search(text) for p in _DATES))


def _is_list(boxes: list[_Box]) -> bool:
    headlines = sum(_is_headline(box.title) for box in boxes)
    if len(boxes) < LIST_MIN:
        return headlines == len(boxes) and _is_dated(boxes)
    return 2 * headlines >= len(boxes)


def _is_dated(boxes: list[_Box]) -> bool:
    return 2 * sum(box.published is not None for box in boxes) >= len(boxes)


def _entry(box: _Box, lang: str | None) -> Entry:
    return Entry(
        key=bounded_key(box.address),
        url=box.address,
        title=box.title,
        summary="",
        content="",
        published=box.published,
        lang=lang,
    )
