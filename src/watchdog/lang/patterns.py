"""Regular expressions of a pack: lists of alternatives, in which ``{name}`` stands for the macro of that name.

A pack may write the Arabic script as it likes: patterns and texts are brought into one form (``one_way``). A zero-width
non-joiner in a pattern stands for parts that are written together or apart: "می\u200cشود".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property

from watchdog.errors import PackError
from watchdog.lang.clues import Clues, clues_of
from watchdog.lang.reading import Table

#: The range of the Arabic script in which news is written.
_ARABIC = re.compile("[\u0600-\u06ff]")
#: Letters with and without hamza or madda, the Persian forms of two letters, both kinds of digits, and the stops.
_ONE_WAY = str.maketrans(
    "أإآٱیکۀ،؛؟٬" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹",
    "اااايكه,;?," + "0123456789" * 2,
)
#: Tatweel, vowel signs, Koranic marks; zero-width characters, joiners, directions: what texts of the Arabic script are
#: searched without. Source: Unicode, block Arabic.
LOOSE = re.compile("[\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_OTHER_WAYS = re.compile(f"[{''.join(map(chr, _ONE_WAY))}]")
_JOINT = "\u200c"
_MACRO = re.compile(r"\{([a-z_]+)\}")


class Words:
    """A regular expression of a pack, compiled when it is first needed: most texts need few of them.

    Two threads that need it at once both compile it, which does no harm. Every method raises PackError where it is no
    regular expression; ``compile_all`` finds that beforehand.
    """

    def __init__(self, source: str, where: str = "") -> None:
        self.source = source
        #: File, table and key, for an error.
        self._where = where

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """It, compiled."""
        try:
            return re.compile(self.source, re.IGNORECASE)
        except re.error as exc:
            raise PackError(f"{self._where}: not a regular expression: {exc}") from exc

    @cached_property
    def clues(self) -> Clues | None:
        """Letters that no match can do without; None where none are known."""
        return clues_of(self.source)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As ``re.Pattern`` does."""
        return self.regex.search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As ``re.Pattern`` does."""
        return self.regex.match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As ``re.Pattern`` does."""
        return self.regex.fullmatch(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """As ``re.Pattern`` does."""
        return self.regex.finditer(text, start, end)

    def sub(self, new: str, text: str) -> str:
        """As ``re.Pattern`` does."""
        return self.regex.sub(new, text)


#: Never matches: for what a pack leaves out.
NEVER = Words(r"(?!)")


def compile_all(value: object) -> None:
    """Compile every pattern in a value that was read from a pack; raises PackError where one is wrong."""
    if isinstance(value, Words):
        _ = value.regex
    elif is_dataclass(value):
        for field in fields(value):
            compile_all(getattr(value, field.name))
    elif isinstance(value, Mapping):
        compile_all(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            compile_all(one)


def is_arabic(text: str) -> bool:
    """Whether a text has letters or digits of the Arabic script."""
    return _ARABIC.search(text) is not None


def one_way(text: str) -> str:
    """A text with what the Arabic script writes in several ways written in one; as long as before."""
    return text if text.isascii() or not _OTHER_WAYS.search(text) else text.translate(_ONE_WAY)


def read_macros(table: Table, known: Mapping[str, str]) -> dict[str, str]:
    """The macros of a table, each in brackets of its own; they may use those before them and those known."""
    found = dict(known)
    for key in table.values:
        found[key] = f"(?:{_expand(table, key, table.text(key), found)})"
    return found


def _expand(table: Table, key: str, text: str, macros: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise table.error(key, f"no macro is named {match[1]!r}")
        return macros[match[1]]

    return _MACRO.sub(one, text)


def read_pattern(table: Table, key: str, macros: Mapping[str, str], *, tail: bool = False) -> Words:
    """One pattern of a list of alternatives; ``tail`` binds each to the end of the text that it is searched in."""
    parts = [_expand(table, key, part, macros) for part in table.texts(key)]
    if not parts:
        return NEVER
    joined = one_way("|".join(f"(?:{part})" for part in parts)).replace(_JOINT, " ?")
    return Words(f"(?:{joined})$" if tail else joined, table.place(key))
