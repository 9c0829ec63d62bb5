"""What reading an article costs beside its extraction: ``python benchmarks/pages.py [FOLDER]``.

CPU time of one process, in ms a page, over the pages of the article-extraction-benchmark in FOLDER (default: the one
that ``WATCHDOG_CORPORA`` names), after one page to warm up. All pages are of one source. What is outside
extraction is what our reading costs beyond plain trafilatura, which parses the page as well.
"""

from __future__ import annotations

import argparse
import gzip
import os
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, insert
from trafilatura import bare_extraction

from watchdog import lang
from watchdog.core import dedup, furniture, page, plain
from watchdog.model.article import PageText
from watchdog.store import Database, past, tables

T = TypeVar("T")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://a.example/{}"
_CORPUS = "article-extraction-benchmark.tar.xz"


class Clock:
    """Adds up what each part costs."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def timed(self, part: str, work: Callable[[], T]) -> T:
        """Do it, and count it."""
        started = time.process_time()
        made = work()
        self.spent[part] += time.process_time() - started
        return made


def pages(folder: Path) -> Iterator[bytes]:
    """The pages of the benchmark."""
    with tarfile.open(folder / _CORPUS) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None and member.name.endswith(".html.gz"):
                yield gzip.decompress(content.read())


def store(connection: Connection, number: int, found: PageText) -> None:
    """A revision, as the next page of its source finds it."""
    article = {"id": number, "url": URL.format(number), "source_id": "s", "has_page": True, "first_seen_at": NOW}
    connection.execute(insert(tables.articles).values(**article, in_first_poll=False))
    row = {
        "article_id": number,
        "number": 1,
        "title": found.title,
        "text": found.text,
        "blocks": [],
        "text_from": "page",
    }
    connection.execute(insert(tables.revisions).values(**row, title_is_new=True, text_hash="h", seen_at=NOW))


def measure(bodies: list[bytes], folder: Path) -> Clock:
    """Read all of them."""
    clock = Clock()
    calendars = [pack.calendar for pack in lang.load(["en"]).packs.values()]
    with Database("sqlite:///w.db", folder) as db:
        source = {"id": "s", "url": "u", "definition": {}, "enabled": True, "added_at": NOW}
        db.now(lambda connection: connection.execute(insert(tables.sources).values(**source)))
        for number, body in enumerate(bodies):
            if number == 1:
                clock.spent.clear()
            found = read(clock, body, number, db)
            if found is None:
                continue
            db.now(store, number, found)
            later = replace(found, title=f"{found.title}, again")
            old = [found.text[block.start : block.end] for block in found.blocks]
            clock.timed(
                "edited: compare", lambda later=later, old=old: dedup.compare(later, old, calendars, NOW.date())
            )  # type: ignore[misc]  # bound
    return clock


def read(clock: Clock, body: bytes, number: int, db: Database) -> PageText | None:
    """One page, as the step ``read`` takes it, and as a plain script does."""
    clock.timed("plain trafilatura", lambda: bare_extraction(body, fast=True, with_metadata=False))
    clock.timed("parse", lambda: plain.read_html(plain.decode(body, None)))
    whole = clock.timed("page", lambda: page.extract_page(body, url=URL.format(number), content_type=None, now=NOW))
    if whole is None:
        return None
    others = clock.timed("other pages", lambda: db.read_now(past.other_pages, "s", number, URL.format(number)))
    return clock.timed("furniture", lambda: furniture.without_furniture(whole, others))[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("WATCHDOG_CORPORA", "."))
    bodies = list(pages(parser.parse_args().folder))
    with tempfile.TemporaryDirectory() as scratch:
        spent = measure(bodies, Path(scratch)).spent
    count = len(bodies) - 1
    for part, seconds in spent.items():
        print(f"{part:20}{1000 * seconds / count:7.2f}")
    outside = spent["page"] - spent["plain trafilatura"] + spent["other pages"] + spent["furniture"]
    size = sum(map(len, bodies)) // len(bodies)
    print(f"{'outside extraction':20}{1000 * outside / count:7.2f}   of pages of {size} bytes")


if __name__ == "__main__":
    main()
