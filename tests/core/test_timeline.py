"""What becomes of each claim: one row a rule, and the laws that hold for every document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.confidence import SURE_FROM, UNCONFIRMED_FROM
from watchdog.core.timeline import decide
from watchdog.model.article import TextField
from watchdog.model.claim import Certainty, Claim, Detail, Evidence, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.event import Band, Decision, Outcome, Reason, TimelineEvent
from watchdog.model.status import Status

S = Status
REPORTED = date(2019, 3, 20)


def claim(
    status: Status,
    when: str | None = None,
    *,
    says: str = "It happened.",
    modality: Modality = Modality.ASSERTED,
    certainty: Certainty = Certainty.ASSERTED,
    in_title: bool = False,
    background: bool = False,
    confidence: float = 1.0,
    details: tuple[tuple[Detail, str], ...] = (),
    reported: date | None = None,
) -> Claim:
    return Claim(
        case_id="mehman-huseynov",
        status=status,
        modality=modality,
        certainty=certainty,
        date=PartialDate.parse(when) if when else None,
        reported=reported,
        is_background=background,
        confidence=confidence,
        details=details,
        evidence=Evidence(
            field=TextField.TITLE if in_title else TextField.TEXT, start=0, end=len(says), sentence=says, rule="test"
        ),
    )


def event(
    status: Status,
    when: str | None,
    *,
    reported: date | None = None,
    details: tuple[tuple[Detail, str], ...] = (),
) -> TimelineEvent:
    parsed = PartialDate.parse(when) if when else None
    return TimelineEvent(id=1, status=status, date=parsed, reported=reported, details=details)


def outcomes(decisions: Sequence[Decision]) -> list[tuple[Outcome, Reason | None]]:
    return [(decision.outcome, decision.reason) for decision in decisions]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One claim against one timeline."""

    claim: Claim
    timeline: tuple[TimelineEvent, ...] = ()
    outcome: Outcome
    reason: Reason | None = None
    band: Band | None = None
    is_retired: bool = False
    may_alert: bool = True


def new(one: Claim, *timeline: TimelineEvent, band: Band = Band.SURE) -> Row:
    return Row(claim=one, timeline=timeline, outcome=Outcome.NEW, band=band)


def known(one: Claim, *timeline: TimelineEvent) -> Row:
    return Row(claim=one, timeline=timeline, outcome=Outcome.CONFIRMATION, reason=Reason.KNOWN_EVENT)


def background(one: Claim, reason: Reason = Reason.OLD_NEWS) -> Row:
    return Row(claim=one, outcome=Outcome.BACKGROUND, reason=reason)


def review(one: Claim, reason: Reason, *timeline: TimelineEvent) -> Row:
    return Row(claim=one, timeline=timeline, outcome=Outcome.REVIEW, reason=reason, band=Band.REVIEW)


