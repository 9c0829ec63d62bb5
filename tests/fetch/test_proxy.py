"""A source that is asked through a proxy: by name, by no other way, and with failures in words."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.fetch.rig import NOW, Rigging, item, rss
from tests.servers import Page, Seen, Site
from watchdog.config.settings import FetchSettings
from watchdog.fetch import GuardedClient, Request
from watchdog.fetch.target import Address
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason
from watchdog.model.source import Source

CLOSED = FetchSettings(min_gap=timedelta(0), timeout=timedelta(seconds=10))
PEM = Path(__file__).with_name("press.example.pem")


async def no_names(host: str, port: int) -> list[Address]:
    """The machine's own resolver, which must not hear of a name."""
    raise AssertionError(f"{host} was looked up here")


class Socks(socketserver.ThreadingTCPServer):
    """A SOCKS5 proxy that connects every name to one address; notes what it was asked."""

    allow_reuse_address = True

    def __init__(self, to: tuple[str, int], greeting: bytes, reply: int, kind: int) -> None:
        self.to = to
        self.greeting = greeting
        self.reply = reply
        self.kind = kind
        self.asked: list[tuple[str, int]] = []
        super().__init__(("127.0.0.1", 0), _Talk)

    @property
    def url(self) -> str:
        return f"socks5h://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: Socks

    def handle(self) -> None:
        self.rfile.read(3)
        self.wfile.write(self.server.greeting)
        if self.server.greeting != b"\x05\x00":
            return
        head = self.rfile.read(4)
        length = self.rfile.read(1)[0] if head[3] == 3 else {1: 4, 4: 16}[head[3]]
        host = self.rfile.read(length)
        port = int.from_bytes(self.rfile.read(2), "big")
        self.server.asked.append((host.decode("ascii") if head[3] == 3 else host.hex(), port))
        bound = {1: bytes(4), 4: bytes(16), 3: b"\x03abc"}[self.server.kind]
        self.wfile.write(bytes([5, self.server.reply, 0, self.server.kind]) + bound + bytes(2))
        if self.server.reply == 0:
            self._pipe()

    def _pipe(self) -> None:
        import socket

        with socket.create_connection(self.server.to, 10) as onward:
            back = threading.Thread(target=self._copy, args=(onward, self.connection))
            back.start()
            self._copy(self.connection, onward)
            back.join()

    @staticmethod
    def _copy(source: object, sink: object) -> None:
        import socket

        assert isinstance(source, socket.socket)
        assert isinstance(sink, socket.socket)
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


@contextmanager
def socks(site: Site, greeting: bytes = b"\x05\x00", reply: int = 0, kind: int = 1) -> Iterator[Socks]:
    with Socks(("127.0.0.1", site.port), greeting, reply, kind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


async def through(proxy: str, url: str, tls: ssl.SSLContext | None = None, settings: FetchSettings = CLOSED) -> Answer:
    async with GuardedClient(settings, "1", resolve=no_names, tls=tls) as client:
        return await client.fetch(Request(url=url, max_bytes=10_000, accept="*/*", proxy=proxy), NOW)


@pytest.mark.row("S6")
@pytest.mark.parametrize("kind", [1, 3, 4])
async def test_socks_gets_the_name_and_nobody_here_does(site: Site, kind: int) -> None:
    site.put("/x", b"through")
    with socks(site, kind=kind) as proxy:
        answer = await through(proxy.url, "http://abcdefgh.onion/x")
        number = await through(proxy.url, "http://93.184.216.34:8080/x")
    assert isinstance(answer, Fetched)
    assert isinstance(number, Fetched)
    assert proxy.asked == [("abcdefgh.onion", 80), ("5db8d822", 8080)]
    assert site.requests[0].header("host") == "abcdefgh.onion"


@pytest.mark.row("S6", "S3")
async def test_tls_through_socks_is_checked_against_the_name() -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(PEM)
    trusting = ssl.create_default_context(cafile=str(PEM))
    with Site(tls=serving) as secure, socks(secure) as proxy:
        secure.put("/", b"secure")
        answer = await through(proxy.url, "https://press.example/", trusting)
        other = await through(proxy.url, "https://other.example/", trusting)
    assert isinstance(answer, Fetched)
    assert isinstance(other, FetchFailed)
    assert other.reason is FetchReason.TLS


@pytest.mark.row("S6")
async def test_an_http_proxy_gets_the_whole_address(site: Site) -> None:
    def answer(seen: Seen) -> Page:
        return Page(body=f"{seen.method} {seen.path}".encode())

    site.put("http://outlet.example/feed", answer)
    got = await through(f"http://127.0.0.1:{site.port}", "http://outlet.example/feed")
    assert isinstance(got, Fetched)
    assert got.body == b"GET http://outlet.example/feed"


@pytest.mark.row("S1", "S4", "S6")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "169.254.169.254"])
async def test_an_inner_address_is_refused_before_the_proxy_hears_of_it(site: Site, host: str) -> None:
    site.script("/go", Page(status=302, headers={"Location": f"http://{host}/"}))
    with socks(site) as proxy:
        for url in (f"http://{host}/", "http://outlet.example/go"):
            answer = await through(proxy.url, url)
            assert isinstance(answer, FetchFailed)
            assert answer.reason is FetchReason.REFUSED_ADDRESS
    assert proxy.asked == [("outlet.example", 80)]


