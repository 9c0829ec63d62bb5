"""Two services on one database, each held before every write and every message until a test lets it go on.

An actor runs the real steps ``judge`` and ``send`` over the real store. It is paused at gates: before each unit of work
that writes, and at the receiver, which has or has not got the message when the answer is lost or the actor dies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from tests.crash.prepared import PoolHere
from watchdog.archive import ArchiveWriter
from watchdog.config.settings import Settings
from watchdog.engine.steps import Step
from watchdog.model.answer import Validators
from watchdog.model.article import Block, Entry, PageText, TextFrom
from watchdog.model.delivery import Channel, Message, SendFailed, SendReason, SendResult, Sent
from watchdog.model.source import Source
from watchdog.model.watch import Case, Watchlist
from watchdog.pipeline.context import Context
from watchdog.pipeline.replay import RecordedClient
from watchdog.store import Database, articles, sources, subscribers, watchlist
from watchdog.store.articles import NewRevision
from watchdog.store.sources import NewEntry, PollOutcome
from watchdog.store.subscribers import Wish

P = ParamSpec("P")
T = TypeVar("T")

URL = "sqlite:///watchdog.db"
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
CASE = Case(id="mehman", name="Mehman Huseynov")
SOURCE = Source(id="oc", url="https://oc.example/feed", name="OC")
TARGETS = ((Channel.WEBHOOK, "webhook+https://a.example/"), (Channel.CONSOLE, "console:"))

#: Sentences of which no two of one kind may make two events.
TEXTS = (
    "Mehman Huseynov was released from prison on 1 March 2026.",
    "Mehman Huseynov was released from prison on 1 March 2026, his family said.",
    "Mehman Huseynov was hospitalised on 2 March 2026, his lawyer said.",
    "Correction: an earlier version of this report wrongly stated that Mehman Huseynov was released.",
)


class Answer(StrEnum):
    """What comes of a message."""

    ACCEPTED = "accepted"
    #: The receiver has it, we do not know it.
    LOST = "lost"
    REFUSED = "refused"
    REFUSED_FOR_GOOD = "refused for good"


class Dead(BaseException):
    """The actor's process has ended: nothing of it goes on."""


@dataclass(slots=True, eq=False)
class Gate:
    """Something that an actor is about to do."""

    #: A unit of work, or ``send``.
    what: str
    #: The message; None for a unit of work.
    message: Message | None
    opened: asyncio.Future[Answer]


#: Told of each unit of work before and after it: (actor, method, arguments) -> (result) -> None.
Watcher = Callable[["Actor", str, tuple[object, ...]], Callable[[object], None]]


class GatedDatabase(Database):
    """A database that asks its actor before each write; units of work run at once, in this thread."""

    actor: Actor

    async def __call__(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        await self.actor.wait(method.__name__, None)
        told = self.actor.watcher(self.actor, method.__qualname__, args)
        result = self.now(method, *args, **kwargs)
        told(result)
        return result

    async def read(self, method: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.read_now(method, *args, **kwargs)


@dataclass(slots=True, eq=False)
class Actor:
    """One service."""

    name: str
    db: GatedDatabase
    loop: asyncio.AbstractEventLoop
    folder: Path
    watcher: Watcher
    #: Keys in the order in which the receiver got them; shared by all actors.
    inbox: list[Message]
    gates: list[Gate] = field(default_factory=list)
    _task: asyncio.Task[Any] | None = None

    def __post_init__(self) -> None:
        self.db.actor = self

    @property
    def is_busy(self) -> bool:
        return self._task is not None

    def start(self, step: Step, now: datetime, limit: int) -> None:
        """Begin a step and go to its first gate."""
        ctx = Context(
            db=self.db,
            client=RecordedClient(),
            archive=ArchiveWriter(self.folder),
            pool=PoolHere(),
            notifiers={channel: self for channel, _ in TARGETS},
            parsers={},
            settings=Settings(),
            revisits=False,
        )

        async def run() -> None:
            await step(ctx, now, limit)

        self._task = self.loop.create_task(run())
        self._go_on()

    def open(self, gate: Gate, answer: Answer = Answer.ACCEPTED) -> None:
        """Let it do one thing, and go to its next gates."""
        self.gates.remove(gate)
        gate.opened.set_result(answer)
        self._go_on()

    def die(self, arrived: Gate | None) -> None:
        """End it where it stands; a message under way may have arrived."""
        if arrived is not None and arrived.message is not None:
            self.inbox.append(arrived.message)
        self.gates.clear()
        if self._task is not None:
            self._task.cancel()
            self.loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
            self._task = None

    async def wait(self, what: str, message: Message | None) -> Answer:
        gate = Gate(what, message, self.loop.create_future())
        self.gates.append(gate)
        return await gate.opened

    async def send(self, message: Message, now: datetime) -> SendResult:
        """The receiver; see ``deliver.Notifier``."""
        answer = await self.wait("send", message)
        if answer in {Answer.ACCEPTED, Answer.LOST}:
            self.inbox.append(message)
        match answer:
            case Answer.ACCEPTED:
                return Sent(receipt="taken")
            case Answer.LOST:
                return SendFailed(reason=SendReason.AMBIGUOUS, detail="no answer")
            case Answer.REFUSED:
                return SendFailed(reason=SendReason.TRANSIENT, detail="busy")
            case Answer.REFUSED_FOR_GOOD:
                return SendFailed(reason=SendReason.BAD_ADDRESS, detail="nobody of that name")

    def _go_on(self) -> None:
        """Until it waits at gates only, or is done. Nothing here takes time, so a few turns of the loop are enough."""
        assert self._task is not None
        for _ in range(12):
            self.loop.run_until_complete(asyncio.sleep(0))
        if self._task.done():
            self._task.result()
            self._task = None
        else:
            assert self.gates, f"{self.name} waits for something else"


def make_home(folder: Path) -> None:
    """A database with a source, a case, and two subscribers to everything."""
    with Database(URL, folder) as db:
        db.now(watchlist.apply, [SOURCE], Watchlist(cases=(CASE,)), START - timedelta(days=60))
        for channel, target in TARGETS:
            db.now(subscribers.subscribe, channel, target, Wish(everything=True), "whsec_AAAA", START)


def publish(db: Database, number: int, text: str, now: datetime) -> None:
    """An article with its first revision, to be judged."""
    url = f"https://oc.example/{number}"
    entry = Entry(key=url, url=url, title="News", summary="", content="", published=START)
    (poll,) = db.now(sources.claim_due, now, 1)
    new = (NewEntry(entry=entry, hash=url, url=url, has_page=True),)
    always = START - timedelta(days=300)
    outcome = PollOutcome(next_poll_at=always, validators=Validators(), body_hash=url, new=new)
    assert db.now(sources.settle_poll, poll, outcome, now) == 1
    (read,) = db.now(articles.claim_unread, now, 1)
    made = NewRevision(
        page=PageText(title="News", text=text, blocks=(Block(start=0, end=len(text)),)),
        title_is_new=True,
        text_from=TextFrom.PAGE,
        text_hash=url,
        lang="en",
        published=START,
        archived=None,
        validators=Validators(),
        reason=None,
    )
    assert db.now(articles.settle_read, read, made, None, now)


Rows = Mapping[int, Mapping[str, Any]]
