"""The labelled sets, played through the claim engine without store, pages or network.

Passages go through ``analyse``. Of the streams only title and text are judged, in the order of publication, each case
from an empty timeline: no feeds, pages, sidebars or copies, so that a run takes seconds and differs a little from
``tests/eval/play.py``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from watchdog.core.claims import find_claims
from watchdog.core.names import build_index
from watchdog.core.timeline import decide
from watchdog.lang import Lexicon
from watchdog.model.article import Block, Document
from watchdog.model.event import Decision, Outcome, TimelineEvent
from watchdog.model.switches import ALL_ON, Switches
from watchdog.model.watch import Case
from watchdog.pipeline.analyse import answer_line, decide_line
from watchdog.pipeline.work import Detector, examine

ROOT = Path(__file__).parents[1]
EVAL = ROOT / "tests" / "eval"
DEV_PASSAGES = EVAL / "dev" / "passages.jsonl"
STREAMS = EVAL / "dev" / "streams"
OWN_PASSAGES = tuple(sorted((ROOT / "tests" / "passages").glob("*.jsonl")))
_ASKED = ("id", "lang", "published", "title", "text", "watched", "prior")
_FIGURES = re.compile(r"^F1 (\S+) P (\S+) R (\S+)", re.MULTILINE)

#: Types finer than the streams' labels, as ``tests/eval/score.py`` has them.
COARSER = {
    "remanded": ("charged", "detained"),
    "located": ("transferred",),
    "verdict_overturned": ("sentence_changed",),
    "wanted": ("charged",),
    "attacked": ("ill_treated",),
}

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the scorer says."""

    f1: float
    precision: float
    recall: float


def rows(path: Path) -> list[Row]:
    """A file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def detectors(switches: Switches) -> tuple[Detector, ...]:
    """Our detector with some parts off."""
    return (partial(find_claims, switches=switches),)


def passage_answers(path: Path, lexicon: Lexicon, switches: Switches = ALL_ON) -> Iterator[Row]:
    """What ``analyse`` answers to each passage."""
    for row in rows(path):
        asked = json.dumps({key: row[key] for key in _ASKED})
        yield answer_line(asked, lexicon, detectors(switches), switches)


def decisions(row: Row, lexicon: Lexicon) -> list[Decision]:
    """Every decision on a passage."""
    return decide_line(json.dumps({key: row[key] for key in _ASKED}), lexicon, detectors(ALL_ON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision of a stream, with what was published."""

    stream: str
    publication: Row
    decision: Decision

    def as_line(self) -> Row:
        """The line of ``replay`` as far as the scorer reads it."""
        claim = self.decision.claim
        return {
            "stream": self.stream,
            "kind": "alert",
            "case": claim.case_id,
            "status": claim.status,
            "event_date": str(claim.date) if claim.date else None,
            "url": self.publication["url"],
            "raised_at": self.publication["published"],
        }


def play_streams(lexicon: Lexicon, switches: Switches = ALL_ON, folders: Sequence[Path] = ()) -> Iterator[Told]:
    """Every decision on the development streams, or on some of them."""
    everybody = sorted(path.parent for path in STREAMS.glob("*/case.json"))
    mains = [json.loads((folder / "case.json").read_text("utf-8")) for folder in everybody]
    people = {one["slug"]: one for main in mains for one in (main, *main.get("also_watched", ()))}
    cases = [Case(id=slug, name=one["names"][0], aliases=tuple(one["names"][1:])) for slug, one in people.items()]
    index = build_index(cases, lexicon.letters)
    for folder in folders or everybody:
        timelines: dict[str, tuple[TimelineEvent, ...]] = {}
        seen: dict[object, set[str]] = {}
        for publication in sorted(rows(folder / "stream.jsonl"), key=lambda row: (row["published"], row["id"])):
            document = _document(publication, seen)
            examined = examine(document, index, lexicon, detectors(switches))
            for case in dict.fromkeys(claim.case_id for claim in examined.claims):
                claims = [claim for claim in examined.claims if claim.case_id == case]
                known = timelines.get(case, ())
                decisions = decide(claims, known, reported=document.reported, switches=switches)
                timelines[case] = _after(known, decisions, document.reported)
                for decision in decisions:
                    yield Told(stream=folder.name, publication=publication, decision=decision)


def _document(publication: Row, seen: dict[object, set[str]]) -> Document:
    """The publication; of a page seen before, only what is new in it."""
    title, text = str(publication["title"]), str(publication["text"])
    old = seen.setdefault(publication["url"], set())
    blocks, at = [], 0
    for paragraph in text.split("\n"):
        if paragraph.strip():
            blocks.append(Block(start=at, end=at + len(paragraph), is_new=paragraph not in old))
        at += len(paragraph) + 1
    is_new = title not in old
    old.update((title, *text.split("\n")))
    reported = datetime.fromisoformat(str(publication["published"])).date()
    lang = str(publication["lang"])
    return Document(title=title, text=text, blocks=tuple(blocks), title_is_new=is_new, lang=lang, reported=reported)


def _after(
    known: tuple[TimelineEvent, ...], decisions: Sequence[Decision], reported: date
) -> tuple[TimelineEvent, ...]:
    gone = [one.event for one in decisions if one.outcome is Outcome.CORRECTION]
    made = [one.claim for one in decisions if one.outcome in {Outcome.NEW, Outcome.BACKGROUND}]
    events = (
        TimelineEvent(id=None, status=one.status, date=one.date, reported=one.reported or reported, details=one.details)
        for one in made
    )
    kept = (event for event in known if not any(event is one for one in gone))
    return tuple(replace(event, id=number) for number, event in enumerate((*kept, *events), start=1))


def score(measure: str, labels: Path, lines: Iterator[Row]) -> Figures:
    """What ``tests/eval/score.py`` says of some answers."""
    told = subprocess.run(  # noqa: S603 -- our own scorer, by the interpreter that runs us
        [sys.executable, str(EVAL / "score.py"), measure, str(labels)],
        input="\n".join(json.dumps(line) for line in lines),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = _FIGURES.findall(told)[-1]
    return Figures(f1=float(found[0]), precision=float(found[1]), recall=float(found[2]))
