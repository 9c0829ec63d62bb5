"""A recording played in a scratch database."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from watchdog.archive import read_recording
from watchdog.config import (
    Settings,
    read_sources,
    read_watchlist,
)
from watchdog.model.delivery import Channel
from watchdog.pipeline.replay import Counts, RecordedClient, Taker, line_of, replay
from watchdog.service.wiring import open_context
from watchdog.store import Database, subscribers, watchlist
from watchdog.store.subscribers import Wish


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
        with Database(settings.database.url, scratch) as db:
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
