"""Real documents through the real service: every page is read, none set aside, every feed parsed or refused in words.

The corpora lie outside the project; see ``test_corpora``. Their addresses are turned to the loopback site, so that
nothing else is ever asked.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import resource
import sqlite3
import tarfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.daemon import Home
from tests.servers import Site

FOLDER = Path(os.environ.get("WATCHDOG_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
#: Addresses that name a format, not a place to go to.
FORMATS = ("jsonfeed.org",)
ADDRESS = re.compile(rb"(xmlns(?::[\w.-]+)?\s*=\s*[\"'])?https?://([^/\"'<>\s\\&]+)")


def corpus(name: str) -> dict[str, bytes]:
    archive = FOLDER / f"{name}.tar.xz"
    if not archive.exists():
        pytest.skip(f"no {archive.name} in {FOLDER}; set WATCHDOG_CORPORA to the folder that holds it")
    with tarfile.open(archive) as tar:
        files = {member.name.removeprefix("./"): tar.extractfile(member) for member in tar if member.isfile()}
        return {name: content.read() for name, content in files.items() if content is not None}


def turned_to(site: Site, body: bytes) -> bytes:
    """The body with every address that could be asked turned to the loopback site."""

    def here(found: re.Match[bytes]) -> bytes:
        is_format = found[1] or found[2].decode("latin-1") in FORMATS
        return found[0] if is_format else site.url("").encode()

    return ADDRESS.sub(here, body)


def ask(home: Home, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(home.folder / "data/watchdog.db")) as connection:
        return connection.execute(question).fetchall()


def test_every_real_page_is_read_and_none_is_stuck(tmp_path: Path) -> None:
    pages = {name: body for name, body in corpus("article-extraction-benchmark").items() if name.endswith(".html.gz")}
    assert len(pages) == 181
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    with Site() as site:
        items = ""
        for name, packed in pages.items():
            path = f"/page/{Path(name).name.removesuffix('.html.gz')}"
            site.put(path, gzip.decompress(packed), headers={"Content-Type": "text/html"})
            items += f"<item><title>{path}</title><link>{site.url(path)}</link><pubDate>{now()}</pubDate></item>"
        site.put("/feed", f'<rss version="2.0"><channel><title>pages</title>{items}</channel></rss>'.encode())
        home.sources.append({"id": "pages", "url": site.url("/feed")})
        home.write()
        started, cpu = time.monotonic(), children_cpu()
        home.run("run", "--once")
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{time.monotonic() - started:.1f} s, {children_cpu() - cpu:.1f} s of CPU, largest process {largest:.0f} MB"
        )
        paths = {f"/page/{Path(n).name[:-8]}" for n in pages}
        assert {seen.path for seen in site.requests} == {"/feed", "/robots.txt", *paths}
    assert ask(home, "SELECT count(*) FROM articles WHERE stuck_at IS NOT NULL OR lease_until IS NOT NULL") == [(0,)]
    assert ask(home, "SELECT count(*) FROM revisions WHERE judged_at IS NULL") == [(0,)]
    assert ask(home, "SELECT text_from, count(*) FROM revisions GROUP BY 1") == [("page", 181)]


def test_every_feed_is_parsed_or_refused_in_words(tmp_path: Path) -> None:
    feeds = {
        name: body
        for name, body in corpus("gofeed-testdata").items()
        if name.startswith("testdata/parser/") and not name.endswith("_expected.json")
        if name.endswith(".xml") or name.startswith(("testdata/parser/json/", "testdata/parser/universal/"))
    }
    assert len(feeds) > 400
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    with Site() as site:
        for number, (name, body) in enumerate(feeds.items()):
            site.put(f"/{number}/{name}", turned_to(site, body))
            home.sources.append({"id": f"f{number}", "url": site.url(f"/{number}/{name}")})
        home.write()
        home.run("run", "--once")
    rows = ask(home, "SELECT id, polls, failures, reason, stuck_at FROM sources")
    assert len(rows) == len(feeds)
    for source, polls, failures, reason, stuck_at in rows:
        assert stuck_at is None, source
        assert (polls, failures) in {(1, 0), (0, 1)}, source
        assert bool(reason) == bool(failures), source
    assert sum(row[1] == 1 for row in rows) > 0.9 * len(rows)


def now() -> str:
    return format_datetime(datetime.now(UTC))


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
