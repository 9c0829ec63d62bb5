"""Bad input, met by the real service: a clear message, the source or delivery marked, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.daemon import Home, Story, put_outlet, wait_until
from tests.servers import Page, Site

GOOD = Story(
    path="/good/released",
    title="Blogger Mehman Huseynov released from prison",
    text="Azerbaijani blogger Mehman Huseynov was released on Saturday after two years in prison, his lawyer said.\n\n"
    "He was met at the gate of the prison by friends and colleagues, who had waited there since the early morning.",
)
CASE: dict[str, object] = {"id": "mehman", "name": "Mehman Huseynov"}
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>%s</channel></rss>'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(folder=tmp_path / "home", cases=[CASE])


BAD_FEEDS = {
    "html": (Page(body=b"<!doctype html><html><body><h1>Please log in</h1></body></html>"), "html"),
    "empty": (Page(body=b""), "empty"),
    "not_xml": (Page(body=b"%PDF-1.4 binary \x00\x01"), "not_a_feed"),
    "huge": (Page(body=RSS % (b"<item><title>x</title></item>" * 1_800_000)), "10,000,000"),
    "cut": (Page(body=(RSS % b"")[:40]), "not_a_feed"),
    "hangs": (Page(body=RSS % (b"<item><description><![CDATA[" + b"<p a='" * 500_000)), ""),
}


def test_bad_feeds_are_refused_in_words_and_the_others_go_on(home: Home) -> None:
    with Site() as site:
        for name, (page, _) in BAD_FEEDS.items():
            site.script(f"/{name}", page)
            home.sources.append({"id": name, "url": site.url(f"/{name}")})
        home.sources.append({"id": "good", "url": put_outlet(site, "good", [GOOD])})
        home.settings = '[work]\ndeadline = "4s"\n'
        home.write()
        home.run("init")
        done = home.run("run", "--once")
    assert "Mehman Huseynov" in done.stdout
    rows = {str(row["id"]): row for row in home.json("sources", "list")}
    assert rows["good"]["state"] == "ok"
    for name, (_, word) in BAD_FEEDS.items():
        if name == "hangs" and rows[name]["state"] == "ok":
            continue  # our options of feedparser do not hang on it; the kill is tested in tests/pipeline
        assert rows[name]["state"] == "new", name
        assert rows[name]["failures"] == 1
        assert word in str(rows[name]["reason"]), rows[name]
        assert f"no feed from {name}" in done.stdout


def test_pages_that_are_too_large_or_break_the_extractor_leave_the_entrys_own_text(home: Home) -> None:
    large = Story(path="/o/large", title="Mehman Huseynov charged with tax evasion on Friday", text="")
    tangled = Story(path="/o/tangled", title="Mehman Huseynov began a hunger strike on Friday", text="")
    with Site() as site:
        feed = put_outlet(site, "o", [large, tangled, GOOD])
        site.put(large.path, b"<html><body><p>" + b"x" * 20_000_000)
        site.put(tangled.path, b"<html><body><article>" + b"<a href='x'>word " * 250_000)
        home.sources.append({"id": "o", "url": feed})
        home.settings = '[work]\ndeadline = "4s"\n'
        home.write()
        home.run("apply")
        home.run("run", "--once")
        (history,) = home.json("explain", site.url(large.path))
        assert "5,000,000" in str(history["reason"])
        for story in (large, tangled):
            (history,) = home.json("explain", site.url(story.path))
            assert not history["stuck"]
            (revision,) = list(history["revisions"])  # type: ignore[call-overload]  # JSON
            assert revision["judged_at"]
            assert revision["title"] == story.title
        (history,) = home.json("explain", site.url(GOOD.path))
        (revision,) = list(history["revisions"])  # type: ignore[call-overload]  # JSON
        assert revision["text_from"] == "page"


def test_an_address_with_a_line_break_is_never_asked_for_and_its_entry_is_judged(home: Home) -> None:
    item = (
        f"<item><title>Mehman Huseynov released from prison</title><guid>1</guid><pubDate>{rfc822_now()}</pubDate>"
        "<link>http://127.0.0.1/x&#10;Host: evil</link>"
        "<description>Mehman Huseynov was released from prison today, his lawyer said.</description></item>"
    )
    with Site() as site:
        site.put("/feed", RSS % item.encode())
        home.sources.append({"id": "o", "url": site.url("/feed")})
        home.write()
        home.run("init")
        done = home.run("run", "--once")
        assert "Mehman Huseynov" in done.stdout
        assert "evil" not in done.stdout
        assert [seen.path for seen in site.requests] == ["/feed"]


def test_five_mistakes_in_the_files_give_five_errors_and_nothing_starts(home: Home) -> None:
    home.write()
    (home.folder / "watchdog.toml").write_text('[fetch]\ntimeot = "30s"\nmin_gap = 2\n')
    (home.folder / "feeds.toml").write_text('[[source]]\nid = "a"\nurl = "https://a.example/feed"\nkind = "nwes"\n')
    (home.folder / "watchlist.toml").write_text('[[case]]\nid = "b"\nnme = "B"\n')
    done = home.run("run", ok=False)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 5, done.stderr
    for start in ("watchdog.toml:2: fetch.timeot", "watchdog.toml:3: fetch.min_gap", "feeds.toml:4: source[1].kind"):
        assert any(line.startswith(start) for line in lines), done.stderr
    assert sum(line.startswith("watchlist.toml") for line in lines) == 2
    assert not (home.folder / "data").exists()


class _Mailbox:
    """Takes mail, or misbehaves first: ``trouble`` is asked once a message."""

    def __init__(self, trouble: Callable[[SMTP, int], str | None]) -> None:
        self.taken: list[str] = []
        self.tries = 0
        self._trouble = trouble

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        _ = session
        self.tries += 1
        answer = self._trouble(server, self.tries)
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(next(line for line in content.decode().splitlines() if line.lower().startswith("message-id")))
        return answer or "250 taken"


@contextlib.contextmanager
def mail_server(trouble: Callable[[SMTP, int], str | None]) -> Iterator[tuple[_Mailbox, int]]:
    mailbox = _Mailbox(trouble)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


def _refuse_once(server: SMTP, tries: int) -> str | None:
    _ = server
    return "451 try later" if tries == 1 else None


def _drop_once(server: SMTP, tries: int) -> str | None:
    if tries == 1:
        assert isinstance(server.transport, asyncio.WriteTransport)
        server.transport.abort()
    return None


@pytest.mark.parametrize("trouble", [_refuse_once, _drop_once], ids=["refuses", "drops_after_data"])
def test_mail_that_was_not_taken_is_sent_again_with_the_same_message_id(
    home: Home, trouble: Callable[[SMTP, int], str | None]
) -> None:
    with Site() as site, mail_server(trouble) as (mailbox, port):
        home.sources.append({"id": "good", "url": put_outlet(site, "good", [GOOD])})
        home.settings = f'[mail]\nsmtp = "127.0.0.1:{port}"\nsender = "alerts@watch.test"\nstarttls = "never"\n'
        home.write()
        home.run("apply")
        home.run("subscribe", "monitor@ngo.test", "--all")
        home.run("run", "--once")
        assert mailbox.tries == 1
        state, reason, due = outbox(home)
        assert state == "queued"
        assert reason
        assert due
        hurry(home)
        home.run("run", "--once")
        assert mailbox.tries == 2
        assert len(set(mailbox.taken)) == 1
        assert outbox(home)[0] == "sent"


def test_a_mail_server_that_stalls_does_not_stop_the_webhook(home: Home) -> None:
    with Site() as site, Site() as silent:
        silent.script("/", Page(raw=b"", delay=60))
        home.sources.append({"id": "good", "url": put_outlet(site, "good", [GOOD])})
        site.put("/hook", b"")
        home.settings = f'[mail]\nsmtp = "127.0.0.1:{silent.port}"\ntimeout = "3s"\nstarttls = "never"\n'
        home.write()
        home.run("apply")
        home.run("subscribe", "monitor@ngo.test", "--all")
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        home.run("run", "--once")
        assert len(site.requests_to("/hook")) == 1
        wait_until(lambda: outbox(home)[0] == "queued", "the mail waits")


def rfc822_now() -> str:
    return format_datetime(datetime.now(UTC))


def outbox(home: Home) -> tuple[str, str, str]:
    """State, reason and due time of the only mail."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection:
        row = connection.execute(
            "SELECT state, d.reason, d.due_at FROM deliveries d JOIN subscribers s ON s.id = subscriber_id"
            " WHERE channel = 'email'"
        ).fetchone()
    return row[0], row[1], row[2]


def hurry(home: Home) -> None:
    """What a minute does: the next try is due."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection, connection:
        connection.execute("UPDATE deliveries SET due_at = '2020-01-01 00:00:00.000000' WHERE state = 'queued'")
