"""Brings the operator's files into the database: what is new, changed, gone; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select, update

from watchdog.model.source import Source
from watchdog.model.watch import Case, KnownStatus, Topic, Watchlist
from watchdog.store import codec
from watchdog.store.tables import cases, events, installation, sources, topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What ``apply`` changed, as ``"case mehman-huseynov"``, ``"source ocmedia"``."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    #: Left their file: a source is disabled, a case or topic retired; all keep their history.
    gone: tuple[str, ...] = ()

    def __add__(self, other: Applied) -> Applied:
        return Applied(
            added=self.added + other.added, changed=self.changed + other.changed, gone=self.gone + other.gone
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as it stands."""

    case: Case
    added_at: datetime
    #: Left the watchlist.
    left_at: datetime | None


def apply(connection: Connection, new_sources: Sequence[Source], watchlist: Watchlist, now: datetime) -> Applied:
    """Make the database say what the files say, in one transaction.

    Safe to run twice: the second time nothing differs.
    """
    done = _apply_sources(connection, new_sources, now)
    done += _apply_named(connection, cases, "case", {case.id: case for case in watchlist.cases}, now)
    done += _apply_named(connection, topics, "topic", {topic.id: topic for topic in watchlist.topics}, now)
    for case in watchlist.cases:
        _apply_known(connection, case, now)
    if any(name.startswith(("case ", "topic ")) for name in (*done.added, *done.changed, *done.gone)):
        connection.execute(update(installation).values(watch_version=installation.c.watch_version + 1))
    return done


def _apply_sources(connection: Connection, wanted: Sequence[Source], now: datetime) -> Applied:
    have = {row.id: row for row in connection.execute(select(sources))}
    added, changed, gone = [], [], []
    for source in wanted:
        definition = codec.dump(source)
        values = {"url": source.url, "definition": definition, "enabled": source.enabled}
        row = have.get(source.id)
        if row is None:
            due_at = now if source.enabled else None
            connection.execute(insert(sources).values(id=source.id, added_at=now, due_at=due_at, **values))
            added.append(f"source {source.id}")
        elif row.definition != definition or row.enabled != source.enabled:
            if row.url != source.url:  # another address: its validators and its silence say nothing of this one
                values |= {"etag": None, "last_modified": None, "body_hash": None, "failures": 0}
            due_at = (row.due_at or now) if source.enabled else None
            connection.execute(update(sources).where(sources.c.id == source.id).values(due_at=due_at, **values))
            changed.append(f"source {source.id}")
    names = {source.id for source in wanted}
    for row in have.values():
        if row.id not in names and row.enabled:
            connection.execute(update(sources).where(sources.c.id == row.id).values(enabled=False, due_at=None))
            gone.append(f"source {row.id}")
    return Applied(added=tuple(added), changed=tuple(changed), gone=tuple(gone))


def _apply_named(
    connection: Connection, table: Table, word: str, wanted: Mapping[str, Case | Topic], now: datetime
) -> Applied:
    have = {row.id: row for row in connection.execute(select(table))}
    added, changed, gone = [], [], []
    for name, value in wanted.items():
        definition = codec.dump(value)
        row = have.get(name)
        if row is None:
            connection.execute(insert(table).values(id=name, definition=definition, added_at=now))
            added.append(f"{word} {name}")
        elif row.definition != definition or row.left_at is not None:
            here = table.c.id == name
            connection.execute(update(table).where(here).values(definition=definition, left_at=None))
            changed.append(f"{word} {name}")
    for row in have.values():
        if row.id not in wanted and row.left_at is None:
            connection.execute(update(table).where(table.c.id == row.id).values(left_at=now))
            gone.append(f"{word} {row.id}")
    return Applied(added=tuple(added), changed=tuple(changed), gone=tuple(gone))


def _apply_known(connection: Connection, case: Case, now: datetime) -> None:
    """Bring a case's ``known`` events onto its timeline; one taken out is withdrawn without a correction."""
    rows = connection.execute(
        select(events).where(events.c.case_id == case.id, events.c.is_known, events.c.withdrawn_at.is_(None))
    )
    have = {(row.status, row.event_date): row.id for row in rows}
    wanted = {(known.status.value, _text(known)) for known in case.known}
    for key, event_id in have.items():
        if key not in wanted:
            connection.execute(update(events).where(events.c.id == event_id).values(withdrawn_at=now))
    for status, day in sorted(wanted - set(have), key=lambda pair: (pair[1] or "", pair[0])):
        connection.execute(
            insert(events).values(
                case_id=case.id,
                version=next_version(connection, case.id),
                status=status,
                event_date=day,
                details=[],
                certainty="asserted",
                is_known=True,
                created_at=now,
            )
        )


def _text(known: KnownStatus) -> str | None:
    return str(known.date) if known.date else None


def next_version(connection: Connection, case_id: str) -> int:
    """Raise a case's version by one; a judge that read the old one decides again."""
    raised = update(cases).where(cases.c.id == case_id).values(version=cases.c.version + 1)
    version: int = connection.execute(raised.returning(cases.c.version)).scalar_one()
    return version


def list_cases(connection: Connection) -> tuple[CaseRow, ...]:
    """Every case that was ever watched, by id."""
    rows = connection.execute(select(cases).order_by(cases.c.id))
    return tuple(
        CaseRow(case=codec.load(Case, row.definition), added_at=row.added_at, left_at=row.left_at) for row in rows
    )


def watched_cases(connection: Connection) -> tuple[Case, ...]:
    """The cases on the watchlist now, by id; names of retired ones still claim their spans."""
    return tuple(row.case for row in list_cases(connection) if row.left_at is None)


def list_topics(connection: Connection) -> tuple[str, ...]:
    """The ids of the topics on the watchlist now."""
    rows = connection.execute(select(topics.c.id).where(topics.c.left_at.is_(None)).order_by(topics.c.id))
    return tuple(rows.scalars())


def watch_version(connection: Connection) -> int:
    """Which state of the watched cases this is; raised by every ``apply`` that changes one."""
    version: int = connection.execute(select(installation.c.watch_version)).scalar_one()
    return version
