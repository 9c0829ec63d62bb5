"""A process that has imported everything and forks a copy of itself for every order: a start's cost is paid once.

A module that ends in ``serve(do)`` is one; ``ForkServer`` is it, seen from a test. A copy is a process of its own, with
nothing done in it but imports before its order comes.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]


class ForkServer:
    """The process, seen from a test; ended with the block, or by ``close``."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        # Unbuffered: whether an answer has come is asked of the pipe.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0, start_new_session=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def ask(self, order: Mapping[str, Any], limit: float | None = None) -> int:
        """Have an order done. Returns the copy's exit code.

        Raises:
            subprocess.TimeoutExpired: it took more than ``limit`` seconds, and was killed.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        pid = self._answer()
        assert self._process.stdout is not None
        if limit is not None and not select.select([self._process.stdout], [], [], limit)[0]:
            os.kill(pid, signal.SIGKILL)
            self._answer()
            raise subprocess.TimeoutExpired(str(order), limit)
        return self._answer()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        assert answer, "the prepared process ended"
        return int(answer)


def serve(do: Callable[[dict[str, Any]], int]) -> None:
    """Do each order, one a line, in a copy of this process; answer with the copy's number, then its exit code."""
    assert threading.active_count() == 1, "a fork would lose a thread"
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = do(json.loads(line))
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
