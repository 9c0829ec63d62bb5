from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from watchdog.config.settings import FetchSettings, MailSettings
from watchdog.deliver import Surroundings
from watchdog.fetch import GuardedClient
from watchdog.model.claim import Certainty
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Alert, AlertKind, Message
from watchdog.model.event import Band
from watchdog.model.status import Status

CREATED = datetime(2019, 1, 22, 10, 30, tzinfo=UTC)
NOW = CREATED + timedelta(minutes=1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

FACTS: dict[str, object] = {
    "kind": AlertKind.ALERT,
    "case_id": "mehman-huseynov",
    "case_name": "Mehman Huseynov",
    "status": Status.HUNGER_STRIKE_ENDED,
    "event": 7,
    "event_date": PartialDate(year=2019, month=1, day=22),
    "certainty": Certainty.REPORTED,
    "attributed_to": "his lawyer",
    "band": Band.SURE,
    "confidence": 0.93,
    "url": "https://oc-media.org/a",
    "source_id": "ocmedia",
    "source_name": "OC Media",
    "lang": "en",
    "published": CREATED - timedelta(hours=1),
    "raised_at": CREATED,
    "evidence": "Mehman Huseynov has ended his hunger strike, his lawyer said.",
    "field": "text",
    "start": 10,
    "end": 71,
    "rule": "en.hunger_strike_ended.ended",
    "title": "Blogger ends hunger strike",
}
#: What a feed or page may hold; every channel must carry it as words.
HOSTILE = (
    "\x1b]0;title\x07 \x9b31m a\r\nBcc: x@evil.test\r\n\r\nb\u2028c \u202ekcab \u2066d\u200be "
    "<script>alert(1)</script> ]]> &lt; =?utf-8?q?=0D=0ABcc:_y=40evil.test?= \ud800 \ufffe"
)
TEXT_FACTS = (
    "case_id",
    "case_name",
    "attributed_to",
    "url",
    "source_id",
    "source_name",
    "lang",
    "evidence",
    "rule",
    "title",
)


MakeMessage = Callable[..., Message]


@pytest.fixture
def make_message() -> MakeMessage:
    def make(
        target: str, *, key: str = "k" * 32, minutes: int = 0, secret: str | None = SECRET, **facts: object
    ) -> Message:
        return Message(
            key=key,
            alert_id=42,
            target=target,
            alert=Alert(**{**FACTS, **facts}),  # type: ignore[arg-type]  # facts by name
            created_at=CREATED + timedelta(minutes=minutes),
            secret=secret,
        )

    return make


@pytest.fixture
def hostile(make_message: MakeMessage) -> Callable[[str], Message]:
    return lambda target: make_message(
        target, **dict.fromkeys(TEXT_FACTS, HOSTILE), doubts=(HOSTILE,), band=Band.UNCONFIRMED
    )


@pytest.fixture(scope="session")
def unused_client() -> GuardedClient:
    """For channels that do not use the web; never opened. One, because its TLS context takes long to make."""
    return GuardedClient(FetchSettings(), "0")


@pytest.fixture
def surroundings(tmp_path: Path, unused_client: GuardedClient) -> Surroundings:
    return Surroundings(
        home=tmp_path,
        mail=MailSettings(sender="alerts@watch.test"),
        client=unused_client,
        out=io.StringIO(),
        allow=(ip_network("127.0.0.0/8"),),
        version="0",
    )


@pytest.fixture
def now() -> datetime:
    return NOW
