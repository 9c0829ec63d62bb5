from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import feedparser
import pytest

from watchdog.deliver import Surroundings
from watchdog.deliver.atom import make
from watchdog.model.delivery import Message, SendFailed, SendReason, Sent

MakeMessage = Callable[..., Message]


def read(path: Path) -> feedparser.FeedParserDict:
    feed = feedparser.parse(path.read_bytes())
    assert feed.bozo == 0
    assert feed.version == "atom10"
    return feed


async def test_a_reader_sees_the_alert(make_message: MakeMessage, surroundings: Surroundings, now: datetime) -> None:
    assert await make(surroundings).send(make_message("atom:out/alerts.xml"), now) == Sent(receipt="written")
    feed = read(surroundings.home / "out" / "alerts.xml")
    assert feed.feed.title == "Watchdog alerts"
    assert feed.feed.author == "Watchdog"
    assert feed.feed.updated == "2019-01-22T10:30:00Z"
    (entry,) = feed.entries
    assert entry.title == "[Mehman Huseynov] Ended or suspended a hunger strike"
    assert entry.link == "https://oc-media.org/a"
    assert entry.id.startswith("urn:uuid:")
    assert entry.updated == "2019-01-22T10:30:00Z"
    assert [tag.term for tag in entry.tags] == ["mehman-huseynov", "hunger_strike_ended"]
    assert "has ended his hunger strike" in entry.content[0].value


async def test_a_repeat_changes_nothing(make_message: MakeMessage, surroundings: Surroundings, now: datetime) -> None:
    path = surroundings.home / "alerts.xml"
    await make(surroundings).send(make_message("atom:alerts.xml"), now)
    before = path.read_bytes()
    again = await make(surroundings).send(make_message("atom:alerts.xml"), now)
    assert again == Sent(receipt="it was there already")
    assert path.read_bytes() == before


async def test_newest_first_and_at_most_a_hundred(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    channel = make(surroundings)
    for number in range(103):
        await channel.send(make_message("atom:alerts.xml", key=f"key{number}", minutes=number), now)
    feed = read(surroundings.home / "alerts.xml")
    updated = [entry.updated for entry in feed.entries]
    assert len(updated) == 100
    assert updated == sorted(updated, reverse=True)
    assert feed.feed.updated == updated[0]
    assert len({entry.id for entry in feed.entries}) == 100
    assert [item.name for item in surroundings.home.iterdir()] == ["alerts.xml"]


async def test_a_late_repeat_of_an_old_alert_does_not_turn_back_the_feed(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    for key, minutes in (("new", 60), ("late", 0)):
        await make(surroundings).send(make_message("atom:alerts.xml", key=key, minutes=minutes), now)
    assert read(surroundings.home / "alerts.xml").feed.updated == "2019-01-22T11:30:00Z"


async def test_the_feed_keeps_its_id(make_message: MakeMessage, surroundings: Surroundings, now: datetime) -> None:
    path = surroundings.home / "alerts.xml"
    await make(surroundings).send(make_message("atom:alerts.xml", key="a"), now)
    first = read(path).feed.id
    await make(surroundings).send(make_message("atom:alerts.xml", key="b"), now)
    assert read(path).feed.id == first


async def test_messages_at_once_are_all_kept(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    channel = make(surroundings)
    await asyncio.gather(*(channel.send(make_message("atom:alerts.xml", key=f"key{n}"), now) for n in range(20)))
    assert len(read(surroundings.home / "alerts.xml").entries) == 20


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<feed xmlns='http://www.w3.org/2005/Atom'><id>x</id>", id="half a file"),
        pytest.param(b"<rss/>", id="not Atom"),
        pytest.param(b"\xff\xfe\x00binary", id="not XML"),
        pytest.param(b"<?xml version='1.0' encoding='no-such'?><feed/>", id="an unknown encoding"),
        pytest.param(b"<feed xmlns='http://www.w3.org/2005/Atom'/>", id="a feed without an id"),
        pytest.param(
            b"<!DOCTYPE feed [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><feed xmlns='http://www.w3.org/2005/Atom'>"
            b"<id>&b;</id><updated>2019-01-01T00:00:00Z</updated></feed>",
            id="entities",
        ),
    ],
)
async def test_a_damaged_file_is_set_aside(
    damaged: bytes, make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    path = surroundings.home / "alerts.xml"
    path.write_bytes(damaged)
    sent = await make(surroundings).send(make_message("atom:alerts.xml"), now)
    assert sent == Sent(receipt="written; the old file was damaged and is now alerts.xml.damaged-20190122T103100")
    assert (surroundings.home / "alerts.xml.damaged-20190122T103100").read_bytes() == damaged
    assert len(read(path).entries) == 1


async def test_hostile_text_stays_text(
    hostile: Callable[[str], Message], surroundings: Surroundings, now: datetime
) -> None:
    await make(surroundings).send(hostile("atom:alerts.xml"), now)
    raw = (surroundings.home / "alerts.xml").read_text("utf-8")
    assert "<script" not in raw
    assert not set(raw) & set("\x1b\x07\x9b\r\u2028\u202e\u2066\u200b\ufffe")
    (entry,) = read(surroundings.home / "alerts.xml").entries
    assert entry.get("links", []) == []  # the address was none that a reader may follow
    assert "<script" not in entry.content[0].value


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
async def test_only_web_addresses_become_links(
    url: str, make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    await make(surroundings).send(make_message("atom:alerts.xml", url=url), now)
    assert read(surroundings.home / "alerts.xml").entries[0].get("links", []) == []


async def test_a_link_in_the_home_does_not_lead_out(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (surroundings.home / "feeds").symlink_to(outside)
    failed = await make(surroundings).send(make_message("atom:feeds/alerts.xml"), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.CONFIG
    assert list(outside.iterdir()) == []


async def test_a_reference_that_leads_nowhere_keeps_the_message(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    failed = await make(surroundings).send(make_message("file:no-such-file"), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.CONFIG


async def test_another_process_at_work_is_waited_out(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    folder = os.open(surroundings.home, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    failed = await make(surroundings).send(make_message("atom:alerts.xml"), now)
    os.close(folder)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.TRANSIENT
    assert isinstance(await make(surroundings).send(make_message("atom:alerts.xml"), now), Sent)


async def test_a_folder_where_the_file_should_be(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    (surroundings.home / "alerts.xml").mkdir()
    failed = await make(surroundings).send(make_message("atom:alerts.xml"), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.TRANSIENT
