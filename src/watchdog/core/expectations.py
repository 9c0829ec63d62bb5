"""Announced days: due for release, held until, hearing on. They are expectations and alert nobody.

A day is taken only where the sentence gives one to come, and no second. Who and what come from the claims of the
sentence, and from the pack's words for it where the sentence names one watched person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from watchdog.core.bare import bare
from watchdog.core.dated import Reference
from watchdog.core.dates import find_dates
from watchdog.core.passages import Passage
from watchdog.core.text import Span, split_sentences
from watchdog.lang import Lexicon, Pack
from watchdog.model.article import Document
from watchdog.model.claim import Claim, Modality
from watchdog.model.dates import Precision
from watchdog.model.event import TimelineEvent
from watchdog.model.expectation import Expectation, ExpectedKind
from watchdog.model.mention import MentionsFound
from watchdog.model.status import STATUS_TYPES, Status, Track

#: What happens about an announced day is reported as of that day, or of a day or two before.
ABOUT = timedelta(days=3)
_YEAR = re.compile(r"\d{4}")
_OUT = frozenset({Status.RELEASED, Status.RELEASED_CONDITIONALLY})
_HELD = frozenset({Status.REMANDED, Status.HOUSE_ARREST})
#: Where news of what was expected is told; the end of a life ends all of it.
_TRACKS = {
    ExpectedKind.RELEASE: frozenset({Track.LIBERTY, Track.LIFE}),
    ExpectedKind.CUSTODY: frozenset({Track.LIBERTY, Track.LIFE}),
    ExpectedKind.HEARING: frozenset({Track.PROCEDURE, Track.LIBERTY, Track.LIFE}),
}
#: After these nothing of that kind is awaited, however early they came.
_SETTLING = {
    ExpectedKind.RELEASE: _OUT | {Status.DIED},
    ExpectedKind.CUSTODY: _OUT | {Status.DIED},
    ExpectedKind.HEARING: frozenset({Status.DIED, Status.CHARGES_DROPPED}),
}


def find_expected(
    document: Document,
    found: MentionsFound,
    claims: Sequence[Claim],
    passages: Sequence[Passage],
    lexicon: Lexicon,
) -> tuple[Expectation, ...]:
    """What a document announces for watched people, one a case, kind and day.

    Args:
        document: as ``find_claims`` has it.
        found: where it names watched people.
        claims: what it says of them.
        passages: its ``named_passages``.
        lexicon: the packs.
    """
    references = Reference(document, {code: pack.calendar for code, pack in lexicon.packs.items()})
    expected: dict[tuple[str, ExpectedKind, date], Expectation] = {}
    for passage in passages:
        if passage.lang is None:
            continue
        pack = lexicon.packs[passage.lang]
        text = document.field(passage.field)
        reference = references.at(passage.field, passage.span.start)
        for span in split_sentences(text, passage.span.start, passage.span.end, pack.grammar.abbreviations):
            sentence = text[span.start : span.end]
            here = [one for one in claims if one.evidence.field is passage.field and _begins_in(one, span)]
            cases = {one.case_id for one in found.mentions if one.field is passage.field and one.start in _range(span)}
            told = dict.fromkeys((*_claimed(here), *_worded(bare(sentence).text, cases, pack)))
            day = _only_day_to_come(sentence, pack, reference, told) if told else None
            if day is None:
                continue
            for case_id, kind in told:
                expected.setdefault(
                    (case_id, kind, day), Expectation(case_id=case_id, kind=kind, day=day, sentence=sentence)
                )
    return tuple(expected.values())


def is_reported(expectation: Expectation, event: TimelineEvent) -> bool:
    """Whether an event that was accepted after an announcement is what was announced, or leaves nothing to await."""
    if event.status in _SETTLING[expectation.kind]:
        return True
    is_near = event.last_day is not None and event.last_day >= expectation.day - ABOUT
    return is_near and STATUS_TYPES[event.status].track in _TRACKS[expectation.kind]


def _range(span: Span) -> range:
    return range(span.start, span.end)


def _begins_in(claim: Claim, span: Span) -> bool:
    return claim.evidence.start in _range(span)


def _claimed(claims: Sequence[Claim]) -> Iterator[tuple[str, ExpectedKind]]:
    for claim in claims:
        if claim.modality is Modality.PLANNED and claim.status in _OUT:
            yield claim.case_id, ExpectedKind.RELEASE
        elif claim.modality is Modality.PLANNED and STATUS_TYPES[claim.status].track is Track.PROCEDURE:
            yield claim.case_id, ExpectedKind.HEARING
        elif claim.is_asserted and not claim.is_background and claim.status in _HELD:
            yield claim.case_id, ExpectedKind.CUSTODY


def _worded(sentence: str, cases: set[str], pack: Pack) -> Iterator[tuple[str, ExpectedKind]]:
    if len(cases) == 1:
        for kind, pattern in pack.grammar.expected.items():
            if pattern.search(sentence):
                yield next(iter(cases)), kind


def _only_day_to_come(
    sentence: str, pack: Pack, reference: date, told: dict[tuple[str, ExpectedKind], None]
) -> date | None:
    """The one day of a sentence that is to come; "3 May" of a plan is the next one, whatever day it is today."""
    is_planned = any(kind is not ExpectedKind.CUSTODY for _, kind in told)
    text = bare(sentence).text
    days = set()
    for one in find_dates(text, 0, len(text), pack.calendar, reference):
        if one.date.precision is not Precision.DAY or one.is_soft:
            continue
        day = one.date.first_day
        if is_planned and not one.is_relative and day < reference and not _YEAR.search(text[one.start : one.end]):
            day = _next_such(day, reference)
        if day > reference:
            days.add(day)
    return days.pop() if len(days) == 1 else None


def _next_such(day: date, reference: date) -> date:
    """The next such day of a year, not before the reference."""
    for year in range(reference.year, reference.year + 9):  # 29 February may take eight years
        try:
            found = day.replace(year=year)
        except ValueError:
            continue
        if found >= reference:
            return found
    return day
