"""A real database: SQLite in a scratch folder, and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from watchdog.store import Database


@pytest.fixture
def db(tmp_path: Path, database_url: str) -> Iterator[Database]:
    with Database(database_url, tmp_path) as database:
        yield database
