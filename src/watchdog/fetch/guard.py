"""The guard below the HTTP client: every connection goes through it, so redirects and changing names are covered.

One look-up a connection, every answer checked, and the connection goes to the checked number itself: a name that is
public when checked and private when connected to (DNS rebinding) has no second look-up to lie to. Host header and TLS
keep the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address

import httpcore

from watchdog.fetch.stream import connect
from watchdog.fetch.target import Address, Network, is_allowed, literal_address, refusal

#: Answers of one name that are tried in turn; more are for load balancing.
MAX_TRIES = 3

#: Looks a host up: all its addresses, in the order to try. Raises OSError where there are none.
Resolver = Callable[[str, int], Awaitable[list[Address]]]


class AddressRefused(httpcore.ConnectError):
    """The guard says no; never leaves ``fetch``."""


class NameNotFound(httpcore.ConnectError):
    """The name server says no; never leaves ``fetch``."""


class SystemResolver:
    """The machine's own resolver, in threads of its own: slow name servers must not hold up the default executor."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> list[Address]:
        """Look up both families; the order is the system's (RFC 6724). A number needs no look-up."""
        with suppress(ValueError):
            return [ip_address(host)]
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _lookup, host, port)
        return [ip_address(number) for number in dict.fromkeys(found)]

    def close(self) -> None:
        """Let go of the threads; look-ups under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def check_host(host: str, port: int, allow: Iterable[Network], *, is_tls: bool) -> str | None:
    """Look a host up, and say why connecting to it is refused; None where it may be.

    For what connects by itself: the address that it will find is one of its own look-up, which may differ. Blocks.

    Raises:
        OSError: the host has no address.
    """
    try:
        numbers = [host] if literal_address(host) else _lookup(host, port)
    except UnicodeError as exc:
        raise OSError(f"no address is known for {host}") from exc
    networks = tuple(allow)
    addresses = [address for number in numbers if (address := literal_address(number))]
    if not is_tls and not all(is_allowed(address, networks) for address in addresses):
        return "plain http is only for a network that [fetch] allow names; use https"
    reasons = (refusal(host, address, port, networks) for address in addresses)
    return next((reason for reason in reasons if reason), None)


def _lookup(host: str, port: int) -> list[str]:
    return [str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Guard(httpcore.AsyncNetworkBackend):
    """Connects only to public addresses, and to networks the operator allows; to local sockets never (as inherited)."""

    def __init__(self, allow: tuple[Network, ...], resolve: Resolver) -> None:
        self._allow = allow
        self._resolve = resolve

    async def addresses(self, host: str, port: int) -> list[Address]:
        """All addresses of a host, each of which may be connected to.

        Raises:
            AddressRefused: one of them may not.
            NameNotFound: there are none.
        """
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as exc:
            raise NameNotFound(f"no address is known for {host}") from exc
        if not found:
            raise NameNotFound(f"no address is known for {host}")
        for address in found:
            if reason := refusal(host, address, port, self._allow):
                raise AddressRefused(reason)
        return found

    async def is_inside(self, host: str, port: int) -> bool:
        """Whether all addresses of a host are in networks that the operator allows; raises like ``addresses``."""
        return all(is_allowed(address, self._allow) for address in await self.addresses(host, port))

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look up, check, connect to the first checked number that answers."""
        *first, last = (await self.addresses(host, port))[:MAX_TRIES]
        for address in first:
            try:
                return await connect(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await connect(str(last), port, timeout, local_address, socket_options)
