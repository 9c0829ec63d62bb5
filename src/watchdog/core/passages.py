"""The title and blocks of a document, each with the language it is in; those in a language without a pack are named."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from watchdog.core.bare import bare, bare_document
from watchdog.core.text import Span, find_language, split_sentences
from watchdog.lang import Pack
from watchdog.lang.tongues import Tongues
from watchdog.model.article import Block, BlockRole, Document, TextField
from watchdog.model.mention import MentionsFound, Unread

#: ISO 639-2 for a text whose language we cannot tell: its title is not taken for one of ours.
_UNDETERMINED = "und"
#: A page in a language that nobody reads may name somebody in every line.
_MOST_UNREAD = 20
_NO_ABBREVIATIONS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A title or block."""

    field: TextField
    span: Span
    #: None where it is in a language without a pack, or nobody can tell.
    lang: str | None
    is_new: bool
    is_heading: bool


def find_passages(document: Document, tongues: Tongues, is_wanted: Callable[[Block], bool]) -> Iterator[Passage]:
    """Title and wanted blocks with their language, each asked for when its turn comes."""
    blocks = [(block, document.text[block.start : block.end]) for block in document.blocks]
    whole = find_language(document.text, document.lang, tongues) if blocks else None
    if document.title.strip():
        around = whole or (_UNDETERMINED if blocks else document.lang)
        yield Passage(
            field=TextField.TITLE,
            span=Span(0, len(document.title)),
            lang=find_language(document.title, around, tongues),
            is_new=document.title_is_new,
            is_heading=True,
        )
    for block, text in blocks:
        if is_wanted(block):
            yield Passage(
                field=TextField.TEXT,
                span=Span(block.start, block.end),
                lang=find_language(text, whole, tongues),
                is_new=block.is_new,
                is_heading=block.role is BlockRole.HEADING,
            )


def named_passages(document: Document, found: MentionsFound, tongues: Tongues) -> tuple[Passage, ...]:
    """The new passages that name a watched person; spans are those of the document as it stands."""
    if not found.mentions:
        return ()
    plain = bare_document(document, found)
    read, seen = (plain.document, plain.found) if plain else (document, found)
    places = {name: sorted(one.start for one in seen.mentions if one.field is name) for name in TextField}
    ways = {name: bare(document.field(name)) for name in TextField}

    def names_somebody(field: TextField, start: int, end: int) -> bool:
        return bisect_left(places[field], start) < bisect_left(places[field], end)

    passages = find_passages(read, tongues, lambda block: names_somebody(TextField.TEXT, block.start, block.end))
    return tuple(
        replace(one, span=Span(*ways[one.field].outside(one.span.start, one.span.end)))
        for one in passages
        if one.is_new and names_somebody(one.field, one.span.start, one.span.end)
    )


def find_unread(
    document: Document, found: MentionsFound, passages: Sequence[Passage], packs: Mapping[str, Pack]
) -> tuple[Unread, ...]:
    """The new passages that name a watched person and that no pack reads: of them nothing can be claimed.

    Args:
        document: as ``find_claims`` has it.
        found: where it names watched people.
        passages: its ``named_passages``.
        packs: by code.

    Returns:
        One for each case and passage, in the order of the text, title first; the first few of a long page.
    """
    unread: dict[tuple[str, TextField, int], Unread] = {}
    lang = None if document.lang in packs else document.lang
    for passage in passages:
        if passage.lang is not None or len(unread) >= _MOST_UNREAD:
            continue
        text, span = document.field(passage.field), passage.span
        sentences = split_sentences(text, span.start, span.end, _NO_ABBREVIATIONS)
        for one in found.mentions:
            inside = (each for each in sentences if each.start <= one.start < each.end)
            sentence = next(inside, None) if one.field is passage.field else None
            key = (one.case_id, passage.field, span.start)
            if sentence is not None and key not in unread:
                unread[key] = Unread(
                    case_id=one.case_id,
                    field=passage.field,
                    start=sentence.start,
                    end=sentence.end,
                    sentence=text[sentence.start : sentence.end],
                    lang=lang,
                )
    return tuple(unread.values())[:_MOST_UNREAD]
