"""Confidence: a product of documented factors, and the bands that it falls in."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchdog.core.confidence import WEIGHTS, band_of, doubts, factor, lowered, named, told_band, weigh
from watchdog.model.claim import Factor, FactorName
from watchdog.model.event import Band
from watchdog.model.status import Status

PAGE = Path(__file__).parents[2] / "docs" / "confidence.md"


def test_every_factor_but_the_names_has_a_weight_that_the_page_tells() -> None:
    page = PAGE.read_text("utf-8")
    assert set(WEIGHTS) == set(FactorName) - {FactorName.NAME}
    assert [name for name, weight in WEIGHTS.items() if f"| `{name}` | {weight:.2f} |" not in page] == []


def test_confidence_is_the_product_and_says_why() -> None:
    factors = (
        factor(FactorName.CARRIED, "“she” is taken to mean the watched person"),
        factor(FactorName.HEADLINE_ONLY, "only the headline says so"),
        named(0.95, "Huseynov: family name alone"),
    )
    assert weigh(()) == 1.0
    assert weigh(factors) == round(0.85 * 0.7 * 0.95, 3)
    assert doubts(factors) == ("“she” is taken to mean the watched person", "only the headline says so")


@pytest.mark.parametrize("weight", [-0.1, 1.01])
def test_no_factor_raises_confidence(weight: float) -> None:
    with pytest.raises(ValueError, match="never raises"):
        Factor(name=FactorName.DISPUTED, weight=weight, reason="")
    assert named(1.4, "").weight == 1.0


@pytest.mark.parametrize(
    ("names", "band"),
    [
        ((), Band.SURE),
        ((FactorName.CARRIED,), Band.SURE),
        ((FactorName.HEADLINE_ONLY,), Band.UNCONFIRMED),
        ((FactorName.SHARED,), Band.UNCONFIRMED),
        ((FactorName.HEADLINE_ONLY, FactorName.DISPUTED), Band.REVIEW),
        ((FactorName.RUMOUR,), Band.REVIEW),
        ((FactorName.UNSURE_PERSON,), Band.REVIEW),
    ],
)
def test_bands(names: tuple[FactorName, ...], band: Band) -> None:
    confidence = weigh(factor(name, "") for name in names)
    assert band_of(confidence) is band
    assert told_band(Status.CHARGED, confidence) is band
    assert told_band(Status.DIED, confidence) is (Band.UNCONFIRMED if band is Band.REVIEW else band)


def test_a_contradiction_weighs_what_its_factor_says() -> None:
    assert lowered(0.9) == pytest.approx(0.9 * WEIGHTS[FactorName.CONTRADICTION])
