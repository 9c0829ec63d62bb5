"""Suggests how other languages may write a name, by the tables of ``lang``; and says which scripts have none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from watchdog.core.fold import fold
from watchdog.core.sounds import VOWELS, heard_in_english, spell
from watchdog.core.syllables import written_in_systems
from watchdog.lang.letters import Letters, base_letter
from watchdog.lang.spellings import Writing
from watchdog.lang.syllables import CYRILLIC, KOREAN, System

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_MOST_OF_WORD, _MOST = 6, 3  # ways to write a word, and a name, in one language
_LONGEST = 80  # code points of a name
#: Scripts in which a name is found only as it is listed, because no table has their sounds (``core.names``).
_LISTED_ONLY = {
    "Chinese characters": "\u3400-\u9fff",
    "Japanese kana": "\u3040-\u30ff",
    "Korean": "\uac00-\ud7af",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Burmese": "\u1000-\u109f",
    "Khmer": "\u1780-\u17ff",
    "Ethiopic": "\u1200-\u139f",
}

_BY_LANGUAGE, _BY_SYLLABLES = "lang/spellings.toml", "lang/letters/syllables.toml"

_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A way in which a language may write a name."""

    text: str
    #: ISO 639-1, and in words: "Russian", "Cyrillic".
    code: str
    language: str
    script: str
    #: Whence it is: a file of the package, and its section.
    table: str
    section: str


def suggest_spellings(
    name: str, letters: Letters, writings: Sequence[Writing], *, lang: str | None = None
) -> tuple[Spelling, ...]:
    """How each language with a table may write a name, at most three ways each, the likeliest first.

    Args:
        name: as an operator would list it. What is not letters stays as it is.
        letters: the tables that say how it sounds.
        writings: the tables that say how sounds are written.
        lang: the code of the language in which ``name`` is written, where known: an Azerbaijani c is an English j.

    Returns:
        In the order of ``writings``. Nothing in languages that write vowels where the script of ``name`` has none. Of a
        Chinese or Korean name, only what is written by its syllables.
    """
    folded = fold(name[:_LONGEST]).text
    words = [word.group() for word in _WORD.finditer(folded)]
    if (rows := written_in_systems(name[:_LONGEST], words, letters)) is not None:
        return tuple(_by_syllables(rows, folded))
    own = _own_writing(folded, words, letters, writings, lang)
    is_english = len(words) > 1 and not letters.english.given.isdisjoint(words[:-1])
    written = {alphabet.script: alphabet for alphabet in map(letters.alphabet, folded) if alphabet is not None}
    has_vowels = all(alphabet.writes_vowels for alphabet in written.values())
    found: list[Spelling] = []
    for writing in writings:
        target = next((one for one in letters.alphabets.values() if one.script == writing.script), None)
        if target is None or writing is own or (not has_vowels and (target.writes_vowels or target.script in written)):
            continue
        inverse = _letters_to_sounds(own)
        # In Latin letters, an English name is written as it is.
        by_sound = (lambda word: _heard(word, letters)) if is_english and target.script not in written else None
        ways = _write_name(folded, letters, writing, inverse, by_sound, has_capitals=target.has_capitals)
        found.extend(
            Spelling(
                text=text,
                code=writing.code,
                language=writing.name,
                script=writing.script,
                table=_BY_LANGUAGE,
                section=writing.code,
            )
            for text in islice((way for way in ways if fold(way).text != folded), _MOST)
        )
    return tuple(found)


def _by_syllables(rows: Iterable[tuple[System, str]], folded: str) -> Iterator[Spelling]:
    """What is not the name itself."""
    for system, text in rows:
        is_cyrillic = system in CYRILLIC
        if fold(text).text != folded:
            yield Spelling(
                text=text,
                code="ru" if is_cyrillic else "en",
                language=str(system),
                script="Cyrillic" if is_cyrillic else "Latin",
                table=_BY_SYLLABLES,
                section="korean" if system in KOREAN else "chinese",
            )


def _own_writing(
    folded: str, words: Sequence[str], letters: Letters, writings: Sequence[Writing], lang: str | None
) -> Writing | None:
    """How the language writes in which a name is written: as told, or by letters or a script that only one has."""
    if lang is not None:
        return next((writing for writing in writings if writing.code == lang), None)
    telling = ((len(entry), writing) for writing in writings for entry in writing.own if set(entry) <= set(folded))
    if best := max(telling, key=lambda row: row[0], default=None):
        return best[1]
    alphabet = letters.alphabet(words[0][0]) if words else None
    of_script = [writing for writing in writings if alphabet is not None and writing.script == alphabet.script]
    return of_script[0] if len(of_script) == 1 else None


