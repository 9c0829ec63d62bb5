"""Finds the documents that are about a topic: any of these phrases, each of those, none of a third list.

A phrase is found where its words stand one after another in one sentence, each in any inflection: of the text's
language where that is known, else of each language with a pack in the word's script. ``word*`` takes any ending. Case
and marks do not count. In scripts without spaces between words a phrase is found letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watchdog.core.atoms import simplified
from watchdog.core.fold import fold
from watchdog.core.text import find_language, split_sentences
from watchdog.lang import Lexicon
from watchdog.lang.inflections import Inflections, plain
from watchdog.model.article import Document, TextField
from watchdog.model.topic import TopicMatch, TopicOutcome
from watchdog.model.watch import Topic

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
#: What may stand between two words of a phrase; not what ends a sentence or a part of one.
_GAP = re.compile(r"[^\S\n]*\n?[^\S\n]*[-\"«»“”„']?[^\S\n]*")
_LONGEST_GAP = 8
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ARTICLE = 2  # letters before an apostrophe: "l'avocat", "d'une"
_HEAD = 3  # and before an ending or a possessive: "strike's", "Bakı'da"
#: Letters of which two forms of a word are never different; words without a watched beginning are not looked at.
_BEGINNING = 2
_LANGUAGE_SEEN_IN = 2000  # code points that tell a text's language

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One word of a phrase."""

    #: For ``word*``; else empty.
    prefix: str
    keys: frozenset[_Key]

    def takes(self, word: _Word) -> bool:
        """Whether a word of a text is one of its forms."""
        if self.prefix:
            return any(form.startswith(self.prefix) for form in word.forms)
        return not self.keys.isdisjoint(word.keys)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase: words in a row, or letters in a script without spaces."""

    words: tuple[_Wanted, ...]
    literal: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A topic, with the numbers of its phrases."""

    id: str
    any: tuple[int, ...]
    all: tuple[int, ...]
    none: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicIndex:
    """All topics, found by the first words of their phrases. Immutable; may be pickled."""

    rules: tuple[_Rule, ...]
    phrases: tuple[_Phrase, ...]
    #: What the first word of a phrase may be a form of, to the numbers of phrases.
    by_key: Mapping[_Key, tuple[int, ...]]
    by_prefix: Mapping[str, tuple[int, ...]]
    #: The first letters of the first words of phrases.
    beginnings: frozenset[str]
    literals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word of a text may be a form of."""

    forms: tuple[str, ...]
    keys: frozenset[_Key]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase found: where in the field as written."""

    field: TextField
    start: int
    end: int


def build_topics(topics: Sequence[Topic], lexicon: Lexicon) -> TopicIndex:
    """Prepare the phrases of all topics for ``find_topics``."""
    numbers: dict[str, int] = {}
    rules = []
    for topic in topics:
        some, every, none = (
            tuple(numbers.setdefault(phrase, len(numbers)) for phrase in phrases)
            for phrases in (topic.any, topic.all, topic.none)
        )
        rules.append(_Rule(topic.id, some, every, none))
    phrases = tuple(_phrase(text, lexicon) for text in numbers)
    by_key: dict[_Key, list[int]] = {}
    by_prefix: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        for first in phrase.words[:1]:
            if first.prefix:
                by_prefix.setdefault(first.prefix, []).append(number)
            for key in first.keys:
                by_key.setdefault(key, []).append(number)
    firsts = [phrase.words[0] for phrase in phrases if phrase.words]
    return TopicIndex(
        rules=tuple(rules),
        phrases=phrases,
        by_key={key: tuple(found) for key, found in by_key.items()},
        by_prefix={prefix: tuple(found) for prefix, found in by_prefix.items()},
        beginnings=frozenset(
            text[:_BEGINNING] for word in firsts for text in (word.prefix, *_texts(word.keys)) if text
        ),
        literals=tuple(number for number, phrase in enumerate(phrases) if phrase.literal),
    )


def _texts(keys: Iterable[_Key]) -> Iterator[str]:
    return (text for _, text in keys)


