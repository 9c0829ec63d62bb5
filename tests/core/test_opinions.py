"""A second opinion lowers confidence or sends to a person; no answer does anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.test_timeline import claim
from watchdog.core.opinions import heed
from watchdog.model.event import Band, Decision, Outcome, Reason
from watchdog.model.opinion import Opinion, Verdict
from watchdog.model.status import Status

NEW = Decision(claim=claim(Status.CHARGED), outcome=Outcome.NEW, band=Band.SURE, confidence=1.0)
WAITS = Outcome.REVIEW


@pytest.mark.parametrize(
    ("status", "verdict", "outcome", "band"),
    [
        (Status.CHARGED, Verdict.AGREES, Outcome.NEW, Band.SURE),
        (Status.CHARGED, Verdict.DOUBTS, Outcome.NEW, Band.UNCONFIRMED),
        (Status.CHARGED, Verdict.REVIEW, WAITS, Band.REVIEW),
        (Status.RELEASED, Verdict.DOUBTS, Outcome.NEW, Band.UNCONFIRMED),
        (Status.RELEASED, Verdict.REVIEW, Outcome.NEW, Band.UNCONFIRMED),
    ],
)
def test_a_new_event(status: Status, verdict: Verdict, outcome: Outcome, band: Band) -> None:
    decision = heed(replace(NEW, claim=claim(status)), Opinion(verdict=verdict, reason="a namesake"))
    assert (decision.outcome, decision.band) == (outcome, band)
    assert ("a namesake" in decision.why) is (verdict is not Verdict.AGREES)
    assert decision.confidence <= NEW.confidence


def test_a_weak_claim_is_never_raised() -> None:
    weak = replace(NEW, band=Band.UNCONFIRMED, confidence=0.6)
    assert heed(weak, Opinion(verdict=Verdict.AGREES, reason="")) == weak
    assert heed(weak, None) == weak
    assert heed(weak, Opinion(verdict=Verdict.DOUBTS, reason="")).outcome is WAITS


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.NEW])
def test_what_is_not_new_stays_as_it_is(outcome: Outcome) -> None:
    decision = replace(NEW, outcome=outcome, reason=Reason.KNOWN_EVENT, band=None)
    assert heed(decision, Opinion(verdict=Verdict.REVIEW, reason="")) == decision
