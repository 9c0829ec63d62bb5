"""The paths that one trip can take, and how one is played with a crash at its n-th point.

A path is prepared once: a home, a loopback site that is its outlet and its receiver, and everything up to the moment
before the trip. Each play copies that home, so that all start from the same state and give the same delivery keys.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.crash.prepared import Prepared
from tests.crash.trips import CLAIM, Trip
from tests.daemon import Home, put_outlet
from tests.mailbox import Mailbox
from tests.servers import Page, Site
from watchdog import service
from watchdog.archive import Stored, read_record
from watchdog.cli.output import WRONG_USE
from watchdog.points import EXIT_CODE
from watchdog.service import ARCHIVE_FOLDER
from watchdog.store.subscribers import Wish

#: What changes at every run: times, places in the archive, numbers of leases, and of failed tries that we know of.
_PASSING = ("_at", "fence", "warc_", "sha256", "lease_until", "receipt", "tries")
_TABLES = (
    *(
        "sources",
        "entries",
        "articles",
        "revisions",
        "topic_matches",
        "cases",
        "claims",
        "witnesses",
        "reviews",
        "events",
        "decisions",
    ),
    *("alerts", "notices", "digests", "digest_items", "deliveries"),
)
_MOST_TRIES = 8
_QUEUES = ("sources", "articles", "revisions", "deliveries")

Snapshot = Mapping[str, list[dict[str, object]]]


@dataclass(slots=True, kw_only=True)
class Stage:
    """A trip made ready: play it as often as you like."""

    trip: Trip
    folder: Path
    site: Site
    mailbox: Mailbox
    prepared: Prepared
    #: Whether runs use real worker processes.
    workers: bool = False
    #: The points in their order, as a run without a crash passes them.
    points: list[str] = field(default_factory=list)
    _start: Snapshot = field(default_factory=dict)
    _end: Snapshot = field(default_factory=dict)

    def make_ready(self) -> None:
        """Play everything up to the trip, then the trip once without a crash, to know its points and its end."""
        self._prepare()
        self._start = snapshot(self._home)
        log = self.folder / "points.txt"
        home = self._copy("calm")
        self._go(home, log=log)
        self.points = log.read_text("utf-8").splitlines()
        self._recover(home)
        self._end = snapshot(home)
        made = [(row["kind"], row["status"]) for row in self._new_alerts(self._end)]
        assert made == list(self.trip.alerts), made
        self._check(home, crashes=0)

    def play(self, *numbers: int) -> None:
        """Play the trip with a crash at a point, start the service again, and see that nothing is lost or doubled.

        With several numbers it crashes again, at so many points after each new start, where it passes so many.
        """
        home = self._copy("crash")
        for is_repeat, number in enumerate(numbers):
            if self._go(home, crash_at=number, is_repeat=bool(is_repeat)) != EXIT_CODE:
                break
            _end_leases(home)
        self._recover(home)
        assert snapshot(home) == self._end
        self._check(home, crashes=len(numbers))

    @property
    def _home(self) -> Path:
        return self.folder / "home"

    def _prepare(self) -> None:
        trip, site = self.trip, self.site
        settings = f'[work]\nworkers = 1\n[mail]\nsmtp = "{self.mailbox.address}"\nsender = "alerts@watch.test"\n'
        if trip.waits:
            settings += f'[[operator]]\nname = "Anna"\ntarget = "webhook+{site.url("/anna")}"\nsecret = "file:secret"\n'
        home = Home(folder=self._home, settings=settings)
        home.write()
        (self._home / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "utf-8")
        now = datetime.now(UTC)
        service.apply_files(self._home, now)
        targets = {"atom": "atom:alerts.xml", "email": "monitor@ngo.test", "webhook": f"webhook+{site.url('/hook')}"}
        service.subscribe(self._home, targets[trip.channel], Wish(everything=True, every=trip.every), now)
        if trip.topic:
            home.topics.append({"id": "gates", "any": list(trip.topic)})
        home.cases.append({"id": "mehman", "name": "Mehman Huseynov", "country": "Azerbaijan"})
        site.put("/hook", b"")
        site.put("/anna", b"")
        if trip.before:
            home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [trip.before])})
            self._write_files(home)
            assert self.prepared.run(self._home) == 0
            _write(self._home, "UPDATE digest_items SET created_at = '2020-01-01 00:00:00.000000'")
        if trip.then and trip.before and trip.then.path == trip.before.path:
            site.put(trip.then.path, trip.then.page(), headers={"Content-Type": "text/html; charset=utf-8"})
            _write(self._home, "UPDATE articles SET due_at = '2020-01-01 00:00:00.000000'")
        elif trip.then:
            home.sources.append({"id": "nw", "url": put_outlet(site, "nw", [trip.then])})
        self._write_files(home)

    def _write_files(self, home: Home) -> None:
        home.write()
        if self.trip.waits:
            with (self._home / "watchlist.toml").open("a", encoding="utf-8") as file:
                file.write('known = [{ status = "died", date = "2020" }]\n')

    def _copy(self, name: str) -> Path:
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self._home, home)
        self.site.requests.clear()
        self.mailbox.letters.clear()
        lost = [Page(raw=b"")] * self.trip.lost_answers
        self.site.script("/hook", *lost, Page(status=204))
        return home

    def _go(self, home: Path, *, crash_at: int = 0, log: Path | None = None, is_repeat: bool = False) -> int:
        """The trip itself: a pass of the service, or the command. Returns the exit code."""
        if not self.trip.command:
            return self._run(home, crash_at=crash_at, log=log)
        code = self.prepared.run(home, crash_at=crash_at, log=log, command=self._command())
        allowed = {0, *([EXIT_CODE] if crash_at else []), *([WRONG_USE] if is_repeat else [])}  # told that it is done
        assert code in allowed, (home / "out.txt").read_text("utf-8")
        return code

    def _command(self) -> list[str]:
        (first,) = _read(self._home, "SELECT min(id) AS id FROM claims WHERE outcome = 'review'")
        return [str(first["id"]) if word == CLAIM else word for word in self.trip.command]

    def _run(self, home: Path, *, crash_at: int = 0, log: Path | None = None) -> int:
        code = self.prepared.run(home, crash_at=crash_at, log=log, workers=self.workers)
        assert code in ({0, EXIT_CODE} if crash_at else {0}), (home / "out.txt").read_text("utf-8")
        return code

    def _recover(self, home: Path) -> None:
        """Start again as after 90 s, and until every message that waits for its next try had it."""
        _end_leases(home)
        if self.trip.command:  # whoever typed it sees no answer and types it again
            self._go(home, is_repeat=True)
        self._run(home)
        for _ in range(_MOST_TRIES):
            if not _write(home, "UPDATE deliveries SET due_at = '2020-01-01 00:00:00.000000' WHERE due_at IS NOT NULL"):
                return
            self._run(home)
        raise AssertionError((home / "out.txt").read_text("utf-8"))

    def _new_alerts(self, end: Snapshot) -> list[dict[str, object]]:
        rows = [row for row in end["alerts"] if row["id"] not in {old["id"] for old in self._start["alerts"]}]
        return [{**row, "status": json.loads(str(row["definition"]))["status"]} for row in rows]

    def _check(self, home: Path, crashes: int) -> None:
        end = snapshot(home)
        for table in _QUEUES:
            assert all(row["attempts"] == 0 and not row["lease_until set"] for row in end[table]), table
            assert not any(row["stuck_at set"] for row in end[table]), table
        assert {row["state"] for row in end["deliveries"]} <= {"sent"}
        if not self.trip.waits:
            assert all(row["due_at set"] for row in end["articles"]), "a page of a case in motion is asked again"
        before = {row["id"] for row in self._start["deliveries"]}
        mine = [row for row in end["deliveries"] if row["notice_id"] is None and row["id"] not in before]
        keys = {str(row["key"]) for row in mine}
        wanted = len(self.trip.alerts) if self.trip.messages is None else self.trip.messages
        assert len(keys) == wanted
        excuses = crashes + self.trip.lost_answers
        match self.trip.channel:
            case "atom":
                self._check_atom(home, len(keys))
            case "email":
                self._check_mailbox(len(keys), excuses)
            case _:
                self._check_receiver("/hook", keys, excuses)
        old = {row["id"] for row in self._start["notices"]}
        told = {row["id"] for row in end["notices"]} - old
        assert len(told) == self.trip.notices
        self._check_receiver(
            "/anna", {str(row["key"]) for row in end["deliveries"] if row["notice_id"] in told}, crashes
        )
        self._check_archive(home)

    def _check_mailbox(self, count: int, excuses: int) -> None:
        ids = self.mailbox.ids
        assert len(set(ids)) == count
        assert len(ids) - count <= excuses, f"{len(ids)} letters of {count} alerts"

    def _check_receiver(self, path: str, keys: set[str], excuses: int) -> None:
        posts = self.site.requests_to(path)
        got = [seen.header("webhook-id") for seen in posts]
        assert set(got) == keys
        assert len({seen.body for seen in posts}) == len(keys), "a repeat differs from its first"
        assert len(got) - len(keys) <= excuses, f"{len(got)} posts of {len(keys)} alerts"

    @staticmethod
    def _check_atom(home: Path, count: int) -> None:
        feed = ET.parse(home / "alerts.xml").getroot()
        ids = [item.text for item in feed.iterfind("{*}entry/{*}id")]
        assert len(ids) == len(set(ids)) == count

    def _check_archive(self, home: Path) -> None:
        """Each revision's record is there, whole, and holds a page that the site served at that address."""
        rows = _read(home, "SELECT a.url, r.* FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY r.id")
        served = {self.site.url(story.path): story.page() for story in (self.trip.before, self.trip.then) if story}
        assert rows
        for row in rows:
            file, offset, length = str(row["warc_file"]), int(str(row["warc_offset"])), int(str(row["warc_length"]))
            stored = Stored(file=file, offset=offset, length=length, sha256=str(row["sha256"]))
            assert read_record(home / ARCHIVE_FOLDER, stored).url == row["url"]
        assert read_record(home / ARCHIVE_FOLDER, stored).body in served.values()


