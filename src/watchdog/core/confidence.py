"""How sure a claim is: the product of documented factors, and the bands that it falls in.

Each factor is a doubt about who is meant or whether it is asserted, with its weight here and its reason in the claim.
``docs/confidence.md`` says how often claims with each factor were right on the labelled sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from types import MappingProxyType

from watchdog.model.claim import Factor, FactorName
from watchdog.model.event import Band
from watchdog.model.status import STATUS_TYPES, Status

#: From here on a claim is sure: above the one factor of a headline alone (0.7).
SURE_FROM = 0.75
#: From here on a claim is an unconfirmed alert; below, a person looks at it.
UNCONFIRMED_FROM = 0.5
#: A contradiction takes one band: two thirds of SURE_FROM..1 lie in UNCONFIRMED_FROM..SURE_FROM, and so on down.
_CONTRADICTION = (2, 3)

#: One band is a factor of 0.7; two doubts of one band together are for a person.
WEIGHTS: Mapping[FactorName, float] = MappingProxyType(
    {
        #: A pronoun or "the blogger" can mean somebody else, and so can a sentence that names nobody.
        FactorName.CARRIED: 0.85,
        FactorName.UNSPOKEN: 0.75,
        #: Another person was named beside the watched one, whom the pronoun may mean as well.
        FactorName.SHARED: 0.6,
        #: A headline leaves out what the text would say.
        FactorName.HEADLINE_ONLY: 0.7,
        FactorName.DISPUTED: 0.7,
        #: For a person whatever else speaks for it.
        FactorName.RUMOUR: 0.4,
        FactorName.UNSURE_PERSON: 0.4,
        FactorName.CONTRADICTION: _CONTRADICTION[0] / _CONTRADICTION[1],
        FactorName.SECOND_OPINION: 0.7,
        FactorName.SECOND_OPINION_REVIEW: 0.4,
    }
)


def factor(name: FactorName, reason: str) -> Factor:
    """A factor with the weight of its kind."""
    return Factor(name=name, weight=WEIGHTS[name], reason=reason)


def named(score: float, reason: str) -> Factor:
    """How surely the name is the watched person's: the score of the best mention is the weight."""
    return Factor(name=FactorName.NAME, weight=min(1.0, score), reason=reason)


def weigh(factors: Iterable[Factor]) -> float:
    """The confidence that some factors leave: their product, in thousandths."""
    return round(prod(one.weight for one in factors), 3)


def doubts(factors: Iterable[Factor]) -> tuple[str, ...]:
    """What lowers it, in words; a name spelt a little otherwise is no doubt that a reader should hear of."""
    return tuple(one.reason for one in factors if one.name is not FactorName.NAME)


def band_of(confidence: float) -> Band:
    """The band that a confidence falls in."""
    if confidence >= SURE_FROM:
        return Band.SURE
    return Band.UNCONFIRMED if confidence >= UNCONFIRMED_FROM else Band.REVIEW


def told_band(status: Status, confidence: float) -> Band:
    """The band of a claim that is asserted; a critical one is told as unconfirmed rather than kept back."""
    band = band_of(confidence)
    return Band.UNCONFIRMED if band is Band.REVIEW and STATUS_TYPES[status].critical else band


def lowered(confidence: float) -> float:
    """What a contradiction with the timeline leaves of it: one band less."""
    times, over = _CONTRADICTION
    return confidence * times / over
