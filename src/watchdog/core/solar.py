"""The Solar Hijri calendar of Iran and Afghanistan: which day a date of it is.

A year begins at the spring equinox. A cycle of 33 years gives the leap years of our time exactly: the tests hold it
against days that are known from elsewhere.
"""

from __future__ import annotations

from datetime import date, timedelta

#: 1 Farvardin 1404.
_ANCHOR_YEAR, _ANCHOR = 1404, date(2025, 3, 21)
#: The first six months have 31 days, the next five 30, the last one 29, in leap years 30.
_LONG_MONTHS, _LONG, _SHORT = 6, 31, 30
_MONTHS = 12
#: Of the 33 years of a cycle these many are leap years.
_CYCLE, _LEAPS, _PHASE = 33, 8, 11


def gregorian(year: int, month: int, day: int) -> date:
    """The day of a Solar Hijri date.

    Raises:
        ValueError: the calendar has no such day.
    """
    if not 1 <= month <= _MONTHS or not 1 <= day <= _days_of(year, month):
        raise ValueError(f"{year}-{month}-{day} is no Solar Hijri date")
    before = (month - 1) * _SHORT + min(month - 1, _LONG_MONTHS)
    return _new_year(year) + timedelta(days=before + day - 1)


def last_day_of(year: int, month: int) -> date:
    """The last day of a Solar Hijri month."""
    return gregorian(year, month, _days_of(year, month))


def year_of(day: date) -> int:
    """The Solar Hijri year in which a day lies."""
    year = day.year - 621
    return year if day >= _new_year(year) else year - 1


def is_leap(year: int) -> bool:
    """Whether the last month of a year has 30 days."""
    return ((_CYCLE - _LEAPS) * year + _PHASE) % _CYCLE < _LEAPS


def _days_of(year: int, month: int) -> int:
    if month == _MONTHS and not is_leap(year):
        return _SHORT - 1
    return _LONG if month <= _LONG_MONTHS else _SHORT


def _new_year(year: int) -> date:
    first, last = sorted((year, _ANCHOR_YEAR))
    days = 365 * (last - first) + sum(map(is_leap, range(first, last)))
    return _ANCHOR + timedelta(days=days if year >= _ANCHOR_YEAR else -days)