def _phrase(text: str, lexicon: Lexicon) -> _Phrase:
    folded = plain(fold(text).text)
    if _NO_SPACES.search(folded):
        return _Phrase((), simplified(folded.replace("*", ""), lexicon.letters).strip())
    words = []
    for match in _WORD.finditer(folded):
        word = match.group()
        if folded[match.end() : match.end() + 1] == "*":
            words.append(_Wanted(word, frozenset()))
        else:
            words.append(_Wanted("", _keys((word,), lexicon.inflections.values())))
    return _Phrase(tuple(words), "")


def _keys(forms: Iterable[str], inflections: Iterable[Inflections]) -> frozenset[_Key]:
    """What a word may be a form of, itself included."""
    forms = tuple(forms)
    return frozenset(("", form) for form in forms).union(*(one.keys(form) for one in inflections for form in forms))


def find_topics(document: Document, index: TopicIndex, lexicon: Lexicon) -> tuple[TopicMatch, ...]:
    """Every topic that a document matches, where something that is new in it says so; linear in its length."""
    if not index.rules:
        return ()
    code = find_language(document.text[:_LANGUAGE_SEEN_IN] or document.title, document.lang, lexicon.tongues)
    reader = _Reader(code or document.lang, index, lexicon)
    hits: dict[int, list[_Hit]] = {}
    for field in TextField:
        for number, hit in reader.hits(field, document.field(field)):
            hits.setdefault(number, []).append(hit)
    found = (_match(rule, hits, document) for rule in index.rules if _holds(rule, hits))
    return tuple(_with_evidence(match, hit, document, code, lexicon) for match, hit in filter(None, found))


def _holds(rule: _Rule, hits: Mapping[int, object]) -> bool:
    has_any = not rule.any or any(number in hits for number in rule.any)
    return has_any and all(number in hits for number in rule.all) and not any(number in hits for number in rule.none)


def _match(rule: _Rule, hits: Mapping[int, Sequence[_Hit]], document: Document) -> tuple[TopicMatch, _Hit] | None:
    """The match and its first new hit; None where all of it stood in an earlier revision."""
    numbers = [number for number in dict.fromkeys((*rule.any, *rule.all)) if number in hits]
    new = next((hit for number in numbers for hit in hits[number] if _is_new(hit, document)), None)
    if new is None:
        return None
    firsts = (hits[number][0] for number in numbers)
    forms = dict.fromkeys(document.field(hit.field)[hit.start : hit.end] for hit in firsts)
    match = TopicMatch(topic_id=rule.id, matched=tuple(forms), evidence="", field=new.field, start=0, end=0)
    return match, new


def _is_new(hit: _Hit, document: Document) -> bool:
    if hit.field is TextField.TITLE:
        return document.title_is_new
    return any(block.is_new for block in document.blocks if block.start <= hit.start < block.end)


def _with_evidence(match: TopicMatch, hit: _Hit, document: Document, code: str | None, lexicon: Lexicon) -> TopicMatch:
    """The match with the sentence that its hit begins in; of a title, all of it."""
    text = document.field(hit.field)
    start, end = 0, len(text)
    if hit.field is TextField.TEXT:
        block = next(block for block in document.blocks if block.start <= hit.start < block.end)
        short = lexicon.packs[code].grammar.abbreviations if code else frozenset()
        sentences = split_sentences(text, block.start, block.end, short)
        start, end = next(((one.start, one.end) for one in sentences if one.end > hit.start), (block.start, block.end))
    return TopicMatch(
        topic_id=match.topic_id,
        matched=match.matched,
        evidence=text[start:end],
        field=hit.field,
        start=start,
        end=end,
    )


