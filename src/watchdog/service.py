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
    SETTINGS_FILE,
    Home,
    Settings,
    read_home,
    read_settings,
    read_sources,
    read_watchlist,
    starter_files,
)
from watchdog.deliver import Notifier, Surroundings, new_webhook_secret, parse_target
from watchdog.engine.health import serve_health
from watchdog.engine.local import run_once, run_until
from watchdog.engine.notify import Systemd
from watchdog.engine.vitals import Vitals
from watchdog.errors import ConfigError, StoreError, UsageError
from watchdog.fetch import Client, GuardedClient
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Channel
from watchdog.model.review import Signature
from watchdog.model.status import Status
from watchdog.pipeline import review, work
from watchdog.pipeline.context import Context, SourceParser, Summary, tell_nobody
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.replay import Counts, RecordedClient, Taker, line_of, replay
from watchdog.store import Database, corrections, lock, subscribers, watchlist
from watchdog.store import sources as source_rows
from watchdog.store.corrections import Corrected
from watchdog.store.reviews import Accepted
from watchdog.store.subscribers import Subscribed, Wish
from watchdog.store.waiting import waiting
from watchdog.store.watchlist import Applied

log = structlog.get_logger()

#: Inside the home.
DATA_FOLDER = "data"
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


def apply_files(home: Path, now: datetime) -> Applied:
    """Bring the three files into the database.

    Raises:
        ConfigError: a file is wrong; nothing was changed.
    """
    files = read_home(home)
    with open_database(home, files.settings) as db:
        return db.now(watchlist.apply, files.sources, files.watchlist, now)


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


def accept(home: Path, claim_id: int, signed: Signature) -> Accepted:
    """Accept a claim that waits; the service sends what comes of it.

    Raises:
        UsageError: it does not wait, or says nothing that could be accepted.
    """
    with open_database(home, read_settings(home)) as db:
        return review.accept(db, claim_id, signed)


def reject(home: Path, claim_id: int, signed: Signature) -> tuple[int, ...]:
    """Reject a claim that waits. Returns the claims of the same change that go on waiting.

    Raises:
        UsageError: it does not wait.
    """
    with open_database(home, read_settings(home)) as db:
        return review.reject(db, claim_id, signed)


def correct_event(
    home: Path, event_id: int, status: Status | None, date: PartialDate | None, signed: Signature
) -> Corrected:
    """Put another event in the place of one, and tell whoever was told of it.

    Raises:
        UsageError: there is no such event, it does not stand, or nothing would change.
    """
    with open_database(home, read_settings(home)) as db:
        return db.now(corrections.correct, event_id, status, date, signed)


def retract_event(home: Path, event_id: int, signed: Signature) -> Corrected:
    """Take an event back, and tell whoever was told of it.

    Raises:
        UsageError: there is no such event, or it does not stand.
    """
    with open_database(home, read_settings(home)) as db:
        return db.now(corrections.retract, event_id, signed)


async def _enrol_operators(db: Database, home: Path, settings: Settings) -> tuple[int, ...]:
    """The subscriber rows of the operators in ``watchdog.toml``, each once.

    Raises:
        UsageError: one of them cannot be reached so.
    """
    found = []
    for operator in settings.operators:
        try:
            to = parse_target(operator.target, settings.fetch.allow, home)
            secret = operator.secret or None
            found.append(await db(subscribers.enrol_operator, to.channel, to.target, secret, datetime.now(UTC)))
        except UsageError as exc:
            raise UsageError(f'{SETTINGS_FILE}: operator "{operator.name}": {exc}') from exc
    return tuple(dict.fromkeys(found))


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
    progress: Callable[[str], None] | None = None,
    operators: tuple[int, ...] = (),
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
            progress=progress or tell_nobody,
            operators=operators,
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


async def run(home: Path, console: Console, stop: asyncio.Event, hangup: asyncio.Event) -> None:
    """The service: apply the files, then tick until told to stop.

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
    async with (
        _opened(home, files, console, vitals.note_progress) as ctx,
        serve_health(files.settings.health, ctx.db, vitals),
    ):
        log.info("service started", version=__version__, waiting=len(await ctx.db.read(waiting)))
        if not ctx.operators:
            log.warning("nobody hears of what waits for a decision: name an [[operator]] in watchdog.toml")
        report = asyncio.create_task(_report_first_poll(ctx, stop))
        signals = asyncio.create_task(_heed(home, ctx.db, vitals, stop, hangup))
        await run_until(ctx, stop, vitals)
        await asyncio.gather(report, signals)
    log.info("service stopped")


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

    Sources, cases and topics are taken over at once; settings count from the next start.

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


async def _report_first_poll(ctx: Context, stop: asyncio.Event) -> None:
    """Say once, when every source was asked, which of them gave no feed."""
    started = datetime.now(UTC)
    while not stop.is_set():
        try:
            rows = [row for row in await ctx.db.read(source_rows.list_sources) if row.source.enabled]
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
    files = read_home(home)
    async with _opened(home, files, console) as ctx:
        return await run_once(ctx)


@contextlib.asynccontextmanager
async def _opened(
    home: Path, files: Home, console: Console, progress: Callable[[str], None] | None = None
) -> AsyncIterator[Context]:
    with lock.held(home / DATA_FOLDER, alone=False), open_database(home, files.settings) as db:
        db.check()
        applied = await db(watchlist.apply, files.sources, files.watchlist, datetime.now(UTC))
        log.info("files applied", added=len(applied.added), changed=len(applied.changed), gone=len(applied.gone))
        operators = await _enrol_operators(db, home, files.settings)
        async with GuardedClient(files.settings.fetch, __version__) as client:
            channels = _channels(home, files.settings, client, console)
            async with open_context(
                home, files.settings, db, client, channels, revisits=True, progress=progress, operators=operators
            ) as ctx:
                yield ctx


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
