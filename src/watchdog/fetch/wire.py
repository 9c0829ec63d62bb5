"""One exchange with a server: what it gave, within its limits of size and time, or what went wrong, in words."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

import httpcore

from watchdog.fetch.body import Refusal, content_coding, read_body
from watchdog.fetch.guard import AddressRefused, NameNotFound
from watchdog.fetch.proxy import ProxyFailed
from watchdog.model.answer import FetchReason

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]

OK, DELTA, NOT_MODIFIED = 200, 226, 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: "For good": these may be remembered (RFC 9110, sections 15.4.2 and 15.4.9).
PERMANENT = frozenset({301, 308})

CONNECT_S = 10.0
#: A pool timeout would count the waiting for a free connection, and fail requests that were never sent.
TIMEOUTS = {"timeout": {"connect": CONNECT_S, "read": None, "write": None, "pool": None}}
_EXPECTED = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,  # also TimeoutError and ssl.SSLError
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One response, before we know what it means."""

    status: int
    headers: Headers
    #: Read only where the status is 200 or 226.
    body: bytes
    took_s: float

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)


def received(response: httpcore.Response) -> Headers:
    """The headers as our values have them; cookies end here, neither stored nor sent."""
    decoded = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
    return tuple((name, value) for name, value in decoded if name not in {"set-cookie", "set-cookie2"})


async def take_body(
    response: httpcore.Response, headers: Headers, max_bytes: int, *, cut: bool = False
) -> bytes | Refusal:
    """The body, unpacked; with ``cut`` its start where it is too large."""
    gzipped = content_coding(value for name, value in headers if name == "content-encoding")
    if isinstance(gzipped, Refusal):
        return gzipped
    return await read_body(response.aiter_stream(), gzipped=gzipped, max_bytes=max_bytes, cut=cut)


async def bounded(work: Awaitable[T], seconds: float) -> T | Refusal:
    """Do one exchange within its time; what can go wrong outside becomes a value."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await work
    except _EXPECTED as exc:
        return _refusal(exc)


def _refusal(exc: BaseException) -> Refusal:
    """What an exception means; libraries' texts stay out, because they may quote what was sent or received."""
    tls_error = next((cause for cause in _causes(exc) if isinstance(cause, ssl.SSLError)), None)
    if isinstance(exc, AddressRefused):
        reason, detail = FetchReason.REFUSED_ADDRESS, str(exc)
    elif isinstance(exc, NameNotFound):
        reason, detail = FetchReason.NAME, str(exc)
    elif isinstance(exc, ProxyFailed):
        reason, detail = FetchReason.PROXY, str(exc)
    elif isinstance(exc, httpcore.ProxyError):
        reason, detail = FetchReason.PROXY, "the proxy does not let us through"
    elif isinstance(exc, TimeoutError | httpcore.TimeoutException):
        reason, detail = FetchReason.TIMEOUT, "the answer was not complete in time"
    elif isinstance(tls_error, ssl.SSLCertVerificationError):
        reason, detail = FetchReason.TLS, f"the certificate does not hold: {tls_error.verify_message}"
    elif tls_error is not None:
        reason, detail = FetchReason.TLS, "no secure connection could be agreed on"
    elif isinstance(exc, httpcore.ConnectError):
        reason, detail = FetchReason.CONNECT, "no connection could be made"
    else:
        reason, detail = FetchReason.PROTOCOL, "the answer broke off, or is not HTTP"
    return Refusal(reason=reason, detail=detail)


def _causes(exc: BaseException) -> list[BaseException]:
    chain = [exc]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:  # the pool raises "from None"
        chain.append(cause)
    return chain
