"""The odd feeds of real outlets, as they slide on from poll to poll: nothing is stored twice, and nothing is lost.

Each is made after what was seen of one of our sources (the notes in ``feeds.toml``), in its size.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.daemon import Story
from tests.fetch.rig import HOUR, NOW, Rigging, rss
from tests.servers import Site

#: One item of a feed: its number, the poll that it is carried in, and the site.
Item = Callable[[int, int, Site], str]


def date(number: int) -> str:
    return f"<pubDate>{format_datetime(NOW - timedelta(days=30) + number * HOUR)}</pubDate>"


def link(number: int, site: Site) -> str:
    return f"<title>News {number}</title><link>{site.url(f'/n/{number}')}</link>"


def same_guid(number: int, poll: int, site: Site) -> str:
    return f"{link(number, site)}<guid isPermaLink='false'>qafqazinfo.az</guid>{date(number)}"


def no_guid(number: int, poll: int, site: Site) -> str:
    return link(number, site) + date(number)


def other_guid(number: int, poll: int, site: Site) -> str:
    return f"{link(number, site)}<guid isPermaLink='false'>{poll}-{number}</guid>{date(number)}"


def no_date(number: int, poll: int, site: Site) -> str:
    return f"{link(number, site)}<guid>{site.url(f'/n/{number}')}</guid>"


def counted(number: int, poll: int, site: Site) -> str:
    """The address carries the reader's way, which differs at each poll."""
    address = f"{site.url(f'/n/{number}')}?utm_source=feed&amp;utm_campaign=poll{poll}"
    return f"<title>News {number}</title><link>{address}</link><guid>{address}</guid>{date(number)}"


def burned(number: int, poll: int, site: Site) -> str:
    """FeedBurner: the link leads through its own host, the article's address stands beside it."""
    origin = (
        "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>{}</feedburner:origLink>"
    )
    through = f"http://feedproxy.example/~r/cdt/~3/{poll}x{number}/"
    own = origin.format(site.url(f"/n/{number}"))
    guid = f"<guid isPermaLink='false'>https://cdt.example/?p={number}</guid>"
    return f"<title>News {number}</title><link>{through}</link>{own}{guid}{date(number)}"


def bumped(number: int, poll: int, site: Site) -> str:
    """The time of the poll stands where the date of publication should."""
    now = format_datetime(NOW + poll * HOUR)
    return f"{link(number, site)}<guid isPermaLink='false'>{number}</guid><pubDate>{now}</pubDate>"


@pytest.mark.parametrize(
    ("item", "size", "step", "is_shuffled"),
    [
        pytest.param(same_guid, 100, 7, False, id="one guid on all of 100 items"),
        pytest.param(no_guid, 30, 9, False, id="no guid"),
        pytest.param(other_guid, 30, 9, False, id="another guid at each poll"),
        pytest.param(no_date, 20, 5, False, id="no date"),
        pytest.param(counted, 20, 5, False, id="addresses that count readers"),
        pytest.param(burned, 20, 7, False, id="FeedBurner"),
        pytest.param(bumped, 20, 7, False, id="the date of the poll"),
        pytest.param(same_guid, 735, 40, True, id="735 items, not newest first, one guid"),
        pytest.param(other_guid, 483, 40, True, id="483 items, not newest first, another guid at each poll"),
    ],
)
async def test_each_item_is_stored_once(
    site: Site, home: Rigging, item: Item, size: int, step: int, is_shuffled: bool
) -> None:
    shuffle = random.Random(7).shuffle
    async with home("/feed") as rig:
        for poll in range(3):
            numbers = list(range(poll * step + size - 1, poll * step - 1, -1))
            if is_shuffled:
                shuffle(numbers)
            site.put("/feed", rss(*(item(number, poll, site) for number in numbers)))
            polled = await rig.poll(rig.row().due_at)
            assert (polled.new, polled.refused, polled.failed) == (size if poll == 0 else step, (), 0)
        expected = {site.url(f"/n/{number}") for number in range(size + 2 * step)}
        assert {row.url for row in rig.articles()} == expected
        assert len(rig.articles()) == len(rig.entries()) == len(expected)
        assert sum(row.in_first_poll for row in rig.articles()) == size


async def test_items_without_address_and_guid_are_known_by_their_titles(site: Site, home: Rigging) -> None:
    async with home("/feed") as rig:
        for poll in range(3):
            items = [f"<title>News {n}</title><description>Text {n}.</description>" for n in range(poll, poll + 5)]
            site.put("/feed", rss(*reversed(items)))
            assert (await rig.poll(rig.row().due_at)).new == (5 if poll == 0 else 1)
        assert [entry.title for entry in rig.entries()] == [f"News {n}" for n in (0, 1, 2, 3, 4, 5, 6)]


async def test_where_the_feed_has_a_summary_the_page_is_read(site: Site, home: Rigging) -> None:
    whole = "The court extended his detention by two months, said his lawyer after the hearing on Friday. " * 4
    site.put("/n/1", Story(path="/n/1", title="News 1", text=whole).page())
    site.put("/feed", rss(f"{link(1, site)}<description>The court ...</description>{date(1)}"))
    async with home("/feed") as rig:
        await rig.poll(NOW)
        await rig.read(NOW)
        (revision,) = rig.revisions()
        assert (revision.text_from, revision.text) == ("page", whole.strip())


async def test_one_article_in_two_feeds_of_a_publisher_is_read_once(site: Site, home: Rigging) -> None:
    site.put("/n/1", Story(path="/n/1", title="News 1", text="He was released on Friday, said his lawyer. " * 9).page())
    for path in ("/all", "/rights"):
        site.put(path, rss(no_guid(1, 0, site)))
    async with home("/all", "/rights") as rig:
        assert (await rig.poll(NOW)).new == 1
        await rig.read(NOW)
        assert (len(rig.entries()), len(rig.articles()), len(site.requests_to("/n/1"))) == (2, 1, 1)
