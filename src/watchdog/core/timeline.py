"""Decides what becomes of each claim of a document, against the timeline of its case.

The order is that of docs/design.md, section 7: not asserted, then *same*, then *old*, and everything else is *new*. The
status table says what closes and what contradicts what. A claim without a date counts as told on the day of its report;
a date still to come is no date for what has happened.

Within one document the best claim of a change speaks for it; the others are the same text, or a more general word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile
from types import MappingProxyType

from watchdog.core.confidence import band_of, lowered, told_band
from watchdog.core.details import details_agree
from watchdog.model.article import TextField
from watchdog.model.claim import Certainty, Claim, Modality
from watchdog.model.dates import PartialDate, Precision
from watchdog.model.event import Band, Decision, Outcome, Reason, TimelineEvent
from watchdog.model.status import STATUS_TYPES, Status
from watchdog.model.switches import ALL_ON, Switches

#: Two reports of one change, both with a full date, may differ by so much (design, section 7).
DAY_TOLERANCE = timedelta(days=3)
#: The same where one of them gives a month, or no date.
LOOSE_TOLERANCE = timedelta(days=14)
#: What happened longer before its report is old (design, section 7) ...
OLD_AFTER = timedelta(days=60)
#: ... and this where the text tells it as background.
BACKGROUND_OLD_AFTER = timedelta(days=14)

_UNASSERTED: Mapping[Modality, Reason] = MappingProxyType(
    {
        Modality.NEGATED: Reason.NEGATED,
        Modality.DENIED: Reason.DENIED,
        Modality.REFUSED: Reason.REFUSED,
        Modality.HYPOTHETICAL: Reason.HYPOTHETICAL,
        Modality.PLANNED: Reason.PLANNED,
        Modality.CALLED_FOR: Reason.CALLED_FOR_NOT_DONE,
        Modality.RUMOUR: Reason.RUMOUR,
        Modality.OTHER_PERSON: Reason.OTHER_PERSON,
        Modality.OTHER_SENSE: Reason.OTHER_SENSE,
        Modality.CONTINUES: Reason.STATE_CONTINUES,
        Modality.RETRACTED: Reason.NOTHING_TO_RETRACT,
        Modality.UNSURE_PERSON: Reason.UNSURE_PERSON,
    }
)
#: The place of a type in the table; on one day, what stands earlier happened earlier (detained before released).
_RANK: Mapping[Status, int] = MappingProxyType({status: rank for rank, status in enumerate(STATUS_TYPES)})
_BANDS: tuple[Band, ...] = tuple(Band)
_ONE_DAY = timedelta(days=1)


def decide(
    claims: Sequence[Claim],
    timeline: Sequence[TimelineEvent],
    *,
    reported: date,
    is_retired: bool = False,
    may_alert: bool = True,
    switches: Switches = ALL_ON,
) -> tuple[Decision, ...]:
    """Decide the claims of one document about one case.

    Args:
        claims: all of them, asserted or not.
        timeline: the accepted events of the case, in any order.
        reported: the day of the report, for claims that do not carry their own.
        is_retired: the case is closed and alerts only on reopening types.
        may_alert: False where the article as a whole is old news, which fills the timeline and alerts nobody.
        switches: with ``novelty`` off, every asserted claim is new.

    Returns:
        One decision a claim, in their order. The same document over the timeline that it left gives nothing new.
    """
    facts = [_Fact(claim=claim, reported=claim.reported or reported) for claim in claims]
    asserted = [fact for fact in facts if fact.claim.is_asserted]
    denied = {fact.status for fact in facts if fact.claim.modality is Modality.DENIED}
    desk = _Desk(known=list(timeline), told=asserted, settled=denied, is_retired=is_retired, may_alert=may_alert)
    decided: dict[int, Decision] = {}
    for fact in facts:
        if not fact.claim.is_asserted:
            decided[id(fact)] = _decide_unasserted(fact, desk)
    for fact in sorted(asserted, key=_best_first):
        decided[id(fact)] = _decide_asserted(fact, desk) if switches.novelty else _decide_new(fact, desk)
    return tuple(decided[id(fact)] for fact in facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """A claim with the day of its report."""

    claim: Claim
    reported: date

    @property
    def status(self) -> Status:
        return self.claim.status

    @property
    def when(self) -> PartialDate | None:
        """The claim's date, unless it is still to come."""
        given = self.claim.date
        return given if given and given.first_day <= self.reported else None

    @property
    def day(self) -> date:
        """The last day on which it can have happened."""
        return min(self.when.last_day, self.reported) if self.when else self.reported

    def as_event(self) -> TimelineEvent:
        return TimelineEvent(
            id=None, status=self.status, date=self.when, reported=self.reported, details=self.claim.details
        )


