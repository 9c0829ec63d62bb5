"""Older pages of a feed, where a poll found nothing known in the newest one (RFC 5005; JSON Feed 1.1, ``next_url``).

What they bring is old by definition: it fills timelines and alerts nobody (design, section 8).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

import structlog

from watchdog.core.dedup import sift_entries
from watchdog.fetch import Request
from watchdog.model.answer import Fetched
from watchdog.model.article import Entry, FeedRefused, ParsedFeed
from watchdog.pipeline.context import Context
from watchdog.pipeline.follow import ACCEPT, parse
from watchdog.store import sources
from watchdog.store.sources import SourceForPoll

log = structlog.get_logger()

#: Pages of one gap: at the twenty items that most feeds show, a hundred items.
MOST_PAGES = 5
#: In all, waiting for the host's turn included: a source's lease is 90 s.
MOST_SECONDS = 40.0


async def read_older(
    ctx: Context, job: SourceForPoll, newest: ParsedFeed, url: str, now: datetime
) -> tuple[Entry, ...]:
    """The entries of older pages that we do not hold, page by page until one shows an entry that we know.

    Asked by the same client as the feed: guarded, in turn, within its limits. What cannot be had is left out.

    Args:
        ctx: the surroundings.
        job: the source.
        newest: its document.
        url: that answered with it.
        now: of the poll.
    """
    found: dict[str, Entry] = {}
    keys = {entry.key for entry in newest.entries}
    with suppress(TimeoutError):
        async with asyncio.timeout(MOST_SECONDS):
            await _walk(ctx, job, newest.older, {url, job.source.url}, keys, found, now)
    log.info("older pages read", source=job.source.id, entries=len(found))
    return tuple(found.values())


async def _walk(
    ctx: Context,
    job: SourceForPoll,
    url: str | None,
    asked: set[str],
    keys: set[str],
    found: dict[str, Entry],
    now: datetime,
) -> None:
    for _ in range(MOST_PAGES):
        if url is None or url in asked:
            return
        asked.add(url)
        limit = ctx.settings.fetch.feed_max_bytes
        answer = await ctx.client.fetch(Request(url=url, max_bytes=limit, accept=ACCEPT, proxy=job.source.proxy), now)
        if not isinstance(answer, Fetched):
            return
        page = await parse(ctx, job.source, answer, answer.final_url, now)
        if isinstance(page, FeedRefused):
            return
        addresses = [entry.url for entry in page.entries if entry.url]
        known = await ctx.db.read(sources.known_hashes, job.source.id, [entry.key for entry in page.entries], addresses)
        sifted = sift_entries(page.entries, known)
        found.update((entry.key, entry) for entry in sifted.new if entry.key not in keys | found.keys())
        if len(sifted.new) < len(page.entries) or not page.entries:
            return
        url = page.older
