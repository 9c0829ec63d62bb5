"""``doctor``: whether all is well, and what to do where it is not."""

from __future__ import annotations

import asyncio
import os
import shutil
import smtplib
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import click

from watchdog import lang, plugins, service
from watchdog.cli.output import FAILED, Speaker
from watchdog.cli.queueing import naming_somebody
from watchdog.cli.sourcing import UNREAD_FOR, foreign_words
from watchdog.config import Home, Settings, read_home, read_settings
from watchdog.errors import ConfigError, PluginError, StoreError, WorkerError
from watchdog.model.dates import rfc3339
from watchdog.model.delivery import Channel
from watchdog.model.source import SourceState
from watchdog.pipeline import work
from watchdog.pipeline.pool import Pool
from watchdog.pipeline.trying import find_ties
from watchdog.store import Database, checkup, passages, queues, sources, watchlist
from watchdog.store.checkup import Checkup
from watchdog.store.queues import QUEUES, Standing

_LITTLE_BYTES, _TOO_LITTLE_BYTES = 1_000_000_000, 100_000_000
#: No clock was right before this was written.
_NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(minutes=5)
_SMTP_SECONDS = 5.0
_SMTPS_PORT = 465
_MOST_NAMED = 10


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    check: str
    state: State
    detail: str
    #: What to do; empty where all is well.
    advice: str = ""


@click.command()
@click.pass_obj
@click.pass_context
def doctor(context: click.Context, speaker: Speaker) -> None:
    """Check the whole installation; exit code 1 where something is bad."""
    worst = State.OK
    order = list(State)
    for check in _checks(speaker.home, datetime.now(UTC)):
        if speaker.as_json:
            speaker.line(asdict(check))
        speaker.say(f"[{check.state.value}] {check.check}: {check.detail}")
        if check.advice:
            speaker.say(f"-> {check.advice}", indent=6)
        worst = max(worst, check.state, key=order.index)
    if worst is State.BAD:
        context.exit(FAILED)


def _checks(home: Path, now: datetime) -> Iterator[Check]:
    files = _read(home)
    yield _files(files)
    if isinstance(files, Home):
        yield _names(files)
    settings = files.settings if isinstance(files, Home) else _settings(home)
    yield _disk(home)
    yield from _plugins()
    if settings is None:
        return
    yield asyncio.run(_worker(settings))
    try:
        with service.open_database(home, settings) as db:
            seen = db.read_now(checkup.check_up, now)
            yield _database(seen)
            if seen.damage:
                return
            yield _clock(seen, now)
            if isinstance(files, Home):
                yield _applied(db, files, now)
            yield from _work(db, seen, now)
            targets = seen.targets
    except StoreError as exc:
        advice = "look at the disk and the address in [database]; watchdog restore brings a backup back"
        yield Check(check="database", state=State.BAD, detail=str(exc), advice=advice)
        targets = ()
    yield _mail_server(settings, targets)
    yield _secrets(home, settings, targets)


def _read(home: Path) -> Home | ConfigError:
    try:
        return read_home(home)
    except ConfigError as exc:
        return exc


def _settings(home: Path) -> Settings | None:
    with suppress(ConfigError):
        return read_settings(home)
    return None


def _files(files: Home | ConfigError) -> Check:
    if isinstance(files, ConfigError):
        some = "; ".join(map(str, files.problems[:_MOST_NAMED]))
        more = f" and {len(files.problems) - _MOST_NAMED} more" if len(files.problems) > _MOST_NAMED else ""
        advice = "mend the lines; the service goes on with what it had, but does not start anew"
        return Check(check="files", state=State.BAD, detail=some + more, advice=advice)
    detail = f"{len(files.sources)} sources, {len(files.watchlist.cases)} cases, {len(files.watchlist.topics)} topics"
    return Check(check="files", state=State.OK, detail=detail)


def _names(files: Home) -> Check:
    cases = files.watchlist.cases
    ties = find_ties(cases, cases, lang.load().letters)
    some = "; ".join(f'{" and ".join(tie.case_ids)}: "{tie.name}"' for tie in ties[:_MOST_NAMED])
    advice = "none is found by such a name: merge the cases, or give each a fuller name or an alias that no other has"
    return _counted(
        "names", len(ties), State.WARN, f"shared by several cases: {some}", advice, calm="each leads to one case"
    )


