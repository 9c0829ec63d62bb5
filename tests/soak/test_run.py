"""Ten minutes of the real service while everything round it fails: nothing lost, nothing told twice unrecognisably.

Length in seconds: ``WATCHDOG_SOAK_SECONDS`` (600). ``make test-long`` runs it; its dated summary line stands in
docs/soak.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.daemon import Daemon, Home, Story, put_outlet, wait_until
from tests.servers import Page, Seen, Site

SECONDS = float(os.environ.get("WATCHDOG_SOAK_SECONDS", "600"))
#: The last part is calm, so that leases of killed processes (90 s) run out and every retry comes.
CALM_SECONDS = 150.0
#: Nobody is killed in the first so many seconds, nor in the last before the calm: memory is compared at like ages.
YOUNG_SECONDS = 125.0
OUTLETS = 12
#: Bytes that a file may grow to while the disk is "full": less than the database has.
FULL = 4096

GIVEN = "Adil Bahram Ceyhun Davud Elnur Fuad Gunel Hikmet Ilkin Jala Kenan Leyla Murad Nigar Orkhan".split()  # noqa: SIM905
FAMILY = "Abbasov Bayramov Cabbarov Dadashov Eminov Farzaliyev Gadirov Hajiyev Ibrahimov Javadov".split()  # noqa: SIM905
#: What may happen to somebody, once; each alerts.
HAPPENS = (
    "{name} was released from prison today, his lawyer said.",
    "Prosecutors today charged {name} with tax evasion, his lawyer said.",
    "{name} began a hunger strike in prison today, his lawyer said.",
)
QUIET = (
    "Rights groups today called on the authorities to release {name}.",
    "The trial of {name} has not begun, and nobody knows when it will.",
)
FILLER = (
    "The town council met in the evening and spoke of roads, of water and of the price of bread for two hours.",
    "The match ended in a draw after a second half in which neither side found a way through the middle.",
)


@dataclass(slots=True)
class World:
    """What was published, what must be told, and what was done to the service."""

    chance: random.Random
    site: Site
    stories: dict[str, list[Story]] = field(default_factory=dict)
    expected: set[str] = field(default_factory=set)
    faults: bool = True
    kills: int = 0
    lost_answers: int = 0

    def publish(self, number: int, names: list[str]) -> None:
        """One more article in one outlet; every third is about somebody."""
        outlet = f"outlet{self.chance.randrange(OUTLETS)}"
        text = f"{self.chance.choice(FILLER)} It was report number {number} of the day."
        title = f"Report number {number}"
        if number % 3 == 0 and names:
            name = names.pop()
            what = self.chance.choice(HAPPENS)
            text, title = f"{what.format(name=name)}\n\n{text}", f"News of the day, part {number}"
            self.expected.add(name)
        elif number % 3 == 1 and self.expected:
            text = f"{self.chance.choice(QUIET).format(name=self.chance.choice(sorted(self.expected)))}\n\n{text}"
        stories = self.stories.setdefault(outlet, [])
        stories.append(Story(path=f"/{outlet}/{number}", title=title, text=text))
        self.show(outlet)

    def show(self, outlet: str) -> None:
        """Serve an outlet's feed and pages, with their moods."""
        put_outlet(self.site, outlet, self.stories.setdefault(outlet, [])[-40:])
        for path in (f"/{outlet}/feed", *(story.path for story in self.stories[outlet][-1:])):
            self.site.script(path, self.moody(path))

    def moody(self, path: str) -> Callable[[Seen], Page]:
        """The page as it is, or a fault in its place."""
        page = self.site.answer_now(path)

        def answer(seen: Seen) -> Page:
            _ = seen
            mood = self.chance.random() if self.faults else 1.0
            if mood < 0.06:
                status = self.chance.choice([500, 502, 503, 404, 429])
                # All outlets share a host here, which would rest for ten minutes after a 429 that names no time.
                return Page(status=status, headers={"Retry-After": "2"} if status in {429, 503} else {})
            if mood < 0.09:
                return Page(body=page.body, headers=page.headers, dribble=0.02)
            if mood < 0.12:
                return Page(body=page.body, headers=page.headers, drop_after=100)
            return page

        return answer

    def receive(self, seen: Seen) -> Page:
        """The webhook: mostly takes it; sometimes is down, sometimes takes it and does not say so."""
        _ = seen
        mood = self.chance.random() if self.faults else 1.0
        if mood < 0.1:
            return Page(status=503)
        if mood < 0.2:
            self.lost_answers += 1
            return Page(raw=b"")
        return Page(status=204)


def people(chance: random.Random) -> list[str]:
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    chance.shuffle(names)
    return names


def memory_mb(daemon: Daemon) -> float:
    """Proportional set size of the service and its workers."""
    total = 0
    for pid in (daemon.process.pid, *daemon.workers()):
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]  # always there
    return total / 1024


