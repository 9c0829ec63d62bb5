"""Cases that answer to one name: then none of them is found by it, and somebody must be told."""

from __future__ import annotations

import pytest

from watchdog import lang
from watchdog.model.watch import Case
from watchdog.pipeline.trying import find_ties

LETTERS = lang.load().letters


def case(number: int, name: str, *aliases: str) -> Case:
    return Case(id=f"c{number}", name=name, aliases=aliases)


@pytest.mark.parametrize(
    ("cases", "tied"),
    [
        ((case(1, "Mehman Huseynov"), case(2, "Leyla Yunusova")), []),
        ((case(1, "Mehman Huseynov"), case(2, "Mehman Huseynov")), [("Mehman Huseynov", ("c1", "c2"))]),
        ((case(1, "Mehman Huseynov"), case(2, "Мехман Гусейнов")), [("Mehman Huseynov", ("c1", "c2"))]),
        ((case(1, "Mehman Huseynov", "Sancaq"), case(2, "Leyla Yunusova", "Sancaq")), [("Sancaq", ("c1", "c2"))]),
        ((case(1, "Mehman Huseynov"), case(2, "Emin Huseynov")), []),
        (
            (case(1, "Mehman Huseynov"), case(2, "Huseynov, Mehman Rafiq oglu")),
            [("Huseynov, Mehman Rafiq oglu", ("c1", "c2"))],
        ),
        (
            tuple(case(number, "Mehman Huseynov") for number in (1, 2, 3)),
            [("Mehman Huseynov", ("c1", "c2", "c3"))],
        ),
        ((case(1, "Mehman Huseynov"),), []),
    ],
)
def test_a_name_that_several_have(cases: tuple[Case, ...], tied: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(tie.name, tie.case_ids) for tie in find_ties(cases, cases, LETTERS)] == tied


def test_only_the_suspects_names_are_tried() -> None:
    cases = (case(1, "Mehman Huseynov"), case(2, "Mehman Huseynov"), case(3, "Leyla Yunusova"))
    assert find_ties(cases[2:], cases, LETTERS) == ()
    assert [tie.case_ids for tie in find_ties(cases[1:2], cases, LETTERS)] == [("c1", "c2")]
