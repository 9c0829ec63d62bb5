"""Asks one address as ``poll`` and ``read`` would, stores nothing, and says what came at each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watchdog.core.discovery import FeedLink, linked_feeds, usual_feeds
from watchdog.core.page import extract_page
from watchdog.core.plain import decode, plain_paragraphs
from watchdog.core.states import fault_of
from watchdog.errors import WorkerError
from watchdog.fetch import Request
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason, Hop, NotModified
from watchdog.model.article import FeedRefused, PageText, ParsedFeed
from watchdog.model.source import Fault, Source
from watchdog.pipeline.context import Context
from watchdog.pipeline.follow import ACCEPT, parse

_ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.5"
#: A line of a page that is worth showing where it was left out.
_LINE_MIN, _MOST_LINES = 25, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPage:
    """What an article of a feed extracts to."""

    url: str
    hops: tuple[Hop, ...]
    #: None where there is no text; then ``problem`` says why.
    page: PageText | None = None
    problem: str = ""
    #: Longer lines of the page that are not in the text.
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What asking an address gave."""

    url: str
    hops: tuple[Hop, ...]
    #: None where a feed came.
    fault: Fault | None = None
    #: Of an answer that is no document.
    reason: FetchReason | None = None
    status: int | None = None
    problem: str = ""
    parsed: ParsedFeed | None = None
    article: CheckedPage | None = None
    #: Feeds that the page names, where it is a page.
    links: tuple[FeedLink, ...] = ()


async def check(ctx: Context, source: Source, now: datetime) -> Checked:
    """Ask for a source's document, read it, and read its newest article with a page."""
    hops, answer = await _ask(ctx, source, source.url, ctx.settings.fetch.feed_max_bytes, ACCEPT, now)
    if isinstance(answer, NotModified):
        return Checked(url=source.url, hops=hops, fault=Fault.TROUBLE, problem="304 to a request without validators")
    if isinstance(answer, FetchFailed):
        return Checked(
            url=source.url,
            hops=hops,
            fault=fault_of(answer),
            reason=answer.reason,
            status=answer.status,
            problem=answer.detail,
        )
    parsed = await parse(ctx, source, answer, answer.final_url, now)
    if isinstance(parsed, FeedRefused):
        links = await _links(ctx, answer)
        return Checked(url=source.url, hops=hops, fault=fault_of(parsed), problem=parsed.detail, links=links)
    newest = next((entry.url for entry in parsed.entries if entry.url), None)
    article = None if newest is None else await _check_page(ctx, source, newest, now)
    return Checked(url=source.url, hops=hops, parsed=parsed, article=article)


async def find_feeds(ctx: Context, source: Source, now: datetime) -> tuple[tuple[FeedLink, ParsedFeed], ...]:
    """The living feeds of a home page: itself, those that it names, else those that stand where most do."""
    first = await check(ctx, source, now)
    if first.parsed is not None:
        return ((FeedLink(url=source.url), first.parsed),)
    for links in (first.links, usual_feeds(source.url)):
        checked = [(link, await _parsed(ctx, source, link.url, now)) for link in links]
        found = {link.url: (link, parsed) for link, parsed in checked if parsed is not None and parsed.entries}
        if found:
            return tuple(found.values())
    return ()


async def _parsed(ctx: Context, source: Source, url: str, now: datetime) -> ParsedFeed | None:
    _, answer = await _ask(ctx, source, url, ctx.settings.fetch.feed_max_bytes, ACCEPT, now)
    if not isinstance(answer, Fetched):
        return None
    parsed = await parse(ctx, source, answer, answer.final_url, now)
    return parsed if isinstance(parsed, ParsedFeed) else None


async def _links(ctx: Context, answer: Fetched) -> tuple[FeedLink, ...]:
    try:
        return await ctx.pool.run(_find_links, answer.body, answer.final_url, answer.header("content-type"))
    except WorkerError:
        return ()


def _find_links(body: bytes, url: str, content_type: str | None) -> tuple[FeedLink, ...]:
    return linked_feeds(decode(body, content_type), url)


async def _check_page(ctx: Context, source: Source, url: str, now: datetime) -> CheckedPage:
    hops, answer = await _ask(ctx, source, url, ctx.settings.fetch.page_max_bytes, _ACCEPT_PAGE, now, is_page=True)
    if not isinstance(answer, Fetched):
        problem = answer.detail if isinstance(answer, FetchFailed) else "304 to a request without validators"
        return CheckedPage(url=url, hops=hops, problem=problem)
    try:
        page, removed = await ctx.pool.run(_cut, answer.body, answer.final_url, answer.header("content-type"), now)
    except WorkerError as exc:
        return CheckedPage(url=url, hops=hops, problem=f"the page could not be cut: {exc}")
    problem = "" if page else "the page holds no article text"
    return CheckedPage(url=url, hops=hops, page=page, problem=problem, removed=removed)


def _cut(body: bytes, url: str, content_type: str | None, now: datetime) -> tuple[PageText | None, tuple[str, ...]]:
    page = extract_page(body, url=url, content_type=content_type, now=now)
    kept = "" if page is None else f"{page.title}\n{page.text}"
    lines = [line for line in plain_paragraphs(decode(body, content_type)) if len(line) >= _LINE_MIN]
    return page, tuple(line for line in lines if line not in kept)[:_MOST_LINES]


async def _ask(
    ctx: Context, source: Source, url: str, max_bytes: int, accept: str, now: datetime, *, is_page: bool = False
) -> tuple[tuple[Hop, ...], Answer]:
    hops: list[Hop] = []
    request = Request(
        url=url, max_bytes=max_bytes, accept=accept, obeys_robots=is_page, proxy=source.proxy, listener=hops.append
    )
    answer = await ctx.client.fetch(request, now)
    return tuple(hops), answer
