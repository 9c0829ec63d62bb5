"""Wires the rooms together: opens a home, makes the context of the steps, and does what a command asks for.

The only place that knows all rooms; there is no container, the code below is the wiring.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

import structlog

from watchdog import __version__, plugins
from watchdog.archive import ArchiveWriter, read_recording
from watchdog.config import (
    FEEDS_FILE,
    Home,
    Settings,
    read_home,
    read_settings,
    read_sources,
    read_watchlist,
    starter_files,
)
from watchdog.deliver import Notifier, Surroundings, new_webhook_secret, parse_target
from watchdog.engine.keeping import FileKeeper
from watchdog.engine.local import run_once, run_until
from watchdog.errors import UsageError
from watchdog.fetch import Client, GuardedClient
from watchdog.model.delivery import Channel
from watchdog.pipeline import work
from watchdog.pipeline.context import Context, SourceParser, Summary
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.replay import Counts, RecordedClient, Taker, line_of, replay
from watchdog.store import Database, subscribers, watchlist
from watchdog.store import sources as source_rows
from watchdog.store.subscribers import Subscribed, Wish
from watchdog.store.watchlist import Applied

log = structlog.get_logger()

#: Inside the home.
ARCHIVE_FOLDER = "data/archive"


def open_database(home: Path, settings: Settings) -> Database:
    """The home's database, at the newest schema.

    Raises:
        StoreError: it cannot be opened.
    """
    return Database(settings.database.url, home)


def initialise(home: Path, feeds: Path | None, now: datetime) -> tuple[str, ...]:
    """Make a home that works: the three files, the database, and two subscriptions to everything.

    Files that are there already stay as they are.

    Args:
        home: made where it is missing.
        feeds: a ``feeds.toml`` to start with; None takes the starter's.
        now: aware.

    Returns:
        The files that were written.
    """
    home.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in starter_files().items():
        if not (home / name).exists():
            text = feeds.read_text("utf-8") if feeds is not None and name == FEEDS_FILE else content
            (home / name).write_text(text, "utf-8")
            written.append(name)
    apply_files(home, now)
    for target in ("console:", "atom:alerts.xml"):
        subscribe(home, target, Wish(everything=True), now)
    return tuple(written)


def apply_files(home: Path, now: datetime, *, is_rehearsal: bool = False) -> Applied:
    """Bring the three files into the database; in a rehearsal, only say what that would change.

    Raises:
        ConfigError: a file is wrong; nothing was changed.
    """
    files = read_home(home)
    with open_database(home, files.settings) as db:
        do = db.rehearse if is_rehearsal else db.now
        return do(watchlist.apply, files.sources, files.watchlist, now)


def subscribe(home: Path, target: str, wish: Wish, now: datetime) -> Subscribed:
    """Subscribe a target.

    Raises:
        UsageError: the target cannot be one, or a case or topic that it names is not watched.
    """
    settings = read_settings(home)
    parsed = parse_target(target, settings.fetch.allow, home)
    secret = new_webhook_secret() if parsed.channel is Channel.WEBHOOK else None
    with open_database(home, settings) as db:
        watched = {row.case.id for row in db.read_now(watchlist.list_cases) if row.left_at is None}
        topics = set(db.read_now(watchlist.list_topics))
        for word, wanted, have in (("case", wish.case_ids, watched), ("topic", wish.topic_ids, topics)):
            for name in wanted:
                if name not in have:
                    raise UsageError(f"no {word} {name!r} is watched; there are {', '.join(sorted(have)) or 'none'}")
        return db.now(subscribers.subscribe, parsed.channel, parsed.target, wish, secret, now)


def unsubscribe(home: Path, target: str, now: datetime) -> int:
    """End all subscriptions of a target. Returns how many ended.

    Raises:
        UsageError: the target never subscribed.
    """
    settings = read_settings(home)
    with open_database(home, settings) as db:
        ended = db.now(subscribers.unsubscribe, target.strip(), now)  # a reference that leads nowhere by now, too
        if ended is None:
            parsed = parse_target(target, settings.fetch.allow, home)
            ended = db.now(subscribers.unsubscribe, parsed.target, now)
    if ended is None:
        raise UsageError(f"{target} has no subscription")
    return ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Where the console channel writes, and in which form."""

    out: TextIO
    as_json: bool = False


@contextlib.asynccontextmanager
async def open_context(
    home: Path,
    settings: Settings,
    db: Database,
    client: Client,
    notifiers: Mapping[Channel, Notifier],
    *,
    revisits: bool,
) -> AsyncIterator[Context]:
    """Everything that the steps need; its worker processes end when the block is left."""
    pool = Pool(
        workers=settings.work.workers,
        deadline=settings.work.deadline,
        memory_max_bytes=settings.work.memory_max_bytes,
        initializer=work.prepare,
    )
    async with pool:
        yield Context(
            db=db,
            client=client,
            archive=ArchiveWriter(home / ARCHIVE_FOLDER),
            pool=pool,
            notifiers=notifiers,
            parsers=cast("Mapping[str, SourceParser]", plugins.load("watchdog.sources")),
            settings=settings,
            revisits=revisits,
        )


