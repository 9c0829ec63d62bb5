"""Makes the surroundings of the steps; there is no container, this is the wiring."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, cast

from watchdog import __version__, plugins
from watchdog.archive import ArchiveWriter
from watchdog.config import (
    SETTINGS_FILE,
    Settings,
)
from watchdog.deliver import Notifier, Surroundings, parse_target
from watchdog.errors import UsageError
from watchdog.fetch import Client, GuardedClient
from watchdog.model.delivery import Channel
from watchdog.model.plugin import AddressFinder, SourceParser, SourcePlugin
from watchdog.pipeline import work
from watchdog.pipeline.context import Context, tell_nobody
from watchdog.pipeline.pool import Pool
from watchdog.service.homes import ARCHIVE_FOLDER
from watchdog.store import Database, rests, subscribers


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
        initargs=(settings.meanings,),
    )
    parsers, addresses = load_sources()
    async with pool:
        yield Context(
            db=db,
            client=client,
            archive=ArchiveWriter(home / ARCHIVE_FOLDER),
            pool=pool,
            notifiers=notifiers,
            parsers=parsers,
            addresses=addresses,
            settings=settings,
            revisits=revisits,
            progress=progress or tell_nobody,
            operators=operators,
        )


def load_sources() -> tuple[Mapping[str, SourceParser], Mapping[str, AddressFinder]]:
    """The source plug-ins by name: how answers are read, and for some of them which address is asked."""
    loaded = cast("Mapping[str, SourceParser | SourcePlugin]", plugins.load("watchdog.sources"))
    parsers = {name: part.parse if isinstance(part, SourcePlugin) else part for name, part in loaded.items()}
    return parsers, {name: part.address for name, part in loaded.items() if isinstance(part, SourcePlugin)}


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


def make_channels(
    home: Path, settings: Settings, client: GuardedClient, console: Console
) -> Mapping[Channel, Notifier]:
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


@contextlib.asynccontextmanager
async def surrounded(
    home: Path, settings: Settings, db: Database, console: Console, progress: Callable[[str], None] | None = None
) -> AsyncIterator[Context]:
    """The steps' surroundings in the real world."""
    operators = await _enrol_operators(db, home, settings)
    async with GuardedClient(settings.fetch, __version__) as client:
        for rest in await db.read(rests.list_rests, datetime.now(UTC)):
            client.keep_rest(rest)
        channels = make_channels(home, settings, client, console)
        async with open_context(
            home, settings, db, client, channels, revisits=True, progress=progress, operators=operators
        ) as ctx:
            yield ctx
