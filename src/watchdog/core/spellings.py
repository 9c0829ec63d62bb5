"""Suggests how other languages may write a name, by the tables of ``lang``; and says which scripts have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from watchdog.core.fold import fold
from watchdog.lang.letters import Letters, base_letter
from watchdog.lang.spellings import Writing

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

#: Whence all suggestions come, in the table of their language.
SPELLINGS_TABLE = "lang/spellings.toml"

_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A way in which a language may write a name."""

    text: str
    #: ISO 639-1, and in words: "Russian", "Cyrillic".
    code: str
    language: str
    script: str


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
        In the order of ``writings``. Nothing in languages that write vowels where the script of ``name`` has none.
    """
    folded = fold(name[:_LONGEST]).text
    inverse = _letters_to_sounds(next((writing for writing in writings if writing.code == lang), None))
    has_vowels = all(
        alphabet.writes_vowels for alphabet in (letters.alphabet(letter) for letter in folded) if alphabet is not None
    )
    found: list[Spelling] = []
    for writing in writings:
        target = next((one for one in letters.alphabets.values() if one.script == writing.script), None)
        if target is None or writing.code == lang or (target.writes_vowels and not has_vowels):
            continue
        ways = _write_name(folded, letters, writing, inverse, has_capitals=target.has_capitals)
        found.extend(
            Spelling(
                text=text,
                code=writing.code,
                language=writing.name,
                script=writing.script,
            )
            for text in islice((way for way in ways if fold(way).text != folded), _MOST)
        )
    return tuple(found)


def scripts_without(names: Sequence[str]) -> tuple[str, ...]:
    """The scripts in which a case with these names is never found, until an alias in them is listed."""
    text = "".join(names)
    return tuple(script for script, span in _LISTED_ONLY.items() if not re.search(f"[{span}]", text))


def _letters_to_sounds(own: Writing | None) -> dict[str, str]:
    """What a letter sounds like in one language; its usual letters first."""
    found: dict[str, str] = {}
    singles = [(rows[0], texts) for rows, texts in own.letters.items() if len(rows) == 1] if own else []
    for sound, texts in singles:
        found.setdefault(texts[0], sound)
    for sound, texts in singles:
        for text in texts[1:]:
            found.setdefault(text, sound)
    return {text: sound for text, sound in found.items() if text}


def _write_name(
    folded: str, letters: Letters, writing: Writing, inverse: Mapping[str, str], *, has_capitals: bool
) -> Iterator[str]:
    """The whole name, word by word, in each way, the likeliest first."""
    words = list(_WORD.finditer(folded))
    ways = [_write(_sounds(word.group(), letters, inverse), writing) for word in words]
    if not words or not all(ways):
        return  # an empty way is a word with a letter of no table
    ranked = sorted(product(*(enumerate(way) for way in ways)), key=lambda row: sum(rank for rank, _ in row))
    for row in ranked:
        text, last = "", 0
        for word, (_, written) in zip(words, row, strict=True):
            begun = written[:1].upper() + written[1:] if has_capitals else written
            text += folded[last : word.start()] + begun
            last = word.end()
        yield text + folded[last:]


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
                rows.extend(tuple(sound) for sound in alphabet.sounds[piece])
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
