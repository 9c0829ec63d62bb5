"""The real service with 10,000 sources and 1,000 cases, left in peace until its workers have gone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from outlets import address

from watchdog.pipeline.pool import IDLE_LIMIT

SOURCES, CASES = 10_000, 1_000
#: Asked once, so that workers were there.
ASKED = 5
_PATIENCE_S = 600.0


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except FileNotFoundError:
            continue
    return [one for one in found if Path(f"/proc/{one}/stat").exists()]


def tree_pss_mb(pid: int) -> float:
    """Megabytes of memory, what is shared counted in proportion."""
    return sum(_pss_mb(pid))


def _pss_mb(pid: int) -> list[float]:
    sizes = []
    for one in tree(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        sizes.append(sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024)
    return sizes


class Idle:
    """A context manager: the service works off a few sources when it starts; the others are due tomorrow."""

    def __init__(self, home: Path, port: int, root: Path) -> None:
        self._home = home
        self._port = port
        self._root = root
        self._service: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._write()
        program = [sys.executable, "-m", "watchdog", "--home", str(self._home)]
        subprocess.run([*program, "apply"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        with sqlite3.connect(self._home / "data" / "watchdog.db") as db:
            later = db.execute(
                "update sources set due_at = ? where id not in (select id from sources limit ?)", (tomorrow, ASKED)
            )
            assert later.rowcount == SOURCES - ASKED  # noqa: S101 -- a benchmark of something else is worse than none
        self._service = subprocess.Popen(  # noqa: S603 -- our own
            [*program, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._service is not None:
            self._service.terminate()
            self._service.wait()

    def at_rest_mb(self) -> list[float]:
        """Megabytes of each process, the service itself first, once its work is done and its workers have gone."""
        assert self._service is not None  # noqa: S101 -- entered
        end = time.monotonic() + _PATIENCE_S
        while self._left() and time.monotonic() < end:
            time.sleep(1)
        if left := self._left():
            raise SystemExit(f"{left} rows wait after {_PATIENCE_S:g} s")
        time.sleep(IDLE_LIMIT.total_seconds() + 10)
        return _pss_mb(self._service.pid)

    def _left(self) -> int:
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        with sqlite3.connect(self._home / "data" / "watchdog.db") as db:
            waiting = [
                db.execute(f"select count(*) from {table} where due_at <= ?", (now,)).fetchone()[0]  # noqa: S608 -- ours
                for table in ("sources", "articles", "revisions")
            ]
            judged: int = db.execute("select count(*) from revisions where due_at is null").fetchone()[0]
        return sum(waiting) or (0 if judged else 1)

    def _write(self) -> None:
        self._home.mkdir()
        (self._home / "watchdog.toml").write_text(
            '[fetch]\ncontact = "https://monitor.example/"\nallow = ["127.0.0.0/8"]\nmin_gap = "0s"\n'
        )
        feeds = (
            f'[[source]]\nid = "s{n}"\nurl = "http://{address(n % 1_000)}:{self._port}/idle/unmodified/{n}"\n'
            for n in range(SOURCES)
        )
        (self._home / "feeds.toml").write_text("".join(feeds))
        sys.path.insert(0, str(self._root / "tools"))
        import make_prose

        cases = (
            f'[[case]]\nid = "c{n}"\nname = "{name}"\n'
            for n, name in enumerate(make_prose.watched(CASES, is_mixed=True))
        )
        (self._home / "watchlist.toml").write_text("".join(cases), "utf-8")
