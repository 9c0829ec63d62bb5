"""Databases of earlier schemas: brought up to date, with what they hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from watchdog.model.delivery import Every
from watchdog.store import Database, deliveries, schema, subscribers, topics
from watchdog.store.sqlite import prepare

NOW = "2026-03-02 12:00:00.000000"


def earlier(folder: Path, revision: str, statements: Sequence[str]) -> None:
    """A database of an earlier schema."""
    engine = create_engine(f"sqlite:///{folder / 'w.db'}")
    prepare(engine)
    schema.move(engine, revision)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_outbox_of_the_first_schema_is_kept(tmp_path: Path) -> None:
    """0002 makes the table anew on SQLite: its rows, ids and keys stay."""
    statements = (
        f"INSERT INTO cases VALUES ('mh', '{{}}', '{NOW}', NULL, 1)",
        f"INSERT INTO sources (id, url, definition, enabled, added_at) VALUES ('oc', 'u', '{{}}', 1, '{NOW}')",
        (
            f"INSERT INTO articles (id, url, source_id, has_page, first_seen_at, in_first_poll)"
            f" VALUES (1, 'u', 'oc', 1, '{NOW}', 0)"
        ),
        (
            "INSERT INTO revisions (id, article_id, number, title, text, blocks, title_is_new, text_from,"
            f" text_hash, seen_at) VALUES (1, 1, 1, 't', 't', '[]', 1, 'page', 'h', '{NOW}')"
        ),
        (
            f"INSERT INTO events (id, case_id, version, status, details, certainty, created_at)"
            f" VALUES (1, 'mh', 1, 'released', '[]', 'asserted', '{NOW}')"
        ),
        (
            "INSERT INTO claims (id, case_id, revision_id, definition, outcome, confidence, why, event_id,"
            f" decided_at) VALUES (1, 'mh', 1, '{{}}', 'new', 1, '', 1, '{NOW}')"
        ),
        f"INSERT INTO alerts VALUES (1, 1, 'alert', 1, 1, '{{}}', '{NOW}')",
        f"INSERT INTO subscribers VALUES (1, 'console', 'console:', NULL, '{NOW}')",
        (
            f"INSERT INTO deliveries (id, key, alert_id, subscriber_id, state, created_at)"
            f" VALUES (7, 'k', 1, 1, 'sent', '{NOW}')"
        ),
    )
    earlier(tmp_path, "0001", statements)
    with Database("sqlite:///w.db", tmp_path) as db:
        rows = db.read_now(
            lambda connection: connection.execute(text("SELECT id, key, alert_id, notice_id FROM deliveries")).all()
        )
        assert [tuple(row) for row in rows] == [(7, "k", 1, None)]
        assert db.read_now(deliveries.count_by_state) == {"sent": 1}
        made = db.read_now(
            lambda connection: connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = 'deliveries'")
            ).scalar_one()
        )
        assert "AUTOINCREMENT" in made


SEEN = {"outcome": "new", "matched": ["strike"], "evidence": "A strike.", "field": "text", "start": 0, "end": 9}


def revision(number: int, article: int, *topics: tuple[str, str]) -> str:
    """A judged revision that names a case and matched topics, as 0002 kept them."""
    seen: list[dict[str, object]] = [{"case": "mh", "form": 'the "topic"', "score": 1, "reason": ""}]
    seen += [{**SEEN, "topic": topic, "outcome": outcome} for topic, outcome in topics]
    return (
        "INSERT INTO revisions (id, article_id, number, title, text, blocks, title_is_new, text_from, text_hash,"
        f" seen_at, judged_at, mentions) VALUES ({number}, {article}, {number}, 'T', 't', '[]', 1, 'page',"
        f" 'h{number}', '{NOW}', '{NOW}', '{json.dumps(seen)}')"
    )


def test_the_topics_of_the_second_schema_are_kept_and_told_to_nobody(tmp_path: Path) -> None:
    name = json.dumps({"id": "oc", "url": "u", "name": "OC Media"})
    article = "INSERT INTO articles (id, url, source_id, has_page, first_seen_at, in_first_poll)"
    statements = (
        f"INSERT INTO topics VALUES ('strikes', '{{}}', '{NOW}', NULL)",
        f"INSERT INTO sources (id, url, definition, enabled, added_at) VALUES ('oc', 'u', '{name}', 1, '{NOW}')",
        *(f"{article} VALUES ({number}, 'u{number}', 'oc', 1, '{NOW}', 0)" for number in (1, 2)),
        revision(1, 1, ("strikes", "new"), ("gone", "new")),
        revision(2, 1, ("strikes", "new")),  # two services at once could write this
        revision(3, 2, ("strikes", "background")),
        revision(4, 2),
        f"INSERT INTO subscribers VALUES (1, 'console', 'console:', NULL, '{NOW}')",
        f"INSERT INTO subscriptions VALUES (1, 1, 1, NULL, NULL, '[]', '{NOW}', NULL)",
    )
    earlier(tmp_path, "0002", statements)
    with Database("sqlite:///w.db", tmp_path) as db:
        matches = {number: db.read_now(topics.matches_of, number) for number in range(1, 5)}
        outcomes = {number: [one.outcome.value for _, one in found] for number, found in matches.items()}
        assert outcomes == {1: ["new"], 2: ["known"], 3: ["background"], 4: []}
        alert = matches[1][0][1].alert
        assert (alert.topic_id, alert.url, alert.source_name, alert.title) == ("strikes", "u1", "OC Media", "T")
        assert (alert.matched, alert.evidence, alert.published) == (("strike",), "A strike.", None)
        assert alert.raised_at == datetime(2026, 3, 2, 12, tzinfo=UTC)
        assert db.read_now(deliveries.count_by_state) == {}
        assert [held.every for held in db.read_now(subscribers.live_subscriptions)] == [Every.NOW]


@pytest.mark.parametrize("filled", [(), ("alert_id", "digest_id")])
def test_a_delivery_carries_exactly_one_thing(db: Database, filled: tuple[str, ...]) -> None:
    columns = {"key": "'k'", "subscriber_id": "1", "state": "'queued'", "created_at": f"'{NOW}'"}
    columns |= dict.fromkeys(filled, "1")
    statement = f"INSERT INTO deliveries ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"
    with pytest.raises(IntegrityError, match="ck_deliveries_exactly_one"):
        db.now(lambda connection: connection.exec_driver_sql(statement))
