"""A backup is one state of a home, and a restore gives exactly that back, or says why not and touches nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from tests.daemon import wait_until
from watchdog.archive import ArchiveWriter, read_record
from watchdog.archive.writer import Stored
from watchdog.core.alerts import delivery_key
from watchdog.errors import StoreError, UsageError
from watchdog.model.answer import Fetched
from watchdog.model.delivery import Channel
from watchdog.store import Database, backup, lock, subscribers
from watchdog.store.subscribers import Wish
from watchdog.store.tables import articles, revisions, sources

URL = "sqlite:///data/watchdog.db"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(number: int) -> Fetched:
    url = f"https://oc.example/{number}"
    return Fetched(url=url, final_url=url, status=200, headers=(), body=b"x" * 2000, fetched_at=NOW)


def store(connection: Connection, number: int, kept: Stored) -> None:
    """An article with a revision, as ``read`` leaves them."""
    row = {"url": f"https://oc.example/{number}", "source_id": "oc", "has_page": True, "first_seen_at": NOW}
    key = connection.execute(insert(articles).values(in_first_poll=False, **row).returning(articles.c.id)).scalar_one()
    connection.execute(
        insert(revisions).values(
            article_id=key,
            number=1,
            title="t",
            text="x" * 500,
            blocks=[],
            title_is_new=True,
            text_from="page",
            text_hash="h",
            seen_at=NOW,
            warc_file=kept.file,
            warc_offset=kept.offset,
            warc_length=kept.length,
            sha256=kept.sha256,
        )
    )


def add_source(connection: Connection) -> None:
    row = {"id": "oc", "url": "https://oc.example/feed", "definition": {}, "enabled": True, "added_at": NOW}
    connection.execute(insert(sources).values(row))


def fill(home: Path, count: int) -> None:
    archive = ArchiveWriter(home / "data/archive")
    with Database(URL, home) as db:
        db.now(add_source)
        for number in range(count):
            db.now(store, number, archive.append(page(number)))
    archive.close()
    (home / "watchdog.toml").write_text("", "utf-8")


def make(home: Path, target: Path) -> backup.About:
    files = [home / name for name in backup.USER_FILES]
    about, size = backup.make(home / "data/watchdog.db", home / "data/archive", files, target, version="1", now=NOW)
    assert size == target.stat().st_size
    return about


def restore(source: Path, home: Path, *, force: bool = False) -> backup.Restored:
    return backup.restore(source, home, home / "data/archive", force=force, now=NOW)


def rows(home: Path) -> list[tuple[str, str, int, int, str]]:
    """Address, file, offset, length and hash of each revision."""
    columns = (revisions.c.warc_file, revisions.c.warc_offset, revisions.c.warc_length, revisions.c.sha256)
    wanted = select(articles.c.url, *columns).join_from(revisions, articles).order_by(revisions.c.id)
    with Database(URL, home) as db:
        return db.read_now(lambda connection: [tuple(row) for row in connection.execute(wanted)])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    fill(folder, 3)
    return folder


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    (folder / "data").mkdir(parents=True)
    return folder


def test_a_backup_gives_everything_back(home: Path, other: Path, tmp_path: Path) -> None:
    about = make(home, tmp_path / "b.tar")
    assert (about.archive_files, about.made_at) == (1, "2026-03-01T12:00:00Z")
    done = restore(tmp_path / "b.tar", other)
    assert (done.kept, done.set_aside) == ((), None)
    assert rows(other) == rows(home)
    for _, file, offset, length, digest in rows(other):
        stored = Stored(file=file, offset=offset, length=length, sha256=digest)
        assert read_record(other / "data/archive", stored).body == b"x" * 2000
    assert (other / "watchdog.toml").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "home", "other"]
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0


def test_a_backup_during_writing_holds_every_record_that_its_rows_name(home: Path, other: Path, tmp_path: Path) -> None:
    """A writer goes on all the while; each backup is checked by ``make`` itself, and by us record for record."""
    stop = threading.Event()
    archive = ArchiveWriter(home / "data/archive", max_file_bytes=3_000)
    written = []

    def write() -> None:
        with Database(URL, home) as db:
            for number in range(100, 2_000):
                db.now(store, number, archive.append(page(number)))
                written.append(number)
                if stop.is_set():
                    return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(4):
            before = len(written)
            wait_until(lambda before=before: len(written) > before + 3, "the writer wrote")  # type: ignore[misc]  # a default
            make(home, tmp_path / f"{number}.tar")
            made = before, len(written)
    finally:
        stop.set()
        thread.join()
        archive.close()
    restore(tmp_path / "3.tar", other)
    there = rows(other)
    assert 3 + made[0] <= len(there) <= 4 + made[1]
    for _, file, offset, length, digest in there:
        read_record(other / "data/archive", Stored(file=file, offset=offset, length=length, sha256=digest))


def test_ids_that_were_given_after_the_backup_are_never_given_again(home: Path, other: Path, tmp_path: Path) -> None:
    make(home, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", other)
    keys = []
    for folder in (home, other):
        with Database(URL, folder) as db:
            done = db.now(subscribers.subscribe, Channel.CONSOLE, "console:", Wish(everything=True), None, NOW)
            name = db.read_now(lambda connection: connection.execute(text("SELECT id FROM installation")).scalar_one())
            keys.append(delivery_key(done.subscriber_id, done.subscriber_id, home=name))
    assert keys[0] != keys[1]


def test_a_home_with_data_is_kept_unless_forced_and_then_set_aside(home: Path, other: Path, tmp_path: Path) -> None:
    make(home, tmp_path / "b.tar")
    fill(other, 1)
    (other / "watchdog.toml").write_text("# mine\n", "utf-8")
    before = rows(other)
    with pytest.raises(UsageError, match=r"watchdog\.db is there already; --force"):
        restore(tmp_path / "b.tar", other)
    assert rows(other) == before
    done = restore(tmp_path / "b.tar", other, force=True)
    assert len(rows(other)) == 3
    assert done.kept == ("watchdog.toml",)
    assert (other / "watchdog.toml").read_text("utf-8") == "# mine\n"
    assert done.set_aside is not None
    with closing(sqlite3.connect(done.set_aside / "watchdog.db")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM articles").fetchone() == (1,)
    assert list((done.set_aside / "archive").iterdir())


def test_a_wal_that_is_left_over_does_not_reach_the_restored_database(home: Path, other: Path, tmp_path: Path) -> None:
    make(home, tmp_path / "b.tar")
    fill(other, 2)
    with Database(URL, other) as db:
        db.now(lambda connection: connection.execute(text("UPDATE articles SET url = url || '?new'")))
        names = [path.name for path in (other / "data").iterdir()]
        assert "watchdog.db-wal" in names
        shutil.copytree(other, tmp_path / "crashed")
    restore(tmp_path / "b.tar", tmp_path / "crashed", force=True)
    assert [row[0] for row in rows(tmp_path / "crashed")] == [f"https://oc.example/{number}" for number in range(3)]


def test_a_service_and_a_restore_exclude_each_other(tmp_path: Path) -> None:
    def refused(words: str, *, alone: bool) -> None:
        with pytest.raises(StoreError, match=words), lock.held(tmp_path, alone=alone):
            pass

    with lock.held(tmp_path, alone=False), lock.held(tmp_path, alone=False):
        refused("a service runs on this home", alone=True)
    with lock.held(tmp_path, alone=True):
        refused("a restore is under way", alone=False)


def with_change(source: Path, target: Path, name: str, content: bytes | None) -> None:
    """A backup with one member changed, added or left out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            if member.name != name:
                new.addfile(member, old.extractfile(member))
        if content is not None:
            head = tarfile.TarInfo(name)
            head.size = len(content)
            new.addfile(head, BytesIO(content))