def _disk(home: Path) -> Check:
    folder = home / "data" if (home / "data").is_dir() else home
    if not os.access(folder, os.W_OK):
        advice = f"give the user of the service the right to write into {folder}, or mend the disk"
        return Check(check="disk", state=State.BAD, detail=f"{folder} cannot be written", advice=advice)
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1_000_000_000:.1f} GB free"
    if free >= _LITTLE_BYTES:
        return Check(check="disk", state=State.OK, detail=detail)
    state = State.BAD if free < _TOO_LITTLE_BYTES else State.WARN
    return Check(check="disk", state=state, detail=detail, advice=f"make room on the disk of {folder}")


def _plugins() -> Iterator[Check]:
    for group in ("watchdog.sources", "watchdog.detectors", "watchdog.notifiers", "watchdog.opinions"):
        try:
            found = ", ".join(plugins.load(group))
        except PluginError as exc:
            advice = "mend the plug-in, or take its package out of the environment"
            yield Check(check=f"plug-ins {group}", state=State.BAD, detail=str(exc), advice=advice)
        else:
            yield Check(check=f"plug-ins {group}", state=State.OK, detail=found or "none")


async def _worker(settings: Settings) -> Check:
    """Start a worker as the service does: it reads every language pack when it starts."""
    limits = settings.work
    pool = Pool(workers=1, deadline=limits.deadline, memory_max_bytes=limits.memory_max_bytes, initializer=work.prepare)
    try:
        async with pool:
            packs = await pool.run(lang.codes)
    except WorkerError as exc:
        advice = "look at the memory of this machine and at [work]; watchdog --verbose run tells more"
        return Check(check="worker", state=State.BAD, detail=str(exc), advice=advice)
    return Check(check="worker", state=State.OK, detail=f"starts, with the packs {', '.join(packs)}")


def _database(seen: Checkup) -> Check:
    if seen.damage:
        advice = "stop the service, keep a copy of the file, and bring back a backup: watchdog restore"
        return Check(check="database", state=State.BAD, detail=f"damaged: {seen.damage}", advice=advice)
    return Check(check="database", state=State.OK, detail=f"sound, schema {seen.schema}")


def _clock(seen: Checkup, now: datetime) -> Check:
    newest = max(seen.newest or _NOT_BEFORE, _NOT_BEFORE)
    if now + _CLOCK_SLACK < newest:
        detail = f"it is {rfc3339(now)} here, and something was written at {rfc3339(newest)}"
        advice = "set the clock right (timedatectl); until then rows wait for a time that has been"
        return Check(check="clock", state=State.BAD, detail=detail, advice=advice)
    return Check(check="clock", state=State.OK, detail=rfc3339(now))


def _applied(db: Database, files: Home, now: datetime) -> Check:
    count = len(db.rehearse(watchlist.apply, files.sources, files.watchlist, now).changes)
    if not count:
        return Check(check="files applied", state=State.OK, detail="the database says what the files say")
    detail = f"{count} differences between the files and the database"
    advice = "see them with watchdog apply --dry-run; watchdog apply, or the running service, takes them over"
    return Check(check="files applied", state=State.WARN, detail=detail, advice=advice)


def _work(db: Database, seen: Checkup, now: datetime) -> Iterator[Check]:
    aside = db.read_now(queues.list_rows, now, list(QUEUES), only_stuck=True)
    stuck = [row for row in aside if row.standing is Standing.STUCK]
    dead = [row for row in aside if row.standing is Standing.DEAD]
    urgent = naming_somebody(db, stuck)
    of_watched = f", {len(urgent)} of them name a watched person" if urgent else ""
    yield _counted(
        "overdue leases", seen.overdue, State.WARN, "whose worker did not come back", "is the service running?"
    )
    advice = "see watchdog queue list --stuck; then watchdog queue retry or drop"
    yield _counted("stuck rows", len(stuck), State.BAD, f"set aside after three attempts{of_watched}", advice)
    advice = (
        "somebody did not get an alert: see watchdog queue list --step send, mend the cause, then watchdog queue retry"
    )
    yield _counted("dead deliveries", len(dead), State.BAD, "given up", advice)
    advice = "a person must decide: watchdog review list"
    yield _counted("waiting for review", seen.in_review, State.WARN, "waiting for review", advice)
    yield from _sources(db, now)


