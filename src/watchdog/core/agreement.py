"""How the sentences of one text agree: which of its claims tell one change, and what each lends to the others.

One change keeps its most specific type, one date and one set of details. The factors of confidence that the sentence
alone does not give are added here: the mention's score, the headline that stands alone, the source that contradicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from watchdog.core.confidence import doubts, factor, named, weigh
from watchdog.model.article import TextField
from watchdog.model.claim import Certainty, Claim, Detail, FactorName, Modality
from watchdog.model.dates import PartialDate, Precision
from watchdog.model.mention import Mention
from watchdog.model.status import STATUS_TYPES, Status

#: What a court decides on one day about several people or counts, told in one paragraph after the day is named once.
_ONE_DAY_IN_COURT = frozenset({Status.CONVICTED, Status.SENTENCED, Status.ACQUITTED, Status.REMANDED})
#: "The judges ... on Monday. Seven others were sentenced": so near, in characters, stands the sentence with the day.
_DAY_REACH = 500

_OUT = frozenset({Status.RELEASED, Status.RELEASED_CONDITIONALLY, Status.HOUSE_ARREST})
#: What a headline says too early, with the types by which the text may still bear it out.
_TAKEN_BACK: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.RELEASED: _OUT,
        Status.RELEASED_CONDITIONALLY: _OUT,
        Status.DIED: frozenset({Status.DIED}),
    }
)
_TAKING_BACK = frozenset(
    {Modality.PLANNED, Modality.NEGATED, Modality.DENIED, Modality.REFUSED, Modality.RUMOUR, Modality.HYPOTHETICAL}
)
_UNTRUE = frozenset({Modality.DENIED, Modality.RUMOUR, Modality.RETRACTED})


def agree(
    claims: Sequence[Claim], headlines: Sequence[Claim], weak: frozenset[str], mentions: Sequence[Mention]
) -> tuple[Claim, ...]:
    """Settle the claims of one text.

    Args:
        claims: in the order of the text.
        headlines: those of a headline without a name ("Reporter freed on bail"), which can only make one of the text's
            own claims more specific.
        weak: rules that other claims explain ("left prison" for a hospital).
        mentions: who is named, how surely.
    """
    told = [claim for claim in claims if claim.is_asserted and not claim.is_background]
    finer = [
        claim
        for claim in headlines
        if claim.is_asserted
        and any(one.case_id == claim.case_id and _is_finer(claim.status, one.status) for one in told)
        and not any((one.case_id, one.status) == (claim.case_id, claim.status) for one in told)
    ]
    sober = [_agree_with_text(claim, claims) for claim in _continue_recall(claims)]
    return tuple(_weigh(_settle((*finer, *sober), weak), mentions))


def _is_finer(status: Status, general: Status) -> bool:
    """Whether a type is a release with more said about it; of other types the finer one may be another event."""
    return general is Status.RELEASED and general in STATUS_TYPES[status].more_specific_than


def _continue_recall(claims: Sequence[Claim]) -> Iterator[Claim]:
    """What follows a recalled month or year in the next sentence, without a day of its own, is recalled as well."""
    in_title = {(one.case_id, one.status) for one in claims if one.evidence.field is TextField.TITLE}
    recalled: dict[str, int] = {}  # where the last such sentence of a case ends
    for claim in claims:
        here, date = claim.evidence, claim.date
        if not claim.is_asserted or here.field is not TextField.TEXT:
            yield claim
            continue
        goes_on = 0 <= here.start - recalled.get(claim.case_id, here.end) <= 1
        continues = goes_on and date is None and (claim.case_id, claim.status) not in in_title
        if continues or (claim.is_background and date is not None and date.precision is not Precision.DAY):
            recalled[claim.case_id] = here.end
        yield replace(claim, is_background=True) if continues else claim


def _agree_with_text(claim: Claim, claims: Sequence[Claim]) -> Claim:
    """A headline's "freed" that the text takes back: "ordered the release of X, who stays in prison".

    Of every other type the text's own denial or rumour takes the headline back, but no plan or negation does: those may
    be of another event.
    """
    if not claim.is_asserted or claim.evidence.field is not TextField.TITLE:
        return claim
    kin = _TAKEN_BACK.get(claim.status, frozenset({claim.status}))
    if claim.status is Status.RELEASED and _is_only_pardoned(claim, claims):
        return replace(claim, modality=Modality.PLANNED)
    taking_back = _TAKING_BACK if claim.status in _TAKEN_BACK else _UNTRUE
    told = [
        one
        for one in claims
        if one.case_id == claim.case_id and one.status in kin and one.evidence.field is TextField.TEXT
    ]
    if not told or any(one.is_asserted for one in told):
        return claim
    reason = next((one.modality for one in told if one.modality in taking_back), None)
    return replace(claim, modality=reason) if reason else claim


def _is_only_pardoned(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether the text tells of a pardon and of no release: "Decree frees X" over it is that pardon."""
    told = {
        one.status
        for one in claims
        if one.case_id == claim.case_id and one.is_asserted and one.evidence.field is TextField.TEXT
    }
    return Status.PARDONED in told and told.isdisjoint(_OUT)