class _Reader:
    """Looks for the phrases of an index in the fields of one document."""

    def __init__(self, code: str | None, index: TopicIndex, lexicon: Lexicon) -> None:
        self._code = code
        self._index = index
        self._lexicon = lexicon
        self._lengths = tuple(sorted({len(prefix) for prefix in index.by_prefix}))
        self._words: dict[str, _Word] = {}
        self._numbers: dict[str, tuple[int, ...]] = {}

    def hits(self, field: TextField, text: str) -> Iterator[tuple[int, _Hit]]:
        """Every place where a phrase stands, with its number."""
        folded = fold(text)
        flat = plain(folded.text)
        for number, start, end in (*self._literals(flat), *self._rows(flat)):
            yield number, _Hit(field, *folded.span(start, end))

    def _literals(self, flat: str) -> Iterator[tuple[int, int, int]]:
        text = simplified(flat, self._lexicon.letters) if self._index.literals else ""
        for number in self._index.literals:
            literal = self._index.phrases[number].literal
            start = text.find(literal)
            if literal and start >= 0:
                yield number, start, start + len(literal)

    def _rows(self, flat: str) -> Iterator[tuple[int, int, int]]:
        spans = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(flat)]
        known = self._numbers
        for position, (text, start, _) in enumerate(spans):
            if text not in known:
                known[text] = self._numbers_of(text)
            for number in known[text]:
                wanted = self._index.phrases[number].words
                row = spans[position : position + len(wanted)]
                if len(row) == len(wanted) and self._is_row(wanted, row, flat):
                    yield number, start, row[-1][2]

    def _is_row(self, wanted: Sequence[_Wanted], row: Sequence[tuple[str, int, int]], flat: str) -> bool:
        for (_, _, end), (_, start, _) in pairwise(row):
            if start - end > _LONGEST_GAP or not _GAP.fullmatch(flat, end, start):
                return False
        return all(one.takes(self._word(text)) for one, (text, _, _) in zip(wanted, row, strict=True))

    def _numbers_of(self, text: str) -> tuple[int, ...]:
        """The phrases whose first word this may be."""
        beginnings = self._index.beginnings
        if not any(form[:_BEGINNING] in beginnings or form[:1] in beginnings for form in self._forms(text)):
            return ()
        word = self._word(text)
        found = {number for key in word.keys for number in self._index.by_key.get(key, ())}
        for form in word.forms:
            for length in self._lengths:
                found.update(self._index.by_prefix.get(form[:length], ()))
        return tuple(sorted(found))

    def _word(self, text: str) -> _Word:
        if text not in self._words:
            forms = tuple(self._forms(text))
            self._words[text] = _Word(forms, _keys(forms, self._inflections(text)))
        return self._words[text]

    def _forms(self, text: str) -> Iterator[str]:
        """The word, and what is left of it without an article, a possessive or what is written together with it."""
        yield text
        head, apostrophe, tail = text.partition("'")
        if apostrophe and len(head) >= _HEAD:
            yield head
        elif apostrophe and len(head) <= _ARTICLE:
            yield tail
        own = self._lexicon.letters.languages.get(self._code or "")
        for prefix in own.prefixes if own else ():
            stem = text.removeprefix(plain(prefix))
            if _HEAD <= len(stem) < len(text):
                yield stem

    def _inflections(self, text: str) -> Iterator[Inflections]:
        letters = self._lexicon.letters
        alphabet = letters.alphabet(text[0])
        own = letters.languages.get(self._code or "")
        if alphabet is None:
            return
        if own is not None and own.script == alphabet.script and self._code in self._lexicon.inflections:
            yield self._lexicon.inflections[self._code or ""]
            return
        for code in self._lexicon.packs:
            if code in letters.languages and letters.languages[code].script == alphabet.script:
                yield self._lexicon.inflections[code]


def decide_topic(*, may_alert: bool, was_told: bool, is_copy: bool) -> TopicOutcome:
    """What a match comes to: once an article and topic, never for copies, never for old news.

    Copies are articles with the same title and text; those that differ a little are told as articles of their own.
    """
    if was_told:
        return TopicOutcome.KNOWN
    if is_copy:
        return TopicOutcome.COPY
    return TopicOutcome.NEW if may_alert else TopicOutcome.BACKGROUND
