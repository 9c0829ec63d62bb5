"""The service itself: started, ticking, told things by signals and files, stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from watchdog import __version__
from watchdog.config import read_home
from watchdog.engine.health import serve_health
from watchdog.engine.keeping import FileKeeper, take_over
from watchdog.engine.local import run_once, run_until
from watchdog.engine.notify import Systemd
from watchdog.engine.vitals import Vitals
from watchdog.errors import StoreError
from watchdog.pipeline.context import Context, Summary
from watchdog.service.homes import DATA_FOLDER, open_database
from watchdog.service.wiring import Console, surrounded
from watchdog.store import Database, lock
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
        await take_over(db, files, datetime.now(UTC))
        log.info("service started", version=__version__, waiting=len(await db.read(waiting)))
        if not files.settings.operators:
            log.warning("nobody hears of what waits for a decision: name an [[operator]] in watchdog.toml")
        keeper = FileKeeper(home, files.settings, db)
        async with serve_health(files.settings.health, db, vitals):
            report = asyncio.create_task(_report_first_poll(db, stop))
            signals = asyncio.create_task(_heed(keeper, vitals, stop, hangup))
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


async def _heed(keeper: FileKeeper, vitals: Vitals, stop: asyncio.Event, hangup: asyncio.Event) -> None:
    """Do and tell systemd what the signals ask for, until it is to stop."""
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        hanging_up = asyncio.create_task(hangup.wait())
        await asyncio.wait({stopping, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
        hanging_up.cancel()
        if hangup.is_set():
            hangup.clear()
            vitals.systemd.reloading()
            vitals.systemd.ready(await keeper.reload(datetime.now(UTC)))
    vitals.note_stop()


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
        await take_over(db, files, datetime.now(UTC))
        async with surrounded(home, files.settings, db, console) as ctx:
            yield ctx
