"""Who hears of it, by which channel, and what became of each message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watchdog.model.claim import Certainty
from watchdog.model.dates import PartialDate, check_aware
from watchdog.model.event import Band
from watchdog.model.status import Status


class Channel(StrEnum):
    """How a message travels; each is a plug-in of the group ``watchdog.notifiers``."""

    CONSOLE = "console"
    ATOM = "atom"
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class AlertKind(StrEnum):
    """What an alert tells."""

    ALERT = "alert"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person put right, as its receivers are told."""

    #: What holds now; None where the event is taken back and nothing stands in its place.
    status: Status | None = None
    event_date: PartialDate | None = None
    #: The id of the event that stands in its place.
    event: int | None = None
    #: Why, in that person's words.
    note: str = ""
    #: What was said before the alert that is corrected, where that was a correction itself; the newest first. Some
    #: receivers may have heard only this.
    before: tuple[tuple[Status, PartialDate | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One status change, told once: all that a message says, so that nothing is looked up again when it is sent."""

    kind: AlertKind
    case_id: str
    case_name: str
    status: Status
    #: The event's id: confirmations, disputes and corrections name it.
    event: int
    event_date: PartialDate | None
    certainty: Certainty
    attributed_to: str | None
    band: Band
    confidence: float
    url: str
    source_id: str
    source_name: str
    lang: str | None
    published: datetime | None
    raised_at: datetime
    #: The evidence sentence with its span in ``field`` of the text that was judged.
    evidence: str
    field: str
    start: int
    end: int
    rule: str
    #: Title of the article.
    title: str = ""
    #: What we are not sure of, in words.
    doubts: tuple[str, ...] = ()
    #: A person read the sentence and accepted it.
    is_reviewed: bool = False
    #: Of a correction that a person made; None where a later text takes the event back.
    correction: Correction | None = None

    def __post_init__(self) -> None:
        check_aware(self.raised_at, "raised_at")


class NoticeKind(StrEnum):
    """What operators are told of."""

    #: A claim of a critical type waits for a decision.
    WAITING = "waiting"
    #: It still does, a day later.
    STILL_WAITING = "still_waiting"
    #: All that waits, once a day.
    DAILY = "daily"
    #: Rows that were set aside.
    STUCK = "stuck"
    #: Articles that were set aside and name a watched person in their title.
    STUCK_NAMED = "stuck_named"
    #: Sources that left OK, or are back.
    SOURCES = "sources"
    #: Cases that no source has named for long.
    SILENT = "silent"
    #: Announced days that passed, and nothing was reported.
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to an operator: about the service, not about the world."""

    kind: NoticeKind
    subject: str
    #: Paragraphs apart by a blank line.
    text: str
    #: What messages on one matter share; names nobody.
    thread: str
    raised_at: datetime
    #: The claims that wait, by id.
    claims: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_aware(self.raised_at, "raised_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAlert:
    """An article about a watched topic, told once: all that a message says."""

    topic_id: str
    url: str
    source_id: str
    source_name: str
    #: Title of the article.
    title: str
    lang: str | None
    published: datetime | None
    raised_at: datetime
    #: The phrases as the text has them.
    matched: tuple[str, ...]
    #: The sentence that says so, with its span in ``field`` of the text that was judged.
    evidence: str
    field: str
    start: int
    end: int

    def __post_init__(self) -> None:
        check_aware(self.raised_at, "raised_at")


class Every(StrEnum):
    """How often a subscriber wants to hear, the most immediate first."""

    NOW = "now"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a subscriber wants to hear of; a subscriber may hold several, and still hears of each alert once."""

    id: int
    subscriber_id: int
    #: All cases and topics.
    everything: bool = False
    case_id: str | None = None
    topic_id: str | None = None
    #: Empty means every type.
    statuses: frozenset[Status] = frozenset()
    every: Every = Every.NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what is watched answered, on a day or all through a time."""

    #: Sources that are asked.
    sources: int
    #: Ids and names of those that did not answer.
    silent: tuple[tuple[str, str], ...] = ()

    @property
    def answered(self) -> int:
        """Sources that answered."""
        return self.sources - len(self.silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A case that no text has named for long."""

    case_id: str
    case_name: str
    #: When it was last named, or added.
    since: datetime
    was_never: bool
    #: Of the time since.
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One thing that a digest tells."""

    told: Alert | TopicAlert
    #: Told in its place: it was taken back while it waited.
    correction: Alert | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Several alerts in one message, of the time from ``starts_at`` to ``ends_at``."""

    every: Every
    starts_at: datetime
    ends_at: datetime
    #: In the order in which they were raised; at least one.
    items: tuple[DigestItem, ...]
    coverage: Coverage
    #: What this digest and the corrections of what it told share; names nobody.
    thread: str
    #: When it was cut.
    raised_at: datetime

    def __post_init__(self) -> None:
        check_aware(self.raised_at, "raised_at")
        if not self.items:
            raise ValueError("a digest tells something")


#: What a message can carry.
Content = Alert | Notice | TopicAlert | Digest


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One alert or digest on its way to one subscriber, or one notice on its way to one operator."""

    #: The delivery key: Message-ID, ``webhook-id`` and the Atom id are made of it; the same at every try.
    key: str
    #: The alert's row id, stable over restarts; None for everything else.
    alert_id: int | None
    #: As stored; ``env:NAME`` and ``file:PATH`` are resolved by the channel when it sends.
    target: str
    #: What it says.
    alert: Content
    #: When that was written: dates in the message come from here, never from the clock, so that a repeat is
    #: the same bytes.
    created_at: datetime
    #: The webhook's signing secret; None for other channels.
    secret: str | None = None
    #: Of a correction: the thread of the digest in which its receiver was told; else None.
    thread: str | None = None


class SendReason(StrEnum):
    """Why a message was not accepted; decides who is to blame and what is tried again."""

    TRANSIENT = "transient"
    #: The receiver may have it: tried again with the same key.
    AMBIGUOUS = "ambiguous"
    BAD_ADDRESS = "bad_address"
    POLICY = "policy"
    CONFIG = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The receiver took it."""

    #: What the receiver answered, for the record; no address in it.
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFailed:
    """The receiver did not take it, or we cannot know."""

    reason: SendReason
    #: For a person; no address or token in it.
    detail: str
    retry_after: timedelta | None = None

    @property
    def temporary(self) -> bool:
        """Whether trying again may help."""
        return self.reason in {SendReason.TRANSIENT, SendReason.AMBIGUOUS, SendReason.CONFIG}


SendResult = Sent | SendFailed
