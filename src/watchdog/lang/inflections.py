"""Inflections: the endings by which one word of a language is known in all its forms, as data.

A list of endings is a paradigm. Two words are one where both have the same stem and end as one paradigm has it:
"strike" and "strikes", "голодовка" and "голодовок". Endings are folded and without marks (``plain``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from watchdog.lang.letters import Language
from watchdog.lang.reading import Table, read_table

#: Letters with a mark that Unicode does not take apart.
_BARE = str.maketrans("ıłøđħ", "ilodh")
#: Below it are the alphabets whose marks may be left out (Latin, Greek, Cyrillic, Hebrew, Arabic), and again between
#: the other two (more Latin and Greek); in kana and Indic scripts a mark makes another letter.
_MARKS_END, _MORE_MARKS, _MORE_MARKS_END = "\u0700", "\u1e00", "\u2000"
#: Of a name, when a case ending is off.
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflections:
    """The paradigms of one language, by ending."""

    #: Ending to the paradigms that have it: (paradigm, shortest stem, what stands for the ending in its key).
    by_ending: Mapping[str, tuple[tuple[str, int, str], ...]]
    longest: int

    def keys(self, word: str) -> frozenset[tuple[str, str]]:
        """What a word may be a form of, as (paradigm, stem); ``word`` is plain.

        Two words are forms of one where these meet.
        """
        found = []
        for length in range(min(self.longest, len(word) - 1) + 1):
            cut = len(word) - length
            for paradigm, least, restored in self.by_ending.get(word[cut:], ()):
                if cut >= least:
                    found.append((paradigm, word[:cut] + restored))
        return frozenset(found)


class _Bare(dict[int, str]):
    """Letter to the letter without its mark, as ``str.translate`` takes it; filled as letters are met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        has_loose_marks = letter < _MARKS_END or _MORE_MARKS <= letter < _MORE_MARKS_END
        self[code] = unicodedata.normalize("NFD", letter)[0].translate(_BARE) if has_loose_marks else letter
        return self[code]


_bare = _Bare()


def plain(folded: str) -> str:
    """Folded text without the marks on its letters; as long as before, so that offsets stay."""
    return folded if folded.isascii() else folded.translate(_bare)


def read_inflections(path: Traversable, code: str) -> Inflections:
    """Read the paradigms of a pack.

    Raises:
        PackError: the table is wrong.
    """
    root = read_table(path)
    rows: dict[str, list[tuple[str, int, str]]] = {}
    for name in root.values:
        table = root.table(name)
        table.refuse_unknown("least", "endings")
        for ending in table.texts("endings"):
            if plain(ending) != ending:
                raise table.error("endings", f"{ending!r} has a mark; write {plain(ending)!r}")
            rows.setdefault(ending, []).append((f"{code}.{name}", _least(table), ""))
    return _inflections(rows)


def _least(table: Table) -> int:
    least = int(table.number("least"))
    if least < 1:
        raise table.error("least", "a stem has one letter at least")
    return least


def inflections_of_names(code: str, language: Language) -> Inflections:
    """What the case endings of names tell of a language that has no paradigms of its own."""
    rows: dict[str, list[tuple[str, int, str]]] = {"": [(code, _SHORTEST_NAME, "")]}
    for ending in language.endings:
        suffix, restored = plain(ending.suffix), plain(ending.restored)
        rows.setdefault(suffix, []).append((code, _SHORTEST_NAME, restored))
    return _inflections(rows)


def _inflections(rows: Mapping[str, list[tuple[str, int, str]]]) -> Inflections:
    return Inflections(
        by_ending={ending: tuple(dict.fromkeys(found)) for ending, found in rows.items()},
        longest=max(map(len, rows), default=0),
    )
