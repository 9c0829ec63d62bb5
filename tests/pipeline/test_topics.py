"""Topics through the real steps: a recording is played, and each article about a topic is told once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Home, Story, put_outlet, wait_until, watchdog
from tests.servers import Site
from watchdog.archive import ArchiveWriter
from watchdog.model.answer import Fetched

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
#: Design, section 6.
KEYS = "kind topic url source lang published raised_at matched evidence"
REST = (
    "The prison service said on Monday that all of them are in good health and are seen by a doctor twice a day.\n\n"
    "Their lawyers have asked a court in the capital to let an independent doctor visit them before the weekend."
)
STRIKE = Story(
    path="/strike",
    title="Prisoners in the north",
    text=f"Nine prisoners are on hunger strikes, their families said.\n\n{REST}",
    published=START - timedelta(hours=1),
)
OLD = replace(
    STRIKE,
    path="/old",
    text=f"Last month a hunger strike ended.\n\n{REST}",
    published=START - timedelta(days=20),
)
QUIET = replace(STRIKE, path="/quiet", text=f"Nine prisoners wrote a letter.\n\n{REST}")
EDITED = replace(QUIET, text=f"{QUIET.text}\n\nUpdate: a hunger strike began in the evening, a daughter of one said.")
TWICE = replace(STRIKE, text=f"{STRIKE.text}\n\nUpdate: the hunger strike goes on, the families said in the evening.")
COPY = replace(STRIKE, path="/copy")
TOPICS = '[[topic]]\nid = "strikes"\nany = ["hunger strike", "голодовка"]\nnone = ["football"]\n'


def feed(host: str, stories: list[Story]) -> bytes:
    items = "".join(
        f"<item><title>{story.title}</title><link>https://{host}{story.path}</link>"
        f"<pubDate>{format_datetime(story.published)}</pubDate></item>"
        for story in stories
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("topics")
    writer = ArchiveWriter(folder)
    played: list[tuple[str, str, bytes]] = [
        ("one.example", "/feed", feed("one.example", [STRIKE, OLD, QUIET])),
        *(("one.example", story.path, story.page()) for story in (STRIKE, OLD, QUIET, EDITED, TWICE)),
        ("two.example", "/feed", feed("two.example", [COPY])),
        ("two.example", COPY.path, COPY.page()),
    ]
    for minute, (host, path, body) in enumerate(played):
        kind = "application/rss+xml" if path == "/feed" else "text/html; charset=utf-8"
        url, at = f"https://{host}{path}", START + timedelta(minutes=minute)
        headers = (("content-type", kind),)
        stored = writer.append(Fetched(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=at))
    writer.close()
    sources = "".join(f'[[source]]\nid = "{n}"\nurl = "https://{n}.example/feed"\n' for n in ("one", "two"))
    (folder / "feeds.toml").write_text(sources, "utf-8")
    (folder / "watchlist.toml").write_text(TOPICS, "utf-8")
    done = watchdog(
        "replay", stored.file, "--feeds", "feeds.toml", "--watchlist", "watchlist.toml", "--json", "--why", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_article_is_told_once_and_neither_old_ones_nor_copies(told: list[dict[str, Any]]) -> None:
    assert [line["url"] for line in told] == ["https://one.example/strike", "https://one.example/quiet"]


def test_a_line_has_the_keys_of_the_contract(told: list[dict[str, Any]]) -> None:
    assert {" ".join(line) for line in told} == {KEYS}
    first, edited = told
    assert (first["kind"], first["topic"], first["source"], first["matched"]) == (
        "topic",
        "strikes",
        "one",
        ["hunger strikes"],
    )
    assert first["evidence"] == "Nine prisoners are on hunger strikes, their families said."
    assert first["published"] == "2026-03-02T11:00:00Z"
    assert first["raised_at"] == "2026-03-02T12:01:00Z"
    assert edited["evidence"].startswith("Update: a hunger strike began")


def test_people_read_it_too(tmp_path: Path) -> None:
    demo = Path(__file__).parents[2] / "src/watchdog/demo"
    (tmp_path / "watchlist.toml").write_text('[[topic]]\nid = "strikes"\nany = ["hunger strike"]\n', "utf-8")
    arguments = ("--feeds", str(demo / "feeds.toml"), "--watchlist", "watchlist.toml")
    done = watchdog("replay", str(demo / "recording.warc.gz"), *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "TOPIC " in done.stdout
    assert "hunger strike" in done.stdout


def test_the_service_says_of_each_article_what_became_of_its_topics(tmp_path: Path) -> None:
    now = datetime.now(UTC) - timedelta(minutes=10)
    stories = [replace(STRIKE, published=now), replace(OLD, published=now - timedelta(days=30))]
    home = Home(folder=tmp_path / "home")
    with Site() as site:
        home.sources.append({"id": "one", "url": put_outlet(site, "one", stories)})
        home.write()
        (home.folder / "watchlist.toml").write_text(TOPICS, "utf-8")
        with home.daemon() as daemon:
            wait_until(lambda: all(outcomes(home, site, story) for story in stories), "both were judged")
            assert daemon.stop() == 0
        assert [outcomes(home, site, story) for story in stories] == [["new"], ["background"]]
        words = home.run("explain", site.url("/old")).stdout
        assert "matches topic strikes: silence, old news" in words
        assert "names strikes" not in words


def outcomes(home: Home, site: Site, story: Story) -> list[str]:
    done = home.run("--json", "explain", site.url(story.path), ok=False)
    if done.returncode != 0:  # no feed has named it yet
        return []
    return [topic["outcome"] for row in json.loads(done.stdout)["revisions"] for topic in row["topics"]]
