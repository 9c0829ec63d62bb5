"""A real database in a scratch folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from watchdog.store import Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database("sqlite:///data/watchdog.db", tmp_path) as database:
        yield database
