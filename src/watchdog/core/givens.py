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
        for number, group in enumerate(letters.given):
            for form in group.forms:
                reading = Reading(*spell(form, letters))
                for key in keys(reading.sounds):
                    self._groups.setdefault(key, []).append((reading, number))

    @lru_cache(maxsize=2**14)  # noqa: B019 -- lives as long as its letters
    def of(self, word: str) -> tuple[tuple[Reading, ...], Gender | None]:
        """How a given name may be read, with its equivalents, and its gender if the table knows one."""
        own = plain_readings(word, self._letters)
        if own[0].is_loose:  # without vowels, it would be like too many
            return own, None
        near = (entry for key in keys(own[0].sounds) for entry in self._groups.get(key, ()))
        alike = [(reading, number) for reading, number in near if similarity(own[0], reading) >= SAME_NAME]
        # Who is Kosta is not every Kostya.
        groups = {number for reading, number in alike if reading.sounds == own[0].sounds}
        groups = groups or {number for _, number in alike}
        genders = {self._letters.given[number].gender for number in groups}
        forms = {form: None for number in sorted(groups) for form in self._letters.given[number].forms}
        others = tuple(Reading(*spell(form, self._letters)) for form in forms)
        return tuple(dict.fromkeys(own + others)), genders.pop() if len(genders) == 1 else None


@lru_cache(maxsize=2)
def _equivalents(letters: Letters) -> _Equivalents:
    return _Equivalents(letters)


def given_gender(word: str, letters: Letters) -> Gender | None:
    """Whose given name a folded word is, as it stands; None where the table does not know it, or knows both."""
    return _equivalents(letters).of(word)[1]


def equivalents(word: str, letters: Letters) -> tuple[Reading, ...]:
    """How a given name may be read: as it stands, then as its equivalents."""
    return _equivalents(letters).of(word)[0]
