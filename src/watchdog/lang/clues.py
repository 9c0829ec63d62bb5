"""What a pattern cannot do without: a few letters of which every match holds some, so that most texts need no search.

A text is looked at once (``Glance``): which runs of up to four letters stand in it. A pattern without any of its own
(``clues_of``) cannot match there. This only saves time: a pattern that is not understood has no clues, and is searched.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

_T = TypeVar("_T", bound=Hashable)

#: The longest run of letters that is looked for.
_RUN = 4
#: More texts than these are not multiplied out: what follows begins anew.
_MOST_TEXTS = 64
#: A run of Latin letters no longer than this is in every text.
_SHORT = 2
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
    r"|\\(?P<escaped>[^A-Za-z0-9])|(?P<look>\(\?<?[=!])|(?P<open>\((?:\?(?:-i)?:|\?P<\w+>|(?!\?)))|(?P<close>\))|(?P<or>\|)"
    r"|\[(?P<not>\^?)(?P<members>\]?(?:\\.|[^\]\\])*)\]|(?P<often>[?*+]|\{\d*,?\d*\})\??|(?P<letter>[^\\()\[])",
    re.DOTALL,
)


def fold(text: str) -> str:
    """Lower case as ``re.IGNORECASE`` sees it, every digit 0, what is in no word a space; as long as before."""
    lowered = text.replace("İ", "i").lower().replace("ı", "i")
    return _NOT_WORD.sub(" ", _DIGIT.sub("0", lowered))


#: Runs of letters of which one is in every text that matches.
Clues = frozenset[str]


class Glance:
    """The runs of letters in a text; clues are looked for among them."""

    __slots__ = ("_runs", "_text")

    def __init__(self, text: str) -> None:
        #: None where letters compare in a way of their own, so that everything may be there.
        self._text = None if _ODD.search(text) else f" {fold(text)} "
        self._runs: dict[int, frozenset[str]] = {}

    @property
    def is_open(self) -> bool:
        """Whether everything may stand there."""
        return self._text is None

    def runs(self, size: int) -> frozenset[str]:
        """All runs of that many letters."""
        known = self._runs.get(size)
        if known is None:
            text = self._text or ""
            known = frozenset([text[at : at + size] for at in range(len(text) - size + 1)])
            self._runs[size] = known
        return known


class Sieve(Generic[_T]):
    """Things with clues, of which a glance at a text tells most that cannot be in it."""

    def __init__(self, clues: Mapping[_T, Clues | None]) -> None:
        self._all = frozenset(clues)
        #: Those that may be anywhere.
        self._free = frozenset(one for one, some in clues.items() if some is None)
        self._by_run: dict[int, dict[str, list[_T]]] = {}
        for one, some in clues.items():
            for run in some or ():
                self._by_run.setdefault(len(run), {}).setdefault(run, []).append(one)

    def likely_in(self, glance: Glance) -> frozenset[_T]:
        """Those that may be in a text; all others are not."""
        if glance.is_open:
            return self._all
        found = set(self._free)
        for size, runs in self._by_run.items():
            for run in runs.keys() & glance.runs(size):
                found.update(runs[run])
        return frozenset(found)


def clues_of(pattern: str) -> Clues | None:
    """The clues of a regular expression that is matched without regard to case; None where it may match anything."""
    if pattern == _NEVER:
        return frozenset()
    tokens = None if _ODD.search(pattern) else _tokens(pattern)
    if tokens is None:
        return None
    if pattern.endswith(")$"):  # the text that it is searched in is cut there, perhaps within a word
        tokens = [("nothing", "") if kind == "edge" else (kind, text) for kind, text in tokens]
    try:
        need, end = _any_of(tokens, 0)
    except IndexError:  # it ends within a bracket
        return None
    return need.runs() or None if end == len(tokens) else None


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


def clues_of_stem(stem: str) -> Clues | None:
    """The clues of letters that stand in a text's lower case; "İ" in lower case carries a combining dot."""
    run = run_of(stem.replace("\u0307", ""))
    return frozenset({run}) if run else None


