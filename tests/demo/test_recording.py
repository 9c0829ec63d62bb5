"""The demo recording is what its texts say, and says what the demo promises."""

from __future__ import annotations

import gzip
import importlib.util
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from warcio.archiveiterator import ArchiveIterator

from watchdog.config import read_sources, read_watchlist
from watchdog.model.status import Status

TOOL = Path(__file__).parents[2] / "tools" / "make_demo.py"
DEMO = Path(str(resources.files("watchdog.demo")))


@pytest.fixture(scope="module")
def make_demo() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up by name.
    sys.modules["make_demo"] = module
    spec.loader.exec_module(module)
    return module


def records() -> Iterator[tuple[str, datetime, bytes]]:
    with (DEMO / "recording.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                headers = record.rec_headers
                at = datetime.fromisoformat(headers.get_header("WARC-Date"))
                yield headers.get_header("WARC-Target-URI"), at, record.content_stream().read()


def test_the_recording_is_built_from_the_texts(make_demo: ModuleType) -> None:
    shipped = (DEMO / "recording.warc.gz").read_bytes()
    built = make_demo.build()

    assert built == make_demo.build()
    # Compared unpacked: another zlib packs the same bytes differently.
    assert gzip.decompress(shipped) == gzip.decompress(built), "run python tools/make_demo.py"


def test_the_recording_is_small() -> None:
    assert (DEMO / "recording.warc.gz").stat().st_size < 60_000


def test_a_feed_comes_before_each_page_and_time_never_goes_back() -> None:
    feeds = {source.url for source in read_sources(DEMO / "feeds.toml")}
    seen = list(records())

    assert [url in feeds for url, _, _ in seen] == [True, False] * (len(seen) // 2)
    assert {url for url, _, _ in seen if url in feeds} == feeds
    times = [at for _, at, _ in seen]
    assert times == sorted(times)
    for (_, _, feed), (page, _, _) in zip(seen[::2], seen[1::2], strict=True):
        assert page.encode() in feed


def test_one_page_is_edited_in_place() -> None:
    pages = [(url, body) for url, _, body in list(records())[1::2]]
    edited = [body.decode() for url, body in pages if [other for other, _ in pages].count(url) > 1]

    [before, after] = edited
    assert "02.07.2024. Городская прокуратура" in after
    assert after.replace(after[after.index("\n<p>02.07.2024") : after.index("</div></td>")], "") == before


def test_five_publications_are_to_alert(make_demo: ModuleType) -> None:
    alerts = [Status(page.alert) for page in make_demo.publications() if page.alert]

    assert alerts == [
        Status.SENTENCED,
        Status.CHARGED,
        Status.HUNGER_STRIKE_BEGAN,
        Status.CHARGES_DROPPED,
        Status.RELEASED,
    ]


def test_the_watchlist_is_read() -> None:
    [case] = read_watchlist(DEMO / "watchlist.toml").cases

    assert case.names == ("Ilgar Sarvanli", "İlqar Sərvanlı", "Ильгар Сарванлы")


def test_the_recording_is_whole() -> None:
    members = BytesIO((DEMO / "recording.warc.gz").read_bytes())

    assert all(record.digest_checker.passed is not False for record in ArchiveIterator(members, check_digests=True))
