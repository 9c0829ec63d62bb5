"""``backup``, ``restore``, ``db upgrade`` and ``db copy``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from watchdog import __version__, service
from watchdog.cli.output import Speaker
from watchdog.config import read_settings
from watchdog.store import Database, copying, lock, schema
from watchdog.store import backup as backups


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(speaker: Speaker, file: Path) -> None:
    """Write database, archive and the three files into FILE, a tar; the service may run meanwhile."""
    home = speaker.home
    database = backups.database_file(read_settings(home).database.url, home)
    about, size = backups.make(
        database,
        home / service.ARCHIVE_FOLDER,
        [home / name for name in backups.USER_FILES],
        file,
        version=__version__,
        now=datetime.now(UTC),
    )
    if speaker.as_json:
        speaker.line({"file": str(file), "bytes": size, **asdict(about)})
    speaker.say(f"{file}: {size:,} bytes; schema {about.schema}, {about.archive_files} archive files, checked")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Although the home has data: it is set aside, not deleted.")
@click.pass_obj
def restore(speaker: Speaker, file: Path, force: bool) -> None:
    """Put a backup into the home; the service must not run."""
    home = speaker.home
    with lock.held(home / service.DATA_FOLDER, alone=True):
        done = backups.restore(
            file,
            home,
            home / service.ARCHIVE_FOLDER,
            force=force,
            now=datetime.now(UTC),
        )
    if speaker.as_json:
        value = {"database": str(done.database), "kept": list(done.kept), **asdict(done.about)}
        speaker.line(value | {"set_aside": str(done.set_aside) if done.set_aside else None})
    speaker.say(f"restored {done.database} as of {done.about.made_at}, {done.about.archive_files} archive files")
    for name in done.kept:
        speaker.say(f"kept your {name}")
    if done.set_aside:
        speaker.say(f"what was there before is in {done.set_aside}")


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(speaker: Speaker) -> None:
    """Bring the database's schema up to this version; every other command does so too, when it opens it."""
    with service.open_database(speaker.home, read_settings(speaker.home)) as database:
        before = database.schema_before
    if speaker.as_json:
        speaker.line({"before": before, "after": schema.HEAD})
    if before == schema.HEAD:
        speaker.say(f"schema {schema.HEAD}: nothing to do")
    else:
        speaker.say(f"schema {before or 'none'} -> {schema.HEAD}")


@db.command("copy")
@click.argument("url")
@click.pass_obj
def db_copy(speaker: Speaker, url: str) -> None:
    """Copy the home's database into the empty one at URL; the service must not run."""
    home = speaker.home
    with (
        lock.held(home / service.DATA_FOLDER, alone=True),
        service.open_database(home, read_settings(home)) as source,
        Database(url, home) as target,
    ):
        rows = copying.copy(source, target)
    if speaker.as_json:
        speaker.line({"rows": rows})
    speaker.say(f"{rows} rows copied; now name the new database in watchdog.toml: [database] url")


COMMANDS = (backup, restore, db)
