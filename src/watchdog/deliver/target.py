"""Targets: what a subscriber writes after ``subscribe``, read, checked and normalised.

One receiver has one spelling, so that it is one subscriber and hears of each alert once. Errors say what is wrong and
never repeat a target, which may hold a token.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from watchdog.config.settings import Network
from watchdog.deliver.chat import read_chat_target
from watchdog.errors import UsageError
from watchdog.fetch import check_target
from watchdog.model.delivery import Channel

_REFERENCES = ("env:", "file:")
_MOST_TARGET = 2_000
_MOST_SECRET = 10_000
_MOST_LOCAL_PART, _MOST_ADDRESS = 64, 254  # RFC 5321, section 4.5.3.1, and erratum 1690 of RFC 3696
_HOME_PORTS = {"http": 80, "https": 443}
# RFC 5322, section 3.2.3 (dot-atom): no quotes, comments, spaces or commas, so never two addresses nor a header.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_FORMS = "console:, atom:PATH, an e-mail address, webhook+https://..., a chat address, env:NAME or file:PATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where messages go."""

    channel: Channel
    #: Normalised; a reference (``env:NAME``, ``file:PATH``) stays one, so that its token never enters the database.
    target: str


def parse_target(text: str, allow: Sequence[Network] = (), home: Path = Path()) -> Target:
    """Read a target.

    Args:
        text: As the subscriber wrote it.
        allow: Networks that may be reached although they are not public.
        home: Where a relative ``file:PATH`` counts from.

    Raises:
        UsageError: it is none, a reference leads nowhere, or its host is out of bounds.
    """
    text = text.strip()
    if text.startswith(_REFERENCES):
        return Target(channel=_read(_held(text, home), allow, is_bare=False).channel, target=text)
    return _read(text, allow, is_bare=True)


def _read(text: str, allow: Sequence[Network], *, is_bare: bool) -> Target:
    """A target that is no reference; a bare one is stored as it is."""
    if not text.isprintable() or len(text) > _MOST_TARGET:
        raise UsageError("a target is one line of printable characters, not longer than 2,000")
    scheme, colon, rest = text.partition(":")
    match scheme.lower() if colon else "":
        case "console" if not rest:
            return Target(channel=Channel.CONSOLE, target="console:")
        case "atom":
            return Target(channel=Channel.ATOM, target=f"atom:{_inside(rest)}")
        case "webhook+https" | "webhook+http":
            return Target(channel=Channel.WEBHOOK, target=f"webhook+{_url(text.partition('+')[2], allow)}")
        case _ if rest.startswith("//") and "+" not in scheme:
            return Target(channel=Channel.APPRISE, target=_chat(text, allow, is_bare=is_bare))
        case _ if "@" in text and not colon:
            return Target(channel=Channel.EMAIL, target=mail_address(text))
        case _:
            raise UsageError(f"this is no target; write {_FORMS}")


def open_target(target: str, channel: Channel, allow: Sequence[Network], home: Path) -> str:
    """What a stored target means now, after following a reference.

    Raises:
        UsageError: a reference leads nowhere, or to a target of another channel.
    """
    meant = _read(_held(target, home) if target.startswith(_REFERENCES) else target, allow, is_bare=False)
    if meant.channel is not channel:
        raise UsageError(f"the reference does not hold a target of the channel {channel.value}")
    return meant.target


def resolve_secret(reference: str, home: Path) -> str:
    """What ``env:NAME`` or ``file:PATH`` (relative paths count from the home) holds, without white space around it.

    Raises:
        UsageError: it is no reference, or there is nothing.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        held = os.environ.get(name, "").strip()
    elif kind == "file" and name:
        try:
            with (home / name).open("rb") as file:
                held = file.read(_MOST_SECRET).decode().strip()
        except (OSError, ValueError) as exc:
            raise UsageError(f"{reference}: the file cannot be read") from exc
    else:
        raise UsageError("a secret is written env:NAME or file:PATH")
    if not held:
        raise UsageError(f"{reference}: nothing is there")
    return held


def mail_address(text: str) -> str:
    """One plain address, normalised: no display name, no quotes, its host in ASCII.

    Raises:
        UsageError: it is something else.
    """
    local, _, domain = text.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or len(local) > _MOST_LOCAL_PART:
        raise UsageError("an e-mail target is exactly one plain address, such as monitor@example.org")
    # Case of the part before the @ means nothing at any provider we know of; two spellings would be two subscribers.
    address = f"{local.lower()}@{_host(domain)}"
    if len(address) > _MOST_ADDRESS:
        raise UsageError("an e-mail address has at most 254 characters")
    return address


def _held(reference: str, home: Path) -> str:
    held = resolve_secret(reference, home)
    if held.startswith(_REFERENCES):
        raise UsageError(f"{reference}: a reference cannot hold another one")
    return held


def _chat(text: str, allow: Sequence[Network], *, is_bare: bool) -> str:
    target = read_chat_target(text, allow, is_bare=is_bare)
    from watchdog.deliver.apprise import check_service

    check_service(target)
    return target.url


def _inside(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or pure.suffix not in {".xml", ".atom"}:
        raise UsageError("atom: needs a relative path inside the home that ends in .xml or .atom: atom:alerts.xml")
    return str(pure)


def _host(name: str) -> str:
    try:
        ascii_name = name.encode("idna").decode("ascii").lower()
    except UnicodeError as exc:
        raise UsageError("the part that names the host is not a host name") from exc
    if not _HOST.fullmatch(ascii_name):
        raise UsageError("the part that names the host is not a host name")
    return ascii_name


def _url(text: str, allow: Sequence[Network]) -> str:
    try:
        parts = urlsplit(text)
        port, literal = parts.port, _literal(parts.hostname or "")
    except ValueError as exc:
        raise UsageError("the webhook's address cannot be read") from exc
    if parts.username is not None or parts.password is not None:
        raise UsageError("a webhook's address holds no user name or password; use env:NAME or file:PATH")
    host = _host(parts.hostname or "") if literal is None else str(literal)
    if parts.scheme == "http" and literal is None and host != "localhost":
        raise UsageError("webhook+http:// goes only to localhost or an address in digits; use webhook+https://")
    shown = f"[{host}]" if isinstance(literal, IPv6Address) else host
    where = shown if port in {None, _HOME_PORTS[parts.scheme]} else f"{shown}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    url = f"{parts.scheme}://{where}{parts.path or '/'}{query}"
    if refusal := check_target(url, allow):
        raise UsageError(f"webhook: {refusal}")
    return url


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
