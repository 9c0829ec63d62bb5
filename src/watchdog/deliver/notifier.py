"""What a channel is, and what it may touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

from watchdog.config.settings import MailSettings, Network
from watchdog.fetch import Posted
from watchdog.model.answer import FetchFailed
from watchdog.model.delivery import Message, SendResult


class Notifier(Protocol):
    """One channel: carries messages to the targets of one kind."""

    async def send(self, message: Message, now: datetime) -> SendResult:
        """Try once, and say what became of it.

        Safe to repeat: the message's key is the same at every try, so a receiver that has it can tell. What we expect
        (a full mailbox, no network, a reference that leads nowhere) is a value; takes at most 80 seconds, less than the
        lease of a delivery.
        """
        ...


class Poster(Protocol):
    """The part of the guarded client that channels use: it reaches allowed addresses only and follows no redirect."""

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Posted | FetchFailed:
        """Send a body once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a channel gets when it is made."""

    home: Path
    mail: MailSettings
    client: Poster
    #: Where ``console:`` writes.
    out: TextIO
    #: Whether ``console:`` writes JSON lines, because a command promised nothing else on this stream.
    as_json: bool = False
    #: Networks that may be reached although they are not public.
    allow: tuple[Network, ...] = ()
    version: str = ""
