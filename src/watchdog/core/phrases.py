"""Recognises names that are no person's, as written: phrases whose words may bend, and acronyms, in capitals only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import add

from watchdog.core.atoms import Shape
from watchdog.core.cut import Scan
from watchdog.core.names import ListedName, NameIndex
from watchdog.lang.letters import Language, Letters

_QUOTES = "«»„“”‟‘’‹›\"'「」『』"
_ENDS_SENTENCE = re.compile(r"[.!?…:;•\n]")
_RUN = re.compile(r"[^\W_]+")
_SHORTEST = 2  # letters of a stem
#: Of a word that becomes closed or open when it bends: Ukrainian "дім, дому", "Львів, Львова".
_CLOSED = {"о": "і", "е": "і", "є": "ї"}


def phrases_in(scan: Scan, index: NameIndex, lang: str | None) -> Iterator[tuple[int, int, int]]:
    """Numbers of listed phrases, and the first and the last atom of each place where one stands, bent or not."""
    if not index.phrases:
        return
    for position, (text, shape) in enumerate(zip(scan.atoms.texts, scan.atoms.shapes, strict=True)):
        for number in index.phrases.get(text[0], ()) if shape is not Shape.LOWER else ():
            words = index.names[number].words
            if _stands_at(words, scan, position, languages_of(text, lang, index.letters)):
                yield number, position, position + len(words) - 1


def languages_of(word: str, lang: str | None, letters: Letters) -> tuple[Language, ...]:
    """Those whose endings a word may have: the document's where the word is in its script, else all of that script."""
    alphabet = letters.alphabet(word[0])
    own = letters.languages.get(lang or "")
    if alphabet is None:
        return ()
    if own is not None and alphabet.script in {own.script, "Latin"}:
        return (own,)
    if lang and alphabet.script == "Latin":
        return ()
    return tuple(language for language in letters.languages.values() if language.script == alphabet.script)


def literals_in(text: str, scan: Scan, index: NameIndex) -> Iterator[int]:
    """Numbers of the names whose literal form may stand in a text, folded, cut, and simplified."""
    if not index.literals:
        return
    if scan.atoms.are_whole and text == scan.folded.text:
        beginnings = {*scan.atoms.texts}
        beginnings.update(*[word.split("'") for word in beginnings if "'" in word])
    else:
        beginnings = {*_RUN.findall(text)}
    if not index.literal_signs.isdisjoint(text):
        beginnings.update(map(add, text, text[1:]), text)
    for beginning in sorted([beginning for beginning in beginnings if beginning in index.literals]):
        yield from index.literals[beginning]


def _stands_at(words: Sequence[str], scan: Scan, position: int, languages: Sequence[Language]) -> bool:
    atoms = scan.atoms[position : position + len(words)]
    if len(atoms) < len(words) or atoms[0].shape is Shape.LOWER:
        return False
    if any(atom.gap.strip() not in {"", "-"} for atom in atoms[1:]):
        return False
    return all(_is_form(atom.text, word, languages) for atom, word in zip(atoms, words, strict=True))


def _is_form(text: str, word: str, languages: Sequence[Language]) -> bool:
    """Whether a word of a text is a listed one, bent or not."""
    if text == word:
        return True
    if text[0] != word[0]:
        return False
    head = text.partition("'")[0]
    return any(
        _is_stem(form.removesuffix(ending.suffix) + ending.restored, word)
        for form in dict.fromkeys((text, head))
        for language in languages
        for ending in language.endings
        if form.endswith(ending.suffix) and len(form) - len(ending.suffix) >= _SHORTEST
    ) or (head != text and head == word)


def _is_stem(stem: str, word: str) -> bool:
    if stem == word:
        return True
    if len(stem) != len(word) or len(word) < _SHORTEST:
        return False
    return stem[-1] == word[-1] and stem[:-2] == word[:-2] and _CLOSED.get(stem[-2]) == word[-2]


def stands_as_word(text: str, start: int, end: int) -> bool:
    """Whether a span is no part of a longer word."""
    return not text[:start][-1:].isalnum() and not text[end : end + 1].isalnum()


def begins_sentence(name: ListedName, scan: Scan, position: int, letters: Letters) -> bool:
    """Whether a common word, which is a name of one word too, has its capital from the beginning of a sentence only.

    Between quotation marks it is the name. "Весна наступила" is the spring, "«Весна» сообщила" is not.
    """
    atom = scan.atoms[position]
    if len(name.parts) != 1 or letters.words.common_nouns.isdisjoint({name.parts[0].text, atom.text}):
        return False
    before = scan.as_written(scan.atoms[position - 1].end if position else 0, atom.start)
    if not before.isspace() and any(quote in before for quote in _QUOTES):
        return False
    return not position or _ENDS_SENTENCE.search(before) is not None
