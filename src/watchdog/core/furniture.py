"""Which lines of an extracted page are not its article's: by the structure of the page, then by others of its host.

Structure: lines outside the headline's container, links that stand alone with their labels and leads, and a headline
whose words another article's lead takes up. Other pages: lines that several of them carry, and their titles.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from watchdog.core.outline import Outline, Post, is_headline, pack
from watchdog.core.plain import Piece
from watchdog.model.article import Block, PageText

#: Letters of a line that may be the label of a list ("All news").
LABEL_MAX = 40
#: The headline's container must hold this share of what was extracted, before anything behind it counts as foreign;
#: below it the article itself may be split over several containers. Judgement, checked on the benchmark of docs/.
MAIN_SHARE = 0.6
#: Where dropping would leave less than this share, the page is a list of headlines itself, and stays whole.
MIN_SHARE_KEPT = 0.3
#: Letters of a line that is looked for in the posts of a page: shorter ones may stand in several.
POST_LINE_MIN = 8
#: Lines that are looked for in posts.
DATED_LINES_MAX = 2_000
#: What so many other pages of the host carry is no part of the article. Follow-ups of one story take up a paragraph
#: once or twice. Judgement.
RECURS = 3
#: Where less than this share would stay, the page is a copy of others, and stays whole.
MIN_SHARE_OWN = 0.5

#: A line that is a date or a time and no sentence: digits, and at most two words ("June 13, 2016 08:00", "22.01.2019").
_DATE_LINE = re.compile(r"(?=.{0,40}\d{4})[\w\s.,:/|-]{6,40}")
_WORD = re.compile(r"[^\W\d_]+")
_DATE_LINE_WORDS = 3
_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A block on its way: its text, and the same packed, to find it in the page again."""

    piece: Piece
    packed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPage:
    """Another article of the same host, as it is stored."""

    title: str
    #: The texts of its blocks.
    lines: frozenset[str]
    #: ``line_hash`` of what was left out of it.
    furniture: frozenset[str]


def main_lines(found: Iterable[Piece], outline: Outline, title: str) -> list[Line]:
    """The lines of the article, of those that were extracted, in the order of the page."""
    lines = _in_order([Line(piece, pack(piece.text)) for piece in found], outline)
    return _without_teasers(_inside(lines, outline), outline.links, pack(title))


def days_of(lines: Sequence[Line], posts: Sequence[Post]) -> Mapping[str, date]:
    """The day of each line that stands in one post, of several that hold lines; by its text."""
    found: dict[str, date] = {}
    with_lines = set()
    for line in lines[:DATED_LINES_MAX]:
        holding = [number for number, post in enumerate(posts) if line.packed in post.packed]
        if len(line.packed) >= POST_LINE_MIN and len({posts[number].day for number in holding}) == 1:
            found[line.piece.text] = posts[holding[0]].day
            with_lines.add(holding[0])
    return found if len(with_lines) > 1 else {}


def is_date(text: str) -> bool:
    """Whether a line is a date or a time of day and no sentence."""
    return bool(_DATE_LINE.fullmatch(text)) and len(_WORD.findall(text)) <= _DATE_LINE_WORDS


