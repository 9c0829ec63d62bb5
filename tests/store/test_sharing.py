"""Several workers on one database: nobody takes what another holds, and a reader sees one state."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update

from tests.postgresql import Server
from tests.store.test_queue import NOW, add
from watchdog.errors import StoreError
from watchdog.model.answer import Validators
from watchdog.model.article import Entry
from watchdog.store import Database, queue
from watchdog.store import sources as source_rows
from watchdog.store.queue import MAX_ATTEMPTS
from watchdog.store.sources import NewEntry, PollOutcome
from watchdog.store.tables import entries, sources


def together(*works: threading.Thread) -> None:
    for work in works:
        work.start()
    for work in works:
        work.join()


def test_two_workers_claim_disjoint_rows_and_between_them_all(db: Database, database_url: str, tmp_path: Path) -> None:
    db.now(add, *(f"s{number:03}" for number in range(200)))
    taken: list[str] = []

    def work(own: Database) -> None:
        while rows := own.now(queue.claim, sources, NOW, 7):
            assert len(rows) <= 7
            taken.extend(row.id for row in rows)

    with Database(database_url, tmp_path) as other:
        together(*(threading.Thread(target=work, args=(own,)) for own in (db, other, db, other)))
    assert sorted(taken) == [f"s{number:03}" for number in range(200)]


def test_a_claim_does_not_wait_for_rows_that_another_worker_is_taking(postgresql: Server, tmp_path: Path) -> None:
    with postgresql.database() as url, Database(url, tmp_path) as one, Database(url, tmp_path) as other:
        one.now(add, "a", "b", "c")
        one.now(lambda connection: connection.execute(update(sources).values(attempts=0)))

        def while_it_is_open(connection: Connection) -> list[str]:
            mine = queue.claim(connection, sources, NOW, 2)
            assert [row.id for row in mine] == ["a", "b"]
            return [row.id for row in other.now(queue.claim, sources, NOW, 5)]

        assert one.now(while_it_is_open) == ["c"]


def test_rows_that_wore_out_are_set_aside_by_one_of_two_workers(postgresql: Server, tmp_path: Path) -> None:
    with postgresql.database() as url, Database(url, tmp_path) as one, Database(url, tmp_path) as other:
        one.now(add, *(f"s{number}" for number in range(50)))
        one.now(lambda connection: connection.execute(update(sources).values(attempts=MAX_ATTEMPTS)))
        claim = queue.claim
        works = [threading.Thread(target=own.now, args=(claim, sources, NOW, 9)) for own in (one, other) * 4]
        together(*works)
        stuck = one.read_now(lambda connection: connection.execute(select(sources.c.stuck_at)).scalars().all())
        assert set(stuck) == {NOW}


def test_an_article_that_two_sources_bring_at_once_is_one(db: Database, database_url: str, tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(4)]
    db.now(add, *names)
    addresses = [f"https://same.example/{number}" for number in range(20)]
    jobs = db.now(source_rows.claim_due, NOW, 10)
    assert [job.source.id for job in jobs] == names
    found: Counter[str] = Counter()

    def settle(own: Database, index: int) -> None:
        order = addresses if index % 2 else addresses[::-1]  # opposite orders: a deadlock, if both went on at once
        new = tuple(
            NewEntry(
                entry=Entry(key=url, url=url, title="t", summary="", content="", published=NOW),
                hash="h",
                url=url,
                has_page=True,
            )
            for url in order
        )
        outcome = PollOutcome(next_poll_at=NOW, validators=Validators(), body_hash="b", new=new)
        found[jobs[index].source.id] = own.now(source_rows.settle_poll, jobs[index], outcome, NOW)

    with Database(database_url, tmp_path) as other:
        works = [threading.Thread(target=settle, args=((db, other)[index % 2], index)) for index in range(len(jobs))]
        together(*works)
    assert sum(found.values()) == len(addresses)
    stored = db.read_now(lambda connection: connection.execute(select(entries.c.article_id)).scalars().all())
    assert Counter(Counter(stored).values()) == {len(names): len(addresses)}


def test_a_reader_sees_one_state_whoever_writes_meanwhile(db: Database, database_url: str, tmp_path: Path) -> None:
    version = text("SELECT watch_version FROM installation")

    def read_twice(connection: Connection) -> tuple[int, int]:
        first = connection.execute(version).scalar_one()
        other.now(lambda writing: writing.execute(text("UPDATE installation SET watch_version = watch_version + 1")))
        return first, connection.execute(version).scalar_one()

    with Database(database_url, tmp_path) as other:
        assert db.read_now(read_twice) == (0, 0)
        assert db.read_now(lambda connection: connection.execute(version).scalar_one()) == 1


def test_a_reader_on_postgresql_cannot_write(postgresql: Server, tmp_path: Path) -> None:
    with postgresql.database() as url, Database(url, tmp_path) as db, pytest.raises(StoreError, match="read-only"):
        db.read_now(lambda connection: connection.execute(text("UPDATE installation SET watch_version = 1")))


def test_a_server_that_is_away_is_told_in_words_and_found_again(postgresql: Server, tmp_path: Path) -> None:
    with postgresql.database() as url, Database(url, tmp_path) as db:
        name = url.rpartition("/")[2]
        ids = [1]

        def cut_off(connection: Connection) -> None:
            ids.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            postgresql.execute(f"SELECT pg_terminate_backend({ids[-1]})")
            connection.execute(text("SELECT 1"))

        with pytest.raises(StoreError, match=f"{name}: .*terminat") as caught:
            db.now(cut_off)
        assert "\n" not in str(caught.value)
        assert db.now(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1


def test_no_server_is_told_in_one_line_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        Database("postgresql+psycopg://me:s3cr3t@127.0.0.1:9/none", tmp_path)
    assert "\n" not in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://localhost/x", r"names mysql; it can be sqlite:///\.\.\. or postgresql\+psycopg"),
        ("postgresql+pg8000://localhost/x", r"'pg8000', which is not installed; .*case-watchdog\[postgresql\]"),
        ("no address", r"\[database\] url is not an address"),
    ],
)
def test_a_database_that_we_cannot_use_is_refused_in_words(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=words):
        Database(url, tmp_path)


def test_a_row_that_a_full_disk_stopped_is_given_back_and_costs_no_attempt(db: Database) -> None:
    db.now(add, "a")
    now = NOW
    for _ in range(2 * MAX_ATTEMPTS):
        (row,) = db.now(queue.claim, sources, now, 1)
        db.now(queue.give_back, sources, queue.lease_of(sources, row), now, "the disk is full")
        assert not db.now(queue.claim, sources, now, 1)
        now += timedelta(minutes=1)
    (row,) = db.now(queue.claim, sources, now, 1)
    assert row.attempts == 1
