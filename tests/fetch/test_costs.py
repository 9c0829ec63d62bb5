"""What a poll asks of the workers: nothing where nothing is new, and of a new item that item alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from tests.fetch.rig import HOUR, NOW, Rigging, item, rss
from tests.servers import Page, Site
from watchdog.core.feed import parse_feed
from watchdog.model.article import ParsedFeed
from watchdog.pipeline.poll import poll
from watchdog.pipeline.pool import Pool

pytestmark = pytest.mark.asyncio(loop_scope="package")

T = TypeVar("T")


class Counted(Pool):
    """The pool, which notes the documents that it is given."""

    def __init__(self) -> None:
        super().__init__(workers=1, deadline=timedelta(seconds=10), memory_max_bytes=2_000_000_000)
        self.given: list[bytes] = []

    async def run(self, work: Callable[..., T], *args: object) -> T:
        self.given += [each for each in args if isinstance(each, bytes)]
        return await super().run(work, *args)


def dated(minute: int, *items: str) -> bytes:
    return rss(*items, head=f"<lastBuildDate>Sat, 21 Nov 2026 10:{minute:02}:00 +0000</lastBuildDate>")


async def test_only_what_is_new_in_a_feed_is_parsed(site: Site, home: Rigging) -> None:
    etag = {"ETag": '"1"'}
    repeated = item(4).replace("<guid isPermaLink='false'>4<", "<guid isPermaLink='false'>3<")
    wanted: tuple[tuple[str, Page, list[bytes] | None, str], ...] = (
        ("first", Page(body=dated(1, item(2), item(1))), [dated(1, item(2), item(1))], "1 2"),
        ("built again", Page(body=dated(2, item(2), item(1)), headers=etag), [], "1 2"),
        ("not modified", Page(status=304), [], "1 2"),
        ("the same again", Page(body=dated(2, item(2), item(1))), [], "1 2"),
        ("one more", Page(body=dated(3, item(3), item(2), item(1))), [dated(3, item(3))], "1 2 3"),
        ("one edited", Page(body=dated(4, item(3), item(2) + "<author>a</author>", item(1))), None, "1 2 3"),
    )
    site.script("/feed", *(page for _, page, _, _ in wanted), Page(body=dated(5, repeated, item(3), item(2), item(1))))
    async with home("/feed") as rig, Counted() as pool:
        ctx, now = replace(rig.ctx, pool=pool), NOW
        for name, _, given, keys in wanted:
            pool.given.clear()
            now += 3 * HOUR
            assert (await poll(ctx, now, 9)).refused == (), name
            assert given is None or pool.given == given, name
            assert " ".join(rig.keys()) == keys, name
        pool.given.clear()
        await poll(ctx, now + 3 * HOUR, 9)
        assert pool.given[-1] == dated(5, repeated, item(3), item(2), item(1)), (
            "an id of two items is none: parsed whole"
        )


async def test_a_feed_is_the_same_whether_it_is_parsed_whole_or_item_by_item(site: Site, home: Rigging) -> None:
    whole = parse_feed(dated(9, *map(item, range(8, 0, -1))), url=site.url("/feed"), content_type=None, now=NOW)
    assert isinstance(whole, ParsedFeed)
    site.script("/feed", *(Page(body=dated(last, *map(item, range(last, 0, -1)))) for last in (2, 3, 5, 8)))
    async with home("/feed") as rig:
        for number in range(4):
            await rig.poll(NOW + number * 3 * HOUR)
        stored = sorted(rig.entries(), key=lambda entry: entry.key)
    assert stored == sorted(whole.entries, key=lambda entry: entry.key)