def _sources(db: Database, now: datetime) -> Iterator[Check]:
    """Those that are not well, and languages in which changes are not found."""
    rows = [row for row in db.read_now(sources.list_sources) if row.source.enabled]
    unwell = [row for row in rows if row.state not in {None, SourceState.OK}]
    some = ", ".join(f"{row.source.id} ({row.state})" for row in unwell[:_MOST_NAMED])
    more = f" and {len(unwell) - _MOST_NAMED} more" if len(unwell) > _MOST_NAMED else ""
    advice = "see what was seen with watchdog sources list, and one step by step with watchdog sources check URL"
    yield _counted(
        "sources", len(unwell), State.WARN, f"of {len(rows)} not ok: {some}{more}", advice, calm=f"all {len(rows)} ok"
    )
    unread = Counter[str | None]()
    for found in db.read_now(passages.count_unread, now - UNREAD_FOR).values():
        unread.update(found)
    foreign = foreign_words([code for row in rows for code in row.source.lang], unread)
    advice = "names are found in them, changes are not: watch them by topics, or write a pack"
    yield _counted(
        "languages", len(foreign), State.WARN, f"without a pack: {', '.join(foreign)}", advice, calm="each has a pack"
    )


def _counted(check: str, count: int, state: State, what: str, advice: str, *, calm: str = "none") -> Check:
    if count == 0:
        return Check(check=check, state=State.OK, detail=calm)
    return Check(check=check, state=state, detail=f"{count} {what}", advice=advice)


def _mail_server(settings: Settings, targets: tuple[tuple[Channel, str], ...]) -> Check:
    """A greeting to the operator's own server, where somebody is to get mail; nothing is sent."""
    if all(channel is not Channel.EMAIL for channel, _ in targets):
        return Check(check="mail server", state=State.OK, detail="not asked: nobody subscribed by e-mail")
    host, _, port = settings.mail.smtp.rpartition(":")
    kind = smtplib.SMTP_SSL if int(port) == _SMTPS_PORT else smtplib.SMTP
    own_name = settings.mail.sender.rpartition("@")[2]
    try:
        with kind(host.strip("[]"), int(port), local_hostname=own_name, timeout=_SMTP_SECONDS) as server:
            code, _ = server.ehlo()
    except (OSError, smtplib.SMTPException) as exc:
        detail = f"{settings.mail.smtp} does not answer: {exc}"
        advice = "is it running, and is [mail] smtp right? alerts by e-mail wait until it answers"
        return Check(check="mail server", state=State.BAD, detail=detail, advice=advice)
    return Check(check="mail server", state=State.OK, detail=f"{settings.mail.smtp} answers EHLO with {code}")


def _secrets(home: Path, settings: Settings, targets: tuple[tuple[Channel, str], ...]) -> Check:
    """Each file that a setting or a target refers to: there, readable by us, and by nobody else."""
    own = [settings.mail.password, *(text for one in settings.operators for text in (one.target, one.secret))]
    names = {value for value in (*own, *(target for _, target in targets)) if value.startswith("file:")}
    wrong = [problem for name in sorted(names) if (problem := _wrong_with(home / name.removeprefix("file:")))]
    if wrong:
        advice = "make them readable for the user of the service alone: chmod 600"
        return Check(check="secret files", state=State.BAD, detail="; ".join(wrong), advice=advice)
    return Check(check="secret files", state=State.OK, detail=f"{len(names)} looked at")


def _wrong_with(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as exc:
        return f"{path}: {exc.strerror}"
    if mode & stat.S_IROTH:
        return f"{path} can be read by everybody"
    return "" if os.access(path, os.R_OK) else f"{path} cannot be read"


COMMANDS = (doctor,)
