"""Polls that brought nothing are settled together: most do, and a transaction costs more than what it writes here."""

from __future__ import annotations

import asyncio
from datetime import datetime

from watchdog.store import Database, sources
from watchdog.store.sources import PollOutcome, SourceForPoll


class Settler:
    """Settles the polls of one run; each call returns once its own poll is in the database.

    Nobody waits for others to arrive: while one transaction is under way, the polls that end meanwhile gather for the
    next one.
    """

    def __init__(self, db: Database, now: datetime) -> None:
        self._db = db
        self._now = now
        self._waiting: list[tuple[SourceForPoll, PollOutcome, asyncio.Future[int]]] = []
        self._is_busy = False

    async def settle(self, job: SourceForPoll, outcome: PollOutcome) -> int:
        """Store what a poll brought. Returns the articles that were not known before."""
        if outcome.has_entries:
            return await self._db(sources.settle_poll, job, outcome, self._now)
        settled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, outcome, settled))
        if not self._is_busy:
            self._is_busy = True
            try:
                while self._waiting:
                    await self._settle_waiting()
            finally:
                self._is_busy = False
        return await settled

    async def _settle_waiting(self) -> None:
        """All that wait now in one transaction; where that fails, each in its own, so that each gets its own error."""
        batch, self._waiting = self._waiting, []
        try:
            counts = await self._db(sources.settle_unchanged, [(job, outcome) for job, outcome, _ in batch], self._now)
        except Exception:  # noqa: BLE001 -- said again, and logged, for each poll that it is about
            await self._settle_alone(batch)
        except BaseException:  # whoever settled for all was stopped
            for _, _, settled in batch:
                settled.cancel()
            raise
        else:
            for (_, _, settled), count in zip(batch, counts, strict=True):
                settled.set_result(count)

    async def _settle_alone(self, batch: list[tuple[SourceForPoll, PollOutcome, asyncio.Future[int]]]) -> None:
        for job, outcome, settled in batch:
            try:
                settled.set_result(await self._db(sources.settle_poll, job, outcome, self._now))
            except Exception as exc:  # noqa: BLE001 -- raised where the poll is awaited
                settled.set_exception(exc)
