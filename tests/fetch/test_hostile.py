"""Servers that mean harm, or are merely broken: each ends in a value, in time, within memory, and in words."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.fetch.rig import FETCH, NOW, Rigging, item, rss
from tests.servers import Page, Site
from watchdog.config.settings import FetchSettings
from watchdog.fetch import GuardedClient, Request
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason

QUICK = FetchSettings(allow=FETCH.allow, min_gap=timedelta(0), timeout=timedelta(milliseconds=500))


async def fetch(url: str, settings: FetchSettings = FETCH) -> Answer:
    async with GuardedClient(settings, "1") as client:
        return await client.fetch(Request(url=url, max_bytes=1_000_000, accept="*/*"), NOW)


def bomb() -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(squeeze.compress(bytes(1_000_000)) for _ in range(100)) + squeeze.flush()


HEAD = b"HTTP/1.1 200 OK\r\n"
TITLED = b"<rss version='2.0'><channel><item><title>a &b;</title><guid>1</guid></item></channel></rss>"
HOSTILE = {
    "a header of 1 MB": (Page(raw=HEAD + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n"), FetchReason.PROTOCOL),
    "100,000 headers": (Page(raw=HEAD + b"X: x\r\n" * 100_000 + b"\r\n"), FetchReason.PROTOCOL),
    "a status line without end": (Page(raw=b"HTTP/1.1 200 " + b"O" * 1_000_000), FetchReason.PROTOCOL),
    "lengths that differ": (
        Page(raw=HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        FetchReason.PROTOCOL,
    ),
    "a negative length": (Page(raw=HEAD + b"Content-Length: -5\r\n\r\nhello"), FetchReason.PROTOCOL),
    "a length beyond 2^64": (Page(raw=HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nhello"), FetchReason.PROTOCOL),
    "a chunk without a size": (Page(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), FetchReason.PROTOCOL),
    "HTTP/0.9": (Page(raw=b"<html>hello</html>"), FetchReason.PROTOCOL),
    "a status of 99999": (Page(raw=b"HTTP/1.1 99999 Much\r\n\r\n"), FetchReason.PROTOCOL),
    "NUL in a header": (Page(raw=HEAD + b"X: \x00\r\n\r\n"), FetchReason.PROTOCOL),
    "a switch of protocol": (Page(raw=b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), None),
    "100 Continue for ever": (Page(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000), None),
    "an endless body": (Page(body=b"x" * 50_000, endless=True), FetchReason.TOO_LARGE),
    "a bomb": (Page(body=bomb(), headers={"Content-Encoding": "gzip"}), FetchReason.TOO_LARGE),
    "3xx to nowhere": (Page(status=302), FetchReason.REDIRECTS),
    "3xx to nothing": (Page(status=302, headers={"Location": ""}), FetchReason.REDIRECTS),
    "3xx to a file": (Page(status=302, headers={"Location": "file:///etc/passwd"}), FetchReason.REFUSED_ADDRESS),
    "3xx to metadata": (
        Page(status=302, headers={"Location": "http://169.254.169.254/latest/"}),
        FetchReason.REFUSED_ADDRESS,
    ),
    "3xx to 64 kB": (
        Page(status=302, headers={"Location": "/" + "a" * 70_000}),
        None,
    ),
    "3xx to a wrapped address": (
        Page(status=302, headers={"Location": "http://[::ffff:10.0.0.1]/"}),
        FetchReason.REFUSED_ADDRESS,
    ),
}


@pytest.mark.row(32, 34, 45, 46, "S4", "S8", "S9", "S13", "S14")
@pytest.mark.parametrize(("page", "reason"), HOSTILE.values(), ids=HOSTILE)
async def test_each_ends_in_words(site: Site, page: Page, reason: FetchReason | None) -> None:
    site.script("/", page)
    answer = await fetch(site.url("/"))
    assert isinstance(answer, FetchFailed), answer
    assert reason is None or answer.reason is reason, answer
    assert answer.detail.isprintable()
    assert len(answer.detail) < 300


@pytest.mark.row("S12")
@pytest.mark.parametrize(
    "page",
    [
        Page(delay=30),
        Page(body=b"x" * 1_000, dribble=0.05),
        Page(raw=HEAD),  # closed in the middle of the head
    ],
    ids=["slow to begin", "slow body", "half a head"],
)
async def test_slowness_has_an_end(site: Site, page: Page) -> None:
    site.script("/", page)
    began = asyncio.get_running_loop().time()
    assert isinstance(await fetch(site.url("/"), QUICK), FetchFailed)
    assert asyncio.get_running_loop().time() - began < 5


@pytest.mark.row("S12")
async def test_headers_byte_by_byte_have_an_end() -> None:
    is_over, has_ended = asyncio.Event(), asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"X: ")
        while not is_over.is_set():
            writer.write(b"x")
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), 0.05)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        has_ended.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await fetch(f"http://127.0.0.1:{port}/", QUICK)
    is_over.set()
    await has_ended.wait()
    server.close()
    await server.wait_closed()
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.TIMEOUT


@pytest.mark.row(32, "S8")
async def test_a_thousand_redirects_are_five(site: Site) -> None:
    for n in range(1_000):
        site.script(f"/{n}", Page(status=301, headers={"Location": f"/{n + 1}"}))
    answer = await fetch(site.url("/0"))
    assert isinstance(answer, FetchFailed)
    assert answer.reason is FetchReason.REDIRECTS
    assert len(site.requests) == 6


@pytest.mark.row(50)
async def test_bytes_that_are_no_text_in_headers_are_kept_and_sent_back(site: Site) -> None:
    site.put("/", b"x", headers={"ETag": '"\x01\xff\xfe"', "X-Odd": "\x80\x9f"})
    answer = await fetch(site.url("/"))
    assert isinstance(answer, Fetched)
    async with GuardedClient(FETCH, "1") as client:
        await client.fetch(Request(url=site.url("/"), validators=answer.validators, max_bytes=10, accept="*/*"), NOW)
    assert site.requests[1].header("if-none-match") == '"\x01\xff\xfe"'


async def test_a_validator_that_no_server_would_take_back_is_not_kept(site: Site) -> None:
    site.put("/", b"x", headers={"ETag": '"' + "x" * 50_000 + '"', "Last-Modified": "z" * 5_000})
    answer = await fetch(site.url("/"))
    assert isinstance(answer, Fetched)
    assert answer.validators.etag is None
    assert answer.validators.last_modified is None


@pytest.mark.row(41)
async def test_a_tls_failure_is_told_in_words() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        answer = await fetch(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert isinstance(answer, FetchFailed)
    assert (answer.reason, answer.detail) == (FetchReason.TLS, "no secure connection could be agreed on")


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.row("S15", "S16", "S17", "S19", "S20", "S21")
@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><description><![CDATA[" + b"<p a='" * 200_000,
        b"<rss><channel>" + b"<!" * 200_000,
        b"<rss><channel>" + b"&" * 300_000,
        b"<rss>" + b"<a>" * 50_000,
        rss(*(f"<title>{n}</title><guid>{n}</guid>" for n in range(5_000))),
        b'<!DOCTYPE rss [<!ENTITY a "' + b"x" * 50_000 + b'"><!ENTITY b "' + b"&a;" * 100 + b'">]>' + TITLED,
        b'<!DOCTYPE rss [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + TITLED,
    ],
    ids=["S19 attributes", "S20 declarations", "S20 ampersands", "S20 nested", "S21 items", "S16 growth", "S17 entity"],
)
async def test_a_hostile_feed_holds_up_nobody(site: Site, home: Rigging, body: bytes) -> None:
    site.put("/feed", body)
    site.put("/well", rss(item(1)))
    async with home("/feed", "/well") as rig:
        beats = 0

        async def tick() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.05)
                beats += 1

        heart = asyncio.create_task(tick())
        began = asyncio.get_running_loop().time()
        await rig.poll(NOW)
        took = asyncio.get_running_loop().time() - began
        heart.cancel()
        assert rig.row("b").polls == 1
        assert took < 75  # a worker's start and its deadline
        assert beats > took  # the loop went on meanwhile
        assert all(len(entry.title) <= 1_000 and "root:" not in entry.title for entry in rig.entries())
        assert len(rig.entries()) <= 2_001
