"""The plain script that we measure ourselves against: what one would write in an evening with good libraries.

One httpx client for all, validators kept, feedparser as it comes, known items and texts in SQLite, new pages cut out
by trafilatura as it comes; with ``fast`` as a second argument, in the fast manner and without comments, which is how
we ask it. It knows no guard, no limits, no workers, no archive, no robots.txt.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import httpx
import trafilatura
from orders import serve

_SCHEMA = """
create table feeds (url text primary key, etag text, modified text);
create table items (feed text, id text, url text, title text, text text, primary key (feed, id));
"""


class Plain:
    """Polls a list of feeds."""

    def __init__(self, folder: Path, *, is_fast: bool) -> None:
        self._is_fast = is_fast
        self._db = sqlite3.connect(folder / "plain.db")
        self._db.execute("pragma journal_mode=wal")
        self._db.executescript(_SCHEMA)
        self._client = httpx.AsyncClient(timeout=20, follow_redirects=True)
        self._places = asyncio.Semaphore(16)
        self.new = 0

    async def poll_all(self, urls: list[str]) -> int:
        """Ask each feed once. Returns the new items."""
        self.new = 0
        await asyncio.gather(*(self._poll(url) for url in urls))
        return self.new

    async def _poll(self, url: str) -> None:
        known = self._db.execute("select etag, modified from feeds where url = ?", (url,)).fetchone() or (None, None)
        names = ("If-None-Match", "If-Modified-Since")
        headers = {name: value for name, value in zip(names, known, strict=True) if value}
        async with self._places:
            answer = await self._client.get(url, headers=headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return
        answer.raise_for_status()
        for entry in feedparser.parse(answer.content).entries:
            await self._take(url, entry)
        validators = (url, answer.headers.get("etag"), answer.headers.get("last-modified"))
        self._db.execute("insert or replace into feeds values (?, ?, ?)", validators)
        self._db.commit()

    async def _take(self, url: str, entry: feedparser.FeedParserDict) -> None:
        if self._db.execute("select 1 from items where feed = ? and id = ?", (url, entry.id)).fetchone():
            return
        text = entry.get("summary", "")
        if link := entry.get("link"):
            page = await self._client.get(urljoin(url, link))
            asked = {"fast": True, "include_comments": False} if self._is_fast else {}
            text = trafilatura.extract(page.text, url=str(page.url), **asked) or text
        self._db.execute("insert into items values (?, ?, ?, ?, ?)", (url, entry.id, link, entry.title, text))
        self.new += 1


if __name__ == "__main__":
    asyncio.run(serve(Plain(Path(sys.argv[1]), is_fast="fast" in sys.argv[2:]).poll_all))
