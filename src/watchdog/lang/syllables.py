"""The syllables of Chinese and Korean names, and how each system spells them, as data: ``syllables.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from watchdog.lang.reading import Table


class System(StrEnum):
    """A way to write the syllables."""

    PINYIN = "pinyin"
    WADE_GILES = "Wade-Giles"
    PALLADIUS = "Palladius"
    KOREAN = "Korean"


#: A spelling to the syllables that it may be.
Spellings = Mapping[str, frozenset[str]]
_TABLES = ("initials", "hard_initials", "soft_initials", "finals", "whole")
_CHINESE = (System.PINYIN, System.WADE_GILES, System.PALLADIUS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Syllables:
    """All syllables; hashed by identity."""

    #: Every spelling of a syllable, and of a family name.
    by_system: Mapping[System, Spellings]
    families: Mapping[System, Spellings]
    #: How a syllable is usually written.
    usual: Mapping[System, Mapping[str, str]]
    #: Length of the longest spelling.
    longest: int


def read_syllables(root: Table) -> Syllables:
    """Read the table.

    Raises:
        PackError: it is wrong.
    """
    root.refuse_unknown("chinese", "korean")
    chinese, korean = root.table("chinese"), root.table("korean")
    chinese.refuse_unknown(*_TABLES, "families")
    korean.refuse_unknown("initials", "vowels", "finals", "families")
    rows = _chinese_rows(chinese)
    spelled = {
        system: [(syllable, spellings[place]) for syllable, spellings in rows.items()]
        for place, system in enumerate(_CHINESE)
    }
    spelled[System.KOREAN] = list(_korean_rows(korean))
    by_system = {system: _inverted(pairs) for system, pairs in spelled.items()}
    return Syllables(
        by_system=by_system,
        families={
            system: _families(korean if system is System.KOREAN else chinese, system, dict(spelled[system]))
            for system in System
        },
        usual={system: {syllable: spellings[0] for syllable, spellings in spelled[system]} for system in System},
        longest=max(map(len, by_system[System.KOREAN] | by_system[System.WADE_GILES])),
    )


def _chinese_rows(chinese: Table) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Each syllable in pinyin, and its spellings by system."""
    initials, hard, soft, finals, whole = (_columns(chinese.table(name)) for name in _TABLES)
    rows = {
        initial + final: tuple(tuple(map("".join, product(*cells))) for cells in zip(one, other, strict=True))
        for (initial, one), (final, other) in product((initials | hard | soft).items(), finals.items())
        if initial in initials or (initial in soft) is final.startswith("i")
    }
    return {**rows, **whole}


def _columns(table: Table) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Each row as its spellings in pinyin, Wade-Giles and Palladius."""
    rows = {}
    for key in table.values:
        cells = table.texts(key)
        if len(cells) != len(_CHINESE) - 1:
            raise table.error(key, "it is Wade-Giles and Palladius")
        rows[key] = ((key,), *(tuple(cell.split("|")) for cell in cells))
    return rows


def _korean_rows(korean: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each syllable in the Revised Romanisation, and its spellings."""
    parts = [
        {key: (key, *table.texts(key)) for key in table.values}
        for table in (korean.table("initials"), korean.table("vowels"), korean.table("finals"))
    ]
    for syllable in product(*parts):
        spellings = product(*(part[key] for part, key in zip(parts, syllable, strict=True)))
        yield "".join(syllable), tuple(map("".join, spellings))


def _inverted(pairs: list[tuple[str, tuple[str, ...]]]) -> dict[str, frozenset[str]]:
    """By spelling, each with and without its apostrophes."""
    found: dict[str, set[str]] = {}
    for syllable, spellings in pairs:
        for spelling in spellings:
            for text in (spelling, spelling.replace("'", "")):
                found.setdefault(text, set()).add(syllable)
    return {text: frozenset(syllables) for text, syllables in found.items()}


def _families(table: Table, system: System, spelled: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """The family names by spelling; those of two syllables as one word."""
    families = table.table("families")
    pairs = []
    for name in families.values:
        own = families.texts(name) if system in {System.WADE_GILES, System.KOREAN} else ()
        halves = (name,) if name in spelled else _halves(name, spelled)
        if not halves:
            raise families.error(name, "it is made of no syllables of the tables")
        regular = map("".join, product(*(spelled[half] for half in halves)))
        pairs.append((name, (*regular, *own)))
    return _inverted(pairs)


def _halves(name: str, spelled: Mapping[str, object]) -> tuple[str, ...]:
    """The two syllables of a long family name; none where it has other parts."""
    for place in range(len(name) - 1, 0, -1):
        if name[:place] in spelled and name[place:] in spelled:
            return name[:place], name[place:]
    return ()
