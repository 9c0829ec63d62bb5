from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from watchdog.config.settings import StartTls
from watchdog.deliver import Surroundings
from watchdog.deliver.letter import compose
from watchdog.deliver.mail import make
from watchdog.model.delivery import Message, SendFailed, SendReason, SendResult, Sent

MakeMessage = Callable[..., Message]
TO = "monitor@ngo.test"
PATIENT, IMPATIENT = timedelta(seconds=20), timedelta(seconds=0.5)


@dataclass
class Box:
    """A handler of aiosmtpd: keeps what it accepts, and answers what a test tells it to."""

    answers: Mapping[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd calls it so, as the three below
        self, server: Any, session: Any, envelope: Any, host: str, replies: list[str]
    ) -> list[str]:
        self.hosts.append(host)
        session.host_name = host
        return replies

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, sender: str, options: list[str]
    ) -> str:
        envelope.mail_from = sender
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, recipient: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(recipient)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append(envelope.content)
        self.recipients.append(envelope.rcpt_tos)
        self.senders.append(envelope.mail_from)
        self.encrypted.append(session.ssl is not None)
        return f"250 2.0.0 queued for {TO}"


@asynccontextmanager
async def smtp_server(box: Box, **options: Any) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mx.test", loop=loop, **options), "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(talk: Talk) -> AsyncIterator[str]:
    """A server that behaves as no library lets it; its conversations end with the test."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.get_running_loop().create_task(serve(reader, writer)))

    server = await asyncio.start_server(start, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        await server.wait_closed()


def talks(*replies: str | None, seen: list[bytes] | None = None) -> Talk:
    """Greets with the first reply and answers each command with the next; None says nothing more, the end hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number, reply in enumerate(replies):
            if number:
                after_data = replies[number - 1] == "354 go on"
                command = await reader.readuntil(b"\r\n.\r\n" if after_data else b"\r\n")
                if seen is not None:
                    seen.append(command)
            if reply is None:
                await asyncio.Event().wait()
            writer.write(f"{reply}\r\n".encode())
            await writer.drain()

    return talk


def at(surroundings: Surroundings, smtp: str, timeout: timedelta = PATIENT, **mail: Any) -> Surroundings:
    return replace(surroundings, mail=replace(surroundings.mail, smtp=smtp, timeout=timeout, **mail))


def reason_of(result: SendResult) -> SendReason:
    assert isinstance(result, SendFailed)
    assert "ngo.test" not in result.detail
    return result.reason


def parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default_policy)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


async def test_a_mail_arrives(make_message: MakeMessage, surroundings: Surroundings, now: datetime) -> None:
    box = Box()
    async with smtp_server(box) as smtp:
        sent = await make(at(surroundings, smtp)).send(make_message(TO, case_name="Mehman Hüseynov"), now)
    assert sent == Sent(receipt="250 2.0.0 queued for (address)")
    assert (box.senders, box.recipients) == (["alerts@watch.test"], [[TO]])
    assert set(box.hosts) == {"watch.test"}  # not the name of this machine
    mail = parsed(box.mails[0])
    assert mail["Subject"] == "[Mehman Hüseynov] Ended or suspended a hunger strike"
    assert "has ended his hunger strike" in mail.get_content()
    assert "Mehman Hüseynov: ended" in mail.get_content()


