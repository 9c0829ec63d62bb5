"""Who hears of a new event, and the alert as one value that says all that a message says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from watchdog.model.delivery import Alert, AlertKind, Notice, Subscription
from watchdog.model.event import Band, Decision
from watchdog.model.source import Source
from watchdog.model.status import Status
from watchdog.model.watch import Case

_KEY_DIGITS = 32  # 128 bits: no two deliveries of one home will ever share a key
_THREAD_DIGITS = 16


def choose_subscribers(case_id: str, status: Status, subscriptions: Sequence[Subscription]) -> tuple[int, ...]:
    """Subscribers who hear of this change, each once however many subscriptions match, in ascending order.

    How often they want to hear is not asked here: it decides when, not whether.
    """
    return tuple(
        sorted(
            {
                wanted.subscriber_id
                for wanted in subscriptions
                if (wanted.everything or wanted.case_id == case_id)
                and (not wanted.statuses or status in wanted.statuses)
            }
        )
    )


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


def thread_of(told: Alert | Notice) -> str:
    """The word that all messages of one thread share: those about a case, or about one matter of an operator's."""
    return told.thread if isinstance(told, Notice) else case_thread(told.case_id)


def case_thread(case_id: str) -> str:
    """The word that all messages about one case share, fit for a Message-ID or a List-Id; names nobody."""
    return "case-" + _digest(f"case {case_id}", _THREAD_DIGITS)


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
