"""Reads what a poll brings, and asks for what belongs to it: next pages, the files of an index, details."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import datetime
from urllib.parse import urldefrag

import structlog

from watchdog.core.address import organisation_of
from watchdog.core.parts import Parts
from watchdog.errors import WatchdogError, WorkerError
from watchdog.fetch import Request
from watchdog.model.answer import Fetched, FetchFailed, NotModified
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed
from watchdog.model.plugin import SourceParser
from watchdog.model.source import Source
from watchdog.pipeline.context import Context
from watchdog.store import rests

log = structlog.get_logger()

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "application/ld+json;q=0.9, application/json;q=0.9, */*;q=0.5"
)

#: Further documents of one poll, and how long all of them together may take: with the first one it must end before
#: the lease of 90 s does. At two seconds between two requests to one host that is about twenty documents.
FOLLOW_MAX = 20
FOLLOW_FOR_S = 45.0
#: After so many failures a host is left alone until the next poll.
FAILURES_MAX = 2


async def parse(ctx: Context, source: Source, answer: Fetched, url: str, now: datetime) -> ParsedFeed | FeedRefused:
    """The feed in a body; a parser that hangs or dies is a refusal like any other.

    Args:
        ctx: The surroundings.
        source: Names the parser under ``via``.
        answer: The body.
        url: What the parser is told of the address.
        now: When it came.
    """
    parser = ctx.parsers.get(source.via)
    if parser is None:
        raise WatchdogError(f"no source plug-in is named {source.via!r}")
    try:
        return await ctx.pool.run(_run_parser, parser, answer.body, url, answer.header("content-type"), now)
    except WorkerError as exc:
        return FeedRefused(reason=FeedRefusal.PARSER_FAILED, detail=str(exc))


async def parse_unseen(
    ctx: Context, source: Source, answer: Fetched, parts: Parts, seen: str, now: datetime
) -> ParsedFeed | None:
    """The feed without the items that the last document had; None where the whole must be parsed.

    Args:
        ctx: The surroundings.
        source: Names the parser under ``via``.
        answer: The body.
        parts: That body.
        seen: Hashes of the items of the last document, apart by a space.
        now: When it came.
    """
    known = frozenset(seen.split())
    numbers = [number for number, found in enumerate(parts.hashes()) if found not in known]
    if not known or not 0 < len(numbers) < len(parts.items):
        return None
    parsed = await parse(ctx, source, replace(answer, body=parts.only(numbers)), answer.final_url, now)
    if not isinstance(parsed, ParsedFeed) or len(parsed.entries) != len(numbers):
        return None
    if not parts.tells_apart([entry.key for entry in parsed.entries], numbers):
        return None
    return replace(parsed, known=len(parts.items) - len(numbers))


def _run_parser(
    parser: SourceParser, body: bytes, url: str, content_type: str | None, now: datetime
) -> ParsedFeed | FeedRefused:
    return parser(body, url=url, content_type=content_type, now=now)


async def follow(ctx: Context, source: Source, first: ParsedFeed, now: datetime) -> ParsedFeed | FeedRefused:
    """Ask for what a feed says belongs to it, and for what that leads to; all on the source's own domain.

    Nothing of it is remembered: where the next poll comes, all is asked again.

    Returns:
        All entries together; a refusal where nothing came but failures, which is never "no news".
    """
    parts, failures, asked = [first], list[str](), {source.url}
    waiting = deque(first.more)
    loop = asyncio.get_running_loop()
    end = loop.time() + FOLLOW_FOR_S
    while waiting and len(asked) <= FOLLOW_MAX and len(failures) < FAILURES_MAX and loop.time() < end:
        address = waiting.popleft()
        plain = urldefrag(address).url
        if plain in asked or organisation_of(plain) != organisation_of(source.url):
            continue
        asked.add(plain)
        part = await _part(ctx, source, address, end, now)
        if isinstance(part, str):
            failures.append(part)
            log.warning("a part of a feed did not come", source=source.id, reason=part)
        else:
            parts.append(part)
            waiting.extend(part.more)
    entries = _joined(parts)
    if failures and not entries:
        return FeedRefused(reason=FeedRefusal.PARTS_FAILED, detail=f"nothing but what failed: {failures[0]}")
    left = [f"{len(waiting)} further documents left out"] if waiting else []
    problems = [problem for part in parts for problem in part.problems]
    return replace(first, entries=entries, problems=(*problems, *failures, *left), more=())


async def _part(ctx: Context, source: Source, address: str, end: float, now: datetime) -> ParsedFeed | str:
    """One further document; in words why there is none."""
    plain, own = urldefrag(address)
    request = Request(url=plain, max_bytes=ctx.settings.fetch.feed_max_bytes, accept=ACCEPT, proxy=source.proxy)
    try:
        async with asyncio.timeout_at(end):
            answer = await ctx.client.fetch(request, now)
    except TimeoutError:
        return "its parts took too long together"
    if isinstance(answer, FetchFailed):
        if answer.rest is not None:
            await ctx.db(rests.keep, answer.rest, now)
        return answer.detail
    if isinstance(answer, NotModified):
        return "304 to a request without validators"
    told = f"{answer.final_url}#{own}" if own else answer.final_url
    part = await parse(ctx, source, answer, told, now)
    return f"not a feed ({part.reason}): {part.detail}" if isinstance(part, FeedRefused) else part


def _joined(parts: list[ParsedFeed]) -> tuple[Entry, ...]:
    """All entries, in the order of their documents; of equal keys the first stays."""
    keyed: dict[str, Entry] = {}
    for part in parts:
        for entry in part.entries:
            keyed.setdefault(entry.key, entry)
    return tuple(keyed.values())
