"""Long texts that mention nobody watched: how many false mentions there are, which may only fall.

The aim is one in 1,000 texts (issue 4), and it is missed: docs/names.md has the figures. The seed tells much: 72 and
288 in 3,000 texts of two seeds before the rules of 2026-11-21, most of them of one or two people each.
"""

from __future__ import annotations

import runpy
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.lang.letters import read_letters
from watchdog.model.article import Document
from watchdog.model.watch import Case

#: Floors, to be lowered: of 150 and of 3,000 texts.
SAMPLE, ALL = 2, 45
MAKER: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_prose.py"))


def _false_mentions(texts: int, watched: int = 2_000) -> list[str]:
    names = MAKER["watched"](watched)
    letters = read_letters(resources.files("watchdog.lang") / "letters")
    index = build_index([Case(id=name, name=name) for name in names], letters)
    false = []
    for lang, text in MAKER["texts"](texts, names):
        document = Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15))
        false += [f"{lang}: {mention.reason}" for mention in find_mentions(document, index).mentions]
    return false


def test_a_sample_of_texts() -> None:
    assert len(_false_mentions(150)) <= SAMPLE


@pytest.mark.long
def test_all_texts() -> None:
    assert len(_false_mentions(3_000)) <= ALL
