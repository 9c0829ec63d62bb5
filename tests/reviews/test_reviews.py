"""What waits for a person in sequences of publications that hold doubts: rumours, namesakes, reports after a death.

Every sixth publication or so holds one, many times more than news does, so the share that is true counts and not how
many there are. A doubt is *true* where it happened to that person, which later publications of the sequence tell. The
rows and sentences are our own (2026-11).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TypedDict

from watchdog.core.names import build_index
from watchdog.core.timeline import decide
from watchdog.lang import load
from watchdog.model.article import Block, Document
from watchdog.model.event import Outcome, TimelineEvent
from watchdog.model.watch import Case
from watchdog.pipeline.work import examine, load_detectors

HERE = Path(__file__).parent


class _Doubt(TypedDict):
    case: str
    status: str
    is_true: bool


class _Publication(TypedDict):
    id: str
    published: str
    lang: str
    title: str
    text: str
    doubts: list[_Doubt]


def _reviews() -> tuple[list[_Publication], list[tuple[str, str, str]]]:
    """The publications, and of each review its publication, case and status."""
    publications: list[_Publication] = [
        json.loads(line) for line in (HERE / "publications.jsonl").read_text("utf-8").splitlines()
    ]
    people = json.loads((HERE / "people.json").read_text("utf-8"))
    lexicon, detectors = load(), load_detectors()
    index = build_index(
        [Case(id=case, name=names[0], aliases=tuple(names[1:])) for case, names in people.items()], lexicon.letters
    )
    timelines: dict[str, list[TimelineEvent]] = {case: [] for case in people}
    found = []
    for row in publications:
        day, text = date.fromisoformat(row["published"]), row["text"]
        document = Document(
            title=row["title"], text=text, blocks=(Block(start=0, end=len(text)),), lang=row["lang"], reported=day
        )
        claims = examine(document, index, lexicon, detectors).claims
        for case, timeline in timelines.items():
            for one in decide([claim for claim in claims if claim.case_id == case], tuple(timeline), reported=day):
                claim = one.claim
                if one.outcome is Outcome.REVIEW:
                    found.append((row["id"], case, claim.status.value))
                elif one.outcome in {Outcome.NEW, Outcome.BACKGROUND}:
                    timeline.append(TimelineEvent(id=None, status=claim.status, date=claim.date, reported=day))
    return publications, found


def test_half_of_what_waits_for_a_person_is_true_and_nothing_waits_without_a_doubt() -> None:
    publications, found = _reviews()
    doubts = {
        (row["id"], doubt["case"], doubt["status"]): doubt["is_true"] for row in publications for doubt in row["doubts"]
    }
    missed = [key for key, is_true in doubts.items() if is_true and key not in found]
    stray = [key for key in found if key not in doubts]
    is_true = [doubts.get(key, False) for key in found]
    print(f"{len(publications)} publications, {len(found)} reviews, {sum(is_true)} true; without a doubt {len(stray)}")
    assert not missed
    assert not stray
    assert sum(is_true) >= len(found) / 2, found
