"""What trafilatura alone costs on the pages of the news, asked as ``core.page`` asks it: ``python cut.py CORPUS``."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path

from orders import serve
from outlets import page_of, read_pages
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from watchdog.core.page import SHORT_TEXT

_ASKING = tuple(Extractor(output_format="txt", fast=is_fast, comments=False) for is_fast in (True, False))


class Cutter:
    """Cuts the pages that a poll of these outlets would lead to."""

    def __init__(self, corpus: Path) -> None:
        self._pages = read_pages(corpus)
        self._asked: Counter[str] = Counter()

    async def poll_all(self, urls: list[str]) -> int:
        """Cut one page each."""
        for url in urls:
            outlet = url.rpartition("/")[2]
            self._asked[outlet] += 1
            body = page_of(self._pages, outlet, self._asked[outlet])
            for asking in _ASKING:
                found = bare_extraction(body, options=asking)
                if found is not None and len(found.raw_text or "") >= SHORT_TEXT:
                    break
        return len(urls)


if __name__ == "__main__":
    asyncio.run(serve(Cutter(Path(sys.argv[1])).poll_all))
