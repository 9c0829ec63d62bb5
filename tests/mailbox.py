"""A mail server on 127.0.0.1 for plain tests and subprocesses: real SMTP, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP


class Mailbox:
    """Takes every letter, and keeps it; use it as a context manager."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        _ = server, session
        self.letters.append(envelope.content)
        return "250 2.0.0 queued"

    @property
    def ids(self) -> list[str]:
        """Message-IDs in the order of arrival."""
        return [str(message_from_bytes(letter)["Message-ID"]) for letter in self.letters]

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        make = lambda: SMTP(self, hostname="mx.test", loop=self._loop)  # noqa: E731 -- the protocol's factory
        return await self._loop.create_server(make, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
