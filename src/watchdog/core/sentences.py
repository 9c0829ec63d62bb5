"""A document as its packs read it: passages in one language each, in the letters of its pack, cut into sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from watchdog.core.modality import Around
from watchdog.core.passages import find_passages
from watchdog.core.sight import Sight
from watchdog.core.text import Span, split_clauses, split_sentences, with_those_named
from watchdog.lang import Lexicon, Pack
from watchdog.model.article import Block, Document, TextField
from watchdog.model.mention import Mention, MentionsFound

#: What parts the words of a name, but for the last two.
_PARTED = re.compile(r"[.-]|\s(?=.*\s)", re.DOTALL)
#: "BAKU, March 3 — ": place, perhaps a date, a dash; its date is the report's.
_DATELINE = re.compile(r"[^\W\d_][^—–\n.;:]{1,60}?\s(?:—|–|-)\s|[^\W\d_][^—–\n;:]{1,40}\([^\n()]{2,30}\)\s(?:—|–|-)\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A title or block with the pack that reads it."""

    field: TextField
    span: Span
    pack: Pack
    is_new: bool
    is_heading: bool


def passages_of(document: Document, lexicon: Lexicon, is_wanted: Callable[[Block], bool]) -> Iterator[Passage]:
    """Title and blocks with the packs that read them; ``find_unread`` names those that no pack reads."""
    for one in find_passages(document, lexicon.tongues, is_wanted):
        if one.lang:
            pack = lexicon.packs[one.lang]
            yield Passage(field=one.field, span=one.span, pack=pack, is_new=one.is_new, is_heading=one.is_heading)


def written_as(
    document: Document, passage: Passage, found: MentionsFound, known: dict[tuple[TextField, str], str]
) -> str:
    """The field of a passage in the letters that its pack is written with, and no watched name of more than two words.

    Patterns count the words between their parts, and most names have two. Made once a field and language; as long as
    the field.
    """
    key = (passage.field, passage.pack.code)
    if key not in known:
        names = (one for one in found.mentions if one.field is passage.field)
        known[key] = _as_words(passage.pack.marks.plain(document.field(passage.field)), names)
    return known[key]


def _as_words(text: str, names: Iterable[Mention]) -> str:
    parts: list[str] = []
    end = 0
    for name in sorted(names, key=lambda name: name.start):
        if name.start >= end:
            parts += text[end : name.start], _PARTED.sub("_", text[name.start : name.end])
            end = name.end
    return "".join((*parts, text[end:]))


def sentences_of(text: str, passage: Passage) -> Iterator[Around]:
    """The sentences of a passage with what stands round each; a dateline is none."""
    grammar = passage.pack.grammar
    start = passage.span.start
    dateline = None if passage.is_heading else _DATELINE.match(text, start, passage.span.end)
    begin = dateline.end() if dateline and _is_dateline(dateline[0]) else start
    cut = split_sentences(text, begin, passage.span.end, grammar.abbreviations)
    spans = with_those_named(text, cut, grammar.people.among)
    end = Span(passage.span.end, passage.span.end)
    sight = Sight(passage.pack, text, spans)
    for sentence, after in pairwise((*spans, end)):
        yield Around(
            text=text,
            sentence=sentence,
            clauses=split_clauses(text, sentence.start, sentence.end, grammar.clause_start),
            before=Span(begin, sentence.start),
            after=after,
            sight=sight,
        )


def _is_dateline(text: str) -> bool:
    """Whether it begins with a place in capitals or ends in a date or agency, as no clause does."""
    first = text.split(maxsplit=1)[0].strip(",")
    return (len(first) > 1 and first.isupper()) or text[-5:].strip(" —–-").isdigit() or ")" in text
