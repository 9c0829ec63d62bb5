"""A prepared service: a process that has imported everything once and forks a copy of itself for every run.

Started as ``python -m tests.crash.prepared``; reads one order a line, answers each with the run's exit code. The copy
is the real service: with ``workers``, the command ``run --once`` as it is typed; else with the work of its workers done
in its own process, which spares the half second that they take to start. Workers only turn values into values, so what
a crash leaves behind is the same.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import feedparser  # noqa: F401 -- so that a copy has it
import trafilatura  # noqa: F401 -- so that a copy has it

import watchdog.cli.reviewing
import watchdog.cli.running  # noqa: F401 -- so that a copy has it
from watchdog import points, service
from watchdog.cli import main
from watchdog.cli.output import set_up_logging
from watchdog.engine.local import run_once
from watchdog.pipeline import work
from watchdog.pipeline.pool import Pool

T = TypeVar("T")

ROOT = Path(__file__).parents[2]


class PoolHere(Pool):
    """Does the work in this process."""

    def __init__(self) -> None:
        super().__init__(workers=1, deadline=timedelta(seconds=10), memory_max_bytes=0)

    async def _run_once(self, work: Callable[..., T], args: tuple[object, ...]) -> T:
        return work(*args)


class Prepared:
    """The process, seen from a test; ended with the block."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.crash.prepared"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def run(
        self,
        home: Path,
        *,
        crash_at: int = 0,
        log: Path | None = None,
        workers: bool = False,
        command: Sequence[str] = (),
    ) -> int:
        """One full pass over a home, or a command, ended at the n-th point (0: not). Returns the exit code."""
        order: dict[str, Any] = {"home": str(home), "crash_at": crash_at, "log": log and str(log), "workers": workers}
        order["command"] = list(command)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the prepared process ended"
        return int(answer)


def _copy(order: dict[str, Any]) -> int:
    """In the copy: one pass. Returns the exit code."""
    home = Path(order["home"])
    out = os.open(home / "out.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ["WATCHDOG_CRASH_AT"] = str(order["crash_at"])
    if order["log"]:
        os.environ["WATCHDOG_CRASH_LOG"] = order["log"]
    if not order["workers"] and not order["command"]:
        asyncio.run(_pass(home))
        return 0
    try:
        main(["--home", str(home), *(order["command"] or ("run", "--once"))])
    except SystemExit as exc:
        return int(exc.code or 0)
    return 0


async def _pass(home: Path) -> None:
    async with service.open_pass(home, service.Console(out=sys.stderr)) as ctx:
        await run_once(replace(ctx, pool=PoolHere()))


def _serve() -> None:
    set_up_logging(logging.ERROR)
    work.prepare()
    with tempfile.TemporaryDirectory() as name:  # a pass that finds nothing to do loads what a pass loads
        service.initialise(Path(name), None, datetime.now(UTC))
        (Path(name) / "feeds.toml").write_text("", "utf-8")
        asyncio.run(_pass(Path(name)))
    points._play.cache_clear()
    assert threading.active_count() == 1, "a fork would lose a thread"
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = _copy(json.loads(line))
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
