"""The one client that asks the web: guarded, polite, bounded in time and size, without memory of cookies.

It stands on httpcore's connection pool, which has no cookie jar, follows no redirect, reads no proxy from the
environment and inflates nothing: what a hostile server could use is not there to be switched off.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self, TypeVar

import httpcore
import httpx

from watchdog.config.settings import FetchSettings
from watchdog.fetch.body import Refusal, content_coding, read_body
from watchdog.fetch.guard import AddressRefused, Guard, NameNotFound, Resolver, SystemResolver
from watchdog.fetch.retry_after import parse_retry_after
from watchdog.fetch.target import Target, parse_target
from watchdog.fetch.turns import Turns
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason, NotModified, Validators

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]

#: Idle connections kept: sources are on different hosts, and httpcore's pool is scanned at each request.
MAX_KEEPALIVE = 8
KEEPALIVE_S = 15.0
CONNECT_S = 10.0
#: Of a webhook's answer; enough for an error message.
POSTED_BODY_MAX_BYTES = 4096

#: A pool timeout would count the waiting for a free connection, and fail requests that were never sent.
_TIMEOUTS = {"timeout": {"connect": CONNECT_S, "read": None, "write": None, "pool": None}}
_OK, _NOT_MODIFIED = 200, 304
_NO_VALIDATORS = Validators()
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_EXPECTED = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,  # also TimeoutError and ssl.SSLError
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One document to ask for."""

    url: str
    #: What the server gave us last time; with them the request is conditional.
    validators: Validators = _NO_VALIDATORS
    #: After decoding.
    max_bytes: int
    #: The Accept header.
    accept: str


class Client(Protocol):
    """Something that answers requests: the web, or a recording of it."""

    async def fetch(self, request: Request, now: datetime) -> Answer:
        """Ask once; everything that can go wrong outside is a ``FetchFailed``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A webhook's receiver answered, with whatever status."""

    status: int
    retry_after: timedelta | None
    #: The first 4 kB, as sent.
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """One response, before we know what it means."""

    status: int
    headers: Headers
    #: Read only where the status is 200.
    body: bytes
    took_s: float

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class GuardedClient:
    """Use as an async context manager: one for the whole process, because a TLS context costs 24 ms and 1 MB."""

    def __init__(
        self,
        settings: FetchSettings,
        version: str,
        *,
        resolve: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._agent = user_agent(version, settings.contact)
        self._system_resolver = SystemResolver(settings.concurrency)  # starts its threads when first asked
        self._guard = Guard(settings.allow, resolve or self._system_resolver)
        self._turns = Turns(settings.concurrency, settings.min_gap)
        self._posts = asyncio.Semaphore(settings.concurrency)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(trust_env=False),
            max_connections=2 * settings.concurrency,  # so many turns, and so many posts
            max_keepalive_connections=MAX_KEEPALIVE,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=self._guard,
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)
        self._system_resolver.close()

    async def fetch(self, request: Request, now: datetime) -> Answer:
        """Ask for a document, following redirects by hand; waiting for the host's turn is not part of the timeout."""
        target = parse_target(request.url)
        if isinstance(target, str):
            return _failed(request.url, Refusal(reason=FetchReason.REFUSED_ADDRESS, detail=target))
        left_s = self._settings.timeout.total_seconds()
        for _ in range(self._settings.max_redirects + 1):
            async with self._turns.take(target.host):
                heard = await _bounded(self._get(target, request), left_s)
            if isinstance(heard, Refusal):
                return _failed(request.url, heard)
            if heard.status not in _REDIRECTS:
                return _conclude(request, target, heard, now)
            onward = _follow(target, heard)
            if isinstance(onward, Refusal):
                return _failed(request.url, onward)
            target, left_s = onward, left_s - heard.took_s
        detail = f"more than {self._settings.max_redirects} redirects"
        return _failed(request.url, Refusal(reason=FetchReason.REDIRECTS, detail=detail))

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Posted | FetchFailed:
        """Send a webhook: once, without following redirects; plain http only into networks that are allowed."""
        target = parse_target(url)
        if isinstance(target, str):
            return _failed(url, Refusal(reason=FetchReason.REFUSED_ADDRESS, detail=target))
        async with self._posts:
            heard = await _bounded(self._post(target, body, headers), self._settings.timeout.total_seconds())
        if isinstance(heard, Refusal):
            return _failed(url, heard)
        return Posted(
            status=heard.status, retry_after=parse_retry_after(heard.header("retry-after"), now), body=heard.body
        )

    async def _get(self, target: Target, request: Request) -> _Heard | Refusal:
        loop = asyncio.get_running_loop()
        started = loop.time()
        asked = {"Accept": request.accept, "Accept-Encoding": "gzip", **_conditions(request.validators)}
        headers = self._headers(target, asked)
        async with self._pool.stream("GET", target.wire_url, headers=headers, extensions=_TIMEOUTS) as response:
            received = _received(response)
            body: bytes | Refusal = b""
            if response.status == _OK:
                body = await _body(response, received, request.max_bytes)
        if isinstance(body, Refusal):
            return body
        return _Heard(status=response.status, headers=received, body=body, took_s=loop.time() - started)

    async def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> _Heard | Refusal:
        if target.url.scheme == "http" and not await self._guard.is_inside(target.host, target.port):
            return Refusal(
                reason=FetchReason.REFUSED_ADDRESS,
                detail=f"plain http to {target.host}, which [fetch] allow does not name",
            )
        sent = self._headers(target, {**headers, "Accept-Encoding": "identity"})
        start = bytearray()
        async with self._pool.stream(
            "POST", target.wire_url, headers=sent, content=body, extensions=_TIMEOUTS
        ) as response:
            async for piece in response.aiter_stream():
                start += piece
                if len(start) >= POSTED_BODY_MAX_BYTES:
                    break
            received = _received(response)
        return _Heard(status=response.status, headers=received, body=bytes(start[:POSTED_BODY_MAX_BYTES]), took_s=0.0)

    def _headers(self, target: Target, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        named = {"User-Agent": self._agent, **more}
        if target.authorization is not None:
            named["Authorization"] = target.authorization
        # Latin-1 is what header values were read with, so validators go back byte for byte.
        coded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in named.items()]
        return [(b"Host", target.url.netloc), *coded]


