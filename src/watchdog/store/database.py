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
from typing import Concatenate, NoReturn, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from watchdog.errors import StoreError
from watchdog.points import point
from watchdog.store import schema, sqlite, trouble

P = ParamSpec("P")
T = TypeVar("T")

_SQLITE_READERS = 2
_POSTGRESQL_THREADS = 8

#: A unit of work that lost a race on PostgreSQL was rolled back whole, and is run again so many times.
_RACES = 5


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
        address = resolve(url, home)
        self._name = address.render_as_string()
        self._is_sqlite = address.get_backend_name() == "sqlite"
        self.engine: Engine = _make_engine(address)
        try:
            if self._is_sqlite:
                sqlite.make_folder(address.database)
            #: The schema that it had before it was opened; None where it was empty.
            self.schema_before = schema.upgrade(self.engine)
        except (OSError, SQLAlchemyError) as exc:
            self.engine.dispose()
            raise StoreError(f"the database {self._name} cannot be opened: {trouble.plain(exc)}") from exc
        except StoreError:
            self.engine.dispose()
            raise
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
        """``__call__`` for a caller without an event loop.

        A unit that lost a race on PostgreSQL is run again; so a unit changes nothing but the database.

        Raises:
            StoreError: disk, file or server are to blame; nothing was written.
        """
        races = 0
        while True:
            try:
                with self.engine.begin() as connection:
                    done = method(connection, *args, **kwargs)
                    point("before commit of", method)
            except DBAPIError as exc:
                races += 1
                if not (trouble.is_lost_race(exc) and races < _RACES):
                    self._raise(exc)
            else:
                point("after commit of", method)
                return done

    def rehearse(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a unit of work would do: it is run whole, and rolled back."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            result = method(connection, *args, **kwargs)
            transaction.rollback()
            return result

    def read_now(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``read`` for a caller without an event loop; it sees one state of the database, whoever writes meanwhile.

        Raises:
            StoreError: disk, file or server are to blame.
        """
        try:
            with self.engine.connect() as connection:
                if self._is_sqlite:
                    connection.execution_options(watchdog_reads=True)
                else:
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                with connection.begin():
                    return method(connection, *args, **kwargs)
        except DBAPIError as exc:
            self._raise(exc)

    def check(self) -> None:
        """Look for damage in a SQLite file, for so long as ``sqlite.check`` takes; PostgreSQL looks after itself.

        Raises:
            StoreError: the file is damaged.
        """
        if self._is_sqlite and (found := self.read_now(sqlite.check)):
            raise StoreError(f"the database {self._name} is damaged: {found}. {DAMAGED}")

    def _raise(self, error: DBAPIError) -> NoReturn:
        """Tell what disk, file or server did in words of ours; a fault of our own stays what it is."""
        if trouble.is_surroundings(error):
            raise StoreError(f"the database {self._name}: {trouble.plain(error)}") from error
        trouble.hide_values(error)
        raise error


#: What to do about a damaged file.
DAMAGED = (
    "Stop the service, keep a copy of the file, and `watchdog restore --force` the newest backup "
    '(docs/keeping.md, "A damaged file")'
)


def _make_engine(address: URL) -> Engine:
    """The engine; its errors are logged, so they hide the values of statements: names, targets, secrets."""
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, hide_parameters=True)
        sqlite.prepare(engine)
        return engine
    try:
        return create_engine(address, hide_parameters=True, pool_size=_POSTGRESQL_THREADS, pool_pre_ping=True)
    except ModuleNotFoundError as exc:
        raise StoreError(
            f"[database] url asks for the driver {exc.name!r}, which is not installed; "
            "postgresql+psycopg://... needs case-watchdog[postgresql]"
        ) from exc


def resolve(url: str, home: Path) -> URL:
    """An address as in ``[database] url``, with a relative SQLite path counted from the home.

    Raises:
        StoreError: it is not one of SQLite or PostgreSQL.
    """
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except SQLAlchemyError as exc:
        raise StoreError(
            f"[database] url is not an address such as sqlite:///data/watchdog.db: {trouble.plain(exc)}"
        ) from exc
    if backend not in {"sqlite", "postgresql"}:
        raise StoreError(f"[database] url names {backend}; it can be sqlite:///... or postgresql+psycopg://...")
    if backend == "sqlite" and address.database and not Path(address.database).is_absolute():
        return address.set(database=str(home / address.database))
    return address
