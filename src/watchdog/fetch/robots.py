"""robots.txt of the hosts whose pages we read: asked for once a day, kept in memory (RFC 9309, section 2.4)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchdog.core.robots import Robots, may_read, parse_robots
from watchdog.fetch.target import Target
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason, NotModified

#: Our product token, as ``user_agent`` sends it.
AGENT = "case-watchdog"
KEPT_FOR = timedelta(hours=24)
#: A file that the server could not give is asked for again after this; until then nothing of the host is read.
UNKNOWN_FOR = timedelta(hours=1)
#: A host that cannot be reached; the pages of one tick shall not each find that out.
UNREACHABLE_FOR = timedelta(minutes=5)
SAME_TICK = timedelta(seconds=1)
#: Hosts of which it is remembered; the ones asked for longest ago are forgotten first.
MAX_HOSTS = 1_000

_TOO_MANY, _SERVER_ERRORS = 429, 500
#: The server gave no answer that means anything: nobody said that we may (RFC 9309, section 2.3.1.4).
_UNREACHABLE = frozenset({FetchReason.NAME, FetchReason.CONNECT, FetchReason.TLS, FetchReason.TIMEOUT})
_UNREADABLE = frozenset({FetchReason.PROTOCOL, FetchReason.ENCODING, FetchReason.PROXY})

#: One host, by one way: (proxy, origin).
_Key = tuple[str | None, tuple[str, str, int]]


@dataclass(slots=True)
class _Known:
    #: The rules, or why they are not known.
    said: Robots | FetchFailed
    until: datetime


class RobotsBook:
    """Knows what every host allows; asks where it does not know."""

    def __init__(self, ask: Callable[[Target, str | None, datetime], Awaitable[Answer]]) -> None:
        self._ask = ask
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._asking: dict[_Key, asyncio.Lock] = {}

    async def check(self, target: Target, proxy: str | None, now: datetime) -> Robots | FetchFailed:
        """What a page's host says: its rules where the page may be read, else why it is not read now."""
        key = (proxy, target.origin)
        async with self._asking.setdefault(key, asyncio.Lock()):
            known = self._known.get(key)
            if known is None or known.until <= now:
                known = self._known[key] = _learn(await self._ask(target, proxy, now), now)
        self._forget(key)
        path = target.url.raw_path.decode("ascii", "replace")
        if isinstance(known.said, Robots) and not may_read(known.said, path):
            detail = f"robots.txt of {target.host} asks robots not to read it"
            return FetchFailed(url=str(target.url), reason=FetchReason.ROBOTS, detail=detail)
        return known.said

    def _forget(self, key: _Key) -> None:
        self._known.move_to_end(key)
        while len(self._known) > MAX_HOSTS:
            self._known.popitem(last=False)
        if len(self._asking) > 2 * MAX_HOSTS:
            self._asking = {name: lock for name, lock in self._asking.items() if lock.locked()}


def _learn(answer: Answer, now: datetime) -> _Known:
    """4xx and what cannot be a file of rules: all is allowed; 5xx and 429: nothing, until it is seen."""
    if isinstance(answer, Fetched):
        return _Known(parse_robots(answer.body, AGENT), now + KEPT_FOR)
    if isinstance(answer, NotModified):  # never: it is asked for without validators
        return _Known(Robots(), now)
    detail = f"robots.txt: {answer.detail}"
    if answer.reason is FetchReason.NOT_YET:
        return _Known(answer, now + SAME_TICK)
    if answer.reason in _UNREACHABLE:
        return _Known(replace(answer, detail=detail), now + UNREACHABLE_FOR)
    is_server_error = answer.status is not None and (answer.status == _TOO_MANY or answer.status >= _SERVER_ERRORS)
    if is_server_error or answer.reason in _UNREADABLE:
        unknown = replace(answer, reason=FetchReason.ROBOTS_UNKNOWN, detail=detail, status=None)
        return _Known(unknown, now + max(UNKNOWN_FOR, answer.retry_after or UNKNOWN_FOR))
    return _Known(Robots(), now + KEPT_FOR)
