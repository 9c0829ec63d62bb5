"""What one text says happened. A claim is not yet an event: see ``event``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from watchdog.model.article import TextField
from watchdog.model.dates import PartialDate
from watchdog.model.status import Status


class Modality(StrEnum):
    """How a text speaks of an event. Only ``ASSERTED`` changes a status; each other one is a reason for silence."""

    ASSERTED = "asserted"
    NEGATED = "negated"
    DENIED = "denied"
    REFUSED = "refused"
    HYPOTHETICAL = "hypothetical"
    PLANNED = "planned"
    CALLED_FOR = "called_for"
    RUMOUR = "rumour"
    OTHER_PERSON = "other_person"
    OTHER_SENSE = "other_sense"
    #: It goes on ("remains on hunger strike, day 5"): the state holds, nothing changed.
    CONTINUES = "continues"
    #: The text takes back what was reported before.
    RETRACTED = "retracted"
    #: Said of somebody who may be the watched person or a namesake.
    UNSURE_PERSON = "unsure_person"


#: A person can take the doubt away; of a critical type somebody must (design, section 7).
DOUBTED = frozenset({Modality.RUMOUR, Modality.UNSURE_PERSON})


class Certainty(StrEnum):
    """Who stands for it."""

    #: The text states it.
    ASSERTED = "asserted"
    #: A named source states it.
    REPORTED = "reported"
    #: Another source contradicts it.
    DISPUTED = "disputed"


class Detail(StrEnum):
    """What tells two events of one type apart; an unknown detail matches any."""

    COUNT = "count"
    COURT = "court"
    TERM = "term"
    PLACE = "place"
    UNTIL = "until"


class FactorName(StrEnum):
    """A doubt that lowers confidence; the weights are in ``core/confidence.py``."""

    #: How surely the name is the watched person's.
    NAME = "name"
    #: A pronoun or description is taken to mean the watched person; one of two people; nobody is named at all.
    CARRIED = "carried"
    SHARED = "shared"
    UNSPOKEN = "unspoken"
    HEADLINE_ONLY = "headline_only"
    #: Another source contradicts it.
    DISPUTED = "disputed"
    RUMOUR = "rumour"
    UNSURE_PERSON = "unsure_person"
    #: It cannot follow what the timeline holds.
    CONTRADICTION = "contradiction"
    #: A plug-in doubts it, or wants a person to look first.
    SECOND_OPINION = "second_opinion"
    SECOND_OPINION_REVIEW = "second_opinion_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One doubt about a claim: the confidence is the product of the weights."""

    name: FactorName
    #: 0 to 1.
    weight: float
    #: In words, for people.
    reason: str

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise ValueError("a factor never raises confidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The sentence that proves a claim, and what found it."""

    field: TextField
    #: The sentence is ``[start, end)`` of the field, in code points.
    start: int
    end: int
    sentence: str
    #: ``en.released.freed``: pack, status, name of the trigger.
    rule: str
    #: The cues that decided how it is said, or that blocked it: ``en.cue.called_for:calls for``.
    cues: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.sentence) or not self.sentence:
            raise ValueError("evidence and its span differ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one text says happened to one case."""

    case_id: str
    status: Status
    modality: Modality
    certainty: Certainty
    #: Who says so, as the text names them: "his lawyer"; None where the text itself does.
    attributed_to: str | None = None
    #: As precise as the text gives it; None where it gives no date for the event.
    date: PartialDate | None = None
    #: The day of the report where its block or dateline gives one; None where it is that of the document.
    reported: dt.date | None = None
    #: Told as background: pluperfect, "in January", a recap paragraph.
    is_background: bool = False
    details: tuple[tuple[Detail, str], ...] = ()
    evidence: Evidence
    #: 0 to 1: how sure we are who is meant and that it is asserted, the product of the factors.
    confidence: float = 1.0
    #: Why the confidence is below 1, in words.
    doubts: tuple[str, ...] = ()
    #: Empty in claims that were stored before there were any.
    factors: tuple[Factor, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError("confidence runs from 0 to 1")

    @property
    def is_asserted(self) -> bool:
        """Whether the text says that it happened."""
        return self.modality is Modality.ASSERTED

    @property
    def is_doubted(self) -> bool:
        """Whether the text says it, and it is not certain whether, or of whom."""
        return self.modality in DOUBTED
