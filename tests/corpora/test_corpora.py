"""The inputs that other projects test themselves with: nothing raises, nothing hangs, what is sane comes out.

They are not part of this project: they are looked for in ``../shared/corpora`` beside the root, or in the folder that
``WATCHDOG_CORPORA`` names. Together these tests take under a minute on two cores.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tarfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watchdog.core import europarl, ukparliament
from watchdog.core.address import canonical
from watchdog.core.cascade import find_main
from watchdog.core.feed import parse_feed
from watchdog.core.listing import parse_list
from watchdog.core.page import extract_page
from watchdog.core.plain import decode, pieces, plain_line, read_html
from watchdog.core.sitemap import parse_sitemap
from watchdog.model.article import FeedRefusal, FeedRefused, ParsedFeed
from watchdog.model.plugin import SourceParser

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "http://example.org/feed"
FOLDER = Path(os.environ.get("WATCHDOG_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
#: No file of these corpora needs a tenth of it on a quiet machine.
SLOWEST_S = 5.0
#: Of the hostile fragments every seventh: all of them take a minute.
FRAGMENT_STRIDE = 7


def members(corpus: str) -> Iterator[tuple[str, bytes]]:
    archive = FOLDER / f"{corpus}.tar.xz"
    if not archive.exists():
        pytest.skip(f"no {archive.name} in {FOLDER}; set WATCHDOG_CORPORA to the folder that holds it")
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                yield member.name.removeprefix("./"), content.read()


def parsed(name: str, body: bytes) -> ParsedFeed | FeedRefused:
    started = time.process_time()
    feed = parse_feed(body, url=URL, content_type=None, now=NOW)
    assert time.process_time() - started < SLOWEST_S, name
    return feed


@pytest.mark.parametrize(
    ("corpus", "files", "feeds"),
    [
        ("feedparser-tests", 2_100, 2_050),
        ("w3c-feedvalidator-testcases", 2_150, 1_800),
        ("gofeed-testdata", 1_090, 500),
    ],
)
def test_every_feed_is_parsed_or_refused(corpus: str, files: int, feeds: int) -> None:
    answers = {name: parsed(name, body) for name, body in members(corpus)}
    good = {name: feed for name, feed in answers.items() if isinstance(feed, ParsedFeed)}
    assert (len(answers) >= files, len(good) >= feeds) == (True, True), (len(answers), len(good))
    assert [name for name, feed in answers.items() if getattr(feed, "reason", None) is FeedRefusal.PARSER_FAILED] == []
    for name, feed in good.items():
        assert len({entry.key for entry in feed.entries}) == len(feed.entries), name
        for entry in feed.entries:
            assert entry.url is None or canonical(entry.url) == entry.url, name
            assert entry.published is None or entry.published <= NOW, name
            assert not re.search("[\x00-\x08\x0e-\x1f\x7f\u200b\u202e]", entry.title + entry.summary + entry.content), (
                name
            )


def test_the_parse_of_another_parser_is_ours_but_for_the_differences_that_are_listed() -> None:
    """gofeed's pairs of a feed and its expected parse, its JSON feeds aside: their versions are none that exist.

    Compared is what an expectation names: titles, links, dates and texts, which list only what is tested.
    """
    files = dict(members("gofeed-testdata"))
    pairs = {name: name.removesuffix(".xml") + ".json" for name in files if name.endswith(".xml")}
    pairs = {name: pair for name, pair in pairs.items() if pair in files}
    listed = tomllib.loads((Path(__file__).parent / "gofeed.toml").read_text("utf-8"))["difference"]
    known = {f"testdata/{name}" for difference in listed for name in difference["files"]}

    found = {}
    for name, pair in pairs.items():
        if told := tuple(differences(parsed(name, files[name]), json.loads(files[pair]))):
            found[name] = told
    assert len(pairs) >= 530
    assert all(difference["reason"] for difference in listed)
    assert {name: told for name, told in found.items() if name not in known} == {}
    assert known - set(found) == set()


def differences(feed: ParsedFeed | FeedRefused, expected: dict[str, Any]) -> Iterator[str]:
    """In words, what an expected parse names and ours has not."""
    items: list[dict[str, Any]] = expected.get("items") or expected.get("entries") or []
    if isinstance(feed, FeedRefused):
        yield feed.detail
        return
    if isinstance(expected.get("title"), str) and feed.title != plain_line(expected["title"]):
        yield f"title of the feed: {feed.title}"
    if len(feed.entries) != len(items):
        yield f"{len(feed.entries)} entries, not {len(items)}"
        return
    for entry, item in zip(feed.entries, items, strict=True):
        if isinstance(item.get("title"), str) and entry.title != plain_line(item["title"]):
            yield f"title: {entry.title}"
        if isinstance(item.get("link"), str) and entry.url != canonical(item["link"], URL):
            yield f"link: {entry.url}"
        day = item.get("publishedParsed") or item.get("updatedParsed")
        if day and entry.published != min(datetime.fromisoformat(day), NOW):
            yield f"date: {entry.published}"
        texts = {plain_line(item[name]) for name in ("description", "summary") if isinstance(item.get(name), str)}
        if not texts <= {entry.summary, plain_line(entry.content)}:
            yield f"text: {entry.summary[:100]}"


def fragments() -> Iterator[str]:
    for name, body in members("html5lib-tests"):
        if name.endswith(".test") and "tokenizer" in name:
            for case in next(iter(json.loads(body).values()), []):
                yield str(case["input"])


def answered(parse: SourceParser, name: str, body: bytes) -> ParsedFeed | FeedRefused:
    started = time.process_time()
    feed = parse(body, url=URL, content_type=None, now=NOW)
    assert time.process_time() - started < SLOWEST_S, name
    return feed


@pytest.mark.parametrize("corpus", ["feedparser-tests", "w3c-feedvalidator-testcases", "gofeed-testdata"])
def test_what_is_no_sitemap_or_answer_of_an_api_is_refused(corpus: str) -> None:
    for name, body in members(corpus):
        assert isinstance(answered(parse_sitemap, name, body), FeedRefused), name
        for parse in (europarl.parse, ukparliament.parse):
            feed = answered(parse, name, body)
            assert isinstance(feed, FeedRefused) or feed.entries == (), name


def test_pages_give_a_list_or_none() -> None:
    """Articles are no lists, but a quarter carries one; nothing of it is empty, repeated or on another host."""
    lists = 0
    for name, packed in members("article-extraction-benchmark"):
        if name.endswith(".html.gz"):
            feed = answered(parse_list, name, gzip.decompress(packed))
            entries = feed.entries if isinstance(feed, ParsedFeed) else ()
            lists += bool(entries)
            assert len({entry.key for entry in entries}) == len(entries), name
            for entry in entries:
                assert entry.url, name
                assert entry.url.startswith("http://example.org/"), name
                assert entry.title == plain_line(entry.title), name
    assert lists >= 40, lists


def test_hostile_html_neither_raises_nor_hangs() -> None:
    for fragment in list(fragments())[::FRAGMENT_STRIDE]:
        body = fragment.encode("utf-8", "surrogatepass")
        started = time.process_time()
        for page in (body, b"<html><body><h1>T</h1><p>" + body):
            extract_page(page, url=URL, content_type="text/html", now=NOW)
        parse_list(body, url=URL, content_type="text/html", now=NOW)
        assert time.process_time() - started < SLOWEST_S, fragment


def test_documents_of_every_encoding_end() -> None:
    for name, body in members("html5lib-tests"):
        if "encoding/" in name and name.endswith(".dat"):
            for document in body.split(b"#data\n")[1:]:
                extract_page(document.partition(b"\n#encoding")[0], url=URL, content_type=None, now=NOW)


def test_main_text_of_real_pages_is_not_below_plain_trafilatura() -> None:
    """The measure of the benchmark's authors: multisets of four words, precision and recall averaged over the pages."""
    from trafilatura import bare_extraction

    files = dict(members("article-extraction-benchmark"))
    truth = json.loads(files["ground-truth.json"])
    ours, plain = [], []
    for key in truth:
        html = gzip.decompress(files[f"html/{key}.html.gz"])
        page = extract_page(html, url=URL, content_type=None, now=NOW)
        ours.append(shares(truth[key]["articleBody"], page.text if page else ""))
        document: Any = bare_extraction(html, include_comments=False, with_metadata=False)
        plain.append(shares(truth[key]["articleBody"], document.text if document else ""))
    assert f1(ours) >= max(0.95, f1(plain)), (f1(ours), f1(plain))


def test_main_text_of_real_pages_is_what_all_steps_of_trafilatura_find() -> None:
    """``cascade`` leaves out steps that cannot change it; every fifth page is looked at."""
    from trafilatura import bare_extraction

    pages = [gzip.decompress(packed) for name, packed in members("article-extraction-benchmark") if name.endswith("gz")]
    for number, page in enumerate(pages[::5]):
        roots = [read_html(decode(page, None)) for _ in range(2)]
        whole: Any = bare_extraction(roots[0], url=URL, output_format="txt", fast=True, include_comments=False)
        ours = find_main(roots[1], URL, is_fast=True) if roots[1] is not None else None
        expected = list(pieces(whole.body)) if whole else []
        assert (list(pieces(ours)) if ours is not None else []) == expected, number


def shares(expected: str, found: str) -> tuple[float, float]:
    one, other = shingles(expected), shingles(found)
    common = (one & other).total()
    if one == other:
        return 1.0, 1.0
    return common / max(other.total(), 1), common / max(one.total(), 1)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3)) if words)


def f1(scores: list[tuple[float, float]]) -> float:
    precision = sum(one for one, _ in scores) / len(scores)
    recall = sum(other for _, other in scores) / len(scores)
    return 2.0 * precision * recall / (precision + recall)
