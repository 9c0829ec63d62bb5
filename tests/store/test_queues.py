"""The queues as operators see them, and what their hands may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from watchdog.errors import UsageError
from watchdog.model.article import Entry
from watchdog.model.source import Source
from watchdog.store import Database, codec, queue, queues
from watchdog.store.queues import QUEUES, Standing
from watchdog.store.tables import (
    alerts,
    articles,
    cases,
    claims,
    deliveries,
    entries,
    events,
    revisions,
    sources,
    subscribers,
    subscriptions,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAST, SOON = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
ALL = list(QUEUES)


def add_source(connection: Connection, name: str, **values: object) -> None:
    source = Source(id=name, url=f"https://{name}.example/feed", name=name)
    row = {"id": name, "url": source.url, "definition": codec.dump(source), "enabled": True, "added_at": PAST}
    connection.execute(insert(sources).values(**{**row, **values}))


def add_article(connection: Connection, number: int, title: str, **values: object) -> None:
    url = f"https://a.example/{number}"
    connection.execute(
        insert(articles).values(
            id=number, url=url, source_id="a", has_page=True, first_seen_at=PAST, in_first_poll=False, **values
        )
    )
    entry = Entry(key=url, title=title, url=url, summary="", content="", published=None)
    connection.execute(
        insert(entries).values(
            source_id="a", key=url, hash="h", definition=codec.dump(entry), article_id=number, first_seen_at=PAST
        )
    )


def add_delivery(connection: Connection, number: int, **values: object) -> None:
    """A delivery of the one alert, to a subscriber of its own who wants everything."""
    person = {"id": number, "channel": "email", "target": f"m{number}@example.org", "created_at": PAST}
    connection.execute(insert(subscribers).values(**person))
    wish = {"subscriber_id": number, "everything": True, "statuses": [], "created_at": PAST}
    connection.execute(insert(subscriptions).values(**wish))
    row = {"id": number, "key": f"key{number}", "alert_id": 1, "subscriber_id": number, "state": "queued"}
    connection.execute(insert(deliveries).values(**{**row, "created_at": PAST, **values}))


def fill(connection: Connection) -> None:
    """One row of each kind in each queue."""
    add_source(connection, "a", due_at=SOON)
    add_source(connection, "due", due_at=PAST)
    add_source(connection, "off", due_at=None, enabled=False, stuck_at=PAST)
    add_article(connection, 1, "Ann freed", stuck_at=PAST, attempts=3, reason="KeyError; set aside")
    add_article(connection, 2, "Later", due_at=SOON)
    add_article(connection, 3, "Held", due_at=PAST, lease_until=SOON, fence=1, attempts=1)
    add_article(connection, 4, "Lost", due_at=PAST, lease_until=PAST, fence=1, attempts=1)
    add_article(connection, 5, "Done")
    revision = {"article_id": 5, "title": "Done", "text": "x", "blocks": [], "title_is_new": True, "text_from": "page"}
    kinds: tuple[dict[str, object], ...] = ({"judged_at": PAST}, {"stuck_at": NOW, "title": "Edited"})
    for number, values in enumerate(kinds, 1):
        row = {**revision, "id": number, "number": number, "text_hash": "h", "seen_at": PAST, **values}
        connection.execute(insert(revisions).values(**row))
    connection.execute(insert(cases).values(id="c", definition={}, added_at=PAST))
    claim = {"id": 1, "case_id": "c", "revision_id": 1, "definition": {}, "outcome": "new", "confidence": 1, "why": ""}
    connection.execute(insert(claims).values(**claim, decided_at=PAST))
    event = {"id": 1, "case_id": "c", "version": 1, "status": "released", "details": [], "certainty": "asserted"}
    connection.execute(insert(events).values(**event, created_at=PAST))
    alert = {"id": 1, "event_id": 1, "kind": "alert", "sequence": 1, "claim_id": 1, "definition": {}}
    connection.execute(insert(alerts).values(**alert, created_at=PAST))
    add_delivery(connection, 1, state="dead", reason="bad_address: 550 no such user", settled_at=PAST, tries=1)
    add_delivery(connection, 2, state="dead", reason="unsubscribed", settled_at=PAST)
    add_delivery(connection, 3, state="queued", due_at=SOON, tries=2, reason="transient: 451 later")
    add_delivery(connection, 4, state="sent", receipt="250 ok", settled_at=PAST)
    add_delivery(connection, 5, state="sending", stuck_at=NOW, attempts=3)


@pytest.fixture
def full(db: Database) -> Database:
    db.now(fill)
    return db


def names(db: Database, *, only_stuck: bool = False) -> dict[str, str]:
    return {row.name: row.standing.value for row in db.read_now(queues.list_rows, NOW, ALL, only_stuck=only_stuck)}


def test_what_needs_somebody_comes_first_and_what_needs_nobody_is_counted(full: Database) -> None:
    assert list(names(full).items()) == [
        ("read:1", "stuck"),
        ("judge:2", "stuck"),
        ("send:5", "stuck"),
        ("send:1", "dead"),
        ("read:4", "overdue"),
        ("read:3", "leased"),
        ("poll:due", "due"),
        ("send:3", "waiting"),
    ]
    assert list(names(full, only_stuck=True)) == ["read:1", "judge:2", "send:5", "send:1"]
    assert full.read_now(queues.count_later, NOW) == 3
    assert [row.name for row in full.read_now(queues.list_rows, NOW, ["poll"])] == ["poll:due"]


def test_a_delivery_is_its_channel_and_key_and_an_article_set_aside_has_its_title(full: Database) -> None:
    rows = {row.name: row for row in full.read_now(queues.list_rows, NOW, ALL)}
    assert rows["send:1"].about == "email key1"
    assert "@" not in repr([row for row in rows.values() if row.step == "send"])
    assert {name: row.title for name, row in rows.items() if row.title} == {"read:1": "Ann freed", "judge:2": "Edited"}


def test_a_retried_row_is_due_with_no_attempts_and_is_claimed(full: Database) -> None:
    full.now(queues.retry, "read:1", NOW)
    row = full.read_now(lambda connection: connection.execute(select(articles).where(articles.c.id == 1)).one())
    assert (row.due_at, row.attempts, row.tries, row.stuck_at, row.lease_until) == (NOW, 0, 0, None, None)
    assert 1 in [row.id for row in full.now(queue.claim, articles, NOW, 5)]


def test_a_dead_delivery_goes_out_again_under_its_key(full: Database) -> None:
    full.now(queues.retry, "send:1", NOW)
    (claimed,) = full.now(queue.claim, deliveries, NOW, 5, mark={"state": "sending"})
    assert (claimed.id, claimed.key, claimed.settled_at) == (1, "key1", None)


def test_all_that_is_stuck_is_retried_and_what_was_given_up_is_not(full: Database) -> None:
    assert full.now(queues.retry_all_stuck, NOW) == 3
    assert Standing.STUCK.value not in names(full).values()
    assert names(full)["send:1"] == "dead"
    assert full.now(queues.retry_all_stuck, NOW) == 0


def test_a_worker_that_comes_back_after_a_retry_settles_nothing(full: Database) -> None:
    lease = queue.Lease(table="articles", id=4, fence=1, attempts=1)
    full.now(queues.retry, "read:4", NOW)
    assert not full.now(queue.settle, articles, lease, {"due_at": SOON})


def test_a_dropped_row_is_no_work_any_more(full: Database) -> None:
    for name in ("read:1", "read:2", "judge:2", "send:1", "send:3", "send:5"):
        full.now(queues.drop, name, NOW)
    assert list(names(full)) == ["read:4", "read:3", "poll:due"]
    assert not full.now(queue.claim, deliveries, SOON + timedelta(days=9), 5)
    full.now(queues.retry, "send:3", NOW)  # a delivery is never lost
    assert names(full)["send:3"] == "due"


@pytest.mark.parametrize(
    ("act", "name", "words"),
    [
        (queues.retry, "read:3", "a worker holds it, for 3600 s"),
        (queues.retry, "read:5", "nothing waits there"),
        (queues.retry, "read:99", "there is no read:99"),
        (queues.retry, "read:x", "names no row"),
        (queues.retry, "read:²", "names no row"),
        (queues.retry, "12", "names no row"),
        (queues.retry, "poll:off", "disabled"),
        (queues.retry, "send:4", "nothing waits there"),
        (queues.drop, "read:3", "a worker holds it"),
        (queues.drop, "read:5", "nothing waits there"),
        (queues.drop, "poll:due", "enabled = false"),
        (queues.drop, "send:4", "nothing waits there"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_cannot_be_done_is_said(full: Database, act: object, name: str, words: str) -> None:
    assert callable(act)
    with pytest.raises(UsageError, match=words):
        full.now(act, name, NOW)


def test_nothing_goes_to_somebody_who_left(full: Database) -> None:
    full.now(lambda connection: connection.execute(update(subscriptions).values(ended_at=NOW)).rowcount)
    with pytest.raises(UsageError, match="has left"):
        full.now(queues.retry, "send:1", NOW)