def line_hash(text: str) -> str:
    """A short name of a line that was left out, to know it again on the next page."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BYTES).hexdigest()


# ------------------------------------------------------------------------------------ by structure


def _in_order(lines: list[Line], outline: Outline) -> list[Line]:
    """The lines as they stand on the page: an extractor that gathers stray paragraphs puts them last."""
    start = outline.containers[0][0] if outline.containers else 0
    last = start
    is_sorted = True
    places = []
    for line in lines:
        place = outline.whole.find(line.packed, last)
        if place < 0:
            place = outline.whole.find(line.packed, start)
            is_sorted = is_sorted and place < 0
        last = place if place >= 0 else last
        places.append(last)
    if is_sorted:
        return lines
    ranked = sorted(zip(places, range(len(lines)), strict=True))
    return [lines[number] for _, number in ranked]


def _inside(lines: list[Line], outline: Outline) -> list[Line]:
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


def _weight(lines: Iterable[Line]) -> int:
    return sum(len(line.packed) for line in lines)


def _without_teasers(lines: list[Line], links: frozenset[str], title: str) -> list[Line]:
    """Without the headlines of other articles, their leads, and the dates and the label above them."""
    body = lines[1:] if lines and lines[0].packed == title else lines
    foreign = [False] * len(body)
    ended_links = tuple(link + "." for link in links if is_headline(link))
    for number, line in enumerate(body[1:], 1):  # the first block is the article's own
        if line.packed in links or line.packed.startswith(ended_links):
            foreign[number] = True
        may_be = is_headline(line.packed) and line.packed != title and not line.piece.is_heading
        follower = body[number + 1].packed if number + 1 < len(body) else ""
        if may_be and follower.startswith((line.packed + ".", line.packed + ",")):
            foreign[number] = foreign[number + 1] = True
    for number in range(len(body) - 2, 0, -1):  # a date or a label belongs to what it stands above
        if foreign[number + 1] and (
            _is_label(body[number], all(foreign[number + 1 :])) or is_date(body[number].piece.text)
        ):
            foreign[number] = True
    kept = [line for line, is_foreign in zip(body, foreign, strict=True) if not is_foreign]
    return kept if _weight(kept) >= MIN_SHARE_KEPT * _weight(body) else body


def _is_label(line: Line, is_last: bool) -> bool:
    """A short line above a teaser: with a colon anywhere, without one where only teasers follow."""
    end = line.piece.text[-1]
    return len(line.packed) <= LABEL_MAX and (end in ":：" or (is_last and end.isalnum()))


# -------------------------------------------------------------------------------------- by other pages


def without_furniture(page: PageText, others: Sequence[OtherPage]) -> tuple[PageText, tuple[str, ...]]:
    """Leave out what other pages of the host carry, too.

    Their titles are teasers, wherever they stand. A line that ``RECURS`` of them carry goes where it stands at either
    end; between lines of the article it stays, but gives no claims: an outlet's follow-ups take up a paragraph word
    for word, whose name and pronouns the lines around it need.

    Returns:
        The page, and the hashes of what was left out.
    """
    texts = [page.text[block.start : block.end] for block in page.blocks]
    titles = {pack(other.title) for other in others} - {pack(page.title)}
    recurs = _recurring(texts, others)
    drop = [number > 0 and _is_title(text, titles) for number, text in enumerate(texts)]
    for order in (range(len(texts)), range(len(texts) - 1, -1, -1)):
        for number in order:
            if not (drop[number] or recurs[number]):
                break
            drop[number] = True
    if not any(drop) and not any(recurs):
        return page, ()
    own = sum(len(text) for text, is_dropped in zip(texts, drop, strict=True) if not is_dropped)
    if own < MIN_SHARE_OWN * sum(map(len, texts)):
        return page, ()
    kept = [
        (text, replace(block, is_new=block.is_new and not known))
        for text, block, is_dropped, known in zip(texts, page.blocks, drop, recurs, strict=True)
        if not is_dropped
    ]
    gone = tuple(line_hash(text) for text, is_dropped in zip(texts, drop, strict=True) if is_dropped)
    text, blocks = lay_out(kept)
    return replace(page, text=text, blocks=blocks), gone


def _is_title(text: str, titles: Collection[str]) -> bool:
    packed = pack(text)
    return is_headline(packed) and packed in titles


def _recurring(texts: Sequence[str], others: Sequence[OtherPage]) -> list[bool]:
    """Which lines several other pages carry, or have lost as what others carry."""
    own = frozenset(texts)
    names = {line_hash(text): text for text in own} if any(other.furniture for other in others) else {}
    carried: Counter[str] = Counter()
    for other in others:
        carried.update((own & other.lines) | {names[name] for name in other.furniture & names.keys()})
    return [carried[text] >= RECURS for text in texts]


def lay_out(parts: Iterable[tuple[str, Block]]) -> tuple[str, tuple[Block, ...]]:
    """One text of several, a blank line between them, and each block at its new place."""
    texts: list[str] = []
    blocks: list[Block] = []
    start = 0
    for text, block in parts:
        texts.append(text)
        blocks.append(replace(block, start=start, end=start + len(text)))
        start += len(text) + 2
    return "\n\n".join(texts), tuple(blocks)
