"""Commands as they are typed, each in a process of its own that need not import anything; see ``forking``.

``python -m watchdog`` spends a second and a half on imports, and the tests type some hundred commands. The daemon is
always started the long way.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import os
import pkgutil
import runpy
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import watchdog.cli
from tests.forking import ForkServer, serve

_STREAMS = ("stdin", "stdout", "stderr")


def type_command(
    *arguments: str, cwd: Path, env: Mapping[str, str], stdin: str | None, limit: float
) -> subprocess.CompletedProcess[str]:
    """Run ``watchdog`` with arguments to its end, like ``subprocess.run``."""
    with tempfile.TemporaryDirectory(prefix="watchdog-typed-") as name:
        files = {stream: Path(name) / stream for stream in _STREAMS}
        files["stdin"].write_text(stdin or "", "utf-8")
        order = {"arguments": arguments, "cwd": str(cwd), "env": dict(env)}
        code = _server().ask(order | {stream: str(path) for stream, path in files.items()}, limit)
        out, err = (files[stream].read_text("utf-8") if files[stream].exists() else "" for stream in _STREAMS[1:])
    return subprocess.CompletedProcess(arguments, code, out, err)


@functools.cache
def _server() -> ForkServer:
    server = ForkServer("tests.typed")
    atexit.register(server.close)
    return server


def _type(order: dict[str, Any]) -> int:
    """In the copy: what the interpreter does with ``-m watchdog``. Returns the exit code."""
    for number, stream in enumerate(_STREAMS):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(order[stream], flags, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- for as long as the process lives
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.argv = ["watchdog", *order["arguments"]]
    code = 0
    try:
        runpy.run_module("watchdog", run_name="__main__", alter_sys=True)
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter does
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # what ends worker processes; os._exit does not
    return code


if __name__ == "__main__":
    for module in pkgutil.iter_modules(watchdog.cli.__path__, "watchdog.cli."):
        importlib.import_module(module.name)
    serve(_type)
