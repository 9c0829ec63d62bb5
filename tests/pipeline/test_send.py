"""The step ``send`` at a slow receiver: one target's messages wait for one another, and their leases with them."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.servers import Page, Seen, Site
from tests.store.test_reviews import NOW, a_claim, judged, watch
from watchdog import service
from watchdog.config.settings import DatabaseSettings, FetchSettings, Settings, WorkSettings
from watchdog.fetch import GuardedClient
from watchdog.model.delivery import Channel
from watchdog.model.status import Status
from watchdog.pipeline.context import Context
from watchdog.pipeline.send import send
from watchdog.service import Console, wiring
from watchdog.store import Database, subscribers, tables
from watchdog.store.queue import LEASE
from watchdog.store.subscribers import Wish


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


TOLD = {
    Status.RELEASED: "Mehman Huseynov was released on Saturday.",
    Status.HOSPITALISED: "Mehman Huseynov was hospitalised on Saturday.",
    Status.CHARGED: "Mehman Huseynov was charged on Saturday.",
}


class SlowReceiver:
    """A webhook that answers one of its messages only when it is told to."""

    def __init__(self, site: Site, *before: Page) -> None:
        self.answers = threading.Event()
        self._site = site
        site.script("/hook", *before, self._hang, Page(status=204))

    def _hang(self, seen: Seen) -> Page:
        _ = seen
        self.answers.wait(10)
        return Page(status=204)

    async def got(self, count: int) -> list[str | None]:
        """Keys in their order, once so many came."""
        seen = await asyncio.to_thread(self._site.wait_for, "/hook", count)
        return [each.header("webhook-id") for each in seen]


@pytest.fixture
async def ctx(tmp_path: Path, database_url: str, site: Site) -> AsyncIterator[Context]:
    """Three alerts in the outbox for one webhook."""
    settings = Settings(
        database=DatabaseSettings(url=database_url),
        fetch=FetchSettings(allow=(ip_network("127.0.0.0/8"),), min_gap=timedelta(0)),
        work=WorkSettings(workers=1),
    )
    async with GuardedClient(settings.fetch, "test") as client:
        with Database(settings.database.url, tmp_path) as db:
            watch(db)
            target = f"webhook+{site.url('/hook')}"
            db.now(subscribers.subscribe, Channel.WEBHOOK, target, Wish(everything=True), "whsec_AAAA", NOW)
            for number, (status, sentence) in enumerate(TOLD.items()):
                at = NOW - timedelta(minutes=len(TOLD) - number)
                judged(db, at, a_claim(status, confidence=1.0, sentence=sentence))
            channels = wiring.make_channels(tmp_path, settings, client, Console(out=io.StringIO()))
            async with service.open_context(tmp_path, settings, db, client, channels, revisits=False) as made:
                yield made


def leases(ctx: Context) -> list[datetime | None]:
    wanted = select(tables.deliveries.c.lease_until).order_by(tables.deliveries.c.id)
    return ctx.db.read_now(lambda connection: list(connection.execute(wanted).scalars()))


async def test_what_another_service_took_over_is_not_sent_again(ctx: Context, site: Site) -> None:
    receiver = SlowReceiver(site)
    asleep = asyncio.create_task(send(ctx, NOW, 16))
    await receiver.got(1)
    taken_over = await send(ctx, NOW + LEASE, 16)
    assert (taken_over.taken, taken_over.sent) == (3, 3)
    receiver.answers.set()
    done = await asleep
    assert (done.taken, done.sent) == (3, 1)
    keys = await receiver.got(4)
    assert len(keys) == 4
    assert keys[0] == keys[1], "the one that was under way is the only one that comes twice"
    assert len(set(keys)) == 3


async def test_messages_that_wait_for_a_slow_one_keep_their_lease(ctx: Context, site: Site) -> None:
    receiver = SlowReceiver(site, Page(status=204, delay=1.1))
    under_way = asyncio.create_task(send(ctx, NOW, 16))
    await receiver.got(1)
    assert leases(ctx) == [NOW + LEASE] * 3
    await receiver.got(2)
    ended, *renewed = leases(ctx)
    assert ended is None
    assert all(lease is not None and lease > NOW + LEASE for lease in renewed)
    receiver.answers.set()
    assert (await under_way).sent == 3
    assert len(set(await receiver.got(3))) == 3
