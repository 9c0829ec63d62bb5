"""A prepared service that is forked for every run; see ``tests.forking``.

Started as ``python -m tests.crash.prepared``. The copy is the real service: with ``workers``, the command
``run --once`` as it is typed; else with the work of its workers done in its own process, which spares the half second
that they take to start. Workers only turn values into values, so what a crash leaves behind is the same.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import feedparser  # noqa: F401 -- so that a copy has it
import trafilatura  # noqa: F401 -- so that a copy has it

import watchdog.cli.reviewing
import watchdog.cli.running  # noqa: F401 -- so that a copy has it
from tests.forking import ForkServer, serve
from watchdog import points, service
from watchdog.cli import main
from watchdog.cli.output import set_up_logging
from watchdog.engine.local import run_once
from watchdog.pipeline import work
from watchdog.pipeline.pool import Pool

T = TypeVar("T")


class PoolHere(Pool):
    """Does the work in this process."""

    def __init__(self) -> None:
        super().__init__(workers=1, deadline=timedelta(seconds=10), memory_max_bytes=0)

    async def _run_once(self, work: Callable[..., T], args: tuple[object, ...]) -> T:
        return work(*args)


class Prepared(ForkServer):
    """The process, seen from a test."""

    def __init__(self) -> None:
        super().__init__("tests.crash.prepared")

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
        order = {"home": str(home), "crash_at": crash_at, "log": log and str(log), "workers": workers}
        return self.ask({**order, "command": list(command)})


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


def _prepare() -> None:
    set_up_logging(logging.ERROR)
    work.prepare()
    with tempfile.TemporaryDirectory() as name:  # a pass that finds nothing to do loads what a pass loads
        service.initialise(Path(name), None, datetime.now(UTC))
        (Path(name) / "feeds.toml").write_text("", "utf-8")
        asyncio.run(_pass(Path(name)))
    points._play.cache_clear()


if __name__ == "__main__":
    _prepare()
    serve(_copy)
