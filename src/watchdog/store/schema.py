"""Brings a database to the schema of this version, through Alembic, and refuses one that is newer.

Alembic is imported only where there is something to do: it costs 0.3 s.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from watchdog.errors import SchemaError

if TYPE_CHECKING:
    from alembic.config import Config

#: Of the advisory lock under which PostgreSQL changes its schema; any number will do that nobody else uses.
_LOCK_KEY = 7_214_309_551

#: The newest revision in ``migrations/versions``; a test compares.
HEAD = "0008"


#: Alembic keeps its environment in a module: two threads of one process must not upgrade at once.
_ALEMBIC = threading.Lock()


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


def upgrade(engine: Engine) -> str | None:
    """Bring the schema up to date, in one transaction.

    Safe to run twice, and by two processes at once: a revision that was applied is not applied again.

    Returns:
        The revision that it had before; None for an empty database.

    Raises:
        SchemaError: the database was written by a newer version.
    """
    with engine.begin() as connection:
        have = current(connection)
    if have == HEAD:
        return have
    refuse_newer(have)
    move(engine, "head")
    return have


def refuse_newer(have: str | None) -> None:
    """Raise where a schema is none that this version knows.

    Raises:
        SchemaError: it was written by a newer version.
    """
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if have is not None and have not in known:
        raise SchemaError(f"the database has schema {have}, this version knows up to {HEAD}: install a newer version")


def move(engine: Engine, revision: str) -> None:
    """Bring the schema up to a revision."""
    from alembic import command

    config = _config()
    with _ALEMBIC, engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's transaction has the write lock from its start
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return config
