from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from watchdog.core.alerts import (
    case_thread,
    choose_subscribers,
    choose_topic_subscribers,
    delivery_key,
    digest_key,
    make_alert,
    notice_key,
    topic_key,
)
from watchdog.model.article import TextField
from watchdog.model.claim import Certainty, Claim, Evidence, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Alert, AlertKind, Every, Subscription
from watchdog.model.event import Band, Decision, Outcome, Reason, TimelineEvent
from watchdog.model.source import Source
from watchdog.model.status import Status
from watchdog.model.watch import Case

NOW = datetime(2019, 1, 22, 10, tzinfo=UTC)
SENTENCE = "Mehman Huseynov has ended his hunger strike, his lawyer said."
CLAIM = Claim(
    case_id="mehman-huseynov",
    status=Status.HUNGER_STRIKE_ENDED,
    modality=Modality.ASSERTED,
    certainty=Certainty.REPORTED,
    attributed_to="his lawyer",
    date=PartialDate(year=2019, month=1, day=22),
    evidence=Evidence(
        field=TextField.TEXT, start=10, end=10 + len(SENTENCE), sentence=SENTENCE, rule="en.hunger_strike_ended.ended"
    ),
    doubts=("the article names two people of that surname",),
)
FIRST = Decision(claim=CLAIM, outcome=Outcome.NEW, band=Band.SURE, confidence=0.93)


def subscription(number: int, subscriber: int, **wanted: object) -> Subscription:
    return replace(Subscription(id=number, subscriber_id=subscriber), **wanted)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("subscriptions", "chosen"),
    [
        pytest.param([], (), id="nobody"),
        pytest.param([subscription(1, 7, everything=True)], (7,), id="everything"),
        pytest.param([subscription(1, 7, case_id="mehman-huseynov")], (7,), id="this case"),
        pytest.param([subscription(1, 7, case_id="osman-kavala")], (), id="another case"),
        pytest.param([subscription(1, 7, topic_id="mehman-huseynov")], (), id="a topic of the same name"),
        pytest.param([subscription(1, 7, everything=True, statuses=frozenset({Status.DIED}))], (), id="another type"),
        pytest.param(
            [subscription(1, 7, everything=True, statuses=frozenset({Status.DIED, Status.RELEASED}))],
            (7,),
            id="this type",
        ),
        pytest.param([subscription(1, 7, everything=True, every=Every.WEEK)], (7,), id="how often is not whether"),
        pytest.param(
            [subscription(3, 9, everything=True), subscription(1, 7, everything=True), subscription(2, 9, case_id="x")],
            (7, 9),
            id="each once, ascending",
        ),
    ],
)
def test_choose_subscribers(subscriptions: list[Subscription], chosen: tuple[int, ...]) -> None:
    assert tuple(choose_subscribers("mehman-huseynov", Status.RELEASED, subscriptions)) == chosen


@pytest.mark.parametrize("turn", [1, -1])
def test_the_most_immediate_of_the_subscriptions_that_match_decides_when(turn: int) -> None:
    several = [
        subscription(1, 9, everything=True, every=Every.WEEK),
        subscription(2, 9, case_id="mehman-huseynov", every=Every.DAY),
        subscription(3, 9, everything=True, statuses=frozenset({Status.DIED})),
        subscription(4, 7, everything=True, every=Every.WEEK),
        subscription(5, 7, everything=True, statuses=frozenset({Status.RELEASED})),
    ][::turn]
    assert choose_subscribers("mehman-huseynov", Status.RELEASED, several) == {7: Every.NOW, 9: Every.DAY}
    assert choose_subscribers("mehman-huseynov", Status.DIED, several) == {7: Every.WEEK, 9: Every.NOW}


