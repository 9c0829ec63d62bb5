"""What must not be reached is refused before a packet leaves."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from tests.servers import Page, Site
from watchdog.config.settings import FetchSettings
from watchdog.fetch import GuardedClient, Request, check_target
from watchdog.fetch.target import Address, is_public
from watchdog.model.answer import Fetched, FetchFailed, FetchReason

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
CLOSED = FetchSettings(min_gap=timedelta(0), timeout=timedelta(seconds=5))
OPEN = FetchSettings(min_gap=timedelta(0), timeout=timedelta(seconds=5), allow=LOOPBACK)
PEM = Path(__file__).with_name("press.example.pem")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.put("/", b"inside")
        yield site


def ask(url: str) -> Request:
    return Request(url=url, max_bytes=100_000, accept="*/*")


class Names:
    """A name server: answers in turn, the last one repeats."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(number) for number in answer]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[::127.0.0.1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "100.64.0.1",
    ],
)
@pytest.mark.row(34, "S1")
async def test_every_form_of_an_inner_address_is_refused(site: Site, host: str) -> None:
    async with GuardedClient(CLOSED, "1") as client:
        answer = await client.fetch(ask(f"http://{host}:{site.port}/"), NOW)
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.REFUSED_ADDRESS, answer
    assert "not a public address" in answer.detail
    assert site.requests == []


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::1", True),
        ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", True),  # Teredo of 8.8.8.8
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),  # Teredo of 127.0.0.1
        ("64:ff9b:1::7f00:1", False),
        ("192.0.0.8", False),
        ("192.88.99.1", False),
        ("224.0.0.1", False),
        ("ff0e::1", False),
        ("fec0::1", False),
        ("fe80::1", False),
        ("3fff::1", False),
        ("::", False),
    ],
)
@pytest.mark.row("S5")
def test_wrapped_addresses_are_unwrapped(number: str, public: bool) -> None:
    assert is_public(ip_address(number)) is public


@pytest.mark.row("S2")
async def test_one_inner_answer_refuses_the_name(site: Site) -> None:
    names = Names(("93.184.216.34", "127.0.0.1"))
    async with GuardedClient(CLOSED, "1", resolve=names) as client:
        answer = await client.fetch(ask("http://mixed.example/"), NOW)
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.REFUSED_ADDRESS
    assert "127.0.0.1" in answer.detail


@pytest.mark.row("S3")
async def test_the_checked_number_is_the_one_connected_to(site: Site) -> None:
    names = Names(("127.0.0.1",), ("10.0.0.1",))
    async with GuardedClient(OPEN, "1", resolve=names) as client:
        answer = await client.fetch(ask(f"http://rebinding.example:{site.port}/"), NOW)
    assert isinstance(answer, Fetched)
    assert names.asked == ["rebinding.example"]
    assert site.requests[0].header("host") == f"rebinding.example:{site.port}"


@pytest.mark.row(33, 41, "S3")
async def test_tls_keeps_the_name(site: Site) -> None:
    asked_for: list[str | None] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(PEM)
    serving.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    trusting = ssl.create_default_context(cafile=str(PEM))
    with Site(tls=serving) as secure:
        secure.put("/", b"secure")
        secure.script("/down", Page(status=302, headers={"Location": site.url("/")}))
        names = Names(("127.0.0.1",))
        async with GuardedClient(OPEN, "1", resolve=names, tls=trusting) as client:
            answer = await client.fetch(ask(secure.url("/", host="press.example")), NOW)
            down = await client.fetch(ask(secure.url("/down", host="press.example")), NOW)
            other = await client.fetch(ask(secure.url("/", host="other.example")), NOW)
        async with GuardedClient(OPEN, "1", resolve=names) as client:
            unknown = await client.fetch(ask(secure.url("/", host="press.example")), NOW)
    assert isinstance(answer, Fetched)
    assert asked_for[0] == "press.example"
    assert isinstance(down, FetchFailed)
    assert down.reason is FetchReason.REDIRECTS
    assert site.requests == []
    for failed in (other, unknown):
        assert isinstance(failed, FetchFailed)
        assert failed.reason is FetchReason.TLS
        assert "certificate" in failed.detail


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "file:///etc/passwd",
        "gopher://x/",
    ],
)
@pytest.mark.row(34, "S4")
async def test_each_redirect_passes_the_guard(site: Site, location: str) -> None:
    site.script("/go", Page(status=302, headers={"Location": location}))
    async with GuardedClient(OPEN, "1") as client:
        answer = await client.fetch(ask(site.url("/go")), NOW)
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.REFUSED_ADDRESS, answer


