"""Backup and restore of a home whose database is SQLite: one tar file that holds all of it.

The database is copied first, through SQLite's backup API, which sees one state of it whatever is written meanwhile; the
archive after it. A record is on the disk before its row is committed, and the archive only grows, so no row of the copy
names a record that the tar lacks; both ``make`` and ``restore`` check it. Records that came later are harmless.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.engine import URL

from watchdog.config import FEEDS_FILE, SETTINGS_FILE, WATCHLIST_FILE, read_settings
from watchdog.errors import StoreError, UsageError
from watchdog.store import schema, trouble
from watchdog.store.database import resolve

_ABOUT, _DATABASE, _ARCHIVE = "backup.json", "watchdog.db", "archive/"
_FORMAT = 1

#: What a user writes; it goes into the backup too, and out of it only where it is missing.
USER_FILES = (SETTINGS_FILE, FEEDS_FILE, WATCHLIST_FILE)

#: Ids that left the database after the backup (in keys, messages, feeds) are never given again: the next ones are
#: higher by so many.
_IDS_SKIPPED = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a backup says of itself."""

    format: int
    made_at: str
    #: Of Watchdog.
    version: str
    schema: str
    database_sha256: str
    archive_files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What ``restore`` did."""

    about: About
    database: Path
    #: Files that a user writes which were there already, and stayed as they were.
    kept: tuple[str, ...]
    #: The folder that holds what was there before; None where there was nothing.
    set_aside: Path | None


def database_file(url: str, home: Path) -> Path:
    """The SQLite file of a home.

    Raises:
        UsageError: the database is PostgreSQL, which has tools of its own.
    """
    address = resolve(url, home)
    if address.get_backend_name() != "sqlite" or not address.database:
        plain = URL.create("postgresql", address.username, None, address.host, address.port, address.database)
        raise UsageError(
            "the database is PostgreSQL: back it up with its own tools, the database first and the archive after it: "
            f"pg_dump --format=custom --file=watchdog.dump {plain.render_as_string()}, "
            f"then copy {home / 'data/archive'}; restore with pg_restore (docs/keeping.md)"
        )
    return Path(address.database)


def make(
    database: Path, archive: Path, files: Sequence[Path], target: Path, *, version: str, now: datetime
) -> tuple[About, int]:
    """Write a backup, while the service runs or not; ``target`` appears only when it is whole.

    Args:
        database: the SQLite file.
        archive: the folder with the WARC files; it may be missing.
        files: what users write; those that are there go in.
        target: must not exist.
        version: of Watchdog.
        now: aware.

    Returns:
        What it says of itself, and its size in bytes.

    Raises:
        UsageError: there is nothing to back up, or ``target`` is there already.
        StoreError: the database is damaged, or the backup cannot be written; then there is none.
    """
    if not database.exists():
        raise UsageError(f"nothing to back up: there is no {database}")
    if target.exists():
        raise UsageError(f"{target} is there already; give a new name")
    copy, part = (target.with_name(f".{target.name}.{end}") for end in ("db", "part"))
    try:
        with _new_file(copy):
            pass
        _copy_database(database, copy)
        names = _check_database(copy)
        records = sorted(archive.glob("*.warc.gz")) if archive.is_dir() else []
        about = About(
            format=_FORMAT,
            made_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            version=version,
            schema=_schema_of(copy),
            database_sha256=_sha256(copy),
            archive_files=len(records),
        )
        with _new_file(part) as file:
            sizes = _write_tar(file, about, copy, records, [path for path in files if path.exists()])
            _check_archive(names, sizes)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        part.replace(target)
    except OSError as exc:
        raise StoreError(f"{target}: the backup cannot be written: {exc.strerror}") from exc
    finally:
        for path in (copy, part):
            path.unlink(missing_ok=True)
    return about, size


def restore(source: Path, home: Path, archive: Path, *, force: bool, now: datetime) -> Restored:
    """Put a backup into a home, which has a ``data/``. The caller holds the home's lock alone.

    Everything is unpacked and checked before anything in the home is touched. What is there is set aside, not deleted;
    files that users write stay as they are.

    Args:
        source: what ``make`` wrote.
        home: may be empty or missing.
        archive: the folder for the WARC files.
        force: go on although the home has data.
        now: aware; names the folder for what was there.

    Raises:
        UsageError: the home has data and ``force`` is not given.
        StoreError: the backup is damaged, incomplete or of a newer version.
    """
    staging = Path(tempfile.mkdtemp(prefix=".restore-", dir=home / "data"))
    try:
        about = _unpack(source, staging)
        settings = read_settings(home if (home / SETTINGS_FILE).exists() else staging)
        database = database_file(settings.database.url, home)
        there = [path for path in _with_side_files(database) if path.exists()]
        there += [archive] if archive.is_dir() and any(archive.iterdir()) else []
        if there and not force:
            raise UsageError(f"{there[0]} is there already; --force sets it aside and restores")
        _check_unpacked(about, staging)
        _skip_ids(staging / _DATABASE)
        set_aside = _set_aside(there, home / f"data/before-restore-{now:%Y%m%dT%H%M%SZ}") if there else None
        shutil.rmtree(archive, ignore_errors=True)  # empty, or aside
        database.parent.mkdir(parents=True, exist_ok=True)
        if (staging / _ARCHIVE).is_dir():
            shutil.move(staging / _ARCHIVE, archive)
        shutil.move(staging / _DATABASE, database)
        kept = tuple(name for name in USER_FILES if (home / name).exists())
        for name in USER_FILES:
            if name not in kept and (staging / name).exists():
                shutil.move(staging / name, home / name)
    except OSError as exc:
        raise StoreError(f"{source} cannot be restored: {exc.strerror or exc}") from exc
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Restored(about=about, database=database, kept=kept, set_aside=set_aside)


def _new_file(path: Path) -> BinaryIO:
    """A file that only its owner reads: the database holds the webhooks' secrets."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _with_side_files(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(database.name + end) for end in ("", "-wal", "-shm"))


