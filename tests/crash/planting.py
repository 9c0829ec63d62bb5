"""Plants a bug of ``planted.toml`` into a copy of the source, and says which tests see it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: The suites that must see the bugs, by the words of the report; the quickest to see most first.
SUITES: Mapping[str, tuple[str, ...]] = {
    "two actors": ("tests/crash/test_two_actors.py",),
    "store and disk": ("tests/store", "tests/crash/test_disk.py"),
    "sending": ("tests/pipeline/test_send.py", "tests/deliver"),
    "crash points": ("tests/crash/test_points.py",),
}

_FAILED = re.compile(r"^FAILED (\S+?\.py::[^\s\[]+(?:\[.*?\])?)(?: - (.*))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One change to the source that a test must see."""

    name: str
    why: str
    #: Below ``src/watchdog``.
    file: str
    old: str
    new: str
    #: The tests that saw it last, tried before the suites: a list takes minutes, not an hour.
    first: str = ""


def read_bugs() -> tuple[Bug, ...]:
    tables = tomllib.loads((Path(__file__).parent / "planted.toml").read_text("utf-8"))["bug"]
    return tuple(Bug(**table) for table in tables)


def caught_by(bug: Bug | None, tests: tuple[str, ...]) -> str | None:
    """Run tests against a copy of the source with a bug in it (None: without one).

    Returns:
        The first test that failed; None where all passed.
    """
    with tempfile.TemporaryDirectory(prefix="watchdog-planted-") as name:
        copy = Path(name)
        for part in ("src", "migrations"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        if bug is not None:
            path = copy / "src/watchdog" / bug.file
            text = path.read_text("utf-8")
            assert text.count(bug.old) == 1, (
                f"{bug.name}: its old text stands {text.count(bug.old)} times in {bug.file}"
            )
            path.write_text(text.replace(bug.old, bug.new), "utf-8")
        options = ["-q", "-x", "-m", "not long", "--tb=line", "--show-capture=no", "-p", "no:randomly"]
        # On SQLite alone: some bugs speak its SQL, and would fail on PostgreSQL for that and nothing else.
        options += ["-k", "not postgresql"]
        options += [
            "-p",
            "no:cacheprovider",
            f"--basetemp={copy / 'tests'}",
            "--timeout=0",
        ]  # a slow machine catches nothing
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=3_000,
            check=False,
        )
    found = _FAILED.search(done.stdout)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    assert (found is None) == (done.returncode == 0), done.stdout
    return found[1] if found else None


def first_to_catch(bug: Bug) -> tuple[str, str] | None:
    """The first suite that sees a bug, and its test; None where none does."""
    of_first = [suite for suite, paths in SUITES.items() if bug.first and bug.first.startswith(paths)]
    for suite, tests in [*((suite, (bug.first,)) for suite in of_first), *SUITES.items()]:
        test = caught_by(bug, tests)
        if test is not None:
            return suite, test
    return None
