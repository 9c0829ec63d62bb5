"""The step ``read``: have the page behind an entry, keep it as evidence, and cut the text out of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from watchdog.core.cadence import READ_TRIES, next_read_try, next_visit
from watchdog.core.dedup import Compared, is_kept, text_hash
from watchdog.core.furniture import without_furniture
from watchdog.core.page import text_of_entry
from watchdog.errors import WorkerError
from watchdog.fetch import Request
from watchdog.model.answer import Fetched, FetchFailed, FetchReason, NotModified, Validators
from watchdog.model.article import PageText, TextFrom
from watchdog.pipeline.context import SURROUNDINGS, Context, Summary
from watchdog.pipeline.work import compare_in_worker, extract_in_worker
from watchdog.points import point
from watchdog.store import articles, past, queue, rests
from watchdog.store.articles import ArchivedAt, ArticleForRead, NewRevision
from watchdog.store.past import Past
from watchdog.store.tables import articles as table

log = structlog.get_logger()

_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"

#: Why an article waits in a replay: its page may still follow in the recording.
WAITS_FOR_RECORD = "waits for a record of its page"

#: Trying again cannot help: the page is refused or too large whenever we ask.
_FOR_GOOD = frozenset(
    {
        FetchReason.REFUSED_ADDRESS,
        FetchReason.ROBOTS,
        FetchReason.TOO_LARGE,
        FetchReason.ENCODING,
        FetchReason.REDIRECTS,
        FetchReason.LEGAL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Summary):
    """What one run of ``read`` did."""

    #: New revisions, to be judged.
    revisions: int = 0
    #: Of these, revisions made of the entry's own text.
    from_feed: int = 0


async def read(ctx: Context, now: datetime, limit: int) -> Read:
    """Read the articles that are due.

    Safe to run twice: an article is held by a lease; the page is in the archive before the revision that names it is
    committed, so a crash between the two leaves a record without a row, which is harmless.
    """
    jobs = await ctx.db(articles.claim_unread, now, limit)
    results = await asyncio.gather(*(_read_guarded(ctx, job, now) for job in jobs))
    made = [result for result in results if isinstance(result, TextFrom)]
    done = Read(
        taken=len(jobs),
        failed=sum(result is False for result in results),
        revisions=len(made),
        from_feed=made.count(TextFrom.FEED),
    )
    if jobs:
        log.info("read finished", taken=done.taken, revisions=done.revisions, from_feed=done.from_feed)
    return done


async def _read_guarded(ctx: Context, job: ArticleForRead, now: datetime) -> TextFrom | bool:
    """One article; whatever it raises is logged and counted and stops nobody else.

    Returns:
        Where the new revision's text came from; True where there is none, False where the step itself broke.
    """
    try:
        return await _read_one(ctx, job, now) or True
    except SURROUNDINGS as exc:
        log.error("read failed", article=job.id, reason=str(exc))  # noqa: TRY400  # said in words, no bug
        await ctx.db(queue.give_back, table, job.lease, now, str(exc))
        return False
    except Exception as exc:
        is_stuck = await ctx.db(queue.fail, table, job.lease, now, f"{type(exc).__name__}: {exc}")
        log.exception("read failed", article=job.id, source=job.source.id, set_aside=is_stuck)
        return False


async def _read_one(ctx: Context, job: ArticleForRead, now: datetime) -> TextFrom | None:
    if not job.has_page:
        return await _use_entry(ctx, job, now, "the entry has no address of its own")
    request = Request(
        url=job.url,
        validators=job.validators,
        max_bytes=ctx.settings.fetch.page_max_bytes,
        accept=_ACCEPT,
        obeys_robots=True,
        proxy=job.source.proxy,
    )
    point("before the page is asked for")
    answer = await ctx.client.fetch(request, now)
    point("after the page has answered")
    match answer:
        case FetchFailed(reason=FetchReason.NOT_RECORDED):
            await ctx.db(articles.settle_unchanged, job, None, reason=None if job.last_hash else WAITS_FOR_RECORD)
            return None
        case FetchFailed(reason=FetchReason.NOT_YET):
            return await _later(ctx, job, answer, now)
        case FetchFailed():
            return await _without_page(ctx, job, answer, now)
        case NotModified():
            await ctx.db(articles.settle_unchanged, job, _next_visit(ctx, job, now), reason=None)
            return None
        case Fetched():
            return await _with_page(ctx, job, answer, now)
        case _:
            assert_never(answer)


async def _later(ctx: Context, job: ArticleForRead, answer: FetchFailed, now: datetime) -> TextFrom | None:
    """The page was not asked for: no try is counted, but nobody waits for days to be judged."""
    if _is_too_late(job, answer):
        return await _use_entry(ctx, job, now, answer.detail)
    at = now + (answer.retry_after or timedelta(0))
    await ctx.db(articles.settle_unchanged, job, at, tries=job.tries, reason=answer.detail)
    return None


async def _without_page(ctx: Context, job: ArticleForRead, answer: FetchFailed, now: datetime) -> TextFrom | None:
    """The page did not come: try again within a day, then make do with the entry's own text."""
    if answer.rest is not None:
        await ctx.db(rests.keep, answer.rest, now)
    log.info("page not read", article=job.id, source=job.source.id, reason=answer.detail, tries=job.tries + 1)
    is_for_good = answer.is_gone or answer.reason in _FOR_GOOD or _is_too_late(job, answer)
    wait = None if is_for_good else next_read_try(job.tries + 1)
    if wait is not None:
        at = now + max(wait, answer.retry_after or wait)
        await ctx.db(articles.settle_unchanged, job, at, tries=job.tries + 1, reason=answer.detail)
        return None
    return await _use_entry(ctx, job, now, answer.detail, is_for_good=is_for_good)


