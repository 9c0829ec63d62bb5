"""Which doubtful claims tell of one change, and what an accepted one becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.core.test_notices import ITEM
from watchdog.core.review import decide_accepted, find_same, is_same_change
from watchdog.model.claim import Detail, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.event import Band, Decision, Outcome, Reason, TimelineEvent
from watchdog.model.status import Status

REPORTED = date(2026, 3, 1)
WAITING = replace(ITEM, reason="low_confidence", claim=replace(ITEM.claim, confidence=0.3, doubts=("a common name",)))
CLAIM = WAITING.claim


def day(number: int, month: int = 3) -> PartialDate:
    return PartialDate(year=2026, month=month, day=number)


def event(status: Status, when: PartialDate | None) -> TimelineEvent:
    return TimelineEvent(id=5, status=status, date=when, reported=REPORTED)


@pytest.mark.parametrize(
    ("claim", "is_same"),
    [
        pytest.param(CLAIM, True, id="the same"),
        pytest.param(replace(CLAIM, date=day(3)), True, id="three days apart"),
        pytest.param(replace(CLAIM, date=day(4)), False, id="four days apart"),
        pytest.param(replace(CLAIM, date=PartialDate(year=2026, month=3)), True, id="a month"),
        pytest.param(replace(CLAIM, date=None), True, id="no date"),
        pytest.param(replace(CLAIM, status=Status.CHARGED), False, id="another type"),
        pytest.param(replace(CLAIM, modality=Modality.DENIED), False, id="a denial"),
    ],
)
def test_sameness_is_that_of_the_timeline(claim: object, is_same: bool) -> None:
    assert is_same_change(claim, WAITING, (), reported=date(2026, 3, 4)) is is_same  # type: ignore[arg-type]  # a claim


def test_details_that_differ_are_two_changes() -> None:
    one = replace(CLAIM, status=Status.CHARGED, details=((Detail.COUNT, "fraud"),))
    waiting = replace(WAITING, claim=replace(one, details=((Detail.COUNT, "slander"),)))
    assert not is_same_change(one, waiting, (), reported=REPORTED)


def test_what_closed_it_in_between_makes_two_changes() -> None:
    claim = replace(CLAIM, date=day(2))
    again = event(Status.DETAINED, day(1))
    assert is_same_change(claim, WAITING, (), reported=date(2026, 3, 2))
    assert not is_same_change(claim, WAITING, (again,), reported=date(2026, 3, 2))


def test_a_date_still_to_come_is_no_date() -> None:
    waiting = replace(WAITING, claim=replace(CLAIM, date=day(20)))
    assert is_same_change(replace(CLAIM, date=None), waiting, (), reported=REPORTED)


def test_only_what_touches_a_change_meets_what_waits() -> None:
    new = Decision(claim=CLAIM, outcome=Outcome.NEW, band=Band.SURE)
    old = Decision(claim=CLAIM, outcome=Outcome.BACKGROUND, reason=Reason.OLD_NEWS)
    assert find_same(new, (WAITING,), (), reported=REPORTED) == (WAITING,)
    assert find_same(old, (WAITING,), (), reported=REPORTED) == ()


def accepted(*timeline: TimelineEvent, waiting: object = WAITING, **more: bool) -> Decision:
    options = {"is_retired": False, "may_alert": True, **more}
    return decide_accepted(waiting, timeline, **options)  # type: ignore[arg-type]  # a waiting claim


def test_a_person_takes_the_doubt_about_the_text() -> None:
    decision = accepted()
    assert (decision.outcome, decision.band, decision.confidence) == (Outcome.NEW, Band.SURE, 0.3)
    assert decision.claim.doubts == ()


@pytest.mark.parametrize("modality", [Modality.RUMOUR, Modality.UNSURE_PERSON])
def test_a_rumour_is_accepted_as_a_fact_and_closed_by_one(modality: Modality) -> None:
    rumour = replace(WAITING, reason=modality.value, claim=replace(CLAIM, modality=modality))
    assert accepted(waiting=rumour).outcome is Outcome.NEW
    assert accepted(waiting=rumour).claim.is_asserted
    stated = Decision(claim=CLAIM, outcome=Outcome.NEW, band=Band.SURE)
    again = Decision(claim=rumour.claim, outcome=Outcome.REVIEW, reason=Reason(modality.value), band=Band.REVIEW)
    denied = replace(again, claim=replace(CLAIM, modality=Modality.DENIED))
    assert find_same(stated, (rumour,), (), reported=REPORTED) == (rumour,)
    assert find_same(again, (rumour,), (), reported=REPORTED) == (rumour,)
    assert find_same(denied, (rumour,), (), reported=REPORTED) == ()


def test_a_person_does_not_take_a_contradiction() -> None:
    decision = accepted(event(Status.RELEASED_CONDITIONALLY, day(1, 2)), waiting=replace(WAITING, claim=CONVICTED))
    assert decision.band is Band.SURE
    decision = accepted(event(Status.ACQUITTED, day(1, 2)), waiting=replace(WAITING, claim=CONVICTED))
    assert decision.band is Band.UNCONFIRMED


CONVICTED = replace(CLAIM, status=Status.CONVICTED)


def test_a_known_death_keeps_nothing_back_twice() -> None:
    died = event(Status.DIED, day(1, 1))
    assert accepted(died, waiting=replace(WAITING, reason="after_death")).outcome is Outcome.NEW
    assert accepted(died).outcome is Outcome.NEW  # it became known while the claim was waiting
    death = replace(WAITING, claim=replace(CLAIM, status=Status.DIED, date=None))
    assert accepted(died, waiting=death).outcome is Outcome.CONFIRMATION


def test_what_was_accepted_meanwhile_is_confirmed() -> None:
    decision = accepted(event(Status.RELEASED, day(28, 2)))
    assert (decision.outcome, decision.event and decision.event.id) == (Outcome.CONFIRMATION, 5)


def test_old_news_stays_old_news() -> None:
    assert accepted(may_alert=False).outcome is Outcome.BACKGROUND
    assert accepted(is_retired=True).outcome is Outcome.BACKGROUND


def test_a_denial_of_nothing_stays_silent() -> None:
    denial = replace(WAITING, claim=replace(CLAIM, modality=Modality.DENIED))
    assert accepted(waiting=denial).outcome is Outcome.SILENCE
    assert accepted(event(Status.RELEASED, day(28, 2)), waiting=denial).outcome is Outcome.DISPUTE
