"""What a pattern cannot do without: a few letters of which every match holds some, so that most texts need no search.

A text is looked at once (``Glance``): which runs of up to four letters stand in it. A pattern without any of its own
(``clues_of``) cannot match there. This only saves time: a pattern that is not understood has no clues, and is searched.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from operator import add
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

_T = TypeVar("_T", bound=Hashable)
_C = TypeVar("_C", bound="HasClues")

#: The longest run of letters that is looked for.
_RUN = 4
#: More texts than these are not multiplied out: what follows begins anew.
_MOST_TEXTS = 64
#: A run of Latin letters no longer than this is in every text.
_SHORT = 2
#: So many sets of runs are kept of a pattern, of each of which a match holds one.
_MOST_SETS = 3
#: A class of more letters than these tells nothing.
_MOST_OF_CLASS = 12
#: A word boundary within a literal, until its neighbours are known.
_EDGE = "\0"
#: ``re.IGNORECASE`` takes them for letters of another lower case. Source: CPython, Lib/re/_casefix.py.
_ODD = re.compile(
    "[\u0307\u0345\u00b5\u017f\u03c2\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u1c80-\u1c88\u1e9b\u1fbe\u1fd3\u1fe3\ufb05\ufb06]"
)
#: What matches nothing.
_NEVER = "(?!)"
_NOT_WORD = re.compile(r"\W")
_DIGIT = re.compile("[0-9]")
_TOKEN = re.compile(
    r"(?P<edge>\\b)|(?P<nothing>\\[AZB]|[\^$])|(?P<space>\\[sW])|(?P<any>\\[wdSD0-9]|\.)"
    r"|\\u(?P<code>[0-9a-fA-F]{4})|\\x(?P<byte>[0-9a-fA-F]{2})"
    r"|\\(?P<escaped>[^A-Za-z0-9])|(?P<ahead>\(\?=)|(?P<behind>\(\?<=)|(?P<look>\(\?<?!)|(?P<open>\((?:\?(?:-i)?:|\?P<\w+>|(?!\?)))|(?P<close>\))|(?P<or>\|)"
    r"|\[(?P<not>\^?)(?P<members>\]?(?:\\.|[^\]\\])*)\]|(?P<often>[?*+]|\{\d*,?\d*\})\??|\{(?P<macro>[a-z_]+)\}"
    r"|(?P<letters>[^\\()\[\]{}|?*+.^$]+(?![?*+{]))|(?P<letter>[^\\()\[])",
    re.DOTALL,
)


def fold(text: str) -> str:
    """Lower case as ``re.IGNORECASE`` sees it, every digit 0, what is in no word a space; as long as before."""
    lowered = text.replace("İ", "i").lower().replace("ı", "i")
    return _NOT_WORD.sub(" ", _DIGIT.sub("0", lowered))


#: Sets of runs of letters, the most telling first, of each of which one is in every text that matches; empty where
#: anything may match.
Clues = tuple[frozenset[str], ...]
_NO_CLUES: Clues = ()


class HasClues(Protocol):
    """What is looked for in texts."""

    @property
    def clues(self) -> Clues:
        """Letters that it cannot do without; empty where none are known."""


class Glance:
    """The runs of letters in a text; clues are looked for among them."""

    __slots__ = ("is_open", "runs")

    def __init__(self, text: str, *, is_folded: bool = False) -> None:
        #: Whether letters compare there in a way of their own, so that everything may stand there.
        self.is_open = not is_folded and is_odd(text)
        folded = f" {text if is_folded else fold(text)} "
        pairs = list(map(add, folded, folded[1:]))
        #: All runs of one to four letters.
        self.runs = {*folded, *pairs, *map(add, pairs, folded[2:]), *map(add, pairs, pairs[2:])}

    def among(self, things: Sequence[_C]) -> Sequence[_C]:
        """Those that may stand there."""
        if self.is_open:
            return things
        found, runs = [], self.runs
        for one in things:
            for some in one.clues:
                if runs.isdisjoint(some):
                    break
            else:
                found.append(one)
        return found


class Sieve(Generic[_T]):
    """Things with clues, of which a glance at a text tells most that cannot be in it."""

    def __init__(self, clues: Mapping[_T, Clues], owners: Mapping[_T, _T] = MappingProxyType({})) -> None:
        """Take things with their clues; ``owners`` says of which other thing one is a part."""
        self._all = set(owners.values())
        self._owners = owners
        #: Those that may be anywhere.
        self._free: set[_T] = set()
        self._by_run: dict[str, list[_T]] = {}
        #: Its keys: two sets are compared much faster than a set and a dictionary.
        self._runs: set[str] = set()
        #: The clues beside the first.
        self._more: dict[_T, Clues] = {}
        self.add(clues)

    def add(self, clues: Mapping[_T, Clues]) -> None:
        """Take more things; to take one twice changes nothing."""
        for one, some in clues.items():
            if len(some) > 1:
                self._more[one] = some[1:]
            elif not some:
                self._free.add(one)
            for run in some[0] if some else ():
                self._by_run.setdefault(run, []).append(one)
        self._runs.update(self._by_run)
        self._all.update(clues)

    def likely_in(self, glance: Glance) -> frozenset[_T]:
        """Those that may be in a text; all others are not."""
        if glance.is_open:
            return frozenset(self._all)
        found = self._free.copy()
        for run in self._runs & glance.runs:
            found.update(self._by_run[run])
        more, runs = self._more, glance.runs
        for one in [one for one in found if one in more]:
            for some in more[one]:
                if runs.isdisjoint(some):
                    found.discard(one)
                    break
        found.update([self._owners[one] for one in found if one in self._owners])
        return frozenset(found)


def is_odd(text: str) -> bool:
    """Whether it has letters that compare in a way of their own."""
    return not text.isascii() and _ODD.search(text) is not None


def clues_of(pattern: str, macros: Mapping[str, Need] = MappingProxyType({})) -> Clues:
    """The clues of a regular expression that is matched without regard to case; none where it may match anything.

    Args:
        pattern: as it is compiled, but that a ``{name}`` in it may stand for a macro.
        macros: what these need.
    """
    return need_of(pattern, macros).clues


def need_of(pattern: str, macros: Mapping[str, Need]) -> Need:
    """The same as a part of another pattern."""
    if pattern == _NEVER:
        return Need(frozenset())
    tokens = None if is_odd(pattern) else _tokens(pattern)
    if tokens is None:
        return _ANYTHING
    if pattern.endswith(")$"):  # the text that it is searched in is cut there, perhaps within a word
        tokens = [("nothing", "") if kind == "edge" else (kind, text) for kind, text in tokens]
    if tokens[:1] and tokens[0][0] == "behind":  # what stands right before the match stands in its sentence
        tokens = [("open", ""), *tokens[1:]]
    try:
        need, end = _any_of(tokens, 0, macros)
    except (IndexError, KeyError):  # it ends within a bracket, or no macro has that name
        return _ANYTHING
    return need if end == len(tokens) else _ANYTHING


def run_of(text: str) -> str | None:
    """The run that tells most of a literal text; None where it is too short to tell anything.

    It is of one word, with the space before or after it at most, so that no run reaches from a sentence into the next.
    """
    joined = _joined(text)
    word = max(joined.split(), key=len, default="")
    if len(word) >= _RUN:
        return word[:_RUN]
    at = joined.find(word)
    before = at - 1 if joined[at - 1 : at] == " " else at
    after = at + len(word) + (joined[at + len(word) :][:1] == " ")
    run = joined[before:after][:_RUN]
    return run if word and (len(run) > _SHORT or not word.isascii()) else None


def clues_of_stem(stem: str) -> Clues:
    """The clues of letters that stand in a text's lower case; "İ" in lower case carries a combining dot."""
    run = run_of(stem.replace("\u0307", ""))
    return (frozenset({run}),) if run else _NO_CLUES


