"""On which day an event happened: which of the dates round a trigger is its own.

A date of its clause is, else one of its sentence that stands in no side clause; never one to come, of a speech, of a
hearing, or of something that an aside tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from watchdog.core.dates import FoundDate, find_dates
from watchdog.core.modality import Around
from watchdog.core.text import Span, split_sentences
from watchdog.lang import Pack
from watchdog.lang.calendar import DatePattern
from watchdog.lang.grammar import Trigger
from watchdog.model.dates import PartialDate, Precision

#: A clause that began with words in quotation marks, which are over: "jailed for “extremism” on Wednesday".
_CLOSED_QUOTE = re.compile(r'\s?["“«(][^"”»)]{0,200}["”»)]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A sentence with the dates in it, looked for once, however many triggers ask."""

    around: Around
    pack: Pack
    #: What its relative dates count from.
    reference: date
    _found: list[tuple[FoundDate, ...]] = field(default_factory=list, compare=False, repr=False)

    @property
    def all(self) -> tuple[FoundDate, ...]:
        """Every date of the sentence, in its order."""
        if not self._found:
            sentence, sight = self.around.sentence, self.around.sight
            likely = sight.dates(sentence)
            self._found.append(self.between(sentence.start, sentence.end, likely) if likely else ())
        return self._found[0]

    def between(self, start: int, end: int, likely: Sequence[DatePattern] | None = None) -> tuple[FoundDate, ...]:
        """The dates of a part of the text; ``likely`` as ``find_dates`` has it."""
        return find_dates(self.around.text, start, end, self.pack.calendar, self.reference, likely)


def day_of_event(days: Days, trigger: Trigger, match: Span, *, is_background: bool) -> PartialDate | None:
    """The date that the sentence gives for the event: in its clause, else anywhere in the sentence.

    What is told as background takes only a date of its own clause ("four years after he was arrested" in a sentence
    about Monday happened on no Monday) and no month or year that is not over. A year elsewhere in the sentence is
    somebody's birth, or a prize, unless the clause goes on from it.
    """
    around, grammar = days.around, days.pack.grammar
    dates = [
        one
        for one in own_dates(days, match)
        if (one.start >= match.end or not trigger.needs_date)
        and not (is_background and one.date.precision is not Precision.DAY and one.date.last_day >= days.reference)
    ]
    sentence = around.sentence
    parts = grammar.aside_date.among(around.sight.within(sentence)) if dates else ()
    hits = grammar.aside_date.finditer(around.text, sentence.start, sentence.end, parts)
    asides = [Span(hit.start(), hit.end()) for hit in hits]
    dates = [one for one in dates if not any(_holds(aside, one) and not _holds(aside, match) for aside in asides)]
    clause = next((one for one in around.clauses if one.start <= match.start < one.end), around.sentence)
    clause = next((aside for aside in asides if _holds(aside, match)), clause)
    near = [one for one in dates if clause.start <= one.start < clause.end]
    if not near and not is_background and not trigger.needs_date:
        goes_on = grammar.people.conjunction.match(around.text[clause.start : clause.end].lstrip(" ,"))
        near = [
            one
            for one in dates
            if (goes_on or one.date.precision is not Precision.YEAR) and not _is_apart(one, match, days)
        ]
    best = min(near, key=lambda one: (one.is_soft, max(match.start - one.end, one.start - match.end)), default=None)
    if best is None and not is_background and not trigger.needs_date:
        return _day_of_cause(days)
    return best.date if best else None


def own_dates(days: Days, match: Span | None = None) -> Sequence[FoundDate]:
    """The dates of a sentence that can be those of what it tells: not to come, not of a speech or a hearing.

    Words of the event itself, the match, are no speech: "confirmed on Monday" of a sentence that the court confirmed.
    """
    around, grammar = days.around, days.pack.grammar
    begin = around.sentence.start
    may_be_foreign = bool(days.all) and grammar.foreign_date in around.sight.within(around.sentence)

    def is_foreign(one: FoundDate) -> bool:
        hit = grammar.foreign_date.search(around.text[begin : one.start])
        return hit is not None and not (match and match.overlaps(Span(begin + hit.start(), begin + hit.end())))

    return [one for one in days.all if not one.is_future and not (may_be_foreign and is_foreign(one))]


def _holds(outer: Span, inner: Span | FoundDate) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _day_of_cause(days: Days) -> PartialDate | None:
    """The last day of the sentence before, where this one only draws its sum: "Thus X was formally charged"."""
    around, grammar = days.around, days.pack.grammar
    if not grammar.so.match(around.text, around.sentence.start, around.sentence.end):
        return None
    before = split_sentences(around.text, around.before.start, around.before.end, grammar.abbreviations)
    start, end = (before[-1].start, before[-1].end) if before else (0, 0)
    found = [
        one.date
        for one in days.between(start, end)
        if one.date.precision is Precision.DAY and not one.is_future
        if not grammar.foreign_date.search(around.text[start : one.start])
    ]
    return found[-1] if found else None


def _is_apart(given: FoundDate, match: Span, days: Days) -> bool:
    """Whether a date stands in a side clause that tells another event: "jailed over words that he wrote in January"."""
    around, apart = days.around, days.pack.grammar.apart
    clause = next((one for one in around.clauses if one.start <= given.start < one.end), around.sentence)
    if clause.start <= match.start or _CLOSED_QUOTE.match(around.text, clause.start, given.start):
        return False
    is_end_of_quote = around.text.count('"', around.sentence.start, clause.start) % 2 == 1
    return not is_end_of_quote and apart.match(around.text, clause.start, clause.end) is not None
