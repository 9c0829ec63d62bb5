"""Keeps the database saying what the home's three files say, while the service runs.

The files are looked at every few seconds. A change is taken once it has stood still for one look, because editors write
in several goes; a change that is not valid is reported once and changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from watchdog.config import FILES, Home, Settings, read_home
from watchdog.errors import ConfigError
from watchdog.store import Database, watchlist

log = structlog.get_logger()

#: Between two looks; a change is applied after the second one that sees it.
LOOK_SECONDS = 2.0

#: The sections that the running service takes over; every other one needs a restart.
LIVE_SECTIONS = ("fetch", "mail", "operators")

_Stamp = tuple[tuple[int, ...] | None, ...]


class FileKeeper:
    """Watches the three files of one home."""

    def __init__(self, home: Path, settings: Settings, db: Database) -> None:
        """Start with the settings that the service runs on; the files are compared at the first look."""
        self._home = home
        self._db = db
        self.settings = settings
        self._stamp: _Stamp | None = None
        self._taken: _Stamp | None = None
        self._hash: bytes | None = None
        self._has_failed = False

    async def watch(self, stop: asyncio.Event) -> None:
        """Look until told to stop, or until ``settings`` is something that the service must go on with."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=LOOK_SECONDS)
                return
            if await self.look(datetime.now(UTC)):
                return

    async def look(self, now: datetime) -> bool:
        """Apply what changed, if it stands still. Returns whether ``settings`` is another one.

        Safe to run twice: what is the same already is not applied. Where the database cannot take it now, the next look
        tries again.
        """
        stamp = tuple(_stamp(self._home / name) for name in FILES)
        is_still, self._stamp = stamp == self._stamp, stamp
        if not is_still or stamp == self._taken:
            return False
        try:
            digest = await asyncio.to_thread(_digest, self._home)
            has_new_settings = digest != self._hash and await self._take(now)
        except Exception as exc:  # noqa: BLE001 -- whatever it is, the old state stays and the next look tries again
            if not self._has_failed:  # its class only: the words of the database may hold what was to be written
                log.warning("files not applied, trying again", error=type(exc).__name__)
            self._has_failed = True
            return False
        self._taken, self._hash, self._has_failed = stamp, digest, False
        return has_new_settings

    async def _take(self, now: datetime) -> bool:
        files = await asyncio.to_thread(_read, self._home)
        if isinstance(files, ConfigError):
            # Lines only: the words of a mistake may hold a watched name.
            where = ", ".join(f"{problem.file}:{problem.line or 1}" for problem in files.problems[:10])
            advice = "nothing was changed; watchdog apply --dry-run says what is wrong"
            log.error("files refused", mistakes=len(files.problems), where=where, advice=advice)
            return False
        applied = await self._db(watchlist.apply, files.sources, files.watchlist, now)
        if applied.changes:
            log.info("files applied", added=len(applied.added), changed=len(applied.changed), gone=len(applied.gone))
        else:
            log.debug("files say what they said")
        return self._compare(files.settings)

    def _compare(self, new: Settings) -> bool:
        changed = [
            part.name for part in fields(Settings) if getattr(new, part.name) != getattr(self.settings, part.name)
        ]
        live = [name for name in changed if name in LIVE_SECTIONS]
        if late := [f"[{name}]" for name in changed if name not in LIVE_SECTIONS]:
            log.warning("settings need a restart", sections=", ".join(late))
        if live:
            log.info("settings taken over", sections=", ".join(f"[{name}]" for name in live))
            self.settings = replace(self.settings, **{name: getattr(new, name) for name in live})
        return bool(live)


def _read(home: Path) -> Home | ConfigError:
    try:
        return read_home(home)
    except ConfigError as exc:
        return exc


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What changes when a file is written; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _digest(home: Path) -> bytes:
    """A hash over what the files hold: touching them changes nothing."""
    whole = hashlib.sha256()
    for name in FILES:
        with contextlib.suppress(OSError), (home / name).open("rb") as file:
            whole.update(name.encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.digest()
