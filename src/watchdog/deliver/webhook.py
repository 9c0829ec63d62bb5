"""``webhook+https://...``: the alert as JSON, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: ``id.timestamp.body`` is
signed; the id is the same at every try, so a receiver can drop a repeat.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from watchdog.core.messages import message_line
from watchdog.deliver.notifier import Surroundings
from watchdog.deliver.target import open_target, resolve_secret
from watchdog.errors import UsageError
from watchdog.model.answer import FetchFailed, FetchReason
from watchdog.model.delivery import Channel, Message, SendFailed, SendReason, SendResult, Sent

_PREFIX = "whsec_"
_SECRET_BYTES = 32  # the standard asks for 24 to 64
_BUSY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
#: A bad deploy at the receiver's side looks so, and is mended within days: kept and tried again.
_MISPLACED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
#: The request may have arrived before this went wrong.
_MAYBE_ARRIVED = {FetchReason.TIMEOUT, FetchReason.PROTOCOL, FetchReason.TOO_LARGE, FetchReason.ENCODING}


def new_webhook_secret() -> str:
    """A secret for one subscriber, as Standard Webhooks libraries read it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def make(surroundings: Surroundings) -> Webhook:
    """The factory of the plug-in ``webhook``."""
    return Webhook(surroundings=surroundings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Posts to every webhook; the guarded client keeps it off addresses that nobody allowed."""

    surroundings: Surroundings

    async def send(self, message: Message, now: datetime) -> SendResult:
        """Post once; the timestamp is of now, id and body are the same at every try."""
        around = self.surroundings
        try:
            target = open_target(message.target, Channel.WEBHOOK, around.allow, around.home)
            body = webhook_body(message)
            secret = message.secret or ""
            if secret.startswith(("env:", "file:")):  # an operator's, who keeps it outside the database
                secret = resolve_secret(secret, around.home)
            headers = _headers(message, secret, body, now)
        except UsageError as exc:
            return SendFailed(reason=SendReason.CONFIG, detail=str(exc))
        answer = await around.client.post(target.partition("+")[2], body=body, headers=headers, now=now)
        if isinstance(answer, FetchFailed) and answer.status is None:
            return SendFailed(reason=_blame(answer.reason), detail=answer.reason.value, retry_after=answer.retry_after)
        return _judge(answer.status or 0, answer.retry_after)


def webhook_body(message: Message) -> bytes:
    """The line for machines with the delivery's key as ``id``; ASCII, so that controls and marks travel escaped."""
    line = {"id": message.key, **message_line(message.alert)}
    return json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _headers(message: Message, secret: str, body: bytes, now: datetime) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    signed = b".".join((message.key.encode("ascii"), stamp.encode("ascii"), body))
    digest = hmac.new(_signing_key(secret), signed, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message.key,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode("ascii"),
    }


def _signing_key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise UsageError("the webhook's secret is damaged; unsubscribe and subscribe it anew") from exc
    if not key:
        raise UsageError("the webhook has no secret; unsubscribe and subscribe it anew")
    return key


def _blame(reason: FetchReason) -> SendReason:
    if reason is FetchReason.REFUSED_ADDRESS:  # [fetch] allow may be mended, so the message waits
        return SendReason.CONFIG
    return SendReason.AMBIGUOUS if reason in _MAYBE_ARRIVED else SendReason.TRANSIENT


def _judge(status: int, retry_after: timedelta | None) -> SendResult:
    detail = f"HTTP {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Sent(receipt=detail)
    if status == HTTPStatus.GONE:
        return SendFailed(reason=SendReason.BAD_ADDRESS, detail=f"{detail}: the receiver wants no more")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _BUSY:
        return SendFailed(reason=SendReason.TRANSIENT, detail=detail, retry_after=retry_after)
    if status in _MISPLACED:
        return SendFailed(reason=SendReason.CONFIG, detail=detail)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        detail += ": a redirect, which is not followed; subscribe the address that it leads to"
    return SendFailed(reason=SendReason.POLICY, detail=detail)
