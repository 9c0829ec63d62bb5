"""From the bytes of a page to its title and main text, by trafilatura and the structure of the page.

The only importer of trafilatura, which costs 170 ms and 40 MB to import: inside the function, once a process. It finds
the main text; what it cannot know is which paragraphs beside it belong to other articles. Those that show it by their
place or their shape are dropped here: outside the headline's container, or a headline and the same words again as the
lead of another article. Hostile pages can hang it: call this in a worker with a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from watchdog.core.plain import Piece, decode, pieces, plain_line, read_html
from watchdog.model.article import Block, BlockRole, Entry, PageText

BODY_MAX_BYTES = 5_000_000
TEXT_MAX = 400_000
TITLE_MAX = 1_000
#: Fast extraction that gives less is tried again the thorough way: short news are there that it does not see.
SHORT_TEXT = 250
#: UTF-8 bytes of a headline without its spaces: six Chinese signs, eighteen Latin letters; names and tags are shorter.
HEADLINE_MIN, HEADLINE_MAX = 18, 600
#: Letters of a line that may be the label of a list ("All news").
LABEL_MAX = 40
#: Links and first headings of a page that are looked at; a front page has some hundreds of links.
LINKS_MAX, H1_MAX = 3_000, 50
#: The headline's container must hold this share of what was extracted, before anything behind it counts as foreign;
#: below it the article itself may be split over several containers. Judgement, checked on the benchmark of docs/.
MAIN_SHARE = 0.8
#: Where dropping would leave less than this share, the page is a list of headlines itself, and stays whole.
MIN_SHARE_KEPT = 0.3
_LINK_TEXT_MAX = 400
_JSON_LD_MAX = 200_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Publishers' clocks run ahead, and a zone may be missing.
_FUTURE_ALLOWED = timedelta(days=1)

_LANG = re.compile(r"([A-Za-z]{2})(?:[-_].{0,60})?")
#: A line that is a date or a time and no sentence: digits, and at most two words ("June 13, 2016 08:00", "22.01.2019").
_DATE_LINE = re.compile(r"(?=.{0,40}\d{4})[\w\s.,:/|-]{6,40}")
_WORD = re.compile(r"[^\W\d_]+")
_DATE_LINE_WORDS = 3
#: Names of the meta element that carry the date of publication (ogp.me; schema.org; Dublin Core; parsely).
_DATE_NAMES = ("article:published_time", "datepublished", "og:published_time", "dc.date.issued", "parsely-pub-date")
_HEADLINE_TAGS = ("h1", "h2", "h3", "h4", "div", "p", "span", "b", "strong", "td")
_JSON_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{8,40})"')


@dataclass(frozen=True, slots=True)
class _Line:
    """A block on its way: its text, and the same without white space, to find it in the page again."""

    piece: Piece
    packed: str


def extract_page(body: bytes, *, url: str, content_type: str | None, now: datetime) -> PageText | None:
    """Cut title, main text and publication date out of a page; ``dated`` of its blocks is left to others.

    The headline is not repeated in the text. About 10 ms a page.

    Returns:
        None where there is no main text: an empty page, no HTML, more than ``BODY_MAX_BYTES``.
    """
    if len(body) > BODY_MAX_BYTES:
        return None
    root = read_html(decode(body, content_type))
    if root is None:
        return None
    title, headline = _find_title(root)
    published, lang = _published(root, now), _language(root)
    outline = _Outline.of(root, headline)
    lines = [_Line(piece, _pack(piece.text)) for piece in _main_pieces(root, url)]
    kept = _without_teasers(_inside(lines, outline), outline.links, _pack(title))
    text, blocks = _lay_out(line.piece for line in kept)
    return PageText(title=title, text=text, blocks=blocks, published=published, lang=lang) if blocks else None


def text_of_entry(entry: Entry) -> PageText:
    """The entry's own text in the place of a page that cannot be had; the title is a field of its own."""
    text, blocks = _lay_out(Piece(text=part) for part in entry.own_text.split("\n\n") if part.strip())
    return PageText(title=entry.title, text=text, blocks=blocks, published=entry.published, lang=entry.lang)


# ------------------------------------------------------------------------------------- main text


def _main_pieces(root: HtmlElement, url: str) -> list[Piece]:
    from trafilatura import bare_extraction

    found: list[Piece] = []
    for is_fast in (True, False):
        try:
            document = bare_extraction(root, url=url, fast=is_fast, include_comments=False, with_metadata=False)
        except Exception:  # noqa: BLE001, S112 -- around one page: it promises no set of exceptions
            continue
        body = getattr(document, "body", None)
        found = max(found, list(pieces(body)) if body is not None else [], key=_size)
        if _size(found) >= SHORT_TEXT:
            break
    return found


def _size(found: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in found)


def _lay_out(found: Iterable[Piece]) -> tuple[str, tuple[Block, ...]]:
    parts: list[str] = []
    blocks: list[Block] = []
    start = 0
    for piece in found:
        text = piece.text[: TEXT_MAX - start].rstrip()
        if not text:
            break
        role = BlockRole.HEADING if piece.is_heading else BlockRole.PARAGRAPH
        parts.append(text)
        blocks.append(Block(start=start, end=start + len(text), role=role))
        start += len(text) + 2
    return "\n\n".join(parts), tuple(blocks)


def _pack(text: str) -> str:
    return "".join(text.split()).casefold()


