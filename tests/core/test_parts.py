"""Feeds cut at their items: what is the same is seen in the bytes, and where that is in doubt nothing is cut."""

from __future__ import annotations

import time

import pytest

from tests.fetch.rig import item, rss
from watchdog.core.parts import ITEMS_MAX, cut

DATES = "<lastBuildDate>Sat, 21 Nov 2026 10:0{}:00 +0000</lastBuildDate>"


def test_a_cut_feed_is_the_whole_feed() -> None:
    body = rss(item(1), item(2), item(3))
    parts = cut(body)
    assert parts is not None
    assert len(parts.items) == 3
    assert parts.only([0, 1, 2]) == body
    assert parts.only([1]) == rss(item(2))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        pytest.param(rss(item(1), head=DATES.format(1)), rss(item(1), head=DATES.format(2)), True, id="build date"),
        pytest.param(rss(item(1)), rss(item(1)) + b"<!-- made in 0.2 s -->", True, id="comment at the end"),
        pytest.param(rss(item(1), head="<ttl>5</ttl>"), rss(item(1), head="<ttl>9</ttl>"), False, id="ttl"),
        pytest.param(rss(item(1)), rss(item(2)), False, id="another item"),
        pytest.param(rss(item(1), item(2)), rss(item(2), item(1)), False, id="another order"),
        pytest.param(rss(item(1)), rss(item(1) + DATES.format(1)), False, id="a date in an item"),
        pytest.param(
            b"<feed><updated>1</updated><entry><updated>1</updated></entry></feed>",
            b"<feed><updated>2</updated><entry><updated>1</updated></entry></feed>",
            True,
            id="Atom's updated",
        ),
    ],
)
def test_only_moments_outside_the_items_may_differ(one: bytes, other: bytes, is_same: bool) -> None:
    first, second = cut(one), cut(other)
    assert first is not None
    assert second is not None
    assert (first.steady_hash() == second.steady_hash()) is is_same


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(rss(), id="no item"),
        pytest.param(rss(item(1))[:-40], id="broken off"),
        pytest.param(rss(item(1)).replace(b"</item>", b"", 1), id="not closed"),
        pytest.param(rss(item(1) + "<item>inner</item>"), id="one in the other"),
        pytest.param(b"<rss><item/><item>a</item></rss>", id="an empty one"),
        pytest.param(b"<rss><item>a</item><title>T</title><item>b</item></rss>", id="something between"),
        pytest.param(b"<rss><item>a --> b</item></rss>", id="a stray end of a comment"),
        pytest.param(b"<rss><!-- <item>a</item></rss>", id="a comment without an end"),
        pytest.param(rss(item(1)).decode().encode("utf-16"), id="another alphabet"),
    ],
)
def test_where_the_cut_is_in_doubt_there_is_none(body: bytes) -> None:
    assert cut(body) is None


def test_marks_inside_cdata_and_comments_are_text() -> None:
    parts = cut(b"<rss><!-- <item> --><item><![CDATA[</item><item>]]></item><item>b</item></rss>")
    assert parts is not None
    assert parts.items == (b"<item><![CDATA[</item><item>]]></item>", b"<item>b</item>")


@pytest.mark.parametrize(
    ("keys", "items", "is_apart"),
    [
        pytest.param(["1"], [item(1), item(2)], True, id="its own"),
        pytest.param(["1"], [item(1), item(12)], True, id="part of another one's is another"),
        pytest.param(["1"], [item(1), item(2) + "<guid> 1\n</guid>"], False, id="another item has it too"),
        pytest.param(["1"], [item(1), "<guid><![CDATA[1]]></guid>"], False, id="in CDATA"),
        pytest.param(["title:00"], [item(1), item(2)], False, id="not in the item: a hash of its title"),
    ],
)
def test_a_key_is_one_only_where_no_other_item_has_it(keys: list[str], items: list[str], is_apart: bool) -> None:
    parts = cut(rss(*items))
    assert parts is not None
    assert parts.tells_apart(keys, [0]) is is_apart


def test_of_too_many_items_none_is_remembered() -> None:
    assert (parts := cut(rss(*map(item, range(ITEMS_MAX + 1))))) is not None
    assert parts.hashes() == ()


@pytest.mark.parametrize("piece", [b"<![CDATA[", b"<item>", b"<!--", b"<item ", b"<pubDate>", b"-->", b"<item><"])
def test_hostile_bodies_cost_little(piece: bytes) -> None:
    began = time.process_time()
    parts = cut(piece * (900_000 // len(piece)) + b"<item>x</item>")
    if parts is not None:
        parts.steady_hash()
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["a" * 800_000, "a " * 400_000])
def test_a_key_that_an_item_repeats_without_end_is_a_doubt_and_costs_little(text: str) -> None:
    parts = cut(f"<rss><channel><item>{text}</item></channel></rss>".encode())
    assert parts is not None
    began = time.process_time()
    assert not parts.tells_apart([text[:399]], [0])
    assert time.process_time() - began < 1
