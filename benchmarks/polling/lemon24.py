"""lemon24/reader as it comes, in an environment of its own: ``requirements/benchmark.txt``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import feedparser_sgmllib
from orders import serve

sys.modules.setdefault("sgmllib", feedparser_sgmllib)  # reader 3.26 asks for it by the name it had until this year
from reader import make_reader  # noqa: E402 -- after that


class Lemon24:
    """Polls a list of feeds; which those are is said by the first call for each list."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._readers: dict[str, object] = {}

    async def poll_all(self, urls: list[str]) -> int:
        """Ask each feed once. Returns the new items."""
        if urls[0] not in self._readers:
            reader = make_reader(str(self._folder / f"reader{len(self._readers)}.db"))
            for url in urls:
                reader.add_feed(url)
            self._readers[urls[0]] = reader
        updates = list(self._readers[urls[0]].update_feeds_iter(scheduled=False))
        failed = [each for each in updates if isinstance(each.value, Exception)]
        if failed:
            raise RuntimeError(f"{len(failed)} feeds failed, {failed[0]}")
        return sum(each.value.new for each in updates if each.value)


if __name__ == "__main__":
    asyncio.run(serve(Lemon24(Path(sys.argv[1])).poll_all))
