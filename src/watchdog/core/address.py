"""Addresses of the web, written one way, so that one page has one address.

Two spellings of one address become equal (RFC 3986, section 6.2.2 and 6.2.3); what only counts visitors is dropped.
Nothing that could mean another page is touched: order and spelling of the query, a slash at the end, "www.".
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

#: Longer addresses are refused; servers commonly refuse them too (RFC 9110, section 4.1, asks for 8,000 octets).
MAX_LENGTH = 8_000
_MAX_HOST = 253  # RFC 1035, section 2.3.4
_PORTS = {"http": 80, "https": 443}

#: Parameters that tell where a visitor came from. Source: miniflux ``internal/reader/urlcleaner/urlcleaner.go``
#: (seen 2026-11-21), which names the lists of Firefox, Brave and AdGuard; xtor and at_* are the ones of French
#: and British broadcasters (documentation of AT Internet, "xtor").
_TRACKING = frozenset(
    re.findall(
        r"\w+",
        """fbclid _openstat fb_action_ids fb_action_types fb_ref fb_source fb_comment_id gclid dclid gbraid wbraid
        gclsrc srsltid yclid ysclid twclid ttclid msclkid mc_cid mc_eid mc_tc wickedid hsa_cam _hsenc __hssc __hstc
        __hsfp _hsmi
        hsctatracking rb_clickid oly_anon_id oly_enc_id vero_id vero_conv mkt_tok sc_cid _bhlid _branch_match_id
        _branch_referrer igshid xtor at_medium at_campaign""",
    )
)
_TRACKING_PREFIXES = ("utm_", "mtm_")

#: Second levels under which countries register names: "gov.az", "co.uk". Not the public suffix list, which would be
#: a file to keep fresh: a wrong guess costs an operator one ``org =`` line.
_SECOND_LEVELS = frozenset(re.findall(r"\w+", "ac co com edu gob gouv gov govt info ltd mil net nom or org sch"))

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")  # half a surrogate pair cannot be escaped
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_IPV6 = re.compile(r"[0-9a-f:.]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
#: All that a path or query may hold as it is, with "%" for what is escaped already (RFC 3986, section 3.3 and 3.4).
_SAFE = "%/?:@!$&'()*+,;=~-._[]"


def canonical(url: str, base: str | None = None) -> str | None:
    """The one spelling of an http(s) address, without fragment and tracking parameters.

    Args:
        url: As found; relative where a base is given. White space around it is ignored.
        base: What a relative address counts from.

    Returns:
        None where it cannot be followed: another scheme, control characters, credentials, no or a broken host.
    """
    text = url.strip()
    if not text or len(text) > MAX_LENGTH or _CONTROL.search(text):
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        port = parts.port
    except ValueError:  # a broken IPv6 literal or port
        return None
    host = _clean_host(parts)
    if parts.scheme not in _PORTS or host is None:
        return None
    netloc = host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"
    path = clean_escapes(_without_dots(parts.path) or "/")
    return urlunsplit((parts.scheme, netloc, path, clean_escapes(_clean_query(parts.query)), ""))


def host_of(url: str) -> str:
    """The host of an address, in lower case and punycode; empty where there is none."""
    try:
        parts = urlsplit(url.strip())
        return _clean_host(parts) or ""
    except ValueError:
        return ""


def organisation_of(url: str) -> str:
    """Who probably runs a site: the registered domain without its suffix's rest, "oc-media.org" for any host under it.

    An address literal is its own organisation. A guess, see ``_SECOND_LEVELS``.
    """
    host = host_of(url)
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit():
        return host
    under_country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS  # noqa: PLR2004 -- labels
    return ".".join(labels[-3 if under_country else -2 :])


def _clean_host(parts: SplitResult) -> str | None:
    if "@" in parts.netloc:  # credentials, or a name that only looks like the host
        return None
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        return f"[{host}]" if _IPV6.fullmatch(host) else None
    if not host or len(host) > _MAX_HOST:  # the limit comes first: encoding to punycode is quadratic
        return None
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return host if _HOST.fullmatch(host) else None


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4: "." and ".." are walked; empty segments stay."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for number, segment in enumerate(segments):
        is_last = number == len(segments) - 1
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
        if is_last and segment in {".", ".."}:
            kept.append("")
    return "/".join(kept)


def _clean_query(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _is_tracking(part.partition("=")[0].lower()))


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def clean_escapes(text: str) -> str:
    """A path or query written one way: what need not be escaped is not, the rest in upper case (RFC 3986, 6.2.2)."""

    def one(found: re.Match[str]) -> str:
        char = chr(int(found[1], 16))
        return char if char in _UNRESERVED else found[0].upper()

    return quote(_ESCAPE.sub(one, text), safe=_SAFE)
