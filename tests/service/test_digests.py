"""Digests with the real service: an hour passes, the process is killed, mail goes out by SMTP, a topic is told."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tests.daemon import Home, put_outlet, wait_until
from tests.servers import Site
from tests.service.test_live import RELEASE, end_leases
from tests.service.test_review import Box, box  # noqa: F401 -- a fixture


def an_hour_passes(home: Home) -> None:
    """What waits for a digest has waited for longer than that."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection, connection:
        connection.execute("UPDATE digest_items SET created_at = datetime(created_at, '-1 hour') || '.000000'")


def states(home: Home) -> dict[str, int]:
    """How many deliveries are in each state, and how many items wait."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection:
        found = dict(connection.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
        (items,) = connection.execute("SELECT count(*) FROM digest_items WHERE digest_id IS NULL").fetchone()
    return {**found, "items": items}


def told(home: Home, site: Site) -> list[str]:
    (history,) = home.json("explain", site.url(RELEASE.path))
    rows = cast("list[dict[str, Any]]", history["revisions"])
    return [state for row in rows for about in (*row["claims"], *row["topics"]) for state in about["deliveries"]]


@pytest.mark.timeout(600)
def test_an_hourly_digest_waits_survives_a_kill_and_is_corrected_on_its_thread(
    tmp_path: Path,
    box: tuple[Box, str],  # noqa: F811 -- the fixture
) -> None:
    mails, smtp = box
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    home.topics = [{"id": "gates", "any": ["gate of the prison"]}]
    home.settings = f'[mail]\nsmtp = "{smtp}"\nsender = "alerts@watch.test"\n'
    with Site() as site:
        home.sources += [
            {"id": "oc", "name": "OC Media", "url": put_outlet(site, "oc", [RELEASE])},
            {"id": "gone", "name": "Gone News", "url": site.url("/gone")},
        ]
        site.put("/hook", b"")
        home.write()
        wait_until(lambda: datetime.now(UTC).minute < 58, "no hour ends meanwhile", limit=200)
        home.run("apply")
        (done,) = home.json("subscribe", "early@watch.test", "--all", "--every", "hour")
        assert (done["added"], done["changed"]) == (1, 0)
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--topic", "gates")
        with home.daemon() as daemon:
            (article,) = site.wait_for("/hook", 1, limit=60)
            wait_until(lambda: states(home) == {"sent": 1, "items": 2}, "the digest waits")
            daemon.kill()
        assert told(home, site) == ["waiting", "waiting", "sent"]
        assert mails.mails == []
        line = json.loads(article.body)
        assert (line["kind"], line["topic"], line["url"]) == ("topic", "gates", site.url(RELEASE.path))

        end_leases(home)
        an_hour_passes(home)
        with home.daemon() as daemon:
            wait_until(lambda: bool(mails.mails), "the digest")
            daemon.kill()
        end_leases(home)
        with home.daemon() as daemon:
            wait_until(lambda: states(home) == {"sent": 2, "items": 0}, "the digest is settled")
            home.run("events", "retract", "1", "--by", "anna", "--note", "It was his brother.")
            wait_until(lambda: "It was his brother." in mails.mails[-1].get_content(), "the correction")
            assert daemon.stop() == 0
        assert len(site.requests_to("/hook")) == 1

    *digests, correction = mails.to("early@watch.test")
    assert 1 <= len(digests) <= 2, "at most one repeat, for the kill"
    assert {mail["Message-ID"] for mail in digests} == {digests[0]["Message-ID"]}
    assert {mail["References"] for mail in mails.mails} == {correction["References"]}
    assert digests[0]["Subject"] == "[Watchdog] Hourly digest: 1 change in 1 case, 1 article on a topic"
    words = digests[0].get_content()
    assert "1 of 2 sources answered today; silent: Gone News." in words
    assert "Mehman Huseynov was released on Saturday" in words
    assert "== Topic gates ==" in words


def test_the_cadence_is_shown_and_can_be_changed(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    home.settings = '[digest]\nat = "18:30"\nzone = "Asia/Baku"\n'
    home.write()
    said = home.run("subscribe", "atom:a.xml", "--all", "--every", "day").stdout
    assert said == "subscribed to a digest every day\n"
    said = home.run("subscribe", "atom:a.xml", "--all", "--every", "week").stdout
    assert said == "changed: in a digest every week from now on\n"
    home.run("export", "--to", "out")
    state = json.loads((home.folder / "out/state.json").read_text("utf-8"))
    assert [held["every"] for held in state["subscriptions"] if held["ended_at"] is None] == ["week"]
    home.settings = '[digest]\nat = "25:00"\nzone = "Mars/Olympus"\n'
    home.write()
    refused = home.run("apply", ok=False)
    assert refused.returncode == 2
    assert 'digest.at: a time of day such as "07:00" is needed, not "25:00"' in refused.stderr
    assert 'digest.zone: "Mars/Olympus" is no time zone' in refused.stderr
