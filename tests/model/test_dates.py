"""Dates with their precision."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.model.dates import PartialDate, Precision, check_aware, rfc3339


@pytest.mark.parametrize(
    ("text", "precision", "first", "last"),
    [
        ("2017", Precision.YEAR, date(2017, 1, 1), date(2017, 12, 31)),
        ("2016-02", Precision.MONTH, date(2016, 2, 1), date(2016, 2, 29)),
        ("2017-03-03", Precision.DAY, date(2017, 3, 3), date(2017, 3, 3)),
    ],
)
def test_a_date_means_all_its_days(text: str, precision: Precision, first: date, last: date) -> None:
    given_date = PartialDate.parse(text)

    assert (given_date.precision, given_date.first_day, given_date.last_day) == (precision, first, last)
    assert str(given_date) == text


@pytest.mark.parametrize("text", ["", "17", "2017-3-3", "2017-02-31", "2017-13", "March 2017", "2017-03-03T10:00"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|must be|out of range"):
        PartialDate.parse(text)


def test_a_day_needs_a_month() -> None:
    with pytest.raises(ValueError, match="needs a month"):
        PartialDate(year=2017, day=3)


@given(st.dates())
def test_a_full_date_keeps_its_day(day: date) -> None:
    assert PartialDate.of(day).first_day == PartialDate.of(day).last_day == day
    assert PartialDate.parse(str(PartialDate.of(day))) == PartialDate.of(day)


def test_moments_are_utc() -> None:
    baku = timezone(timedelta(hours=4))

    assert check_aware(datetime(2019, 3, 2, 1, tzinfo=baku), "now") == datetime(2019, 3, 1, 21, tzinfo=UTC)
    assert rfc3339(datetime(2019, 3, 2, 1, tzinfo=baku)) == "2019-03-01T21:00:00Z"
    with pytest.raises(ValueError, match="now needs a time zone"):
        check_aware(datetime(2019, 3, 2), "now")  # noqa: DTZ001 -- what is refused