# ------------------------------------------------------------------------------- what stands around it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """What the page shows about the place of a block."""

    #: All text of the page, packed.
    whole: str
    #: Spans of ``whole``: the containers of the headline, from the innermost outwards, without the body.
    containers: tuple[tuple[int, int], ...]
    #: Headlines of other articles: links that stand alone, packed.
    links: frozenset[str]

    @classmethod
    def of(cls, root: HtmlElement, headline: HtmlElement | None) -> _Outline:
        """Read the page, in one walk."""
        above = [] if headline is None else [e for e in headline.iterancestors() if e.tag not in {"body", "html"}]
        starts: dict[HtmlElement, int] = {}
        spans: dict[HtmlElement, tuple[int, int]] = {}
        parts: list[str] = []
        length = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start" and element in above:
                starts[element] = length
            elif event == "end" and element in starts:
                spans[element] = (starts[element], length)
            if said := _pack((element.text if event == "start" else element.tail) or ""):
                parts.append(said)
                length += len(said)
        links = {_pack(_short_text(link)) for link in islice(root.iter("a"), LINKS_MAX) if _stands_alone(link)}
        return cls(
            whole="".join(parts),
            containers=tuple(spans[element] for element in above),
            links=frozenset(filter(_is_headline, links)),
        )


def _stands_alone(link: HtmlElement) -> bool:
    parent = link.getparent()
    is_only_child = link.getprevious() is None and link.getnext() is None  # counting the children would be quadratic
    return is_only_child and not (parent.text or "").strip() and not (link.tail or "").strip()


def _short_text(element: HtmlElement) -> str:
    """The text of an element; nothing where it is longer than a headline can be."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > _LINK_TEXT_MAX:
            return ""
    return "".join(parts)


def _inside(lines: list[_Line], outline: _Outline) -> list[_Line]:
    """The lines in the headline's own container: columns before it and readers' comments after it are not."""
    total = _weight(lines)
    for start, end in outline.containers:
        inside, after = [], []
        for line in lines:
            if outline.whole.find(line.packed, start, end) >= 0 or line.packed not in outline.whole:
                inside.append(line)
            elif outline.whole.find(line.packed, end) >= 0:
                after.append(line)
        weight = _weight(inside)
        if weight >= MIN_SHARE_KEPT * total and weight >= MAIN_SHARE * (weight + _weight(after)):
            return inside
    return lines


def _weight(lines: Iterable[_Line]) -> int:
    return sum(len(line.packed) for line in lines)


def _without_teasers(lines: list[_Line], links: frozenset[str], title: str) -> list[_Line]:
    """Without the headlines of other articles, their leads, and the dates and the label above them."""
    body = lines[1:] if lines and lines[0].packed == title else lines
    foreign = [False] * len(body)
    ended_links = tuple(link + "." for link in links)
    for number, line in enumerate(body[1:], 1):  # the first block is the article's own
        if line.packed in links or line.packed.startswith(ended_links):
            foreign[number] = True
        is_headline = _is_headline(line.packed) and line.packed != title and not line.piece.is_heading
        follower = body[number + 1].packed if number + 1 < len(body) else ""
        if is_headline and follower.startswith((line.packed + ".", line.packed + ",")):
            foreign[number] = foreign[number + 1] = True
    for number in range(len(body) - 2, 0, -1):  # a date or a label belongs to what it stands above
        if foreign[number + 1] and (_is_date(body[number]) or (all(foreign[number + 1 :]) and _is_label(body[number]))):
            foreign[number] = True
    kept = [line for line, is_foreign in zip(body, foreign, strict=True) if not is_foreign]
    return kept if _weight(kept) >= MIN_SHARE_KEPT * _weight(body) else body


def _is_headline(packed: str) -> bool:
    return HEADLINE_MIN <= len(packed.encode()) <= HEADLINE_MAX


def _is_date(line: _Line) -> bool:
    text = line.piece.text
    return bool(_DATE_LINE.fullmatch(text)) and len(_WORD.findall(text)) <= _DATE_LINE_WORDS


def _is_label(line: _Line) -> bool:
    return len(line.packed) <= LABEL_MAX and line.piece.text[-1].isalnum()


# ------------------------------------------------------------------------------------ about the page


def _find_title(root: HtmlElement) -> tuple[str, HtmlElement | None]:
    """The headline and its element: the h1 that the page's own title confirms, else og:title, else a lone h1."""
    shared, named = _meta(root, "og:title"), plain_line(_short_text_of(root.find(".//title")))
    headings = [(plain_line(_short_text(h1)), h1) for h1 in islice(root.iter("h1"), H1_MAX)]
    headings = [(text, h1) for text, h1 in headings if text]
    for text, h1 in headings:
        if any(_confirms(official, text) for official in (shared, named) if official):
            return text[:TITLE_MAX], h1
    if shared:
        packed = _pack(shared)
        same = (
            e for e in root.iter(*_HEADLINE_TAGS) if packed == _pack(e.text or "") or packed == _pack(_short_text(e))
        )
        return shared[:TITLE_MAX], next(same, None)
    if len(headings) == 1:
        return headings[0][0][:TITLE_MAX], headings[0][1]
    return named[:TITLE_MAX], None


def _confirms(official: str, heading: str) -> bool:
    """Whether a title of the page holds the heading as its better half; its rest is the name of the site."""
    return _pack(heading) in _pack(official) and 2 * len(heading) >= len(official)


def _short_text_of(element: HtmlElement | None) -> str:
    return "" if element is None else _short_text(element)


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