@contextlib.contextmanager
def full_disk(daemon: Daemon) -> Iterator[None]:
    """No file of the service may grow any more."""
    pids = (daemon.process.pid, *daemon.workers())
    before = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            before[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid, limits in before.items():
            with contextlib.suppress(OSError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def ask(home: Home, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(f"file:{home.folder}/data/watchdog.db?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 600)
def test_ten_minutes_of_faults_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    names = people(chance)
    home = Home(
        folder=tmp_path / "home",
        cases=[{"id": name.lower().replace(" ", "-"), "name": name} for name in names],
        settings='\n[work]\nworkers = 2\n\n[[operator]]\nname = "o"\ntarget = "atom:operator.xml"\n',
    )
    started, samples = time.monotonic(), []
    with Site() as site:
        world = World(chance=chance, site=site)
        for number in range(OUTLETS):
            world.show(f"outlet{number}")
            address = site.url(f"/outlet{number}/feed")
            home.sources.append({"id": f"o{number}", "url": address, "every": "4s"})
        site.put("/hook", world.receive)
        home.write()
        home.run("apply")
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        daemon = home.daemon().__enter__()
        try:
            next_kill, next_full, number = started + YOUNG_SECONDS, started + 150, 0
            last_kill = started + SECONDS - CALM_SECONDS - YOUNG_SECONDS
            while (now := time.monotonic()) - started < SECONDS - CALM_SECONDS:
                number += 1
                world.publish(number, names)
                if now >= next_full:
                    next_full = now + 120
                    with full_disk(daemon):
                        time.sleep(8)
                if next_kill <= now < last_kill:
                    next_kill = now + chance.uniform(40, 80)
                    daemon.kill()
                    world.kills += 1
                    daemon = home.daemon().__enter__()
                time.sleep(0.8)
                samples.append((time.monotonic() - started, memory_mb(daemon)))
            world.faults = False
            hurry(home)
            wait_until(lambda: told(site) >= {case_of(name) for name in world.expected}, "everybody is told of", 240)
            wait_until(lambda: unsettled(home) == 0, "everything is judged and sent", 240)
            samples.append((time.monotonic() - started, memory_mb(daemon)))
            assert daemon.stop() == 0
        finally:
            daemon.__exit__(None, None, None)
        report(world, home, site, samples, time.monotonic() - started)
        check(world, home, site)


def case_of(name: str) -> str:
    return name.lower().replace(" ", "-")


def told(site: Site) -> set[str]:
    return {str(json.loads(seen.body)["case"]) for seen in site.requests_to("/hook")}


def unsettled(home: Home) -> int:
    (articles,), (revisions,), (deliveries,) = (
        ask(home, f"SELECT count(*) FROM {table} WHERE {what}")[0]
        for table, what in (
            ("articles", "changed_at IS NULL"),
            ("revisions", "judged_at IS NULL"),
            ("deliveries", "state IN ('queued', 'sending')"),
        )
    )
    return int(str(articles)) + int(str(revisions)) + int(str(deliveries))


def hurry(home: Home) -> None:
    """What hours of waiting do: every retry is due."""
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db", timeout=30)) as connection, connection:
        for table in ("sources", "articles", "revisions", "deliveries"):
            waiting = "due_at IS NOT NULL AND lease_until IS NULL"
            connection.execute(f"UPDATE {table} SET due_at = '2020-01-01 00:00:00.000000' WHERE {waiting}")


def check(world: World, home: Home, site: Site) -> None:
    published = sum(len(stories) for stories in world.stories.values())
    assert ask(home, "SELECT count(*), count(DISTINCT article_id) FROM entries") == [(published, published)]
    assert ask(home, "SELECT count(*) FROM articles WHERE stuck_at IS NOT NULL") == [(0,)]
    keys = Counter(
        (str(json.loads(seen.body)["case"]), seen.header("webhook-id")) for seen in site.requests_to("/hook")
    )
    assert {case for case, _ in keys} == {case_of(name) for name in world.expected}, "told of others, or not of all"
    assert len(keys) == len(world.expected), "one change under two keys"
    assert ask(home, "SELECT count(*) FROM alerts") == [(len(world.expected),)]


def report(world: World, home: Home, site: Site, samples: list[tuple[float, float]], took: float) -> None:
    requests = [str(seen.header("webhook-id")) for seen in site.requests_to("/hook")]
    ((notices,),) = ask(home, "SELECT count(*) FROM notices")
    ((failures,),) = ask(home, "SELECT count(*) FROM sources WHERE failures > 0")
    last = samples[-2][0]
    early = sorted(mb for at, mb in samples if 60 <= at <= 120) or [0.0]
    late = sorted(mb for at, mb in samples if last - 60 <= at <= last) or [0.0]
    median = early[len(early) // 2], late[len(late) // 2]
    print(
        f"soak: {took:.0f} s, {sum(map(len, world.stories.values()))} entries, {len(set(requests))} alerts, "
        f"{len(requests) - len(set(requests))} repeats (each with its key), {notices} notices, {world.kills} kills, "
        f"{world.lost_answers} lost answers, {failures} sources failing at the end, "
        f"memory {median[0]:.0f} MB in minute two, {median[1]:.0f} MB at the end"
    )
    if SECONDS >= 600:
        assert median[1] <= 1.1 * median[0]
