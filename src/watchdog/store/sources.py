"""Sources: what the operator wrote, and what polling learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Row, bindparam, func, insert, select, union_all, update

from watchdog.model.answer import Validators
from watchdog.model.article import Entry
from watchdog.model.source import PollHistory, PollMemory, Source, SourceState, StateFound
from watchdog.store import codec, queue
from watchdog.store.queue import Lease
from watchdog.store.states import note_state
from watchdog.store.tables import articles, entries, moves, sources

#: Of the advisory lock under which polls bring articles on PostgreSQL: two sources may bring the same ones at once,
#: each in its order, and would end in a deadlock.
_LOCK_KEY = 7_214_309_552


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceForPoll:
    """A source that is due, and ours until the lease ends."""

    lease: Lease
    source: Source
    validators: Validators
    body_hash: str | None
    #: Polls that gave a feed; 0 before the first.
    polls: int
    #: Failures in a row.
    failures: int
    memory: PollMemory
    history: PollHistory = field(default_factory=PollHistory)
    #: None before the first decision.
    state: SourceState | None = None
    #: The last poll that gave a feed.
    last_success_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to store, with its article's address."""

    entry: Entry
    hash: str
    url: str
    #: False where there is no page to read: the entry has no address of its own, or is whole.
    has_page: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What one successful poll changes."""

    next_poll_at: datetime
    validators: Validators
    body_hash: str | None
    #: A ``moved_to`` that differs from the one before is a change of address.
    memory: PollMemory = field(default_factory=PollMemory)
    new: tuple[NewEntry, ...] = ()
    changed: tuple[NewEntry, ...] = ()
    #: New ones that older pages of the feed brought: they fill timelines and alert nobody.
    backfilled: tuple[NewEntry, ...] = ()
    history: PollHistory = field(default_factory=PollHistory)
    #: None leaves the state as it is.
    found: StateFound | None = None

    @property
    def has_entries(self) -> bool:
        """Whether there is more to store than that the source was asked."""
        return bool(self.new or self.changed or self.backfilled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A source was asked at one address, and then at another."""

    from_url: str
    to_url: str
    why: str
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source with its state, for people."""

    source: Source
    last_success_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    first_failed_at: datetime | None
    #: Why the last poll failed; None where it did not.
    reason: str | None
    polls: int
    is_stuck: bool
    memory: PollMemory
    history: PollHistory
    #: None before the first decision.
    state: SourceState | None


def claim_due(connection: Connection, now: datetime, limit: int) -> tuple[SourceForPoll, ...]:
    """Take sources whose poll is due."""
    return tuple(
        SourceForPoll(
            lease=queue.lease_of(sources, row),
            source=codec.load(Source, row.definition),
            validators=Validators(etag=row.etag, last_modified=row.last_modified),
            body_hash=row.body_hash,
            polls=row.polls,
            failures=row.failures,
            memory=_memory(row.memory),
            history=_history(row.history),
            state=_state(row.state),
            last_success_at=row.last_success_at,
        )
        for row in queue.claim(connection, sources, now, limit)
    )


def known_hashes(
    connection: Connection, source_id: str, keys: Sequence[str], addresses: Sequence[str]
) -> dict[str, str]:
    """The stored hash of each entry of a source that we know by one of these keys or addresses.

    By address too, because some feeds give their items new ids at every poll.
    """
    rows = connection.execute(_KNOWN, {"source": source_id, "keys": list(keys), "addresses": list(addresses)})
    return {row.key: row.hash for row in rows}


def _known() -> CompoundSelect[Any]:
    """Entries by key or address; made once, because making it takes longer than running it."""
    found = select(entries.c.key, entries.c.hash).where(entries.c.source_id == bindparam("source"))
    by_key = found.where(entries.c.key.in_(bindparam("keys", expanding=True)))
    by_address = found.join_from(entries, articles).where(articles.c.url.in_(bindparam("addresses", expanding=True)))
    return union_all(by_key, by_address)


_KNOWN = _known()
_AT_ADDRESS = select(articles.c.id).where(articles.c.url == bindparam("address"))
_NEW_ARTICLE = insert(articles).returning(articles.c.id)
_NEW_ENTRY = insert(entries)


def settle_unchanged(
    connection: Connection, done: Sequence[tuple[SourceForPoll, PollOutcome]], now: datetime
) -> tuple[int, ...]:
    """``settle_poll`` for polls that brought no entry and ended at about the same time: one transaction, one fsync."""
    return tuple(settle_poll(connection, job, outcome, now) for job, outcome in done)


def settle_poll(connection: Connection, job: SourceForPoll, outcome: PollOutcome, now: datetime) -> int:
    """Store what a poll brought, in one transaction; nothing where the lease was lost.

    Safe to run twice: entries are unique by source and key, articles by address.

    Returns:
        Articles that were not known before.
    """
    values: dict[str, object] = {
        "due_at": outcome.next_poll_at,
        "etag": outcome.validators.etag,
        "last_modified": outcome.validators.last_modified,
        "body_hash": outcome.body_hash,
        "polls": job.polls + 1,
        "failures": 0,
        "first_failed_at": None,
        "last_success_at": now,
        "memory": codec.dump(outcome.memory),
        "history": codec.dump(outcome.history),
    }
    if not queue.settle(connection, sources, job.lease, values):
        return 0
    if outcome.new and connection.dialect.name == "postgresql":  # on SQLite there is one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))
    found = 0
    for item, is_old in [(one, False) for one in outcome.new] + [(one, True) for one in outcome.backfilled]:
        article_id, is_new = _article(connection, job, item, now, is_old=is_old)
        found += is_new
        if not is_new:
            _read_again(connection, job.source.id, article_id, now)
        stored = {
            "source_id": job.source.id,
            "key": item.entry.key,
            "hash": item.hash,
            "definition": codec.dump(item.entry),
            "article_id": article_id,
            "first_seen_at": now,
        }
        connection.execute(_NEW_ENTRY, stored)
    for item in outcome.changed:
        _store_change(connection, job.source.id, item, now)
    _note_move(connection, job, outcome.memory, now)
    note_state(connection, job.source.id, job.state, outcome.found, now)
    return found


def _history(stored: object) -> PollHistory:
    return PollHistory() if stored is None else codec.load(PollHistory, stored)


def _state(stored: str | None) -> SourceState | None:
    return None if stored is None else SourceState(stored)


def _memory(stored: object) -> PollMemory:
    return PollMemory() if stored is None else codec.load(PollMemory, stored)


def _note_move(connection: Connection, job: SourceForPoll, memory: PollMemory, now: datetime) -> None:
    """Note a change of address; take it back where another source is asked there already: one poller is enough."""
    old = job.memory.moved_to or job.source.url
    new = memory.moved_to or job.source.url
    if new == old:
        return
    others = select(sources.c.id).where(sources.c.url == new, sources.c.id != job.source.id, sources.c.enabled)
    twin = connection.execute(others.limit(1)).scalar()
    if twin is not None:
        stays = replace(memory, moved_to=job.memory.moved_to, twin=twin)
        connection.execute(update(sources).where(sources.c.id == job.source.id).values(memory=codec.dump(stays)))
        return
    why = "a permanent redirect that proved stable" if memory.moved_to else "the new address does not serve the feed"
    connection.execute(insert(moves).values(source_id=job.source.id, from_url=old, to_url=new, why=why, moved_at=now))


def _article(
    connection: Connection, job: SourceForPoll, item: NewEntry, now: datetime, *, is_old: bool
) -> tuple[int, bool]:
    """The article at an entry's address: (its id, whether it is new)."""
    known = connection.execute(_AT_ADDRESS, {"address": item.url}).scalar()
    if known is not None:
        return known, False
    stored = {
        "url": item.url,
        "source_id": job.source.id,
        "has_page": item.has_page,
        "published": item.entry.published,
        "first_seen_at": now,
        "in_first_poll": job.polls == 0,
        "backfilled": is_old,
        "due_at": now,
    }
    return connection.execute(_NEW_ARTICLE, stored).scalar_one(), True


