"""Reads TOML tables so that every mistake of a file is found in one go, and none of its keys is left unread."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import TypeVar, cast
from unicodedata import category

from watchdog.config import lines
from watchdog.errors import ConfigError, ConfigProblem

T = TypeVar("T")

#: 10,000 sources with a remark each are 3 MB.
MAX_FILE_BYTES = 20_000_000
#: "ulr" is this near to "url"; "arested" must not be taken for "released" (a half).
_ALIKE = 0.6
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cn"})
_TOML_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at one place of a file."""

    path: lines.Path
    message: str


class ItemsRefused(ValueError):
    """Items of a list are wrong: their numbers, from 0, and what is wrong with each."""

    def __init__(self, items: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(message for _, message in items))
        self.items = items


class Table:
    """One table that is being read; mistakes are noted, stand-in values let the reading go on."""

    def __init__(self, values: Mapping[str, object], path: lines.Path, mistakes: list[Mistake]) -> None:
        self._values = values
        self._path = path
        self._mistakes = mistakes
        self._asked: list[str] = []

    def get(self, key: str, read: Callable[[object], T], default: T) -> T:
        """What ``read`` makes of a key's value; the default where the key is missing, or refused with ValueError."""
        self._asked.append(key)
        if key not in self._values:
            return default
        try:
            return read(self._values[key])
        except ItemsRefused as exc:
            for number, message in exc.items:
                self.note(message, key, number)
        except ValueError as exc:
            self.note(str(exc), key)
        return default

    def need(self, key: str, read: Callable[[object], T], stand_in: T) -> T:
        """Like ``get``, but a missing key is a mistake."""
        if key not in self._values:
            self.note("is missing", key)
        return self.get(key, read, stand_in)

    def section(self, key: str, read: Callable[[Table], T]) -> T:
        """The table ``[key]``, read as an empty one where it is missing."""
        self._asked.append(key)
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            self.note(f"is a table: [{key}] on a line of its own, its keys below", key)
            value = {}
        return self._read(cast("dict[str, object]", value), (key,), read)

    def rows(self, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
        """The tables of a list (``[[key]]``, or inline), in the file's order."""
        self._asked.append(key)
        value = self._values.get(key, [])
        rows = value if isinstance(value, list) else []
        header = ".".join(part for part in (*self._path, key) if isinstance(part, str))
        if rows is not value:
            self.note(f"is a list of tables: [[{header}]], or {key} = [{{ ... }}]", key)
        found = []
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                found.append(self._read(row, (key, number), read))
            else:
                self.note(f"a table is needed, not {shown(row)}: [[{header}]], or {key} = [{{ ... }}]", key, number)
                found.append(read(Table({}, (), [])))  # stands in, so that the rows after it keep their numbers
        return tuple(found)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was noted in this table, or below it, so far."""
        return all(mistake.path[: len(self._path)] != self._path for mistake in self._mistakes)

    def note(self, message: str, *below: str | int) -> None:
        """Note a mistake in this table, or at a place below it."""
        self._mistakes.append(Mistake((*self._path, *below), message))

    def note_repeated(self, rows: str, key: str, values: tuple[str, ...]) -> None:
        """Note each value that an earlier row of a list has already; rows whose value was refused do not count."""
        refused = {mistake.path for mistake in self._mistakes}
        first: dict[str, int] = {}
        for number, value in enumerate(values):
            row = (*self._path, rows, number)
            if not {row, (*row, key)} & refused and first.setdefault(value, number) < number:
                self.note(f"{shown(value)} is the {key} of {rows}[{first[value] + 1}] already", rows, number, key)

    def _read(self, values: dict[str, object], below: lines.Path, read: Callable[[Table], T]) -> T:
        table = Table(values, (*self._path, *below), self._mistakes)
        result = read(table)
        for key in values:
            if key not in table._asked:
                table.note(f"unknown key; {nearest(key, table._asked)}", key)
        return result


def read_file(path: Path, read: Callable[[Table], T], *, required: bool) -> tuple[T | None, tuple[ConfigProblem, ...]]:
    """Read one file, and the mistakes in it in the order of its lines; with mistakes the value is worth nothing.

    A missing file is read as an empty one unless it is required.
    """
    try:
        text, values = _parse(path, required=required)
    except ConfigError as exc:
        return None, exc.problems
    result, mistakes = read_values(values, read)
    where = lines.find_lines(text, (mistake.path for mistake in mistakes)) if mistakes else {}
    problems = [
        ConfigProblem(file=path.name, line=where.get(mistake.path), key=_dotted(mistake.path), message=mistake.message)
        for mistake in mistakes
    ]
    return result, tuple(sorted(problems, key=lambda problem: problem.line or 0))


def read_values(values: dict[str, object], read: Callable[[Table], T]) -> tuple[T, list[Mistake]]:
    """Read what a file would hold, and note the mistakes in it; with mistakes the value is worth nothing."""
    mistakes: list[Mistake] = []
    return Table({}, (), mistakes)._read(values, (), read), mistakes  # noqa: SLF001 -- the file is the table above all


def nearest(word: str, known: list[str]) -> str:
    """Advice on a word that is not one of the known ones."""
    from rapidfuzz.distance import OSA  # a swapped pair of letters is one mistake

    near = {name: OSA.normalized_similarity(word.casefold(), name) for name in known}
    best = max(near, key=near.__getitem__)
    return f"did you mean {best}?" if near[best] >= _ALIKE else f"known are {', '.join(known)}"


def shown(value: object) -> str:
    """A value as it can be shown on one line: cut, with control and invisible characters escaped."""
    text = str(value) if isinstance(value, date | time) else json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(f"\\u{ord(char):04x}" if category(char) in _UNSEEN else char for char in text)
    most = 60
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _parse(path: Path, *, required: bool) -> tuple[str, dict[str, object]]:
    def refused(message: str, line: int | None = None) -> ConfigError:
        return ConfigError((ConfigProblem(file=path.name, line=line, key="", message=message),))

    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        if required:
            raise refused("there is no such file; `watchdog init` writes a first one") from None
        return "", {}
    except OSError as exc:
        raise refused(f"cannot be read: {exc.strerror}") from exc
    if len(data) > MAX_FILE_BYTES:
        raise refused(f"is larger than {MAX_FILE_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as exc:
        raise refused(
            "is not UTF-8 text; have your editor save it as UTF-8", data.count(b"\n", 0, exc.start) + 1
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        found = _TOML_LINE.search(str(exc))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise refused(f"is not TOML: {_TOML_LINE.sub('', str(exc))}", line) from exc
    except RecursionError:
        raise refused("is nested too deeply") from None


def _dotted(path: lines.Path) -> str:
    """A path as people write it; rows count from 1."""
    parts = ""
    for key in path:
        if isinstance(key, int):
            parts += f"[{key + 1}]"
        else:
            parts += f".{key}" if _BARE_KEY.fullmatch(key) else f".{shown(key)}"
    return parts.removeprefix(".")
