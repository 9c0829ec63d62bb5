"""Whether the service lives: do its steps go on, and does the database take writes?

Systemd and ``/livez`` are told the same. A beat is a committed write, made by a tick that has just ended well, and only
while every step, the outbox above all, has gone on lately: a process that answers but has stopped to work is ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from watchdog.engine.metrics import Metrics
from watchdog.engine.notify import Systemd
from watchdog.engine.steps import STEPS
from watchdog.pipeline.context import Summary
from watchdog.store import Database, health

#: The outbox must not stand still for longer; one try to deliver takes 80 s at most (``deliver.Notifier``).
SEND_PATIENCE = timedelta(minutes=3)
#: A tick of another step may wait this long for slow hosts, one after another; its own deadlines are shorter.
STEP_PATIENCE = timedelta(minutes=30)
#: Between beats without systemd, or with a patient one.
_USUAL_BEAT = timedelta(seconds=20)
#: Until the first write has worked.
_FIRST_PAUSE = timedelta(seconds=1)
#: So many beats may fail before ``/livez`` says so, as with systemd.
_BEATS_MISSED = 3


class Vitals:
    """What one running service knows of itself."""

    def __init__(self, systemd: Systemd, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now, with every step as if it had just gone on."""
        self.metrics = Metrics()
        self.systemd = systemd
        self._clock = clock
        self._went_on = dict.fromkeys((name for name, _, _ in STEPS), clock())
        self._every = min(_USUAL_BEAT, systemd.patience / _BEATS_MISSED) if systemd.patience else _USUAL_BEAT
        self._wrote_at = clock()
        self._tried_at = float("-inf")
        #: Whether a first tick was followed by a committed write.
        self.is_ready = False
        self.is_stopping = False

    def note_tick(self, step: str, summary: Summary, took_s: float) -> None:
        """A tick ended well."""
        self.note_progress(step)
        self.metrics.note_tick(step, summary, took_s)

    def note_progress(self, step: str) -> None:
        """A step goes on, though its tick may not have ended."""
        self._went_on[step] = self._clock()

    def note_stop(self) -> None:
        """It was told to stop."""
        self.is_stopping = True
        self.systemd.stopping()

    async def beat(self, db: Database) -> None:
        """Write and tell systemd, unless we did lately or a step stands still; for a tick that has just ended well."""
        now = self._clock()
        pause = self._every if self.is_ready else _FIRST_PAUSE
        if self._standing() or now - self._tried_at < pause.total_seconds():
            return
        self._tried_at = now
        await db(health.beat)
        self._wrote_at = self._clock()
        waiting = await db.read(health.read_waiting, datetime.now(UTC))
        status = "due: " + ", ".join(f"{step} {queue.depth}" for step, queue in waiting.items())
        if not self.is_ready:
            self.is_ready = True
            self.systemd.ready(status)
        self.systemd.alive(status)

    def trouble(self) -> str | None:
        """Why the service must be counted as dead; None where it lives."""
        silent = self._clock() - self._wrote_at
        if silent > _BEATS_MISSED * self._every.total_seconds():
            return f"the database has taken no write for {silent:.0f} s"
        return self._standing()

    def _standing(self) -> str | None:
        """A step that stands still."""
        for step, at in self._went_on.items():
            silent = self._clock() - at
            if silent > (SEND_PATIENCE if step == "send" else STEP_PATIENCE).total_seconds():
                return f"the step {step} stands still for {silent:.0f} s"
        return None