def test_the_headers(make_message: MakeMessage) -> None:
    mail = parsed(compose(make_message(TO), recipient=TO, sender="alerts@watch.test"))
    root = mail["References"]
    assert {name: str(value) for name, value in mail.items()} == {
        "From": "Watchdog <alerts@watch.test>",
        "To": TO,
        "Subject": "[Mehman Huseynov] Ended or suspended a hunger strike",
        "Date": "Tue, 22 Jan 2019 10:30:00 +0000",
        "Message-ID": f"<{'k' * 32}@watch.test>",
        "In-Reply-To": root,
        "References": root,
        "List-Id": root.replace("@", "."),
        "Auto-Submitted": "auto-generated",
        "Precedence": "list",
        "X-Auto-Response-Suppress": "All",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert root.startswith("<case-")


def test_a_case_is_one_thread(make_message: MakeMessage) -> None:
    def thread(**facts: object) -> str:
        return str(parsed(compose(make_message(TO, **facts), recipient=TO, sender="a@watch.test"))["References"])

    assert thread() == thread(key="other", event=8) != thread(case_id="osman-kavala")


def test_ids_are_never_encoded_and_subjects_always_readable(make_message: MakeMessage) -> None:
    sender = f"alerts@{'a' * 60}.{'b' * 60}.watch.test"
    name = "Мехман Рагим оглы Гусейнов, блогер é à la Genève"
    content = compose(make_message(TO, case_name=name), recipient=TO, sender=sender)
    head = content.partition(b"\r\n\r\n")[0].decode("ascii")
    unfolded = head.replace("\r\n ", " ")
    for header in ("Message-ID", "References", "In-Reply-To", "List-Id"):
        (line,) = [line for line in unfolded.split("\r\n") if line.startswith(header)]
        assert line.startswith(f"{header}: <")
        assert line.endswith(".watch.test>")
    assert "?==?" not in head
    assert parsed(content)["Subject"] == f"[{name}] Ended or suspended a hunger strike"


def test_the_same_message_is_the_same_bytes(make_message: MakeMessage) -> None:
    first, second = (compose(make_message(TO), recipient=TO, sender="a@watch.test") for _ in range(2))
    assert first == second


def test_hostile_text_adds_no_header_and_no_control(hostile: Callable[[str], Message]) -> None:
    content = compose(hostile(TO), recipient=TO, sender="a@watch.test")
    assert content.isascii()
    assert not {byte for byte in content if byte < 0x20} - set(b"\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    mail = parsed(content)
    assert len(mail.keys()) == 14
    assert mail["Bcc"] is None
    assert "Bcc" not in [line.partition(":")[0] for line in mail.get_content().splitlines()]
    for told in (mail["Subject"], mail.get_content().replace("\r\n", "\n")):
        assert not set(told) & set("\x1b\x07\x9b\r\u2028\u202e\u2066\u200b\ufffe")


@pytest.mark.parametrize("name", ["=?utf-8?q?=0D=0ABcc:_y?=", "=?utf-8?b?UmVsZWFzZWQ=?= Мехман"])
def test_a_name_does_not_decode_into_something_else(name: str, make_message: MakeMessage) -> None:
    mail = parsed(compose(make_message(TO, case_name=name), recipient=TO, sender="a@watch.test"))
    assert mail["Bcc"] is None
    assert mail["Subject"] == f"[{name.replace('=?', '= ?')}] Ended or suspended a hunger strike"


@pytest.mark.parametrize(
    ("step", "answer", "reason"),
    [
        pytest.param("RCPT", "450 4.7.1 greylisted", SendReason.TRANSIENT, id="greylisted"),
        pytest.param("RCPT", "452 4.2.2 full", SendReason.TRANSIENT, id="full"),
        pytest.param("RCPT", "552 5.2.2 full", SendReason.TRANSIENT, id="full and sure of it"),
        pytest.param("RCPT", "421 4.3.2 closing", SendReason.TRANSIENT, id="closing at RCPT"),
        pytest.param("RCPT", f"550 5.1.1 <{TO}> unknown", SendReason.BAD_ADDRESS, id="no such user"),
        pytest.param("RCPT", "550 5.2.1 disabled", SendReason.BAD_ADDRESS, id="disabled"),
        pytest.param("RCPT", "550 No such user here", SendReason.BAD_ADDRESS, id="no such user, no enhanced code"),
        pytest.param("RCPT", "550 5.7.1 blocked", SendReason.POLICY, id="blocked"),
        pytest.param("RCPT", "554 5.7.1 relay access denied", SendReason.POLICY, id="no relaying"),
        pytest.param("RCPT", "554 no", SendReason.POLICY, id="no"),
        pytest.param("RCPT", "530 5.7.0 authentication required", SendReason.CONFIG, id="login needed"),
        pytest.param("MAIL", "451 4.3.0 later", SendReason.TRANSIENT, id="sender, later"),
        pytest.param("MAIL", "530 5.7.0 must issue STARTTLS", SendReason.CONFIG, id="STARTTLS needed"),
        pytest.param("MAIL", "553 5.7.1 sender refused", SendReason.CONFIG, id="our sender address"),
        pytest.param("DATA", "451 4.3.0 later", SendReason.TRANSIENT, id="content, later"),
        pytest.param("DATA", "554 5.7.1 spam", SendReason.POLICY, id="spam"),
        pytest.param("DATA", "552 5.2.3 too big", SendReason.POLICY, id="too big"),
        pytest.param("DATA", "550 content refused", SendReason.POLICY, id="content refused"),
        pytest.param("DATA", "550 5.1.1 unknown after all", SendReason.BAD_ADDRESS, id="unknown after DATA"),
    ],
)
async def test_what_a_refusal_means(
    step: str, answer: str, reason: SendReason, make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    box = Box(answers={step: answer})
    async with smtp_server(box) as smtp:
        result = await make(at(surroundings, smtp)).send(make_message(TO), now)
    assert reason_of(result) is reason
    assert box.mails == []


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        pytest.param([None], SendReason.TRANSIENT, id="no greeting"),
        pytest.param([], SendReason.TRANSIENT, id="hangs up at once"),
        pytest.param(["554 5.7.1 go away"], SendReason.CONFIG, id="refuses us"),
        pytest.param(["421 too many"], SendReason.TRANSIENT, id="too many connections"),
        pytest.param(["HTTP/1.1 400 Bad Request"], SendReason.TRANSIENT, id="not SMTP"),
        pytest.param(["220 mx", None], SendReason.TRANSIENT, id="stalls at EHLO"),
        pytest.param(["220 mx", "250 mx", None], SendReason.TRANSIENT, id="stalls at MAIL"),
        pytest.param(["220 mx", "250 mx", "250 ok"], SendReason.TRANSIENT, id="hangs up at RCPT"),
        pytest.param(
            ["220 mx", "250 mx", "250 ok", "250 ok", "354 go on", None], SendReason.AMBIGUOUS, id="stalls after DATA"
        ),
        pytest.param(
            ["220 mx", "250 mx", "250 ok", "250 ok", "354 go on"], SendReason.AMBIGUOUS, id="hangs up after DATA"
        ),
        pytest.param(
            ["220 mx", "250 mx", "250 ok", "250 ok", "354 go on", "421 closing"],
            SendReason.TRANSIENT,
            id="closing after DATA",
        ),
    ],
)
async def test_what_silence_means(
    replies: list[str | None],
    reason: SendReason,
    make_message: MakeMessage,
    surroundings: Surroundings,
    now: datetime,
) -> None:
    async with raw_server(talks(*replies)) as smtp:
        result = await make(at(surroundings, smtp, IMPATIENT)).send(make_message(TO), now)
    assert reason_of(result) is reason


async def test_a_server_that_goes_away_after_taking_it_has_it(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    talk = talks("220 mx", "250 mx", "250 ok", "250 ok", "354 go on", "250 queued")
    async with raw_server(talk) as smtp:
        assert await make(at(surroundings, smtp)).send(make_message(TO), now) == Sent(receipt="250 queued")


async def test_a_server_that_never_says_goodbye_has_it(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    talk = talks("220 mx", "250 mx", "250 ok", "250 ok", "354 go on", "250 queued", None)
    async with raw_server(talk) as smtp:
        assert await make(at(surroundings, smtp)).send(make_message(TO), now) == Sent(receipt="250 queued")


async def test_after_a_lost_answer_the_same_bytes_come_again(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    seen: list[bytes] = []
    box = Box()
    talk = talks("220 mx", "250 mx", "250 ok", "250 ok", "354 go on", None, seen=seen)
    async with raw_server(talk) as smtp:
        first = await make(at(surroundings, smtp, IMPATIENT)).send(make_message(TO), now)
    async with smtp_server(box) as smtp:
        second = await make(at(surroundings, smtp)).send(make_message(TO), now + timedelta(hours=4))
    assert reason_of(first) is SendReason.AMBIGUOUS
    assert isinstance(second, Sent)
    assert seen[-1].removesuffix(b"\r\n.\r\n") == box.mails[0].removesuffix(b"\r\n")


async def test_a_server_that_always_answers_late_is_left(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    async def dawdle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        reply = b"220 mx\r\n"
        while reply:
            wake = asyncio.Event()
            loop.call_later(IMPATIENT.total_seconds() * 0.9, wake.set)
            await wake.wait()
            writer.write(reply)
            reply = b"250 ok\r\n" if await reader.readline() else b""

    async with raw_server(dawdle) as smtp:
        result = await make(at(surroundings, smtp, IMPATIENT)).send(make_message(TO), now)
    assert reason_of(result) is SendReason.TRANSIENT
    assert isinstance(result, SendFailed)
    assert "took too long" in result.detail


async def test_nobody_listens(make_message: MakeMessage, surroundings: Surroundings, now: datetime) -> None:
    async with raw_server(talks()) as smtp:
        pass
    assert reason_of(await make(at(surroundings, smtp)).send(make_message(TO), now)) is SendReason.TRANSIENT


@pytest.mark.parametrize(
    ("target", "mail"),
    [
        pytest.param(TO, {"smtp": "localhost"}, id="a server without a port"),
        pytest.param(TO, {"smtp": "localhost:smtp"}, id="a port that is a word"),
        pytest.param(TO, {"sender": "Watch <a@watch.test>, b@watch.test"}, id="two senders"),
        pytest.param(TO, {"password": "env:WATCHDOG_TEST_NOT_SET"}, id="a password that is not there"),
        pytest.param(
            TO, {"smtp": "mail.example:25", "username": "w", "starttls": StartTls.NEVER}, id="a password in the clear"
        ),
        pytest.param("file:box", {}, id="a reference that leads nowhere"),
        pytest.param("a@b.test, c@d.test", {}, id="two recipients"),
    ],
)
async def test_a_wrong_setting_keeps_the_message(
    target: str, mail: dict[str, Any], make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    around = replace(surroundings, mail=replace(surroundings.mail, **mail))
    assert reason_of(await make(around).send(make_message(target), now)) is SendReason.CONFIG


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("mail.watch.test.pem"))  # self-signed, for tests only
    return context


@pytest.mark.parametrize(
    ("starttls", "reason", "encrypted"),
    [
        pytest.param(StartTls.OFFERED, None, [True], id="offered: encrypted, whoever signed it"),
        pytest.param(StartTls.NEVER, None, [False], id="never: in the clear"),
        pytest.param(StartTls.REQUIRED, SendReason.CONFIG, [], id="required: a wrong certificate stops the channel"),
    ],
)
async def test_starttls(
    starttls: StartTls,
    reason: SendReason | None,
    encrypted: list[bool],
    tls: ssl.SSLContext,
    make_message: MakeMessage,
    surroundings: Surroundings,
    now: datetime,
) -> None:
    box = Box()
    async with smtp_server(box, tls_context=tls) as smtp:
        result = await make(at(surroundings, smtp, starttls=starttls)).send(make_message(TO), now)
    assert box.encrypted == encrypted
    assert isinstance(result, Sent) if reason is None else reason_of(result) is reason


async def test_starttls_is_required_and_not_offered(
    make_message: MakeMessage, surroundings: Surroundings, now: datetime
) -> None:
    box = Box()
    async with smtp_server(box) as smtp:
        result = await make(at(surroundings, smtp, starttls=StartTls.REQUIRED)).send(make_message(TO), now)
    assert reason_of(result) is SendReason.CONFIG
    assert box.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")  # loopback, on purpose
@pytest.mark.parametrize(
    ("password", "reason"),
    [pytest.param("right", None, id="right"), pytest.param("wrong", SendReason.CONFIG, id="wrong")],
)
async def test_login(
    password: str,
    reason: SendReason | None,
    make_message: MakeMessage,
    surroundings: Surroundings,
    now: datetime,
) -> None:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given == LoginPassword(b"watchdog", b"right"), handled=False)

    (surroundings.home / "password").write_text(f"{password}\n")
    options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    async with smtp_server(Box(), **options) as smtp:
        around = at(surroundings, smtp, username="watchdog", password="file:password")
        result = await make(around).send(make_message(TO), now)
    assert isinstance(result, Sent) if reason is None else reason_of(result) is reason
