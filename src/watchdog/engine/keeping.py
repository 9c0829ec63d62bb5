"""Keeps the database saying what the home's three files say, while the service runs.

The files are looked at every few seconds. A change is taken once it has stood still for one look, because editors write
in several goes; a change that is not valid is reported once and changes nothing. SIGHUP has them taken at once.
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
from watchdog.store.watchlist import Applied

log = structlog.get_logger()

#: Between two looks; a change is applied after the second one that sees it.
LOOK_SECONDS = 2.0

#: The sections that the running service takes over; every other one needs a restart.
LIVE_SECTIONS = ("fetch", "mail", "operators")

_Stamp = tuple[tuple[int, ...] | None, ...]


async def take_over(db: Database, files: Home, now: datetime) -> Applied:
    """Bring the files into the database, and log how much that changed."""
    applied = await db(watchlist.apply, files.sources, files.watchlist, now)
    tell = log.info if applied.changes else log.debug
    tell("files applied", added=len(applied.added), changed=len(applied.changed), gone=len(applied.gone))
    return applied


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
        self._has_new_settings = False
        #: A look and a reload take turns.
        self._turn = asyncio.Lock()

    async def watch(self, stop: asyncio.Event) -> None:
        """Look until told to stop, or until ``settings`` is something that the service must go on with."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=LOOK_SECONDS)
                return
            if await self.look(datetime.now(UTC)):
                return

    async def look(self, now: datetime) -> bool:
        """Apply what changed, if it stands still. Returns whether ``settings`` is another one than at the last look.

        Safe to run twice: what is the same already is not applied. Where the database cannot take it now, the next look
        tries again.
        """
        async with self._turn:
            stamp = self._stamp_now()
            is_still, self._stamp = stamp == self._stamp, stamp
            if is_still and stamp != self._taken:
                await self._take(stamp, now, is_asked=False)
            has_new_settings, self._has_new_settings = self._has_new_settings, False
            return has_new_settings

    async def reload(self, now: datetime) -> str:
        """Apply the files as they are now, and say again what is wrong with them; new settings wait for the next look.

        Returns:
            What became of it, without a word from the files: those may be watched names.
        """
        async with self._turn:
            return await self._take(self._stamp_now(), now, is_asked=True)

    def _stamp_now(self) -> _Stamp:
        return tuple(_stamp(self._home / name) for name in FILES)

    async def _take(self, stamp: _Stamp, now: datetime, *, is_asked: bool) -> str:
        """Apply the files of a stamp, unless they say what they said and nobody asks. Returns what became of it."""
        done = ""
        try:
            digest = await asyncio.to_thread(_digest, self._home)
            if is_asked or digest != self._hash:
                done = await self._apply(now)
        except Exception as exc:  # noqa: BLE001 -- whatever it is, the old state stays and the next look tries again
            if is_asked or not self._has_failed:  # its class only: its words may hold what was to be written
                log.warning("files not applied, trying again", error=type(exc).__name__)
            self._has_failed, self._taken = True, None
            return "files not applied yet: the database took no write"
        self._taken, self._hash, self._has_failed = stamp, digest, False
        return done

    async def _apply(self, now: datetime) -> str:
        files = await asyncio.to_thread(_read, self._home)
        if isinstance(files, ConfigError):
            # Lines only: the words of a mistake may hold a watched name.
            where = ", ".join(f"{problem.file}:{problem.line or 1}" for problem in files.problems[:10])
            advice = "nothing was changed; watchdog apply --dry-run says what is wrong"
            log.error("files refused", mistakes=len(files.problems), where=where, advice=advice)
            return f"files refused: {len(files.problems)} mistakes"
        applied = await take_over(self._db, files, now)
        self._compare(files.settings)
        return f"files applied: {len(applied.added)} added, {len(applied.changed)} changed, {len(applied.gone)} gone"

    def _compare(self, new: Settings) -> None:
        changed = [
            part.name for part in fields(Settings) if getattr(new, part.name) != getattr(self.settings, part.name)
        ]
        live = [name for name in changed if name in LIVE_SECTIONS]
        if late := [f"[{name}]" for name in changed if name not in LIVE_SECTIONS]:
            log.warning("settings need a restart", sections=", ".join(late))
        if live:
            log.info("settings taken over", sections=", ".join(f"[{name}]" for name in live))
            self.settings = replace(self.settings, **{name: getattr(new, name) for name in live})
            self._has_new_settings = True


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
