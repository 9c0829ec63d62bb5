"""One address asked on the spot, with the home's settings; nothing is stored."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from watchdog import __version__
from watchdog.config import read_settings
from watchdog.core.discovery import FeedLink
from watchdog.fetch import GuardedClient
from watchdog.model.article import ParsedFeed
from watchdog.model.source import Source
from watchdog.pipeline.check import Checked, check, find_feeds
from watchdog.pipeline.context import Context
from watchdog.service.homes import open_database
from watchdog.service.wiring import open_context


async def check_source(home: Path, source: Source) -> Checked:
    """Ask a source's address as the service would, and read its newest article.

    Raises:
        ConfigError: the settings are wrong.
        StoreError: the database cannot be opened.
    """
    async with _asking(home) as ctx:
        return await check(ctx, source, datetime.now(UTC))


async def discover(home: Path, source: Source) -> tuple[tuple[FeedLink, ParsedFeed], ...]:
    """The feeds of a home page; raises as ``check_source``."""
    async with _asking(home) as ctx:
        return await find_feeds(ctx, source, datetime.now(UTC))


@contextlib.asynccontextmanager
async def _asking(home: Path) -> AsyncIterator[Context]:
    settings = read_settings(home)
    settings = replace(settings, work=replace(settings.work, workers=1))
    with open_database(home, settings) as db:
        async with (
            GuardedClient(settings.fetch, __version__) as client,
            open_context(home, settings, db, client, {}, revisits=False) as ctx,
        ):
            yield ctx
