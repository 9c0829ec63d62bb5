"""Whose turn it is: one request at a time a host, with a gap between starts, and so many at once over all hosts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

#: Hosts remembered before those whose gap is over are forgotten.
REMEMBERED_HOSTS = 1024


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_start: float = float("-inf")
    #: Requests that hold or wait for the lock.
    users: int = 0


class Turns:
    """Hands out turns. Waiting for a host takes no place from other hosts."""

    def __init__(self, concurrency: int, min_gap: timedelta) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._gap = min_gap.total_seconds()
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def take(self, host: str) -> AsyncIterator[None]:
        """Wait until this host may be asked; the turn ends with the block."""
        self._forget()
        entry = self._hosts.setdefault(host, _Host())
        entry.users += 1
        try:
            async with entry.lock:
                loop = asyncio.get_running_loop()
                await asyncio.sleep(max(0.0, entry.last_start + self._gap - loop.time()))
                async with self._places:
                    entry.last_start = loop.time()
                    yield
        finally:
            entry.users -= 1

    def _forget(self) -> None:
        if len(self._hosts) < REMEMBERED_HOSTS:
            return
        over = asyncio.get_running_loop().time() - self._gap
        self._hosts = {name: host for name, host in self._hosts.items() if host.users or host.last_start > over}
