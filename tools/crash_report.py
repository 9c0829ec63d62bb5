"""Plays every crash and plants every bug, prints both tables, and writes them to docs/crashes.md.

    make crash-report            # about ten minutes on two free cores
    python -m tools.crash_report --workers   # the same with real worker processes; half an hour
    python -m tools.crash_report --only crashes   # or bugs: one table anew, the other one of the page is kept

Exit code 1 where a play fails or a bug is not caught; the page is written all the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.crash.paths import Stage, pairs, staged
from tests.crash.planting import SUITES, Bug, first_to_catch, read_bugs
from tests.crash.trips import TRIPS, Trip

PAGE = Path(__file__).parents[1] / "docs" / "crashes.md"

_HEAD = """\
# Crashes and planted bugs

`make crash-report` makes this page; do not edit it. The crashes are of {date}{how}. The first table is the
proof that Watchdog loses nothing and doubles nothing when its process dies; the second that the tests would see it
if it did.

## How to read the first table

`watchdog.points.point` marks {points} kinds of places between two effects: before and after each commit, around
each request, each piece of work of a worker and each message, and at each step of an archive record's way to
the disk. For every path and every n, the real service (one full pass) came to its n-th point and was ended there by
`os._exit(137)`; its leases were ended as 90 seconds would; the service was started again. The play is good if
the database then says, row by row, what it says after a run that nobody disturbed (entries, articles,
revisions, claims, events, alerts and deliveries, delivery keys among them; times and places in the archive
aside), nothing is held, waiting or set aside, the receiver has each alert under one key with one body, no more
often than one plus crashes plus lost answers, and the archive's record of each revision verifies.

A cell says how often a run passes the point; each of these passages was a crash of its own. {verdict}
Where a person types a command (`review accept`, `events retract|correct`), the command is killed and typed again.
Letters are counted by Message-ID, at a real SMTP server. {pairs}

By hand: `WATCHDOG_CRASH_AT=12 WATCHDOG_CRASH_LOG=points.txt watchdog run --once` ends at the twelfth point and
leaves the names of the points in the file; with 0 it ends at none. Without the variable a point does nothing.

A process that dies shows what is committed in which order; what a power cut takes besides is held by
`tests/crash/test_disk.py`, which looks at the calls of `fsync` and at SQLite's settings.
`tests/crash/test_two_actors.py` plays two services on one database with pauses, clock jumps, refusals and lost
answers.

"""

_BUGS = """
## Planted bugs

Of {date}. Each is a small change to a copy of the source (`tests/crash/planted.toml`), against which the
tests ran that had seen it last, then the suites in the order {order} until one failed; named is the test.

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of all crashes on one path."""

    trip: Trip
    points: Sequence[str]
    #: (number of the point, what was wrong).
    failures: Sequence[tuple[int, str]]
    #: Plays with two crashes, and how many of them ended badly.
    pairs: int
    bad_pairs: int


def play_all(trip: Trip, *, workers: bool) -> Played:
    """End the service at every point of a path."""
    with (
        tempfile.TemporaryDirectory(prefix="watchdog-crashes-") as name,
        staged(trip, Path(name), workers=workers) as stage,
    ):
        failures = []
        for number in range(1, len(stage.points) + 1):
            try:
                stage.play(number)
            except AssertionError as exc:
                failures.append((number, str(exc).partition("\n")[0] or "the end differs from that of a calm run"))
        sample = pairs(len(stage.points))
        bad = [pair for pair in sample if not _ends_well(stage, pair)]
        said = f"{trip.name}: {len(stage.points)} crashes, {len(failures)} failures, of two crashes at {bad}"
        print(said, file=sys.stderr, flush=True)
        return Played(trip=trip, points=tuple(stage.points), failures=failures, pairs=len(sample), bad_pairs=len(bad))


def _ends_well(stage: Stage, pair: tuple[int, int]) -> bool:
    try:
        stage.play(*pair)
    except AssertionError:
        return False
    return True


def catch(bug: Bug) -> tuple[str, str] | None:
    """Plant a bug and ask the tests."""
    found = first_to_catch(bug)
    print(f"{bug.name}: {found or 'NOT CAUGHT'}", file=sys.stderr, flush=True)
    return found


def crash_table(played: Sequence[Played]) -> Iterator[str]:
    """Points by paths."""
    yield "| point | " + " | ".join(one.trip.name for one in played) + " |"
    yield "| --- |" + " --: |" * len(played)
    passed = [Counter(one.points) for one in played]
    failed = [Counter(one.points[number - 1] for number, _ in one.failures) for one in played]
    for name in dict.fromkeys(name for one in played for name in one.points):
        cells = [
            "" if not count[name] else f"{count[name]} ok" if not bad[name] else f"{bad[name]} of {count[name]} FAILED"
            for count, bad in zip(passed, failed, strict=True)
        ]
        yield f"| {name} | " + " | ".join(cells) + " |"
    totals = [f"{len(one.points) - len(one.failures)} of {len(one.points)}" for one in played]
    yield "| **all** | " + " | ".join(totals) + " |"


def bug_table(caught: Mapping[Bug, tuple[str, str] | None]) -> Iterator[str]:
    """Bugs by what caught them."""
    yield "| bug | what it would do | file | caught by |"
    yield "| --- | --- | --- | --- |"
    for bug, found in caught.items():
        by = f"{found[0]}: `{found[1].partition('::')[2]}`" if found else "**nothing**"
        yield f"| {bug.name} | {bug.why} | `{bug.file}` | {by} |"


def crash_part(played: Sequence[Played], *, workers: bool) -> str:
    """The crashes, with how to read their table."""
    crashes, failures = sum(len(one.points) for one in played), sum(len(one.failures) for one in played)
    head = _HEAD.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        how=", with real worker processes"
        if workers
        else ", the work of the workers done in the service's own process",
        points=len({name for one in played for name in one.points}),
        pairs=f"Of {sum(one.pairs for one in played)} plays with two crashes (a seeded sample), "
        f"{sum(one.pairs - one.bad_pairs for one in played)} ended well.",
        verdict=f"Of {crashes} crashes on {len(played)} paths, {crashes - failures} ended well.",
    )
    return head + "\n".join(crash_table(played)) + "\n"


def bug_part(caught: Mapping[Bug, tuple[str, str] | None]) -> str:
    """What was planted, and what saw it."""
    found = sum(by is not None for by in caught.values())
    about = _BUGS.format(order=", ".join(SUITES), date=f"{datetime.now(UTC):%Y-%m-%d}")
    return about + "\n".join([*bug_table(caught), "", f"Of {len(caught)} bugs, {found} were caught."]) + "\n"


def main() -> int:
    """Make the page. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", action="store_true", help="with real worker processes")
    parser.add_argument("--only", choices=("crashes", "bugs"), help="one table anew; the other one of the page is kept")
    chosen = parser.parse_args()
    crashes, mark, bugs = PAGE.read_text("utf-8").partition(_BUGS.partition("\n\n")[0])
    bugs, is_good = mark + bugs, True
    with ThreadPoolExecutor(2) as lanes:
        if chosen.only != "bugs":
            played = list(lanes.map(partial(play_all, workers=chosen.workers), TRIPS))
            crashes = crash_part(played, workers=chosen.workers)
            is_good = not any(one.failures or one.bad_pairs for one in played)
        if chosen.only != "crashes":
            caught = dict(zip(read_bugs(), lanes.map(catch, read_bugs()), strict=True))
            bugs = bug_part(caught)
            is_good = is_good and None not in caught.values()
    PAGE.write_text(crashes + bugs, "utf-8")
    print(crashes + bugs)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
