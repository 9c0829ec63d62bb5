"""Two hundred sources with random faults: every item stored once, every fault told once, and once its end.

Real requests, database, worker and parser; the clock is an argument, ten minutes a round: a source leaves OK only
after half an hour. Length in seconds: ``WATCHDOG_SOAK_SECONDS`` (600).
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.fetch.rig import FETCH, MINUTE, NOW, item, rss
from tests.servers import Page, Site
from watchdog.archive import ArchiveWriter
from watchdog.config.settings import Settings
from watchdog.core.feed import parse_feed
from watchdog.fetch import GuardedClient
from watchdog.model.delivery import Channel
from watchdog.model.source import Source, SourceState
from watchdog.model.watch import Watchlist
from watchdog.pipeline.context import Context
from watchdog.pipeline.poll import poll
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.remind import remind
from watchdog.store import Database, subscribers, watchlist
from watchdog.store import sources as source_rows
from watchdog.store.tables import entries, notices, source_states

SECONDS = float(os.environ.get("WATCHDOG_SOAK_SECONDS", "600"))
SOURCES, SHOWN = 200, 60
ROUND = 10 * MINUTE
#: Who failed often is asked once a day, and a little more; all are told and back by then.
CALM = timedelta(days=3)
FAULTS = (
    Page(status=503),
    Page(status=500),
    Page(status=404),
    Page(status=403),
    Page(status=401),
    Page(body=b"<html><title>Sign in</title><form><input type='password'></form>"),
    Page(body=b""),
    Page(body=rss()),
    Page(body=rss(*map(item, range(9)))[:60]),
    Page(body=rss(*map(item, range(9))), drop_after=40),
    Page(raw=b""),
    Page(status=200, headers={"Content-Encoding": "br"}, body=b"x"),
)


@dataclass(slots=True)
class World:
    """What each source carried, and which are broken now."""

    site: Site
    chance: random.Random
    items: dict[str, list[int]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    number: int = 0

    def show(self, name: str) -> None:
        self.site.put(f"/{name}", rss(*map(item, reversed(self.items[name][-SHOWN:]))))

    def publish(self, name: str) -> None:
        self.number += 1
        self.items.setdefault(name, []).append(self.number)
        if name not in self.broken:
            self.show(name)

    def break_down(self, name: str) -> None:
        self.site.script(f"/{name}", self.chance.choice(FAULTS))
        self.broken.add(name)
        self.faults[name] += 1

    def mend(self, name: str) -> None:
        self.broken.discard(name)
        self.show(name)


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 600)
async def test_every_item_is_stored_once_and_every_fault_told_twice(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    names = [f"s{number}" for number in range(SOURCES)]
    with Site() as site, Database("sqlite:///soak.db", tmp_path) as db:
        world = World(site=site, chance=chance)
        for name in names:
            world.publish(name)
        rows = [Source(id=name, url=site.url(f"/{name}"), name=name, every=ROUND) for name in names]
        db.now(watchlist.apply, rows, Watchlist(), NOW)
        who = db.now(subscribers.enrol_operator, Channel.ATOM, "atom:ops.xml", None, NOW)
        async with (
            GuardedClient(FETCH, "1.2") as client,
            Pool(workers=1, deadline=timedelta(seconds=10), memory_max_bytes=2_000_000_000) as pool,
        ):
            ctx = Context(
                db=db, client=client, archive=ArchiveWriter(tmp_path / "archive"), pool=pool, notifiers={},
                parsers={"feed": parse_feed}, settings=Settings(fetch=FETCH), operators=(who,),
            )  # fmt: skip
            now, started = NOW, time.monotonic()
            await once(ctx, now)  # a feed that never had an item may be empty: that would be no fault
            while time.monotonic() - started < SECONDS:
                now += ROUND
                for name in chance.sample(names, 20):
                    world.publish(name)
                well = sorted(set(names) - world.broken - left_ok(db))
                for name in chance.sample(well, min(3, len(well))):
                    world.break_down(name)
                await once(ctx, now)
                for name in left_ok(db) & world.broken:
                    world.mend(name)
            calm_since = now
            while world.broken or left_ok(db):
                assert now - calm_since < CALM, f"neither told nor back: {world.broken | left_ok(db)}"
                now += timedelta(hours=3)  # who failed often is asked seldom
                await once(ctx, now)
                for name in left_ok(db) & world.broken:
                    world.mend(name)
            now += timedelta(hours=27)
            await once(ctx, now)
        check(db, world)
        print(f"soak: {(now - NOW).days} days, {world.number} items, {world.faults.total()} faults")


async def once(ctx: Context, now: datetime) -> None:
    while (await poll(ctx, now, 32)).taken:
        pass
    await remind(ctx, now, 16)


def left_ok(db: Database) -> set[str]:
    rows = db.read_now(source_rows.list_sources)
    return {row.source.id for row in rows if row.state not in {None, SourceState.OK}}


def check(db: Database, world: World) -> None:
    stored = db.read_now(lambda c: c.execute(select(entries.c.source_id, entries.c.key)).all())
    carried = Counter((name, str(number)) for name, numbers in world.items.items() for number in numbers)
    assert Counter((row.source_id, row.key) for row in stored) == carried, "each item once"
    turns = db.read_now(
        lambda c: c.execute(select(source_states.c.id, source_states.c.source_id, source_states.c.state)
                            .where(source_states.c.is_turn)).all()
    )  # fmt: skip
    left = Counter(row.source_id for row in turns if row.state != SourceState.OK)
    back = Counter(row.source_id for row in turns if row.state == SourceState.OK)
    assert left == world.faults, "one leaving a fault"
    assert back == world.faults, "one return a fault"
    told = db.read_now(lambda c: c.execute(select(notices.c.key).where(notices.c.kind == "sources")).scalars().all())
    assert Counter(told) == Counter(f"source {row.id}" for row in turns), "one notice each"
    assert db.read_now(lambda c: c.execute(select(func.count()).select_from(entries)).scalar_one()) == world.number
