"""The service as systemd sees it: the test is the other end of its notify socket."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import Home, wait_until

UNIT = Path(__file__).parents[2] / "deploy/case-watchdog.service"
#: Short for a test; systemd would give the minutes of the unit file. A beat comes every third of it.
PATIENCE_S = 3.0


class Manager:
    """Plays systemd: gathers what the service says."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "notify"))
        self.environment = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": str(int(PATIENCE_S * 1_000_000))}

    def next(self, limit: float) -> dict[str, str] | None:
        """The next message; None where none comes in time."""
        self.socket.settimeout(limit)
        try:
            message = self.socket.recv(4096).decode()
        except TimeoutError:
            return None
        return dict(line.split("=", 1) for line in message.splitlines())

    def wait_for(self, key: str, limit: float = 60.0) -> dict[str, str]:
        """Read on until a message with this key."""
        end = time.monotonic() + limit
        while (left := end - time.monotonic()) > 0:
            message = self.next(left)
            if message and key in message:
                return message
        raise AssertionError(f"no {key} within {limit} s")

    def is_silent(self, seconds: float) -> bool:
        return self.next(seconds) is None


@pytest.fixture
def manager() -> Iterator[Manager]:
    with tempfile.TemporaryDirectory(prefix="wd-") as folder:  # a socket's path has 107 bytes at most
        manager = Manager(Path(folder))
        yield manager
        manager.socket.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    home.sources.append({"id": "one", "url": "http://127.0.0.1:9/feed"})
    home.write()
    home.run("apply")
    return home


@contextlib.contextmanager
def write_lock(home: Home) -> Iterator[None]:
    """Nobody else can commit in this block."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def test_ready_only_after_a_committed_tick_then_alive_and_at_the_end_stopping(home: Home, manager: Manager) -> None:
    with contextlib.ExitStack() as locked:
        locked.enter_context(write_lock(home))
        with home.daemon(env=manager.environment) as daemon:
            assert manager.is_silent(4), "it was ready before it could commit anything"
            locked.close()
            first = manager.next(60)
            assert first is not None
            assert first["READY"] == "1"
            assert first["STATUS"].startswith("due: poll ")
            assert manager.wait_for("WATCHDOG")
            assert manager.wait_for("WATCHDOG", PATIENCE_S)
            daemon.process.send_signal(signal.SIGTERM)
            assert manager.wait_for("STOPPING")
            assert daemon.process.wait(20) == 0


def test_no_sign_of_life_while_nothing_can_be_committed(home: Home, manager: Manager) -> None:
    with home.daemon(env=manager.environment) as daemon:
        manager.wait_for("READY")
        manager.wait_for("WATCHDOG")
        with write_lock(home):
            while manager.next(PATIENCE_S / 2):  # one of a beat that was under way; the pause is longer than one's
                pass
            assert manager.is_silent(PATIENCE_S + 1)
        assert manager.wait_for("WATCHDOG", 30)
        assert daemon.stop() == 0


def test_hangup_applies_the_files_and_a_wrong_one_leaves_the_old_state(home: Home, manager: Manager) -> None:
    with home.daemon(env=manager.environment) as daemon:
        manager.wait_for("READY")
        home.cases.append({"id": "second", "name": "Leyla Yunus"})
        home.write()
        daemon.process.send_signal(signal.SIGHUP)
        assert manager.wait_for("RELOADING")["MONOTONIC_USEC"].isdecimal()
        assert manager.wait_for("READY")["STATUS"] == "files applied: 1 added, 0 changed, 0 gone"
        assert {row["id"] for row in home.json("cases", "list")} == {"mehman", "second"}

        (home.folder / "watchlist.toml").write_text('[[case]]\nid = "third"\nnaem = "Rasul Jafarov"\n', "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING")
        assert manager.wait_for("READY")["STATUS"] == "files refused: 2 mistakes"
        wait_until(lambda: "files refused" in daemon.logged(), "the refusal is logged")
        assert "Jafarov" not in daemon.logged()
        assert {row["id"] for row in home.json("cases", "list")} == {"mehman", "second"}
        assert daemon.stop() == 0


def test_an_abstract_socket_is_spoken_to(home: Home) -> None:
    name = f"watchdog-test-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(60)
        with home.daemon(env={"NOTIFY_SOCKET": f"@{name}"}) as daemon:
            assert listening.recv(4096).startswith(b"READY=1\n")
            assert daemon.stop() == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze (Debian package systemd)")
def test_the_unit_is_valid_and_shut_tight(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/case-watchdog/bin/watchdog", "/bin/true"), "utf-8")
    for check in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=20"]):
        done = subprocess.run(["systemd-analyze", *check, unit], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr, done.stderr
