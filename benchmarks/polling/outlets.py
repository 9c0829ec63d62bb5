"""Many small outlets on the loopback, one address each: ``python outlets.py HOSTS CORPUS``; prints its port.

The first part of a path is who asks, so that everybody meets the same answers in the same order. The second says how
the feed behaves: ``unmodified`` answers 304 to its own ETag, ``same`` sends one body again and again, ``dated`` changes
its build date, ``news`` has one more item at each request, with a page to read. Feeds are of 14 kB and 20 items, laid
out as WordPress does; pages are those of the article-extraction-benchmark.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import tarfile
from collections import Counter
from pathlib import Path

ITEMS = 20
_WORDS = (
    "The court in the capital has postponed the hearing of the journalist until next month, her lawyer said on Monday. "
    "Observers of three embassies were present&#8230;"
)


def read_pages(corpus: Path) -> list[bytes]:
    """The pages of the corpus, unpacked."""
    with tarfile.open(corpus) as tar:
        found = [tar.extractfile(member) for member in tar if member.name.endswith(".html.gz")]
        return [gzip.decompress(file.read()) for file in found if file is not None]


def feed(outlet: str, extra: int, build: int) -> bytes:
    """A feed: 20 items without pages, and so many newer ones with pages, of which the newest 20 are shown."""
    items = []
    for number in range(ITEMS + extra, extra, -1):
        page = f"<link>/{outlet.replace('/news/', '/page/')}/{number}</link>" if number > ITEMS else ""
        items.append(
            f"<item>\n<title>Item {number} of {outlet}: the hearing was postponed</title>\n{page}"
            f"<dc:creator><![CDATA[Newsroom]]></dc:creator>\n"
            f"<pubDate>Sat, 21 Nov 2026 {number % 24:02}:{number % 60:02}:00 +0000</pubDate>\n"
            f"<category><![CDATA[News]]></category><category><![CDATA[Courts]]></category>\n"
            f'<guid isPermaLink="false">https://a.example/{outlet}?p={number}</guid>\n'
            f"<description><![CDATA[<p>{number}. {_WORDS}</p>\n<p>The post <a href='https://a.example/?p={number}'>"
            f"The hearing was postponed</a> appeared first on <a href='https://a.example'>Outlet</a>.</p>]]>"
            f"</description>\n</item>\n"
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n<title>{outlet}</title>\n'
        f"<link>https://a.example/</link>\n<description>News</description>\n"
        f"<lastBuildDate>Sat, 21 Nov 2026 {build // 3600 % 24:02}:{build // 60 % 60:02}:{build % 60:02} +0000"
        f"</lastBuildDate>\n<language>en-US</language>\n{''.join(items)}</channel>\n</rss>\n"
    ).encode()


class Site:
    """What is answered; counts the requests of each path."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._asked: Counter[str] = Counter()

    def answer(self, path: str, lines: list[str]) -> bytes:
        """A whole response."""
        _, _, rest = path.partition("/")
        _, _, kind_and_more = rest.partition("/")
        kind, _, more = kind_and_more.partition("/")
        count = self._asked[path]
        self._asked[path] += 1
        if kind == "unmodified":
            etag = f'"{more}"'
            if any(line.lower().startswith("if-none-match:") and etag in line for line in lines):
                return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
            return _ok(feed(rest, 0, 0), f"ETag: {etag}\r\n")
        if kind in {"same", "dated", "news"}:
            return _ok(feed(rest, count if kind == "news" else 0, 0 if kind == "same" else count))
        if kind == "page":
            outlet, _, number = more.partition("/")
            return _ok(page_of(self._pages, outlet, int(number) - ITEMS), type_="text/html")
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def page_of(pages: list[bytes], outlet: str, number: int) -> bytes:
    """The page of an outlet's item, each its own for as long as there are pages: the first one is number 1."""
    return pages[(int(outlet) + 20 * number) % len(pages)]


def _ok(body: bytes, headers: str = "", type_: str = "application/rss+xml") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {type_}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One client's connection, kept alive."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._got = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- asyncio's types say less
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._got += data
        while b"\r\n\r\n" in self._got and self._transport is not None:
            head, _, self._got = self._got.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            self._transport.write(self._site.answer(lines[0].split()[1], lines))


async def main(hosts: int, corpus: Path) -> None:
    """Serve until standard input ends."""
    site = Site(read_pages(corpus))
    loop = asyncio.get_running_loop()
    port = 0
    for number in range(hosts):
        server = await loop.create_server(lambda: Connection(site), address(number), port, backlog=256)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def address(number: int) -> str:
    """The address of an outlet."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