def _joined(text: str) -> str:
    """A literal whose word boundaries have become the spaces that they are, where that is known."""
    folded = "".join(part if part == _EDGE else fold(part) for part in re.split(f"({_EDGE})", text))
    outer = re.sub(f"{_EDGE}+", _EDGE, folded)
    return re.sub(f"(?<= ){_EDGE}|{_EDGE}(?= )", "", outer).replace(_EDGE, " ")


@dataclass(frozen=True)
class Need:
    """What a part of a pattern matches: these texts and no others, or any text with one run of each set in it."""

    texts: frozenset[str] | None
    every: Clues = _NO_CLUES

    @cached_property
    def clues(self) -> Clues:
        """Of each of these sets one run is in every match."""
        if self.texts is None:
            return self.every
        found = [run_of(text) for text in self.texts]
        return (frozenset(run for run in found if run),) if all(found) else _NO_CLUES


_ANYTHING = Need(None)
_NOTHING = Need(frozenset({""}))
_ALONE = {"space": Need(frozenset({" "})), "edge": Need(frozenset({_EDGE})), "nothing": _NOTHING}
_Token = tuple[str, str]


def _tokens(pattern: str) -> Sequence[_Token] | None:
    found, at = [], 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            return None
        kind = match.lastgroup or ""
        found.append(("members", match[0]) if kind == "members" else (kind, match[kind]))
        at = match.end()
    return found


