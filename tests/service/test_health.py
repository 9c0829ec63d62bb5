"""Probes, metrics and logs of the real service, asked for as their readers ask."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.daemon import Daemon, Home, put_outlet, wait_until
from tests.servers import Page, Site
from tests.service.test_live import CALL, RELEASE
from tests.service.test_systemd import write_lock
from watchdog.config import read_settings
from watchdog.errors import ConfigError

SECRETS = ("Mehman", "mehman", "Huseynov", "whsec_", "h00k-t0ken", "ch4tch4tch4tch4tch4tch4t00", "s3cr3t-query")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(
        folder=tmp_path / "home",
        cases=[{"id": "mehman", "name": "Mehman Huseynov", "country": "Azerbaijan"}],
        settings='[health]\nlisten = "127.0.0.1:0"\n',
    )


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def port_of(daemon: Daemon) -> int:
    daemon.wait_for_log("health port open")
    found = re.search(r'health port open.*?port(?:=|": ?)(\d+)', daemon.logged()) or re.search(
        r'"port": (\d+), "event": "health port open"', daemon.logged()
    )
    assert found
    return int(found[1])


def ask(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def numbers(port: int) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus reads them."""
    status, page = ask(port, "/metrics")
    assert status == 200
    return {
        sample.name + "".join(f"|{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_a_trip_is_counted_and_no_name_target_or_token_is_in_numbers_or_logs(home: Home, site: Site) -> None:
    """Everything hard to keep quiet at once: a failing channel, a flawed feed, an unread page, JSON and --verbose."""
    home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE, CALL]) + "?key=s3cr3t-query"})
    site.put("/flawed", b"<rss version='2.0'><channel><item><title>Mehman Huseynov &bad; freed</title><link>x:</link>")
    home.sources.append({"id": "flawed", "url": site.url("/flawed?key=s3cr3t-query")})
    home.sources.append({"id": "dead", "url": site.url("/nothing?key=s3cr3t-query")})
    site.script(CALL.path, Page(status=500))
    site.script("/hook/h00k-t0ken", Page(status=500), Page(status=204))
    site.script(f"/hooks/{SECRETS[5]}", Page(body=b"ok"))
    home.write()
    home.run("apply")
    home.run("subscribe", f"webhook+{site.url('/hook/h00k-t0ken')}", "--all")
    (home.folder / "chat").write_text(f"mmost://127.0.0.1:{site.port}/{SECRETS[5]}\n")
    home.run("subscribe", "file:chat", "--all")
    with home.daemon("--verbose", "--log-format", "json") as daemon:
        port = port_of(daemon)
        site.wait_for("/hook/h00k-t0ken", 1, limit=60)
        site.wait_for(f"/hooks/{SECRETS[5]}", 1, limit=60)
        daemon.wait_for_log("first poll finished")
        wait_until(lambda: numbers(port)["watchdog_deliveries_total|apprise|sent"] == 1, "the chat message is counted")
        wait_until(lambda: numbers(port)["watchdog_polls_total|refused"] >= 2, "the refused polls are counted")
        seen = numbers(port)
        page = ask(port, "/metrics")[1]
        assert daemon.stop() == 0
        logged = daemon.logged()

    assert seen["watchdog_alerts_total|released"] == 1
    assert seen["watchdog_deliveries_total|webhook|waiting"] == 1
    assert seen["watchdog_articles_new_total"] == 2
    assert seen["watchdog_revisions_total|page"] == 1
    assert seen["watchdog_stuck|send"] == 0
    assert seen["watchdog_step_duration_seconds_count|judge"] > 0
    assert seen["watchdog_source_last_success_timestamp_seconds|oc"] > 1_700_000_000
    assert "watchdog_source_last_success_timestamp_seconds|dead" not in seen
    assert seen["process_resident_memory_bytes"] > 10_000_000
    assert seen["watchdog_queue_oldest_age_seconds|send"] < 60
    lines = [json.loads(line) for line in logged.splitlines()]
    assert {"event", "level", "timestamp"} <= set.intersection(*(set(line) for line in lines))
    assert {"send finished", "judge finished", "page not read", "delivery not sent"} <= {
        line["event"] for line in lines
    }
    assert [word for word in SECRETS if word in page or word in logged] == []


def test_live_and_ready(home: Home) -> None:
    home.sources.append({"id": "dead", "url": "http://127.0.0.1:9/feed"})
    home.write()
    with home.daemon() as daemon:
        port = port_of(daemon)
        wait_until(lambda: ask(port, "/readyz") == (200, "ok\n"), "it is ready, although its source is dead")
        assert ask(port, "/livez") == (200, "ok\n")
        assert ask(port, "/livez?verbose", "HEAD") == (200, "")
        assert ask(port, "/livez", "POST")[0] == 405
        assert ask(port, "/etc/passwd")[0] == 404
        assert daemon.stop() == 0


def test_not_live_while_the_database_takes_no_write(home: Home) -> None:
    home.write()
    with home.daemon(env={"WATCHDOG_USEC": "2000000"}) as daemon:
        port = port_of(daemon)
        wait_until(lambda: ask(port, "/readyz")[0] == 200, "it is ready")
        with write_lock(home):
            wait_until(lambda: ask(port, "/livez")[0] == 503, "it is not live")
            status, words = ask(port, "/livez")
            assert (status, words[:36]) == (503, "the database has taken no write for ")
            assert ask(port, "/readyz")[0] == 200, "it can still be read"
        wait_until(lambda: ask(port, "/livez")[0] == 200, "it is live again")
        assert daemon.stop() == 0


def test_who_talks_nonsense_or_nothing_costs_little(home: Home) -> None:
    home.write()
    with home.daemon() as daemon:
        port = port_of(daemon)
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
        for nonsense in (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"\xff\x00 / HTTP/1.1\r\n\r\n",
            b"G" * 10_000,
            b"GET / HTTP/1.1\r\n",
        ):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(nonsense)
        wait_until(lambda: probe(port), "the silent ones are let go", 15)
        for connection in silent:
            connection.close()
        assert daemon.stop() == 0
        assert "Traceback" not in daemon.logged()


def probe(port: int) -> bool:
    try:
        return ask(port, "/livez") == (200, "ok\n")
    except (http.client.HTTPException, OSError):
        return False


def test_a_port_that_is_taken_costs_no_alert(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        home.settings = f'[health]\nlisten = "127.0.0.1:{taken.getsockname()[1]}"\n'
        home.write()
        with home.daemon() as daemon:
            daemon.wait_for_log("health port cannot be had")
            daemon.wait_for_log("first poll finished")
            assert daemon.stop() == 0


@pytest.mark.parametrize(
    ("listen", "words"),
    [
        ("0.0.0.0:9464", "watchdog.toml:5: health.listen: other machines reach that address"),
        ("[::]:9464", "other machines reach that address"),
        ("localhost:9464", "is no place to listen"),
        ("127.0.0.1", "is no place to listen"),
        ("127.0.0.1:65536", "is no place to listen"),
    ],
)
def test_an_address_for_all_must_be_meant(home: Home, listen: str, words: str) -> None:
    home.settings = f'[health]\nlisten = "{listen}"\n'
    home.write()
    with pytest.raises(ConfigError, match=re.escape(words)):
        read_settings(home.folder)
    if words.endswith("address"):
        home.settings += "exposed = true\n"
        home.write()
        assert read_settings(home.folder).health.exposed
