"""Writes into the files that a user writes, with everything that stands there already: comments, order, layout.

The only importer of tomlkit, for single rows and lines: in a whole file it joins the rows of a list that stand apart (a
case, a topic, a case), and drops the space behind a date. Every result is read again: an edit that says anything but
what was meant is refused, whatever the file looks like.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import cast

import tomlkit
from tomlkit.exceptions import TOMLKitError

from watchdog.config import lines
from watchdog.config.rows import Row
from watchdog.errors import FileError, UsageError

_END = "\n"
_BOM = "\ufeff"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
#: For the operator who reads the file; the database does not have them.
_OPERATORS_KEYS = ("evidence", "verified", "note")


def add_row(text: str, key: str, row: Row) -> str:
    """A file with one more row at its end.

    Args:
        text: valid TOML, with any line ends.
        key: the list's: ``case``, ``source`` or ``topic``.
        row: what the row says.

    Raises:
        UsageError: the list is written in a way that no row can be added to.
    """
    old = _plain(text)
    gap = "" if not old.strip() else "\n" if old.endswith("\n") else "\n\n"
    new = f"{old}{gap}{_dump(key, row)}"
    if not _says(new, {**tomllib.loads(old), key: [*_rows(old, key), row]}):
        raise _by_hand(key)
    return _as_it_was(new, text)


def set_in_row(text: str, key: str, row_id: str, name: str, value: object) -> str:
    """A file with one key of one row set; a remark beside it stays.

    Args:
        text: valid TOML, with any line ends.
        key: the list's.
        row_id: which row; it is there.
        name: the key to set.
        value: what it says from now on.

    Raises:
        UsageError: the list is written in a way that no row of it can be changed.
    """
    old = _plain(text)
    wanted = _rows(old, key)
    number = next(number for number, row in enumerate(wanted) if row["id"] == row_id)
    places = lines.find_rows(old, key)
    if len(places) != len(wanted):
        raise _by_hand(key)
    split = _LINE.findall(old)
    for at, end, line in _ways(split, places[number], lines.find_lines(old, [(key, number, name)]), name, value):
        above = "".join(split[:at])
        new = f"{above}{'' if above.endswith(_END) else _END}{line}{''.join(split[end:])}"
        if _says(
            new, {**tomllib.loads(old), key: [*wanted[:number], {**wanted[number], name: value}, *wanted[number + 1 :]]}
        ):
            return _as_it_was(new, text)
    raise _by_hand(key)


def _ways(
    split: Sequence[str], place: tuple[int, int], found: Mapping[lines.Path, int], name: str, value: object
) -> Iterator[tuple[int, int, str]]:
    """Where a key's new line could go: (the lines before it, the lines replaced up to, the line); the best one first.

    In the key's own line; else below the lines under the header, up to the first that is empty, a remark or a table,
    because what follows may belong to the next row; else, where that is within a text of many lines, under the header.
    """
    first, end = place
    here = next(iter(found.values())) - 1
    with contextlib.suppress(TOMLKitError):
        line = tomlkit.parse(split[here])
        if name in line:
            line[name] = value
            yield here, here + 1, tomlkit.dumps(line)
    body = (at for at in range(first, min(end - 1, len(split))) if split[at].strip()[:1] in {"", "#", "["})
    for at in (next(body, min(end - 1, len(split))), first):
        yield at, at, tomlkit.dumps({name: value})


def merge_rows(text: str, lists: Mapping[str, Sequence[Row]], kept: Mapping[str, frozenset[str]]) -> str:
    """A file that says what the lists say, with the rows of an old file that say it already, and the remarks with them.

    Args:
        text: the old file; valid TOML.
        lists: each list's rows by its key.
        kept: by the list's key, the ids of the old rows that may stay word for word.

    Returns:
        What stood before the first row, then the old file's rows in their order, then new ones. Where the old file
        cannot be cut into its rows, a file without remarks.
    """
    old = _plain(text)
    wanted = {key: {str(row["id"]): row for row in rows} for key, rows in lists.items()}
    said: dict[str, list[Row]] = {key: [] for key in lists}
    head, parts = _cut(old, list(lists))
    texts = [head]
    for part in parts:
        row = wanted[part.key].pop(str(part.row["id"]), None)
        if row is not None:
            stays = part.row["id"] in kept[part.key]
            row = part.row if stays else {**row, **{key: part.row[key] for key in _OPERATORS_KEYS if key in part.row}}
            texts.append(part.text if stays else part.remarks + _dump(part.key, row).rstrip(_END) + part.gap)
            said[part.key].append(row)
    new = "".join(part if part.endswith(_END) else f"{part}\n" for part in texts if part)
    for key, rows in wanted.items():
        for row in rows.values():
            new = f"{new.rstrip(_END)}\n\n{_dump(key, row)}".lstrip(_END)
            said[key].append(row)
    return _as_it_was(new, text) if _says(new, {k: rows for k, rows in said.items() if rows}) else dump_rows(lists)


def dump_rows(lists: Mapping[str, Sequence[Row]]) -> str:
    """A file of nothing but these rows."""
    return "\n".join(_dump(key, row) for key, rows in lists.items() for row in rows)


def read_text(path: Path) -> str:
    """A file as it stands, line ends and all.

    Raises:
        FileError: it cannot be read, or is no text.
    """
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as exc:
        raise FileError(f"{path} cannot be read: {exc}") from exc


def make_folder(path: Path) -> None:
    """Make a folder for files like ours, where there is none: for its owner only.

    Raises:
        FileError: it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise FileError(f"{path} cannot be made: {exc.strerror}") from exc


