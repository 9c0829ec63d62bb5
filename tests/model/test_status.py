"""The status table keeps what docs/design.md, section 7, says of it."""

from __future__ import annotations

import pytest

from watchdog.model.status import IMPLIES_CUSTODY, STATUS_TYPES, Status, StatusType

S = Status
ROWS = [pytest.param(row, id=row.status.value) for row in STATUS_TYPES.values()]


def test_every_status_has_one_row() -> None:
    assert set(STATUS_TYPES) == set(Status)


def test_critical_types() -> None:
    critical = {row.status for row in STATUS_TYPES.values() if row.critical}

    assert critical == {S.DIED, S.RELEASED, S.RELEASED_CONDITIONALLY, S.ABDUCTED_DISAPPEARED}


def test_reopening_types() -> None:
    assert {row.status for row in STATUS_TYPES.values() if row.reopens} == {
        *(S.DETAINED, S.REMANDED, S.CHARGED, S.WANTED, S.ABDUCTED_DISAPPEARED),
        *(S.VERDICT_OVERTURNED, S.ATTACKED, S.THREATENED, S.DIED),
    }


@pytest.mark.parametrize("row", ROWS)
def test_only_states_of_the_same_track_contradict(row: StatusType) -> None:
    assert {STATUS_TYPES[status].track for status in row.contradicts} <= {row.track}


@pytest.mark.parametrize("row", ROWS)
def test_a_type_neither_closes_nor_outranks_itself(row: StatusType) -> None:
    assert row.status not in row.closed_by
    assert row.status not in row.more_specific_than


@pytest.mark.parametrize("row", ROWS)
def test_of_two_types_one_is_the_more_specific(row: StatusType) -> None:
    assert not any(row.status in STATUS_TYPES[other].more_specific_than for other in row.more_specific_than)


@pytest.mark.parametrize("row", ROWS)
def test_a_contradiction_can_be_resolved(row: StatusType) -> None:
    assert all(STATUS_TYPES[status].closed_by for status in row.contradicts)


@pytest.mark.parametrize("status", sorted(IMPLIES_CUSTODY))
def test_custody_ends_the_state_of_being_out(status: Status) -> None:
    assert status in STATUS_TYPES[S.RELEASED].closed_by
    assert status in STATUS_TYPES[S.RELEASED_CONDITIONALLY].closed_by


@pytest.mark.parametrize(
    ("specific", "general"),
    [
        (S.RELEASED_CONDITIONALLY, S.RELEASED),
        (S.HOUSE_ARREST, S.RELEASED),
        (S.REMANDED, S.DETAINED),
        (S.LOCATED, S.DETAINED),
        (S.ABDUCTED_DISAPPEARED, S.DETAINED),
        (S.WANTED, S.DETAINED),
        (S.SENTENCED, S.CONVICTED),
        (S.SENTENCE_CHANGED, S.SENTENCE_UPHELD),
        (S.SOLITARY_CONFINEMENT, S.TRANSFERRED),
        (S.ILL_TREATED, S.ATTACKED),
    ],
)
def test_the_most_specific_type_wins(specific: Status, general: Status) -> None:
    assert general in STATUS_TYPES[specific].more_specific_than


def test_a_pardon_is_no_release() -> None:
    assert S.RELEASED not in STATUS_TYPES[S.PARDONED].more_specific_than
