"""How languages are told apart by their small words: each counts by how few languages have it.

The languages with a pack are known by their marks, the others (``strangers.toml``) by small words only, so that a text
of theirs is not taken for a neighbour's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from math import log
from types import MappingProxyType

from watchdog.lang.marks import LanguageMarks
from watchdog.lang.patterns import one_way
from watchdog.lang.reading import read_table

#: What a Latin word of one letter counts, to a longer one.
_ONE_LETTER = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongues:
    """The languages that a text may be in."""

    #: By code: those with a pack.
    marks: Mapping[str, LanguageMarks]
    #: The same by script.
    of_script: Mapping[str, tuple[tuple[str, LanguageMarks], ...]]
    #: By script and word: the languages that have it, and how much it speaks for each: 1 for a word of one language,
    #: less the more have it. A language without a pack has a name that is no code.
    words: Mapping[str, Mapping[str, tuple[tuple[str, ...], float]]]
    #: Letters that a language without a pack does not have.
    alien: Mapping[str, frozenset[str]]

    def weigh(self, script: str, words: Sequence[str]) -> dict[str, float]:
        """For each language of a script that has one of these words, how much they speak for it, between 0 and 1."""
        known = self.words.get(script, {})
        sums: dict[str, float] = {}
        for word in words:
            if word in known:
                names, weight = known[word]
                for name in names:
                    sums[name] = sums.get(name, 0.0) + weight
        return {name: found / len(words) for name, found in sums.items()}


def _weight(word: str, having: int, languages: int) -> float:
    """How rare a small word is; of one letter it is less than it seems, because languages of every kind have such."""
    rarity = 1 - log(having) / log(languages)
    return rarity * _ONE_LETTER if len(word) == 1 and word.isascii() else rarity


def read_tongues(path: Traversable, marks: Mapping[str, LanguageMarks]) -> Tongues:
    """Join the languages that have a pack with those of a file that have none; raises PackError where it is wrong."""
    root = read_table(path)
    lists = {code: (one.script, one.frequent) for code, one in marks.items()}
    alien: dict[str, frozenset[str]] = {}
    for name in root.values:
        table = root.table(name)
        table.refuse_unknown("script", "frequent", "alien")
        alien[name] = frozenset(table.text("alien", ""))
        lists[name] = (table.text("script"), frozenset(one_way(table.text("frequent")).split()))
    having: dict[str, dict[str, list[str]]] = {}
    for name, (script, frequent) in lists.items():
        for word in frequent:
            having.setdefault(script, {}).setdefault(word, []).append(name)
    many = {script: 1 + sum(one == script for one, _ in lists.values()) for script in having}
    return Tongues(
        marks=MappingProxyType(dict(marks)),
        of_script=MappingProxyType(
            {
                script: tuple((code, one) for code, one in marks.items() if one.script == script)
                for script in {one.script for one in marks.values()}
            }
        ),
        alien=MappingProxyType(alien),
        words=MappingProxyType(
            {
                script: {word: (tuple(names), _weight(word, len(names), many[script])) for word, names in words.items()}
                for script, words in having.items()
            }
        ),
    )
