"""What a second opinion does to a decision: it lowers confidence or sends to a person, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from watchdog.core.confidence import factor, told_band
from watchdog.model.claim import FactorName
from watchdog.model.event import Band, Decision, Outcome, Reason
from watchdog.model.opinion import Opinion, Verdict

_FACTORS = {Verdict.DOUBTS: FactorName.SECOND_OPINION, Verdict.REVIEW: FactorName.SECOND_OPINION_REVIEW}
#: A reason in words is cut to this.
_LONGEST_REASON = 200


def heed(decision: Decision, opinion: Opinion | None) -> Decision:
    """A new event as a second opinion leaves it; any other decision, and any agreement, as it was."""
    if opinion is None or decision.outcome is not Outcome.NEW or opinion.verdict not in _FACTORS:
        return decision
    reason = f"a second opinion doubts it: {opinion.reason[:_LONGEST_REASON]}"
    doubt = factor(_FACTORS[opinion.verdict], reason)
    claim = replace(decision.claim, factors=(*decision.claim.factors, doubt))
    confidence = decision.confidence * doubt.weight
    why = "; ".join(one for one in (decision.why, reason) if one)
    band = told_band(claim.status, confidence)
    if band is Band.REVIEW:
        waits, doubtful = Outcome.REVIEW, Reason.SECOND_OPINION
        return replace(decision, claim=claim, outcome=waits, reason=doubtful, band=band, confidence=confidence, why=why)
    return replace(decision, claim=claim, band=band, confidence=confidence, why=why)