@contextlib.contextmanager
def _opened(path: Path, said: Path | None = None) -> Iterator[sqlite3.Connection]:
    """A database file; in an error it is called ``said``."""
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
            yield connection
    except sqlite3.Error as exc:
        raise StoreError(f"the database {said or path}: {trouble.plain(exc)}") from exc


def _copy_database(database: Path, copy: Path) -> None:
    with _opened(database) as source, _opened(copy, database) as destination:
        source.backup(destination)
        destination.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it


def _check_database(path: Path) -> Mapping[str, int]:
    """The archive's files that rows name, each with the bytes that it must have at least.

    Raises:
        StoreError: SQLite finds damage.
    """
    with _opened(path) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the database is damaged: {found}; keep your older backups")
        rows = "SELECT warc_file, MAX(warc_offset + warc_length) FROM revisions WHERE warc_file IS NOT NULL GROUP BY 1"
        return dict(connection.execute(rows).fetchall())


def _check_archive(needed: Mapping[str, int], sizes: Mapping[str, int]) -> None:
    for name, size in needed.items():
        if sizes.get(name, 0) < size:
            raise StoreError(f"the archive's file {name} is missing or too short for the rows that name it")


def _schema_of(path: Path) -> str:
    with _opened(path) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_tar(
    file: BinaryIO, about: About, copy: Path, records: Sequence[Path], files: Sequence[Path]
) -> Mapping[str, int]:
    """Write all of it; a file that grows meanwhile goes in as long as it was. Returns the size of each archive file."""
    sizes = {}
    with tarfile.open(fileobj=file, mode="w") as tar:
        text = json.dumps(asdict(about), indent=1).encode()
        head = tarfile.TarInfo(_ABOUT)
        head.size = len(text)
        tar.addfile(head, io.BytesIO(text))
        named = [(path, path.name) for path in files] + [(copy, _DATABASE)]
        for path, name in (*named, *((path, _ARCHIVE + path.name) for path in records)):
            with path.open("rb") as content:
                member = tar.gettarinfo(arcname=name, fileobj=content)
                tar.addfile(member, content)
                sizes[path.name] = member.size
    return sizes


def _unpack(source: Path, staging: Path) -> About:
    """Unpack what a backup may hold, and nothing else."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                name = member.name.removeprefix(_ARCHIVE)
                if not member.isreg() or Path(name).name != name:
                    raise StoreError(f"{source}: not a backup of ours: it holds {member.name!r}")
                if member.name not in {_ABOUT, _DATABASE, *USER_FILES} and not member.name.startswith(_ARCHIVE):
                    continue  # of a later version
                content = tar.extractfile(member)
                path = staging / member.name
                path.parent.mkdir(exist_ok=True)
                with _new_file(path) as file:
                    shutil.copyfileobj(content or io.BytesIO(), file)
                    os.fsync(file.fileno())
        about = About(**json.loads((staging / _ABOUT).read_text("utf-8")))
    except (tarfile.TarError, ValueError, TypeError, EOFError, FileNotFoundError) as exc:
        raise StoreError(f"{source}: not a backup of ours, or damaged: {exc}") from exc
    if about.format != _FORMAT:
        raise StoreError(f"{source}: a backup of format {about.format}: install a newer version")
    return about


def _check_unpacked(about: About, staging: Path) -> None:
    database = staging / _DATABASE
    if not database.exists() or _sha256(database) != about.database_sha256:
        raise StoreError("the backup is damaged: its database is not the one that was backed up")
    schema.refuse_newer(_schema_of(database))
    archive = staging / _ARCHIVE
    sizes = {path.name: path.stat().st_size for path in archive.iterdir()} if archive.is_dir() else {}
    _check_archive(_check_database(database), sizes)


def _skip_ids(path: Path) -> None:
    with _opened(path) as connection:
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_master WHERE type = 'table'"
            " AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)"
        )
        connection.execute("UPDATE sqlite_sequence SET seq = seq + ?", (_IDS_SKIPPED,))
        connection.execute("COMMIT")


def _set_aside(there: Sequence[Path], folder: Path) -> Path:
    folder.mkdir()
    for path in there:
        shutil.move(path, folder / path.name)
    return folder
