"""The syllables of Chinese and Korean names, and how each system spells them, as data: ``syllables.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    KONTSEVICH = "Kontsevich"


KOREAN = frozenset({System.KOREAN, System.KONTSEVICH})
CYRILLIC = (System.PALLADIUS, System.KONTSEVICH)

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
    #: How some of a family name write it in their own way.
    abroad: Mapping[System, Mapping[str, tuple[str, ...]]]
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
    korean.refuse_unknown("initials", "vowels", "finals", "cyrillic", "families")
    rows = _chinese_rows(chinese)
    spelled = {
        system: [(syllable, spellings[place]) for syllable, spellings in rows.items()]
        for place, system in enumerate(_CHINESE)
    }
    tables = [korean.table(name) for name in ("initials", "vowels", "finals")]
    cyrillic = korean.table("cyrillic")
    spelled[System.KOREAN] = list(_korean_rows({key: (key, *one.texts(key)) for key in one.values} for one in tables))
    spelled[System.KONTSEVICH] = list(
        _korean_rows(
            {key: own.texts(key) for key in one.values}
            for one, own in zip(
                tables, (cyrillic.table(name) for name in ("initials", "vowels", "finals")), strict=True
            )
        )
    )
    abroad = {system: _own_spellings(chinese, korean, system) for system in System}
    by_system = {system: _inverted(pairs) for system, pairs in spelled.items()}
    return Syllables(
        by_system=by_system,
        families={
            system: _families(korean if system in KOREAN else chinese, abroad[system], dict(spelled[system]))
            for system in System
        },
        abroad=abroad,
        usual={system: {syllable: spellings[0] for syllable, spellings in spelled[system]} for system in System},
        longest=max(map(len, by_system[System.KOREAN] | by_system[System.WADE_GILES])),
    )


def _own_spellings(chinese: Table, korean: Table, system: System) -> dict[str, tuple[str, ...]]:
    """How some of a family name write it in their own way."""
    tables = {
        System.WADE_GILES: chinese.table("families"),
        System.KOREAN: korean.table("families"),
        System.KONTSEVICH: korean.table("cyrillic").table("families"),
    }
    table = tables.get(system)
    return {name: table.texts(name) for name in table.values} if table else {}


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


def _korean_rows(columns: Iterable[Mapping[str, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each syllable in the Revised Romanisation, and its spellings, of the spellings of initials, vowels and finals."""
    parts = list(columns)
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


def _families(
    table: Table, own: Mapping[str, tuple[str, ...]], spelled: Mapping[str, tuple[str, ...]]
) -> dict[str, frozenset[str]]:
    """The family names by spelling; those of two syllables as one word."""
    families = table.table("families")
    pairs = []
    for name in families.values:
        halves = (name,) if name in spelled else _halves(name, spelled)
        if not halves:
            raise families.error(name, "it is made of no syllables of the tables")
        regular = map("".join, product(*(spelled[half] for half in halves)))
        pairs.append((name, (*regular, *own.get(name, ()))))
    return _inverted(pairs)


def _halves(name: str, spelled: Mapping[str, object]) -> tuple[str, ...]:
    """The two syllables of a long family name; none where it has other parts."""
    for place in range(len(name) - 1, 0, -1):
        if name[:place] in spelled and name[place:] in spelled:
            return name[:place], name[place:]
    return ()