def user_agent(version: str, contact: str) -> str:
    """Our honest name; a contact that cannot stand in a header loses the characters that cannot."""
    shown = "".join(char for char in contact if char.isascii() and char.isprintable() and char not in "()\\")
    return f"case-watchdog/{version} (+{shown})" if shown else f"case-watchdog/{version}"


def _conditions(validators: Validators) -> dict[str, str]:
    pairs = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in pairs.items() if value is not None}


def _received(response: httpcore.Response) -> Headers:
    """The headers as our values have them; cookies end here, neither stored nor sent."""
    decoded = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
    return tuple((name, value) for name, value in decoded if name not in {"set-cookie", "set-cookie2"})


async def _body(response: httpcore.Response, headers: Headers, max_bytes: int) -> bytes | Refusal:
    gzipped = content_coding(value for name, value in headers if name == "content-encoding")
    if isinstance(gzipped, Refusal):
        return gzipped
    return await read_body(response.aiter_stream(), gzipped=gzipped, max_bytes=max_bytes)


async def _bounded(work: Awaitable[T], seconds: float) -> T | Refusal:
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


def _follow(target: Target, heard: _Heard) -> Target | Refusal:
    location = heard.header("location")
    if location is None:
        return Refusal(reason=FetchReason.REDIRECTS, detail=f"the server answered {heard.status} and names no address")
    with suppress(UnicodeDecodeError):
        location = location.encode("latin-1").decode()  # RFC 9110 wants ASCII; servers write UTF-8
    onward = target.join(location)
    if isinstance(onward, str):
        return Refusal(reason=FetchReason.REFUSED_ADDRESS, detail=f"redirect: {onward}")
    if target.url.scheme == "https" and onward.url.scheme == "http":
        return Refusal(reason=FetchReason.REDIRECTS, detail="a redirect from https to plain http")
    return onward


def _conclude(request: Request, target: Target, heard: _Heard, now: datetime) -> Answer:
    """What a response that is not a redirect means."""
    if heard.status == _OK:
        return Fetched(
            url=request.url,
            final_url=str(target.url),
            status=heard.status,
            headers=heard.headers,
            body=heard.body,
            fetched_at=now,
        )
    is_conditional = request.validators != _NO_VALIDATORS
    if heard.status == _NOT_MODIFIED and is_conditional:
        return NotModified(url=request.url, headers=heard.headers)
    if heard.status == _NOT_MODIFIED:
        refusal = Refusal(reason=FetchReason.PROTOCOL, detail="304 to a request without validators")
        return _failed(request.url, refusal, status=heard.status)
    return _failed(
        request.url,
        Refusal(reason=FetchReason.HTTP_STATUS, detail=f"the server answered {heard.status}"),
        status=heard.status,
        retry_after=parse_retry_after(heard.header("retry-after"), now),
    )


def _failed(
    url: str, refusal: Refusal, *, status: int | None = None, retry_after: timedelta | None = None
) -> FetchFailed:
    return FetchFailed(url=url, reason=refusal.reason, detail=refusal.detail, status=status, retry_after=retry_after)