@dataclass(slots=True, kw_only=True)
class _Desk:
    """What is known while the claims of one document are decided one after the other."""

    #: The timeline, less what the document takes back, with what it adds.
    known: list[TimelineEvent]
    #: The asserted claims of the document.
    told: Sequence[_Fact]
    #: Types that it denies, or has sent to a person.
    settled: set[Status]
    is_retired: bool
    may_alert: bool
    #: Events that a claim of this text has spoken for.
    taken: list[TimelineEvent] = field(default_factory=list)

    def is_taken(self, event: TimelineEvent) -> bool:
        return any(event is one for one in self.taken)

    def is_closed(
        self, event: TimelineEvent, since: date, until: date, passing: Iterable[Status], again: _Fact | None = None
    ) -> bool:
        """Whether a type that closes the event, none of those told in passing, lies since a day and before another.

        On that other day itself it may lie too, where a fact is the later of two by its date: "let out at noon, held
        again at the gate". In one text what closes is told first.
        """
        closers = STATUS_TYPES[event.status].closed_by.difference(passing)
        if again is not None:
            before = (one.as_event() for one in takewhile(lambda one: one is not again, self.told))
            earlier = (*(one for one in self.known if not self.is_taken(one)), *before)
            if any(one.status in closers and one.date == again.when for one in earlier):
                return True
        told = (one.as_event() for one in self.told if one.status in closers and one.when)
        return any(
            one.status in closers and (since, _RANK[event.status]) < (_day_of(one), _RANK[one.status]) < (until, -1)
            for one in (*self.known, *told)
        )


def _decision(
    fact: _Fact, outcome: Outcome, reason: Reason, *, event: TimelineEvent | None = None, why: str = ""
) -> Decision:
    """Any decision but a new event; one that waits for a person says why in words too."""
    band, confidence = (Band.REVIEW if outcome is Outcome.REVIEW else None), fact.claim.confidence
    return Decision(
        claim=fact.claim, outcome=outcome, reason=reason, band=band, confidence=confidence, event=event, why=why
    )


def _decide_unasserted(fact: _Fact, desk: _Desk) -> Decision:
    """Silence; a denial disputes the event that it denies, a retraction corrects it."""
    modality, event = fact.claim.modality, None
    if fact.claim.is_doubted and STATUS_TYPES[fact.status].critical:
        return _decide_doubted(fact, desk)
    if modality is Modality.DENIED:
        event = _find_same(fact, desk)
    elif modality is Modality.RETRACTED:
        event = _find_retracted(fact, desk)
    if event is None:
        return _decision(fact, Outcome.SILENCE, _UNASSERTED[modality])
    if band_of(fact.claim.confidence) is Band.REVIEW:
        return _decision(fact, Outcome.REVIEW, Reason.LOW_CONFIDENCE, why="a doubtful denial of a known event")
    if modality is Modality.DENIED:
        return _decision(fact, Outcome.DISPUTE, Reason.DENIED, event=event)
    desk.known = [one for one in desk.known if one is not event]
    return _decision(fact, Outcome.CORRECTION, Reason.KNOWN_EVENT, event=event)


def _decide_doubted(fact: _Fact, desk: _Desk) -> Decision:
    """A rumour, or a namesake's: to a person, unless it is known or old, or this text denies it or says it outright."""
    reason, rows = _UNASSERTED[fact.claim.modality], STATUS_TYPES
    kin = {fact.status, *rows[fact.status].more_specific_than}
    kin |= {status for status, row in rows.items() if fact.status in row.more_specific_than}
    if not kin.isdisjoint({*desk.settled, *(one.status for one in desk.told)}):
        return _decision(fact, Outcome.SILENCE, reason)
    if _find_same(fact, desk) or _why_background(fact, desk):
        return _decision(fact, Outcome.SILENCE, reason)
    desk.settled.add(fact.status)
    return _decision(fact, Outcome.REVIEW, reason, why="; ".join(fact.claim.doubts))


