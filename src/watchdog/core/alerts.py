"""Who hears of a new event, and the alert as one value that says all that a message says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

from watchdog.model.delivery import Alert, AlertKind, Content, Digest, Every, Notice, Subscription, TopicAlert
from watchdog.model.event import Band, Decision
from watchdog.model.source import Source
from watchdog.model.status import Status
from watchdog.model.topic import TopicMatch
from watchdog.model.watch import Case

_KEY_DIGITS = 32  # 128 bits: no two deliveries of one home will ever share a key
_THREAD_DIGITS = 16


#: The most immediate first.
_CADENCES = tuple(Every)


def choose_subscribers(case_id: str, status: Status, subscriptions: Sequence[Subscription]) -> Mapping[int, Every]:
    """Subscribers who hear of this change, each once however many subscriptions match, and when.

    Returns:
        By subscriber in ascending order, the most immediate cadence of the subscriptions that match.
    """
    return _soonest(
        wanted
        for wanted in subscriptions
        if (wanted.everything or wanted.case_id == case_id) and (not wanted.statuses or status in wanted.statuses)
    )


def choose_topic_subscribers(topic_id: str, subscriptions: Sequence[Subscription]) -> Mapping[int, Every]:
    """``choose_subscribers`` for an article about a topic.

    Whoever asked for everything, but of some types of change only, asked for changes: articles are none.
    """
    return _soonest(
        wanted for wanted in subscriptions if wanted.topic_id == topic_id or (wanted.everything and not wanted.statuses)
    )


def _soonest(matching: Iterable[Subscription]) -> Mapping[int, Every]:
    found: dict[int, Every] = {}
    for wanted in matching:
        have = found.get(wanted.subscriber_id, wanted.every)
        found[wanted.subscriber_id] = min(have, wanted.every, key=_CADENCES.index)
    return dict(sorted(found.items()))


def make_alert(
    *,
    kind: AlertKind,
    decision: Decision,
    event_id: int,
    case: Case,
    source: Source,
    url: str,
    title: str,
    lang: str | None,
    published: datetime | None,
    raised_at: datetime,
) -> Alert:
    """Put together what a message says.

    Args:
        kind: A correction tells of the event that is taken back; its evidence is the sentence that takes it back.
        decision: Says what happened, how sure we are and why. Where it carries no band, nobody vouched for the claim,
            and the alert is unconfirmed.
        event_id: The store's id of the event; confirmations, disputes and corrections name it.
        case: Whose event it is.
        source: Where the article was found.
        url: The article's address as recorded.
        title: The article's title.
        lang: The article's language; None where nobody knows.
        published: When the article was published, as far as known.
        raised_at: When the decision was made.
    """
    claim = decision.claim
    status, date = claim.status, claim.date
    if kind is AlertKind.CORRECTION and decision.event is not None:
        status, date = decision.event.status, decision.event.date
    doubts = dict.fromkeys(doubt for doubt in (*claim.doubts, decision.why) if doubt)
    return Alert(
        kind=kind,
        case_id=case.id,
        case_name=case.name,
        status=status,
        event=event_id,
        event_date=date,
        certainty=claim.certainty,
        attributed_to=claim.attributed_to,
        band=decision.band or Band.UNCONFIRMED,
        confidence=decision.confidence,
        url=url,
        source_id=source.id,
        source_name=source.name,
        lang=lang,
        published=published,
        raised_at=raised_at,
        evidence=claim.evidence.sentence,
        field=claim.evidence.field.value,
        start=claim.evidence.start,
        end=claim.evidence.end,
        rule=claim.evidence.rule,
        title=title,
        doubts=tuple(doubts),
    )


def make_topic_alert(
    match: TopicMatch,
    *,
    source: Source,
    url: str,
    title: str,
    lang: str | None,
    published: datetime | None,
    raised_at: datetime,
) -> TopicAlert:
    """``make_alert`` for an article about a topic."""
    return TopicAlert(
        topic_id=match.topic_id,
        url=url,
        source_id=source.id,
        source_name=source.name,
        title=title,
        lang=lang,
        published=published,
        raised_at=raised_at,
        matched=match.matched,
        evidence=match.evidence,
        field=match.field.value,
        start=match.start,
        end=match.end,
    )


def topic_key(match_id: int, subscriber_id: int, *, home: str) -> str:
    """``delivery_key`` of an article about a topic; never that of an alert."""
    return _digest(f"topic {home} {match_id} {subscriber_id}", _KEY_DIGITS)


def digest_key(digest_id: int, subscriber_id: int, *, home: str) -> str:
    """``delivery_key`` of a digest; never that of an alert."""
    return _digest(f"digest {home} {digest_id} {subscriber_id}", _KEY_DIGITS)


def notice_key(notice_id: int, subscriber_id: int, *, home: str) -> str:
    """``delivery_key`` of a notice; never that of an alert."""
    return _digest(f"notice {home} {notice_id} {subscriber_id}", _KEY_DIGITS)


def delivery_key(alert_id: int, subscriber_id: int, *, home: str = "") -> str:
    """The key of one alert's delivery to one subscriber: 32 hexadecimal digits, the same at every try.

    Args:
        alert_id: The alert's row.
        subscriber_id: The subscriber's row.
        home: What tells this database from another one whose ids also count from 1, so that a receiver of both, or an
            Atom file that outlived its database, does not take a new alert for one that it has.
    """
    return _digest(f"delivery {home} {alert_id} {subscriber_id}", _KEY_DIGITS)


def thread_of(told: Content) -> str:
    """The word that all messages of one thread share: those about a case or topic, or about one matter.

    A digest and the corrections of what it told are a thread of their own.
    """
    match told:
        case Alert():
            return case_thread(told.case_id)
        case TopicAlert():
            return "topic-" + _digest(f"topic {told.topic_id}", _THREAD_DIGITS)
        case Notice() | Digest():
            return told.thread
        case _:
            assert_never(told)


def list_of(told: Content) -> str:
    """The word by which a reader's filters know messages of one kind: all digests of a cadence have the same."""
    return f"digest-{told.every}" if isinstance(told, Digest) else thread_of(told)


def digest_thread(digest_id: int) -> str:
    """The thread of one digest."""
    return "digest-" + _digest(f"digest {digest_id}", _THREAD_DIGITS)


def case_thread(case_id: str) -> str:
    """The word that all messages about one case share, fit for a Message-ID or a List-Id; names nobody."""
    return "case-" + _digest(f"case {case_id}", _THREAD_DIGITS)


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
