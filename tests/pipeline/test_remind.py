"""The step ``remind`` with the step ``send`` behind it: the clock is an argument."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from sqlalchemy import Table, select, update

from tests.pipeline.rooms import context
from tests.store.test_reviews import DIED, NOW, a_claim, judged, operator, revision, watch
from watchdog.config.settings import MailSettings
from watchdog.deliver import Surroundings
from watchdog.deliver.atom import make
from watchdog.model.answer import Validators
from watchdog.model.article import Entry
from watchdog.model.delivery import Channel
from watchdog.pipeline.context import Context
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.remind import remind
from watchdog.pipeline.send import send
from watchdog.store import Database, sources
from watchdog.store.sources import NewEntry, PollOutcome
from watchdog.store.tables import articles, revisions

DAY = timedelta(hours=24)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    with Database("sqlite:///w.db", tmp_path) as db:
        around = Surroundings(home=tmp_path, mail=MailSettings(), client=None, out=None)  # type: ignore[arg-type]  # the Atom file needs neither
        yield replace(context(db, tmp_path), notifiers={Channel.ATOM: make(around)})


def titles(home: Path) -> list[str]:
    return [entry.title for entry in feedparser.parse((home / "ops.xml").read_bytes()).entries]


async def test_a_waiting_release_is_told_at_once_and_after_a_day(ctx: Context, tmp_path: Path) -> None:
    watch(ctx.db, DIED)
    judged(ctx.db, NOW, a_claim(confidence=1.0))
    ctx = replace(ctx, operators=(operator(ctx.db),))
    for moment, notices in ((NOW, 1), (NOW, 0), (NOW + DAY - timedelta(seconds=1), 0), (NOW + DAY, 1), (NOW + DAY, 0)):
        assert (await remind(ctx, moment, 10)).taken == notices
        assert (await send(ctx, moment, 10)).taken == notices
    words = "for your decision: Mehman Huseynov: released, 28 February 2026"
    assert titles(tmp_path) == [f"[Watchdog] Still waits {words}", f"[Watchdog] Waits {words}"]


def set_aside(db: Database, table: Table, row_id: int, at: datetime) -> None:
    aside = (
        update(table).where(table.c.id == row_id).values(stuck_at=at, due_at=None, reason="WorkerDied: exit code -11")
    )
    db.now(lambda connection: connection.execute(aside))


def publish(db: Database, *titles: str) -> list[int]:
    """Articles that a feed names and nobody has read. Returns their ids."""
    (poll,) = db.now(sources.claim_due, NOW, 1)
    urls = {f"https://oc.example/{number}": title for number, title in enumerate(titles)}
    new = tuple(
        NewEntry(
            entry=Entry(key=url, url=url, title=title, summary="", content="", published=NOW),
            hash=url,
            url=url,
            has_page=True,
        )
        for url, title in urls.items()
    )
    outcome = PollOutcome(next_poll_at=NOW + DAY, validators=Validators(), body_hash="b", new=new)
    assert db.now(sources.settle_poll, poll, outcome, NOW) == len(new)
    return db.read_now(lambda connection: list(connection.execute(select(articles.c.id).order_by("id")).scalars()))


async def test_a_stuck_article_that_names_a_watched_person_is_told_at_once(ctx: Context, tmp_path: Path) -> None:
    watch(ctx.db)
    ctx = replace(ctx, operators=(operator(ctx.db),))
    weather, first, second = publish(ctx.db, "Rain expected", "Huseynov, Mehman: free", "Мехман Гусейнов на свободе")
    set_aside(ctx.db, articles, weather, NOW)
    assert (await remind(ctx, NOW, 10)).taken == 1
    minute = timedelta(minutes=1)
    set_aside(ctx.db, articles, first, NOW + minute)
    assert (await remind(ctx, NOW + minute, 10)).taken == 1, "not within the hour: at once"
    assert (await remind(ctx, NOW + minute, 10)).taken == 0, "once"
    set_aside(ctx.db, articles, second, NOW + 2 * minute)
    assert (await remind(ctx, NOW + 2 * minute, 10)).taken == 0, "in a mass failure not one by one"
    assert (await remind(ctx, NOW + 6 * minute, 10)).taken == 1
    assert (await remind(ctx, NOW + DAY / 2, 10)).taken == 0
    assert (await send(ctx, NOW + 7 * minute, 10)).taken == 3
    head = "[Watchdog] 1 article that may tell of a watched person set aside"
    assert titles(tmp_path) == [head, head, "[Watchdog] 1 row set aside"]
    told = feedparser.parse((tmp_path / "ops.xml").read_bytes()).entries[1].summary.replace("<br />", " ")
    assert f"- Huseynov, Mehman: free https://oc.example/1 read:{first}: WorkerDied: exit code -11" in told
    assert f"watchdog queue retry read:{first}" in told


async def test_a_revision_that_killed_the_judge_is_told_at_once_too(ctx: Context, tmp_path: Path) -> None:
    watch(ctx.db)
    ctx = replace(ctx, operators=(operator(ctx.db),))
    job = revision(ctx.db, NOW, "Mehman Huseynov was released.")
    set_aside(ctx.db, revisions, job.id, NOW)
    assert (await remind(ctx, NOW, 10)).taken == 1
    await send(ctx, NOW, 10)
    assert titles(tmp_path) == ["[Watchdog] 1 row set aside"], "its title is: Released"
    renamed = update(revisions).values(title="Mehman Huseynov released", stuck_at=NOW + DAY)
    ctx.db.now(lambda connection: connection.execute(renamed))
    assert (await remind(ctx, NOW + DAY, 10)).taken == 1
    await send(ctx, NOW + DAY, 10)
    assert titles(tmp_path)[0] == "[Watchdog] 1 article that may tell of a watched person set aside"


async def test_where_no_worker_survives_the_title_it_is_told_at_once(ctx: Context, tmp_path: Path) -> None:
    watch(ctx.db)
    (weather,) = publish(ctx.db, "Rain expected")
    set_aside(ctx.db, articles, weather, NOW)
    async with Pool(workers=1, deadline=timedelta(seconds=1), memory_max_bytes=10**9, initializer=os.abort) as dying:
        ctx = replace(ctx, operators=(operator(ctx.db),), pool=dying)
        assert (await remind(ctx, NOW, 10)).taken == 1
    await send(ctx, NOW, 10)
    assert titles(tmp_path) == ["[Watchdog] 1 article that may tell of a watched person set aside"]


async def test_nobody_is_told_where_nobody_is_an_operator_and_a_new_one_is_told_then(ctx: Context) -> None:
    watch(ctx.db, DIED)
    judged(ctx.db, NOW, a_claim(confidence=1.0))
    assert (await remind(ctx, NOW, 10)).taken == 0
    ctx = replace(ctx, operators=(operator(ctx.db),))
    assert (await remind(ctx, NOW + DAY, 10)).taken == 1
