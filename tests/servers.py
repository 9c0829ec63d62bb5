"""A scripted web server on 127.0.0.1 for tests: real sockets, real HTTP/1.1, every misbehaviour on request."""

from __future__ import annotations

import gzip
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

WAIT_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as the server received it."""

    method: str
    #: With the query string, as it stood in the request line.
    path: str
    #: Names in lower case, in the client's order.
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: ``time.monotonic()`` when the headers were complete.
    at: float

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One scripted answer; ``Content-Length`` is added unless the headers or the flags below say otherwise."""

    status: int = 200
    headers: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    #: Answer 304 where If-None-Match or If-Modified-Since equals our ETag or Last-Modified.
    conditional: bool = False
    #: Compress the body and say so.
    gzipped: bool = False
    chunked: bool = False
    #: Repeat the body, chunked, until the client goes away.
    endless: bool = False
    #: Seconds before the status line.
    delay: float = 0.0
    #: Seconds between single bytes of the body.
    dribble: float = 0.0
    #: Close the connection after so many bytes of the body.
    drop_after: int | None = None
    #: Sent in place of everything else, then the connection is closed.
    raw: bytes | None = None

    def header_items(self) -> list[tuple[str, str]]:
        return list(self.headers.items()) if isinstance(self.headers, Mapping) else list(self.headers)


Answering = Page | Callable[[Seen], Page]


class Site:
    """A web site whose pages a test writes down.

    Use it as a context manager; it serves from threads, so that async tests, plain tests and subprocesses can ask it::

        with Site() as site:
            site.put("/feed", b"<rss/>", headers={"ETag": '"1"'}, conditional=True)
            site.script("/news", Page(status=503), Page(body=b"ok"))   # in this order; the last one repeats
            site.put("/echo", lambda seen: Page(body=seen.body))
            ... site.url("/feed") ...
            site.wait_for("/feed", count=2)                            # until two requests came, or AssertionError
            assert site.requests_to("/feed")[1].header("if-none-match") == '"1"'

    Paths are matched with their query string first, then without; an unknown one is answered 404. Every request is
    recorded in ``requests``, in order of arrival. ``most_at_once`` is the highest number of requests that were in work
    together. With ``tls`` (a server-side SSLContext) it speaks https.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[Seen] = []
        self.most_at_once = 0
        self._scripts: dict[str, list[Answering]] = {}
        self._at_once = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._server = _Server((host, 0), self, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "http" if self._server.tls is None else "https"
        return f"{scheme}://{host}:{self.port}{path}"

    def put(
        self,
        path: str,
        body: bytes | Callable[[Seen], Page] = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
    ) -> None:
        """One answer for a path, for ever; replaces what was there."""
        if callable(body):
            return self.script(path, body)
        return self.script(path, Page(status=status, body=body, headers=headers or {}, conditional=conditional))

    def script(self, path: str, *pages: Answering) -> None:
        """Answers for a path, one a request; the last one repeats. Replaces what was there."""
        with self._changed:
            self._scripts[path] = list(pages)

    def requests_to(self, path: str) -> list[Seen]:
        with self._changed:
            return [seen for seen in self.requests if path in (seen.path, seen.path.partition("?")[0])]

    def wait_for(self, path: str, count: int = 1, limit: float = WAIT_LIMIT_S) -> list[Seen]:
        """Block until a path was asked for so many times."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.requests_to(path)) >= count, limit)
        assert came, f"{path}: {len(self.requests_to(path))} of {count} requests within {limit} s"
        return self.requests_to(path)

    def answer(self, seen: Seen) -> Page:
        with self._changed:
            self.requests.append(seen)
            self._changed.notify_all()
            script = self._scripts.get(seen.path) or self._scripts.get(seen.path.partition("?")[0])
            if script is None:
                return Page(status=404, body=b"no such page")
            answering = script.pop(0) if len(script) > 1 else script[0]
        return answering(seen) if callable(answering) else answering

    def answer_now(self, path: str) -> Page:
        """The page that a path is answered with now, without a request."""
        with self._changed:
            page = self._scripts[path][0]
        assert isinstance(page, Page)
        return page

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the test."""
        self._closing.wait(seconds)

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    def count(self, change: int) -> None:
        with self._changed:
            self._at_once += change
            self.most_at_once = max(self.most_at_once, self._at_once)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site, tls: ssl.SSLContext | None) -> None:
        self.site = site
        self.tls = tls
        self._open: set[socketserver._RequestType] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: socketserver._RequestType, client_address: socketserver._AfInetAddress) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socketserver._RequestType) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Wake the threads that wait for a kept-alive client's next request."""
        for request in list(self._open):
            try:
                request.shutdown(2)  # type: ignore[union-attr]  # TCP requests are sockets
            except OSError:
                continue


