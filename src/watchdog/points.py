"""Numbered points between two effects of the service, where a test can end the process as a power cut would.

In production a point does nothing. Where ``WATCHDOG_CRASH_AT`` is a number n, the n-th point that this process passes
ends it at once with exit code 137 (0: none); where ``WATCHDOG_CRASH_LOG`` is a path, the name of each point passed
becomes a line of that file. Both are read at the first point; points count over all threads. See docs/crashes.md.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

#: What a shell reports for a process that was killed by kill -9.
EXIT_CODE = 137


def point(name: str, what: Callable[..., object] | None = None) -> None:
    """Pass a point: everything before it has had its effect, nothing after it has.

    Args:
        name: for the log.
        what: a function that completes the name.
    """
    play = _play()
    if play is not None:
        play(name if what is None else f"{name} {what.__module__.rpartition('.')[2]}.{what.__qualname__}")


@functools.cache
def _play() -> Callable[[str], None] | None:
    """What happens at a point; None in production."""
    crash_at, log = os.environ.get("WATCHDOG_CRASH_AT"), os.environ.get("WATCHDOG_CRASH_LOG")
    if crash_at is None:
        return None
    last, numbers, turn = int(crash_at), count(1), threading.Lock()

    def play(name: str) -> None:
        with turn:
            if log:
                with Path(log).open("a", encoding="utf-8") as file:
                    file.write(name + "\n")
            if next(numbers) == last:
                os._exit(EXIT_CODE)

    return play
