"""Finds wordings of a pack's triggers that hold none of the trigger's stems: nothing ever searches for them.

``python tools/missing_stems.py [code ...]`` prints the stems that are missing, with ``--write`` it adds them to the
packs' ``triggers.toml``. A pattern is taken apart as ``re`` does: in every match stands each run of letters that is in
no choice, and one of each choice. A wording is reached where one of these always holds a stem.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

from watchdog.lang import Pack, load

_parser = importlib.import_module("re._parser")  # as sre_parse has it, which warns that it is old
_c = importlib.import_module("re._constants")

#: What ``re`` makes of a part of a pattern: its kind and what it holds.
Item: TypeAlias = "tuple[object, Any]"
#: A run is given up where it could be more strings than this.
_MOST = 80
#: A stem of fewer letters stands in most sentences; Chinese and Vietnamese words are short.
_LEAST = {"zh": 2, "vi": 2}
_LEAST_ELSEWHERE = 3
_SHARED_LETTERS = 5
_WORTHLESS = 10_000.0
_STEMS = re.compile(r"(?ms)^stems = \[.*?\]")
_TABLE = re.compile(r"(?m)^(?=\[\[?)")


def missing_stems(pattern: str, stems: Sequence[str], least: int) -> frozenset[str]:
    """The fewest and longest stems of ``least`` letters or more without which a wording holds none of them all."""
    found = _missing(list(_parser.parse(pattern)), stems, least)
    return frozenset(_shortened(found or set()))


def of_pack(pack: Pack) -> dict[int, frozenset[str]]:
    """The stems that are missing, by the number of the trigger in its pack."""
    least = _LEAST.get(pack.code, _LEAST_ELSEWHERE)
    found = {
        number: missing_stems(trigger.pattern.pattern, trigger.stems, least)
        for number, trigger in enumerate(pack.grammar.triggers)
    }
    return {number: missing for number, missing in found.items() if missing}


def _missing(items: Sequence[Item], stems: Sequence[str], least: int) -> set[str] | None:
    """The strings without a stem of the run or choice that leaves the fewest; None where nothing always stands."""
    options: list[set[str] | None] = [
        {one for one in run if not any(stem in one for stem in stems)} for run in _runs(items)
    ]
    lead: list[Item] = []
    for item in items:
        options.append(_of_item(lead, item, stems, least))
        if item[0] is _c.LITERAL:
            lead.append(item)
        elif item[0] not in (_c.AT, _c.ASSERT_NOT):
            lead = []
    return min((one for one in options if one is not None), key=lambda one: _cost(one, least), default=None)


def _of_item(lead: Sequence[Item], item: Item, stems: Sequence[str], least: int) -> set[str] | None:
    """What a part asks for; ``re`` takes out what the alternatives of a choice begin with, so that is put back."""
    kind = item[0]
    if kind is _c.BRANCH:
        found: set[str] = set()
        for alternative in _inside(item):
            one = _missing([*lead, *alternative], stems, least)
            if one is None:
                return None
            found |= one
        return found
    if kind is _c.ASSERT:
        return _missing(_inside(item)[0], stems, least)
    if kind is _c.SUBPATTERN or (kind in (_c.MAX_REPEAT, _c.MIN_REPEAT) and _times(item)[0]):
        return _missing([*lead, *_inside(item)[0]], stems, least)
    return None


def _inside(item: Item) -> list[list[Item]]:
    """The parts of a part: one list, or one for each alternative of a choice."""
    kind, value = item
    if kind is _c.BRANCH:
        return [list(one) for one in value[1]]
    return [list(value[-1])]


def _times(item: Item) -> tuple[int, int]:
    return int(item[1][0]), int(item[1][1])


def _runs(items: Sequence[Item]) -> Iterator[list[str]]:
    """Runs of letters that stand in every match, each as the strings that it may be."""
    run = [""]
    for item in items:
        spellings = _spellings(item)
        if spellings is None or len(run) * len(spellings) > _MOST:
            if "" not in run:
                yield run
            run = spellings or [""]
        else:
            run = [a + b for a, b in product(run, spellings)]
    if "" not in run:
        yield run


def _spellings(item: Item) -> list[str] | None:
    """All that a part may match, where that is little; None where it may be anything."""
    kind, value = item
    if kind is _c.LITERAL:
        return [chr(value).lower()]
    if kind in (_c.AT, _c.ASSERT, _c.ASSERT_NOT):
        return [""]
    if kind is _c.IN:
        return _letters(value)
    is_short_repeat = kind in (_c.MAX_REPEAT, _c.MIN_REPEAT) and _times(item)[1] == 1
    if not is_short_repeat and kind not in (_c.SUBPATTERN, _c.BRANCH):
        return None
    parts = [_all_of(one) for one in _inside(item)]
    found = [one for part in parts if part is not None for one in part]
    if is_short_repeat and not _times(item)[0]:
        found.append("")
    return None if None in parts or len(found) > _MOST else found


def _letters(choice: Sequence[tuple[object, Any]]) -> list[str] | None:
    if choice == [(_c.CATEGORY, _c.CATEGORY_SPACE)]:
        return [" "]
    return [chr(what).lower() for _, what in choice] if all(one is _c.LITERAL for one, _ in choice) else None


def _all_of(items: Sequence[Item]) -> list[str] | None:
    found = [""]
    for item in items:
        spellings = _spellings(item)
        if spellings is None or len(found) * len(spellings) > _MOST:
            return None
        found = [a + b for a, b in product(found, spellings)]
    return found


def _cost(strings: set[str], least: int) -> float:
    return sum(_WORTHLESS if len(one) < least else 8 / len(one) ** 1.5 for one in _shortened(strings))


def _shortened(strings: set[str]) -> list[str]:
    """Strings that begin alike, made one of what they share where that is long enough to tell something."""
    found: list[str] = []
    for one in sorted(text.strip() for text in strings):
        if found:
            shared = next(
                (n for n, (a, b) in enumerate(zip(found[-1], one, strict=False)) if a != b),
                min(len(found[-1]), len(one)),
            )
            if shared >= min(_SHARED_LETTERS, len(found[-1])):
                found[-1] = found[-1][:shared].strip()
                continue
        found.append(one)
    return found


def _write(path: Path, pack: Pack, missing: dict[int, frozenset[str]]) -> None:
    blocks = _TABLE.split(path.read_text("utf-8"))
    tables = [number for number, block in enumerate(blocks) if block.startswith("[[trigger]]")]
    for number, stems in missing.items():
        have = pack.grammar.triggers[number].stems
        words = ", ".join(f'"{stem}"' for stem in (*have, *sorted(stems)))
        blocks[tables[number]] = _STEMS.sub(
            lambda _, words=words: f"stems = [{words}]", blocks[tables[number]], count=1
        )
    path.write_text("".join(blocks), "utf-8")


def main(arguments: Sequence[str]) -> None:
    """Print what is missing in the packs named, or in all, and add it where asked to."""
    for code, pack in load([one for one in arguments if one != "--write"] or None).packs.items():
        missing = of_pack(pack)
        for number, stems in missing.items():
            print(f"{pack.grammar.triggers[number].rule}: {', '.join(sorted(stems))}")
        if missing and "--write" in arguments:
            _write(Path(str(resources.files("watchdog.lang"))) / "packs" / code / "triggers.toml", pack, missing)


if __name__ == "__main__":
    main(sys.argv[1:])
