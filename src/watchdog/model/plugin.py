"""What a plug-in of the group ``watchdog.sources`` is: how one kind of source is asked, and its answers read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchdog.model.article import FeedRefused, ParsedFeed


class SourceParser(Protocol):
    """Turns a body into entries; runs in a worker process, so it is a function of a module."""

    def __call__(self, body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | FeedRefused:
        """The entries of a body.

        Args:
            body: As the server sent it, unpacked, within ``[fetch] feed_max_bytes``; hostile.
            url: The address that answered; for an address of ``ParsedFeed.more`` with what stands behind its "#".
            content_type: The header of that name.
            now: When it came.
        """
        ...


class AddressFinder(Protocol):
    """Says which address to ask for a source now; quick, and without a look at anything else."""

    def __call__(self, url: str, *, since: datetime | None, now: datetime) -> str:
        """The address to ask.

        Args:
            url: The source's own, as the operator wrote it or as a redirect moved it: it may be an address of ours.
            since: The last poll that worked; None before the first.
            now: The time of asking.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlugin:
    """A plug-in that asks other addresses than the source's own; one that does not is a ``SourceParser`` alone."""

    parse: SourceParser
    address: AddressFinder
