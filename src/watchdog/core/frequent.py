"""The names that many have, by their sound, so that another spelling of one is known too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from watchdog.core.givens import SAME_NAME
from watchdog.core.likeness import similarity
from watchdog.core.sounds import Reading, keys, spell
from watchdog.lang.letters import Letters


class Frequent:
    """Frequent names, by key."""

    def __init__(self, words: Iterable[str], letters: Letters) -> None:
        self._by_key: dict[str, list[Reading]] = {}
        for word in words:
            reading = Reading(*spell(word, letters))
            for key in keys(reading.sounds):
                self._by_key.setdefault(key, []).append(reading)

    @lru_cache(maxsize=2**12)  # noqa: B019 -- lives as long as its letters
    def has(self, name: Reading) -> bool:
        """Whether a name sounds like one of them."""
        near = (reading for key in keys(name.sounds) for reading in self._by_key.get(key, ()))
        return any(similarity(name, reading) >= SAME_NAME for reading in near)


@lru_cache(maxsize=2)
def frequent_families(letters: Letters) -> Frequent:
    """The family names."""
    return Frequent(letters.frequent_family, letters)


@lru_cache(maxsize=2)
def frequent_givens(letters: Letters) -> Frequent:
    """The given names that have one spelling in Latin letters."""
    return Frequent(letters.frequent_given, letters)


@lru_cache(maxsize=2)
def frequent_anywhere(letters: Letters) -> Frequent:
    """These, and the given names that are transliterated."""
    return Frequent(letters.frequent_given | letters.frequent_elsewhere, letters)
