"""How often a feed says that it wants to be asked; what makes no sense is not said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from watchdog.model.source import Pace

#: RSS 1.0 syndication module, "updatePeriod".
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Both stand before the first item; feedparser does not read what is in them.
_HEAD_LENGTH = 50_000
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_SKIP_DAYS = re.compile(r"<skipDays>(.{0,1000}?)</skipDays>", re.DOTALL)
_HOUR = re.compile(r"<hour>\s{0,9}([0-9]{1,2})\s{0,9}</hour>")
_DAY = re.compile(r"<day>\s{0,9}([A-Za-z]{6,9})\s{0,9}</day>")
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


def read_pace(head: Mapping[str, object], text: str) -> Pace | None:
    """The pace of an RSS feed; None where it does not say one.

    Args:
        head: feedparser's fields of the channel.
        text: of the document.
    """
    start = text[:_HEAD_LENGTH]
    hours = {int(hour) for found in _SKIP_HOURS.findall(start) for hour in _HOUR.findall(found)}
    days = {day.lower() for found in _SKIP_DAYS.findall(start) for day in _DAY.findall(found)}
    every = max(_ttl(head), _syndication(head))
    pace = Pace(
        every=every or None,
        skip_hours=frozenset(hour for hour in hours if hour in range(24)),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )
    return None if pace == Pace() else pace


def _ttl(head: Mapping[str, object]) -> timedelta:
    return timedelta(minutes=_number(_word(head, "ttl")))


def _syndication(head: Mapping[str, object]) -> timedelta:
    period = _PERIODS.get(_word(head, "sy_updateperiod").lower(), timedelta(0))
    return period / (_number(_word(head, "sy_updatefrequency")) or 1)


def _word(head: Mapping[str, object], name: str) -> str:
    value = dict.get(head, name) if isinstance(head, dict) else None  # feedparser's own "get" answers with other fields
    return value.strip() if isinstance(value, str) else ""


def _number(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else 0
