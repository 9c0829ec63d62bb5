"""What systemd is told: ready, alive, reloading, stopping (sd_notify(3)); without systemd nothing happens.

Type=notify-reload needs systemd 253 and Debian 12 has 252, so reloading is told as Type=notify units tell it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta


class Systemd:
    """The socket that systemd listens on, if it started us."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        micros = environment.get("WATCHDOG_USEC", "")
        is_for_us = environment.get("WATCHDOG_PID") in {None, "", str(os.getpid())}
        #: After so long without ``alive`` it ends us; None where it does not watch us.
        self.patience = (
            timedelta(microseconds=int(micros)) if is_for_us and micros.isdecimal() and int(micros) else None
        )

    def ready(self, status: str) -> None:
        """We have started, or have reloaded."""
        self._tell("READY=1", f"STATUS={status}")

    def alive(self, status: str) -> None:
        """We go on."""
        self._tell("WATCHDOG=1", f"STATUS={status}")

    def reloading(self) -> None:
        """We read our files anew; ``ready`` must follow."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000}")

    def stopping(self) -> None:
        """We end."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:  # it missed nothing of ours
            out.setblocking(False)
            out.sendto("\n".join(lines).encode(), self._address)