@dataclass(slots=True)
class _Connection:
    """Writes one answer; knows whether the connection can be used again."""

    site: Site
    send: Callable[[bytes], object]
    reusable: bool = field(default=True)

    def write(self, seen: Seen, page: Page) -> None:
        self.site.pause(page.delay)
        self.site.count(-1)  # before the first byte: once it has the answer, a client may ask again at once
        if page.raw is not None:
            self.reusable = False
            self.send(page.raw)
            return
        page = self._conditional(seen, page)
        body = gzip.compress(page.body) if page.gzipped else page.body
        self.send(self._head(page, len(body)))
        if seen.method != "HEAD" and page.status != 304:
            self._body(page, body)

    @staticmethod
    def _conditional(seen: Seen, page: Page) -> Page:
        own = {name.lower(): value for name, value in page.header_items()}
        asked = (seen.header("if-none-match"), seen.header("if-modified-since"))
        hit = asked[0] == own.get("etag") if asked[0] else asked[1] is not None and asked[1] == own.get("last-modified")
        return Page(status=304, headers=page.headers) if page.conditional and hit else page

    def _head(self, page: Page, length: int) -> bytes:
        items = page.header_items()
        names = {name.lower() for name, _ in items}
        if page.gzipped:
            items.append(("Content-Encoding", "gzip"))
        if page.chunked or page.endless:
            items.append(("Transfer-Encoding", "chunked"))
        elif "content-length" not in names and page.status != 304:
            items.append(("Content-Length", str(length)))
        lines = [f"HTTP/1.1 {page.status} Scripted", *(f"{name}: {value}" for name, value in items), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def _body(self, page: Page, body: bytes) -> None:
        if page.endless:
            chunk = _chunk(body)
            while not self.site.is_closing:
                self.send(chunk)
        if page.drop_after is not None:
            body, self.reusable = body[: page.drop_after], False
        for part in _parts(body, page.dribble):
            self.send(_chunk(part) if page.chunked else part)
            self.site.pause(page.dribble)
            if self.site.is_closing:
                self.reusable = False
                return
        if page.chunked and page.drop_after is None:
            self.send(b"0\r\n\r\n")


def _chunk(part: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(part), part)


def _parts(body: bytes, dribble: float) -> Iterator[bytes]:
    if dribble:
        yield from (body[i : i + 1] for i in range(len(body)))
    elif body:
        yield body


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        super().setup()

    def handle(self) -> None:
        site = self.server.site
        connection = _Connection(site, self.wfile.write)
        try:
            while connection.reusable and not site.is_closing:
                seen = self._read()
                if seen is None:
                    return
                site.count(1)
                connection.write(seen, site.answer(seen))
                connection.reusable &= seen.header("connection") != "close"
        except OSError:
            return  # the client went away, or refused our certificate: what some tests are about

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return
        finally:
            if self.server.tls is not None:
                self.request.close()  # the server closes only the bare socket under it

    def _read(self) -> Seen | None:
        line = self.rfile.readline(65_536).decode("latin-1").split()
        if len(line) != 3:
            return None
        headers: list[tuple[str, str]] = []
        while (text := self.rfile.readline(65_536).decode("latin-1").strip()) != "":
            name, _, value = text.partition(":")
            headers.append((name.lower(), value.strip()))
        length = int(dict(headers).get("content-length", "0"))
        body = self.rfile.read(length)
        return Seen(method=line[0], path=line[1], headers=tuple(headers), body=body, at=time.monotonic())