@pytest.mark.parametrize(
    ("greeting", "reply", "words"),
    [
        (b"\x05\xff", 0, "wants a login"),
        (b"HT", 0, "does not speak SOCKS5"),
        (b"\x05", 0, "broke off"),
        (b"\x05\x00", 4, "cannot reach the host"),
        (b"\x05\x00", 99, "failed"),
    ],
)
async def test_a_proxy_that_fails_says_so(site: Site, greeting: bytes, reply: int, words: str) -> None:
    with socks(site, greeting, reply) as proxy:
        answer = await through(proxy.url, "http://outlet.example/")
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.PROXY
    assert words in answer.detail


async def test_no_proxy_means_no_answer(site: Site) -> None:
    with socks(site) as proxy:
        url = proxy.url
    for address in (url, url.replace("socks5h", "http")):
        answer = await through(address, site.url("/"), settings=FetchSettings(allow=(ip_network("127.0.0.0/8"),)))
        assert isinstance(answer, FetchFailed)
        assert (answer.reason, answer.detail) == (FetchReason.PROXY, "the proxy cannot be reached")
    assert site.requests == []


async def test_an_http_proxy_that_refuses_says_so(site: Site) -> None:
    site.put("press.example:443", status=403)
    answer = await through(f"http://127.0.0.1:{site.port}", "https://press.example/")
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.PROXY


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:9050",
        "127.0.0.1:9050",
        "http://u:p@h:1",
        "ftp://h",
        "http://h/x",
        "socks5h://",
        "http://h:x",
    ],
)
def test_what_is_no_proxy_is_refused(proxy: str) -> None:
    with pytest.raises(ValueError, match=r"proxy|names are looked up"):
        Source(id="a", url="https://a.example/", name="A", proxy=proxy)


@pytest.mark.asyncio(loop_scope="package")
async def test_pages_and_robots_txt_go_the_way_of_their_feed(site: Site, home: Rigging) -> None:
    page = b"<html><body><article><p>" + b"A long paragraph of a page. " * 20 + b"</p></article></body></html>"
    site.put("/page", page)
    site.put("/feed", rss(item(1, "http://outlet.example/page")))
    with socks(site) as proxy:
        async with home("http://outlet.example/feed", fetch=CLOSED, proxy=proxy.url) as rig:
            await rig.poll(NOW)
            await rig.read(NOW)
            assert [row.text_from for row in rig.revisions()] == ["page"]
    assert [seen.path for seen in site.requests] == ["/feed", "/robots.txt", "/page"]
    assert set(proxy.asked) == {("outlet.example", 80)}
