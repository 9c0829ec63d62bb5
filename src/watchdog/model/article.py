"""What publishers write: entries of a feed, and the revisions of the article behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from watchdog.model.dates import check_aware
from watchdog.model.source import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed."""

    #: Identity within its source: the publisher's id, else the address, else a hash of the title.
    key: str
    #: Canonical address of the article; None where the item has none that we may follow.
    url: str | None
    #: Plain text, no markup, NFC.
    title: str
    summary: str
    #: The item's full text where the feed carries it, as plain text with a blank line between paragraphs.
    content: str
    #: Published, else updated; aware UTC; None where the feed gives no date that can be read. Never after the poll.
    published: datetime | None
    lang: str | None = None
    #: The entry carries all that its page says: the page is for people, and is not asked for.
    is_whole: bool = False

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("an entry needs a key")
        if self.published is not None:
            check_aware(self.published, "published")

    @property
    def own_text(self) -> str:
        """The entry's own text: content, else title and summary apart (the title is a field of its own)."""
        return self.content or self.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed that could be read."""

    title: str
    lang: str | None
    #: In the feed's order, which is not always newest first.
    entries: tuple[Entry, ...]
    #: Oddities worth showing to an operator: "3 items without a date".
    problems: tuple[str, ...] = ()
    #: How often the feed itself wants to be asked; None where it does not say.
    pace: Pace | None = None
    #: Where the items before these stand (RFC 5005; JSON Feed 1.1, ``next_url``); None where the feed does not say.
    older: str | None = None
    #: Further addresses that belong to this poll, the most wanted first: the next page, the files of an index. What
    #: stands behind "#" is not sent, and comes back to the parser.
    more: tuple[str, ...] = ()
    #: Nothing is an answer like any other here, as of a window of days; elsewhere it follows a fault.
    may_be_empty: bool = False
    #: Items left out here, because the last document had them, byte for byte.
    known: int = 0


class FeedRefusal(StrEnum):
    """Why a body is not a feed."""

    EMPTY = "empty"
    HTML = "html"
    NOT_A_FEED = "not_a_feed"
    TOO_LARGE = "too_large"
    PARSER_FAILED = "parser_failed"
    #: A feed without a single item, where there were some before.
    NO_ITEMS = "no_items"
    #: Of all the documents that it leads to none came.
    PARTS_FAILED = "parts_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRefused:
    """A body that is no feed: a failure of the source, never "no news"."""

    reason: FeedRefusal
    detail: str


class TextField(StrEnum):
    """Which of a revision's two texts an offset counts in."""

    TITLE = "title"
    TEXT = "text"


class BlockRole(StrEnum):
    """What a block is on its page."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or heading: the span ``[start, end)`` of its revision's text, in code points."""

    start: int
    end: int
    role: BlockRole = BlockRole.PARAGRAPH
    #: Claims come from new blocks only; old ones give names, antecedents and speakers.
    is_new: bool = True
    #: The date that the block itself carries ("22.01.2019: ..."); relative dates in it count from here.
    dated: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a block of [{self.start}, {self.end}) holds nothing")


class TextFrom(StrEnum):
    """Where a revision's text came from."""

    PAGE = "page"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What was cut out of a page: its title and main text, paragraphs apart by a blank line."""

    title: str
    text: str
    blocks: tuple[Block, ...]
    #: The page's own publication date, where it carries one.
    published: datetime | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text to be judged: a revision of an article, or a document handed to ``analyse``."""

    title: str
    text: str
    #: In order, without overlap; together they cover all of the text but the blank lines.
    blocks: tuple[Block, ...]
    #: Claims come from the title only where it is new too.
    title_is_new: bool = True
    #: ISO 639-1; None means "find out".
    lang: str | None = None
    #: The day from which relative dates count, where no block or dateline gives another one.
    reported: date

    def field(self, name: TextField) -> str:
        """The title or the text."""
        return self.title if name is TextField.TITLE else self.text
