"""What a page shows about the place of its lines: the headline's containers, links that stand alone, dated posts.

A page has one tree, which is read here and by the extractor. Text is compared *packed*: without white space, which
extractors and browsers set as they like, and without case. Texts of elements are gathered by libxml2, because a page
has thousands of nodes and a walk in Python over them costs more than the extraction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

#: UTF-8 bytes of a headline without its spaces: six Chinese signs, eighteen Latin letters; names and tags are shorter.
HEADLINE_MIN, HEADLINE_MAX = 18, 600
#: Links of a page that are looked at; a front page has some hundreds.
LINKS_MAX = 3_000
#: Elements ``time`` that are looked at; a day of a live blog has some hundred.
TIMES_MAX = 300
#: An element with this share of its text in links is a list of links, with its label and the dates in it. Main text
#: has .05, lists of teasers without leads .8 and more, with leads .4. Judgement, checked on the benchmark of docs/.
LINK_SHARE = 0.6
_LINK_TEXT_MAX = 400
#: A box of links is at most so many elements above them; each further one costs a reading of its text.
_CLIMB_MAX = 8
#: So many letters beside the time in its own element are a label ("Posted at"), more are a sentence.
_TIME_LABEL_MAX = 20
_LINKED = etree.XPath(".//a//text()", smart_strings=False)
_OUTERMOST = frozenset(("body", "html", "article", "main"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A part of a page that carries a date of its own, as live blogs and chronicles have them."""

    day: date
    #: Its text, packed.
    packed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What the page shows about the place of a line; all text in it is packed."""

    #: All text of the page.
    whole: str
    #: Spans of ``whole``: the containers of the headline, from the innermost outwards, without the body.
    containers: tuple[tuple[int, int], ...]
    #: Headlines of other articles: links that stand alone, and the lines of the boxes that hold little else.
    links: frozenset[str]
    #: In the order of the page; none where fewer than two parts have dates.
    posts: tuple[Post, ...]

    @classmethod
    def of(cls, root: HtmlElement, headline: HtmlElement | None) -> Outline:
        """Read a page."""
        whole = text_of(root)
        above = [] if headline is None else list(headline.iterancestors())
        links = dict(_headline_links(root))
        alone = {packed for link, packed in links.items() if _stands_alone(link)}
        return cls(
            whole=whole,
            containers=tuple(_spans(above, len(whole))),
            links=frozenset(alone | _lines_of_boxes(tuple(links), frozenset(above))),
            posts=_posts(root),
        )


def pack(text: str) -> str:
    """A text without white space and case."""
    return "".join(text.split()).casefold()


def is_headline(packed: str) -> bool:
    """Whether a packed line is as long as headlines are."""
    return HEADLINE_MIN <= len(packed.encode()) <= HEADLINE_MAX


def text_of(element: HtmlElement, *, with_tail: bool = False) -> str:
    """All text in an element, packed."""
    return pack(etree.tostring(element, method="text", encoding="unicode", with_tail=with_tail))


def short_text(element: HtmlElement) -> str:
    """The text of an element; nothing where it is longer than a headline can be."""
    if len(element) == 0:
        whole = element.text or ""
        return whole if len(whole) <= _LINK_TEXT_MAX else ""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > _LINK_TEXT_MAX:
            return ""
    return "".join(parts)


def _spans(above: Sequence[HtmlElement], length: int) -> Iterator[tuple[int, int]]:
    """Where the text of each element lies in that of the outermost, innermost first; body and html left out."""
    spans = []
    start, end = 0, length
    for parent, element in zip(reversed(above), list(reversed(above))[1:], strict=False):
        before = (text_of(sibling, with_tail=True) for sibling in element.itersiblings(preceding=True))
        after = (text_of(sibling, with_tail=True) for sibling in element.itersiblings())
        start += len(pack(parent.text or "")) + sum(map(len, before))
        end -= len(pack(element.tail or "")) + sum(map(len, after))
        spans.append((element.tag, (start, end)))
    return (span for tag, span in reversed(spans) if tag != "body")


# ----------------------------------------------------------------------------------------- links


def _headline_links(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Links with the text of a headline, packed, that nothing follows in their element."""
    for link in islice(root.iter("a"), LINKS_MAX):
        if link.getnext() is None and not (link.tail or "").strip():
            packed = pack(short_text(link))
            if is_headline(packed):
                yield link, packed


def _stands_alone(link: HtmlElement) -> bool:
    parent = link.getparent()
    return link.getprevious() is None and not (parent.text or "").strip()  # counting the children would be quadratic


def _lines_of_boxes(links: Sequence[HtmlElement], above: frozenset[HtmlElement]) -> frozenset[str]:
    """The lines of the largest elements round the links that hold little but links."""
    shares: dict[HtmlElement, float] = {}
    boxes: dict[HtmlElement, None] = {}
    for link in links:
        inner, share = link, 1.0
        for _ in range(_CLIMB_MAX):
            parent = inner.getparent()
            if parent is None or parent in above or parent.tag in _OUTERMOST:
                break
            if parent not in shares:
                shares[parent] = share if _is_all_of(inner, parent) else _link_share(parent)
            share = shares[parent]
            if share < LINK_SHARE:
                break
            inner = parent
        if inner is not link:
            boxes[inner] = None
    parts = {pack(part) for part in {part for box in boxes for part in box.itertext()}}
    lines = {
        text_of(link.getparent())
        for link in links
        if not _stands_alone(link) and shares.get(link.getparent(), 0.0) >= LINK_SHARE
    }
    return frozenset(parts | lines) - {""}


def _is_all_of(inner: HtmlElement, outer: HtmlElement) -> bool:
    """Whether an element holds one other and no text beside it; so do half of those round a link."""
    is_only_child = inner.getprevious() is None and inner.getnext() is None
    return is_only_child and not (outer.text or "").strip() and not (inner.tail or "").strip()


def _link_share(element: HtmlElement) -> float:
    return len(pack("".join(_LINKED(element)))) / max(len(text_of(element)), 1)


# ----------------------------------------------------------------------------------------- dates


def _posts(root: HtmlElement) -> tuple[Post, ...]:
    """The parts of a page that have an element ``time`` each."""
    times = [(element, day) for element in islice(root.iter("time"), TIMES_MAX) if (day := _day(element))]
    held = Counter(parent for element, _ in times for parent in element.iterancestors())
    found = []
    for element, day in times:
        unit = element
        while (parent := unit.getparent()) is not None and held[parent] == 1:
            unit = parent
        packed = text_of(unit).replace(text_of(element), "", 1) or "".join(_until_next(unit, held))
        if packed:
            found.append(Post(day=day, packed=packed))
    return tuple(found) if len(found) > 1 else ()


def _until_next(unit: HtmlElement, held: Counter[HtmlElement]) -> Iterator[str]:
    for sibling in unit.itersiblings():
        if sibling.tag == "time" or held[sibling]:
            return
        yield text_of(sibling)


def _day(element: HtmlElement) -> date | None:
    """The day of an element ``time``, in its own zone; None where it is none, or stands in a sentence."""
    parent, before = element.getparent(), element.getprevious()
    beside = ((parent.text or "") if before is None else (before.tail or "")) + (element.tail or "")
    if len(pack(beside)) > _TIME_LABEL_MAX:
        return None
    try:
        return datetime.fromisoformat((element.get("datetime") or "").strip()[:40]).date()
    except ValueError:
        return None
