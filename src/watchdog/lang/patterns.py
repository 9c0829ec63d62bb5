"""Regular expressions of a pack: lists of alternatives, in which ``{name}`` stands for the macro of that name.

A pack may write the Arabic script as it likes: patterns and texts are brought into one form (``one_way``). A zero-width
non-joiner in a pattern stands for parts that are written together or apart: "می\u200cشود".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from types import MappingProxyType

from watchdog.errors import PackError
from watchdog.lang.clues import Clues, Need, clues_of, need_of
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
#: Looks back before a word may begin: the boundary, which fails soonest, is better asked first.
_LATE_EDGE = re.compile(r"((?:\(\?<[!=][^()]*\))+)\\b")
#: A macro in a class, or an expression that looks back.
_BINDS_MACROS = re.compile(r"\(\?<|\[[^\]]*\{[a-z_]+\}")
_MACRO = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Macro:
    """What a ``{name}`` stands for, in brackets of its own."""

    #: Without macros.
    source: str
    #: With those before it.
    written: str
    _others: Mapping[str, Macro]

    @cached_property
    def is_sound(self) -> bool:
        """Whether it and those in it are regular expressions, each compiled once."""
        return _is_sound(self.source, self.written, self._others)

    @cached_property
    def need(self) -> Need:
        """What texts it matches, told once for all patterns that use it."""
        return need_of(_plain(self.written), _Needs(self._others))


class _Needs(Mapping[str, Need]):
    """What macros need, asked when a pattern uses one."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self._macros = macros

    def __getitem__(self, name: str) -> Need:
        return self._macros[name].need

    def __iter__(self) -> Iterator[str]:
        return iter(self._macros)

    def __len__(self) -> int:
        return len(self._macros)


Macros = Mapping[str, Macro]
_NO_MACROS: Macros = MappingProxyType({})


class Part:
    """One of the alternatives of a pattern, compiled when a text first may hold it."""

    def __init__(self, source: str, written: str, macros: Macros, where: str) -> None:
        self.source = source
        #: With ``{name}`` where a macro stands.
        self._written = written
        self._macros = macros
        #: File, table and key, for an error.
        self._where = where

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """It, compiled; raises PackError where it is no regular expression."""
        try:
            return re.compile(_LATE_EDGE.sub(r"\\b\1", self.source), re.IGNORECASE)
        except re.error as exc:
            raise PackError(f"{self._where}: not a regular expression: {exc}") from exc

    @cached_property
    def clues(self) -> Clues:
        """Letters that no match can do without; empty where none are known."""
        return clues_of(self._written, _Needs(self._macros))

    def check(self) -> None:
        """Raise PackError where it is no regular expression; with large macros it costs less than to compile it."""
        if not _is_sound(self.source, self._written, self._macros):
            _ = self.regex


def _is_sound(source: str, written: str, macros: Macros) -> bool:
    """Whether an expression would compile: each macro in it alone, and the rest with a letter in place of each.

    Within a class or a lookbehind, or with groups that have names, what a macro holds matters to the rest.
    """
    used = {name for name in _MACRO.findall(written) if name in macros}
    is_bound = used and _BINDS_MACROS.search(written)
    try:
        re.compile(source if is_bound or "(?P" in source else _MACRO.sub("(?:x)", written))
    except re.error:
        return False
    return all(macros[name].is_sound for name in used)


