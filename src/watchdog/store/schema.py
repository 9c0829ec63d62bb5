"""Brings a database to the schema of this version, through Alembic, and refuses one that is newer.

Alembic is imported only where there is something to do: it costs 0.3 s.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from watchdog.errors import SchemaError

#: The newest revision in ``migrations/versions``; a test compares.
HEAD = "0002"


def migrations_folder() -> Path:
    """``migrations/``: inside the wheel, else beside ``src`` in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent.parent / "migrations"


def current(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date, each revision in a transaction of its own.

    Safe to run twice: a revision that was applied is not applied again.

    Raises:
        SchemaError: the database was written by a newer version.
    """
    with engine.begin() as connection:
        have = current(connection)
    if have == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if have is not None and have not in known:
        raise SchemaError(f"the database has schema {have}, this version knows up to {HEAD}: install a newer version")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