def _decide_asserted(fact: _Fact, desk: _Desk) -> Decision:
    if any(_says_it_better(other, fact) for other in desk.told):
        return _decision(fact, Outcome.SILENCE, Reason.MORE_SPECIFIC)
    event = _find_same(fact, desk)
    if event is not None:
        return _confirm(fact, event, desk)
    desk.known.append(fact.as_event())
    desk.taken.append(desk.known[-1])
    if _is_after_death(fact, desk):
        return _decision(fact, Outcome.REVIEW, Reason.AFTER_DEATH, why="told as later than the known death")
    background = _why_background(fact, desk)
    if background is None:
        return _decide_new(fact, desk)
    if told_band(fact.status, fact.claim.confidence) is Band.REVIEW:
        # A doubtful text must not write history: a wrong old event would hide a true new one.
        return _decision(fact, Outcome.SILENCE, Reason.LOW_CONFIDENCE, why=f"would be {background}")
    return _decision(fact, Outcome.BACKGROUND, background)


def _confirm(fact: _Fact, event: TimelineEvent, desk: _Desk) -> Decision:
    if desk.is_taken(event):
        return _decision(fact, Outcome.SILENCE, Reason.SAME_TEXT)
    desk.taken.append(event)
    outcome = Outcome.DISPUTE if fact.claim.certainty is Certainty.DISPUTED else Outcome.CONFIRMATION
    why = "" if event.status is fact.status else f"a more general word for the known {event.status}"
    return _decision(fact, outcome, Reason.KNOWN_EVENT, event=event, why=why)


def _decide_new(fact: _Fact, desk: _Desk) -> Decision:
    confidence, whys = fact.claim.confidence, list(fact.claim.doubts)
    contradicted = _find_contradiction(fact, desk)
    if contradicted:
        confidence = lowered(confidence)
        whys.append(f"contradicts the known {contradicted.status}, {contradicted.date or 'without a date'}")
    band, why = told_band(fact.status, confidence), "; ".join(whys)
    outcome, reason = (Outcome.REVIEW, Reason.LOW_CONFIDENCE) if band is Band.REVIEW else (Outcome.NEW, None)
    return Decision(claim=fact.claim, outcome=outcome, reason=reason, band=band, confidence=confidence, why=why)


def _best_first(fact: _Fact) -> tuple[int, bool, int, bool, float, bool, int]:
    """Types as in the table; of one: news, the better band, a dated sentence, more confidence, the earlier place."""
    claim = fact.claim
    in_text = claim.evidence.field is TextField.TEXT
    return (
        _RANK[claim.status],
        claim.is_background,
        _BANDS.index(band_of(claim.confidence)),
        not (in_text and fact.when),
        -claim.confidence,
        not in_text,
        claim.evidence.start,
    )


def _find_same(fact: _Fact, desk: _Desk) -> TimelineEvent | None:
    """The known event that a claim tells again: of its own type first, the nearest, one of this document."""
    near = [
        event
        for event in desk.known
        if _is_same_change(fact, event, is_told=desk.is_taken(event)) and not _is_over(event, fact, desk)
    ]

    def order(one: TimelineEvent) -> tuple[bool, timedelta, bool, int, int]:
        is_other = one.status is not fact.status
        return is_other, _distance(fact, one), not desk.is_taken(one), _RANK[one.status], -_day_of(one).toordinal()

    return min(near, key=order, default=None)


def _is_over(event: TimelineEvent, fact: _Fact, desk: _Desk) -> bool:
    """Whether something closed the earlier of event and claim before the later one, so that they are two.

    For a claim without a date what its own document tells does not count, unless the type is critical: a text about a
    release says in passing that the person was detained.
    """
    passing = {fact.status}
    if fact.when is None:
        if desk.is_taken(event):
            return False
        if not STATUS_TYPES[fact.status].critical:
            passing |= {one.status for one in desk.told}
    earlier, later = sorted((_day_of(event), fact.day))
    is_later = _are_full(fact.when, event.date) and _day_of(event) < fact.day
    return desk.is_closed(event, earlier, later, passing, again=fact if is_later else None)


def _is_same_change(fact: _Fact, event: TimelineEvent, *, is_told: bool) -> bool:
    """Whether an event is near in time and in its details; those of one text are parts of one change."""
    if event.status is not fact.status:
        return _is_general_word_for(fact, event)
    if event.status is Status.DIED:  # nobody dies twice
        return True
    if not is_told and not details_agree(fact.claim.details, event.details):
        return False
    if event.last_day is None:  # known, and nobody knows since when: any report without a day of its own is of it
        return fact.when is None or fact.when.precision is not Precision.DAY
    return _distance(fact, event) <= _tolerance(fact.when, event.date)


