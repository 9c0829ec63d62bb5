from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from tests.store.test_judgements import SENTENCE, revision
from watchdog.store import Database, texts
from watchdog.store.tables import revisions

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_texts_come_in_batches_from_a_moment_on(db: Database) -> None:
    assert db.read_now(texts.last_id) == 0
    assert db.read_now(texts.last_before, NOW) == 0
    for minute in range(6):
        revision(db, NOW + timedelta(minutes=minute))
    ids = [text.id for text in db.read_now(texts.texts_after, 0, 10)]
    assert len(ids) == 6
    db.now(lambda connection: connection.execute(delete(revisions).where(revisions.c.id == ids[2])))
    for minute, after in enumerate([0, ids[0], ids[1], ids[1], ids[3], ids[4], ids[5]]):
        start = db.read_now(texts.last_before, NOW + timedelta(minutes=minute))
        left = [text.id for text in db.read_now(texts.texts_after, start, 10)]
        assert left == [number for number in ids if number > after and number != ids[2]]
    first, second = db.read_now(texts.texts_after, 0, 2)
    assert (first.id, second.id) == (ids[0], ids[1])
    assert (first.text, first.is_first, first.source.id) == (SENTENCE, True, "oc")
    assert first.seen_at == NOW
    assert db.read_now(texts.last_id) == ids[-1]