def _channels(home: Path, settings: Settings, client: GuardedClient, console: Console) -> Mapping[Channel, Notifier]:
    """Every channel plug-in, made once."""
    surroundings = Surroundings(
        home=home,
        mail=settings.mail,
        client=client,
        out=console.out,
        as_json=console.as_json,
        allow=settings.fetch.allow,
        version=__version__,
    )
    makers = cast("Mapping[str, Callable[[Surroundings], Notifier]]", plugins.load("watchdog.notifiers"))
    return {Channel(name): make(surroundings) for name, make in makers.items()}


async def run(home: Path, console: Console, stop: asyncio.Event) -> None:
    """The service: apply the files, then tick until told to stop; new files and settings are taken over on the way.

    Raises:
        ConfigError: a file is wrong; nothing was started.
        StoreError: the database cannot be opened.
    """
    files = read_home(home)
    with open_database(home, files.settings) as db:
        await _apply(db, files)
        log.info("service started", version=__version__)
        report = asyncio.create_task(_report_first_poll(db, stop))
        keeper = FileKeeper(home, files.settings, db)
        while not stop.is_set():
            await _tick(home, keeper, db, console, stop)
        await report
    log.info("service stopped")


async def _tick(home: Path, keeper: FileKeeper, db: Database, console: Console, stop: asyncio.Event) -> None:
    """Tick until told to stop, or until there are settings that only a new client and new channels know."""
    pause = asyncio.Event()

    async def watch() -> None:
        try:
            await keeper.watch(stop)
        finally:
            pause.set()

    async with _surrounded(home, keeper.settings, db, console) as ctx:
        watching = asyncio.create_task(watch())
        await run_until(ctx, pause)
        await watching


async def _report_first_poll(db: Database, stop: asyncio.Event) -> None:
    """Say once, when every source was asked, which of them gave no feed."""
    started = datetime.now(UTC)
    while not stop.is_set():
        rows = [row for row in await db.read(source_rows.list_sources) if row.source.enabled]
        if all(row.next_poll_at is None or row.next_poll_at > started for row in rows):
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
    files = read_home(home)
    with open_database(home, files.settings) as db:
        await _apply(db, files)
        async with _surrounded(home, files.settings, db, console) as ctx:
            return await run_once(ctx)


@contextlib.asynccontextmanager
async def _surrounded(home: Path, settings: Settings, db: Database, console: Console) -> AsyncIterator[Context]:
    """The steps' surroundings in the real world."""
    async with GuardedClient(settings.fetch, __version__) as client:
        channels = _channels(home, settings, client, console)
        async with open_context(home, settings, db, client, channels, revisits=True) as ctx:
            yield ctx


async def _apply(db: Database, files: Home) -> None:
    applied = await db(watchlist.apply, files.sources, files.watchlist, datetime.now(UTC))
    log.info("files applied", added=len(applied.added), changed=len(applied.changed), gone=len(applied.gone))


async def play(
    recording: Path, feeds: Path, watched: Path, counts: Counts, *, why: bool
) -> AsyncIterator[dict[str, object]]:
    """Play a recording in a scratch database, and give its JSON lines as they are decided.

    Args:
        recording: a WARC file.
        feeds: a ``feeds.toml``.
        watched: a ``watchlist.toml``.
        counts: filled while playing.
        why: whether silence gets a line too.

    Raises:
        ConfigError: a file is wrong.
        ArchiveError: the recording cannot be read.
    """
    sources = tuple(replace(source, enabled=True) for source in read_sources(feeds))
    cases = read_watchlist(watched)
    with tempfile.TemporaryDirectory(prefix="watchdog-replay-") as name:
        scratch = Path(name)
        settings = Settings()
        settings = replace(settings, work=replace(settings.work, workers=1))
        client = RecordedClient()
        with open_database(scratch, settings) as db:
            before_all = datetime(1, 1, 2, tzinfo=UTC)
            await db(watchlist.apply, sources, cases, before_all)
            everything = Wish(everything=True)
            await db(subscribers.subscribe, Channel.CONSOLE, "console:", everything, None, before_all)
            takers = {Channel.CONSOLE: Taker()}
            async with open_context(scratch, settings, db, client, takers, revisits=False) as ctx:
                async for told in replay(ctx, client, read_recording(recording), counts):
                    line = line_of(told, client, why=why)
                    if line is not None:
                        yield line
