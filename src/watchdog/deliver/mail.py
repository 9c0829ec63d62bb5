"""E-mail: one recipient a message, and an exact reading of what the server answered.

Mail is at-least-once: every try sends the same bytes with the same Message-ID (see ``letter``), which is what lets a
receiver see that two are one.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

import aiosmtplib

from watchdog.config.settings import MailSettings, StartTls
from watchdog.core.render import clean
from watchdog.deliver.letter import compose
from watchdog.deliver.notifier import Surroundings
from watchdog.deliver.target import mail_address, open_target, resolve_secret
from watchdog.errors import UsageError
from watchdog.model.delivery import Channel, Message, SendFailed, SendReason, SendResult, Sent

#: All of one try, however slowly a server goes on: so many of its time-outs, and less than a delivery's lease of 90 s.
_MOST_TIMEOUTS = 3
_WHOLE_TRY_S = 75.0
_GOODBYE_S = 1.0
_TLS_PORT = 465  # RFC 8314, section 3.3
_MOST_DETAIL = 200
_NEEDS_LOGIN = {530, 534, 535, 538}  # RFC 4954, section 6
_FULL = "5.2.2"
_BAD_MAILBOX = re.compile(r"5\.(?:1\.\d{1,3}|2\.1)")  # RFC 3463: addressing status; mailbox disabled
_NO_SUCH = {550, 551, 553}
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_ADDRESS = re.compile(r"[^\s<>()]{1,320}@[^\s<>()]{1,320}")


def make(surroundings: Surroundings) -> Mail:
    """The factory of the plug-in ``email``."""
    return Mail(surroundings=surroundings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Hands messages to the operator's own server, one connection a message."""

    surroundings: Surroundings

    async def send(self, message: Message, now: datetime) -> SendResult:  # noqa: ARG002 -- the protocol's signature
        """Try once; a reply lost after DATA is ambiguous, everything before it is not."""
        around = self.surroundings
        try:
            recipient = open_target(message.target, Channel.EMAIL, around.allow, around.home)
            sender = mail_address(around.mail.sender)
            password = resolve_secret(around.mail.password, around.home) if around.mail.password else ""
            client = _client(around.mail, sender, password)
        except UsageError as exc:
            return SendFailed(reason=SendReason.CONFIG, detail=str(exc))
        content = compose(message, recipient=recipient, sender=sender)
        attempt = _Attempt(client=client, sender=sender, recipient=recipient)
        try:
            async with asyncio.timeout(min(_WHOLE_TRY_S, _MOST_TIMEOUTS * around.mail.timeout.total_seconds())):
                result = await attempt.run(content)
        except TimeoutError:
            result = attempt.lost("the server took too long")
        else:
            if isinstance(result, Sent):  # it has the message; how it says goodbye changes nothing
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.quit(timeout=_GOODBYE_S)
        finally:
            client.close()
        return result


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """One conversation with the server, and how far it came."""

    client: aiosmtplib.SMTP
    sender: str
    recipient: str
    in_data: bool = False

    async def run(self, content: bytes) -> SendResult:
        try:
            await self.client.connect()
            await self.client.mail(self.sender)
            await self.client.rcpt(self.recipient)
            self.in_data = True
            answer = await self.client.data(content)
        except (aiosmtplib.SMTPException, OSError) as exc:
            return self.failed(exc)
        return Sent(receipt=f"{answer.code} {_told(answer.message)}")

    def failed(self, exc: aiosmtplib.SMTPException | OSError) -> SendFailed:
        if isinstance(exc, aiosmtplib.SMTPResponseException):
            return _judge(exc)
        if isinstance(exc, ssl.SSLError) or isinstance(exc.__cause__, ssl.SSLError):
            return SendFailed(reason=SendReason.CONFIG, detail="TLS with the mail server failed; see [mail] starttls")
        if isinstance(exc, OSError):  # also the library's connect errors, time-outs and lost connections
            return self.lost(type(exc).__name__)
        return SendFailed(reason=SendReason.CONFIG, detail=_told(exc.message))  # it offers no STARTTLS, or no AUTH

    def lost(self, detail: str) -> SendFailed:
        if self.in_data:
            return SendFailed(reason=SendReason.AMBIGUOUS, detail=f"no answer after the message was sent: {detail}")
        return SendFailed(reason=SendReason.TRANSIENT, detail=f"no conversation with the mail server: {detail}")


def _judge(refused: aiosmtplib.SMTPResponseException) -> SendFailed:
    """Who is to blame for a reply, by its code and its enhanced code (RFC 5321, section 4.2; RFC 3463)."""
    code, text = refused.code, refused.message
    found = _ENHANCED.match(text)
    return SendFailed(reason=_blame(refused, code, found[0] if found else ""), detail=f"{code} {_told(text)}")


def _blame(refused: aiosmtplib.SMTPResponseException, code: int, enhanced: str) -> SendReason:
    if code in _NEEDS_LOGIN or isinstance(refused, aiosmtplib.SMTPAuthenticationError):
        return SendReason.CONFIG
    if not 500 <= code <= 599 or enhanced == _FULL:  # noqa: PLR2004 -- the class of permanent replies, RFC 5321, 4.2.1
        return SendReason.TRANSIENT
    if not isinstance(refused, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        return SendReason.CONFIG  # greeting, HELO, STARTTLS or our sender address: no subscriber is to blame
    if _BAD_MAILBOX.fullmatch(enhanced):
        return SendReason.BAD_ADDRESS
    if not enhanced and code in _NO_SUCH and isinstance(refused, aiosmtplib.SMTPRecipientRefused):
        return SendReason.BAD_ADDRESS
    return SendReason.POLICY


def _client(settings: MailSettings, sender: str, password: str) -> aiosmtplib.SMTP:
    host, port = _server(settings.smtp)
    direct = port == _TLS_PORT
    # A password goes in the clear to this machine only. Without one, "offered" encrypts against listeners and checks no
    # certificate: it would talk in the clear as well (RFC 7435, section 3).
    secret = bool(settings.username) and not _is_here(host)
    required = settings.starttls is StartTls.REQUIRED or (settings.starttls is StartTls.OFFERED and secret)
    never = settings.starttls is StartTls.NEVER
    if never and secret and not direct:
        raise UsageError("[mail]: a password is not sent in the clear; set starttls to required")
    return aiosmtplib.SMTP(
        hostname=host,
        port=port,
        username=settings.username.encode() or None,  # as bytes, since the library takes text for ASCII
        password=password.encode() or None,
        local_hostname=sender.rpartition("@")[2],  # not this machine's name
        timeout=settings.timeout.total_seconds(),
        use_tls=direct,
        start_tls=False if direct or never else required or None,
        validate_certs=direct or required,
    )


def _server(smtp: str) -> tuple[str, int]:
    host, _, port = smtp.rpartition(":")
    if not host or not _PORT.fullmatch(port):
        raise UsageError("[mail] smtp is written HOST:PORT, such as localhost:25")
    return host.strip("[]"), int(port)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _told(text: str) -> str:
    """What a server said, without addresses."""
    return clean(_ADDRESS.sub("(address)", text), _MOST_DETAIL)
