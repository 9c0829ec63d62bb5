"""A process that is killed shows nothing of what a power cut would take, so the calls themselves are looked at."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from watchdog.archive import ArchiveWriter
from watchdog.model.answer import Fetched
from watchdog.store import Database

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@contextmanager
def calls_of(*names: str) -> Iterator[list[str]]:
    """The calls of these functions of C libraries in this thread, in their order."""
    seen: list[str] = []

    def look(frame: FrameType, event: str, called: object) -> None:
        _ = frame
        name = getattr(called, "__name__", "")
        if event == "c_call" and name in names:
            seen.append(name)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def test_a_record_and_the_name_of_its_file_are_on_the_disk_when_append_returns(tmp_path: Path) -> None:
    url = "https://oc.example/1"
    page = Fetched(url=url, final_url=url, status=200, headers=(), body=b"<p>Free</p>", fetched_at=NOW)
    writer = ArchiveWriter(tmp_path)
    record = ["write", "flush", "fsync"]
    with calls_of("write", "flush", "fsync") as seen:
        writer.append(page)
        assert seen == [*record, "fsync", *record]
        writer.append(page)
        assert seen[-3:] == record
    writer.close()


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    with Database("sqlite:///watchdog.db", tmp_path) as db, db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
