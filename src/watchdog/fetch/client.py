"""The one client that asks the web: guarded, polite, bounded in time and size, without memory of cookies.

It stands on httpcore's connection pool, which has no cookie jar, follows no redirect, reads no proxy from the
environment and inflates nothing: what a hostile server could use is not there to be switched off.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

import httpcore
import httpx

from watchdog.config.settings import FetchSettings, RestScope
from watchdog.core.robots import MAX_BYTES as ROBOTS_MAX_BYTES
from watchdog.fetch.body import Refusal
from watchdog.fetch.guard import Guard, Resolver, SystemResolver
from watchdog.fetch.outcome import conclude, failed, follow, scope_of
from watchdog.fetch.proxy import way_through
from watchdog.fetch.retry_after import parse_retry_after
from watchdog.fetch.robots import AGENT, RobotsBook
from watchdog.fetch.target import Target, literal_address, parse_target, refusal
from watchdog.fetch.turns import Turns
from watchdog.fetch.wire import (
    DELTA,
    NOT_MODIFIED,
    OK,
    PERMANENT,
    REDIRECTS,
    TIMEOUTS,
    Heard,
    bounded,
    received,
    take_body,
)
from watchdog.model.answer import Answer, FetchFailed, FetchReason, Hop, Rest, Validators
from watchdog.model.source import proxy_problem

#: Idle connections kept: sources are on different hosts, and httpcore's pool is scanned at each request.
MAX_KEEPALIVE = 8
KEEPALIVE_S = 15.0
#: Of a webhook's answer; enough for an error message.
POSTED_BODY_MAX_BYTES = 4096
#: A request waits for turns and for robots.txt no longer than this in all: a row's lease is 90 s.
PATIENCE_S = 40.0
#: Rests that may be over are looked through when there are more.
MAX_RESTS = 1_000

_NO_VALIDATORS = Validators()


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
    #: A copy that some cache holds will not do.
    is_fresh: bool = False
    #: Only what is new of a feed would do, too (RFC 3229): the server may answer 226.
    takes_delta: bool = False
    #: Ask robots.txt first, at every host of the way: for pages, which a feed's publisher names and no operator.
    obeys_robots: bool = False
    #: ``socks5h://HOST:PORT`` or ``http://HOST:PORT``; None: straight.
    proxy: str | None = None
    #: A body that is too large is cut, not refused.
    cut: bool = False
    #: Told of each response on the way, before its body is read.
    listener: Callable[[Hop], None] | None = None


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


@dataclass(slots=True)
class _Budget:
    """What is left for one request, over all its hops: seconds of the exchange, and seconds of waiting for turns."""

    exchange_s: float
    patience_s: float


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
        self._robots = RobotsBook(self._ask_robots)
        self._rests: dict[str, datetime] = {}
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=self._tls,
            max_connections=2 * settings.concurrency,  # so many turns, and so many posts
            max_keepalive_connections=MAX_KEEPALIVE,
            keepalive_expiry=KEEPALIVE_S,
            network_backend=self._guard,
        )
        self._proxies: dict[str, httpcore.AsyncConnectionPool] = {}

    async def __aenter__(self) -> Self:
        return self

    def keep_rest(self, rest: Rest) -> None:
        """Leave somebody alone until then, as an earlier process was told to."""
        self._rests[rest.scope] = max(rest.until, self._rests.get(rest.scope, rest.until))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _ = kind, error, trace
        for pool in (self._pool, *self._proxies.values()):
            await pool.aclose()
        self._system_resolver.close()

    async def fetch(self, request: Request, now: datetime) -> Answer:
        """Ask for a document, following redirects by hand; waiting for the host's turn is not part of the timeout.

        Answers ``NOT_YET`` where the host is to be left alone, or its turn does not come within ``PATIENCE_S``.
        """
        problem = None if request.proxy is None else proxy_problem(request.proxy)
        target = parse_target(request.url)
        if isinstance(target, str) or problem:
            detail = problem or str(target)
            return failed(request.url, Refusal(reason=FetchReason.REFUSED_ADDRESS, detail=detail))
        budget = _Budget(exchange_s=self._settings.timeout.total_seconds(), patience_s=PATIENCE_S)
        permanent: Target | None = None
        is_permanent = True
        for _ in range(self._settings.max_redirects + 1):
            heard = await self._hop(target, request, budget, now)
            if isinstance(heard, FetchFailed):
                return heard
            if heard.status not in REDIRECTS:
                return self._conclude(request, target, heard, now, permanent)
            onward = follow(target, heard)
            if isinstance(onward, Refusal):
                return failed(request.url, onward)
            target = onward
            is_permanent &= heard.status in PERMANENT
            permanent = target if is_permanent else permanent
        detail = f"more than {self._settings.max_redirects} redirects"
        return failed(request.url, Refusal(reason=FetchReason.REDIRECTS, detail=detail))

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Posted | FetchFailed:
        """Send a webhook: once, without following redirects; plain http only into networks that are allowed."""
        target = parse_target(url)
        if isinstance(target, str):
            return failed(url, Refusal(reason=FetchReason.REFUSED_ADDRESS, detail=target))
        async with self._posts:
            heard = await bounded(self._post(target, body, headers), self._settings.timeout.total_seconds())
        if isinstance(heard, Refusal):
            return failed(url, heard)
        return Posted(
            status=heard.status, retry_after=parse_retry_after(heard.header("retry-after"), now), body=heard.body
        )

    async def _hop(self, target: Target, request: Request, budget: _Budget, now: datetime) -> Heard | FetchFailed:
        """One host's answer, once it may be asked; an unexpected 304 is asked again past all caches, once."""
        if request.obeys_robots and (refused := await self._heed_robots(target, request, budget, now)):
            return refused
        heard = await self._exchange(target, request, budget, now)
        if isinstance(heard, Heard) and heard.status == NOT_MODIFIED and request.validators == _NO_VALIDATORS:
            return await self._exchange(target, replace(request, is_fresh=True), budget, now)
        return heard

    async def _heed_robots(
        self, target: Target, request: Request, budget: _Budget, now: datetime
    ) -> FetchFailed | None:
        """Why robots.txt keeps us from a page now; None where it does not."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(budget.patience_s):
                said = await self._robots.check(target, request.proxy, now)
        except TimeoutError:
            return failed(
                request.url, Refusal(reason=FetchReason.NOT_YET, detail="not asked yet: robots.txt has not come")
            )
        budget.patience_s -= loop.time() - began
        if isinstance(said, FetchFailed):
            return replace(said, url=request.url)
        if said.crawl_delay is not None:
            self._turns.slow_down(target.host, said.crawl_delay)
        return None

    async def _exchange(self, target: Target, request: Request, budget: _Budget, now: datetime) -> Heard | FetchFailed:
        """Wait for the host's turn and ask; the budget pays for both."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with self._turns.take(target.host, budget.patience_s) as is_ours:
            budget.patience_s -= loop.time() - began
            resting = self._resting(request.url, target, now)
            if not is_ours or resting:
                detail = "the host wants to be left alone" if resting else "others are asking the same host"
                waits = Refusal(reason=FetchReason.NOT_YET, detail=f"not asked yet: {detail}")
                return failed(request.url, waits, retry_after=resting)
            heard = await bounded(self._get(target, request), budget.exchange_s)
        if isinstance(heard, Refusal):
            return failed(request.url, heard)
        budget.exchange_s -= heard.took_s
        return heard

    def _resting(self, url: str, target: Target, now: datetime) -> timedelta | None:
        if not self._rests:
            return None
        if len(self._rests) > MAX_RESTS:
            self._rests = {scope: until for scope, until in self._rests.items() if until > now}
        scope = self._settings.rest_scope
        asked = url if scope is RestScope.FEED else str(target.url)
        until = self._rests.get(scope_of(asked, target.host, scope))
        return until - now if until is not None and until > now else None

    def _conclude(
        self, request: Request, target: Target, heard: Heard, now: datetime, permanent: Target | None
    ) -> Answer:
        is_conditional = request.validators != _NO_VALIDATORS
        taken = {OK} | ({NOT_MODIFIED} if is_conditional else set()) | ({DELTA} if request.takes_delta else set())
        answer = conclude(
            request.url,
            target,
            heard,
            now,
            taken=frozenset(taken),
            permanent=permanent,
            scope=self._settings.rest_scope,
        )
        if isinstance(answer, FetchFailed) and answer.rest is not None:
            self.keep_rest(answer.rest)
        return answer

    async def _ask_robots(self, target: Target, proxy: str | None, now: datetime) -> Answer:
        url = str(target.url.copy_with(raw_path=b"/robots.txt"))
        asked = Request(url=url, max_bytes=ROBOTS_MAX_BYTES, accept="text/plain, */*;q=0.5", proxy=proxy, cut=True)
        return await self.fetch(asked, now)

    async def _get(self, target: Target, request: Request) -> Heard | Refusal:
        loop = asyncio.get_running_loop()
        started = loop.time()
        pool = self._way(request.proxy)
        if request.proxy is not None and (inner := literal_address(target.host)) is not None:
            reason = refusal(target.host, inner, target.port, self._settings.allow)
            if reason:
                return Refusal(reason=FetchReason.REFUSED_ADDRESS, detail=reason)
        headers = self._headers(target, _asked(request))
        async with pool.stream("GET", target.wire_url, headers=headers, extensions=TIMEOUTS) as response:
            got = received(response)
            if request.listener is not None:
                took_s = loop.time() - started
                request.listener(Hop(url=str(target.url), status=response.status, headers=got, took_s=took_s))
            body: bytes | Refusal = b""
            if response.status == OK or (response.status == DELTA and request.takes_delta):
                body = await take_body(response, got, request.max_bytes, cut=request.cut)
        if isinstance(body, Refusal):
            return body
        return Heard(status=response.status, headers=got, body=body, took_s=loop.time() - started)

    def _way(self, proxy: str | None) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return self._pool
        if proxy not in self._proxies:
            places = self._settings.concurrency
            self._proxies[proxy] = way_through(proxy, self._tls, places, KEEPALIVE_S, MAX_KEEPALIVE)
        return self._proxies[proxy]

    async def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Heard | Refusal:
        if target.url.scheme == "http" and not await self._guard.is_inside(target.host, target.port):
            return Refusal(
                reason=FetchReason.REFUSED_ADDRESS,
                detail=f"plain http to {target.host}, which [fetch] allow does not name",
            )
        sent = self._headers(target, {**headers, "Accept-Encoding": "identity"})
        start = bytearray()
        async with self._pool.stream(
            "POST", target.wire_url, headers=sent, content=body, extensions=TIMEOUTS
        ) as response:
            async for piece in response.aiter_stream():
                start += piece
                if len(start) >= POSTED_BODY_MAX_BYTES:
                    break
            got = received(response)
        return Heard(status=response.status, headers=got, body=bytes(start[:POSTED_BODY_MAX_BYTES]), took_s=0.0)

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
    return f"{AGENT}/{version} (+{shown})" if shown else f"{AGENT}/{version}"


def _asked(request: Request) -> dict[str, str]:
    pairs = {
        "Accept": request.accept,
        "Accept-Encoding": "gzip",
        "If-None-Match": request.validators.etag,
        "If-Modified-Since": request.validators.last_modified,
        "A-IM": "feed" if request.takes_delta and request.validators.etag else None,
        "Cache-Control": "no-cache" if request.is_fresh else None,
    }
    return {name: value for name, value in pairs.items() if value is not None}