def _is_general_word_for(fact: _Fact, event: TimelineEvent) -> bool:
    """Whether a claim only says less about a known event: "released" of one released on bail a day before.

    Closer than two reports in the same words must be: held on Monday and remanded on Wednesday are two events.
    """
    if fact.status not in STATUS_TYPES[event.status].more_specific_than or event.last_day is None:
        return False
    return _distance(fact, event) <= (_ONE_DAY if _are_full(fact.when, event.date) else DAY_TOLERANCE)


def _says_it_better(other: _Fact, fact: _Fact) -> bool:
    """Whether another claim of the document names the same change by a more specific type, and is fit to alert."""
    is_specific = fact.status in STATUS_TYPES[other.status].more_specific_than
    is_recalled_alike = other.claim.is_background is fact.claim.is_background
    if not is_specific or not is_recalled_alike or told_band(other.status, other.claim.confidence) is Band.REVIEW:
        return False
    if _are_full(other.when, fact.when):
        return other.when == fact.when
    return _distance(fact, other.as_event()) <= _tolerance(fact.when, other.when)


def _find_retracted(fact: _Fact, desk: _Desk) -> TimelineEvent | None:
    """The event that a retraction takes back: of its date, else the latest one that is not old."""
    candidates = [
        event
        for event in desk.known
        if event.status is fact.status and details_agree(fact.claim.details, event.details)
        if (
            _distance(fact, event) <= _tolerance(fact.when, event.date)
            if fact.when
            else fact.reported - _day_of(event) <= OLD_AFTER
        )
    ]
    return max(candidates, key=_day_of, default=None)


def _find_contradiction(fact: _Fact, desk: _Desk) -> TimelineEvent | None:
    """The known state of the same track, from before this document, that a claim cannot follow."""
    for event in desk.known:
        is_state = event.status in STATUS_TYPES[fact.status].contradicts and not desk.is_taken(event)
        since, until = _day_of(event), fact.day + _ONE_DAY
        if is_state and since < until and not desk.is_closed(event, since, until, {fact.status}):
            return event
    return None


def _is_after_death(fact: _Fact, desk: _Desk) -> bool:
    """Whether the text tells it as later than a death.

    A claim without a date is, once the report itself comes later than the death, more than by the tolerance of dates;
    a death that this document tells bounds only what it dates.
    """
    if fact.status is Status.DIED:
        return False
    deaths = [event for event in desk.known if event.status is Status.DIED]
    if fact.when:
        deaths += [one.as_event() for one in desk.told if one.status is Status.DIED and one.when]
        return any(_day_of(death) < fact.when.first_day for death in deaths if death.last_day)
    return not fact.claim.is_background and any(_day_of(death) + DAY_TOLERANCE < fact.reported for death in deaths)


def _why_background(fact: _Fact, desk: _Desk) -> Reason | None:
    if _is_old(fact):
        return Reason.OLD_NEWS
    if not desk.may_alert:
        return Reason.OLD_ARTICLE
    if desk.is_retired and not STATUS_TYPES[fact.status].reopens:
        return Reason.CASE_RETIRED
    return None


def _is_old(fact: _Fact) -> bool:
    is_background = fact.claim.is_background
    if fact.when is None:
        return is_background
    if is_background and fact.when.precision is Precision.YEAR:
        return True  # "in 2017", recalled: its last day may be yet to come, and it is no news all the same
    return fact.reported - fact.when.last_day > (BACKGROUND_OLD_AFTER if is_background else OLD_AFTER)


def _day_of(event: TimelineEvent) -> date:
    """The last day on which it can have happened; long ago where nothing is known of it."""
    return min((day for day in (event.last_day, event.reported) if day), default=date.min)


def _distance(fact: _Fact, event: TimelineEvent) -> timedelta:
    """The days between the spans that two dates can mean, none where they overlap."""
    told = fact.when or PartialDate.of(fact.reported)
    known = event.date or PartialDate.of(event.reported or date.min)
    return max(told.first_day - known.last_day, known.first_day - told.last_day, timedelta(0))


def _tolerance(one: PartialDate | None, other: PartialDate | None) -> timedelta:
    if any(given and given.precision is Precision.YEAR for given in (one, other)):
        return timedelta(0)
    return DAY_TOLERANCE if _are_full(one, other) else LOOSE_TOLERANCE


def _are_full(*dates: PartialDate | None) -> bool:
    return all(given and given.precision is Precision.DAY for given in dates)
