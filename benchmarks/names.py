"""What finding names costs, beside exact Aho-Corasick scanning of 20 spellings a name: ``python benchmarks/names.py``.

With ``--pages [FOLDER]`` the articles are real: the text of the 68 pages of the article-extraction-benchmark in FOLDER
(default: the one that ``WATCHDOG_CORPORA`` names) that have 4,000 characters, cut there. The first half is read before
the others are measured, several times over, each time with nothing remembered: a page's time is the least of them,
because only what else the machine does makes it longer. A loop of plain Python tells how fast the machine was.

CPU time of one process. Articles are the made texts of ``tools/make_prose.py``, 4,000 characters of which a fifth is
names. ``cold`` is the median of the first 16, one of each language; ``unseen`` that of the last quarter when the others
have been read, as in a service that has run for a while and gets a new article; ``again`` that of reading it once more.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import _lru_cache_wrapper, partial
from importlib import resources
from pathlib import Path
from statistics import median

import ahocorasick_rs
from anyascii import anyascii

from watchdog.core import likeness, sounds
from watchdog.core.mentions import find_mentions
from watchdog.core.names import Memory, NameIndex, build_index
from watchdog.lang.letters import read_letters
from watchdog.model.article import Document
from watchdog.model.watch import Case

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import make_prose

_CASELESS = {"ar", "fa", "he", "ka"}
_SPELLINGS = 20
_CORPUS, _LENGTH = "article-extraction-benchmark.tar.xz", 4_000
_LOOP = 100_000


def _spellings(name: str) -> list[str]:
    """Twenty spellings, as a table of endings and of letters would make them."""
    plain = anyascii(name).lower()
    forms = [name.lower(), plain, " ".join(reversed(plain.split()))]
    forms += [
        plain.replace(old, new) for old, new in (("v", "w"), ("kh", "h"), ("y", "i"), ("sh", "sch"), ("ch", "tch"))
    ]
    forms += [name.lower() + ending for ending in ("a", "u", "om", "e", "s", "'s", "i", "in", "un", "dan", "ya", "ga")]
    return forms[:_SPELLINGS]


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _spent(documents: list[tuple[bool, Document]], index: NameIndex) -> dict[bool, list[float]]:
    """Milliseconds of CPU for each document, by whether its script has no capitals."""
    spent: dict[bool, list[float]] = defaultdict(list)
    for is_caseless, document in documents:
        start = time.process_time()
        find_mentions(document, index)
        spent[is_caseless].append(1_000 * (time.process_time() - start))
    return spent


def _measure(cases: int, articles: int) -> None:
    names = make_prose.watched(cases, is_mixed=True)
    texts = list(make_prose.texts(articles, names))
    letters = read_letters(resources.files("watchdog.lang") / "letters")
    before, start = _memory(), time.process_time()
    index = build_index([Case(id=str(number), name=name) for number, name in enumerate(names)], letters)
    print(f"{cases:>7} cases: index {time.process_time() - start:6.2f} s, {_memory() - before:4} MB;", end=" ")
    documents = [
        (lang in _CASELESS, Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15)))
        for lang, text in texts
    ]
    known = len(documents) * 3 // 4
    for what, some in (("cold", documents[:16]), ("", documents[16:known]), ("unseen", documents[known:])):
        spent = _spent(some, index)
        if what:
            print(f"{what} {median(spent[False]):5.1f} ms cased, {median(spent[True]):5.1f} caseless;", end=" ")
    again = _spent(documents[known:], index)
    print(f"again {median(again[False]):5.1f}, {median(again[True]):5.1f};", end=" ")
    before, start = _memory(), time.process_time()
    automaton = ahocorasick_rs.AhoCorasick([form for name in names for form in _spellings(name)])
    built = time.process_time() - start
    start = time.process_time()
    for _, text in texts:
        automaton.find_matches_as_indexes(text.lower())
    took = 1_000 * (time.process_time() - start) / len(texts)
    print(f"yardstick: build {built:5.2f} s, {_memory() - before} MB, article {took:.2f} ms")


def _pages(folder: Path) -> list[Document]:
    """The long articles of the benchmark, in its order."""
    with tarfile.open(folder / _CORPUS) as tar:
        member = next(member for member in tar if member.name.endswith("ground-truth.json"))
        content = tar.extractfile(member)
        articles = json.load(content) if content else {}
    texts = [article["articleBody"] for article in articles.values()]
    return [
        Document(title="", text=text[:_LENGTH], blocks=(), lang="en", reported=date(2025, 1, 15))
        for text in texts
        if len(text) >= _LENGTH
    ]


def _times(work: Callable[[Document], object], documents: list[Document]) -> list[float]:
    """Milliseconds of CPU for each."""
    times = []
    for document in documents:
        start = time.process_time()
        work(document)
        times.append(1_000 * (time.process_time() - start))
    return times


def _forget() -> None:
    """Empty what is remembered of words; what single sounds cost is soon known to every process."""
    for function in (*vars(sounds).values(), *vars(likeness).values()):
        if isinstance(function, _lru_cache_wrapper) and function.cache_parameters()["maxsize"] is not None:
            function.cache_clear()


def _measure_pages(cases: int, documents: list[Document], rounds: int) -> None:
    names = make_prose.watched(cases, is_mixed=True)
    letters = read_letters(resources.files("watchdog.lang") / "letters")
    index = build_index([Case(id=str(number), name=name) for number, name in enumerate(names)], letters)
    known, new = documents[: len(documents) // 2], documents[len(documents) // 2 :]
    unseen, again, loops = [], [], []
    for _ in range(rounds):
        _forget()
        find = partial(find_mentions, index=replace(index, memory=Memory()))
        _times(find, known)
        unseen.append(_times(find, new))
        again.append(_times(find, new))
        loops += _times(lambda _: sum(number % 7 for number in range(_LOOP)), new[:1])
    automaton = ahocorasick_rs.AhoCorasick([form for name in names for form in _spellings(name)])
    exact = _times(lambda page: automaton.find_matches_as_indexes(page.text.lower()), new)
    least, last = ([min(times) for times in zip(*rows, strict=True)] for rows in (unseen, again))
    print(
        f"{cases:>7} cases: unseen {median(least):5.2f} ms, most {max(least):5.1f}, again {median(last):5.2f};", end=" "
    )
    print(f"by round {', '.join(f'{median(times):.1f}' for times in unseen)};", end=" ")
    print(f"loop {min(loops):.1f}, mostly {median(loops):.1f} ms; yardstick: article {median(exact):.2f} ms")


def main() -> None:
    """Measure and print one line for each number of cases."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=320)
    parser.add_argument("--cases", type=int, nargs="*", default=[50, 1_000, 10_000, 100_000])
    parser.add_argument("--pages", nargs="?", type=Path, const=Path(os.environ.get("WATCHDOG_CORPORA", ".")))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for cases in options.cases:
        if options.pages:
            _measure_pages(cases, _pages(options.pages), options.rounds)
        else:
            _measure(cases, options.articles)


if __name__ == "__main__":
    main()