def _settle(claims: Sequence[Claim], weak: frozenset[str]) -> Iterator[Claim]:
    """Keep the most specific type of one change over the whole text, with one date and one set of details for it."""
    asserted = [claim for claim in claims if claim.is_asserted]
    details: dict[tuple[str, Status, PartialDate | None], tuple[tuple[Detail, str], ...]] = {}
    for claim in claims:
        if not claim.is_asserted:
            yield claim
            continue
        if any(_says_better(other, claim) for other in asserted):
            continue
        if claim.evidence.rule in weak and any(_explains(other, claim) for other in asserted):
            yield replace(claim, modality=Modality.OTHER_SENSE)
            continue
        date = claim.date
        if date is None and not claim.is_background:
            date = _lent_date(claim, asserted, weak)
        known = details.setdefault((claim.case_id, claim.status, date), claim.details)
        is_told = date is claim.date and known is claim.details
        yield claim if is_told else replace(claim, date=date, details=known)


def _lent_date(claim: Claim, asserted: Sequence[Claim], weak: frozenset[str]) -> PartialDate | None:
    """The date of another sentence for the same change, or for the same day in court."""
    dated = [one for one in asserted if one.date is not None and not one.is_background]
    own = [one for one in dated if one.case_id == claim.case_id]
    ways = (
        (one for one in own if one.status is claim.status),
        (one for one in own if _is_finer(claim.status, one.status)),
        (one for one in own if one.evidence.rule in weak and _explains(claim, one)),
        (one for one in dated if _is_same_sitting(one, claim)),
    )
    return next((one.date for way in ways for one in way), None)


def _is_same_sitting(other: Claim, claim: Claim) -> bool:
    if not {other.status, claim.status} <= _ONE_DAY_IN_COURT or other.evidence.field is not claim.evidence.field:
        return False
    return 0 <= claim.evidence.start - other.evidence.end <= _DAY_REACH


def _explains(other: Claim, claim: Claim) -> bool:
    """Whether "left prison" only tells how somebody got to a hospital or to another prison."""
    moved = other.status in {Status.HOSPITALISED, Status.TRANSFERRED, Status.HOUSE_ARREST}
    return moved and other.case_id == claim.case_id and not other.is_background


def _says_better(other: Claim, claim: Claim) -> bool:
    """Whether another sentence tells the same change by a more specific type; pardon and release are two changes."""
    return (
        claim.status in STATUS_TYPES[other.status].more_specific_than
        and other.status is not Status.PARDONED
        and other.case_id == claim.case_id
        and not other.is_background
        and (claim.date is None or other.date is None or claim.date == other.date)
    )


def _weigh(claims: Iterable[Claim], mentions: Sequence[Mention]) -> Iterator[Claim]:
    """Multiply the factors of confidence that the sentence alone does not give."""
    all_claims = list(claims)
    cases = {mention.case_id for mention in mentions}
    best = {case: max((m for m in mentions if m.case_id == case), key=lambda m: m.score) for case in cases}
    in_text = {
        (claim.case_id, claim.status)
        for claim in all_claims
        if claim.is_asserted and claim.evidence.field is TextField.TEXT
    }
    for claim in all_claims:
        name, factors = best[claim.case_id], list(claim.factors)
        said = {status for case, status in in_text if case == claim.case_id}
        is_alone = claim.status not in said and said.isdisjoint(STATUS_TYPES[claim.status].more_specific_than)
        if claim.evidence.field is TextField.TITLE and is_alone:
            factors.append(factor(FactorName.HEADLINE_ONLY, "only the headline says so"))
        if claim.certainty is Certainty.DISPUTED:
            factors.append(factor(FactorName.DISPUTED, "another source contradicts it"))
        if name.score < 1:
            factors.append(named(name.score, name.reason))
        known = len(factors) == len(claim.factors) and len(claim.doubts) == len(factors)
        yield (
            claim
            if known
            else replace(claim, confidence=weigh(factors), factors=tuple(factors), doubts=doubts(factors))
        )
