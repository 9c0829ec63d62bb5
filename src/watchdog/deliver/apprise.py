"""Chat by way of Apprise, which is imported when the first message goes out (0.15 s and 18 MB; Apprise 2.2.0).

What it says of a message is no evidence: **a success means that the service took a request, not that anybody can read
the message**, and a failure has no kind. So:

- accepted: sent, with a receipt that claims no more;
- a status code in its log, the only hint: 429 and 5xx are tried again; all others are somebody's setting (a token that
  was withdrawn, a room that is gone) and kept, for a code read out of words must not end a message;
- anything else, a time-out above all: the service may have it, so it is tried again and may arrive twice; most services
  know no key, which is why the message names its event.

Its defaults that would harm are off: pictures from elsewhere, redirects, blind retries, splitting, its own threads
(they outlive a stop of the service). It opens its connections itself: the host is looked up and refused here first,
but a name that changes its address between the two look-ups is not seen, nor is a body without end. Targets are for
operators to name, who trust their hosts that far.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from watchdog.deliver.chat import ChatTarget, chat_text, read_chat_target
from watchdog.deliver.notifier import Surroundings
from watchdog.deliver.target import open_target
from watchdog.errors import UsageError
from watchdog.fetch import check_host
from watchdog.model.delivery import Channel, Message, SendFailed, SendReason, SendResult, Sent

if TYPE_CHECKING:
    import apprise

#: For one message; Apprise has no limit that holds, and its threads cannot be stopped, only left alone.
PATIENCE_S = 30.0
#: Threads at once, those left alone included.
_MOST_THREADS = 4
#: As its plug-ins log it: "Failed to send ... notification: ..., error=500." or "(error=500)".
_CODE = re.compile(r"error\s*=\s*([1-5]\d\d)\b")


def make(surroundings: Surroundings) -> Chat:
    """The factory of the plug-in ``apprise``."""
    return Chat(surroundings=surroundings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Hands messages to Apprise, each to an object of its own: a Matrix one that is used twice loses the second."""

    surroundings: Surroundings
    patience_s: float = PATIENCE_S
    _slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_MOST_THREADS))

    async def send(self, message: Message, now: datetime) -> SendResult:  # noqa: ARG002 -- the protocol's signature
        """Try once, for half a minute at most."""
        if not self._slots.acquire(blocking=False):
            return SendFailed(
                reason=SendReason.TRANSIENT, detail=f"{_MOST_THREADS} chat messages are under way already"
            )
        try:
            async with asyncio.timeout(self.patience_s):
                return await _in_thread(lambda: self._deliver(message), self._slots.release)
        except TimeoutError:
            return SendFailed(reason=SendReason.AMBIGUOUS, detail=f"no answer within {self.patience_s:g} s")

    def _deliver(self, message: Message) -> SendResult:
        around = self.surroundings
        try:
            url = open_target(message.target, Channel.APPRISE, around.allow, around.home)
            target = read_chat_target(url, around.allow, is_bare=False)
            if refusal := check_host(target.host, target.port, around.allow, is_tls=target.is_tls):
                return SendFailed(reason=SendReason.CONFIG, detail=refusal)
            return _notify(target, chat_text(message.alert, target.service))
        except UsageError as exc:
            return SendFailed(reason=SendReason.CONFIG, detail=str(exc))
        except OSError:
            return SendFailed(reason=SendReason.TRANSIENT, detail="the chat service's host has no address")


def check_service(target: ChatTarget) -> None:
    """Have Apprise read a target: does it name exactly one receiver, at the host that we think?

    Raises:
        UsageError: it does not.
    """
    _load(target)


def _load(target: ChatTarget) -> apprise.Apprise:
    """An Apprise object with this one service."""
    import apprise

    logger = logging.getLogger("apprise")
    logger.propagate = False  # its words may hold parts of a target; a result keeps its own copy
    logger.addHandler(_SILENT)
    asset = apprise.AppriseAsset(
        app_id="Watchdog",
        app_desc="Watchdog",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        async_mode=False,
        service_timeout=0,  # its way to keep a limit is a thread that outlives us
    )
    service = apprise.Apprise.instantiate(target.sent_url, asset=asset)
    if service is None:
        raise UsageError("Apprise cannot read this chat address; see the page of the service in its wiki")
    if len(service) != 1:
        raise UsageError("a chat address names one receiver; subscribe each by itself")
    if not target.has_made_up_host and str(service.host or "").lower().strip("[]") != target.host:
        raise UsageError("the host in this chat address can be read in two ways; write it plainly")
    mine = apprise.Apprise(asset=asset)
    mine.add(service)
    return mine


_SILENT = logging.NullHandler()


def _notify(target: ChatTarget, text: str) -> SendResult:
    import apprise

    result = _load(target).notify(body=text, body_format=apprise.NotifyFormat.TEXT, interpret_escapes=False)
    if result:
        return Sent(receipt="taken by the chat service; whether it is shown is not known")
    return _judge([entry.message for entry in result.logs()])


def _judge(logged: list[str]) -> SendFailed:
    codes = [int(found[1]) for line in logged for found in _CODE.finditer(line)]
    if not codes:
        return SendFailed(reason=SendReason.AMBIGUOUS, detail="Apprise says that it failed, not why")
    code = codes[-1]
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR or code == HTTPStatus.TOO_MANY_REQUESTS:
        return SendFailed(reason=SendReason.TRANSIENT, detail=f"HTTP {code}")
    return SendFailed(reason=SendReason.CONFIG, detail=f"HTTP {code}: the chat service does not take this address")


async def _in_thread(work: Callable[[], SendResult], at_end: Callable[[], None]) -> SendResult:
    """Run work in a thread that nobody waits for at exit; one that hangs ends with the process."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[SendResult] = loop.create_future()

    def settle(result: SendResult | BaseException) -> None:
        if outcome.done():
            return
        if isinstance(result, BaseException):
            outcome.set_exception(result)
        else:
            outcome.set_result(result)

    def run() -> None:
        result: SendResult | BaseException
        try:
            result = work()
        except Exception as exc:  # noqa: BLE001 -- raised again where it is waited for
            result = exc
        finally:
            at_end()
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="chat", daemon=True).start()
    return await outcome
