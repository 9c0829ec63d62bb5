"""Given names that are one name in several languages, and whose they are: the table ``given.toml``, by sound."""

from __future__ import annotations

from functools import lru_cache

from watchdog.core.likeness import similarity
from watchdog.core.sounds import Reading, keys, plain_readings, spell
from watchdog.lang.letters import Gender, Letters

#: Two spellings this near are one given name; read off the groups of the given-name table.
SAME_NAME = 0.96


class _Equivalents:
    """The given-name table, by key."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._groups: dict[str, list[tuple[Reading, int]]] = {}
        self._unvowelled: dict[str, set[int]] = {}
        for number, group in enumerate(letters.given):
            for form in group.forms:
                reading = Reading(*spell(form, letters))
                for key in keys(reading.sounds):
                    self._groups.setdefault(key, []).append((reading, number))
            for form in group.unvowelled:
                self._unvowelled.setdefault(form, set()).add(number)

    def is_another(self, word: str, listed: str) -> bool:
        """Whether a word of a script without vowels is a given name of other groups than a listed one."""
        numbers = self._unvowelled.get(word, set())
        listed_numbers = (self._unvowelled.get(listed) or self._near(listed)) if numbers else set()
        return bool(listed_numbers) and numbers.isdisjoint(listed_numbers)

    @lru_cache(maxsize=2**14)  # noqa: B019 -- lives as long as its letters
    def of(self, word: str) -> tuple[tuple[Reading, ...], Gender | None]:
        """How a given name may be read, with its equivalents, and its gender if the table knows one."""
        own = plain_readings(word, self._letters)
        if own[0].is_loose:  # without vowels, it would be like too many
            return own, None
        groups = self._near(word)
        genders = {self._letters.given[number].gender for number in groups}
        forms = {form: None for number in sorted(groups) for form in self._letters.given[number].forms}
        others = tuple(Reading(*spell(form, self._letters)) for form in forms)
        return tuple(dict.fromkeys(own + others)), genders.pop() if len(genders) == 1 else None

    def _near(self, word: str) -> set[int]:
        """The numbers of the groups that have a folded word, or what sounds nearly so."""
        own = plain_readings(word, self._letters)[0]
        near = (entry for key in keys(own.sounds) for entry in self._groups.get(key, ()))
        alike = [(reading, number) for reading, number in near if similarity(own, reading) >= SAME_NAME]
        # Who is Kosta is not every Kostya.
        groups = {number for reading, number in alike if reading.sounds == own.sounds}
        return groups or {number for _, number in alike}


@lru_cache(maxsize=2)
def _equivalents(letters: Letters) -> _Equivalents:
    return _Equivalents(letters)


def given_gender(word: str, letters: Letters) -> Gender | None:
    """Whose given name a folded word is, as it stands; None where the table does not know it, or knows both."""
    return _equivalents(letters).of(word)[1]


def equivalents(word: str, letters: Letters) -> tuple[Reading, ...]:
    """How a given name may be read: as it stands, then as its equivalents."""
    return _equivalents(letters).of(word)[0]


def is_another_given(word: str, listed: str, letters: Letters) -> bool:
    """Whether a folded word of a script without vowels is another given name than a listed one: Hasan is no Hossein."""
    return _equivalents(letters).is_another(word, listed)
