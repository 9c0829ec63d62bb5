"""The real service as a subprocess, on a home in a scratch folder, and the feeds and pages that it meets."""

from __future__ import annotations

import html
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers import Site
from tests.typed import type_command

WAIT_LIMIT_S = 60.0


def watchdog(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return type_command(*arguments, cwd=cwd, env={**os.environ, **(env or {})}, stdin=stdin, limit=120)


def wait_until(condition: Callable[[], bool], what: str, limit: float = WAIT_LIMIT_S) -> None:
    """Block until something holds; looks twenty times a second."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"not within {limit} s: {what}"
        time.sleep(0.05)


@dataclass(slots=True)
class Home:
    """A home on the loopback: its three files, and the commands on it."""

    folder: Path
    sources: list[dict[str, str]] = field(default_factory=list)
    cases: list[dict[str, object]] = field(default_factory=list)
    topics: list[dict[str, object]] = field(default_factory=list)
    settings: str = ""

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fetch = '[fetch]\nallow = ["127.0.0.0/8"]\nmin_gap = "0s"\n'
        (self.folder / "watchdog.toml").write_text(fetch + self.settings, "utf-8")
        (self.folder / "feeds.toml").write_text(_tables("source", self.sources), "utf-8")
        (self.folder / "watchlist.toml").write_text(
            _tables("case", self.cases) + "\n" + _tables("topic", self.topics), "utf-8"
        )

    def run(self, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        done = watchdog("--home", str(self.folder), *arguments, cwd=self.folder)
        assert not ok or done.returncode == 0, done.stderr + done.stdout
        return done

    def json(self, *arguments: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.run("--json", *arguments).stdout.splitlines()]

    def daemon(self, *options: str, env: Mapping[str, str] | None = None) -> Daemon:
        return Daemon(self.folder, options, env)


class Daemon:
    """``watchdog run`` in a process of its own; killed at the end of the block if it still lives."""

    def __init__(self, folder: Path, options: Sequence[str] = (), env: Mapping[str, str] | None = None) -> None:
        self._env = {**os.environ, **(env or {})}
        self.log = folder / f"log-{time.monotonic_ns()}.txt"
        self.out = self.log.with_suffix(".out")
        self._command = [sys.executable, "-m", "watchdog", "--home", str(folder), *options, "run"]

    def __enter__(self) -> Self:
        with self.log.open("wb") as log, self.out.open("wb") as out:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=self._env, start_new_session=True
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self, limit: float = 20.0) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(limit)

    def logged(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def wait_for_log(self, text: str, limit: float = WAIT_LIMIT_S) -> None:
        wait_until(lambda: text in self.logged(), f"{text!r} in the log; it says: {self.logged()[-2000:]}", limit)

    def workers(self) -> list[int]:
        """The process ids of all its descendants."""
        found, seen = [self.process.pid], []
        while found:
            children = Path(f"/proc/{found.pop()}/task")
            for path in children.glob("*/children") if children.exists() else ():
                pids = [int(pid) for pid in path.read_text().split()]
                found += pids
                seen += pids
        return seen


def _tables(name: str, rows: Sequence[Mapping[str, object]]) -> str:
    return "\n".join(
        "\n".join(
            [f"[[{name}]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items()), ""]
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as its outlet would publish it."""

    path: str
    title: str
    text: str
    published: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=10))

    def page(self) -> bytes:
        e = html.escape
        paragraphs = "".join(f"<p>{e(part)}</p>" for part in self.text.split("\n\n"))
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{e(self.title)}</title></head>'
            f"<body><main><article><h1>{e(self.title)}</h1>{paragraphs}</article></main></body></html>"
        ).encode()


def put_outlet(site: Site, name: str, stories: Sequence[Story]) -> str:
    """Publish stories: their pages and an RSS feed of them. Returns the feed's address."""
    e = html.escape
    items = ""
    for story in stories:
        site.put(story.path, story.page(), headers={"Content-Type": "text/html; charset=utf-8"})
        link = site.url(story.path)
        items += (
            f"<item><title>{e(story.title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(story.published)}</pubDate><description>{e(story.title)}</description></item>"
        )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
    site.put(f"/{name}/feed", feed.encode(), headers={"Content-Type": "application/rss+xml", "ETag": f'"{len(items)}"'})
    return site.url(f"/{name}/feed")
