"""Databases of earlier schemas: brought up to date, with what they hold."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from watchdog.store import Database, deliveries, schema
from watchdog.store.sqlite import prepare

NOW = "2026-03-02 12:00:00.000000"


def test_the_outbox_of_the_first_schema_is_kept(tmp_path: Path) -> None:
    """0002 makes the table anew on SQLite: its rows, ids and keys stay."""
    engine = create_engine(f"sqlite:///{tmp_path / 'w.db'}")
    prepare(engine)
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_folder()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
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
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
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
