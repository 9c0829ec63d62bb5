"""What an export has of the database: whatever people decided, and what was told to whom."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import insert, select

from tests.store.test_digests import SEVEN, STRIKES, about, an_article, cut, follow, write
from tests.store.test_reviews import CHARGED, DIED, NOW, a_claim, ids, judged, operator, sent, signed, watch
from watchdog.cli.output import json_line
from watchdog.model.claim import Modality
from watchdog.model.delivery import Channel, Every
from watchdog.model.status import Status
from watchdog.pipeline import review
from watchdog.store import Database, corrections, notices, state, subscribers, tables
from watchdog.store.subscribers import Wish

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    assert set(tables.metadata.tables) == state.EXPORTED | set(state.LEFT_OUT)
    assert not state.EXPORTED & set(state.LEFT_OUT)
    assert all(state.LEFT_OUT.values())


def lived(db: Database) -> None:
    """A home in which everything has happened once: two claims waited, with a witness; one accepted, then corrected."""
    watch(db, DIED)
    db.now(subscribers.subscribe, Channel.WEBHOOK, "webhook+https://a.example/", Wish(everything=True), "whsec_x", NOW)
    judged(db, NOW, a_claim(confidence=1.0))
    judged(db, NOW + HOUR, a_claim(confidence=0.9, sentence="He walked free on Saturday."))
    judged(db, NOW + 2 * HOUR, CHARGED)
    judged(db, NOW + 2 * HOUR + MINUTE, a_claim(modality=Modality.CALLED_FOR, sentence="Free him on Saturday!"))
    operators = (operator(db),)
    db.now(notices.write, db.read_now(notices.find_due, NOW + 2 * HOUR), operators, NOW + 2 * HOUR)
    first, *_, other = ids(db)
    event_id = review.accept(db, first, signed(NOW + 3 * HOUR, "called the lawyer")).event_id
    review.reject(db, other, signed(NOW + 3 * HOUR, "of 2019"))
    sent(db, NOW + 3 * HOUR)
    assert event_id is not None
    moved = {"source_id": "oc", "from_url": "https://oc.example/feed", "to_url": "https://oc.example/new", "why": "301"}
    db.now(lambda connection: connection.execute(insert(tables.moves).values(**moved, moved_at=NOW)))
    db.now(corrections.correct, event_id, Status.RELEASED_CONDITIONALLY, None, signed(NOW + 4 * HOUR, "on bail"))
    watch(db, DIED, topics=(STRIKES,))
    follow(db, "atom:day.xml", Every.DAY)
    job = an_article(db, NOW + 5 * HOUR)
    write(db, job, [about(job)], NOW + 5 * HOUR)
    assert cut(db, SEVEN) == 1


def test_decisions_and_what_was_told_are_in_it(db: Database) -> None:
    lived(db)
    whole = db.read_now(state.read_state)
    rows = whole.rows
    assert [name for name in rows if not rows[name]] == []
    assert [row["to_url"] for row in rows["moves"]] == ["https://oc.example/new"]
    assert [(row["decision"], row["author"], row["note"]) for row in rows["reviews"]] == [
        ("accepted", "anna", "called the lawyer"),
        ("joined", "anna", "called the lawyer"),
        ("rejected", "anna", "of 2019"),
    ]
    (decision,) = rows["decisions"]
    assert (decision["decision"], decision["note"], decision["decided_at"]) == (
        "corrected",
        "on bail",
        "2026-03-02T16:00:00Z",
    )
    assert [row["first_claim_id"] for row in rows["witnesses"]] == [rows["reviews"][0]["claim_id"]]
    assert {row["kind"] for row in rows["notices"]} >= {"waiting"}
    assert {row["state"] for row in rows["deliveries"]} == {"sent", "queued"}
    assert rows["subscriptions"][0]["target"] == "webhook+https://a.example/"
    assert whole.watched[-2] == {"what": "case", "id": "mh", "added_at": "2026-03-01T12:00:00Z", "left_at": None}


def test_it_is_json_without_secrets_and_without_what_was_only_read(db: Database) -> None:
    lived(db)
    text = json_line(db.read_now(state.read_state).rows)
    assert json.loads(text)
    assert "whsec_x" not in text
    told = db.read_now(lambda connection: list(connection.execute(select(tables.claims.c.outcome)).scalars()))
    assert sorted(set(told)) == ["review", "silence"]
    assert {claim["outcome"] for claim in json.loads(text)["claims"]} == {"review"}
