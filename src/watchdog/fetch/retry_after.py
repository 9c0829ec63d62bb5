"""``Retry-After``: how long a server wants to be left alone (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: A public poller was asked for 317,100 s, so a week is in use; more is a mistake, and would silence a source.
MAX_RETRY_AFTER = timedelta(days=7)

_SECONDS = re.compile(r"[0-9]+", re.ASCII)
_MAX_LENGTH = 64


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read seconds or any of HTTP's three forms of a date, clamped to a week; None where there is no wait."""
    text = (value or "").strip()
    if not text or len(text) > _MAX_LENGTH:
        return None
    if _SECONDS.fullmatch(text):
        wait = timedelta(seconds=min(int(text), int(MAX_RETRY_AFTER.total_seconds())))
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, MAX_RETRY_AFTER) if wait > timedelta(0) else None
