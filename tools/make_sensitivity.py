"""Writes ``docs/sensitivity.md``: what each part of the claim engine is worth when it is off.

    python tools/make_sensitivity.py

About a minute. The date on the page is the day of the run.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import labelled

from watchdog.lang import Lexicon, load
from watchdog.model.event import Outcome
from watchdog.model.switches import ALL_ON, Switches

PAGE = labelled.ROOT / "docs" / "sensitivity.md"

INTRODUCTION = """\
# What each part of the engine is worth

Made by `python tools/make_sensitivity.py` on {day}. Each line is the engine with one part off, on the development half
of `tests/eval`: the passages through `analyse`, and title and text of the streams' publications judged in their order
(`tools/labelled.py`; without pages, sidebars and copies, so the first line differs a little from `tests/eval/play.py`).
A part is off by a value, `watchdog.model.switches.Switches`, that is handed to `core.claims.find_claims` and
`core.timeline.decide`; the service has no setting for it.

- **cues**: negation, calls, plans, rumour, background, who says so. Off: every trigger is an assertion.
- **roles**: who fills a trigger's role. Off: everybody watched whom the sentence names.
- **carry over**: pronouns, groups and headlines over the next sentences, what sentences lend one another. Off: each
  sentence alone.
- **dates**: the day of the event. Off: none has one, and nothing is old by its date.
- **novelty**: the timeline, and what is old. Off: every asserted claim is new.
"""


def table(lexicon: Lexicon) -> str:
    """The figures, a line for each part off."""
    lines = ["| off | passages F1 | P | R | streams F1 | P | R |", "| --- | --- | --- | --- | --- | --- | --- |"]
    variants = {one.name.replace("_", " "): Switches(**{one.name: False}) for one in fields(Switches)}
    for name, switches in {"nothing": ALL_ON, **variants}.items():
        passages = labelled.score(
            "passages", labelled.DEV_PASSAGES, labelled.passage_answers(labelled.DEV_PASSAGES, lexicon, switches)
        )
        told = labelled.play_streams(lexicon, switches)
        alerts = (one.as_line() for one in told if one.decision.outcome is Outcome.NEW)
        streams = labelled.score("streams", labelled.STREAMS, alerts)
        figures = [f"{value:.3f}" for one in (passages, streams) for value in (one.f1, one.precision, one.recall)]
        lines.append(f"| {name} | {' | '.join(figures)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = f"{INTRODUCTION.format(day=datetime.now(UTC).date())}\n{table(load())}"
    PAGE.write_text(page, "utf-8")
