"""Addresses that somebody else wrote, taken apart or refused in words; nothing here asks a name server."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore
import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
#: A feed elsewhere is rare, and other ports are where a server's own services listen.
PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})

_HOST = re.compile(r"[a-z0-9_][a-z0-9._-]{0,252}|[0-9a-f:.]{2,45}")
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052, section 2.1
_COMPATIBLE = ip_network("::/96")  # RFC 4291, section 2.5.5.1
_GLOBAL_UNICAST = ip_network("2000::/3")  # IANA IPv6 address space registry: nothing else is handed out
#: Special ranges that Python 3.11.7 still counts as global (IANA special-purpose registries, seen 2026-11-21).
_NOT_PUBLIC = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An http(s) address that can be asked for."""

    #: Without user name, password and fragment.
    url: httpx.URL
    #: From the address's user name and password; goes to this origin only.
    authorization: str | None

    @property
    def host(self) -> str:
        """In ASCII, lower case, without brackets."""
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        """The one that is connected to."""
        return self.url.port or DEFAULT_PORTS[self.url.scheme]

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials belong to (RFC 6454, section 4)."""
        return self.url.scheme, self.host, self.port

    @property
    def wire_url(self) -> httpcore.URL:
        """The same for the connection pool."""
        url = self.url
        return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)

    def join(self, location: str) -> Target | str:
        """Where a redirect from here points; credentials stay within the origin, those it brings are not taken."""
        if any(char < " " or char == "\x7f" for char in location):
            return "the redirect's address holds a control character"
        try:
            joined = parse_target(str(self.url.join(location)))
        except (httpx.InvalidURL, ValueError):
            return "the redirect's address cannot be read"
        if isinstance(joined, str):
            return joined
        kept = self.authorization if joined.origin == self.origin else None
        return Target(url=joined.url, authorization=kept)


def parse_target(text: str) -> Target | str:
    """Take an address apart, or say in words why it cannot be asked for."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return "the address cannot be read: control characters, or a host or port that cannot be"
    if url.scheme not in DEFAULT_PORTS:
        return f"only http and https are asked for, not {url.scheme[:20]!r}"
    host = url.raw_host.decode("ascii", "replace")
    if not _HOST.fullmatch(host) or any(len(label) > 63 for label in host.split(".")):  # noqa: PLR2004 -- RFC 1035, 2.3.4
        return "the address has no host, or one that cannot be" if host else "the address has no host"
    if url.port is not None and not 0 < url.port < 65536:  # noqa: PLR2004 -- a port is 16 bits
        return "the address has a port that cannot be"
    authorization = f"Basic {base64.b64encode(url.userinfo).decode()}" if url.userinfo else None
    if url.userinfo or url.fragment:
        url = url.copy_with(userinfo=b"", fragment=None)
    return Target(url=url, authorization=authorization)


def is_allowed(address: Address, allow: Iterable[Network]) -> bool:
    """Whether an operator's network holds the address, or the IPv4 address that is wrapped in it."""
    forms = (address, _unwrap(address))
    return any(form in network for network in allow for form in forms)


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet may be meant; for wrapped IPv4 addresses the inner one counts."""
    inner = _unwrap(address)
    if isinstance(inner, IPv6Address) and inner not in _GLOBAL_UNICAST:
        return False
    return inner.is_global and not inner.is_multicast and not any(inner in network for network in _NOT_PUBLIC)


def _unwrap(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo, NAT64 or IPv4-compatible address, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def literal_address(host: str) -> Address | None:
    """The address that a host spells out, in any form that connecting would take (``127.1``, ``0x7f.1``); else None."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def refusal(host: str, address: Address, port: int, allow: Iterable[Network]) -> str | None:
    """Why this address must not be connected to, in words that name it; None where it may be."""
    if is_allowed(address, allow):
        return None
    shown = host if host == str(address) else f"{host} ({address})"
    if not is_public(address):
        return f"{shown} is not a public address; [fetch] allow can permit its network"
    if port not in PUBLIC_PORTS:
        return f"port {port} of {shown} is not among {', '.join(map(str, sorted(PUBLIC_PORTS)))}"
    return None


def check_target(url: str, allow: Iterable[Network]) -> str | None:
    """Say why a webhook cannot point there, as far as this is known without a name server; None where it can.

    Plain http is for networks that the operator allows. A name is looked up, and checked again, at each request.
    """
    target, networks = parse_target(url), tuple(allow)
    if isinstance(target, str):
        return target
    address = literal_address(target.host)
    if target.url.scheme == "http" and (not networks if address is None else not is_allowed(address, networks)):
        return "plain http is only for a network that [fetch] allow names; use https"
    if address is None:
        return None
    return refusal(target.host, address, target.port, networks)