def _joined(text: str) -> str:
    """A literal whose word boundaries have become the spaces that they are, where that is known."""
    folded = "".join(part if part == _EDGE else fold(part) for part in re.split(f"({_EDGE})", text))
    outer = re.sub(f"{_EDGE}+", _EDGE, folded)
    return re.sub(f"(?<= ){_EDGE}|{_EDGE}(?= )", "", outer).replace(_EDGE, " ")


@dataclass(frozen=True, slots=True)
class _Need:
    """What a part of a pattern matches: these texts and no others, or any text with one of these runs in it."""

    texts: frozenset[str] | None
    some: frozenset[str] | None = None

    def runs(self) -> frozenset[str] | None:
        """One of these is in every match; None where nothing is known."""
        if self.texts is None:
            return self.some
        found = [run_of(text) for text in self.texts]
        return frozenset(run for run in found if run) if all(found) else None


_ANYTHING = _Need(None)
_NOTHING = _Need(frozenset({""}))
_ALONE = {"space": _Need(frozenset({" "})), "edge": _Need(frozenset({_EDGE})), "nothing": _NOTHING}
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


def _any_of(tokens: Sequence[_Token], at: int) -> tuple[_Need, int]:
    """Alternatives up to a closing bracket or the end."""
    needs = []
    while True:
        need, at = _in_turn(tokens, at)
        needs.append(need)
        if at == len(tokens) or tokens[at][0] == "close":
            break
        at += 1
    texts = [need.texts for need in needs if need.texts is not None]
    if len(texts) == len(needs):
        return _Need(frozenset().union(*texts)), at
    runs = [some for need in needs if (some := need.runs()) is not None]
    return (_Need(None, frozenset().union(*runs)) if len(runs) == len(needs) else _ANYTHING), at


def _in_turn(tokens: Sequence[_Token], at: int) -> tuple[_Need, int]:
    """One alternative."""
    texts: frozenset[str] = frozenset({""})
    best: frozenset[str] | None = None
    is_whole = True
    while at < len(tokens) and tokens[at][0] not in {"close", "or"}:
        need, at = _one(tokens, at)
        need, goes_on, at = _repeated(need, tokens, at)
        if need.texts is not None and len(texts) * len(need.texts) <= _MOST_TEXTS:
            texts = frozenset(map("".join, product(texts, need.texts)))
            if goes_on:
                continue
            need = _NOTHING
        is_whole = False
        best = _better(best, _Need(texts).runs())
        best = _better(best, need.some)
        texts = need.texts if need.texts is not None else frozenset({""})
        if not goes_on:
            best, texts = _better(best, _Need(texts).runs()), frozenset({""})
    return (_Need(texts) if is_whole else _Need(None, _better(best, _Need(texts).runs()))), at


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The runs that tell more: longer ones, else fewer."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda runs: (min(map(len, runs), default=0), -len(runs)))


def _repeated(need: _Need, tokens: Sequence[_Token], at: int) -> tuple[_Need, bool, int]:
    """What a part needs with the count behind it, and whether the next part follows it at once."""
    if at == len(tokens) or tokens[at][0] != "often":
        return need, True, at
    often = tokens[at][1]
    if often == "?" and need.texts is not None:
        return _Need(need.texts | {""}), True, at + 1
    if often in {"?", "*"} or often.startswith(("{0", "{,")):
        return _ANYTHING, True, at + 1
    return need, False, at + 1


def _one(tokens: Sequence[_Token], at: int) -> tuple[_Need, int]:
    kind, text = tokens[at]
    if kind in {"open", "look"}:
        need, end = _any_of(tokens, at + 1)
        if end == len(tokens):
            raise IndexError
        return (need if kind == "open" else _NOTHING), end + 1
    return _letter(kind, text), at + 1


def _letter(kind: str, text: str) -> _Need:
    if kind in {"letter", "escaped"}:
        return _Need(frozenset({fold(text)}))
    if kind in {"code", "byte"}:
        return _Need(frozenset({fold(chr(int(text, 16)))}))
    if kind == "members":
        return _class(text[1:-1])
    return _ALONE.get(kind, _ANYTHING)


def _class(members: str) -> _Need:
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
    return _Need(frozenset(letters)) if 0 < len(letters) <= _MOST_OF_CLASS else _ANYTHING
