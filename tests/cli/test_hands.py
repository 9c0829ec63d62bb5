"""``queue`` and ``doctor``, typed on a home where things went wrong."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, update

from tests.daemon import Home
from watchdog.model.article import Entry
from watchdog.store import Database, codec
from watchdog.store.tables import articles, entries, sources

PAST = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(folder=tmp_path)
    (tmp_path / "feeds.toml").write_text('[[source]]\nid = "a"\nurl = "https://a.example/feed"\n', "utf-8")
    home.run("init")
    return home


@contextlib.contextmanager
def opened(home: Home) -> Iterator[Database]:
    with Database("sqlite:///data/watchdog.db", home.folder) as db:
        yield db


def add_stuck(connection: Connection, number: int, title: str) -> None:
    url = f"https://a.example/{number}"
    row = {"id": number, "url": url, "source_id": "a", "has_page": True, "first_seen_at": PAST, "in_first_poll": False}
    stuck = {"stuck_at": PAST, "attempts": 3, "reason": "KeyError: 'x'; set aside"}
    connection.execute(insert(articles).values(**row, **stuck))
    entry = codec.dump(Entry(key=url, url=url, title=title, summary="", content="", published=None))
    values = {"source_id": "a", "key": url, "hash": "h", "article_id": number, "first_seen_at": PAST}
    connection.execute(insert(entries).values(definition=entry, **values))


def test_a_stuck_article_on_a_watched_person_comes_first_and_is_retried_or_dropped(home: Home) -> None:
    with opened(home) as db:
        for number, title in enumerate(("The weather", "Blogger Mehman Huseynov freed", "Football"), 1):
            db.now(add_stuck, number, title)
    rows = home.json("queue", "list")
    assert [(row["id"], row["state"], row["names_watched"]) for row in rows] == [
        ("read:2", "stuck", True),
        ("read:1", "stuck", False),
        ("read:3", "stuck", False),
        ("poll:a", "due", False),
    ]
    shown = home.run("queue", "list", "--stuck", "--step", "read").stdout
    assert "read:2  stuck, names a watched person  2026-03-01T12:00:00Z" in shown
    assert "Huseynov" not in shown
    found = checks(home)
    assert found["stuck rows"] == ("bad", "3 set aside after three attempts, 1 of them name a watched person")
    home.run("queue", "drop", "read:3")
    assert home.json("queue", "retry", "read:2") == [{"retried": 1}]
    assert home.json("queue", "retry", "--all-stuck") == [{"retried": 1}]
    assert home.run("queue", "list", "--stuck").stdout == "nothing is set aside or given up\n"
    for arguments in (("retry",), ("retry", "read:1", "--all-stuck"), ("drop", "read:3")):
        assert home.run("queue", *arguments, ok=False).returncode == 2


def checks(home: Home, code: int = 1) -> dict[str, tuple[str, str]]:
    done = home.run("--json", "doctor", ok=False)
    assert done.returncode == code, done.stdout + done.stderr
    lines = [parse(line) for line in done.stdout.splitlines()]
    assert all(bool(line["advice"]) is (line["state"] != "ok") for line in lines)
    return {line["check"]: (line["state"], line["detail"]) for line in lines}


def parse(line: str) -> dict[str, str]:
    value: dict[str, str] = json.loads(line)
    assert list(value) == ["check", "state", "detail", "advice"]
    return value


def test_a_new_home_is_well(home: Home) -> None:
    found = checks(home, code=0)
    assert {state for state, _ in found.values()} == {"ok"}
    assert found["mail server"] == ("ok", "not asked: nobody subscribed by e-mail")
    assert "[ok] database: sound, schema" in home.run("doctor").stdout


def test_each_thing_that_is_wrong_is_said_with_what_to_do(home: Home) -> None:
    secret = home.folder / "smtp-password"
    secret.write_text("x", "utf-8")
    secret.chmod(0o644)
    with socket.socket() as closed:  # a port where nobody listens, as long as we hold it
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        settings = f'[mail]\nsmtp = "127.0.0.1:{port}"\npassword = "file:smtp-password"\n'
        (home.folder / "watchdog.toml").write_text(settings, "utf-8")
        home.run("subscribe", "monitor@example.org", "--all")
        with opened(home) as db:
            failing = {"failures": 3, "first_failed_at": PAST, "state": "failed", "due_at": PAST, "lease_until": PAST}
            db.now(lambda connection: connection.execute(update(sources).values(**failing)).rowcount)
        (home.folder / "watchlist.toml").write_text('[[case]]\nid = "b"\nname = "Ben Example"\n', "utf-8")
        found = checks(home)
    assert {name: state for name, (state, _) in found.items() if state != "ok"} == {
        "files applied": "warn",
        "overdue leases": "warn",
        "sources": "warn",
        "mail server": "bad",
        "secret files": "bad",
    }
    assert found["sources"][1] == "1 of 1 not ok: a (failed)"
    assert "does not answer" in found["mail server"][1]
    assert found["secret files"][1].endswith("smtp-password can be read by everybody")


def test_broken_files_and_a_clock_that_went_back_are_said(home: Home) -> None:
    (home.folder / "watchlist.toml").write_text("[[case]]\nid = 1\n", "utf-8")
    with opened(home) as db:
        later = datetime(2999, 1, 1, tzinfo=UTC)
        db.now(lambda connection: connection.execute(update(sources).values(last_success_at=later)).rowcount)
    found = checks(home)
    assert found["files"][0] == "bad"
    assert "watchlist.toml:2: case[1].id" in found["files"][1]
    assert found["clock"][0] == "bad"
    assert "2999-01-01" in found["clock"][1]


def test_a_damaged_database_is_said(home: Home) -> None:
    path = home.folder / "data" / "watchdog.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    for start in (8192, 0):  # its pages, then its header too
        for at in range(start, len(content), 3000):
            content[at : at + 200] = b"\xff" * 200
        path.write_bytes(content)
        assert checks(home)["database"][0] == "bad"


def test_a_mail_server_that_answers_is_well(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=greet, args=(server,))
        answering.start()
        where = f"127.0.0.1:{server.getsockname()[1]}"
        (home.folder / "watchdog.toml").write_text(f'[mail]\nsmtp = "{where}"\n', "utf-8")
        home.run("subscribe", "monitor@example.org", "--all")
        found = checks(home, code=0)
        answering.join(10)
    assert found["mail server"] == ("ok", f"{where} answers EHLO with 250")


def greet(server: socket.socket) -> None:
    """An SMTP server, as far as a greeting goes."""
    with server.accept()[0] as client, client.makefile("rwb") as lines:
        for answer in (b"220 here", b"250 here", b"221 bye"):
            lines.write(answer + b"\r\n")
            lines.flush()
            lines.readline()


def test_a_number_that_no_database_holds_is_wrong_use(home: Home) -> None:
    huge = "9" * 23
    for arguments in (("review", "accept", huge), ("events", "retract", huge), ("queue", "retry", f"read:{huge}")):
        assert home.run(*arguments, ok=False).returncode == 2, arguments
