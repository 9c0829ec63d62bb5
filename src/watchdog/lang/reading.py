"""Reads the TOML files of packs and letter tables, so that a mistake names file, table and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import cast

from watchdog.errors import PackError


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a pack file; every getter raises PackError with file, table and key."""

    file: str
    name: str
    values: Mapping[str, object]

    def refuse_unknown(self, *known: str) -> None:
        """Raise PackError if the table has a key besides these."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"unknown key; known are {', '.join(known)}")

    def error(self, key: str, message: str) -> PackError:
        """A PackError about one key, to be raised."""
        return PackError(f"{self.place(key)}: {message}")

    def place(self, key: str) -> str:
        """File, table and key."""
        return f"{self.file}: [{self.name}] {key}"

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required unless a default is given."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, "a string is needed")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "a list of strings is needed")
        return tuple(cast("list[str]", value))

    def number(self, key: str, default: float | None = None) -> float:
        """A number; required unless a default is given."""
        value = self.values.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.error(key, "a number is needed")
        return float(value)

    def flag(self, key: str) -> bool:
        """A boolean; False where the key is missing."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "true or false is needed")
        return value

    def table(self, key: str) -> Table:
        """A sub-table; empty where the key is missing."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "a table is needed")
        return Table(self.file, f"{self.name}.{key}" if self.name else key, cast("dict[str, object]", value))

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables (``[[key]]``); empty where the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, "a list of tables is needed")
        rows = cast("list[dict[str, object]]", value)
        prefix = f"{self.name}." if self.name else ""
        return tuple(Table(self.file, f"{prefix}{key} #{number}", row) for number, row in enumerate(rows, 1))


def read_table(path: Traversable) -> Table:
    """Read one TOML file.

    Raises:
        PackError: it is missing or not TOML.
    """
    name = "/".join(str(path).replace("\\", "/").split("/")[-2:])
    try:
        return Table(name, "", tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError as exc:
        raise PackError(f"{name}: not found") from exc
    except tomllib.TOMLDecodeError as exc:
        raise PackError(f"{name}: {exc}") from exc