class Words:
    """A regular expression of a pack, compiled when it is first needed: most texts need few of its alternatives.

    Two threads that need it at once both compile it, which does no harm. Every method raises PackError where it is no
    regular expression; ``check_all`` finds that beforehand. The first alternative that matches at a place is the match.
    """

    def __init__(self, *parts: Part) -> None:
        self.parts = parts

    @property
    def source(self) -> str:
        """All of it."""
        return "|".join(f"(?:{part.source})" for part in self.parts)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The same, compiled; raises PackError where it is no regular expression."""
        if len(self.parts) == 1:
            return self.parts[0].regex
        try:
            return re.compile(self.source, re.IGNORECASE)
        except re.error:
            for part in self.parts:
                part.check()
            raise

    def among(self, likely: Container[object]) -> list[Part]:
        """Its alternatives that may stand in a text, of all that may."""
        return [part for part in self.parts if part in likely]

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As ``re.Pattern`` does."""
        return self.regex.search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As ``re.Pattern`` does."""
        return self.regex.match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As ``re.Pattern`` does."""
        return self.regex.fullmatch(text, start, end)

    def finditer(
        self, text: str, start: int = 0, end: int = sys.maxsize, parts: Sequence[Part] | None = None
    ) -> Iterator[re.Match[str]]:
        """As ``re.Pattern`` does; ``parts`` are the alternatives that may stand there, in their order; None: all."""
        if parts is None:
            return self.regex.finditer(text, start, end)
        if len(parts) == 1:
            return parts[0].regex.finditer(text, start, end)
        return iter(_in_turn(parts, text, start, end) if parts else ())

    def sub(self, new: str, text: str) -> str:
        """As ``re.Pattern`` does."""
        return self.regex.sub(new, text)


def _in_turn(parts: Sequence[Part], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The matches of alternatives as one expression of them all would find them."""
    ahead = {part: part.regex.search(text, start, end) for part in parts}
    while True:
        hits = [hit for hit in ahead.values() if hit]
        if not hits:
            return
        first = min(hits, key=_start)
        yield first
        at = first.end() + (first.start() == first.end())
        for part, hit in ahead.items():
            if hit and hit.start() < at:
                ahead[part] = part.regex.search(text, at, end)


def _start(hit: re.Match[str]) -> int:
    return hit.start()


def expression(source: str, where: str = "") -> Words:
    """One expression without macros; ``where`` is its file, table and key, for an error."""
    return Words(Part(source, source, _NO_MACROS, where))


#: Never matches: for what a pack leaves out.
NEVER = expression(r"(?!)")


def check_all(value: object) -> None:
    """Look whether every pattern in a value that was read from a pack compiles; raises PackError where one does not."""
    if isinstance(value, Words):
        for part in value.parts:
            part.check()
    elif is_dataclass(value):
        for field in fields(value):
            check_all(getattr(value, field.name))
    elif isinstance(value, Mapping):
        check_all(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            check_all(one)


def is_arabic(text: str) -> bool:
    """Whether a text has letters or digits of the Arabic script."""
    return _ARABIC.search(text) is not None


def one_way(text: str) -> str:
    """A text with what the Arabic script writes in several ways written in one; as long as before."""
    return text if text.isascii() or not _OTHER_WAYS.search(text) else text.translate(_ONE_WAY)


def read_macros(table: Table, known: Macros = _NO_MACROS) -> Macros:
    """The macros of a table, each in brackets of its own; they may use those before them and those known."""
    found = dict(known)
    for key in table.values:
        text = table.text(key)
        found[key] = Macro(f"(?:{_expand(table, key, text, found)})", f"(?:{text})", MappingProxyType(dict(found)))
    return MappingProxyType(found)


def _expand(table: Table, key: str, text: str, macros: Macros) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise table.error(key, f"no macro is named {match[1]!r}")
        return macros[match[1]].source

    return _MACRO.sub(one, text)


def _plain(source: str) -> str:
    """An expression in the letters that texts are brought into."""
    return one_way(source).replace(_JOINT, " ?")


def read_pattern(table: Table, key: str, macros: Macros, *, tail: bool = False) -> Words:
    """One pattern of a list of alternatives; ``tail`` binds each to the end of the text that it is searched in."""
    parts = []
    for text in table.texts(key):
        source = _plain(_expand(table, key, text, macros))
        # What a macro needs is told without regard to the end of the text, where a word may be cut.
        bound = f"(?:{source})$"
        parts.append(
            Part(bound, bound, macros, table.place(key))
            if tail
            else Part(source, _plain(text), macros, table.place(key))
        )
    return Words(*parts) if parts else NEVER
