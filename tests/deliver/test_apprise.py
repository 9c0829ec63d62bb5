"""Chat through Apprise, with a scripted server in the place of the services."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.servers import Page, Site
from watchdog.deliver import Surroundings, Target, next_try, parse_target
from watchdog.deliver.apprise import Chat, make
from watchdog.deliver.chat import SERVICES, chat_text
from watchdog.errors import UsageError
from watchdog.model.delivery import Alert, Channel, Message, SendFailed, SendReason, Sent

MakeMessage = Callable[..., Message]
TOKEN = "k7" * 13
SLACK = f"slack://T1JJ3T3L2/A1BRTD4JD/{'Ti' * 12}/"
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def chat(surroundings: Surroundings) -> Chat:
    return make(surroundings)


def mattermost(site: Site, *pages: Page) -> str:
    site.script(f"/hooks/{TOKEN}", *pages or [Page(body=b"ok")])
    return f"mmost://127.0.0.1:{site.port}/{TOKEN}"


async def test_a_message_arrives_once_with_its_sentence_and_a_link(
    chat: Chat, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    result = await chat.send(make_message(mattermost(site)), now)
    assert isinstance(result, Sent)
    assert "not known" in result.receipt
    (seen,) = site.requests
    sent = json.loads(seen.body)
    assert set(sent) == {"text", "username"}, "no picture that readers' programs would fetch from elsewhere"
    assert sent["username"] == "Watchdog"
    assert "“Mehman Huseynov has ended his hunger strike, his lawyer said.”" in sent["text"]
    assert "\nhttps://oc-media.org/a\n" in sent["text"]
    assert "event 7" in sent["text"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        pytest.param("json://{}/hook", "/hook", id="json"),
        pytest.param(f"gotify://{{}}/{'A' * 15}", "/message", id="gotify"),
        pytest.param("ntfy://{}/cases", "/", id="ntfy"),
        pytest.param("signal://{}/%2B15551234567/%2B15557654321", "/v2/send", id="signal"),
    ],
)
async def test_each_service_with_a_server_of_ones_own_is_reached(
    url: str, path: str, chat: Chat, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    site.put(path, b"", status=201 if "signal" in url else 200)
    result = await chat.send(make_message(url.format(f"127.0.0.1:{site.port}")), now)
    assert isinstance(result, Sent)
    (seen,) = site.requests
    assert "has ended his hunger strike" in json.loads(seen.body)["message"]


async def test_a_matrix_room_gets_each_of_two_messages_and_nobody_else_is_asked(
    chat: Chat, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    """A transaction id that is used twice makes the server drop the second message and still say yes."""
    site.put("/_matrix/client/v3/account/whoami", b'{"user_id": "@bot:room.test"}')
    site.put("/_matrix/client/v3/join/%21room%3Aroom.test", b'{"room_id": "!room:room.test"}')
    sent: list[str] = []
    target = f"matrix://token@127.0.0.1:{site.port}/!room:room.test?hsreq=no"
    for key in ("a", "b"):
        site.requests.clear()
        # What a room answers is at a path with the transaction's id in it, so it is a 404 here; what counts was asked.
        await chat.send(make_message(target, key=key * 32), now)
        sent += [seen.path for seen in site.requests if "/send/m.room.message/" in seen.path]
        assert not [seen for seen in site.requests if "well-known" in seen.path or "register" in seen.path]
    assert len(sent) == len(set(sent)) == 2


async def test_hostile_text_is_shown_as_words(
    chat: Chat, site: Site, hostile: Callable[[str], Message], now: datetime
) -> None:
    message = hostile(mattermost(site))
    nasty = "@all @channel @here <!channel> [bank](http://evil.test) ![p](http://evil.test/p.png) **b** `c` ||d||"
    alert = message.alert
    assert isinstance(alert, Alert)
    message = replace(message, alert=replace(alert, evidence=f"{nasty} {alert.evidence}"))
    assert isinstance(await chat.send(message, now), Sent)
    (seen,) = site.requests
    text = json.loads(seen.body)["text"]
    assert not re.search(r"@[a-z]", text)
    assert not re.search(r"(?<!\\)[\[\]`*|<>_]", text), "Markdown that nobody escaped"
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "\\[bank\\](http://evil.test)" in text


async def test_a_redirect_is_not_followed(chat: Chat, site: Site, make_message: MakeMessage, now: datetime) -> None:
    site.put("/elsewhere", b"ok")
    result = await chat.send(
        make_message(mattermost(site, Page(status=302, headers={"Location": site.url("/elsewhere")}))), now
    )
    assert isinstance(result, SendFailed)
    assert result.reason is SendReason.CONFIG
    assert not site.requests_to("/elsewhere")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, SendReason.TRANSIENT),
        (503, SendReason.TRANSIENT),
        (429, SendReason.TRANSIENT),
        (400, SendReason.CONFIG),
        (401, SendReason.CONFIG),
        (404, SendReason.CONFIG),
    ],
)
async def test_a_refusal_is_tried_again_later_and_not_at_once(
    status: int, reason: SendReason, chat: Chat, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    result = await chat.send(make_message(mattermost(site, Page(status=status, body=b"no"))), now)
    assert isinstance(result, SendFailed)
    assert (result.reason, result.detail[:8]) == (reason, f"HTTP {status}")
    assert len(site.requests) == 1
    wait = next_try(result.reason, 1, now, now)
    assert wait is not None
    assert wait >= timedelta(minutes=1)
    assert TOKEN not in result.detail


@pytest.mark.parametrize("page", [Page(delay=60.0), Page(body=b"x" * 100, dribble=0.5)], ids=["silent", "drop by drop"])
async def test_a_receiver_that_stalls_holds_up_nobody_for_long(
    page: Page, surroundings: Surroundings, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    chat = Chat(surroundings=surroundings, patience_s=0.5)
    message = make_message(mattermost(site, page))
    for _ in range(4):
        result = await chat.send(message, now)
        assert isinstance(result, SendFailed)
        assert result.reason is SendReason.AMBIGUOUS
    site.wait_for(f"/hooks/{TOKEN}", 4)
    full = await chat.send(message, now)
    assert isinstance(full, SendFailed)
    assert (full.reason, len(site.requests)) == (SendReason.TRANSIENT, 4)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "chat"), "a stop would wait for it"


async def test_nobody_there_may_be_tried_again(chat: Chat, make_message: MakeMessage, now: datetime) -> None:
    result = await chat.send(make_message(f"mmost://127.0.0.1:9/{TOKEN}"), now)
    assert isinstance(result, SendFailed)
    assert result.reason is SendReason.AMBIGUOUS


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::1]", "2130706433"])
async def test_a_network_that_is_not_allowed_is_not_asked(
    host: str, surroundings: Surroundings, site: Site, make_message: MakeMessage, now: datetime
) -> None:
    chat = make(replace(surroundings, allow=(ip_network("10.0.0.0/8"),)))
    for schema in ("mmost", "mmosts"):
        result = await chat.send(make_message(f"{schema}://{host}:{site.port}/{TOKEN}"), now)
        assert isinstance(result, SendFailed)
        assert result.reason is SendReason.CONFIG
    assert not site.requests


async def test_a_reference_is_followed_when_it_is_sent(
    chat: Chat, site: Site, surroundings: Surroundings, make_message: MakeMessage, now: datetime
) -> None:
    (surroundings.home / "chat").write_text(mattermost(site) + "\n")
    assert isinstance(await chat.send(make_message("file:chat"), now), Sent)
    gone = await chat.send(make_message("env:WATCHDOG_TEST_NOT_SET"), now)
    assert isinstance(gone, SendFailed)
    assert gone.reason is SendReason.CONFIG


@pytest.mark.parametrize(
    ("url", "is_bare"),
    [
        (SLACK, False),
        (f"discord://1234567890/{'a' * 20}", False),
        (f"tgram://123456789:{'b' * 35}/123456", False),
        (f"zulip://bot@org/{'c' * 32}/stream", False),
        (f"mmosts://chat.example.org/{TOKEN}", False),
        ("matrixs://token@example.org/!room:example.org?hsreq=no", False),
        ("jsons://user:password@example.org/hook", False),
        ("ntfys://ntfy.example.org/cases", True),
        ("ntfy://cases", True),
        ("JSONS://example.org/hook", True),
    ],
)
def test_a_chat_address_that_holds_a_token_is_written_as_a_reference(
    url: str, is_bare: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_TEST_CHAT", url)
    assert parse_target("env:WATCHDOG_TEST_CHAT") == Target(channel=Channel.APPRISE, target="env:WATCHDOG_TEST_CHAT")
    if is_bare:
        assert parse_target(url).channel is Channel.APPRISE
    else:
        with pytest.raises(UsageError, match=r"holds a token: .* env:NAME or file:PATH") as caught:
            parse_target(url)
        assert url.partition("//")[2] not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("mailto://user:pw@example.org", id="mail has its own channel"),
        pytest.param("xmpp://user:pw@example.org", id="a service that is not on the list"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param(SLACK.replace("slack://", "slack://bot@") + "?redirect=yes", id="an option that undoes ours"),
        pytest.param("jsons://example.org/?+X-Header=a", id="a header"),
        pytest.param("jsons://example.org/?verify=no", id="no look at the certificate"),
        pytest.param(SLACK + "#one", id="a fragment"),
        pytest.param(f"tgram://123456789:{'b' * 35}/123456/654321", id="two receivers"),
        pytest.param("slack://nonsense", id="what Apprise cannot read"),
        pytest.param("matrixs://user:password@example.org/!room:example.org", id="a password, with which it registers"),
        pytest.param("json://example.org/hook", id="plain http to anybody"),
        pytest.param("jsons://10.0.0.1/hook", id="an address inside"),
        pytest.param("jsons://a@b@127.0.0.1/hook", id="a host that two readers may see differently"),
        pytest.param("jsons:///hook", id="no host"),
        pytest.param("jsons://[::1", id="half an address"),
    ],
)
def test_any_other_address_is_refused_in_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_TEST_CHAT", url)
    with pytest.raises(UsageError, match=r"[a-z ]{10}") as caught:
        parse_target("env:WATCHDOG_TEST_CHAT", ())
    assert "password" not in str(caught.value).replace("no user and password", "")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_long_message_is_cut_to_what_the_service_takes_and_says_where_the_rest_is(
    name: str, make_message: MakeMessage
) -> None:
    service = SERVICES[name]
    doubts = tuple("𐐀" * 300 for _ in range(8))
    alert = make_message("", evidence="_[Ж𐐀]" * 2_000, doubts=doubts, url="https://oc-media.org/a_(b)@c*").alert
    text = chat_text(alert, service)
    assert len(text.encode("utf-16-le")) // 2 <= service.most
    assert "https://oc-media.org/a_%28b%29%40c%2A" in text
    assert "event 7" in text.lower()
    if service.most < 4_000:
        assert "\n… more at https://oc-media.org/a_%28b%29%40c%2A\nEvent 7." in text


def test_a_link_that_leaves_no_room_is_left_out(make_message: MakeMessage) -> None:
    alert = make_message("", url="https://oc-media.org/" + "a" * 1_500, evidence="Ж" * 2_000).alert
    text = chat_text(alert, SERVICES["ntfy"])
    assert text.endswith("\n… cut\nEvent 7.")
    assert len(text) <= SERVICES["ntfy"].most


def test_nothing_that_apprise_logs_reaches_our_log(tmp_path: Path) -> None:
    (tmp_path / "go.py").write_text(
        "import sys\nfrom watchdog.cli.output import set_up_logging\nset_up_logging(10, as_json=True)\n"
        "from watchdog.deliver.apprise import _notify\nfrom watchdog.deliver.chat import read_chat_target\n"
        "from ipaddress import ip_network\n"
        "print(_notify(read_chat_target(sys.argv[1], (ip_network('127.0.0.0/8'),), is_bare=False), 'x'))\n"
    )
    url = f"mmost://127.0.0.1:9/{TOKEN}"
    done = subprocess.run([sys.executable, tmp_path / "go.py", url], capture_output=True, text=True, check=True)
    assert "ambiguous" in done.stdout
    assert done.stderr == ""
