"""Each switch takes its part out of the engine, and nothing else; ``docs/sensitivity.md`` measures what that costs."""

from __future__ import annotations

from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.core.timeline import decide
from watchdog.lang import load
from watchdog.model.article import Block, Document
from watchdog.model.event import Outcome, TimelineEvent
from watchdog.model.status import Status
from watchdog.model.switches import ALL_ON, Switches
from watchdog.model.watch import Case

LEXICON = load()
INDEX = build_index([Case(id="c", name="Karim Mansour")], LEXICON.letters)
KNOWN = TimelineEvent(id=1, status=Status.DETAINED, date=None, reported=date(2026, 3, 4))


def new(text: str, switches: Switches) -> list[tuple[str, str | None]]:
    """What is told as new, with its date."""
    document = Document(
        title="", text=text, blocks=(Block(start=0, end=len(text)),), lang="en", reported=date(2026, 3, 5)
    )
    claims = find_claims(document, find_mentions(document, INDEX), LEXICON, switches)
    decisions = decide(claims, [KNOWN], reported=document.reported, switches=switches)
    told = [one.claim for one in decisions if one.outcome is Outcome.NEW]
    return [(claim.status.value, str(claim.date) if claim.date else None) for claim in told]


@pytest.mark.parametrize(
    ("part", "text", "on", "off"),
    [
        ("cues", "Karim Mansour was not released.", [], [("released", None)]),
        ("roles", "The lawyer of Karim Mansour was released.", [], [("released", None)]),
        ("carry_over", "Karim Mansour spoke. He was released.", [("released", None)], []),
        ("dates", "Karim Mansour was released on 4 March.", [("released", "2026-03-04")], [("released", None)]),
        ("novelty", "Karim Mansour was detained.", [], [("detained", None)]),
    ],
)
def test_a_switch_takes_out_its_part(
    part: str, text: str, on: list[tuple[str, str | None]], off: list[tuple[str, str | None]]
) -> None:
    assert new(text, ALL_ON) == on
    assert new(text, Switches(**{part: False})) == off
