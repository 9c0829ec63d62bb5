"""Disk and database of the real service: full, read-only, damaged, away, backed up while it runs, and PostgreSQL."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.daemon import Daemon, Home, put_outlet, wait_until
from tests.postgresql import Server
from tests.servers import Page, Seen, Site
from tests.service.test_live import CALL, RELEASE, posted

CASES: list[dict[str, object]] = [{"id": "mehman", "name": "Mehman Huseynov", "country": "Azerbaijan"}]


@contextlib.contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A disk of a few megabytes; only root can have one, and not everywhere."""
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True, text=True, check=False
    ) if os.geteuid() == 0 and shutil.which("mount") else None  # fmt: skip
    if done is None or done.returncode != 0:
        pytest.skip("this system does not let us mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass


def later(home: Home) -> None:
    """What some minutes do: what waits to be tried again is due, and leases of the time before have run out."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db", timeout=10)) as connection, connection:
        for table in ("sources", "articles", "revisions", "deliveries"):
            past = "'2020-01-01 00:00:00.000000'"
            connection.execute(f"UPDATE {table} SET lease_until = {past} WHERE lease_until IS NOT NULL")
            if table != "sources":
                connection.execute(f"UPDATE {table} SET due_at = {past} WHERE due_at IS NOT NULL")


def survives(home: Home, make_full: Callable[[Daemon], None], make_space: Callable[[Daemon], None], words: str) -> None:
    """The disk is full from the moment in which the page comes until the service has said so."""
    daemons: list[Daemon] = []

    def full_then_answer(seen: Seen) -> Page:
        if len(site.requests_to(RELEASE.path)) == 1:
            make_full(daemons[0])
        return page

    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE])})
        answer = site._scripts[RELEASE.path][0]
        assert isinstance(answer, Page)
        page = answer
        site.put(RELEASE.path, full_then_answer)
        site.put("/hook", b"")
        home.write()
        home.run("apply")
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        with home.daemon() as daemon:
            daemons.append(daemon)
            daemon.wait_for_log(words)
            assert posted(site) == []
            make_space(daemon)
            later(home)
            site.wait_for("/hook", 1, limit=60)
            assert daemon.stop() == 0
        logged = daemon.logged()
        assert "Traceback" not in logged, logged
        assert "set_aside=True" not in logged
        done = home.run("run", "--once")
        assert "Mehman" not in done.stdout
        assert [(line["case"], line["status"]) for line in posted(site)] == [("mehman", "released")]
        names = list((home.folder / "data/archive").iterdir())
        assert all(path.stat().st_size > 0 for path in names)


def test_on_a_full_disk_it_says_so_keeps_running_and_goes_on_with_space(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=CASES)
    with mounted(home.folder / "data", "4m") as disk:
        survives(home, lambda _: fill(disk), lambda _: (disk / "filler").unlink(), os.strerror(errno.ENOSPC))


def test_where_no_file_may_grow_it_says_so_keeps_running_and_goes_on_later(tmp_path: Path) -> None:
    """The same for everybody who may not mount a disk: the kernel refuses every write beyond a size.

    The log stays below it, the database does not.
    """
    home = Home(folder=tmp_path / "home", cases=CASES)

    def limit(daemon: Daemon, size: int) -> None:
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    words = "disk I/O error (the disk is full, gone or failing; nothing is lost"
    survives(home, lambda daemon: limit(daemon, 20_000), lambda daemon: limit(daemon, resource.RLIM_INFINITY), words)


def test_a_full_database_is_told_in_words_once_and_loses_nothing(tmp_path: Path) -> None:
    """Full between two ticks: the claim itself cannot be written."""
    home = Home(folder=tmp_path / "home", cases=CASES)
    with mounted(home.folder / "data", "4m") as disk, Site() as site:
        feed = put_outlet(site, "oc", [RELEASE])
        home.sources.append({"id": "oc", "url": feed})
        site.put("/hook", b"")
        home.write()
        home.run("apply")
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        with contextlib.closing(sqlite3.connect(disk / "watchdog.db")) as reader, home.daemon() as daemon:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM sources").fetchall()  # the -wal can only grow
            fill(disk)
            daemon.wait_for_log("database or disk is full")
            assert "make space; nothing is lost" in daemon.logged()
            reader.execute("ROLLBACK")
            (disk / "filler").unlink()
            later(home)
            site.wait_for("/hook", 1, limit=60)
            assert daemon.stop() == 0
        assert "Traceback" not in daemon.logged()
        assert daemon.logged().count("database or disk is full") < 20
        assert [(line["case"], line["status"]) for line in posted(site)] == [("mehman", "released")]


def one_line(home: Home, *arguments: str, words: str) -> None:
    """Exit code 1, and one line in words."""
    done = home.run(*arguments, ok=False)
    assert done.returncode == 1, done.stderr + done.stdout
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert words in done.stderr


def test_a_read_only_disk_is_told_in_words_at_the_start(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=CASES)
    with mounted(home.folder / "data", "4m") as disk:
        home.write()
        home.run("apply")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        one_line(home, "run", words="data cannot be written: Read-only file system")
        one_line(home, "apply", words="read-only")


def test_a_damaged_file_is_told_at_the_start_with_what_to_do(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=CASES)
    home.write()
    home.run("apply")
    path = home.folder / "data/watchdog.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\0" * (path.stat().st_size // 2))
    one_line(home, "run", words="damaged")
    one_line(home, "run", words="watchdog restore --force")


def test_backed_up_while_it_runs_and_restored_elsewhere_it_knows_what_it_knew(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=CASES)
    other = Home(folder=tmp_path / "other")
    other.folder.mkdir()
    file = str(tmp_path / "backup.tar")
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE, CALL])})
        home.write()
        home.run("apply")
        home.run("subscribe", "console:", "--all")
        with home.daemon() as daemon:
            wait_until(lambda: "Mehman" in daemon.out.read_text("utf-8"), "the alert is on the console")
            (made,) = home.json("backup", file)
            assert (made["file"], made["archive_files"]) == (file, 1)
            refused = home.run("restore", "--force", file, ok=False)
            assert refused.returncode == 1
            assert "a service runs on this home: stop it first" in refused.stderr
            assert daemon.stop() == 0
        (done,) = other.json("restore", file)
        assert (done["kept"], done["set_aside"]) == ([], None)
        assert "Mehman" not in other.run("run", "--once").stdout
        (forced,) = other.json("restore", "--force", file)
        assert forced["kept"] == ["watchdog.toml", "feeds.toml", "watchlist.toml"]


def test_what_a_clock_ten_years_ahead_has_put_off_is_done_by_the_next_run(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=CASES)
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [CALL])})
        home.write()
        home.run("apply")
        with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection, connection:
            connection.execute("UPDATE sources SET due_at = '2046-01-01 00:00:00.000000'")
        done = home.run("run", "--once")
        assert "rows_brought_back=1" in done.stderr
        assert "asked: 1, of which answered: 1; new articles: 1" in done.stdout


def test_run_once_on_postgresql(tmp_path: Path, postgresql: Server) -> None:
    with Site() as site, postgresql.database("template0") as url:
        home = Home(folder=tmp_path / "home", cases=CASES, settings=f'[database]\nurl = "{url}"\n')
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE, CALL])})
        home.write()
        assert home.json("db", "upgrade")[0]["before"] is None
        home.run("init")
        done = home.run("run", "--once")
        assert "Mehman Huseynov" in done.stdout
        assert "Mehman Huseynov" in (home.folder / "alerts.xml").read_text("utf-8")
        assert not (home.folder / "data/watchdog.db").exists()
        refused = home.run("backup", str(tmp_path / "b.tar"), ok=False)
        assert refused.returncode == 2
        assert "pg_dump" in refused.stderr