def write_file(path: Path, text: str) -> None:
    """Put a file in the place of another one at once: nobody ever sees half of it, and a crash leaves one or the other.

    Args:
        path: a link is followed; the file that it leads to is replaced. Owner and permissions are kept; a new file is
            readable by its owner only.
        text: written as UTF-8, with the line ends that it has.

    Raises:
        FileError: it cannot be written; the old file stays.
    """
    path = path.resolve()
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            _fill(number, text, path)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as exc:
        raise FileError(f"{path} cannot be written: {exc.strerror}") from exc


def _fill(number: int, text: str, like: Path) -> None:
    with os.fdopen(number, "wb") as file:
        if like.exists():
            old = like.stat()
            with contextlib.suppress(PermissionError):
                os.fchown(number, old.st_uid, old.st_gid)
            os.fchmod(number, old.st_mode & 0o7777)
        file.write(text.encode())
        file.flush()
        os.fsync(number)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextlib.contextmanager
def editing(home: Path) -> Iterator[None]:
    """Keep every other command from editing the home's files for as long as the block lasts.

    Raises:
        FileError: there is no such home.
    """
    try:
        folder = os.open(home, os.O_RDONLY)
    except OSError as exc:
        raise FileError(f"{home} is no home; `watchdog --home {home} init` makes one") from exc
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One row as it stands in a file, with the remarks right above its header and whatever follows it."""

    key: str
    row: Row
    text: str

    @property
    def remarks(self) -> str:
        """The lines above the header."""
        return "".join(takewhile(_is_remark, _LINE.findall(self.text)))

    @property
    def gap(self) -> str:
        """The empty lines at the end."""
        return self.text[len(self.text.rstrip(_END)) :] or _END


def _cut(text: str, keys: Sequence[str]) -> tuple[str, list[_Part]]:
    """A file as what stands before its rows, and its rows."""
    split = _LINE.findall(text)
    found = sorted(
        (first - 1, key, row)
        for key in keys
        for (first, _), row in zip(lines.find_rows(text, key), range(len(_rows(text, key))), strict=False)
    )
    starts = [_above(split, header) for header, _, _ in found] + [len(split)]
    parts = [
        _Part(key=key, row=_rows(text, key)[number], text="".join(split[start:stop]))
        for (_, key, number), start, stop in zip(found, starts, starts[1:], strict=False)
    ]
    return "".join(split[: starts[0]]), parts


def _above(split: Sequence[str], header: int) -> int:
    """Where a row begins: at its header, or at the remarks that stand on the lines right above it."""
    return header - len(list(takewhile(_is_remark, reversed(split[:header]))))


def _is_remark(line: str) -> bool:
    return line.startswith("#")


def _rows(text: str, key: str) -> list[Row]:
    return cast("list[Row]", tomllib.loads(text).get(key, []))


def _dump(key: str, row: Row) -> str:
    """A row with its header; lists of tables (``known``) inside it a line each."""
    table = tomlkit.table()
    for name, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            rows = tomlkit.array()
            for item in value:
                inline = tomlkit.inline_table()
                inline.update(item)
                rows.append(inline)
            table.add(name, rows.multiline(multiline=True))
        else:
            table.add(name, tomlkit.item(value))
    return f"[[{key}]]\n{table.as_string()}"


def _says(text: str, wanted: Mapping[str, object]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _by_hand(key: str) -> UsageError:
    return UsageError(
        f"the list of [[{key}]] is written in a way that a command cannot edit: write into the file yourself"
    )


def _plain(text: str) -> str:
    return text.removeprefix(_BOM).replace("\r\n", "\n")


def _as_it_was(new: str, old: str) -> str:
    """A text with the mark at the beginning and the line ends of another one."""
    is_dos = "\r\n" in old and old.count("\r\n") == old.count("\n")
    return (_BOM if old.startswith(_BOM) else "") + (new.replace("\n", "\r\n") if is_dos else new)
