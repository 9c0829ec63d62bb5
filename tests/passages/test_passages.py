"""Labelled passages of each language, as ``tests/eval/README.md`` labels them: what ``analyse`` finds in them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from watchdog.lang import codes, load
from watchdog.pipeline.analyse import answer_line
from watchdog.pipeline.work import load_detectors

HERE = Path(__file__).parent
SCORE = HERE.parent / "eval" / "score.py"
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))
FILES = sorted(HERE.glob("*.jsonl"))
_ASKED = ("id", "lang", "published", "title", "text", "watched", "prior")
LEXICON = load()
DETECTORS = load_detectors()


def answers(passages: Path) -> str:
    rows = [json.loads(line) for line in passages.read_text("utf-8").splitlines() if line.strip()]
    questions = [json.dumps({key: row[key] for key in _ASKED}, ensure_ascii=False) for row in rows]
    return "\n".join(json.dumps(answer_line(line, LEXICON, DETECTORS), ensure_ascii=False) for line in questions)


@pytest.mark.parametrize("passages", FILES, ids=[path.stem for path in FILES])
def test_a_language_reads_its_passages(passages: Path) -> None:
    scored = subprocess.run(
        [sys.executable, str(SCORE), "passages", str(passages), "--show"],
        input=answers(passages),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    figures = re.search(r"^F1 (\S+) P (\S+) R", scored, re.MULTILINE)
    assert figures is not None, scored
    assert float(figures[1]) >= FLOORS["f1"], scored
    assert float(figures[2]) >= FLOORS["precision"], scored


@pytest.mark.parametrize("passages", FILES, ids=[path.stem for path in FILES])
def test_a_language_has_enough_passages_half_of_them_traps(passages: Path) -> None:
    rows = [json.loads(line) for line in passages.read_text("utf-8").splitlines() if line.strip()]
    assert passages.stem in codes()
    assert len(rows) >= FLOORS["passages"]
    assert sum(bool(row["forbidden"]) for row in rows) >= len(rows) / 2
    assert len({row["id"] for row in rows}) == len(rows)