def _store_change(connection: Connection, source_id: str, item: NewEntry, now: datetime) -> None:
    """Keep an edited entry and have its article read again, where nobody is reading it now."""
    article_id = connection.execute(
        update(entries)
        .where(entries.c.source_id == source_id, entries.c.key == item.entry.key)
        .values(hash=item.hash, definition=codec.dump(item.entry))
        .returning(entries.c.article_id)
    ).scalar_one()
    _read_again(connection, source_id, article_id, now)


def _read_again(connection: Connection, source_id: str, article_id: int, now: datetime) -> None:
    """Have an article read whose source tells it in other words, where nobody is reading it now."""
    told_before = select(entries.c.id).where(entries.c.article_id == article_id, entries.c.source_id == source_id)
    connection.execute(
        update(articles)
        .where(articles.c.id == article_id, articles.c.lease_until.is_(None), told_before.exists())
        .values(due_at=now)
    )


def settle_failed_poll(
    connection: Connection,
    job: SourceForPoll,
    reason: str,
    next_poll_at: datetime | None,
    now: datetime,
    *,
    memory: PollMemory,
    forget_validators: bool,
    history: PollHistory | None = None,
    found: StateFound | None = None,
) -> None:
    """Record a failed poll.

    Args:
        connection: inside a transaction.
        job: the claim.
        reason: for people.
        next_poll_at: None where the publisher says that the feed is gone for good.
        now: aware.
        memory: what the source taught us.
        forget_validators: where a body did not parse; kept, the next poll would be a 304 and the failure permanent.
        history: what the polls showed, this one included; None leaves it as it is.
        found: the state now; None leaves it as it is.
    """
    first = connection.execute(select(sources.c.first_failed_at).where(sources.c.id == job.source.id)).scalar()
    values: dict[str, object] = {
        "due_at": next_poll_at,
        "failures": job.failures + 1,
        "first_failed_at": first or now,
        "reason": reason,
        "memory": codec.dump(memory),
    }
    if history is not None:
        values["history"] = codec.dump(history)
    if forget_validators:
        values |= {"etag": None, "last_modified": None, "body_hash": None}
    if queue.settle(connection, sources, job.lease, values):
        _note_move(connection, job, memory, now)
        note_state(connection, job.source.id, job.state, found, now)


