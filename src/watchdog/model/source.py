"""Whom we ask: one source is one address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

#: The kinds of proxy, and their ports where the address has none: Tor's, and that of most HTTP proxies.
PROXY_PORTS = {"socks5h": 9050, "http": 8080}


class SourceKind(StrEnum):
    """What sort of publisher speaks."""

    NGO = "ngo"
    NEWS = "news"
    STATE_NEWS = "state_news"
    PARLIAMENT = "parliament"
    IGO = "igo"
    GOVERNMENT = "government"
    REGISTRY = "registry"


class Trust(StrEnum):
    """How much a claim of this source weighs."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source as the operator wrote it; what polling learned about it is in the store."""

    id: str
    url: str
    name: str
    kind: SourceKind = SourceKind.NEWS
    #: The plug-in that asks: ``feed``, or another of the group ``watchdog.sources``.
    via: str = "feed"
    #: ISO 639-1 codes: a prior, not the truth; empty means "detect".
    lang: tuple[str, ...] = ()
    #: Who speaks; corroboration counts organisations.
    org: str = ""
    trust: Trust = Trust.MEDIUM
    #: ``socks5h://HOST:PORT`` or ``http://HOST:PORT``, for the feed and its pages; None: straight.
    proxy: str | None = None
    #: The interval asked for; None lets cadence choose.
    every: timedelta | None = None
    #: Silence worth telling an operator; None: learned.
    quiet_after: timedelta | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a source needs an id")
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"source {self.id!r}: only http and https addresses can be asked")
        if self.proxy is not None and (problem := proxy_problem(self.proxy)):
            raise ValueError(f"source {self.id!r}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a feed wants to be asked (RSS 2.0 ``ttl``, ``skipHours``, ``skipDays``; RSS 1.0 ``sy:``)."""

    every: timedelta | None = None
    #: Hours of the day in UTC, 0 to 23.
    skip_hours: frozenset[int] = frozenset()
    #: Days of the week in UTC, Monday is 0.
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PollMemory:
    """What the answers of a source taught us about asking it; forgotten with its address."""

    #: Of the last answer that had them: a 304 without them leaves them as they are (RFC 9111, section 4.3.4).
    cache_control: str | None = None
    expires: str | None = None
    pace: Pace | None = None
    #: When a whole body last came; since then, only 304, so many.
    whole_at: datetime | None = None
    unchanged: int = 0
    #: One ETag came with two bodies: its 304 is believed for less long.
    is_weak: bool = False
    #: Where permanent redirects lead, how many polls in a row, and since when.
    hint: str | None = None
    hint_polls: int = 0
    hint_since: datetime | None = None
    #: The address that is asked in place of the operator's, once a redirect has proved stable.
    moved_to: str | None = None
    #: The source that is asked there already; then this one stays where it is.
    twin: str | None = None
    #: 410s in a row.
    gone: int = 0
    #: Of a body that hung or killed its parser: it is not parsed again.
    poison: str | None = None
    #: Of the last document: the hash of all but the moments in its head, and the hash of each item, apart by a space.
    steady: str | None = None
    items: str = ""


class SourceState(StrEnum):
    """How a source is, judged from its polls; ``core.states`` decides."""

    OK = "ok"
    #: A well-formed feed without items, where it had some.
    EMPTY = "empty"
    #: No answer, or one that says that something is broken.
    FAILED = "failed"
    #: It answers, and what it answers is no feed, or the same one long beyond its rhythm.
    ZOMBIE = "zombie"
    #: It answers, and has had nothing new for longer than usual.
    QUIET = "quiet"
    #: It does not want to answer us.
    BLOCKED = "blocked"
    #: Its publisher says that it will not come back, or its name has been gone for days.
    GONE = "gone"


class Fault(StrEnum):
    """What kind of failure one poll was."""

    TROUBLE = "trouble"
    BLOCKED = "blocked"
    NO_ITEMS = "no_items"
    #: A body that is no feed.
    NO_FEED = "no_feed"
    #: 410.
    GONE = "gone"
    #: The host's name does not exist.
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One poll that gave no feed."""

    at: datetime
    fault: Fault
    #: For people.
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHistory:
    """What the polls of a source showed of its rhythm and its failures; of one size, whatever its age."""

    #: The first poll that worked, and the last one.
    since: datetime | None = None
    at: datetime | None = None
    #: New entries a day, the last week weighing most; without those of the first poll.
    rate: float = 0.0
    #: The shortest time, lately, in which all items of the document would be others.
    turnover: timedelta | None = None
    #: The share of the last whole document that was known; None before the second one.
    overlap: float | None = None
    #: Whole documents without a known entry: what stood between them may have scrolled past unseen.
    misses: int = 0
    missed_at: datetime | None = None
    #: Entries that older pages of the feed brought back.
    backfilled: int = 0
    #: In the last document.
    items: int | None = None
    #: When a new entry last came; after the first poll, the date of the newest one there.
    newest_at: datetime | None = None
    #: Polls that brought new entries, and the longest time between two of them, forgotten slowly.
    arrivals: int = 0
    silence: timedelta = timedelta(0)
    #: Of the failures in a row: the first, and the last two.
    run: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFound:
    """The state of a source with its evidence."""

    state: SourceState
    #: For people: what was seen, how often, when.
    words: str
    #: Since when it is so, as far as we saw; None of one that is well or was never asked.
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source left OK, or came back."""

    id: int
    source_id: str
    name: str
    state: SourceState
    #: The evidence, for people.
    words: str
    #: The first failure, or the last new entry; of one that came back, that of its leaving.
    since: datetime | None


def proxy_problem(address: str) -> str | None:
    """Why this is no address of a proxy, in words; None where it is one."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "the proxy's address cannot be read"
    if parts.scheme == "socks5":
        return "write socks5h://: names are looked up by the proxy"
    if parts.scheme not in PROXY_PORTS or not parts.hostname:
        return "a proxy is socks5h://HOST:PORT or http://HOST:PORT"
    if "@" in parts.netloc:
        return "a proxy with a password is not supported; secrets do not belong in this file"
    if port == 0 or parts.path.strip("/") or parts.query or parts.fragment:
        return "a proxy's address is a scheme, a host and a port"
    return None
