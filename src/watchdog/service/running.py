"""The service itself: started, ticking, told things by signals and files, stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from watchdog import __version__
from watchdog.config import (
    Home,
    read_home,
)
from watchdog.engine.health import serve_health
from watchdog.engine.keeping import FileKeeper
from watchdog.engine.local import run_once, run_until
from watchdog.engine.notify import Systemd
from watchdog.engine.vitals import Vitals
from watchdog.errors import ConfigError, StoreError
from watchdog.pipeline.context import Context, Summary
from watchdog.service.homes import DATA_FOLDER, open_database
from watchdog.service.wiring import Console, surrounded
from watchdog.store import Database, lock, watchlist
from watchdog.store import sources as source_rows
from watchdog.store.waiting import waiting

log = structlog.get_logger()


async def run(home: Path, console: Console, stop: asyncio.Event, hangup: asyncio.Event) -> None:
    """The service: apply the files, then tick until told to stop; new files and settings are taken over on the way.

    Args:
        home: where the three files are.
        console: for ``console:``.
        stop: set to end it.
        hangup: set to have the files applied again; cleared by that.

    Raises:
        ConfigError: a file is wrong; nothing was started.
        StoreError: the database cannot be opened.
    """
    files = read_home(home)
    vitals = Vitals(Systemd())
    with lock.held(home / DATA_FOLDER, alone=False), open_database(home, files.settings) as db:
        db.check()
        await _apply(db, files)
        log.info("service started", version=__version__, waiting=len(await db.read(waiting)))
        if not files.settings.operators:
            log.warning("nobody hears of what waits for a decision: name an [[operator]] in watchdog.toml")
        keeper = FileKeeper(home, files.settings, db)
        async with serve_health(files.settings.health, db, vitals):
            report = asyncio.create_task(_report_first_poll(db, stop))
            signals = asyncio.create_task(_heed(home, db, vitals, stop, hangup))
            while not stop.is_set():
                await _tick(home, keeper, db, console, stop, vitals)
            await asyncio.gather(report, signals)
    log.info("service stopped")


async def _tick(
    home: Path, keeper: FileKeeper, db: Database, console: Console, stop: asyncio.Event, vitals: Vitals
) -> None:
    """Tick until told to stop, or until there are settings that only a new client and new channels know."""
    pause = asyncio.Event()

    async def watch() -> None:
        try:
            await keeper.watch(stop)
        finally:
            pause.set()

    async with surrounded(home, keeper.settings, db, console, vitals.note_progress) as ctx:
        watching = asyncio.create_task(watch())
        await run_until(ctx, pause, vitals)
        await watching


async def _heed(home: Path, db: Database, vitals: Vitals, stop: asyncio.Event, hangup: asyncio.Event) -> None:
    """Do and tell systemd what the signals ask for, until it is to stop."""
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        hanging_up = asyncio.create_task(hangup.wait())
        await asyncio.wait({stopping, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
        hanging_up.cancel()
        if hangup.is_set():
            hangup.clear()
            vitals.systemd.reloading()
            vitals.systemd.ready(await reload(home, db, datetime.now(UTC)))
    vitals.note_stop()


async def reload(home: Path, db: Database, now: datetime) -> str:
    """Bring the files into the database of the running service; where that fails, the old state stays.

    Sources, cases and topics are taken over at once; settings by the look at the files that follows.

    Returns:
        What became of it, without a word from the files: those may be watched names.
    """
    try:
        files = await asyncio.to_thread(read_home, home)
        applied = await db(watchlist.apply, files.sources, files.watchlist, now)
    except ConfigError as exc:
        where = ", ".join(f"{problem.file}:{problem.line or 1}" for problem in exc.problems[:10])
        log.error("files refused", mistakes=len(exc.problems), where=where, advice="watchdog apply says more")  # noqa: TRY400 -- the trace holds the words
        return f"files refused: {len(exc.problems)} mistakes"
    except Exception:
        log.exception("files not applied")
        return "files not applied: the database took no write"
    log.info("files applied", added=len(applied.added), changed=len(applied.changed), gone=len(applied.gone))
    return f"files applied: {len(applied.added)} added, {len(applied.changed)} changed, {len(applied.gone)} gone"


async def _report_first_poll(db: Database, stop: asyncio.Event) -> None:
    """Say once, when every source was asked, which of them gave no feed."""
    started = datetime.now(UTC)
    while not stop.is_set():
        try:
            rows = [row for row in await db.read(source_rows.list_sources) if row.source.enabled]
        except StoreError:  # the steps say why
            rows = None
        if rows is not None and all(row.next_poll_at is None or row.next_poll_at > started for row in rows):
            silent = [row.source.id for row in rows if row.failures]
            tell = log.warning if silent else log.info
            tell("first poll finished", sources=len(rows), answered=len(rows) - len(silent), silent=", ".join(silent))
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=1)


async def run_pass(home: Path, console: Console) -> Mapping[str, list[Summary]]:
    """One full pass over everything that is due.

    Raises:
        ConfigError: a file is wrong; nothing was started.
        StoreError: the database cannot be opened.
    """
    async with open_pass(home, console) as ctx:
        return await run_once(ctx)


@contextlib.asynccontextmanager
async def open_pass(home: Path, console: Console) -> AsyncIterator[Context]:
    """All that one pass over a home needs, its files applied.

    Raises:
        ConfigError: a file is wrong; nothing was started.
        StoreError: the database cannot be opened.
    """
    files = read_home(home)
    with lock.held(home / DATA_FOLDER, alone=False), open_database(home, files.settings) as db:
        db.check()
        await _apply(db, files)
        async with surrounded(home, files.settings, db, console) as ctx:
            yield ctx


async def _apply(db: Database, files: Home) -> None:
    applied = await db(watchlist.apply, files.sources, files.watchlist, datetime.now(UTC))
    log.info("files applied", added=len(applied.added), changed=len(applied.changed), gone=len(applied.gone))
