"""What the tests of several rooms share: both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgresql import NoServerError, Server, running_server

# The same examples at every run: what fails here fails again. `make test-long` looks further.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=2_000, deadline=None)
settings.load_profile("nightly" if os.environ.get("WATCHDOG_NIGHTLY") else "ci")

SQLITE_URL = "sqlite:///data/watchdog.db"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for the whole run; where this machine has none, every test that asks is skipped for that reason."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as exc:
        pytest.skip(str(exc))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database at the newest schema, on SQLite (in the test's home) and on PostgreSQL."""
    if request.param == "sqlite":
        yield SQLITE_URL
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url
