from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest

from tests.servers import Page, Seen, Site
from watchdog.config.settings import FetchSettings
from watchdog.core.messages import message_line
from watchdog.deliver import Notifier, Surroundings, new_webhook_secret
from watchdog.deliver.webhook import make
from watchdog.fetch import GuardedClient
from watchdog.model.delivery import Message, SendFailed, SendReason, Sent

MakeMessage = Callable[..., Message]
KEY = "k" * 32


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@asynccontextmanager
async def webhooks(surroundings: Surroundings, timeout: timedelta) -> AsyncIterator[Notifier]:
    settings = FetchSettings(allow=(ip_network("127.0.0.0/8"),), timeout=timeout)
    async with GuardedClient(settings, "0") as client:
        yield make(replace(surroundings, client=client))


@pytest.fixture
async def channel(surroundings: Surroundings) -> AsyncIterator[Notifier]:
    async with webhooks(surroundings, timedelta(seconds=20)) as channel:
        yield channel


def is_genuine(secret: str, identity: str, timestamp: str, body: bytes, signatures: str) -> bool:
    """A receiver's check, as the specification of Standard Webhooks tells receivers to do it."""
    key = base64.b64decode(secret.split("_", 1)[1])
    wanted = hmac.digest(key, f"{identity}.{timestamp}.{body.decode()}".encode(), hashlib.sha256)
    given = [part.split(",", 1)[1] for part in signatures.split() if part.startswith("v1,")]
    return any(hmac.compare_digest(base64.b64decode(one), wanted) for one in given)


def genuine(seen: Seen, secret: str) -> bool:
    values = [seen.header(f"webhook-{name}") or "" for name in ("id", "timestamp", "signature")]
    return is_genuine(secret, values[0], values[1], seen.body, values[2])


