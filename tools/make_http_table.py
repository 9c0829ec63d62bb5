"""Writes ``docs/http.md`` from the tests' ``row`` marks and ``http_rows.toml``: ``python tools/make_http_table.py``."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "http.md"
WORDS = ROOT / "tools" / "http_rows.toml"
TESTS = ROOT / "tests" / "fetch"
#: All rows that there are.
ROWS = (*map(str, range(1, 76)), *(f"S{number}" for number in range(1, 33)))

INTRODUCTION = """\
# How we ask, and what we do with the answer

Made by `tools/make_http_table.py` from the marks of the tests (`@pytest.mark.row(17)`) and the words in
`tools/http_rows.toml`. `pytest tests/fetch -q` plays every row, with a server on the loopback that gives that answer.
Settings are in [configuration.md](configuration.md).
"""


def marks() -> Mapping[str, list[tuple[str, str]]]:
    """The tests of each row: file and function, in the order of the files."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(TESTS.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for row in dict.fromkeys(_rows(node)):
                    found.setdefault(row, []).append((path.name, node.name))
    return found


def table() -> str:
    """The whole page.

    Raises:
        ValueError: a row has neither tests nor a reason, or both, or words are missing or of no row.
    """
    words = tomllib.loads(WORDS.read_text("utf-8"))
    followed, without, played = {**words["answers"], **words["security"]}, words["without"], marks()
    wrong = [row for row in ROWS if (row in played) is (row in without) or (row in played) is not (row in followed)]
    unknown = sorted({*played, *followed, *without} - set(ROWS))
    if wrong or unknown:
        raise ValueError(f"rows without test and words, or without a reason: {wrong}; of no row: {unknown}")
    parts = [INTRODUCTION]
    for title, names in (("Answers", words["answers"]), ("Hostile servers", words["security"])):
        parts += [f"## {title}\n", "| row | what we do | tests |", "| --- | --- | --- |"]
        parts += [f"| {row} | {names[row]} | {_links(played[row])} |" for row in ROWS if row in names]
        parts.append("")
    parts += ["## Not followed, and why\n", "| row | why |", "| --- | --- |"]
    parts += [f"| {row} | {without[row]} |" for row in ROWS if row in without]
    return "\n".join(parts) + "\n"


def _rows(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.row":
                yield from (str(ast.literal_eval(argument)) for argument in node.args)


def _links(tests: list[tuple[str, str]]) -> str:
    return ", ".join(f"[{name.removeprefix('test_').replace('_', ' ')}](../tests/fetch/{file})" for file, name in tests)


if __name__ == "__main__":
    PAGE.write_text(table(), "utf-8")
