"""Writes ``docs/confidence.md``: the factors of confidence, and how often claims were right at each.

    python tools/make_confidence.py

Half a minute. The date on the page is the day of the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import labelled

from watchdog.core.confidence import SURE_FROM, UNCONFIRMED_FROM, WEIGHTS
from watchdog.lang import Lexicon, load
from watchdog.model.claim import FactorName
from watchdog.model.event import Band, Decision, Outcome

PAGE = labelled.ROOT / "docs" / "confidence.md"

INTRODUCTION = """\
# How sure we are

Made by `python tools/make_confidence.py` on {day}. A claim's confidence is the product of its factors
(`core/confidence.py`): each is a doubt about who is meant or whether it is asserted. A contradiction with the timeline
is a factor of the decision. `watchdog explain URL` shows each factor with its reason.

From {sure} on a claim is **sure**; from {unconfirmed} on **unconfirmed**, an alert that says why we are not sure;
below, it waits for a **review**. A critical one (death, release, disappearance) that the text asserts is only marked
unconfirmed, never kept back; one that it gives as a rumour, or tells of a possible namesake, always waits.

## How often they were right
Over {passages} labelled passages (`tests/eval` development half and `tests/passages`) and the streams of the
development half, title and text only: every new event and every review. *Right* is what the labels expect, confirm or
accept of that person; they count an unnamed rumour as no change. The packs were mended on these very texts, so the
shares say what goes wrong least, not what to expect of fresh texts; see [claims.md](claims.md) for those.
"""

_MEANING = {
    FactorName.NAME: "the name is spelt in a way of its own",
    FactorName.CARRIED: "a pronoun or “the blogger” is taken to mean the person",
    FactorName.SHARED: "the same, where somebody else was named beside",
    FactorName.UNSPOKEN: "the sentence names nobody",
    FactorName.HEADLINE_ONLY: "only the headline says so",
    FactorName.DISPUTED: "another source contradicts it",
    FactorName.RUMOUR: "told as a rumour or a guess",
    FactorName.UNSURE_PERSON: "a bare family name, or a name that two watched people have",
    FactorName.CONTRADICTION: "cannot follow what the timeline holds",
    FactorName.SECOND_OPINION: "a plug-in doubts it ([plugins.md](plugins.md))",
    FactorName.SECOND_OPINION_REVIEW: "a plug-in wants a person to look first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that was told, and whether the labels say so."""

    where: str
    band: Band
    confidence: float
    factors: frozenset[FactorName]
    is_right: bool


def table(seen: list[Seen]) -> str:
    """The figures: by band and confidence, and by factor."""
    lines = ["| band | confidence | passages: told | right | streams: told | right |", "| --- |" + " --- |" * 5]
    steps = sorted({round(one.confidence, 2) for one in seen}, reverse=True)
    for band in Band:
        for step in steps:
            here = [one for one in seen if one.band is band and round(one.confidence, 2) == step]
            if here:
                lines.append(f"| {band} | {step:.2f} | {_shares(here)} |")
        lines.append(f"| **{band}** | all | {_shares([one for one in seen if one.band is band])} |")
    lines += ["", "| factor | weight | what it means | passages: told | right | streams: told | right |"]
    lines.append("| --- |" + " --- |" * 6)
    for name in FactorName:
        here = [one for one in seen if name in one.factors]
        weight = f"{WEIGHTS[name]:.2f}" if name in WEIGHTS else "the mention's score"
        lines.append(f"| `{name}` | {weight} | {_MEANING[name]} | {_shares(here)} |")
    here = [one for one in seen if not one.factors]
    lines.append(f"| none | 1.00 | named in full, stated in the text | {_shares(here)} |")
    return "\n".join(lines) + "\n"


def _shares(here: list[Seen]) -> str:
    cells = []
    for where in ("passages", "streams"):
        told = Counter(one.is_right for one in here if one.where == where)
        cells += [str(told.total()), f"{told[True] / told.total():.2f}" if told.total() else ""]
    return " | ".join(cells)


def passages(lexicon: Lexicon) -> Iterator[Seen]:
    """What is told of the labelled passages."""
    for path in (labelled.DEV_PASSAGES, *labelled.OWN_PASSAGES):
        for row in labelled.rows(path):
            yield from _told(row, labelled.decisions(row, lexicon), "passages")


def streams(lexicon: Lexicon) -> Iterator[Seen]:
    """What is told of the streams."""
    for told in labelled.play_streams(lexicon):
        yield from _told(told.publication, [told.decision], "streams")


def _told(row: labelled.Row, decisions: list[Decision], where: str) -> Iterator[Seen]:
    labels = [
        one for key in ("expected", "confirms", "accept") for one in cast("list[dict[str, object]]", row.get(key) or [])
    ]
    right = {(one.get("case"), status) for one in labels for status in _labels(one)}
    for decision in decisions:
        claim = decision.claim
        if decision.band is None or decision.outcome not in {Outcome.NEW, Outcome.REVIEW}:
            continue
        factors = {one.name for one in claim.factors}
        if decision.confidence < claim.confidence:
            factors.add(FactorName.CONTRADICTION)
        names = {claim.status.value, *labelled.COARSER.get(claim.status.value, ())}
        yield Seen(
            where=where,
            band=decision.band,
            confidence=decision.confidence,
            factors=frozenset(factors),
            is_right=any((claim.case_id, name) in right for name in names),
        )


def _labels(label: dict[str, object]) -> list[object]:
    return [label.get("status"), *cast("list[object]", label.get("any_of") or [])]


if __name__ == "__main__":
    packs = load()
    seen = [*passages(packs), *streams(packs)]
    count = sum(len(labelled.rows(path)) for path in (labelled.DEV_PASSAGES, *labelled.OWN_PASSAGES))
    head = INTRODUCTION.format(
        day=datetime.now(UTC).date(), sure=SURE_FROM, unconfirmed=UNCONFIRMED_FROM, passages=f"{count:,}"
    )
    PAGE.write_text(f"{head}\n{table(seen)}", "utf-8")
