"""Chinese and Korean names by their syllables, in whatever way these are written: Hsieh Yang is Xie Yang and Се Ян.

A name that is listed so has parts that know their syllables. A word of a text that is made of syllables too is such a
part only where these agree; all other words are compared by sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from anyascii import anyascii

from watchdog.lang.letters import Letters, base_letter
from watchdog.lang.syllables import CYRILLIC, KOREAN, Spellings, System

_MOST = 2  # syllables of a given name
_SIGNS = range(2, 5)  # of a name in Han or Hangul
_CLEAR = 2  # ways to take a name, beyond which no spelling of it is suggested
_BETWEEN = {System.WADE_GILES: "-", System.KOREAN: "-", System.KONTSEVICH: " "}
#: In ``fitting``: the word cannot be pinyin.
NOT_PINYIN = "not pinyin"
#: The syllables of a family and of a given name, as they may be read.
Pair = tuple[frozenset[str], frozenset[str]]
_LATIN = (System.PINYIN, System.WADE_GILES, System.KOREAN)


def syllables_of(words: Sequence[str], letters: Letters) -> Pair | None:
    """The syllables of a listed family and given name, in this order, as they may be read; None for other names.

    Args:
        words: folded, the family name first, the given name in one word or two.
        letters: the tables.
    """
    if not 1 < len(words) <= 1 + _MOST:
        return None
    systems = _systems_of_family(words[0], letters)
    if not systems:
        return None
    family, given = words[0], "".join(words[1:])
    if given in letters.frequent_given or given in _known_given(letters):
        return None
    families: set[str] = set()
    givens: set[str] = set()
    is_pinyin = False
    for one in systems:
        if one is System.WADE_GILES and is_pinyin:
            continue  # whoever writes pinyin writes it throughout
        both = _heard_family(family, one, letters), _heard(given, one, letters)
        if all(both):
            is_pinyin = is_pinyin or one is System.PINYIN
            families |= {f"{_language(one)}:{row}" for row in both[0]}
            givens |= {f"{_language(one)}:{row}" for row in both[1]}
    return (frozenset(families), frozenset(givens)) if families else None


@lru_cache(maxsize=2**14)
def _systems_of_family(word: str, letters: Letters) -> tuple[System, ...]:
    """The systems in which a word is a family name: none for nearly all words."""
    text = _plain(word)
    return tuple(system for system in _systems(word) if text in letters.syllables.families[system])


def _language(system: System) -> str:
    return "ko" if system in KOREAN else "zh"


@lru_cache(maxsize=2)
def _known_given(letters: Letters) -> frozenset[str]:
    return frozenset(form for given in letters.given for form in given.forms)


def respelled(syllables: frozenset[str], letters: Letters) -> Iterator[str]:
    """The usual spellings of a part of a name, in every system: "xie", "hsieh", "се"."""
    for one in sorted(syllables):
        language, _, row = one.partition(":")
        for system in System:
            if _language(system) == language:
                usual = letters.syllables.usual[system]
                yield "".join(usual.get(syllable, syllable) for syllable in row.split())
        yield from _spellings_of_families(letters).get(one, ())


@lru_cache(maxsize=2)
def _spellings_of_families(letters: Letters) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for system in (System.WADE_GILES, System.KOREAN):
        for spelling, names in letters.syllables.families[system].items():
            for name in names:
                found.setdefault(f"{_language(system)}:{name}", []).append(spelling)
    return found


def fitting(word: str, syllables: frozenset[str], *, is_family: bool, letters: Letters) -> frozenset[str] | None:
    """The systems in which a folded word of a text is a part with these syllables; None where it has no syllables.

    With ``NOT_PINYIN`` where the word cannot be pinyin.
    """
    found: set[str] = set()
    is_heard = False
    has_pinyin = False
    for system in _systems(word):
        heard = (_heard_family if is_family else _heard)(word, system, letters)
        is_heard = is_heard or bool(heard)
        has_pinyin = has_pinyin or (system is System.PINYIN and bool(heard))
        if any(f"{_language(system)}:{one}" in syllables for one in heard):
            found.add(system)
    if found and not has_pinyin:
        found.add(NOT_PINYIN)
    return frozenset(found) if is_heard else None


def are_of_one_system(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two words are written in one way; where both are pinyin of others, they are no Wade-Giles."""
    common = (one & other) - {NOT_PINYIN}
    return bool(common - {System.WADE_GILES}) or (bool(common) and NOT_PINYIN in one | other)


