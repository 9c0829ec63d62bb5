"""The tests see what they are there to see: bugs planted into a copy of the source are caught."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.planting import SUITES, Bug, caught_by, first_to_catch, read_bugs

BUGS = {bug.name: bug for bug in read_bugs()}

#: Planted in the normal suite, each against the tests that saw it last.
SAMPLE = (
    "settle looks at no fence",
    "a message is marked as sent before it is sent",
    "claim looks at no lease",
    "all deliveries of an alert have one key",
    "an archive record is not synced",
)


def test_there_are_at_least_twenty_with_a_reason_each() -> None:
    assert len(BUGS) == len(read_bugs()) >= 20
    assert all(bug.why for bug in BUGS.values())


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_a_bug_quotes_one_place_of_the_source_as_it_is_now(bug: Bug) -> None:
    source = Path(__file__).parents[2] / "src/watchdog" / bug.file
    assert source.read_text("utf-8").count(bug.old) == 1


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_planted_bug_is_caught(name: str) -> None:
    assert caught_by(BUGS[name], (BUGS[name].first,))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_without_a_bug_nothing_is_caught() -> None:
    assert caught_by(None, tuple(path for paths in SUITES.values() for path in paths)) is None


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_every_planted_bug_is_caught(bug: Bug) -> None:
    assert first_to_catch(bug) is not None
