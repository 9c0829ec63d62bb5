"""A sentence that only names some of those of whom the one before it tells: "Among them is X"."""

from __future__ import annotations

import pytest

from tests.core.test_claims import claims_of
from watchdog.model.status import Status


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Police said twelve people were detained on Monday. Among them is journalist [Lena Marsh].",
            {Status.DETAINED},
        ),
        ("A decree pardoned 12 convicts on Monday. Among them is political prisoner [Lena Marsh].", {Status.PARDONED}),
        ("Twelve people came. Among them was [Lena Marsh], who was arrested at the door.", {Status.DETAINED}),
        ("Reporters stood where 12 people were jailed on Monday. Among them was [Lena Marsh].", set()),
        ("The court freed five men. [Lena Marsh] wrote about them.", set()),
    ],
)
def test_who_is_named_among_them_had_it_happen(text: str, told: set[Status]) -> None:
    assert {claim.status for claim in claims_of(text) if claim.is_asserted} == told
