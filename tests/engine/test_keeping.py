"""The keeper of the files, look by look: what stands still and is valid is taken, once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from watchdog.config import read_home, starter_files
from watchdog.engine.keeping import FileKeeper
from watchdog.store import Database, watchlist

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MORE = '\n[[case]]\nid = "b"\nname = "Ben Example"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in starter_files().items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def db(home: Path) -> Iterator[Database]:
    with Database("sqlite:///data/watchdog.db", home) as database:
        yield database


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def cases(db: Database) -> list[str]:
    return [case.id for case in db.read_now(watchlist.watched_cases)]


async def looks(keeper: FileKeeper, count: int = 2) -> list[str]:
    """What some looks log."""
    with capture_logs() as logs:
        for _ in range(count):
            await keeper.look(NOW)
    return [log["event"] for log in logs if log["log_level"] != "debug"]


async def test_a_change_is_taken_once_when_it_stands_still(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    assert await looks(keeper, 5) == ["files applied"]
    append(home / "watchlist.toml", MORE)
    assert await looks(keeper, 1) == []
    assert await looks(keeper, 5) == ["files applied"]
    assert cases(db) == ["b", "mehman-huseynov"]


async def test_a_file_that_is_still_being_written_retires_nobody(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    good = (home / "watchlist.toml").read_text("utf-8")
    for number in range(6):  # an editor that empties the file before it fills it again
        (home / "watchlist.toml").write_text(good + f"# {number}" if number % 2 else "", "utf-8")
        assert await looks(keeper, 1) == []
    assert await looks(keeper, 3) == []
    assert cases(db) == ["mehman-huseynov"]


async def test_a_broken_file_is_reported_once_and_a_missing_one_too(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    append(home / "feeds.toml", "[[source]]\nkid = 1\n")
    assert await looks(keeper, 5) == ["files refused"]
    text = (home / "feeds.toml").read_text("utf-8")
    (home / "feeds.toml").write_text(text, "utf-8")  # written again, the same
    assert await looks(keeper, 5) == []
    (home / "feeds.toml").unlink()
    assert await looks(keeper, 5) == ["files refused"]
    assert cases(db) == ["mehman-huseynov"]


async def test_a_database_that_cannot_take_it_now_is_asked_again(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    append(home / "watchlist.toml", MORE)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE topics RENAME TO hidden")
        connection.commit()
        assert await looks(keeper, 5) == ["files not applied, trying again"]
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO topics")
        connection.commit()
    assert await looks(keeper, 5) == ["files applied"]
    assert cases(db) == ["b", "mehman-huseynov"]


async def test_a_reload_waits_for_nothing_and_leaves_nothing_to_the_looks(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    count = len(read_home(home).sources) + 1
    assert await keeper.reload(NOW) == f"files applied: {count} added, 0 changed, 0 gone"
    append(home / "watchlist.toml", MORE)
    assert await keeper.reload(NOW) == "files applied: 1 added, 0 changed, 0 gone"
    assert await keeper.reload(NOW) == "files applied: 0 added, 0 changed, 0 gone"
    assert await looks(keeper, 5) == []
    assert cases(db) == ["b", "mehman-huseynov"]


async def test_a_reload_says_again_what_is_wrong_and_the_looks_do_not(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    append(home / "watchlist.toml", '[[case]]\nnaem = "Ben Example"\n')
    assert await looks(keeper, 5) == ["files refused"]
    with capture_logs() as logs:
        assert await keeper.reload(NOW) == "files refused: 3 mistakes"
    assert [log["event"] for log in logs] == ["files refused"]
    assert "Ben" not in str(logs)
    assert await looks(keeper, 5) == []
    assert cases(db) == ["mehman-huseynov"]


async def test_what_a_reload_could_not_write_the_looks_do(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    append(home / "watchlist.toml", MORE)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE topics RENAME TO hidden")
        connection.commit()
        assert await keeper.reload(NOW) == "files not applied yet: the database took no write"
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO topics")
        connection.commit()
    assert await looks(keeper, 5) == ["files applied"]
    assert cases(db) == ["b", "mehman-huseynov"]


async def test_settings_of_a_reload_are_handed_on_by_the_next_look(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    (home / "watchdog.toml").write_text('[mail]\nsmtp = "mail.example:25"\n', "utf-8")
    await keeper.reload(NOW)
    assert [await keeper.look(NOW) for _ in range(3)] == [True, False, False]
    assert keeper.settings.mail.smtp == "mail.example:25"


async def test_a_look_and_a_reload_at_once_take_a_change_once(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    append(home / "watchlist.toml", MORE)
    await looks(keeper, 1)
    done, has_new_settings, _ = await asyncio.gather(keeper.reload(NOW), keeper.look(NOW), keeper.reload(NOW))
    assert (done, has_new_settings) == ("files applied: 1 added, 0 changed, 0 gone", False)


async def test_settings_are_taken_over_or_named(home: Path, db: Database) -> None:
    keeper = FileKeeper(home, read_home(home).settings, db)
    await looks(keeper)
    (home / "watchdog.toml").write_text('[work]\nworkers = 7\n[mail]\nsmtp = "mail.example:25"\n', "utf-8")
    with capture_logs() as logs:
        assert [await keeper.look(NOW) for _ in range(3)] == [False, True, False]
    assert [(log["event"], log["sections"]) for log in logs if "sections" in log] == [
        ("settings need a restart", "[work]"),
        ("settings taken over", "[mail], [operators]"),  # the starter names an operator, this file does not
    ]
    assert keeper.settings.mail.smtp == "mail.example:25"
    assert keeper.settings.work.workers == 2
