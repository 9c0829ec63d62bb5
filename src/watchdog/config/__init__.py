"""The three files that a user writes, read into frozen values; every mistake in them is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

from watchdog.config import files
from watchdog.config.settings import Settings
from watchdog.config.tables import Table, read_file, read_values
from watchdog.errors import ConfigError
from watchdog.model.source import Source
from watchdog.model.watch import Watchlist

__all__ = [
    "FEEDS_FILE",
    "FILES",
    "SETTINGS_FILE",
    "WATCHLIST_FILE",
    "Home",
    "Settings",
    "check_row",
    "read_home",
    "read_settings",
    "read_sources",
    "read_watchlist",
    "starter_files",
]

SETTINGS_FILE = "watchdog.toml"
FEEDS_FILE = "feeds.toml"
WATCHLIST_FILE = "watchlist.toml"
FILES = (SETTINGS_FILE, FEEDS_FILE, WATCHLIST_FILE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the three files of a home say."""

    settings: Settings
    sources: tuple[Source, ...]
    watchlist: Watchlist


def read_home(home: Path) -> Home:
    """Read all three files.

    Raises:
        ConfigError: it carries the mistakes of all of them.
    """
    settings, in_settings = read_file(home / SETTINGS_FILE, files.settings, required=False)
    sources, in_sources = read_file(home / FEEDS_FILE, files.sources, required=True)
    watchlist, in_watchlist = read_file(home / WATCHLIST_FILE, files.watchlist, required=True)
    problems = (*in_settings, *in_sources, *in_watchlist)
    if problems or settings is None or sources is None or watchlist is None:
        raise ConfigError(problems)
    return Home(settings=settings, sources=sources, watchlist=watchlist)


def read_settings(home: Path) -> Settings:
    """Read ``watchdog.toml``; where there is none, every setting has its default.

    Raises:
        ConfigError: it carries every mistake.
    """
    return _read(home / SETTINGS_FILE, files.settings, required=False)


def read_sources(path: Path) -> tuple[Source, ...]:
    """Read a ``feeds.toml``, in its order.

    Raises:
        ConfigError: it carries every mistake.
    """
    return _read(path, files.sources, required=True)


def read_watchlist(path: Path) -> Watchlist:
    """Read a ``watchlist.toml``.

    Raises:
        ConfigError: it carries every mistake.
    """
    return _read(path, files.watchlist, required=True)


def check_row(key: str, row: Mapping[str, object]) -> tuple[str, ...]:
    """What would be wrong with a new row of ``source``, ``case`` or ``topic``, as ``"every: a time span ..."``."""
    read: Callable[[Table], object] = files.sources if key == "source" else files.watchlist
    _, mistakes = read_values({key: [dict(row)]}, read)
    return tuple(f"{mistake.path[-1]}: {mistake.message}" for mistake in mistakes)


def starter_files() -> Mapping[str, str]:
    """Name and text of each file of a first home; together they work as they are."""
    folder = resources.files(__name__) / "starter"
    return {name: (folder / name).read_text("utf-8") for name in FILES}


def _read(path: Path, read: Callable[[Table], T], *, required: bool) -> T:
    value, problems = read_file(path, read, required=required)
    if problems or value is None:
        raise ConfigError(problems)
    return value