@pytest.mark.row("S6")
async def test_a_proxy_in_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with Site() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        async with GuardedClient(OPEN, "1") as client:
            answer = await client.fetch(ask(site.url("/")), NOW)
        assert isinstance(answer, Fetched)
        assert proxy.requests == []


@pytest.mark.row("S7")
async def test_other_ports_of_public_hosts_are_refused() -> None:
    async with GuardedClient(CLOSED, "1", resolve=Names(("93.184.216.34",))) as client:
        answer = await client.fetch(ask("http://public.example:22/"), NOW)
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.REFUSED_ADDRESS
    assert "port 22" in answer.detail


@pytest.mark.parametrize(
    "url",
    [
        "http://exa\nmple.org/",
        "http://example.org/a\r\nb",
        "http://example.org/\x00",
        "http:///path",
        "http://",
        "",
        "example.org/feed",
        "http://\u202e.example/",
        "http://xn--\udcff/",
        "http://example.org/\udcff",
        "http://ex ample.org/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://[::1",
        "http://" + "a" * 64 + ".org/",
        "http://example.org/" + "a" * 70_000,
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
    ids=repr,
)
@pytest.mark.row("S4", "S7")
async def test_an_impossible_address_is_refused_in_words(url: str) -> None:
    async with GuardedClient(OPEN, "1", resolve=Names(("93.184.216.34",))) as client:
        answer = await client.fetch(ask(url), NOW)
        posted = await client.post(url, body=b"", headers={}, now=NOW)
    for failed in (answer, posted):
        assert isinstance(failed, FetchFailed)
        assert failed.reason is FetchReason.REFUSED_ADDRESS
        assert failed.detail.isascii()
        assert failed.detail.isprintable()


async def test_a_name_without_an_address_is_not_found() -> None:
    async with GuardedClient(CLOSED, "1", resolve=Names(())) as client:
        answer = await client.fetch(ask("http://gone.example/"), NOW)
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.NAME


@pytest.mark.parametrize(
    ("url", "allow", "refused"),
    [
        ("https://hooks.example.org/x", (), False),
        ("https://hooks.example.org:8443/x", (), False),
        ("https://93.184.216.34/x", (), False),
        ("https://93.184.216.34:22/x", (), True),
        ("https://10.1.2.3/x", (), True),
        ("https://10.1.2.3:9000/x", (ip_network("10.0.0.0/8"),), False),
        ("https://0x7f.1/x", (), True),
        ("https://localhost/x", (), True),
        ("https://[::1]/x", (), True),
        ("http://hooks.example.org/x", (), True),
        ("http://hooks.example.org/x", LOOPBACK, False),  # checked when it is sent to
        ("http://93.184.216.34/x", LOOPBACK, True),
        ("http://127.0.0.1:8000/x", LOOPBACK, False),
        ("http://localhost:8000/x", LOOPBACK, False),
        ("ftp://hooks.example.org/x", (), True),
        ("nonsense", (), True),
    ],
)
@pytest.mark.row("S32")
def test_a_webhook_target_is_judged_without_a_name_server(url: str, allow: tuple[object, ...], refused: bool) -> None:
    networks = tuple(ip_network(str(network)) for network in allow)
    assert (check_target(url, networks) is not None) is refused
