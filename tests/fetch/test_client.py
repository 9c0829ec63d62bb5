"""The client alone: what it sends, and what it makes of each answer."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from tests.servers import Page, Site
from watchdog.config.settings import FetchSettings
from watchdog.fetch import GuardedClient, Posted, Request, parse_retry_after
from watchdog.fetch.turns import Turns
from watchdog.model.answer import Answer, Fetched, FetchFailed, FetchReason, Hop, NotModified, Validators

NOW = datetime(1994, 11, 6, 8, 47, 37, tzinfo=UTC)
SETTINGS = FetchSettings(
    contact="https://monitor.example/about (us)\r\nX: y",
    allow=(ip_network("127.0.0.0/8"),),
    min_gap=timedelta(0),
    timeout=timedelta(seconds=10),
)
ODD = Validators(etag='W/"\xe9"', last_modified="yesterday, or so")


async def fetch(
    url: str, validators: Validators | None = None, settings: FetchSettings = SETTINGS, max_bytes: int = 1_000_000
) -> Answer:
    async with GuardedClient(settings, "1.2") as client:
        request = Request(
            url=url, validators=validators or Validators(), max_bytes=max_bytes, accept="application/rss+xml"
        )
        return await client.fetch(request, NOW)


def failed(answer: object, reason: FetchReason) -> FetchFailed:
    assert isinstance(answer, FetchFailed), answer
    assert answer.reason is reason, answer
    return answer


async def test_a_document_comes_whole_with_its_headers(site: Site) -> None:
    site.script("/feed", Page(body=b"<rss/>", headers=(("ETag", "abc"), ("X-A", "1"), ("X-A", "2"))))
    answer = await fetch(site.url("/feed?a=1#part"))
    assert isinstance(answer, Fetched)
    assert answer.body == b"<rss/>"
    assert answer.url == site.url("/feed?a=1#part")
    assert answer.final_url == site.url("/feed?a=1")
    assert answer.fetched_at == NOW
    assert [value for name, value in answer.headers if name == "x-a"] == ["1", "2"]


@pytest.mark.row(51, 52, 55)
async def test_what_we_say_about_ourselves(site: Site) -> None:
    site.put("/", b"", headers={"Set-Cookie": "track=1; Path=/"})
    async with GuardedClient(SETTINGS, "1.2") as client:
        request = Request(url=site.url("/"), max_bytes=10, accept="application/rss+xml")
        first = await client.fetch(request, NOW)
        await client.fetch(request, NOW)
    assert dict(site.requests[1].headers) == {
        "host": f"127.0.0.1:{site.port}",
        "user-agent": "case-watchdog/1.2 (+https://monitor.example/about usX: y)",
        "accept": "application/rss+xml",
        "accept-encoding": "gzip",
    }
    assert isinstance(first, Fetched)
    assert first.header("set-cookie") is None


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "abc", '"\xe9"', None], ids=repr)
@pytest.mark.parametrize("modified", ["Sun, 06 Nov 1994 08:49:37 GMT", "yesterday, or so", None], ids=repr)
@pytest.mark.row(1, 2, 3, 4, 5)
async def test_validators_go_back_byte_for_byte(site: Site, etag: str | None, modified: str | None) -> None:
    headers = {"ETag": etag, "Last-Modified": modified}
    site.put("/", b"x", headers={name: value for name, value in headers.items() if value is not None})
    first = await fetch(site.url("/"))
    assert isinstance(first, Fetched)
    await fetch(site.url("/"), first.validators)
    assert site.requests[1].header("if-none-match") == etag
    assert site.requests[1].header("if-modified-since") == modified


@pytest.mark.row(8, 9)
async def test_a_304_is_a_success_with_its_headers(site: Site) -> None:
    site.put("/", status=304, headers={"ETag": '"new"'})
    answer = await fetch(site.url("/"), ODD)
    assert isinstance(answer, NotModified)
    assert ("etag", '"new"') in answer.headers


async def test_a_304_that_nobody_asked_for_is_an_error(site: Site) -> None:
    site.put("/", status=304)
    assert failed(await fetch(site.url("/")), FetchReason.PROTOCOL).status == 304


@pytest.mark.parametrize("status", [201, 204, 206, 226, 300, 400, 401, 403, 404, 410, 429, 500, 503])
@pytest.mark.row(22, 36, 37, 47)
async def test_any_other_status_is_a_failure(site: Site, status: int) -> None:
    site.put("/", b"" if status == 204 else b"secret text", status=status, headers={"Retry-After": "120"})
    answer = failed(await fetch(site.url("/?token=1")), FetchReason.HTTP_STATUS)
    assert (answer.status, answer.retry_after) == (status, timedelta(seconds=120))
    assert answer.detail == f"the server answered {status}"
    assert answer.is_gone is (status == 410)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 120 ", timedelta(seconds=120)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", timedelta(seconds=120)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", timedelta(seconds=120)),
        ("Sun Nov  6 08:49:37 1994", timedelta(seconds=120)),
        ("317100", timedelta(seconds=317_100)),
        ("9" * 40, timedelta(days=7)),
        ("Sun, 06 Nov 2044 08:49:37 GMT", timedelta(days=7)),
        ("Sun, 06 Nov 1988 08:49:37 GMT", None),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٣", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
    ],
)
@pytest.mark.row(22, 23, 26)
def test_retry_after(value: str | None, wait: timedelta | None) -> None:
    assert parse_retry_after(value, NOW) == wait


@pytest.mark.row(29)
async def test_redirects_are_followed_and_the_last_address_is_told(site: Site) -> None:
    site.script("/a", Page(status=301, headers={"Location": "/ü?q=1".encode().decode("latin-1")}))
    site.script("/%C3%BC", Page(status=307, headers={"Location": site.url("/c")}))
    site.put("/c", b"here")
    answer = await fetch(site.url("/a"), ODD)
    assert isinstance(answer, Fetched)
    assert (answer.url, answer.final_url) == (site.url("/a"), site.url("/c"))


@pytest.mark.row(32, "S8")
async def test_a_loop_ends_after_five_redirects(site: Site) -> None:
    site.script("/loop", Page(status=302, headers={"Location": "/loop"}))
    failed(await fetch(site.url("/loop")), FetchReason.REDIRECTS)
    assert len(site.requests) == 6


async def test_a_redirect_to_nowhere_is_an_error(site: Site) -> None:
    site.put("/", status=302)
    failed(await fetch(site.url("/")), FetchReason.REDIRECTS)


@pytest.mark.row(35)
async def test_credentials_stay_within_their_origin(site: Site) -> None:
    with Site() as other:
        other.put("/", b"there")
        site.script("/a", Page(status=302, headers={"Location": site.url("/b")}))
        site.script("/b", Page(status=302, headers={"Location": other.url("/").replace("://", "://evil:pass@")}))
        answer = await fetch(site.url("/a").replace("://", "://user:pw@"))
    assert [seen.header("authorization") for seen in site.requests] == ["Basic dXNlcjpwdw=="] * 2
    assert other.requests[0].header("authorization") is None
    assert isinstance(answer, Fetched)
    assert answer.final_url == other.url("/")


@pytest.mark.parametrize("chunked", [False, True], ids=["plain", "chunked"])
@pytest.mark.row(44)
async def test_gzip_is_unpacked(site: Site, chunked: bool) -> None:
    site.script("/", Page(body=b"text " * 1000, gzipped=True, chunked=chunked))
    answer = await fetch(site.url("/"))
    assert isinstance(answer, Fetched)
    assert answer.body == b"text " * 1000


@pytest.mark.parametrize("after", [b"", b"\0\0\0", gzip.compress(b" and more")], ids=["one", "padded", "two"])
@pytest.mark.row(44)
async def test_gzip_members_are_joined_and_padding_is_not_read(site: Site, after: bytes) -> None:
    site.put("/", gzip.compress(b"text") + after, headers={"Content-Encoding": "gzip"})
    answer = await fetch(site.url("/"))
    assert isinstance(answer, Fetched)
    assert answer.body == (b"text and more" if after.startswith(b"\x1f") else b"text")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"anything", "br"),
        (b"anything", "zstd"),
        (zlib.compress(b"text"), "deflate"),
        (gzip.compress(gzip.compress(b"text")), "gzip, gzip"),
        (b"not gzip at all", "gzip"),
        (gzip.compress(b"text" * 100)[:-9], "gzip"),
    ],
    ids=["s10 br", "s10 zstd", "deflate", "twice", "untrue", "cut"],
)
@pytest.mark.row(44, "S10")
async def test_what_we_did_not_ask_for_is_refused(site: Site, body: bytes, encoding: str) -> None:
    site.put("/", body, headers={"Content-Encoding": encoding})
    failed(await fetch(site.url("/")), FetchReason.ENCODING)


async def test_an_answer_is_told_of_even_where_its_body_is_refused(site: Site) -> None:
    site.put("/feed", b"anything", headers={"Content-Encoding": "br"})
    site.script("/old", Page(status=301, headers={"Location": site.url("/feed")}))
    hops: list[Hop] = []
    request = Request(url=site.url("/old"), max_bytes=1_000, accept="*/*", listener=hops.append)
    async with GuardedClient(SETTINGS, "1.2") as client:
        failed(await client.fetch(request, NOW), FetchReason.ENCODING)
    assert [(hop.status, hop.url) for hop in hops] == [(301, site.url("/old")), (200, site.url("/feed"))]
    assert ("content-encoding", "br") in hops[1].headers


@pytest.mark.parametrize("max_bytes", [1_000, 50_000_000], ids=["over the cap", "under the cap"])
@pytest.mark.row("S9", "S11")
async def test_a_bomb_is_stopped_early(site: Site, max_bytes: int) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1_000_000)
    bomb = b"".join(squeeze.compress(zeros) for _ in range(200)) + squeeze.flush()
    site.put("/", bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        answer = await fetch(site.url("/"), max_bytes=max_bytes)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    failed(answer, FetchReason.TOO_LARGE if max_bytes == 1_000 else FetchReason.ENCODING)
    assert peak < 110_000_000


@pytest.mark.row(45, "S14")
async def test_an_endless_body_is_cut_off(site: Site) -> None:
    site.script("/", Page(body=b"x" * 10_000, endless=True))
    failed(await fetch(site.url("/")), FetchReason.TOO_LARGE)


@pytest.mark.row(45)
async def test_the_cap_itself_is_still_taken(site: Site) -> None:
    site.put("/", b"x" * 1000)
    assert isinstance(await fetch(site.url("/"), max_bytes=1000), Fetched)
    failed(await fetch(site.url("/"), max_bytes=999), FetchReason.TOO_LARGE)


@pytest.mark.parametrize(
    "page",
    [
        Page(body=b"0123456789", drop_after=3),
        Page(body=b"0123456789", chunked=True, drop_after=3),
        Page(raw=b""),
        Page(raw=b"SSH-2.0-OpenSSH_9.2\r\n"),
        Page(raw=b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 2_000_000 + b"\r\n\r\n"),
        Page(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    ],
    ids=["46 cut", "cut chunk", "nothing", "not http", "s13 headers", "two lengths"],
)
@pytest.mark.row(46, "S13")
async def test_a_broken_answer_is_a_failure(site: Site, page: Page) -> None:
    site.script("/", page)
    failed(await fetch(site.url("/")), FetchReason.PROTOCOL)


@pytest.mark.parametrize("page", [Page(body=b"x" * 1000, dribble=0.05), Page(delay=60)], ids=["s12 drip", "no answer"])
@pytest.mark.row("S12")
async def test_the_deadline_is_for_the_whole_request(site: Site, page: Page) -> None:
    site.script("/", page)
    settings = FetchSettings(allow=SETTINGS.allow, timeout=timedelta(milliseconds=300))
    began = asyncio.get_running_loop().time()
    failed(await fetch(site.url("/"), settings=settings), FetchReason.TIMEOUT)
    assert asyncio.get_running_loop().time() - began < 3


async def test_nobody_there_is_a_failure_to_connect(site: Site) -> None:
    with Site() as gone:
        url = gone.url("/")
    failed(await fetch(url), FetchReason.CONNECT)


@pytest.mark.row(56)
async def test_one_host_is_asked_one_at_a_time_with_a_gap(site: Site) -> None:
    site.script("/", Page(body=b"x", delay=0.02))
    settings = FetchSettings(allow=SETTINGS.allow, min_gap=timedelta(milliseconds=400))
    async with GuardedClient(settings, "1") as client:
        request = Request(url=site.url("/"), max_bytes=10, accept="*/*")
        answers = await asyncio.gather(*(client.fetch(request, NOW) for _ in range(4)))
    assert all(isinstance(answer, Fetched) for answer in answers)
    starts = [seen.at for seen in site.requests]
    assert site.most_at_once == 1
    # The server notes a request when its thread has read it: on a busy machine that is some time after it was sent.
    assert all(later - earlier > 0.2 for earlier, later in itertools.pairwise(starts))


@pytest.mark.row(56)
async def test_who_waits_too_long_for_a_host_is_sent_away_and_takes_no_turn() -> None:
    turns = Turns(4, timedelta(0))
    async with (
        turns.take("a.example", 5) as first,
        turns.take("a.example", 0.02) as second,
        turns.take("b.example", 5) as third,
    ):
        assert (first, second, third) == (True, False, True)
    turns.slow_down("a.example", timedelta(seconds=60))
    async with turns.take("a.example", 0.02) as early:
        assert not early


async def test_many_hosts_share_the_places_and_none_fails_for_waiting() -> None:
    settings = FetchSettings(allow=SETTINGS.allow, min_gap=timedelta(0), concurrency=4)
    async with GuardedClient(settings, "1") as client:
        with Site(host="0.0.0.0") as everywhere:
            everywhere.script("/", Page(body=b"x", delay=0.01))
            urls = [everywhere.url("/", host=f"127.0.1.{i}") for i in range(60)]
            asked = [Request(url=url, max_bytes=10, accept="*/*") for url in urls]
            answers = await asyncio.gather(*(client.fetch(request, NOW) for request in asked))
    assert [type(answer) for answer in answers] == [Fetched] * 60
    assert 1 < everywhere.most_at_once <= 4


async def test_cancelling_gives_the_turn_back(site: Site) -> None:
    site.script("/", Page(delay=60), Page(body=b"x"))
    async with GuardedClient(SETTINGS, "1") as client:
        request = Request(url=site.url("/"), max_bytes=10, accept="*/*")
        hung = asyncio.create_task(client.fetch(request, NOW))
        await asyncio.to_thread(site.wait_for, "/")
        hung.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hung
        assert isinstance(await client.fetch(request, NOW), Fetched)


async def test_a_webhook_is_posted_once_and_its_answer_is_a_value(site: Site) -> None:
    site.script("/hook", Page(status=429, headers={"Retry-After": "60"}, body=b"e" * 10_000))
    async with GuardedClient(SETTINGS, "1.2") as client:
        posted = await client.post(site.url("/hook"), body=b"{}", headers={"webhook-id": "1"}, now=NOW)
    assert posted == Posted(status=429, retry_after=timedelta(seconds=60), body=b"e" * 4096)
    assert (site.requests[0].method, site.requests[0].body) == ("POST", b"{}")
    assert site.requests[0].header("webhook-id") == "1"


@pytest.mark.row("S32")
async def test_a_webhook_follows_no_redirect(site: Site) -> None:
    site.script("/hook", Page(status=307, headers={"Location": "/other"}))
    async with GuardedClient(SETTINGS, "1.2") as client:
        posted = await client.post(site.url("/hook"), body=b"{}", headers={}, now=NOW)
    assert isinstance(posted, Posted)
    assert posted.status == 307
    assert len(site.requests) == 1


@pytest.mark.row("S32")
async def test_a_webhook_in_plain_http_goes_only_where_the_operator_allows(site: Site) -> None:
    closed = FetchSettings()
    async with GuardedClient(closed, "1") as client:
        inner = await client.post(site.url("/hook"), body=b"{}", headers={}, now=NOW)
        outer = await client.post("http://93.184.216.34/hook", body=b"{}", headers={}, now=NOW)
    failed(inner, FetchReason.REFUSED_ADDRESS)
    failed(outer, FetchReason.REFUSED_ADDRESS)
    assert site.requests == []
