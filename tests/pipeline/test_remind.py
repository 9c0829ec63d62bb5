"""The step ``remind`` with the step ``send`` behind it: the clock is an argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from tests.store.test_reviews import DIED, NOW, a_claim, judged, operator, watch
from watchdog.archive import ArchiveWriter
from watchdog.config.settings import MailSettings, Settings
from watchdog.deliver import Surroundings
from watchdog.deliver.atom import make
from watchdog.model.delivery import Channel
from watchdog.pipeline.context import Context
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.remind import remind
from watchdog.pipeline.replay import RecordedClient
from watchdog.pipeline.send import send
from watchdog.store import Database

DAY = timedelta(hours=24)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    settings = Settings()
    with Database("sqlite:///w.db", tmp_path) as db:
        around = Surroundings(home=tmp_path, mail=MailSettings(), client=None, out=None)  # type: ignore[arg-type]  # the Atom file needs neither
        yield Context(
            db=db,
            client=RecordedClient(),
            archive=ArchiveWriter(tmp_path / "archive"),
            pool=Pool(workers=1, deadline=timedelta(seconds=1), memory_max_bytes=10**9),
            notifiers={Channel.ATOM: make(around)},
            parsers={},
            settings=settings,
        )


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


async def test_nobody_is_told_where_nobody_is_an_operator_and_a_new_one_is_told_then(ctx: Context) -> None:
    watch(ctx.db, DIED)
    judged(ctx.db, NOW, a_claim(confidence=1.0))
    assert (await remind(ctx, NOW, 10)).taken == 0
    ctx = replace(ctx, operators=(operator(ctx.db),))
    assert (await remind(ctx, NOW + DAY, 10)).taken == 1
