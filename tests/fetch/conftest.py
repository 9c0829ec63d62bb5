"""What the tests of rows share: a site, and worker processes that are started once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.fetch.rig import Rigging, rigged
from tests.servers import Site
from watchdog.pipeline.pool import Pool


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(workers=1, deadline=timedelta(seconds=10), memory_max_bytes=2_000_000_000) as pool:
        yield pool


@pytest.fixture
def home(tmp_path: Path, pool: Pool, site: Site) -> Rigging:
    """Opens a home whose sources are paths of the site: ``async with home("/feed", every=HOUR) as rig``."""
    return partial(rigged, tmp_path, pool, site)
