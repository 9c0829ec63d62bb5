"""``/livez``, ``/readyz`` and ``/metrics`` on a port of this machine: just enough HTTP for a probe.

A request has 5 seconds and 4 kB, 16 may be open; what the database says for ``/metrics`` is kept for 10 seconds, so
that asking often costs little.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus

import structlog

from watchdog.config.settings import HealthSettings
from watchdog.engine.metrics import CONTENT_TYPE
from watchdog.engine.vitals import Vitals
from watchdog.store import Database, health
from watchdog.store.health import Waiting

log = structlog.get_logger()

_PATIENCE_S = 5.0
_MOST_BYTES = 4_096
_MOST_OPEN = 16
_KEEP_S = 10.0
_TEXT = "text/plain; charset=utf-8"

Answer = tuple[HTTPStatus, str, bytes]


@asynccontextmanager
async def serve_health(settings: HealthSettings, db: Database, vitals: Vitals) -> AsyncIterator[None]:
    """Answer while the block lasts, where an address is set; one that cannot be had is logged and costs no alert."""
    host, _, port = settings.listen.rpartition(":")
    if not host:
        yield
        return
    try:
        server = await asyncio.start_server(Health(db, vitals).answer, host.strip("[]"), int(port), limit=_MOST_BYTES)
    except OSError as exc:
        log.error("health port cannot be had; going on without", listen=settings.listen, reason=exc.strerror)  # noqa: TRY400 -- expected, its words are enough
        yield
        return
    async with server:
        log.info("health port open", port=server.sockets[0].getsockname()[1])
        yield
        server.close()


class Health:
    """Answers probes."""

    def __init__(self, db: Database, vitals: Vitals) -> None:
        self._db = db
        self._vitals = vitals
        self._open = 0
        self._known: tuple[Mapping[str, Waiting], Mapping[str, int], Mapping[str, datetime]] = ({}, {}, {})
        self._known_at = float("-inf")
        self._turn = asyncio.Lock()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one answer."""
        self._open += 1
        try:
            if self._open <= _MOST_OPEN:
                async with asyncio.timeout(_PATIENCE_S):
                    method, path = _parse(await reader.readuntil(b"\r\n\r\n"))
                    status, kind, body = await self._find(method, path)
                    writer.write(_head(status, kind, len(body)) + (b"" if method == "HEAD" else body))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()  # gone, slow or no HTTP
        finally:
            self._open -= 1
            with suppress(OSError):
                writer.close()

    async def _find(self, method: str, path: str) -> Answer:
        if method not in {"GET", "HEAD"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, _TEXT, b"only GET and HEAD\n"
        try:
            async with asyncio.timeout(_PATIENCE_S / 2):
                return await self._answer_to(path)
        except TimeoutError:
            return _verdict("the database takes too long")
        except Exception as exc:  # noqa: BLE001 -- a probe: whatever the database raises is the answer
            return _verdict(f"the database cannot be asked: {type(exc).__name__}")

    async def _answer_to(self, path: str) -> Answer:
        match path:
            case "/livez":
                return _verdict(self._vitals.trouble())
            case "/readyz":
                return _verdict(await self._unready())
            case "/metrics":
                return HTTPStatus.OK, CONTENT_TYPE, await self._metrics()
            case _:
                return HTTPStatus.NOT_FOUND, _TEXT, b"there are /livez, /readyz and /metrics\n"

    async def _unready(self) -> str | None:
        """Why there is nothing to be had from us yet, or any more; a source that fails is no reason."""
        if self._vitals.is_stopping:
            return "it is stopping"
        if not self._vitals.is_ready:
            return "the first tick has not been committed yet"
        await self._db.read(health.read_waiting, datetime.now(UTC))
        return None

    async def _metrics(self) -> bytes:
        async with self._turn:
            if time.monotonic() - self._known_at > _KEEP_S:
                waiting = await self._db.read(health.read_waiting, datetime.now(UTC))
                stuck = await self._db.read(health.count_stuck)
                self._known = waiting, stuck, await self._db.read(health.last_successes)
                self._known_at = time.monotonic()
        return self._vitals.metrics.page(*self._known)


def _verdict(trouble: str | None) -> Answer:
    if trouble is None:
        return HTTPStatus.OK, _TEXT, b"ok\n"
    return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{trouble}\n".encode()


def _parse(head: bytes) -> tuple[str, str]:
    """Method and path; empty ones where there are none."""
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return (words[0], words[1].partition("?")[0]) if len(words) == 3 else ("", "")  # noqa: PLR2004 -- RFC 9112, section 3


def _head(status: HTTPStatus, kind: str, length: int) -> bytes:
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    ).encode("ascii")