def test_who_hears_of_an_article_on_a_topic() -> None:
    several = [
        subscription(1, 1, everything=True, every=Every.DAY),
        subscription(2, 2, topic_id="strikes", statuses=frozenset({Status.DIED})),
        subscription(3, 3, topic_id="prisons"),
        subscription(4, 4, case_id="strikes"),
        subscription(5, 5, everything=True, statuses=frozenset({Status.DIED})),
        subscription(6, 1, topic_id="strikes", every=Every.HOUR),
    ]
    assert choose_topic_subscribers("strikes", several) == {1: Every.HOUR, 2: Every.NOW}


def test_keys_of_one_number_differ_by_what_they_are_of() -> None:
    keys = {make(1, 2, home="h") for make in (delivery_key, notice_key, topic_key, digest_key)}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
    assert len({digest_key(1, 2, home="h"), digest_key(1, 3, home="h"), digest_key(1, 2, home="i")}) == 3


def alert_of(decision: Decision, kind: AlertKind = AlertKind.ALERT) -> Alert:
    return make_alert(
        kind=kind,
        decision=decision,
        event_id=7,
        case=Case(id="mehman-huseynov", name="Mehman Huseynov"),
        source=Source(id="ocmedia", url="https://oc-media.org/feed/", name="OC Media"),
        url="https://oc-media.org/a",
        title="Blogger ends hunger strike",
        lang="en",
        published=NOW,
        raised_at=NOW,
    )


def test_an_alert_carries_all_that_a_message_says() -> None:
    alert = alert_of(FIRST)
    assert (alert.case_name, alert.source_id, alert.source_name) == ("Mehman Huseynov", "ocmedia", "OC Media")
    assert (alert.status, alert.event, alert.band, alert.confidence) == (Status.HUNGER_STRIKE_ENDED, 7, Band.SURE, 0.93)
    assert (alert.evidence, alert.field, alert.end - alert.start) == (SENTENCE, "text", len(SENTENCE))
    assert alert.doubts == ("the article names two people of that surname",)


def test_doubts_of_claim_and_decision_are_told_once_each() -> None:
    unsure = replace(FIRST, band=Band.UNCONFIRMED, why="no strike was known")
    assert alert_of(unsure).doubts == ("the article names two people of that surname", "no strike was known")
    assert len(alert_of(replace(unsure, why=CLAIM.doubts[0])).doubts) == 1


def test_a_correction_tells_of_the_event_that_is_taken_back() -> None:
    wrong = TimelineEvent(
        id=7, status=Status.RELEASED, date=PartialDate(year=2019, month=1), reported=date(2019, 1, 20)
    )
    decision = Decision(claim=CLAIM, outcome=Outcome.CORRECTION, reason=Reason.KNOWN_EVENT, event=wrong)
    alert = alert_of(decision, AlertKind.CORRECTION)
    assert (alert.status, alert.event_date, alert.evidence) == (Status.RELEASED, wrong.date, SENTENCE)
    assert alert.band is Band.UNCONFIRMED  # nobody vouched for it


def test_a_delivery_key_is_stable_and_tells_deliveries_and_homes_apart() -> None:
    keys = {delivery_key(alert, who, home=home) for alert in range(30) for who in range(30) for home in ("", "b")}
    assert len(keys) == 1800
    assert delivery_key(1, 2) == delivery_key(1, 2) != delivery_key(2, 1)
    assert delivery_key(11, 2) != delivery_key(1, 2, home="1")
    assert delivery_key(1, 23) != delivery_key(12, 3)
    assert all(key.isalnum() and key.isascii() and len(key) == 32 for key in keys)


@pytest.mark.parametrize("case_id", ["mehman-huseynov", "мехман", "a b\r\nBcc: x@y", "x" * 5000, "\ud800", ""])
def test_a_thread_word_fits_a_header_and_names_nobody(case_id: str) -> None:
    word = case_thread(case_id)
    assert word == case_thread(case_id)
    assert word.startswith("case-")
    assert word[5:].isalnum()
    assert len(word) == 21