def test_the_receivers_check_knows_the_published_example() -> None:
    # https://docs.svix.com/receiving/verifying-payloads/how-manual
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert is_genuine(secret, *told, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    assert not is_genuine(secret, *told, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=")


async def test_the_receiver_gets_a_signed_message_line(
    channel: Notifier, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    site.put("/hook", status=204)
    secret = new_webhook_secret()
    message = make_message("webhook+" + site.url("/hook"), secret=secret)
    assert await channel.send(message, now) == Sent(receipt="HTTP 204")
    (seen,) = site.requests
    assert seen.method == "POST"
    assert seen.header("content-type") == "application/json"
    assert seen.header("webhook-id") == KEY
    assert seen.header("webhook-timestamp") == "1548153060"
    assert json.loads(seen.body) == {"id": KEY, **message_line(message.alert)}
    assert genuine(seen, secret)
    assert not genuine(seen, new_webhook_secret())


async def test_a_repeat_has_the_same_id_and_body_and_a_new_timestamp(
    channel: Notifier, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    site.script("/hook", Page(status=500), Page(status=200))
    message = make_message("webhook+" + site.url("/hook"))
    assert isinstance(await channel.send(message, now), SendFailed)
    assert isinstance(await channel.send(message, now + timedelta(minutes=5)), Sent)
    first, second = site.requests
    assert (first.header("webhook-id"), first.body) == (second.header("webhook-id"), second.body)
    assert int(second.header("webhook-timestamp") or 0) - int(first.header("webhook-timestamp") or 0) == 300
    assert genuine(first, message.secret or "")
    assert genuine(second, message.secret or "")


@pytest.mark.parametrize(
    ("page", "reason", "wait"),
    [
        pytest.param(Page(status=410), SendReason.BAD_ADDRESS, None, id="gone"),
        pytest.param(Page(status=400), SendReason.POLICY, None, id="refused"),
        pytest.param(Page(status=404), SendReason.CONFIG, None, id="not there"),
        pytest.param(Page(status=429, headers={"Retry-After": "120"}), SendReason.TRANSIENT, 120, id="too many"),
        pytest.param(Page(status=503, headers={"Retry-After": "60"}), SendReason.TRANSIENT, 60, id="busy"),
        pytest.param(Page(status=429), SendReason.TRANSIENT, None, id="too many, no date"),
        pytest.param(Page(status=408), SendReason.TRANSIENT, None, id="the receiver's time-out"),
        pytest.param(Page(status=500), SendReason.TRANSIENT, None, id="broken"),
        pytest.param(Page(status=302, headers={"Location": "/other"}), SendReason.POLICY, None, id="a redirect"),
        pytest.param(Page(raw=b""), SendReason.AMBIGUOUS, None, id="closed after it was sent"),
        pytest.param(Page(raw=b"SSH-2.0\r\n\r\n"), SendReason.AMBIGUOUS, None, id="not HTTP"),
    ],
)
async def test_what_an_answer_means(
    page: Page,
    reason: SendReason,
    wait: int | None,
    channel: Notifier,
    site: Site,
    make_message: MakeMessage,
    now: datetime,
) -> None:
    site.script("/hook", page)
    failed = await channel.send(make_message("webhook+" + site.url("/hook?token=hush")), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is reason
    assert failed.retry_after == (None if wait is None else timedelta(seconds=wait))
    assert "hush" not in failed.detail
    assert "127.0.0.1" not in failed.detail
    assert len(site.requests) == 1
    assert site.requests_to("/other") == []


async def test_no_answer_after_it_was_sent(
    site: Site, surroundings: Surroundings, make_message: MakeMessage, now: datetime
) -> None:
    site.script("/hook", Page(delay=30))
    async with webhooks(surroundings, timedelta(seconds=0.5)) as impatient:
        failed = await impatient.send(make_message("webhook+" + site.url("/hook")), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.AMBIGUOUS


async def test_an_address_that_the_guard_refuses_keeps_the_message(
    site: Site, surroundings: Surroundings, make_message: MakeMessage, now: datetime
) -> None:
    async with GuardedClient(FetchSettings(), "0") as strict:
        around = replace(surroundings, client=strict)
        failed = await make(around).send(make_message("webhook+" + site.url("/hook")), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.CONFIG
    assert site.requests == []


async def test_nobody_listens(channel: Notifier, site: Site, make_message: MakeMessage, now: datetime) -> None:
    with Site() as gone:
        target = "webhook+" + gone.url("/hook")
    failed = await channel.send(make_message(target), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.TRANSIENT


@pytest.mark.parametrize(
    ("target", "secret"),
    [
        pytest.param("webhook+http://10.0.0.1/hook", new_webhook_secret(), id="a network that is not allowed"),
        pytest.param("env:WATCHDOG_TEST_NOT_SET", new_webhook_secret(), id="a reference that leads nowhere"),
        pytest.param("webhook+http://127.0.0.1:9/hook", None, id="no secret"),
        pytest.param("webhook+http://127.0.0.1:9/hook", "whsec_", id="an empty secret"),
        pytest.param("webhook+http://127.0.0.1:9/hook", "whsec_!", id="a damaged secret"),
        pytest.param("webhook+http://127.0.0.1:9/hook", "whsec_ä", id="a secret that is not ASCII"),
        pytest.param("console:", new_webhook_secret(), id="another channel's target"),
    ],
)
async def test_a_wrong_setting_keeps_the_message(
    target: str, secret: str | None, channel: Notifier, make_message: MakeMessage, now: datetime
) -> None:
    failed = await channel.send(make_message(target, secret=secret), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.CONFIG


async def test_a_reference_is_followed_when_it_is_sent(
    channel: Notifier, site: Site, make_message: MakeMessage, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put("/hook")
    monkeypatch.setenv("WATCHDOG_TEST_HOOK", "webhook+" + site.url("/hook"))
    assert isinstance(await channel.send(make_message("env:WATCHDOG_TEST_HOOK"), now), Sent)
    assert len(site.requests) == 1


async def test_hostile_text_travels_escaped_and_whole(
    channel: Notifier, site: Site, hostile: Callable[[str], Message], now: datetime
) -> None:
    site.put("/hook")
    message = hostile("webhook+" + site.url("/hook"))
    assert isinstance(await channel.send(message, now), Sent)
    (seen,) = site.requests
    assert all(0x20 <= byte < 0x7F for byte in seen.body)
    assert json.loads(seen.body)["evidence"] == getattr(message.alert, "evidence", None)
    assert genuine(seen, message.secret or "")