def _systems(word: str) -> tuple[System, ...]:
    return tuple(CYRILLIC) if "а" <= word[0] <= "я" else _LATIN


@lru_cache(maxsize=2**12)
def _heard_family(word: str, system: System, letters: Letters) -> frozenset[str]:
    """The family names that a word may be."""
    return letters.syllables.families[system].get(_plain(word), frozenset())


@lru_cache(maxsize=2**12)
def _heard(word: str, system: System, letters: Letters) -> frozenset[str]:
    """The syllables that a word may be, one or two."""
    spellings = letters.syllables.by_system[system]
    text = _plain(word)
    if len(text) > _MOST * letters.syllables.longest:
        return frozenset()
    return spellings.get(text) or frozenset(_pairs(text, spellings))


def _pairs(text: str, spellings: Spellings) -> Iterator[str]:
    for place in range(1, len(text)):
        rest = text[place:] if text[place] != "'" else text[place + 1 :]
        for pair in product(spellings.get(text[:place], ()), spellings.get(rest, ())):
            yield " ".join(pair)


def _plain(word: str) -> str:
    return word if word.isascii() or base_letter(word[0]) > "z" else "".join(map(base_letter, word))


def romanised(name: str, letters: Letters) -> tuple[tuple[str, str], Pair] | None:
    """Family and given name of a Chinese name in Han in pinyin, of a Korean one in Hangul too; None for other names.

    Returns:
        The two words, and their syllables.
    """
    signs = name.strip()
    if len(signs) not in _SIGNS:
        return None
    if all("가" <= sign <= "힣" for sign in signs):
        system = System.KOREAN
    elif all("\u4e00" <= sign <= "\u9fff" for sign in signs):
        system = System.PINYIN
    else:
        return None
    spelled = [anyascii(sign).lower() for sign in signs]
    for length in (2, 1):
        family, given = "".join(spelled[:length]), spelled[length:]
        if given and len(given) <= _MOST and family in letters.syllables.families[system].get(family, ()):
            language = _language(system)
            pair = frozenset({f"{language}:{family}"}), frozenset({f"{language}:{' '.join(given)}"})
            return (family, "".join(given)), pair
    return None


def written_in_systems(name: str, words: Sequence[str], letters: Letters) -> list[tuple[System, str]] | None:
    """How each system writes a Chinese or Korean name, with each usual form of the family name; None for other names.

    Nothing where it is not clear which syllables it has: Latin letters tell little of Korean ones.

    Args:
        name: as listed, in whatever script.
        words: its folded words, those that a hyphen joins apart.
        letters: the tables.
    """
    latin = romanised(name, letters)
    syllables = latin[1] if latin else syllables_of(words, letters)
    if syllables is None:
        return None
    rows: list[tuple[System, str]] = []
    for language in ("zh", "ko"):
        both = [(one, other) for one, other in product(*map(sorted, syllables)) if one[:2] == other[:2] == language]
        if len(both) <= _CLEAR:
            rows += [row for one, other in both for row in _written(one, other, language, letters)]
    return rows


def _written(one: str, other: str, language: str, letters: Letters) -> Iterator[tuple[System, str]]:
    family = one.partition(":")[2]
    for system in (system for system in System if _language(system) == language):
        usual = letters.syllables.usual[system]
        syllables = [usual[row] for row in other.partition(":")[2].split()]
        if system is System.KONTSEVICH:
            syllables = [syllable.capitalize() for syllable in syllables]
        given = _BETWEEN.get(system, "").join(syllables)
        for form in (_usual_family(family, usual), *letters.syllables.abroad[system].get(family, ())):
            yield system, f"{form.capitalize()} {given[:1].upper()}{given[1:]}"


def _usual_family(family: str, usual: Mapping[str, str]) -> str:
    """A family name of one syllable or of two."""
    places = (place for place in range(1, len(family)) if family[:place] in usual and family[place:] in usual)
    place = 0 if family in usual else next(places)
    return usual[family[:place]] + usual[family[place:]] if place else usual[family]
