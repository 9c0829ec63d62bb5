"""One connection over asyncio itself, as httpcore wants it: for the library in between, each read and write is dearer.

A third of the CPU of a poll that was answered 304 went there, and a question to the system for each idle connection
at each request; here the event loop has told us already whether a server hung up.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import cast

import httpcore

#: Bytes that came and were not asked for yet; then the connection is read no further until they are.
BUFFER_BYTES = 256 * 1024


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connection that is read and written by one task."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._came = bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._reading: asyncio.Future[None] | None = None
        self._writing: asyncio.Future[None] | None = None

    # ------------------------------------------------------------------------------- for the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the other end."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self._came += data
        if len(self._came) > BUFFER_BYTES and self._transport is not None:
            self._transport.pause_reading()
        _wake(self._reading)

    def eof_received(self) -> bool:
        """Nothing more will come; the connection is of no further use."""
        self._is_over = True
        _wake(self._reading)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits need not wait on."""
        self._is_over, self._error = True, exc
        _wake(self._reading)
        _wake(self._writing)

    def pause_writing(self) -> None:
        """The other end reads too slowly."""
        self._writing = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """It has caught up."""
        _wake(self._writing)
        self._writing = None

    # ------------------------------------------------------------------------------------- for httpcore

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- httpcore's signature
        """What came, as soon as there is any; empty where the other end hung up."""
        if not self._came and not self._is_over:
            self._reading = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._reading, timeout)
            except TimeoutError as exc:
                raise httpcore.ReadTimeout from exc
        if not self._came and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        taken = bytes(self._came[:max_bytes])
        del self._came[:max_bytes]
        if len(self._came) <= BUFFER_BYTES and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
        return taken

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- httpcore's signature
        """Send; waits where the other end reads too slowly."""
        if self._transport is None or self._is_over:
            raise httpcore.WriteError("the connection is closed") from self._error
        self._transport.write(buffer)
        if self._writing is None:
            return
        try:
            await asyncio.wait_for(self._writing, timeout)
        except TimeoutError as exc:
            raise httpcore.WriteTimeout from exc
        if self._is_over:
            raise httpcore.WriteError("the connection broke") from self._error

    async def aclose(self) -> None:
        """Close at once: all that was wanted has come, and TLS's farewell would be waited for."""
        if self._transport is not None:
            self._transport.abort()
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted."""
        try:
            async with asyncio.timeout(timeout):
                self._transport = await self._encrypt(ssl_context, server_hostname)
        except TimeoutError as exc:
            await self.aclose()
            raise httpcore.ConnectTimeout from exc
        except OSError as exc:
            await self.aclose()
            raise httpcore.ConnectError(str(exc)) from exc
        except BaseException:
            await self.aclose()
            raise
        return self

    async def _encrypt(self, context: ssl.SSLContext, hostname: str | None) -> asyncio.Transport | None:
        """Shake hands; asyncio tells of a server that hangs up in the middle as of any broken connection."""
        if self._transport is None:
            raise ConnectionError("the connection is closed")
        loop = asyncio.get_running_loop()
        try:
            return await loop.start_tls(self._transport, self, context, server_hostname=hostname)
        except ConnectionError as exc:
            raise ssl.SSLEOFError(str(exc)) from exc

    def get_extra_info(self, info: str) -> object:
        """What httpcore asks for: whether an idle connection has anything to read is a sign that it has ended."""
        if info == "is_readable":
            return self._is_over or bool(self._came)
        return None if self._transport is None else self._transport.get_extra_info(info)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


async def connect(
    host: str,
    port: int,
    timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
    local_address: str | None = None,
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
) -> Stream:
    """Connect to an address or a name; the arguments are those of httpcore's backends.

    Raises:
        httpcore.ConnectTimeout: not in time.
        httpcore.ConnectError: not at all.
    """
    loop = asyncio.get_running_loop()
    bound = None if local_address is None else (local_address, 0)
    try:
        async with asyncio.timeout(timeout):
            transport, stream = await loop.create_connection(Stream, host, port, local_addr=bound)
    except TimeoutError as exc:
        raise httpcore.ConnectTimeout from exc
    except OSError as exc:
        raise httpcore.ConnectError(str(exc)) from exc
    for option in socket_options or ():
        transport.get_extra_info("socket").setsockopt(*option)
    return stream
