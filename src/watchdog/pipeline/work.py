"""What runs in the worker processes: the parts of the pipeline that look at outside bytes and texts.

A worker reads the language packs when it starts, and keeps the indexes of the watched cases and topics until
they change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from watchdog import lang, plugins
from watchdog.core import dedup
from watchdog.core.dated import date_of_block
from watchdog.core.expectations import find_expected
from watchdog.core.mentions import find_mentions
from watchdog.core.names import NameIndex, build_index
from watchdog.core.page import extract_page
from watchdog.core.passages import find_unread, named_passages
from watchdog.core.topics import TopicIndex, build_topics, find_topics
from watchdog.lang import Lexicon
from watchdog.model.article import Block, Document, PageText
from watchdog.model.claim import Claim
from watchdog.model.expectation import Expectation
from watchdog.model.meaning import Meaning
from watchdog.model.mention import MentionsFound, Unread
from watchdog.model.topic import TopicMatch
from watchdog.model.watch import Watchlist

#: A line that is a block's date, with a word such as "update" and a time of day, is no longer.
DATE_LINE_MAX = 40

#: A detector plug-in: what a document says happened to whom.
Detector = Callable[[Document, MentionsFound, Lexicon], tuple[Claim, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """All that one document says, before anybody asks whether it is new."""

    found: MentionsFound
    claims: tuple[Claim, ...]
    #: Passages that name somebody and that nobody reads.
    unread: tuple[Unread, ...] = ()
    #: Announced days.
    expected: tuple[Expectation, ...] = ()
    topics: tuple[TopicMatch, ...] = ()


@dataclass(slots=True)
class _Worker:
    """What one worker process keeps between documents."""

    lexicon: Lexicon
    detectors: tuple[Detector, ...]
    watch_version: int | None = None
    index: NameIndex | None = None
    topics: TopicIndex | None = None


_worker: list[_Worker] = []


def prepare(meanings: Sequence[Meaning] = ()) -> None:
    """Read what every document needs; called once when a worker starts, with what operators say that words mean."""
    _worker[:] = [_Worker(lang.load(meanings=meanings), load_detectors())]


def load_detectors() -> tuple[Detector, ...]:
    """The detector plug-ins, ours among them, in the order of their names."""
    found = plugins.load("watchdog.detectors")
    return tuple(detector for _, detector in sorted(found.items()) if callable(detector))


def extract_in_worker(body: bytes, url: str, content_type: str | None, now: datetime) -> PageText | None:
    """The text of a page; None where there is none."""
    return extract_page(body, url=url, content_type=content_type, now=now)


def compare_in_worker(page: PageText, old_paragraphs: Sequence[str], reference: date) -> dedup.Compared:
    """A later revision beside the older ones, by the calendar of its language, else by all."""
    packs = _ready().lexicon.packs
    own = packs.get(page.lang or "")
    calendars = [own.calendar] if own else [pack.calendar for pack in packs.values()]
    return dedup.compare(page, old_paragraphs, calendars, reference)


def examine_in_worker(document: Document, watch_version: int, watchlist: Watchlist | None) -> Examined | None:
    """Examine a document with the watched cases and topics of a version.

    Args:
        document: what to examine.
        watch_version: which state of the watchlist it is to be examined with.
        watchlist: that state; None where the worker is hoped to know it.

    Returns:
        None where the worker does not know that version, and must be given the watchlist.
    """
    worker = _informed(watch_version, watchlist)
    if worker is None or worker.index is None or worker.topics is None:
        return None
    examined = examine(document, worker.index, worker.lexicon, worker.detectors)
    return replace(examined, topics=find_topics(document, worker.topics, worker.lexicon))


def name_somebody_in_worker(
    titles: Sequence[str], watch_version: int, watchlist: Watchlist | None
) -> tuple[bool, ...] | None:
    """Which titles name a watched person; arguments and None as in ``examine_in_worker``."""
    worker = _informed(watch_version, watchlist)
    if worker is None or worker.index is None:
        return None
    return tuple(names_somebody(title, worker.index) for title in titles)


def names_somebody(title: str, index: NameIndex) -> bool:
    """Whether a title alone names a watched person."""
    document = Document(title=title, text="", blocks=(), reported=date.min)  # no date is looked at
    return bool(find_mentions(document, index).mentions)


def _ready() -> _Worker:
    if not _worker:
        prepare()
    return _worker[0]


def _informed(watch_version: int, watchlist: Watchlist | None) -> _Worker | None:
    """This worker with the indexes of a version; None where it does not know that and was not told."""
    worker = _ready()
    if worker.watch_version != watch_version or worker.index is None or worker.topics is None:
        if watchlist is None:
            return None
        worker.index = build_index(watchlist.cases, worker.lexicon.letters)
        worker.topics = build_topics(watchlist.topics, worker.lexicon)
        worker.watch_version = watch_version
    return worker


def examine(document: Document, index: NameIndex, lexicon: Lexicon, detectors: Sequence[Detector]) -> Examined:
    """Find the mentions, and the claims about them."""
    document = replace(document, blocks=_dated(document, lexicon))
    found = find_mentions(document, index)
    if not found.mentions and not found.in_doubt():
        return Examined(found=found, claims=())
    claims = [claim for detect in detectors for claim in detect(document, found, lexicon)]
    passages = named_passages(document, found, lexicon.tongues)
    unread = find_unread(document, found, passages, lexicon.packs)
    expected = find_expected(document, found, claims, passages, lexicon)
    return Examined(found=found, claims=tuple(claims), unread=unread, expected=expected)


def _dated(document: Document, lexicon: Lexicon) -> tuple[Block, ...]:
    """The blocks, each with the date that it carries itself ("22.01.2019: ...").

    On a page of dated updates the undated paragraphs after a date belong to it, up to the next date. A single date at
    the top of an article dates its own paragraph only, because what follows may be the text as it first stood; as a
    line of its own, the next paragraph. One that is a line of its own farther down dates all that follows.
    Days that the page's markup gives are whole: nothing is added to them.
    """
    if any(block.dated for block in document.blocks):
        return document.blocks
    calendars = [pack.calendar for pack in lexicon.packs.values()]
    texts = [document.text[block.start : block.end] for block in document.blocks]
    own = [date_of_block(text, calendars, document.reported) for text in texts]
    days = [day for day in own if day is not None]
    if len(days) == 1:
        place = own.index(days[0])
        if len(texts[place]) <= DATE_LINE_MAX:
            following = len(own) if place else 2
            own[place:following] = days * len(own[place:following])
        return tuple(replace(block, dated=day) for block, day in zip(document.blocks, own, strict=True))
    blocks, last = [], None
    for block, day in zip(document.blocks, own, strict=True):
        last = day or last
        blocks.append(replace(block, dated=last))
    return tuple(blocks)