def _is_too_late(job: ArticleForRead, answer: FetchFailed) -> bool:
    """Whether an article that nobody has judged would wait for its page longer than all tries together."""
    return job.last_hash is None and (answer.retry_after or timedelta(0)) > sum(READ_TRIES, timedelta(0))


async def _with_page(ctx: Context, job: ArticleForRead, answer: Fetched, now: datetime) -> TextFrom | None:
    """Cut the text out of a page; a page that yields none, or that breaks its worker, leaves the entry's own text."""
    content_type = answer.header("content-type")
    try:
        page = await ctx.pool.run(extract_in_worker, answer.body, answer.final_url, content_type, now)
    except WorkerError as exc:
        log.warning("page could not be cut", article=job.id, source=job.source.id, reason=str(exc))
        return await _use_entry(ctx, job, now, f"the page could not be cut: {exc}")
    if page is None:
        return await _use_entry(ctx, job, now, "the page holds no article text")
    return await _store(ctx, job, page, answer, now)


async def _use_entry(
    ctx: Context, job: ArticleForRead, now: datetime, reason: str, *, is_for_good: bool = False
) -> TextFrom | None:
    """The entry's own text is the revision, unless the article has one already; its page is asked on."""
    page = text_of_entry(job.entry)
    if job.last_from is TextFrom.PAGE:
        at = None if is_for_good else _next_visit(ctx, job, now)
        await ctx.db(articles.settle_unchanged, job, at, reason=reason)
        return None
    if text_hash(page.title, page.text) == job.last_hash:
        await ctx.db(articles.settle_unchanged, job, None, tries=job.tries, reason=reason)
        return None
    compared = await _compare(ctx, page, await _past(ctx, job, now), now)
    new = NewRevision(
        page=compared.page,
        title_is_new=compared.title_is_new,
        text_from=TextFrom.FEED,
        text_hash=text_hash(page.title, page.text),
        lang=job.entry.lang,
        published=job.entry.published,
        archived=None,
        validators=Validators(),
        reason=reason,
    )
    stored = await ctx.db(articles.settle_read, job, new, None, now)
    return TextFrom.FEED if stored else None


async def _store(ctx: Context, job: ArticleForRead, found: PageText, answer: Fetched, now: datetime) -> TextFrom | None:
    """A page's text becomes a revision where it differs from the last one, within the limit of a day."""
    others = await ctx.db.read(past.other_pages, job.source.id, job.id, job.url)
    page, furniture = without_furniture(replace(found, title=found.title or job.entry.title), others)
    digest = text_hash(page.title, page.text)
    if digest == job.last_hash:
        await ctx.db(articles.settle_unchanged, job, _next_visit(ctx, job, now), reason=None)
        return None
    before = await _past(ctx, job, now)
    compared = await _compare(ctx, page, before, now)
    if ctx.revisits and not is_kept(len(before.seen_today), is_news=compared.is_news):
        await _put_off(ctx, job, before, now, is_news=compared.is_news)
        return None
    kept = await asyncio.to_thread(ctx.archive.append, answer)
    new = NewRevision(
        page=compared.page,
        title_is_new=compared.title_is_new,
        text_from=TextFrom.PAGE,
        text_hash=digest,
        lang=page.lang or job.entry.lang,
        published=job.published or page.published,
        archived=ArchivedAt(file=kept.file, offset=kept.offset, length=kept.length, sha256=kept.sha256),
        validators=answer.validators,
        reason=None,
        furniture=furniture,
        is_news=compared.is_news,
    )
    stored = await ctx.db(articles.settle_read, job, new, None, now)
    return TextFrom.PAGE if stored else None


async def _past(ctx: Context, job: ArticleForRead, now: datetime) -> Past:
    """The article's revisions so far; nobody is asked where there was none when it was claimed."""
    return Past() if job.last_hash is None else await ctx.db.read(past.read_past, job.id, now)


async def _compare(ctx: Context, page: PageText, before: Past, now: datetime) -> Compared:
    if not before.paragraphs:
        return Compared(page=page, title_is_new=True, is_news=True)
    return await ctx.pool.run(compare_in_worker, page, before.paragraphs, now.date())


async def _put_off(ctx: Context, job: ArticleForRead, before: Past, now: datetime, *, is_news: bool) -> None:
    """The page changes all the time: what it says now is kept when the day is over, if it still says so."""
    log.info("page changes too often", article=job.id, source=job.source.id, kept=len(before.seen_today))
    at: datetime | None
    if is_news:
        at = before.seen_today[0] + timedelta(days=1)
        reason = f"changed {len(before.seen_today)} times within a day; it is read again when the day is over"
    else:
        at = _next_visit(ctx, job, now)
        reason = f"changes at every visit and says nothing new; {len(before.seen_today)} revisions of a day are kept"
    await ctx.db(articles.settle_unchanged, job, at, reason=reason)


def _next_visit(ctx: Context, job: ArticleForRead, now: datetime) -> datetime | None:
    """When an unchanged page is asked again; it was due only because a case in it is in motion."""
    if not ctx.revisits or job.changed_at is None:
        return None
    wait = next_visit(now - job.changed_at)
    return None if wait is None else now + wait
