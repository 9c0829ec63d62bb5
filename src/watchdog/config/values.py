"""Turns single TOML values into ours; each function raises ValueError with what was wrong and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from ipaddress import ip_network
from typing import TypeVar
from unicodedata import category, normalize
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchdog.config.settings import Network
from watchdog.config.tables import ItemsRefused, nearest, shown
from watchdog.model.dates import PartialDate
from watchdog.model.source import proxy_problem

Choice = TypeVar("Choice", bound=StrEnum)
Item = TypeVar("Item")

#: Longer values are a pasted page, not a name, phrase or address.
MAX_TEXT = 2_000
MAX_ID = 100
#: Longer than any sensible interval; keeps ``timedelta`` from overflowing.
MAX_DURATION = timedelta(days=3650)
_DURATION = re.compile(r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?")
_SIZE = re.compile(r"(\d{1,9}) ?(kB|MB|GB)")
_UNITS = {"kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_ID = re.compile(r"\w[\w.-]*")
_LANG = re.compile(r"[a-z]{2,3}")
# Control characters and line separators; joiners (Cf) belong to Persian and other names.
_LINE_BREAKING = frozenset({"Cc", "Zl", "Zp"})
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_SECRET = re.compile(r"(?:env:\w+|file:.+)")


def text(value: object) -> str:
    """One line of text in NFC, not empty, without control characters."""
    found = value if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"a text in quotes is needed, not {shown(value)}")
    if not found.strip():
        raise ValueError("is empty")
    if len(found) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} characters")
    if any(category(char) in _LINE_BREAKING for char in found):
        raise ValueError(f"{shown(found)} holds a line break or another control character")
    return normalize("NFC", found.strip())


def optional_text(value: object) -> str:
    """Like ``text``, but it may be empty."""
    return "" if value == "" else text(value)


def items(read: Callable[[object], Item]) -> Callable[[object], tuple[Item, ...]]:
    """A list; every wrong item of it is told."""

    def read_all(value: object) -> tuple[Item, ...]:
        if isinstance(value, list):
            return _read_items(value, read)
        raise ValueError(
            f"a list is needed, {f'such as [{shown(value)}]' if isinstance(value, str) else f'not {shown(value)}'}"
        )

    return read_all


def _read_items(values: list[object], read: Callable[[object], Item]) -> tuple[Item, ...]:
    found, refused = [], []
    for number, value in enumerate(values):
        try:
            found.append(read(value))
        except ValueError as exc:
            refused.append((number, str(exc)))
    if refused:
        raise ItemsRefused(refused)
    return tuple(found)


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    return items(text)(value)


def flag(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise ValueError(f"true or false is needed, not {shown(value)}")


def count(low: int, high: int) -> Callable[[object], int]:
    """A whole number from ``low`` to ``high``."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high} is needed, not {shown(value)}")
        return value

    return read


def size(low: int) -> Callable[[object], int]:
    """Bytes: a number, or a text such as ``"10 MB"``; at least ``low``."""

    def read(value: object) -> int:
        found = _SIZE.fullmatch(value) if isinstance(value, str) else None
        number = int(found[1]) * _UNITS[found[2]] if found else value
        if not isinstance(number, int) or isinstance(number, bool) or number < low:
            raise ValueError(f'a number of bytes, or a text such as "10 MB", of {low} or more is needed')
        return number

    return read


def duration(value: object, least: timedelta = timedelta(0)) -> timedelta:
    """A time span such as ``"30m"``, ``"2s"``, ``"5d"`` or ``"1h30m"``."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not found:
        raise ValueError(f'a time span such as "30m", "2s", "5d" or "1h30m" is needed, not {shown(value)}')
    whole_days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(days=whole_days, hours=hours, minutes=minutes, seconds=seconds)
    if not least <= span <= MAX_DURATION:
        raise ValueError(f"{shown(value)} is not between {least.seconds} s and {MAX_DURATION.days} days")
    return span


def days(value: object) -> timedelta:
    """A duration of a day or more."""
    span = duration(value)
    if span < timedelta(days=1):
        raise ValueError(f"a day or more is needed, not {shown(value)}")
    return span


def interval(value: object) -> timedelta:
    """A duration of a second or more."""
    return duration(value, least=timedelta(seconds=1))


def time_of_day(value: object) -> time:
    """``"07:00"``: hours and minutes of a clock, or a TOML time."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'a time of day such as "07:00" is needed, not {shown(value)}')
    return time(int(found[1]), int(found[2]))


def time_zone(value: object) -> str:
    """A name of the IANA database: ``Europe/Berlin``."""
    name = text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f'{shown(name)} is no time zone; write one such as "Asia/Baku" or "UTC"') from exc
    return name


def choice(kind: type[Choice]) -> Callable[[object], Choice]:
    """One of the words of an enumeration."""

    def read(value: object) -> Choice:
        word = text(value)
        if word not in set(kind):
            raise ValueError(f"{shown(word)} is none of its values; {nearest(word, list(kind))}")
        return kind(word)

    return read


def identifier(value: object) -> str:
    """An id: letters, digits, ``_ . -``; it is typed in commands and stands in addresses."""
    name = text(value)
    if len(name) > MAX_ID or not _ID.fullmatch(name):
        raise ValueError(f'{shown(name)} is no id; up to {MAX_ID} letters, digits, "-", "_" and "." make one')
    return name


def address(value: object) -> str:
    """A web address without a password in it."""
    url = text(value)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # both raise ValueError where they are no host or port
    except ValueError as exc:
        raise ValueError(f"{shown(url)} is no address: {exc}") from None
    if parts.scheme not in {"http", "https"} or not host or " " in url:
        raise ValueError(f'{shown(url)} is no web address; it begins with "https://" or "http://" and a host')
    if any(category(char) == "Cf" for char in url):
        raise ValueError(f"{shown(url)} holds a character that cannot be seen")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or password; secrets do not belong in this file")
    return url


def proxy(value: object) -> str:
    """The address of a proxy; names are looked up by it."""
    found = text(value)
    if problem := proxy_problem(found):
        raise ValueError(problem)
    return found


def languages(value: object) -> tuple[str, ...]:
    """A code of ISO 639, or a list of them."""
    return items(_language)(value) if isinstance(value, list) else (_language(value),)


def _language(value: object) -> str:
    code = text(value)
    if not _LANG.fullmatch(code):
        raise ValueError(f'{shown(code)} is no language code; "en", "ru" and "az" are some')
    return code


def networks(value: object) -> tuple[Network, ...]:
    """A list of networks or single IP addresses."""
    return items(_network)(value)


def _network(value: object) -> Network:
    try:
        return ip_network(text(value))
    except ValueError as exc:
        raise ValueError(f'{exc}; a network is written "127.0.0.0/8", "10.1.2.3" or "fd00::/8"') from None


def partial_date(value: object) -> PartialDate:
    """A TOML date, or a text of a day, month or year."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return PartialDate.of(value)
    try:
        return PartialDate.parse(text(value))
    except ValueError:
        raise ValueError(f'a date is needed: 2017-03-03, "2017-03" or "2017"; {shown(value)} is none') from None


def secret(value: object) -> str:
    """Where a secret is: never the secret itself, so it is not shown either."""
    where = optional_text(value)
    if where and not _SECRET.fullmatch(where):
        raise ValueError('secrets do not belong in this file; write "env:NAME" or "file:PATH", which say where it is')
    return where
