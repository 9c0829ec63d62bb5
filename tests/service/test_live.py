"""The whole trip with the real service: a loopback site, a webhook, kill -9, a second start."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.daemon import Daemon, Home, Story, put_outlet, wait_until
from tests.servers import Page, Seen, Site

RELEASE = Story(
    path="/oc/released",
    title="Blogger Mehman Huseynov released from prison",
    text="Azerbaijani blogger Mehman Huseynov was released on Saturday after two years in prison, his lawyer said.\n\n"
    "He was met at the gate of the prison by friends and colleagues, who had waited there since the early morning. "
    "The blogger said that he would go on with his work and thanked everybody who had written to him.",
)
CALL = Story(
    path="/oc/call",
    title="Rights groups call for release of Mehman Huseynov",
    text="Twelve rights groups on Friday called on the authorities to release Mehman Huseynov.\n\n"
    "In a joint letter they said that the blogger should never have been imprisoned, and that his trial was unfair.",
)
RELATIVE = Story(
    path="/oc/brother",
    title="Brother of Mehman Huseynov detained at airport",
    text="Emin Huseynov, the brother of Mehman Huseynov, was detained at an airport on Friday, his colleagues said.\n\n"
    "He was questioned for several hours about the work of his organisation and had his telephone taken away.",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(
        folder=tmp_path / "home",
        cases=[{"id": "mehman", "name": "Mehman Huseynov", "not": ["Emin Huseynov"], "country": "Azerbaijan"}],
    )


def posted(site: Site) -> list[dict[str, object]]:
    return [json.loads(seen.body) for seen in site.requests_to("/hook")]


def test_a_release_among_a_call_and_a_relatives_story_gives_one_alert_and_one_key(home: Home) -> None:
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [CALL, RELATIVE, RELEASE])})
        site.put("/hook", b"")
        home.write()
        home.run("apply")
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        with home.daemon() as daemon:
            (first,) = site.wait_for("/hook", 1, limit=60)
            daemon.kill()
        end_leases(home)
        with home.daemon() as daemon:
            daemon.wait_for_log("first poll finished")
            wait_until(lambda: not waiting(home, site), "all three stories were judged")
            assert daemon.stop() == 0
            assert daemon.workers() == []
        assert {(line["case"], line["status"]) for line in posted(site)} == {("mehman", "released")}
        assert {seen.header("webhook-id") for seen in site.requests_to("/hook")} == {first.header("webhook-id")}
        why = {row["reason"] for story in (CALL, RELATIVE) for row in claims_of(home, site, story)}
        assert "called_for_not_done" in why


def claims_of(home: Home, site: Site, story: Story) -> list[dict[str, object]]:
    (history,) = home.json("explain", site.url(story.path))
    revisions = history["revisions"]
    assert isinstance(revisions, list)
    return [claim for revision in revisions for claim in revision["claims"]]


def waiting(home: Home, site: Site) -> bool:
    """Whether a story is not judged yet."""
    for story in (CALL, RELATIVE, RELEASE):
        done = home.run("--json", "explain", site.url(story.path), ok=False)
        if done.returncode != 0 or '"judged_at": "' not in done.stdout:
            return True
    return False


def test_killed_between_the_receivers_answer_and_our_note_of_it_it_sends_the_same_key_again(home: Home) -> None:
    """The receiver has the message, we do not know it: it comes again, recognisably."""
    daemons: list[Daemon] = []

    def kill_then_answer(seen: Seen) -> Page:
        _ = seen
        if len(site.requests_to("/hook")) == 1:
            daemons[0].kill()
        return Page(status=204)

    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE])})
        site.put("/hook", kill_then_answer)
        home.write()
        home.run("apply")
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        with home.daemon() as daemon:
            daemons.append(daemon)
            site.wait_for("/hook", 1, limit=60)
            daemon.process.wait(10)
        end_leases(home)
        with home.daemon() as daemon:
            one, two = site.wait_for("/hook", 2, limit=60)
            assert daemon.stop() == 0
        assert one.header("webhook-id") == two.header("webhook-id")
        assert one.body == two.body


def end_leases(home: Home) -> None:
    """What 90 seconds do: the dead process's leases run out."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection, connection:
        for table in ("sources", "articles", "revisions", "deliveries"):
            connection.execute(
                f"UPDATE {table} SET lease_until = '2020-01-01 00:00:00.000000' WHERE lease_until IS NOT NULL"
            )


def test_run_once_alerts_on_the_console_and_in_the_atom_file_and_exits(home: Home) -> None:
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE, CALL])})
        home.sources.append({"id": "dead", "url": site.url("/nothing/feed")})
        home.write()
        home.run("init")
        done = home.run("run", "--once")
        assert "no feed from dead" in done.stdout
        assert "Mehman Huseynov" in done.stdout
        assert "Mehman Huseynov" in (home.folder / "alerts.xml").read_text("utf-8")
        again = home.run("run", "--once")
        assert "Mehman Huseynov" not in again.stdout


def test_no_watched_name_address_or_token_is_logged(home: Home) -> None:
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE])})
        site.put("/hook/s3cr3t", b"")
        home.write()
        home.run("apply")
        home.run("subscribe", f"webhook+{site.url('/hook/s3cr3t')}", "--all")
        done = home.run("--verbose", "run", "--once")
        assert site.requests_to("/hook/s3cr3t")
        for word in ("Mehman", "Huseynov", "mehman", "s3cr3t", "whsec_"):
            assert word not in done.stderr


def test_stops_within_twenty_seconds_while_a_page_hangs(home: Home) -> None:
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE])})
        site.script(RELEASE.path, Page(body=b"x" * 10_000, dribble=1.0))
        home.write()
        with home.daemon() as daemon:
            site.wait_for(RELEASE.path, 1, limit=60)
            assert daemon.stop(limit=20) == 0
            assert daemon.workers() == []


def test_without_a_network_it_starts_lists_the_failing_sources_and_stops(home: Home) -> None:
    home.sources += [{"id": "one", "url": "http://127.0.0.1:9/feed"}, {"id": "two", "url": "http://two.invalid/feed"}]
    home.write()
    with home.daemon() as daemon:
        daemon.wait_for_log("first poll finished")
        logged = daemon.logged()
        assert "one, two" in logged
        assert daemon.stop() == 0
    states = {row["id"]: row["state"] for row in home.json("sources", "list")}
    assert states == {"one": "new", "two": "new"}
    assert os.access(home.folder / "data/watchdog.db", os.R_OK)
