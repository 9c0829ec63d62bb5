"""What a server answered to one request, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watchdog.model.dates import check_aware


class FetchReason(StrEnum):
    """Why a request gave no document."""

    REFUSED_ADDRESS = "refused_address"  # not public, not http(s), not an address at all
    NAME = "name_not_found"
    CONNECT = "connect_failed"
    TLS = "tls_failed"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol_error"
    TOO_LARGE = "too_large"
    ENCODING = "content_encoding"  # something other than gzip came back, or gzip that is damaged or a bomb
    REDIRECTS = "redirects"
    HTTP_STATUS = "http_status"
    CHALLENGE = "challenge"  # a gate that wants to see a browser, where the document was
    LEGAL = "legal_block"  # 451 (RFC 7725)
    ROBOTS = "robots"  # robots.txt asks us not to
    ROBOTS_UNKNOWN = "robots_unknown"  # robots.txt cannot be had now, so nobody said that we may
    PROXY = "proxy_failed"
    NOT_YET = "not_yet"  # nothing was asked: the host wants to be left alone, or others are before us
    NOT_RECORDED = "not_recorded"  # replay: no record of this address yet


#: Longer ones are not kept: servers refuse requests with them, which would end the source (nginx takes 8 kB a line).
MAX_VALIDATOR = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask "anything new?" with; opaque, byte for byte (RFC 9110, section 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One response on the way to an answer, for people."""

    url: str
    status: int
    #: Names in lower case.
    headers: tuple[tuple[str, str], ...]
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, whole and within its limits."""

    #: The address that was asked for.
    url: str
    #: The address that answered, after redirects.
    final_url: str
    status: int
    #: Names in lower case, in the server's order; repeated names stay repeated.
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    #: Where the permanent redirects at the start of the chain lead; None where it starts with none.
    permanent_url: str | None = None

    def __post_init__(self) -> None:
        check_aware(self.fetched_at, "fetched_at")

    def header(self, name: str) -> str | None:
        """The first value of a header; the name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    @property
    def validators(self) -> Validators:
        """What to ask with next time."""
        return Validators(etag=_kept(self.header("etag")), last_modified=_kept(self.header("last-modified")))


def _kept(value: str | None) -> str | None:
    return value if value is not None and len(value) <= MAX_VALIDATOR else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304 to a conditional request: a success without a body."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    #: As in ``Fetched``.
    permanent_url: str | None = None

    def validators_after(self, old: Validators) -> Validators:
        """New ones replace the stored, absent ones keep them (RFC 9111, section 4.3.4)."""
        headers = dict(reversed(self.headers))
        return Validators(
            etag=_kept(headers.get("etag")) or old.etag,
            last_modified=_kept(headers.get("last-modified")) or old.last_modified,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A feed, host or domain that is left alone for a while."""

    scope: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No document; the reason is for people and for the back-off."""

    url: str
    reason: FetchReason
    #: For a person: what happened, without credentials.
    detail: str
    status: int | None = None
    #: What the server asked for in Retry-After, already clamped; None where it asked for nothing.
    retry_after: timedelta | None = None
    #: What the answer put to rest beside this address; None where that was nothing.
    rest: Rest | None = None

    @property
    def is_gone(self) -> bool:
        """410: the publisher says that it will not come back."""
        return self.status == 410  # noqa: PLR2004 -- a status code is its own name


Answer = Fetched | NotModified | FetchFailed