def pairs(points: int) -> list[tuple[int, int]]:
    """A sample of two crashes, the same at every run: at a point, and at another one after the start that follows."""
    chance = random.Random(137)
    return [(chance.randint(1, points), chance.randint(1, points)) for _ in range(points)]


@contextlib.contextmanager
def staged(trip: Trip, folder: Path, *, workers: bool = False) -> Iterator[Stage]:
    """A trip made ready on a site and in a prepared process of its own."""
    with Site() as site, Mailbox() as mailbox, Prepared() as prepared:
        stage = Stage(trip=trip, folder=folder, site=site, mailbox=mailbox, prepared=prepared, workers=workers)
        stage.make_ready()
        yield stage


#: Moments of our own clock inside values that are stored as JSON, by column.
_MOMENTS = {
    "definition": re.compile(r'"(raised_at)": "[^"]+"'),
    "memory": re.compile(r'"(whole_at|hint_since)": "[^"]+"'),
    "history": re.compile(r'"(since|at|missed_at)": "[^"]+"'),
}


def snapshot(home: Path) -> Snapshot:
    """What the database says, without what changes at every run; whether a time is set is kept."""
    return {table: [_lasting(row) for row in _read(home, f"SELECT * FROM {table} ORDER BY 1")] for table in _TABLES}


def _lasting(row: dict[str, object]) -> dict[str, object]:
    kept = {name: value for name, value in row.items() if not any(part in name for part in _PASSING)}
    kept |= {f"{name} set": value is not None for name, value in row.items() if name.endswith(("_at", "lease_until"))}
    for name, moment in _MOMENTS.items():
        if name in kept:
            kept[name] = moment.sub(r'"\1": "set"', str(kept[name]))
    return kept


def _end_leases(home: Path) -> None:
    """What 90 seconds do: the dead process's leases run out."""
    for table in _QUEUES:
        _write(home, f"UPDATE {table} SET lease_until = '2020-01-01 00:00:00.000000' WHERE lease_until IS NOT NULL")


def _read(home: Path, statement: str) -> list[dict[str, object]]:
    with contextlib.closing(sqlite3.connect(home / "data/watchdog.db")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


def _write(home: Path, statement: str) -> int:
    with contextlib.closing(sqlite3.connect(home / "data/watchdog.db")) as connection, connection:
        return connection.execute(statement).rowcount