def about_with(source: Path, **changes: object) -> bytes:
    with tarfile.open(source) as tar:
        file = tar.extractfile("backup.json")
        assert file is not None
        return json.dumps({**json.load(file), **changes}).encode()


def test_a_bad_backup_is_refused_in_words_and_touches_nothing(home: Path, other: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "b.tar", tmp_path / "bad.tar"
    make(home, good)
    record = next((home / "data/archive").iterdir()).name

    def refused(words: str) -> None:
        with pytest.raises(StoreError, match=words):
            restore(bad, other)
        assert list((other / "data").iterdir()) == []

    for name, content, words in (
        ("backup.json", None, "not a backup of ours, or damaged"),
        ("backup.json", b"{}", "not a backup of ours, or damaged"),
        ("backup.json", about_with(good, format=9), "format 9: install a newer version"),
        ("watchdog.db", None, "its database is not the one"),
        ("watchdog.db", b"no database", "its database is not the one"),
        (f"archive/{record}", None, "missing or too short"),
        (f"archive/{record}", b"short", "missing or too short"),
        ("../../evil", b"x", "not a backup of ours: it holds"),
        ("/etc/evil", b"x", "not a backup of ours: it holds"),
        ("archive/../evil", b"x", "not a backup of ours: it holds"),
    ):
        with_change(good, bad, name, content)
        refused(words)
    bad.write_bytes(good.read_bytes()[:50_000])
    refused("not a backup of ours, or damaged")
    bad.write_bytes(b"no tar")
    refused("not a backup of ours, or damaged")


def test_a_backup_of_a_newer_version_is_refused(home: Path, other: Path, tmp_path: Path) -> None:
    with Database(URL, home) as db:
        db.now(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    make(home, tmp_path / "b.tar")
    with pytest.raises(StoreError, match="install a newer version"):
        restore(tmp_path / "b.tar", other)


def test_a_damaged_database_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    damage(home / "data/watchdog.db")
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        make(home, tmp_path / "b.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def damage(path: Path) -> None:
    """What a dying disk does: the second half of the file is zeros, the head is whole."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\0" * (size // 2))


def test_a_damaged_file_is_found_at_the_start_and_the_words_say_what_to_do(home: Path) -> None:
    with Database(URL, home) as db:
        db.check()
    damage(home / "data/watchdog.db")
    with pytest.raises(StoreError, match=r"damaged.*restore"), Database(URL, home) as db:
        db.check()


def test_nothing_to_back_up_and_a_name_that_is_taken_are_wrong_use(home: Path, tmp_path: Path) -> None:
    (tmp_path / "taken.tar").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="give a new name"):
        make(home, tmp_path / "taken.tar")
    assert (tmp_path / "taken.tar").read_text("utf-8") == "mine"
    with pytest.raises(UsageError, match="nothing to back up"):
        make(tmp_path / "nowhere", tmp_path / "b.tar")


def test_a_postgresql_home_is_told_its_own_tools_without_the_password() -> None:
    with pytest.raises(UsageError, match=r"pg_dump .*postgresql://me@db\.example/wd") as caught:
        backup.database_file("postgresql+psycopg://me:s3cr3t@db.example/wd", Path("home"))
    assert "s3cr3t" not in str(caught.value)
