"""A monitor who reads only chat, from `subscribe` to the second try after a failure."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import datetime
from pathlib import Path

from tests.daemon import Home, put_outlet
from tests.servers import Page, Site
from tests.service.test_live import RELEASE

TOKEN = "ch4t" * 6 + "00"


def test_a_chat_that_fails_is_tried_again_after_a_while_and_gets_the_alert_once(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE])})
        site.script(f"/hooks/{TOKEN}", Page(status=500), Page(body=b"ok"))
        home.write()
        home.run("apply")
        url = f"mmost://127.0.0.1:{site.port}/{TOKEN}"
        refused = home.run("subscribe", url, "--all", ok=False)
        assert refused.returncode == 2
        assert "env:NAME or file:PATH" in refused.stderr
        assert TOKEN not in refused.stderr
        (home.folder / "chat").write_text(url + "\n")
        home.run("subscribe", "file:chat", "--all")

        first = home.run("run", "--once")
        assert len(site.requests_to(f"/hooks/{TOKEN}")) == 1
        assert wait_of_the_delivery(home) == 60
        make_due(home)
        second = home.run("run", "--once")
        again = home.run("run", "--once")
        one, two = (json.loads(seen.body)["text"] for seen in site.requests_to(f"/hooks/{TOKEN}"))
        assert one == two
        assert "Mehman Huseynov: released" in one
        assert all(TOKEN not in done.stderr + done.stdout for done in (first, second, again))
    stored = (home.folder / "data/watchdog.db").read_bytes()
    assert TOKEN.encode() not in stored, "the token stays where the operator put it"


def wait_of_the_delivery(home: Home) -> float:
    """Seconds between a delivery and its next try."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection:
        made, due, reason = connection.execute("SELECT created_at, due_at, reason FROM deliveries").fetchone()
    assert reason == "transient: HTTP 500"
    return round((datetime.fromisoformat(due) - datetime.fromisoformat(made)).total_seconds(), -1)


def make_due(home: Home) -> None:
    """What a minute does."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection, connection:
        connection.execute("UPDATE deliveries SET due_at = '2020-01-01 00:00:00.000000'")
