"""Two services on one database, under every order of events that Hypothesis can think of.

The model knows who holds which row, by the times of the claims alone, and never looks at leases and fences: so it
sees a service that settles what another one holds, which no test with one service can.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.crash.actors import START, TARGETS, TEXTS, URL, Actor, Answer, GatedDatabase, make_home, publish
from watchdog.deliver.backoff import GIVE_UP_AFTER
from watchdog.model.delivery import DeliveryState, Message
from watchdog.pipeline import work
from watchdog.pipeline.judge import judge
from watchdog.pipeline.send import send
from watchdog.store.deliveries import DeliveryForSend
from watchdog.store.queue import LEASE, MAX_ATTEMPTS, Lease
from watchdog.store.tables import alerts, cases, claims, deliveries, events, revisions

#: Clocks go wrong both ways; and a process may sleep longer than its lease.
JUMPS = tuple(
    timedelta(seconds=seconds) for seconds in (-86_400, -3_600, -5, 1, 89, 90, 91, 400, 1_200, 20_000, 90_000, 260_000)
)
#: So far may the clock go in all: articles must stay news.
LATEST = START + timedelta(days=6)

#: A disk in memory, where there is one: the model knows no power cut, so nothing is lost by it.
_MEMORY = Path("/dev/shm")

_HOMES: list[tempfile.TemporaryDirectory[str]] = []


@dataclass(slots=True, eq=False)
class Hold:
    """A row that an actor has claimed and not settled."""

    actor: Actor
    since: datetime
    #: Its work may have gone out into the world: it is at it, and does not wait for its turn.
    has_begun: bool = True


@dataclass(slots=True)
class Held:
    """What the model knows of one row."""

    #: Who claimed it last, until that one has settled it.
    by: Hold | None = None
    #: Claims since the last settling.
    claims: int = 0
    #: Why a receiver may have got it once more: crashes, ambiguous answers, leases that ran out under a sender.
    excuses: int = 0
    may_be_dead: bool = False


class TwoActors(RuleBasedStateMachine):
    """The rules are what the world does; the invariants are what must hold whatever it does."""

    def __init__(self) -> None:
        super().__init__()
        if not _HOMES:
            _HOMES.append(
                tempfile.TemporaryDirectory(prefix="watchdog-actors-", dir=_MEMORY if _MEMORY.is_dir() else None)
            )
            make_home(Path(_HOMES[0].name) / "template")
            work.prepare()
        work._worker[0].watch_version = None  # another test may have used other cases
        self.folder = Path(tempfile.mkdtemp(dir=_HOMES[0].name))
        shutil.copytree(Path(_HOMES[0].name) / "template", self.folder, dirs_exist_ok=True)
        self.loop = asyncio.new_event_loop()
        self.now = self.latest = START
        self.published = 0
        self.inbox: list[Message] = []
        self.rows: dict[tuple[str, int], Held] = {}
        self.actors = [
            Actor(name, GatedDatabase(URL, self.folder), self.loop, self.folder, self.watch, self.inbox)
            for name in ("first", "second")
        ]
        self.db = self.actors[0].db

    def teardown(self) -> None:
        try:
            self.come_to_rest()
        finally:
            for actor in self.actors:
                actor.die(None)
                actor.db.close()
            self.loop.close()
            shutil.rmtree(self.folder)

    # ------------------------------------------------------------------------------------------ what the world does

    @initialize(texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), are_judged=st.booleans())
    def begin(self, texts: list[str], are_judged: bool) -> None:
        for text in texts:
            self.publish(text)
        if are_judged:
            self.start(0, False, 4)
            self.go_on_well(0, 6)

    @rule(number=st.integers(0, 1), is_send=st.booleans(), limit=st.sampled_from((1, 4)), steps=st.integers(1, 3))
    def overtake(self, number: int, is_send: bool, limit: int, steps: int) -> None:
        """One claims and sleeps past its lease; the other one claims the same, and begins to work."""
        self.start(number, is_send, limit)
        self.step(self.actors[number], 0, Answer.ACCEPTED)
        self.time_passes(LEASE)
        self.start(1 - number, is_send, 4)
        for _ in range(steps):
            self.step(self.actors[1 - number], 0, Answer.ACCEPTED)

    @rule(texts=st.lists(st.sampled_from(TEXTS), min_size=2, max_size=2))
    @precondition(lambda self: self.published < 6)
    def race(self, texts: list[str]) -> None:
        """Both judge a text each, and have decided; who writes first is open."""
        for text in texts:
            self.publish(text)
        for number in (0, 1):
            self.start(number, False, 1)
            self.step(self.actors[number], 0, Answer.ACCEPTED)

    @rule(text=st.sampled_from(TEXTS))
    @precondition(lambda self: self.published < 6)
    def publish(self, text: str) -> None:
        self.published += 1
        publish(self.db, self.published, text, self.now)

    @rule(number=st.integers(0, 1), is_send=st.booleans(), limit=st.sampled_from((1, 4)))
    def start(self, number: int, is_send: bool, limit: int) -> None:
        actor = self.actors[number]
        if not actor.is_busy:
            actor.start(send if is_send else judge, self.now, limit)

    @rule(number=st.integers(0, 1), pick=st.integers(0, 3), answer=st.sampled_from(Answer))
    @precondition(lambda self: any(actor.is_busy for actor in self.actors))
    def go_on(self, number: int, pick: int, answer: Answer) -> None:
        self.step(self.actors[number], pick, answer)

    @rule(number=st.integers(0, 1), steps=st.integers(2, 6))
    @precondition(lambda self: any(actor.is_busy for actor in self.actors))
    def go_on_well(self, number: int, steps: int) -> None:
        for _ in range(steps):
            self.step(self.actors[number], 0, Answer.ACCEPTED)

    @rule(number=st.integers(0, 1), has_arrived=st.booleans())
    @precondition(lambda self: any(actor.is_busy for actor in self.actors))
    def die(self, number: int, has_arrived: bool) -> None:
        actor = self.actors[number]
        for held in self.rows.values():
            if held.by is not None and held.by.actor is actor:
                held.excuses += held.by.has_begun
                nobody = Actor("nobody", actor.db, self.loop, self.folder, self.watch, [])
                held.by = Hold(nobody, held.by.since)
                actor.db.actor = actor
        sending = [gate for gate in actor.gates if gate.message is not None]
        actor.die(sending[0] if sending and has_arrived else None)

    @rule(by=st.sampled_from(JUMPS))
    def time_passes(self, by: timedelta) -> None:
        self.now = min(self.now + by, LATEST)
        self.latest = max(self.latest, self.now)

    # ------------------------------------------------------------------------------------------ the model

    def step(self, actor: Actor, pick: int, answer: Answer) -> None:
        if not actor.gates:
            return
        gate = actor.gates[pick % len(actor.gates)]
        if gate.message is not None and answer is Answer.LOST:
            self.row("deliveries", self.id_of(gate.message)).excuses += 1
        actor.open(gate, answer)

    def row(self, table: str, row_id: int) -> Held:
        return self.rows.setdefault((table, row_id), Held())

    def id_of(self, message: Message) -> int:
        found = self.read(select(deliveries.c.id).where(deliveries.c.key == message.key))
        return int(found[0].id)

    def read(self, statement: Any) -> list[Any]:
        return self.db.read_now(lambda connection: list(connection.execute(statement).all()))

    def stored(self, table: str, row_id: int) -> Any:
        of = deliveries if table == "deliveries" else revisions
        return self.read(select(of).where(of.c.id == row_id))[0]

    def watch(self, actor: Actor, method: str, args: tuple[Any, ...]) -> Callable[[Any], None]:
        """Told of each write: checks what it did to the rows against what the model knows."""
        if method in {"claim_due", "claim_unjudged"}:
            table = "deliveries" if method == "claim_due" else "revisions"
            return lambda jobs: self.saw_claims(actor, table, jobs, args[0])
        if method == "renew":
            return self.expect_renewal(actor, args[1])
        if method in {"settle_sent", "settle_failed", "write"}:
            return self.expect_settling(actor, "revisions" if method == "write" else "deliveries", method, args)
        raise AssertionError(f"a step wrote by {method}, of which the model knows nothing")

    def saw_claims(self, actor: Actor, table: str, jobs: tuple[Any, ...], now: datetime) -> None:
        targets = set()
        for job in jobs:
            held = self.row(table, job.lease.id)
            if held.by is not None:
                assert now >= held.by.since + LEASE, "claimed while another one held it"
                # A dead one has its excuse already; one that has not begun must not begin any more.
                held.excuses += held.by.actor in self.actors and held.by.has_begun
            target = job.message.target if isinstance(job, DeliveryForSend) else job.lease.id
            held.by = Hold(actor, now, has_begun=target not in targets)
            targets.add(target)
            held.claims += 1
            assert held.claims <= MAX_ATTEMPTS, "handed out once more after three attempts that never settled"

    def expect_renewal(self, actor: Actor, leases: list[Lease]) -> Callable[[Any], None]:
        """Told before and after an actor asks whether it may go on with the deliveries that waited for their turn."""
        rows = [self.row("deliveries", int(lease.id)) for lease in leases]
        ours = [
            row.by is not None and row.by.actor is actor and not self.is_over("deliveries", lease)
            for row, lease in zip(rows, leases, strict=True)
        ]

        def check(held: frozenset[Lease]) -> None:
            assert held == {lease for lease, is_ours in zip(leases, ours, strict=True) if is_ours}
            if leases[0] in held and rows[0].by is not None:
                rows[0].by.has_begun = True

        return check

    def is_over(self, table: str, lease: Lease) -> bool:
        """Whether a row was set aside, or called back by a correction, while somebody still held it."""
        row = self.stored(table, int(lease.id))
        return row.stuck_at is not None or row.reason == "taken back"

    def expect_settling(self, actor: Actor, table: str, method: str, args: tuple[Any, ...]) -> Callable[[Any], None]:
        job = args[0]
        held, before = self.row(table, job.lease.id), self.stored(table, job.lease.id)
        is_holder = held.by is not None and held.by.actor is actor and not self.is_over(table, job.lease)

        def check(result: Any) -> None:
            after = self.stored(table, job.lease.id)
            if not is_holder:
                assert not result, "settled what another one holds"
                assert after == before, "changed what another one holds"
                return
            assert result is not None
            assert result is not False, "its own row could not be settled"
            held.by, held.claims = None, 0
            if isinstance(job, DeliveryForSend):
                self.check_outcome(held, job, method, args, after)

        return check

    def check_outcome(self, held: Held, job: DeliveryForSend, method: str, args: tuple[Any, ...], after: Any) -> None:
        assert after.key == job.message.key
        if method == "settle_sent":
            assert (after.state, after.due_at) == (DeliveryState.SENT, None)
        elif args[1].startswith("bad_address") or args[3] - job.message.created_at >= GIVE_UP_AFTER:
            held.may_be_dead = True
            assert after.state == DeliveryState.DEAD
        else:
            assert after.state == DeliveryState.QUEUED
            assert after.due_at > args[3], "tried again without a pause"

    def come_to_rest(self) -> None:
        """The receiver takes everything, nobody dies any more, every lease runs out: nothing may be left."""
        for actor in self.actors:
            while actor.gates:
                self.step(actor, 0, Answer.ACCEPTED)
        self.now = self.latest  # what was put off while the clock ran ahead; the service brings it back (store.clock)
        for turn in range(8):
            self.now += timedelta(hours=13)
            actor = self.actors[turn % 2]
            for do in (judge, send):
                actor.start(do, self.now, 50)
                while actor.gates:
                    self.step(actor, 0, Answer.ACCEPTED)
        self.nothing_is_doubled_or_claimed_falsely()
        for row in self.read(select(deliveries)):
            held = self.row("deliveries", row.id)
            is_aside = row.stuck_at is not None and held.claims >= MAX_ATTEMPTS
            # A correction calls back what was not sent yet, so that no alert arrives after its own correction.
            is_dead = row.state == DeliveryState.DEAD and (held.may_be_dead or row.reason == "taken back")
            assert row.state == DeliveryState.SENT or is_dead or is_aside, f"lost: {row}"
        for row in self.read(select(revisions)):
            held = self.row("revisions", row.id)
            assert row.judged_at or (row.stuck_at and held.claims >= MAX_ATTEMPTS), f"never judged: {row.id}"

    # ------------------------------------------------------------------------------------------ what must always hold

    @invariant()
    def nothing_is_doubled_or_claimed_falsely(self) -> None:
        got = Counter(message.key for message in self.inbox)
        for row in self.read(select(deliveries)):
            held = self.row("deliveries", row.id)
            assert row.state != DeliveryState.SENT or got[row.key], "marked as sent, and the receiver has nothing"
            assert got[row.key] - 1 <= held.excuses, f"{got[row.key]} times, {held.excuses} excuses"
        for message in self.inbox:
            same = {other.key for other in self.inbox if (other.alert, other.target) == (message.alert, message.target)}
            assert same == {message.key}, "one alert to one subscriber under two keys"
        assert all(message == other for message in self.inbox for other in self.inbox if message.key == other.key), (
            "a repeat differs from its first"
        )

    @invariant()
    def each_change_is_one_event_and_each_event_one_alert_to_everybody(self) -> None:
        made = self.read(select(events))
        assert len({(event.case_id, event.version) for event in made}) == len(made)
        standing = Counter(event.status for event in made if event.withdrawn_at is None)
        assert all(count == 1 for count in standing.values()), "one change, two events"
        told = Counter((alert.event_id, alert.kind) for alert in self.read(select(alerts)))
        assert all(told[event.id, "alert"] == 1 for event in made)
        assert all(count == 1 for count in told.values())
        rows, by_id = self.read(select(deliveries)), {alert.id: alert for alert in self.read(select(alerts))}
        to = Counter(row.alert_id for row in rows)
        assert all(to[one.id] == len(TARGETS) for one in by_id.values() if one.kind == "alert"), "somebody is not told"
        have = {message.key for message in self.inbox}
        pairs = {(by_id[row.alert_id].kind, by_id[row.alert_id].event_id, row.subscriber_id) for row in rows}
        got = {(by_id[row.alert_id].event_id, row.subscriber_id) for row in rows if row.key in have}
        taken_back = {event for event, kind in told if kind == "correction"}
        assert all(("correction", *pair) in pairs for pair in got if pair[0] in taken_back), "a wrong alert stands"
        (version,) = self.read(select(cases.c.version))
        corrections = sum(count for (_, kind), count in told.items() if kind == "correction")
        assert version.version == len(made) + corrections

    @invariant()
    def each_revision_is_judged_whole_and_once(self) -> None:
        said = Counter((claim.revision_id, str(claim.definition)) for claim in self.read(select(claims)))
        assert all(count == 1 for count in said.values()), "judged twice"
        judged = {row.id for row in self.read(select(revisions)) if row.judged_at}
        assert {revision_id for revision_id, _ in said} == judged


def play(examples: int, steps: int, *, same_every_time: bool) -> None:
    run_state_machine_as_test(
        TwoActors,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=same_every_time,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
            print_blob=False,
        ),
    )


@pytest.mark.timeout(600)
def test_two_services_lose_and_double_nothing() -> None:
    play(30, 20, same_every_time=True)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_two_services_lose_and_double_nothing_in_many_worlds() -> None:
    play(1_500, 60, same_every_time=False)
