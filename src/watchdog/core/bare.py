"""Texts of the Arabic script as the packs read them: letters in one form, without marks that may be left out.

Vowel signs ("أُفرج"), the tatweel and the invisible joiners and directions come and go; letters are written with hamza
or without, digits and stops in two or three kinds. Claims are looked for in the bare document and told of the original.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

from watchdog.lang.patterns import LOOSE, is_arabic, one_way
from watchdog.model.article import Document, TextField
from watchdog.model.claim import Claim
from watchdog.model.mention import Mention, MentionsFound


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare text and its way back."""

    text: str
    #: The place of each character in the original; None where nothing was left out.
    places: tuple[int, ...] | None = None

    def inside(self, place: int) -> int:
        """Where a place of the original is in the bare text."""
        return place if self.places is None else bisect_left(self.places, place)

    def outside(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of the bare span ``[start, end)``, which must not be empty."""
        return (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)


def bare(text: str) -> Bare:
    """Bare a text; one of another script stays as it is."""
    if not is_arabic(text):
        return Bare(text)
    if not LOOSE.search(text):
        return Bare(one_way(text))
    places: list[int] = []
    begin = 0
    for found in LOOSE.finditer(text):
        places.extend(range(begin, found.start()))
        begin = found.end()
    places.extend(range(begin, len(text)))
    return Bare(one_way(LOOSE.sub("", text)), tuple(places))


@dataclass(frozen=True, slots=True, kw_only=True)
class BareDocument:
    """A document with its mentions, bare, and the original."""

    original: Document
    document: Document
    found: MentionsFound
    title: Bare
    text: Bare

    def told(self, claim: Claim) -> Claim:
        """A claim about the bare document, with the sentence and the speaker as the original writes them."""
        field = claim.evidence.field
        way, written = (self.title if field is TextField.TITLE else self.text), self.original.field(field)
        start, end = way.outside(claim.evidence.start, claim.evidence.end)
        speaker = claim.attributed_to
        at = way.text.find(speaker, claim.evidence.start) if speaker else -1
        if speaker and at >= 0:
            first, last = way.outside(at, at + len(speaker))
            speaker = written[first:last]
        evidence = replace(claim.evidence, start=start, end=end, sentence=written[start:end])
        return replace(claim, evidence=evidence, attributed_to=speaker)


def bare_document(document: Document, found: MentionsFound) -> BareDocument | None:
    """The document as the packs read it; None where that is the document itself."""
    title, text = bare(document.title), bare(document.text)
    if title.text == document.title and text.text == document.text:
        return None
    ways = {TextField.TITLE: title, TextField.TEXT: text}

    def moved(mention: Mention) -> Mention:
        way = ways[mention.field]
        start, end = way.inside(mention.start), way.inside(mention.end)
        return replace(mention, start=start, end=end, form=way.text[start:end])

    spans = ((block, text.inside(block.start), text.inside(block.end)) for block in document.blocks)
    return BareDocument(
        original=document,
        document=replace(
            document,
            title=title.text,
            text=text.text,
            blocks=tuple(replace(block, start=start, end=end) for block, start, end in spans if start < end),
        ),
        found=MentionsFound(mentions=tuple(map(moved, found.mentions)), unsure=tuple(map(moved, found.unsure))),
        title=title,
        text=text,
    )