def postpone(connection: Connection, job: SourceForPoll, at: datetime, reason: str) -> None:
    """End a claim that asked nothing, because the host wants to be left alone, or others are before us."""
    queue.settle(connection, sources, job.lease, {"due_at": at, "reason": reason})


def has_entries(connection: Connection, source_id: str) -> bool:
    """Whether a source ever had an entry."""
    return connection.execute(select(entries.c.id).where(entries.c.source_id == source_id).limit(1)).first() is not None


def list_moves(connection: Connection, source_id: str) -> tuple[Move, ...]:
    """Where a source was asked, the oldest change first."""
    rows = connection.execute(select(moves).where(moves.c.source_id == source_id).order_by(moves.c.id))
    return tuple(Move(from_url=row.from_url, to_url=row.to_url, why=row.why, moved_at=row.moved_at) for row in rows)


def settle_not_asked(connection: Connection, job: SourceForPoll) -> None:
    """End a claim that asked nothing, in a replay: the source is due again when a record of it comes."""
    queue.settle(connection, sources, job.lease, {})


def list_sources(connection: Connection) -> tuple[SourceRow, ...]:
    """Every source, by id."""
    return tuple(_source_row(row) for row in connection.execute(select(sources).order_by(sources.c.id)))


def _source_row(row: Row[Any]) -> SourceRow:
    source = replace(codec.load(Source, row.definition), enabled=row.enabled)  # one that left its file is not asked
    return SourceRow(
        source=source,
        last_success_at=row.last_success_at,
        next_poll_at=row.due_at,
        failures=row.failures,
        first_failed_at=row.first_failed_at,
        reason=row.reason if row.failures or row.stuck_at else None,
        polls=row.polls,
        is_stuck=row.stuck_at is not None,
        memory=_memory(row.memory),
        history=_history(row.history),
        state=_state(row.state),
    )


def wake(connection: Connection, url: str, now: datetime) -> bool:
    """Make the source at an address due, for a recording whose next record is a poll of it."""
    done = connection.execute(update(sources).where(sources.c.url == url, sources.c.enabled).values(due_at=now))
    return done.rowcount > 0
