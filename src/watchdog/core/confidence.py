"""How sure is sure enough: the bands of confidence, and what a contradiction takes."""

from __future__ import annotations

from watchdog.model.event import Band
from watchdog.model.status import STATUS_TYPES, Status

#: From here on a claim is sure: above the one factor that ``core/agreement.py`` gives to a headline alone (0.7).
SURE_FROM = 0.75
#: From here on a claim is an unconfirmed alert; below, a person looks at it.
UNCONFIRMED_FROM = 0.5
#: A contradiction takes one band: two thirds of SURE_FROM..1 lie in UNCONFIRMED_FROM..SURE_FROM, and so on down.
_CONTRADICTION = (2, 3)


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