def _heard(word: str, letters: Letters) -> list[_Row]:
    """The sounds of a word of an English name."""
    if forms := letters.heard.get(word):
        sounds = spell(forms[0], letters)[0]
    else:
        sounds = heard_in_english(word, letters)[0].sounds
    return [("#",), *(tuple(sound) for sound in sounds), ("#",)]


def scripts_without(names: Sequence[str]) -> tuple[str, ...]:
    """The scripts in which a case with these names is never found, until an alias in them is listed."""
    text = "".join(names)
    return tuple(script for script, span in _LISTED_ONLY.items() if not re.search(f"[{span}]", text))


def _letters_to_sounds(own: Writing | None) -> dict[str, str]:
    """What a letter sounds like in one language; its usual letters first."""
    found: dict[str, str] = {}
    singles = [(rows[0], texts) for rows, texts in own.letters.items() if len(rows) == 1] if own else []
    singles.sort(key=lambda row: row[0] not in VOWELS)  # a letter of a vowel and of y is the vowel
    for sound, texts in singles:
        found.setdefault(texts[0], sound)
    for sound, texts in singles:
        for text in texts[1:]:
            found.setdefault(text, sound)
    return {text: sound for text, sound in found.items() if text}


def _write_name(
    folded: str,
    letters: Letters,
    writing: Writing,
    inverse: Mapping[str, str],
    by_sound: Callable[[str], list[_Row]] | None,
    *,
    has_capitals: bool,
) -> Iterator[str]:
    """The whole name, word by word, in each way, the likeliest first."""
    words = list(_WORD.finditer(folded))
    particles = [writing.words.get(word.group()) for word in words]
    ways = [
        (whole[0],) if whole else _write((by_sound or _of_letters(letters, inverse))(word.group()), writing)
        for word, whole in zip(words, particles, strict=True)
    ]
    if not words or not all(ways):
        return  # an empty way is a word with a letter of no table
    ranked = sorted(product(*(enumerate(way) for way in ways)), key=lambda row: sum(rank for rank, _ in row))
    for row in ranked:
        text, last, is_tied = "", 0, False
        for word, (_, written), whole in zip(words, row, particles, strict=True):
            begun = written[:1].upper() + written[1:] if has_capitals and not whole else written
            text += ("" if is_tied else folded[last : word.start()]) + begun
            last, is_tied = word.end(), bool(whole and whole[1])
        yield text + folded[last:]


def _of_letters(letters: Letters, inverse: Mapping[str, str]) -> Callable[[str], list[_Row]]:
    return lambda word: _sounds(word, letters, inverse)


def _sounds(word: str, letters: Letters, inverse: Mapping[str, str]) -> list[_Row]:
    """The sounds of a word, each as its possibilities in their order; empty where a letter is in no table."""
    rows: list[_Row] = [("#",)]
    position = 0
    while position < len(word):
        letter = word[position]
        alphabet = letters.alphabets.get(letter) or letters.alphabets.get(base_letter(letter))
        if alphabet is None:
            if letter != "'":
                return []
            position += 1
            continue
        for length in range(alphabet.longest, 0, -1):
            piece = word[position : position + length]
            if piece in inverse:
                rows.append((inverse[piece],))
                break
            if piece in alphabet.sounds:
                # Where vowels are left out, a letter that may be silent is.
                is_silent = not alphabet.writes_vowels
                rows.extend(("-",) if is_silent and "-" in sound else tuple(sound) for sound in alphabet.sounds[piece])
                break
        else:
            length = 1
            rows.extend(tuple(sound) for sound in alphabet.sounds.get(base_letter(letter), ()))
        position += length
    return [*rows, ("#",)]


def _write(rows: Sequence[_Row], writing: Writing) -> tuple[str, ...]:
    """A word's sounds in letters, in several ways, the likeliest first."""
    #: For each position the ways to have come there: (how unlikely, text).
    best: list[list[tuple[int, str]]] = [[(0, "")], *([] for _ in rows)]
    for position in range(len(rows)):
        here = _likeliest(best[position])
        pair = [
            (rank, text)
            for first in rows[position]
            for second in (rows[position + 1] if position + 1 < len(rows) else ())
            for rank, text in enumerate(writing.letters.get((first, second), ()))
        ]
        if pair:
            best[position + 2].extend((cost + rank, so_far + text) for cost, so_far in here for rank, text in pair)
            continue
        for order, sound in enumerate(rows[position]):
            for rank, text in enumerate(writing.letters.get((sound,), ("",))):
                best[position + 1].extend((cost + order + rank, so_far + text) for cost, so_far in here)
    return tuple(text[:-1] + writing.finals.get(text[-1], text[-1]) for _, text in _likeliest(best[-1]) if text)


def _likeliest(ways: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Each text once, with its least cost."""
    cheapest: dict[str, int] = {}
    for cost, text in sorted(ways):
        cheapest.setdefault(text, cost)
    return [(cost, text) for text, cost in cheapest.items()][:_MOST_OF_WORD]
