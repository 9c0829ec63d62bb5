"""The words of a listed name in natural order, and how many of them people use."""

from __future__ import annotations

from collections.abc import Sequence

from watchdog.core.givens import given_gender
from watchdog.lang.letters import Letters, base_letter

_GIVEN_AND_FAMILY = 2


def in_natural_order(words: list[str], letters: Letters) -> list[str]:
    """Without words such as "oglu", and the family name last: not in "Гусейнов Мехман Рафикович"."""
    inner = letters.words.inner
    if len(words) <= _GIVEN_AND_FAMILY:
        return words
    kept = [word for place, word in enumerate(words) if not place or word not in inner]
    if len(kept) != _GIVEN_AND_FAMILY + 1:
        return kept
    family, given, patronymic = kept
    is_marked = words[-1] in inner and words[-1] != given
    is_formed = patronymic.endswith(letters.words.patronymics) and not given.endswith(letters.words.patronymics)
    is_turned = is_marked or (is_formed and given_gender(family, letters) is None)
    return [given, patronymic, family] if is_turned else kept


def has_two_families(words: Sequence[str], letters: Letters) -> bool:
    """Whether a Spanish name has two family names, and few have the first: who is called Juan García is anybody."""
    if len(words) <= _GIVEN_AND_FAMILY or _bare(words[0]) not in letters.spanish_given:
        return False
    first = _bare(words[-2])
    tables = letters.spanish_given, letters.also_spanish, letters.frequent_given, letters.frequent_family
    return not any(first in table for table in tables) and given_gender(first, letters) is None


def _bare(word: str) -> str:
    return "".join(map(base_letter, word))
