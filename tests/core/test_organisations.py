from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.lang import load
from watchdog.model.article import Document
from watchdog.model.watch import Case

LETTERS = load(()).letters
LABELLED: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("organisations.toml").read_text("utf-8")
)
CASES = {row["id"]: Case(id=row["id"], name=row["name"], aliases=tuple(row["aliases"])) for row in LABELLED["case"]}


def rows() -> list[object]:
    return [
        pytest.param(
            row,
            id=f"{row['lang']}: {row['case']}: {row['text'][:50]}",
            marks=[pytest.mark.xfail(strict=True, reason=row["known_failure"])] if "known_failure" in row else [],
        )
        for row in LABELLED["text"]
    ]


@pytest.mark.parametrize("row", rows())
def test_an_organisation_is_found_where_it_is_named(row: dict[str, Any]) -> None:
    document = Document(title="", text=row["text"], blocks=(), lang=row["lang"], reported=date(2026, 3, 2))
    found = find_mentions(document, build_index([CASES[row["case"]]], LETTERS))
    assert bool(found.mentions) == row["names"]
