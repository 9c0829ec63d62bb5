"""The database: opened once, asked through units of work, never held across an await.

A unit of work is a function whose first argument is a connection inside a transaction. Steps call it as
``await db(method, ...)`` where it writes and ``await db.read(method, ...)`` where it only reads; commands, which have
no event loop, use ``now`` and ``read_now``. On SQLite one thread writes and two read; on PostgreSQL eight do either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from watchdog.errors import StoreError
from watchdog.points import point
from watchdog.store import schema, sqlite

P = ParamSpec("P")
T = TypeVar("T")

_SQLITE_READERS = 2
_POSTGRESQL_THREADS = 8


class Database:
    """One database, its connections and its threads."""

    def __init__(self, url: str, home: Path) -> None:
        """Open it and bring its schema up to date.

        Args:
            url: as in ``[database] url``; a relative SQLite path counts from the home.
            home: the folder of the installation.

        Raises:
            StoreError: it cannot be opened.
            SchemaError: it was written by a newer version.
        """
        address = _resolve(url, home)
        self._is_sqlite = address.get_backend_name() == "sqlite"
        self.engine: Engine = create_engine(address)
        if self._is_sqlite:
            sqlite.prepare(self.engine)
        try:
            if self._is_sqlite:
                sqlite.make_folder(address.database)
            schema.upgrade(self.engine)
        except (OSError, SQLAlchemyError) as exc:
            self.engine.dispose()
            raise StoreError(f"the database {address.render_as_string()} cannot be opened: {_plain(exc)}") from exc
        self._writers = ThreadPoolExecutor(1 if self._is_sqlite else _POSTGRESQL_THREADS, "store-write")
        self._readers = ThreadPoolExecutor(_SQLITE_READERS, "store-read") if self._is_sqlite else self._writers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the threads and connections; what was committed stays."""
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engine.dispose()

    async def __call__(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that writes; committed when this returns, rolled back when it raises."""
        return await asyncio.wrap_future(self._writers.submit(lambda: self.now(method, *args, **kwargs)))

    async def read(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that only reads; it does not wait for writers."""
        return await asyncio.wrap_future(self._readers.submit(lambda: self.read_now(method, *args, **kwargs)))

    def now(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``__call__`` for a caller without an event loop."""
        with self.engine.begin() as connection:
            done = method(connection, *args, **kwargs)
            point("before commit of", method)
        point("after commit of", method)
        return done

    def read_now(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``read`` for a caller without an event loop."""
        with self.engine.connect() as connection:
            connection.execution_options(watchdog_reads=True)
            with connection.begin():
                return method(connection, *args, **kwargs)


def _resolve(url: str, home: Path) -> URL:
    """The address with a relative SQLite path counted from the home."""
    try:
        address = make_url(url)
    except SQLAlchemyError as exc:
        raise StoreError(f"[database] url is not an address such as sqlite:///data/watchdog.db: {_plain(exc)}") from exc
    if address.get_backend_name() == "sqlite" and address.database and not Path(address.database).is_absolute():
        return address.set(database=str(home / address.database))
    return address


def _plain(error: Exception) -> str:
    """The driver's own words, without SQL and links."""
    return str(getattr(error, "orig", None) or error)
