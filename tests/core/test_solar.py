"""The Solar Hijri calendar against dates that are known from elsewhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from watchdog.core.solar import gregorian, is_leap, year_of


@pytest.mark.parametrize(
    ("solar", "expected"),
    [
        pytest.param((1357, 11, 22), date(1979, 2, 11), id="the revolution"),
        pytest.param((1388, 3, 22), date(2009, 6, 12), id="an election"),
        pytest.param((1399, 12, 30), date(2021, 3, 20), id="the last day of a leap year"),
        pytest.param((1400, 1, 1), date(2021, 3, 21), id="the first day of a century"),
        pytest.param((1401, 6, 25), date(2022, 9, 16), id="the death of Mahsa Amini"),
        pytest.param((1403, 12, 30), date(2025, 3, 20), id="the last day of 1403"),
        pytest.param((1404, 1, 1), date(2025, 3, 21), id="new year of 1404"),
        pytest.param((1404, 7, 1), date(2025, 9, 23), id="behind six long months"),
        pytest.param((1409, 1, 1), date(2030, 3, 21), id="behind a leap year after five years"),
    ],
)
def test_a_known_day(solar: tuple[int, int, int], expected: date) -> None:
    assert gregorian(*solar) == expected


def test_leap_years_of_this_time() -> None:
    assert [year for year in range(1370, 1412) if is_leap(year)] == [
        *(1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408)
    ]


@pytest.mark.parametrize("solar", [(1404, 12, 30), (1404, 7, 31), (1404, 13, 1), (1404, 1, 0)])
def test_a_day_that_is_none(solar: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no Solar Hijri date"):
        gregorian(*solar)


def test_every_day_is_one_day_after_the_day_before() -> None:
    last = gregorian(1398, 12, 29)
    for year in range(1399, 1411):
        for month in range(1, 13):
            for day in range(1, 30):
                now = gregorian(year, month, day)
                assert now - last in ({timedelta(days=1)} if day > 1 else {timedelta(days=n) for n in (1, 2, 3)})
                assert year_of(now) == year
                last = now
