"""``queue``: what waits, what was set aside or given up, and a hand to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from watchdog import lang, service
from watchdog.cli.output import Speaker
from watchdog.config import read_settings
from watchdog.core.names import build_index
from watchdog.errors import UsageError
from watchdog.model.dates import rfc3339
from watchdog.pipeline.work import names_somebody
from watchdog.store import Database, queues, watchlist
from watchdog.store.queues import QUEUES, QueueRow


def _open(speaker: Speaker) -> Database:
    return service.open_database(speaker.home, read_settings(speaker.home))


@click.group()
def queue() -> None:
    """The rows that are work."""


@queue.command("list")
@click.option("--step", "steps", multiple=True, type=click.Choice(list(QUEUES)), help="Only the queue of this step.")
@click.option("--stuck", is_flag=True, help="Only what was set aside or given up.")
@click.pass_obj
def queue_list(speaker: Speaker, steps: tuple[str, ...], stuck: bool) -> None:
    """What is due, held, failing, set aside or given up; what needs somebody first."""
    now = datetime.now(UTC)
    with _open(speaker) as db:
        rows = db.read_now(queues.list_rows, now, steps or list(QUEUES), only_stuck=stuck)
        later = db.read_now(queues.count_later, now)
        urgent = naming_somebody(db, rows)
    rows.sort(key=lambda row: row.name not in urgent)
    if speaker.as_json:
        for row in rows:
            speaker.line(_line(row, is_urgent=row.name in urgent))
        return
    if rows:
        table = [
            (row.name, _standing(row, urgent), _when(row), row.attempts + row.tries, row.about, row.reason)
            for row in rows
        ]
        speaker.table(("ID", "STATE", "WHEN", "TRIES", "WHAT", "REASON"), table)
    else:
        speaker.say("nothing is set aside or given up" if stuck else "nothing waits")
    if not stuck:
        speaker.say(f"{later} more have their time later")


def naming_somebody(db: Database, rows: Sequence[QueueRow]) -> frozenset[str]:
    """The rows whose title names a watched person: those of articles that were set aside."""
    titled = [row for row in rows if row.title]
    if not titled:
        return frozenset()
    index = build_index(db.read_now(watchlist.watched_cases), lang.load().letters)
    return frozenset(row.name for row in titled if names_somebody(row.title or "", index))


def _standing(row: QueueRow, urgent: frozenset[str]) -> str:
    return f"{row.standing}, names a watched person" if row.name in urgent else row.standing.value


def _when(row: QueueRow) -> str:
    moment = row.stuck_at or row.lease_until or row.due_at
    return rfc3339(moment) if moment else "-"


def _line(row: QueueRow, *, is_urgent: bool) -> dict[str, object]:
    return {
        "id": row.name,
        "step": row.step,
        "state": row.standing.value,
        "what": row.about,
        "reason": row.reason,
        "due_at": rfc3339(row.due_at) if row.due_at else None,
        "lease_until": rfc3339(row.lease_until) if row.lease_until else None,
        "stuck_at": rfc3339(row.stuck_at) if row.stuck_at else None,
        "attempts": row.attempts,
        "tries": row.tries,
        "names_watched": is_urgent,
    }


@queue.command("retry")
@click.argument("row_id", metavar="ID", required=False)
@click.option("--all-stuck", is_flag=True, help="Every row that was set aside.")
@click.pass_obj
def queue_retry(speaker: Speaker, row_id: str | None, all_stuck: bool) -> None:
    """Make a row due now with no attempts counted; a delivery goes out under its old key."""
    if (row_id is None) is not all_stuck:
        raise UsageError("say which: an ID such as read:12, or --all-stuck")
    now = datetime.now(UTC)
    with _open(speaker) as db:
        if row_id is not None:
            db.now(queues.retry, row_id, now)
        count = 1 if row_id is not None else db.now(queues.retry_all_stuck, now)
    if speaker.as_json:
        speaker.line({"retried": count})
    speaker.say(f"{count} row{'' if count == 1 else 's'} due now")


@queue.command("drop")
@click.argument("row_id", metavar="ID")
@click.pass_obj
def queue_drop(speaker: Speaker, row_id: str) -> None:
    """Take a row out of its queue; what it led to so far stays."""
    with _open(speaker) as db:
        db.now(queues.drop, row_id, datetime.now(UTC))
    if speaker.as_json:
        speaker.line({"dropped": row_id})
    speaker.say(f"{row_id} dropped")


COMMANDS = (queue,)
