"""Prints the table of ``docs/sources.md`` on cadence: feeds of known rates, polled as the service would for 60 days.

Pure arithmetic, no network: ``python tools/simulate_cadence.py``. ``tests/core/test_cadence.py`` holds its figures.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watchdog.core.cadence import next_poll
from watchdog.core.states import is_missed, note_answer
from watchdog.model.source import PollHistory

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 60
HOUR = timedelta(hours=1)
HEADERS = (("etag", '"1"'),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What polling one feed gave."""

    items: int
    polls: int
    #: Items that were gone before they were seen.
    lost: int
    #: Documents without a known entry.
    misses: int
    #: Between publication and poll: the half of the items waited no longer.
    waited: timedelta


def _steady(a_day: float) -> Callable[[random.Random], list[datetime]]:
    """Independent of one another, by day four times as many as by night."""

    def publish(chance: random.Random) -> list[datetime]:
        moments, at = [], START
        most = a_day * 1.6
        while (at := at + timedelta(days=chance.expovariate(most))) < START + timedelta(days=DAYS):
            if chance.random() < (1.0 if 6 <= at.hour < 18 else 0.25):  # noqa: PLR2004 -- daytime
                moments.append(at)
        return moments

    return publish


def _bursty(chance: random.Random) -> list[datetime]:
    """Some day in every ten a campaign: twelve items within an hour; else nothing."""
    moments = []
    for first in range(0, DAYS, 10):
        start = START + timedelta(days=first + chance.uniform(0, 9))
        moments += [start + HOUR * chance.random() for _ in range(12)]
    return sorted(moments)


#: Name, items in the document, when they come.
FEEDS: tuple[tuple[str, int, Callable[[random.Random], list[datetime]]], ...] = (
    ("one a month", 10, _steady(1 / 30)),
    ("one a week", 10, _steady(1 / 7)),
    ("one a day", 10, _steady(1)),
    ("bursts of twelve every ten days", 20, _bursty),
    ("twenty a day", 20, _steady(20)),
    ("a hundred a day", 20, _steady(100)),
    ("500 a day, 20 shown", 20, _steady(500)),
    ("500 a day, 100 shown", 100, _steady(500)),
)


def run(shown: int, moments: list[datetime], every: timedelta | None = None) -> Ran:
    """Poll a feed that shows its newest items.

    Args:
        shown: items in its document.
        moments: when items come, in order.
        every: a fixed interval; None: as learned.
    """
    history, at, seen, polls = PollHistory(), START, 0, 0
    lost = misses = 0
    waits: list[timedelta] = []
    while at < START + timedelta(days=DAYS):
        there = bisect_right(moments, at)
        visible = range(max(0, there - shown), there)
        fresh = range(max(seen, visible.start), there)
        lost += fresh.start - seen if polls else 0
        waits += [at - moments[n] for n in fresh] if polls else []
        is_same = polls > 0 and not fresh
        misses += is_missed(history, new=len(fresh), items=len(visible)) and fresh.start > 0
        history = note_answer(history, at, new=len(fresh), items=None if is_same else len(visible))
        seen, polls = there, polls + 1
        at += next_poll(source_id="a", now=at, every=every, headers=HEADERS, history=history)
    waits.sort()
    return Ran(
        items=len(moments), polls=polls, lost=lost, misses=misses, waited=waits[len(waits) // 2] if waits else 0 * HOUR
    )


def table() -> str:
    """The table as Markdown."""
    lines = [
        "| feed | items in 60 days | polls a day | lost | the same at fixed 30 min | half seen within |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, shown, publish in FEEDS:
        moments = publish(random.Random(20261121))
        learned = run(shown, moments)
        fixed = run(shown, moments, timedelta(minutes=30))
        lines.append(
            f"| {name} | {learned.items} | {learned.polls / DAYS:.0f} | {learned.lost} | "
            f"{fixed.polls / DAYS:.0f}, {fixed.lost} | {round(learned.waited / timedelta(minutes=1))} min |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
