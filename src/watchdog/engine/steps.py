"""The steps, as an engine calls them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from watchdog.pipeline.context import Context, Summary
from watchdog.pipeline.digest import digest
from watchdog.pipeline.judge import judge
from watchdog.pipeline.poll import poll
from watchdog.pipeline.read import read
from watchdog.pipeline.remind import remind
from watchdog.pipeline.send import send

Step = Callable[[Context, datetime, int], Awaitable[Summary]]

#: A step, and the rows that one tick takes. Small, so that a lease outlives its work and a stop is quick.
STEPS: tuple[tuple[str, Step, int], ...] = (
    ("poll", poll, 32),
    ("read", read, 32),
    ("judge", judge, 8),
    ("remind", remind, 16),
    ("digest", digest, 16),
    ("send", send, 16),
)
