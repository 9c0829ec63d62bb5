"""The service is ended at every point of a trip; started again, it has lost nothing and doubled nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.paths import pairs, staged
from tests.crash.trips import TRIPS, Trip
from watchdog.model.delivery import Every

pytestmark = pytest.mark.timeout(600)

NEW_EVENT = TRIPS[0]
(DIGEST,) = (trip for trip in TRIPS if trip.every is not Every.NOW)

#: Of the other trips, the normal suite plays every n-th point, each trip from another first one on.
STRIDE = 6


def play(trip: Trip, folder: Path, first: int, step: int, *, workers: bool = False) -> None:
    with staged(trip, folder, workers=workers) as stage:
        for number in range(first, len(stage.points) + 1, step):
            try:
                stage.play(number)
            except AssertionError as exc:
                exc.add_note(f"{trip.name}: crashed at point {number}, {stage.points[number - 1]}")
                raise


@pytest.mark.parametrize("first", [1, 2])
def test_a_new_event_survives_a_crash_at_every_point(first: int, tmp_path: Path) -> None:
    play(NEW_EVENT, tmp_path, first, 2)


@pytest.mark.parametrize("number", range(1, len(TRIPS)), ids=lambda number: TRIPS[number].name)
def test_every_other_path_survives_crashes(number: int, tmp_path: Path) -> None:
    is_short = bool(TRIPS[number].command)
    play(TRIPS[number], tmp_path, 1 if is_short else 1 + number % STRIDE, 1 if is_short else STRIDE)


def test_a_new_event_survives_two_crashes(tmp_path: Path) -> None:
    with staged(NEW_EVENT, tmp_path) as stage:
        for pair in pairs(len(stage.points))[:5]:
            stage.play(*pair)


def test_a_digest_survives_a_crash_at_every_point_from_its_cut_on(tmp_path: Path) -> None:
    with staged(DIGEST, tmp_path) as stage:
        first = stage.points.index("before commit of digests.cut")
        for number in range(first, len(stage.points) + 1):
            stage.play(number)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("trip", TRIPS, ids=lambda trip: trip.name)
def test_every_path_survives_a_crash_at_every_point_with_real_workers(trip: Trip, tmp_path: Path) -> None:
    play(trip, tmp_path, 1, 1, workers=True)


def test_every_kind_of_boundary_has_points(tmp_path: Path) -> None:
    with staged(NEW_EVENT, tmp_path) as stage:
        names = stage.points
    for unit in (
        "watchlist.apply",
        "sources.claim_due",
        "sources.settle_poll",
        "articles.claim_unread",
        "articles.settle_read",
        "articles.claim_unjudged",
        "judgements.write",
        "deliveries.claim_due",
        "deliveries.settle_sent",
    ):
        assert names.index(f"before commit of {unit}") < names.index(f"after commit of {unit}")
    fsynced = [number for number, name in enumerate(names) if name == "after the fsync of an archive record"]
    assert names.index("after the page has answered") < fsynced[0]
    assert fsynced[-1] < names.index("before commit of articles.settle_read")
    assert names.index("after commit of judgements.write") < names.index("before a message is sent")
    assert names.index("after a message was sent") < names.index("before commit of deliveries.settle_sent")
