"""What a response means: a document, nothing new, a failure with its reason, or another address to ask."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from watchdog.config.settings import RestScope
from watchdog.core.address import organisation_of
from watchdog.fetch.body import Refusal
from watchdog.fetch.retry_after import parse_retry_after
from watchdog.fetch.target import Target
from watchdog.fetch.wire import NOT_MODIFIED, OK, Heard
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason, NotModified, Rest

#: A host that says "too often" and not for how long. Judgement: its feed waits longer anyway, see ``core.cadence``.
REST_AFTER_429 = timedelta(minutes=10)

_TOO_MANY, _LEGAL, _UNAVAILABLE = 429, 451, 503
#: Cloudflare's word for "prove that you are a browser" (miniflux, internal/reader/fetcher/response_handler.go).
_CHALLENGE = ("cf-mitigated", "challenge")


def follow(target: Target, heard: Heard) -> Target | Refusal:
    """Where a redirect leads."""
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


def conclude(
    url: str,
    target: Target,
    heard: Heard,
    now: datetime,
    *,
    taken: frozenset[int],
    permanent: Target | None,
    scope: RestScope,
) -> Answer:
    """What a response that is not a redirect means.

    Args:
        url: that was asked for.
        target: that answered.
        heard: its answer.
        now: when.
        taken: the statuses that bring a document, or that it has not changed.
        permanent: where permanent redirects alone lead from ``url``.
        scope: what a "too often" puts to rest.
    """
    permanent_url = None if permanent is None else str(permanent.url)
    if heard.status == NOT_MODIFIED and heard.status in taken:
        return NotModified(url=url, headers=heard.headers, permanent_url=permanent_url)
    if heard.status in taken:
        return Fetched(
            url=url,
            final_url=str(target.url),
            status=heard.status,
            headers=heard.headers,
            body=heard.body,
            fetched_at=now,
            permanent_url=permanent_url,
        )
    wait = parse_retry_after(heard.header("retry-after"), now)
    return failed(
        url, why(heard), status=heard.status, retry_after=wait, rest=_rest(url, target, heard.status, wait, now, scope)
    )


def why(heard: Heard) -> Refusal:
    """The reason in a status that brings no document."""
    said = f"the server answered {heard.status}"
    if heard.status == NOT_MODIFIED:
        return Refusal(reason=FetchReason.PROTOCOL, detail="304 to a request without validators, twice")
    if heard.status == _LEGAL:
        return Refusal(reason=FetchReason.LEGAL, detail=f"{said}: not available for legal reasons")
    if heard.status != OK and (heard.header(_CHALLENGE[0]) or "").strip().lower() == _CHALLENGE[1]:
        return Refusal(reason=FetchReason.CHALLENGE, detail=f"{said}: a gate wants to see a browser")
    return Refusal(reason=FetchReason.HTTP_STATUS, detail=said)


def failed(
    url: str,
    refusal: Refusal,
    *,
    status: int | None = None,
    retry_after: timedelta | None = None,
    rest: Rest | None = None,
) -> FetchFailed:
    """The answer that there is no document."""
    return FetchFailed(
        url=url, reason=refusal.reason, detail=refusal.detail, status=status, retry_after=retry_after, rest=rest
    )


def scope_of(url: str, host: str, scope: RestScope) -> str:
    """The name under which an address rests, or does not."""
    match scope:
        case RestScope.FEED:
            return url
        case RestScope.HOST:
            return host
        case RestScope.DOMAIN:
            return organisation_of(url)


def _rest(
    url: str, target: Target, status: int, wait: timedelta | None, now: datetime, scope: RestScope
) -> Rest | None:
    """429 is meant for us, whoever of us asked; 503 with a time is meant for everybody (RFC 9110, section 15.6.4)."""
    if status not in {_TOO_MANY, _UNAVAILABLE} or (status == _UNAVAILABLE and wait is None):
        return None
    asked = url if scope is RestScope.FEED else str(target.url)
    return Rest(scope=scope_of(asked, target.host, scope), until=now + (wait or REST_AFTER_429))
