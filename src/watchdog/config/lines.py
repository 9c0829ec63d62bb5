"""Finds the lines of values in a TOML file, for error messages.

No maintained parser keeps the positions of values. Putting markers into tomlkit's document and looking for them in what
it writes back was tried: it joins the tables of a list that stand apart (a case, a topic, a case), so lines were wrong.
This reader only walks over text that tomllib has accepted, so it may be short: it refuses nothing and builds nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

#: Keys and positions from the top of a file down to a value: ``("source", 2, "kind")``, counted from 0.
Path = tuple[str | int, ...]

#: The length of the path of a row of a list at the top: ``("source", 2)``.
_ROW = 2

_Kind = Literal["key", "line", "sign", "end"]

_PIECE = re.compile(
    r"""
    (?P<blank> [ \t]+ | \#[^\n]* )
  | (?P<key>
      \"{3} (?: [^"\\] | \\. | "{1,2}(?!") )*+ \"{3,5}
    | '{3} (?: [^'] | '{1,2}(?!') )*+ '{3,5}
    | " (?: [^"\\] | \\. )*+ "
    | ' [^']* '
    | [\w+:-]+
    )
  | (?P<line> \n )
  | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)


def find_lines(text: str, paths: Iterable[Path]) -> Mapping[Path, int]:
    """The 1-based line of each path; of a key that is missing, the line of its table.

    Args:
        text: valid TOML.
        paths: the places to look for; one that is missing at the top is left out of the answer.
    """
    known = _Walk(text).lines
    found = {}
    for path in paths:
        nearest = next((path[:depth] for depth in range(len(path), 0, -1) if path[:depth] in known), None)
        if nearest is not None:
            found[path] = known[nearest]
    return found


def find_rows(text: str, key: str) -> tuple[tuple[int, int], ...]:
    """Each row of a list of tables (``[[key]]``): its header's 1-based line, and the line of the next row or table.

    Args:
        text: valid TOML.
        key: of the list, at the top of the file.

    Returns:
        In the file's order; empty where the list is missing, or written as one value.
    """
    headers = _Walk(text).headers
    ends = [(line, path) for path, line in headers if path[0] != key or len(path) <= _ROW] + [
        (text.count("\n") + 2, ())
    ]
    return tuple(
        (line, next(end for end, _ in ends if end > line))
        for path, line in headers
        if path[0] == key and len(path) == _ROW and isinstance(path[1], int)
    )


class _Walk:
    """One walk over a file; ``lines`` holds where each path was met first, of a table its header."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self.headers: list[tuple[Path, int]] = []
        self._rows: dict[Path, int] = {}
        self._pieces = _pieces(text)
        self._kind, self._piece, self._line = next(self._pieces)
        table: Path = ()
        while self._kind != "end":
            if self._kind == "line":
                self._next()
            elif self._piece == "[":
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> None:
        self._kind, self._piece, self._line = next(self._pieces)

    def _header(self) -> Path:
        line = self._line
        self._next()
        is_row = self._piece == "["
        path = self._keys((), "]")
        if is_row:
            self._rows[path] = self._rows.get(path, -1) + 1
            path = (*path, self._rows[path])
            self._next()
        self.lines[path] = line
        self.headers.append((path, line))
        self._next()
        return path

    def _pair(self, table: Path) -> None:
        path = self._keys(table, "=")
        self._next()
        self._value(path)

    def _keys(self, path: Path, end: str) -> Path:
        """The path that a dotted key leads to, below another one; in a list of tables, by way of its last row."""
        while self._piece != end and self._kind != "end":
            if self._kind == "key":
                row = (self._rows[path],) if path in self._rows else ()
                path = (*path, *row, _plain(self._piece))
                self.lines.setdefault(path, self._line)
            self._next()
        return path

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._line)
        if self._piece == "[":
            self._items(path)
        elif self._piece == "{":
            self._inline(path)
        else:
            while self._kind not in {"line", "end"} and self._piece not in {",", "]", "}"}:
                self._next()

    def _items(self, path: Path) -> None:
        self._next()
        number = 0
        while self._piece != "]":
            if self._kind == "line" or self._piece == ",":
                self._next()
            else:
                self._value((*path, number))
                number += 1
        self._next()

    def _inline(self, path: Path) -> None:
        self._next()
        while self._piece != "}":
            if self._kind == "line" or self._piece == ",":
                self._next()
            else:
                self._pair(path)
        self._next()


def _pieces(text: str) -> Iterator[tuple[_Kind, str, int]]:
    line = 1
    for found in _PIECE.finditer(text):
        match found.lastgroup:
            case "key" | "line" | "sign" as kind:
                yield kind, found[0], line
        line += found[0].count("\n")
    while True:
        yield "end", "", line


def _plain(key: str) -> str:
    """A key without its quotes."""
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
