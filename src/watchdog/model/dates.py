"""Dates as texts give them: a day, a month, or only a year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Precision(StrEnum):
    """How much of a date a text gives."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date with its precision: "March 2017" is not 1 March 2017."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        date(self.year, self.month or 1, self.day or 1)  # refuses 31 February

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        Raises:
            ValueError: it is none of these.
        """
        found = _ISO.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not a date such as 2017, 2017-03 or 2017-03-03")
        year, month, day = (int(part) if part else None for part in found.groups())
        return cls(year=year or 0, month=month, day=day)

    @classmethod
    def of(cls, value: date) -> PartialDate:
        """The full date of a day; of a datetime, its day in the zone it carries."""
        return cls(year=value.year, month=value.month, day=value.day)

    @property
    def precision(self) -> Precision:
        """Day, month or year."""
        if self.day is not None:
            return Precision.DAY
        return Precision.YEAR if self.month is None else Precision.MONTH

    @property
    def first_day(self) -> date:
        """The first day that the date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The last day that the date can mean: a month counts from its last day (design, section 7)."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


def check_aware(moment: datetime, what: str) -> datetime:
    """Give the moment back in UTC.

    Raises:
        ValueError: it has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{what} needs a time zone")
    return moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """A moment as ``2019-01-22T09:00:00Z``, in UTC; fractions of a second are dropped."""
    return check_aware(moment, "a moment").strftime("%Y-%m-%dT%H:%M:%SZ")
