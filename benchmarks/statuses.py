"""What reading statuses costs, beside finding the name and reading the packs: ``python benchmarks/statuses.py``.

CPU time of one process, each article read three times and the best taken; the load of the machine stands above. What a
pack costs is told twice: to load it, and to read the first article with it, for which it compiles what it needs. An
article is one labelled passage of ``tests/passages`` about one watched person, followed by passages about other people
until it has 4,000 characters: nearly every sentence tells a change of status, many times more than news does.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import fmean, quantiles
from typing import TypeVar

from watchdog import lang
from watchdog.core.claims import find_claims
from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.core.timeline import decide
from watchdog.lang import Lexicon
from watchdog.model.article import Block, Document
from watchdog.model.mention import MentionsFound
from watchdog.model.watch import Case

_PASSAGES = Path(__file__).parents[1] / "tests" / "passages"
_CHARACTERS = 4_000
_T = TypeVar("_T")


def _article(rows: list[dict[str, str]], first: int) -> Document:
    text, blocks = "", []
    for number in range(len(rows)):
        row = rows[(first + number) % len(rows)]
        blocks.append(Block(start=len(text), end=len(text) + len(row["text"])))
        text += row["text"] + "\n\n"
        if len(text) >= _CHARACTERS:
            break
    reported = date.fromisoformat(rows[first]["published"][:10])
    return Document(
        title=rows[first]["title"], text=text, blocks=tuple(blocks), lang=rows[first]["lang"], reported=reported
    )


_ROUNDS = 3


def _timed(work: Callable[[], _T]) -> tuple[float, _T]:
    start = time.process_time()
    result = work()
    return 1_000 * (time.process_time() - start), result


def _judge(document: Document, found: MentionsFound, lexicon: Lexicon) -> int:
    told = find_claims(document, found, lexicon)
    decide(told, (), reported=document.reported)
    return len(told)


def main() -> None:
    """Print one line for each language with passages."""
    print("load average " + " ".join(f"{one:.1f}" for one in os.getloadavg()))
    for path in sorted(_PASSAGES.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        load, lexicon = _timed(partial(lang.load, [path.stem]))
        articles, naming = [], []
        for first, row in enumerate(rows):
            watched = row["watched"][0]
            case = Case(id=watched["case"], name=watched["names"][0], aliases=tuple(watched["names"][1:]))
            index, document = build_index([case], lexicon.letters), _article(rows, first)
            spent, found = _timed(partial(find_mentions, document, index))
            naming.append(spent)
            articles.append((document, found))
        first, _ = _timed(partial(_judge, *articles[0], lexicon))
        rounds = [[_timed(partial(_judge, *one, lexicon)) for one in articles] for _ in range(_ROUNDS)]
        reading = [min(spent for spent, _ in tries) for tries in zip(*rounds, strict=True)]
        claims = sum(told for _, told in rounds[0])
        print(
            f"{path.stem}: pack {load:4.0f} ms, first article {first:4.0f} ms; statuses mean {fmean(reading):5.2f} ms, "
            f"19 in 20 within {quantiles(reading, n=20)[-1]:5.2f}; names {fmean(naming):5.2f} ms; "
            f"{claims / len(rows):.1f} claims an article"
        )


if __name__ == "__main__":
    main()
