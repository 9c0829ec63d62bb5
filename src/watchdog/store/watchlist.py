"""Brings the operator's files into the database: what is new, changed, gone; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select, update

from watchdog.model.source import Source
from watchdog.model.watch import Case, KnownStatus, Topic, Watchlist
from watchdog.store import codec
from watchdog.store.tables import cases, events, installation, sources, topics

#: What the two files list.
Watched = Source | Case | Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What ``apply`` did to one source, case or topic."""

    #: ``source``, ``case`` or ``topic``.
    word: str
    id: str
    #: As the database had it; None where it was never there.
    before: Watched | None
    #: As the file has it; None where it left its file: a source is disabled, a case or topic retired; all keep their
    #: history.
    after: Watched | None
    #: It had left its file and is back, with its history.
    came_back: bool = False

    def __str__(self) -> str:
        return f"{self.word} {self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What ``apply`` changed; its lists name things as ``"case mehman-huseynov"``, ``"source ocmedia"``."""

    changes: tuple[Change, ...] = ()

    @property
    def added(self) -> tuple[str, ...]:
        """New in the files."""
        return tuple(str(change) for change in self.changes if change.before is None)

    @property
    def changed(self) -> tuple[str, ...]:
        """Said otherwise than before, or back in the files."""
        return tuple(str(change) for change in self.changes if change.before is not None and change.after is not None)

    @property
    def gone(self) -> tuple[str, ...]:
        """Left their file."""
        return tuple(str(change) for change in self.changes if change.after is None)


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
    in_cases = _apply_named(connection, cases, "case", watchlist.cases, now)
    done += in_cases + _apply_named(connection, topics, "topic", watchlist.topics, now)
    for case in watchlist.cases:
        _apply_known(connection, case, now)
    if any(change.word in {"case", "topic"} for change in done):
        connection.execute(update(installation).values(watch_version=installation.c.watch_version + 1))
    return Applied(changes=tuple(done))


def _apply_sources(connection: Connection, wanted: Sequence[Source], now: datetime) -> list[Change]:
    have = {row.id: row for row in connection.execute(select(sources))}
    done = []
    for source in wanted:
        definition = codec.dump(source)
        values = {"url": source.url, "definition": definition, "enabled": source.enabled}
        row = have.get(source.id)
        if row is None:
            due_at = now if source.enabled else None
            connection.execute(insert(sources).values(id=source.id, added_at=now, due_at=due_at, **values))
            done.append(Change(word="source", id=source.id, before=None, after=source))
        elif codec.load(Source, row.definition) != source or row.enabled != source.enabled:
            if row.url != source.url:  # another address: its validators and its silence say nothing of this one
                values |= {"etag": None, "last_modified": None, "body_hash": None, "failures": 0, "memory": None}
                values |= {"history": None}
            due_at = (row.due_at or now) if source.enabled else None
            connection.execute(update(sources).where(sources.c.id == source.id).values(due_at=due_at, **values))
            before = codec.load(Source, row.definition)
            left = has_left(before, is_enabled=row.enabled)
            done.append(Change(word="source", id=source.id, before=before, after=source, came_back=left))
    names = {source.id for source in wanted}
    for row in have.values():
        if row.id not in names and row.enabled:
            connection.execute(update(sources).where(sources.c.id == row.id).values(enabled=False, due_at=None))
            done.append(Change(word="source", id=row.id, before=codec.load(Source, row.definition), after=None))
    return done


def has_left(source: Source, *, is_enabled: bool) -> bool:
    """Whether a source left its file: its row is disabled, its last definition was not."""
    return source.enabled and not is_enabled


def _apply_named(
    connection: Connection, table: Table, word: str, wanted: Sequence[Case | Topic], now: datetime
) -> list[Change]:
    kind: type[Case | Topic] = Case if word == "case" else Topic
    have = {row.id: row for row in connection.execute(select(table))}
    done = []
    for value in wanted:
        definition = codec.dump(value)
        row = have.get(value.id)
        if row is None:
            connection.execute(insert(table).values(id=value.id, definition=definition, added_at=now))
            done.append(Change(word=word, id=value.id, before=None, after=value))
        elif row.definition != definition or row.left_at is not None:
            here = table.c.id == value.id
            connection.execute(update(table).where(here).values(definition=definition, left_at=None))
            before, left = codec.load(kind, row.definition), row.left_at is not None
            done.append(Change(word=word, id=value.id, before=before, after=value, came_back=left))
    names = {value.id for value in wanted}
    for row in have.values():
        if row.id not in names and row.left_at is None:
            connection.execute(update(table).where(table.c.id == row.id).values(left_at=now))
            done.append(Change(word=word, id=row.id, before=codec.load(kind, row.definition), after=None))
    return done


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
