"""Plays a recording through the real steps: its records are the answers, their dates the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from watchdog.archive import Recorded, Skipped
from watchdog.core.address import canonical
from watchdog.core.messages import message_line
from watchdog.fetch import Request
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason
from watchdog.model.delivery import Message, Sent
from watchdog.model.event import Outcome
from watchdog.model.topic import TopicOutcome
from watchdog.pipeline.context import Context
from watchdog.pipeline.judge import Told, ToldTopic, judge
from watchdog.pipeline.poll import poll
from watchdog.pipeline.read import WAITS_FOR_RECORD, read
from watchdog.pipeline.send import send
from watchdog.store import articles, sources

log = structlog.get_logger()

#: Rows that one run of a step takes.
_BATCH = 200

_KINDS = {
    Outcome.NEW: "alert",
    Outcome.REVIEW: "review",
    Outcome.CORRECTION: "correction",
    Outcome.CONFIRMATION: "confirmation",
    Outcome.DISPUTE: "dispute",
}


class RecordedClient:
    """Answers from records: a feed's once, a page's newest at any time; everything else is not recorded."""

    def __init__(self) -> None:
        self._feeds: dict[str, Fetched] = {}
        self._pages: dict[str, Fetched] = {}
        #: After the last record: what is not here will not come.
        self.has_ended = False

    def hear_feed(self, address: str, record: Recorded) -> None:
        """Make a record the answer to the next poll of a source's address."""
        self._feeds[address] = record.as_fetched()

    def hear_page(self, address: str, record: Recorded) -> None:
        """Make a record the answer to every read of its canonical address, until a newer one comes."""
        self._pages[address] = record.as_fetched()

    def recorded_address(self, address: str) -> str:
        """The address of a page as the recording writes it."""
        page = self._pages.get(address)
        return page.url if page else address

    async def fetch(self, request: Request, now: datetime) -> Answer:
        """The record of an address, if there is one."""
        _ = now
        found = self._feeds.pop(request.url, None) or self._pages.get(request.url)
        if found is not None and len(found.body) <= request.max_bytes:
            return found
        if found is not None:
            detail = f"the record holds {len(found.body)} bytes, more than {request.max_bytes}"
            return FetchFailed(url=request.url, reason=FetchReason.TOO_LARGE, detail=detail)
        if self.has_ended:
            gone = 410
            return FetchFailed(
                url=request.url, reason=FetchReason.HTTP_STATUS, detail="not in the recording", status=gone
            )
        return FetchFailed(url=request.url, reason=FetchReason.NOT_RECORDED, detail="not recorded yet")


class Taker:
    """The built-in subscriber's channel: takes every message; its line was printed when it was decided."""

    async def send(self, message: Message, now: datetime) -> Sent:
        """Take it."""
        _ = message, now
        return Sent(receipt="replayed")


@dataclass(slots=True)
class Counts:
    """What a replay met; read it when the replay has ended."""

    feeds: int = 0
    pages: int = 0
    skipped: int = 0


async def replay(
    ctx: Context, client: RecordedClient, records: Iterable[Recorded | Skipped], counts: Counts
) -> AsyncIterator[Told | ToldTopic]:
    """Play a recording and give every decision as it is made.

    Args:
        ctx: made with ``client`` as its client and without revisits; its cases and sources were applied before the
            first record.
        client: answers from the records that were played so far.
        records: in their order; the clock follows their dates and never goes back.
        counts: filled while playing.
    """
    now = datetime.min.replace(tzinfo=UTC)
    feeds = {_plain(row.source.url): row.source.url for row in await ctx.db.read(sources.list_sources)}
    for record in records:
        if isinstance(record, Skipped):
            counts.skipped += 1
            continue
        now = max(now, record.date)
        address = _plain(record.url)
        if address in feeds:
            counts.feeds += 1
            client.hear_feed(feeds[address], record)
            await ctx.db(sources.wake, feeds[address], now)
        else:
            counts.pages += 1
            client.hear_page(address, record)
            await ctx.db(articles.wake, address, now)
        async for told in _settle(ctx, now):
            yield told
    client.has_ended = True
    await ctx.db(articles.wake_all_waiting, WAITS_FOR_RECORD, now)
    async for told in _settle(ctx, now):
        yield told


def _plain(address: str) -> str:
    """The canonical form, where there is one."""
    return canonical(address) or address


async def _settle(ctx: Context, now: datetime) -> AsyncIterator[Told | ToldTopic]:
    """Run the steps until nothing is left to do at this moment."""
    while True:
        taken = (await poll(ctx, now, _BATCH)).taken + (await read(ctx, now, _BATCH)).taken
        judged = await judge(ctx, now, _BATCH)
        for told in judged.told:
            yield told
        for about in judged.topics:
            yield about
        taken += judged.taken + (await send(ctx, now, _BATCH)).taken
        if taken == 0:
            return


def line_of(told: Told | ToldTopic, client: RecordedClient, *, why: bool) -> dict[str, object] | None:
    """One decision as a JSON line; None where it is not worth one.

    Args:
        told: the decision.
        client: knows how the recording writes addresses.
        why: whether silence gets a line too.
    """
    if isinstance(told, ToldTopic):
        if told.decision.outcome is not TopicOutcome.NEW:
            return None
        return {**message_line(told.decision.alert), "url": client.recorded_address(told.job.url)}
    decision = told.written.decision
    kind = _KINDS.get(decision.outcome)
    url = client.recorded_address(told.job.url)
    if kind is not None:
        return {**message_line(told.written.alert), "kind": kind, "event": told.written.event_id, "url": url}
    if not why:
        return None
    return {
        "kind": "silence",
        "case": told.written.case_id,
        "status": decision.claim.status,
        "url": url,
        "reason": decision.reason,
        "evidence": decision.claim.evidence.sentence,
    }
