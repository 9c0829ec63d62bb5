"""Ways out of this machine: straight through the guard, or through a proxy that an operator named for a source.

A proxy looks names up itself, so that a look-up does not tell this network what is read, and names that only the proxy
knows work (Tor's ``.onion``). Which addresses it may reach is then the proxy's to decide; only hosts that spell out an
address are still checked here.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

import httpcore

from watchdog.fetch.stream import connect
from watchdog.model.source import PROXY_PORTS

_VERSION, _NO_LOGIN, _CONNECT, _DONE = 5, 0, 1, 0
_IPV4, _NAME, _IPV6 = 1, 3, 4
#: RFC 1928, section 6.
_REPLIES = {
    1: "failed",
    2: "does not allow it",
    3: "finds no network to it",
    4: "cannot reach the host",
    5: "was refused the connection by the host",
    6: "ran out of hops",
    7: "knows no CONNECT",
    8: "does not know this kind of address",
}


class ProxyFailed(httpcore.ConnectError):
    """The proxy did not give us a connection; never leaves ``fetch``."""


def way_through(
    proxy: str, tls: ssl.SSLContext, max_connections: int, keepalive_s: float, max_keepalive: int
) -> httpcore.AsyncConnectionPool:
    """A connection pool whose every connection goes through a proxy."""
    parts = urlsplit(proxy)
    host, port = parts.hostname or "", parts.port or PROXY_PORTS[parts.scheme]
    is_socks = parts.scheme == "socks5h"
    return httpcore.AsyncConnectionPool(
        ssl_context=tls,
        proxy=None if is_socks else httpcore.Proxy(httpcore.URL(scheme="http", host=host, port=port, target="/")),
        max_connections=max_connections,
        max_keepalive_connections=max_keepalive,
        keepalive_expiry=keepalive_s,
        network_backend=Socks5(host, port) if is_socks else ToProxy(),
    )


class ToProxy(httpcore.AsyncNetworkBackend):
    """Connections to the proxy itself, which the operator named and the guard need not check."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; a proxy that is not there is told apart from a host that is not."""
        try:
            return await connect(host, port, timeout, local_address, socket_options)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
            raise ProxyFailed("the proxy cannot be reached") from exc


class Socks5(ToProxy):
    """Connections through a SOCKS5 proxy without a login (RFC 1928), by name; to local sockets never (as inherited)."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the proxy, and have it connect to the host."""
        stream = await super().connect_tcp(self._host, self._port, timeout, local_address, socket_options)
        try:
            await _shake_hands(stream, host, port, timeout)
        except BaseException:
            await stream.aclose()
            raise
        return stream


async def _shake_hands(stream: httpcore.AsyncNetworkStream, host: str, port: int, limit_s: float | None) -> None:
    await stream.write(bytes([_VERSION, 1, _NO_LOGIN]), limit_s)
    if await _read(stream, 2, limit_s) != bytes([_VERSION, _NO_LOGIN]):
        raise ProxyFailed("the proxy wants a login, or does not speak SOCKS5")
    await stream.write(bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(2, "big"), limit_s)
    version, reply, _, kind = await _read(stream, 4, limit_s)
    if version != _VERSION:
        raise ProxyFailed("the proxy does not speak SOCKS5")
    if reply != _DONE:
        raise ProxyFailed(f"the proxy {_REPLIES.get(reply, 'failed')}")
    lengths = {_IPV4: 4, _IPV6: 16}
    length = (await _read(stream, 1, limit_s))[0] if kind == _NAME else lengths.get(kind, 0)
    await _read(stream, length + 2, limit_s)  # where it is bound; of no use


def _address(host: str) -> bytes:
    try:
        literal = ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if isinstance(literal, IPv4Address) else _IPV6]) + literal.packed


async def _read(stream: httpcore.AsyncNetworkStream, length: int, limit_s: float | None) -> bytes:
    taken = b""
    while len(taken) < length:
        piece = await stream.read(length - len(taken), limit_s)
        if not piece:
            raise ProxyFailed("the proxy broke off")
        taken += piece
    return taken
