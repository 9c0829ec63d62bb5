"""What a step of the pipeline is given in a test: a store, an archive, this process as its worker, and no network."""

from __future__ import annotations

from pathlib import Path

from tests.crash.prepared import PoolHere
from watchdog.archive import ArchiveWriter
from watchdog.config.settings import Settings
from watchdog.pipeline import work
from watchdog.pipeline.context import Context
from watchdog.pipeline.replay import RecordedClient
from watchdog.store import Database


def context(db: Database, folder: Path) -> Context:
    """The surroundings of a step, without notifiers.

    A worker knows a watchlist by its version alone, and this process has worked for other tests on other stores: it
    starts anew.
    """
    work.prepare()
    return Context(
        db=db,
        client=RecordedClient(),
        archive=ArchiveWriter(folder / "archive"),
        pool=PoolHere(),
        notifiers={},
        parsers={},
        settings=Settings(),
    )
