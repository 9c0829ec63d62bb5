"""Whose turn it is: one request at a time a host, with a gap between starts, and so many at once over all hosts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
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
    #: What its robots.txt asks for between two requests.
    gap_s: float = 0.0


class Turns:
    """Hands out turns. Waiting for a host takes no place from other hosts."""

    def __init__(self, concurrency: int, min_gap: timedelta) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._gap = min_gap.total_seconds()
        self._hosts: dict[str, _Host] = {}

    def slow_down(self, host: str, gap: timedelta) -> None:
        """Keep a longer gap between requests to this host, until it is forgotten."""
        self._entry(host).gap_s = gap.total_seconds()

    @asynccontextmanager
    async def take(self, host: str, patience_s: float) -> AsyncIterator[bool]:
        """Wait until this host may be asked; the turn ends with the block.

        Args:
            host: one line of waiting for each.
            patience_s: no turn comes later than this. Rows wait in the database, not here: a lease is 90 seconds.

        Yields:
            Whether it is our turn.
        """
        entry = self._entry(host)
        entry.users += 1
        try:
            async with AsyncExitStack() as held:
                is_ours = await self._wait(entry, held, patience_s)
                if is_ours:
                    entry.last_start = asyncio.get_running_loop().time()
                yield is_ours
        finally:
            entry.users -= 1

    async def _wait(self, entry: _Host, held: AsyncExitStack, patience_s: float) -> bool:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(max(0.0, patience_s)):
                await held.enter_async_context(entry.lock)
                await asyncio.sleep(max(0.0, entry.last_start + max(self._gap, entry.gap_s) - loop.time()))
                await held.enter_async_context(self._places)
        except TimeoutError:
            return False
        return True

    def _entry(self, host: str) -> _Host:
        if len(self._hosts) >= REMEMBERED_HOSTS:
            now = asyncio.get_running_loop().time()
            self._hosts = {
                name: entry
                for name, entry in self._hosts.items()
                if entry.users or entry.last_start + max(self._gap, entry.gap_s) > now
            }
        return self._hosts.setdefault(host, _Host())