ROWS = {
    # Same
    "same-day": known(claim(S.SENTENCED, "2019-03-18"), event(S.SENTENCED, "2019-03-18")),
    "full-dates-within-3-days": known(claim(S.SENTENCED, "2019-03-18"), event(S.SENTENCED, "2019-03-15")),
    "full-dates-4-days-apart-are-two": new(claim(S.REMANDED, "2019-03-18"), event(S.REMANDED, "2019-03-14")),
    "month-within-14-days": known(claim(S.SENTENCED, "2019-03-10"), event(S.SENTENCED, "2019-02")),
    "month-farther": new(claim(S.REMANDED, "2019-03-18"), event(S.REMANDED, "2019-02")),
    "claim-without-date-counts-as-its-report": known(claim(S.SENTENCED), event(S.SENTENCED, "2019-03-06")),
    "claim-without-date-15-days-later": new(claim(S.SENTENCED), event(S.SENTENCED, "2019-03-05")),
    "event-without-date-counts-as-its-report": known(
        claim(S.HOSPITALISED, "2019-03-19"), event(S.HOSPITALISED, None, reported=date(2019, 3, 8))
    ),
    "event-known-since-nobody-knows-when": known(claim(S.SENTENCED), event(S.SENTENCED, None)),
    "a-day-beside-an-event-without-any-day-is-new": new(claim(S.CHARGED, "2019-03-19"), event(S.CHARGED, None)),
    "year-means-that-year": known(claim(S.SENTENCED, "2019"), event(S.SENTENCED, "2019-01-02")),
    "year-means-no-other-year": new(claim(S.CHARGED, "2019"), event(S.CHARGED, "2018-12-31")),
    "unknown-detail-matches-any": known(
        claim(S.CHARGED, "2019-03-18"), event(S.CHARGED, "2019-03-18", details=((Detail.COUNT, "fraud"),))
    ),
    "other-count-is-another-charge": new(
        claim(S.CHARGED, "2019-03-18", details=((Detail.COUNT, "espionage"),)),
        event(S.CHARGED, "2019-03-18", details=((Detail.COUNT, "fraud"),)),
    ),
    "longer-name-of-one-court": known(
        claim(S.SENTENCED, "2019-03-18", details=((Detail.COURT, "surakhani court"),)),
        event(S.SENTENCED, "2019-03-18", details=((Detail.COURT, "Surakhani court of Baku"),)),
    ),
    "two-years-are-not-twelve": new(
        claim(S.SENTENCED, "2019-03-18", details=((Detail.TERM, "12 years"),)),
        event(S.SENTENCED, "2019-03-18", details=((Detail.TERM, "2 years"),)),
    ),
    "terms-in-words-cannot-be-compared": known(
        claim(S.SENTENCED, "2019-03-18", details=((Detail.TERM, "iki il"),)),
        event(S.SENTENCED, "2019-03-18", details=((Detail.TERM, "two years"),)),
    ),
    "closed-in-between-is-another-arrest": new(
        claim(S.DETAINED, "2019-03-18", says="Shirin Rahimi was rearrested at her home on Monday."),
        event(S.DETAINED, "2019-03-16"),
        event(S.RELEASED_CONDITIONALLY, "2019-03-17"),
    ),
    "held-and-let-go-on-one-day-then-held-again": new(
        claim(S.DETAINED, "2019-03-18"), event(S.RELEASED, "2019-03-17"), event(S.DETAINED, "2019-03-17")
    ),
    "let-go-on-the-day-of-arrest-is-told-again": known(
        claim(S.RELEASED), event(S.RELEASED, "2019-03-17"), event(S.DETAINED, "2019-03-17")
    ),
    "closed-after-it-is-the-first-arrest": known(
        claim(S.DETAINED, "2019-03-16"), event(S.DETAINED, "2019-03-16"), event(S.RELEASED, "2019-03-17")
    ),
    "known-old-event-recalled": known(claim(S.SENTENCED, "2017-03-03"), event(S.SENTENCED, "2017-03-03")),
    "disputed-report-of-a-known-event": Row(
        claim=claim(S.ILL_TREATED, "2019-03-18", certainty=Certainty.DISPUTED),
        timeline=(event(S.ILL_TREATED, "2019-03-18"),),
        outcome=Outcome.DISPUTE,
        reason=Reason.KNOWN_EVENT,
    ),
    "general-word-for-a-known-event": known(
        claim(S.RELEASED, says="He was freed this week."), event(S.RELEASED_CONDITIONALLY, "2019-03-18")
    ),
    "general-word-with-another-day-is-another-event": new(
        claim(S.RELEASED, "2019-03-20"), event(S.RELEASED_CONDITIONALLY, "2019-03-18")
    ),
    "nobody-dies-twice": known(claim(S.DIED, says="who died in prison"), event(S.DIED, "2018-01-01")),
    # Old
    "old-after-60-days": background(claim(S.SENTENCED, "2019-01-18")),
    "news-at-60-days": new(claim(S.SENTENCED, "2019-01-19")),
    "told-as-background-old-after-14-days": background(claim(S.SENTENCED, "2019-03-05", background=True)),
    "told-as-background-within-14-days": new(claim(S.SENTENCED, "2019-03-06", background=True)),
    "month-counts-from-its-last-day": new(claim(S.CHARGED, "2019-03", background=True)),
    "month-recalled": background(claim(S.CHARGES_DROPPED, "2019-02", background=True)),
    "year-recalled": background(claim(S.CHARGED, "2019", background=True)),
    "missing-date-is-news": new(claim(S.TRANSFERRED)),
    "missing-date-recalled": background(claim(S.TRANSFERRED, background=True)),
    "block-with-a-date-of-its-own": background(
        claim(S.CHARGED, "2018-12-26", reported=date(2019, 3, 1), says="01.03.2019: charged on 26 December")
    ),
    "block-told-then": known(claim(S.CHARGED, reported=date(2018, 12, 27)), event(S.CHARGED, "2018-12-26")),
    # New
    "new-on-an-unknown-track": new(claim(S.RELEASED, "2019-03-20", says="Mehman Huseynov left prison on Saturday.")),
    "term-to-come-is-no-date": new(claim(S.REMANDED, "2019-07-12", says="held until 12 July")),
    "headline-only-is-unconfirmed": new(claim(S.DETAINED, confidence=0.7), band=Band.UNCONFIRMED),
    "doubtful-goes-to-review": review(claim(S.DETAINED, confidence=0.4), Reason.LOW_CONFIDENCE),
    "critical-doubtful-is-unconfirmed": new(claim(S.DIED, confidence=0.1), band=Band.UNCONFIRMED),
    "contradiction-takes-one-band": new(
        claim(S.CONVICTED, "2019-03-19"), event(S.ACQUITTED, "2019-03-01"), band=Band.UNCONFIRMED
    ),
    "contradiction-takes-the-next-band": review(
        claim(S.CONVICTED, "2019-03-19", confidence=0.7), Reason.LOW_CONFIDENCE, event(S.ACQUITTED, "2019-03-01")
    ),
    "contradiction-makes-critical-unconfirmed": new(
        claim(S.RELEASED, "2019-03-19", confidence=0.6), event(S.RELEASED, "2019-01-01"), band=Band.UNCONFIRMED
    ),
    "remanded-though-free": new(
        claim(S.REMANDED, "2019-03-19"), event(S.RELEASED, "2019-03-01"), band=Band.UNCONFIRMED
    ),
    "custody-implied-since-the-last-release": new(
        claim(S.RELEASED, "2019-03-19"), event(S.RELEASED, "2017-01-10"), event(S.SENTENCED, "2017-03-03")
    ),
    "retrial-after-an-overturned-verdict": new(
        claim(S.TRIAL_OPENED, "2019-03-19"), event(S.SENTENCED, "2018-03-01"), event(S.VERDICT_OVERTURNED, "2019-01-01")
    ),
    "what-comes-later-contradicts-nothing": new(claim(S.CONVICTED, "2019-03-10"), event(S.ACQUITTED, "2019-03-15")),
    "disputed-and-new": new(claim(S.ILL_TREATED, certainty=Certainty.DISPUTED)),
    # Death
    "after-death-with-a-date": review(claim(S.RELEASED, "2019-03-19"), Reason.AFTER_DEATH, event(S.DIED, "2019-03-10")),
    "after-death-without-a-date": review(claim(S.HOSPITALISED), Reason.AFTER_DEATH, event(S.DIED, "2019-03-10")),
    "before-death": new(claim(S.HOSPITALISED, "2019-03-09"), event(S.DIED, "2019-03-10")),
    "recalled-after-death": Row(
        claim=claim(S.SENTENCED, background=True),
        timeline=(event(S.DIED, "2019-03-10"),),
        outcome=Outcome.BACKGROUND,
        reason=Reason.OLD_NEWS,
    ),
    # The article, the case
    "old-article-alerts-nobody": Row(
        claim=claim(S.RELEASED, "2019-03-19"),
        outcome=Outcome.BACKGROUND,
        reason=Reason.OLD_ARTICLE,
        may_alert=False,
    ),
    "old-article-in-doubt-is-not-history": Row(
        claim=claim(S.CHARGED, confidence=0.3),
        outcome=Outcome.SILENCE,
        reason=Reason.LOW_CONFIDENCE,
        may_alert=False,
    ),
    "retired-case-stays-closed": Row(
        claim=claim(S.HOSPITALISED), outcome=Outcome.BACKGROUND, reason=Reason.CASE_RETIRED, is_retired=True
    ),
    "retired-case-reopens": Row(claim=claim(S.DETAINED), outcome=Outcome.NEW, band=Band.SURE, is_retired=True),
    # Retraction and denial
    "retraction-corrects": Row(
        claim=claim(S.DIED, modality=Modality.RETRACTED, says="Сообщения о том, что он умер, не подтвердились."),
        timeline=(event(S.DIED, "2019-03-01"),),
        outcome=Outcome.CORRECTION,
        reason=Reason.KNOWN_EVENT,
    ),
    "retraction-of-nothing": Row(
        claim=claim(S.DIED, modality=Modality.RETRACTED),
        timeline=(event(S.HOSPITALISED, "2019-03-01"),),
        outcome=Outcome.SILENCE,
        reason=Reason.NOTHING_TO_RETRACT,
    ),
    "retraction-reaches-back-60-days": Row(
        claim=claim(S.DETAINED, modality=Modality.RETRACTED),
        timeline=(event(S.DETAINED, "2017-01-01"),),
        outcome=Outcome.SILENCE,
        reason=Reason.NOTHING_TO_RETRACT,
    ),
    "retraction-of-a-dated-report": Row(
        claim=claim(S.DETAINED, "2019-01-02", modality=Modality.RETRACTED),
        timeline=(event(S.DETAINED, "2019-01-01"), event(S.DETAINED, "2019-03-01")),
        outcome=Outcome.CORRECTION,
        reason=Reason.KNOWN_EVENT,
    ),
    "doubtful-retraction-goes-to-review": review(
        claim(S.DIED, modality=Modality.RETRACTED, confidence=0.3), Reason.LOW_CONFIDENCE, event(S.DIED, "2019-03-10")
    ),
    "denial-of-a-known-event-disputes-it": Row(
        claim=claim(S.ILL_TREATED, modality=Modality.DENIED, says="DİN: işgəncə iddiaları əsassızdır"),
        timeline=(event(S.ILL_TREATED, "2019-03-14"),),
        outcome=Outcome.DISPUTE,
        reason=Reason.DENIED,
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_rule(row: Row) -> None:
    (decision,) = decide(
        [row.claim], row.timeline, reported=REPORTED, is_retired=row.is_retired, may_alert=row.may_alert
    )

    assert (decision.outcome, decision.reason, decision.band) == (row.outcome, row.reason, row.band)


@pytest.mark.parametrize(
    ("modality", "reason"),
    [
        (Modality.NEGATED, Reason.NEGATED),
        (Modality.DENIED, Reason.DENIED),
        (Modality.REFUSED, Reason.REFUSED),
        (Modality.HYPOTHETICAL, Reason.HYPOTHETICAL),
        (Modality.PLANNED, Reason.PLANNED),
        (Modality.CALLED_FOR, Reason.CALLED_FOR_NOT_DONE),
        (Modality.RUMOUR, Reason.RUMOUR),
        (Modality.OTHER_PERSON, Reason.OTHER_PERSON),
        (Modality.OTHER_SENSE, Reason.OTHER_SENSE),
        (Modality.CONTINUES, Reason.STATE_CONTINUES),
        (Modality.RETRACTED, Reason.NOTHING_TO_RETRACT),
        (Modality.UNSURE_PERSON, Reason.UNSURE_PERSON),
    ],
)
def test_what_is_not_asserted_is_silence_with_its_reason(modality: Modality, reason: Reason) -> None:
    (decision,) = decide([claim(S.CHARGED, modality=modality)], [], reported=REPORTED)

    assert (decision.outcome, decision.reason) == (Outcome.SILENCE, reason)


@pytest.mark.parametrize("modality", [Modality.RUMOUR, Modality.UNSURE_PERSON])
def test_a_doubtful_critical_claim_waits_unless_it_is_known_or_old(modality: Modality) -> None:
    doubted = claim(S.RELEASED, modality=modality)
    (waits,) = decide([doubted], [], reported=REPORTED)
    (known,) = decide([doubted], [event(S.RELEASED, "2019-03-18")], reported=REPORTED)
    (old,) = decide([doubted], [], reported=REPORTED, may_alert=False)

    assert (waits.outcome, waits.reason, waits.band) == (Outcome.REVIEW, Reason(modality.value), Band.REVIEW)
    assert known.outcome is old.outcome is Outcome.SILENCE


@pytest.mark.parametrize("told", [S.RELEASED, S.RELEASED_CONDITIONALLY, S.HOUSE_ARREST])
def test_a_text_that_states_it_needs_no_review_of_its_rumour(told: Status) -> None:
    rumour, stated = decide([claim(S.RELEASED, modality=Modality.RUMOUR), claim(told)], [], reported=REPORTED)

    assert (rumour.outcome, stated.outcome) == (Outcome.SILENCE, Outcome.NEW)


NEW = (Outcome.NEW, None)
SAME_TEXT = (Outcome.SILENCE, Reason.SAME_TEXT)
GENERAL = (Outcome.SILENCE, Reason.MORE_SPECIFIC)
KNOWN = (Outcome.CONFIRMATION, Reason.KNOWN_EVENT)
OLD = (Outcome.BACKGROUND, Reason.OLD_NEWS)


@pytest.mark.parametrize(
    ("claims", "timeline", "expected"),
    [
        pytest.param(
            [
                claim(S.RELEASED, in_title=True, says="Mehman Huseynov walks free after two years"),
                claim(S.RELEASED, "2019-03-19", says="He left prison on Tuesday."),
            ],
            [],
            [SAME_TEXT, NEW],
            id="dated-sentence-speaks-for-the-headline",
        ),
        pytest.param(
            [claim(S.RELEASED, "2019-03-19", confidence=0.6), claim(S.RELEASED)],
            [],
            [SAME_TEXT, NEW],
            id="surer-sentence-speaks-for-the-dated-one",
        ),
        pytest.param(
            [claim(S.RELEASED, in_title=True), claim(S.RELEASED, "2019-03-19")],
            [event(S.RELEASED, "2019-03-18")],
            [SAME_TEXT, KNOWN],
            id="one-confirmation-a-document",
        ),
        pytest.param(
            [claim(S.RELEASED, says="back with her family"), claim(S.RELEASED_CONDITIONALLY, "2019-03-19")],
            [],
            [GENERAL, NEW],
            id="paroled-is-not-released",
        ),
        pytest.param(
            [claim(S.CONVICTED, "2019-03-19"), claim(S.SENTENCED, "2019-03-19")],
            [],
            [GENERAL, NEW],
            id="convicted-beside-sentenced",
        ),
        pytest.param(
            [
                claim(S.SENTENCED, details=((Detail.TERM, "7 years"),), says="A court has sentenced her to 7 years"),
                claim(
                    S.SENTENCED, "2019-03-19", details=((Detail.TERM, "6 years"),), says="given 6 years for collusion"
                ),
            ],
            [],
            [SAME_TEXT, NEW],
            id="parts-of-one-sentence",
        ),
        pytest.param(
            [claim(S.CONVICTED, "2019-03-16"), claim(S.SENTENCED, "2019-03-19")],
            [],
            [NEW, NEW],
            id="convicted-days-before-sentenced",
        ),
        pytest.param(
            [claim(S.CONVICTED, "2019-03-19"), claim(S.SENTENCED, background=True)],
            [],
            [NEW, OLD],
            id="recalled-sentence-is-of-another-verdict",
        ),
        pytest.param(
            [claim(S.CONVICTED), claim(S.SENTENCED, confidence=0.3)],
            [],
            [NEW, (Outcome.REVIEW, Reason.LOW_CONFIDENCE)],
            id="doubtful-specific-word-hides-nothing",
        ),
        pytest.param(
            [claim(S.PARDONED, "2019-03-19"), claim(S.RELEASED, "2019-03-20")],
            [],
            [NEW, NEW],
            id="pardoned-on-tuesday-left-prison-on-wednesday",
        ),
        pytest.param(
            [claim(S.SENTENCED, "2017-03-03"), claim(S.SENTENCED, "2019-03-19"), claim(S.SENTENCED, in_title=True)],
            [],
            [OLD, NEW, SAME_TEXT],
            id="several-events-of-one-type",
        ),
        pytest.param(
            [
                claim(S.DETAINED, "2019-03-19", says="was detained a second time on Tuesday"),
                claim(S.RELEASED, "2019-03-18", says="let go on Monday"),
                claim(S.DETAINED, "2019-03-18", says="after police held her on Monday"),
            ],
            [],
            [NEW, NEW, NEW],
            id="held-let-go-held-again-in-one-text",
        ),
        pytest.param(
            [claim(S.DETAINED, "2019-03-18"), claim(S.REMANDED, "2019-03-19")],
            [event(S.RELEASED, "2019-03-01")],
            [NEW, NEW],
            id="arrest-told-in-the-text-explains-the-remand",
        ),
        pytest.param(
            [claim(S.DETAINED, says="He was arrested on Monday evening."), claim(S.RELEASED, "2019-03-19")],
            [event(S.DETAINED, "2019-03-16")],
            [KNOWN, NEW],
            id="arrest-told-in-passing-beside-the-release",
        ),
        pytest.param(
            [claim(S.HOSPITALISED), claim(S.DIED, "2019-03-18")],
            [],
            [NEW, NEW],
            id="a-death-bounds-what-its-text-dates",
        ),
        pytest.param(
            [claim(S.TRANSFERRED, "2019-03-19"), claim(S.DIED, "2019-03-18")],
            [],
            [(Outcome.REVIEW, Reason.AFTER_DEATH), NEW],
            id="later-than-the-death-it-tells",
        ),
        pytest.param(
            [claim(S.RELEASED, "2019-03-19"), claim(S.DIED, modality=Modality.RETRACTED)],
            [event(S.DIED, "2019-03-10")],
            [NEW, (Outcome.CORRECTION, Reason.KNOWN_EVENT)],
            id="death-taken-back-by-the-same-text",
        ),
    ],
)
def test_claims_of_one_document(
    claims: list[Claim], timeline: list[TimelineEvent], expected: list[tuple[Outcome, Reason | None]]
) -> None:
    assert outcomes(decide(claims, timeline, reported=REPORTED)) == expected


def test_a_contradiction_says_what_it_contradicts() -> None:
    (decision,) = decide([claim(S.CONVICTED)], [event(S.ACQUITTED, "2019-01-01")], reported=REPORTED)

    assert decision.why == "contradicts the known acquitted, 2019-01-01"


@pytest.mark.parametrize(("confidence", "lowered"), [(SURE_FROM, Band.UNCONFIRMED), (UNCONFIRMED_FROM, Band.REVIEW)])
def test_a_contradiction_takes_exactly_one_band(confidence: float, lowered: Band) -> None:
    (decision,) = decide(
        [claim(S.CONVICTED, confidence=confidence)], [event(S.ACQUITTED, "2019-01-01")], reported=REPORTED
    )

    assert decision.band is lowered


#: Types that close, contradict, imply or outrank one another, so that few claims meet many rules.
kin = st.sampled_from([S.DETAINED, S.REMANDED, S.RELEASED, S.RELEASED_CONDITIONALLY, S.HOUSE_ARREST, S.DIED])
statuses = kin | st.sampled_from(Status)
days = st.integers(min_value=0, max_value=9).map(lambda back: (REPORTED - timedelta(days=back * back)).isoformat())
dates_or_less = st.none() | days | days.map(lambda day: day[:7]) | days.map(lambda day: day[:4])
details = st.sampled_from([(), ((Detail.COUNT, "fraud"),), ((Detail.COUNT, "treason"),)])
claims_of_a_document = st.lists(
    st.builds(
        claim,
        statuses,
        dates_or_less,
        modality=st.sampled_from([Modality.ASSERTED] * 6 + list(Modality)),
        certainty=st.sampled_from(Certainty),
        in_title=st.booleans(),
        background=st.booleans(),
        confidence=st.sampled_from([0.2, 0.6, 0.9, 1.0]),
        details=details,
    ),
    max_size=8,
)
timelines = st.lists(st.builds(event, statuses, days, details=details), max_size=6)


@given(claims_of_a_document, timelines)
def test_only_asserted_claims_change_a_status(claims: list[Claim], timeline: list[TimelineEvent]) -> None:
    decisions = decide(claims, timeline, reported=REPORTED)

    assert [decision.claim for decision in decisions] == claims
    assert all(decision.claim.is_asserted for decision in decisions if decision.outcome is Outcome.NEW)
    assert all(decision.reason for decision in decisions if decision.outcome is not Outcome.NEW)


@given(claims_of_a_document, timelines)
def test_the_same_document_again_is_nothing_new(claims: list[Claim], timeline: list[TimelineEvent]) -> None:
    claims = [one for one in claims if one.modality is not Modality.RETRACTED]
    first = decide(claims, timeline, reported=REPORTED)
    added = [
        TimelineEvent(
            id=number,
            status=decision.claim.status,
            date=decision.claim.date,
            reported=REPORTED,
            details=decision.claim.details,
        )
        for number, decision in enumerate(first)
        if decision.outcome in {Outcome.NEW, Outcome.BACKGROUND}
    ]

    second = decide(claims, [*timeline, *added], reported=REPORTED)

    assert [decision for decision in second if decision.outcome is Outcome.NEW] == []


@given(claims_of_a_document, timelines)
def test_the_order_of_the_timeline_does_not_matter(claims: list[Claim], timeline: list[TimelineEvent]) -> None:
    forward = decide(claims, timeline, reported=REPORTED)
    backward = decide(claims, timeline[::-1], reported=REPORTED)

    assert outcomes(forward) == outcomes(backward)