def _any_of(tokens: Sequence[_Token], at: int, macros: Mapping[str, Need]) -> tuple[Need, int]:
    """Alternatives up to a closing bracket or the end."""
    needs = []
    while True:
        need, at = _in_turn(tokens, at, macros)
        needs.append(need)
        if at == len(tokens) or tokens[at][0] == "close":
            break
        at += 1
    if len(needs) == 1:
        return needs[0], at
    texts = [need.texts for need in needs if need.texts is not None]
    if len(texts) == len(needs):
        return Need(frozenset().union(*texts)), at
    firsts = [need.clues[0] for need in needs if need.clues]
    return (Need(None, (frozenset().union(*firsts),)) if len(firsts) == len(needs) else _ANYTHING), at


def _in_turn(tokens: Sequence[_Token], at: int, macros: Mapping[str, Need]) -> tuple[Need, int]:
    """One alternative."""
    whole = _NOTHING  # what has been read since a part whose texts are not known
    every: list[frozenset[str]] = []
    is_whole = True
    while at < len(tokens) and tokens[at][0] not in {"close", "or"}:
        if tokens[at][0] == "ahead":  # it is part of the text that is searched, too
            need, at = _one(tokens, at, macros)
            need, _, at = _repeated(need, tokens, at)
            every, is_whole = every + list(need.clues), False
            continue
        need, at = _one(tokens, at, macros)
        need, goes_on, at = _repeated(need, tokens, at)
        before, texts = whole.texts, need.texts
        if before is None or texts is None or len(before) * len(texts) > _MOST_TEXTS:
            every += whole.clues
            whole, is_whole = need, False
        else:
            whole = need if whole is _NOTHING else Need(frozenset(map("".join, product(before, texts))))
        if not goes_on:
            every += whole.clues
            whole, is_whole = _NOTHING, False
    if is_whole:
        return whole, at
    return Need(None, _most_telling([*every, *whole.clues])), at


def _most_telling(every: Sequence[frozenset[str]]) -> Clues:
    """The sets with the longest runs, of these the smallest, the most telling first."""
    order = sorted(dict.fromkeys(every), key=lambda runs: (-min(map(len, runs), default=0), len(runs)))
    return tuple(order[:_MOST_SETS])


def _repeated(need: Need, tokens: Sequence[_Token], at: int) -> tuple[Need, bool, int]:
    """What a part needs with the count behind it, and whether the next part follows it at once."""
    if at == len(tokens) or tokens[at][0] != "often":
        return need, True, at
    often = tokens[at][1]
    if often == "?" and need.texts is not None:
        return Need(need.texts | {""}), True, at + 1
    if often in {"?", "*"} or often.startswith(("{0", "{,")):
        return _ANYTHING, True, at + 1
    return need, False, at + 1


def _one(tokens: Sequence[_Token], at: int, macros: Mapping[str, Need]) -> tuple[Need, int]:
    kind, text = tokens[at]
    if kind in {"open", "ahead", "behind", "look"}:
        need, end = _any_of(tokens, at + 1, macros)
        if end == len(tokens):
            raise IndexError
        return (need if kind in {"open", "ahead"} else _NOTHING), end + 1
    return (macros[text] if kind == "macro" else _letter(kind, text)), at + 1


def _letter(kind: str, text: str) -> Need:
    if kind in {"letters", "letter", "escaped"}:
        return Need(frozenset({fold(text)}))
    if kind in {"code", "byte"}:
        return Need(frozenset({fold(chr(int(text, 16)))}))
    if kind == "members":
        return _class(text[1:-1])
    return _ALONE.get(kind, _ANYTHING)


def _class(members: str) -> Need:
    """The letters of a class, if they are few."""
    if members.startswith("^") or re.search(r"\\[^sW\W]|\\$", members):
        return _ANYTHING
    letters = set()
    for first, last in re.findall(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", members, re.DOTALL):
        low, high = ord(first[-1]), ord((last or first)[-1])
        if first in {r"\s", r"\W"}:
            letters.add(" ")
        elif last.startswith("\\") or high - low > _MOST_OF_CLASS:
            return _ANYTHING
        else:
            letters.update(fold(chr(code)) for code in range(low, high + 1))
    return Need(frozenset(letters)) if 0 < len(letters) <= _MOST_OF_CLASS else _ANYTHING
