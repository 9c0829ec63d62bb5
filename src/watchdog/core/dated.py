"""The day that a text's relative dates count from: that of a block, of a dateline, or of the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property

from watchdog.core.bare import bare
from watchdog.core.dates import FoundDate, find_dates
from watchdog.lang.calendar import Calendar, Means, word_key
from watchdog.model.article import Block, Document, TextField
from watchdog.model.dates import Precision

#: A dateline, or the date of a block, stands within so many characters of the beginning.
HEAD = 120
#: A dateline may be so much later than the day of reference: time zones.
DATELINE_AHEAD = timedelta(days=1)

# A place and a comma, or nothing, before a dateline's date: "BAKU", "(New York", "GUATEMALA CITY"; at most six words.
_PLACE = re.compile(r"[\s(]*(?:[^\W\d_][\w.'’-]{0,30}(?:,? |, ?| ?\()){0,6}", re.UNICODE)
# After it: an agency, alone or in brackets or slashes, then the dash, colon or full stop that ends a dateline.
_DATELINE_END = re.compile(r"[\s,.]{0,3}(?:[(/][^()/\n]{1,30}[)/]|[^\W\d_]{2,20})?\s?\)?\s?(?:[—–:/]|- |-- |\. |\.$)")
# After the date of a block: a time of day and brackets at most, then a colon, a dash, a bar or the end of the line.
_BLOCK_DATE_END = re.compile(
    r"[\s,]{0,3}(?:[0-2]?[0-9][:.][0-5][0-9])?\s?(?:[A-Z]{2,4})?\s?[)\]]?\s?(\w{0,12})\s?(?:[:—–|\n]|- |$)"
)
_DIGIT = re.compile("[0-9]")
_NOT_LETTERS = re.compile(r"[\W\d_]+")


class Reference:
    """The days that the relative dates of a document count from; its claims are reported on them too."""

    def __init__(self, document: Document, calendars: Mapping[str, Calendar]) -> None:
        self._document = document
        self._dated = [block for block in document.blocks if block.dated]
        self._calendars = calendars

    def at(self, field: TextField, position: int) -> date:
        """The date of the block, else of the dateline, else of the report.

        In a later revision the dateline holds only if its own block is new as well: what is added to an old article is
        not told on the day of its dateline.
        """
        if field is TextField.TEXT:
            dated = next((one.dated for one in self._dated if one.start <= position < one.end), None)
            if dated:
                return dated
        return self._of_document

    @cached_property
    def _of_document(self) -> date:
        document = self._document
        if document.blocks and not document.blocks[0].is_new:
            return document.reported
        first: Block | None = document.blocks[0] if document.blocks else None
        text = document.text[first.start : first.end] if first else document.text
        return _dateline(text, _calendars_for(document, self._calendars), document.reported) or document.reported


def date_of_block(text: str, calendars: Iterable[Calendar], reference: date) -> date | None:
    """The date that a block of a page carries ("22.01.2019: ...", "UPDATE, 12 March: ..."); None where it carries none.

    Only a full date at the very beginning counts, alone or behind a word such as "update", and only when it is set off
    from the text: "On 26 December investigators ..." is a sentence. One after the reference is nobody's update.
    """
    head = bare(text[:HEAD]).text
    has_digit = _DIGIT.search(head) is not None
    for calendar in calendars:
        if not (has_digit or calendar.days) or not _may_begin_with_date(
            head, calendar
        ):  # most blocks of most languages
            continue
        for item in _full_dates(head, calendar, reference):
            tail = _BLOCK_DATE_END.match(head, item.end)
            words = {_bare(head[: item.start]), _bare(tail[1]) if tail else ""} - {""}
            if tail and words <= calendar.updates and not item.is_future:
                return item.date.first_day
            break  # only the first date of a block can be its own
    return None


def _calendars_for(document: Document, calendars: Mapping[str, Calendar]) -> tuple[Calendar, ...]:
    own = calendars.get(document.lang or "")
    return (own,) if own else tuple(calendars.values())


def _dateline(text: str, calendars: Iterable[Calendar], reported: date) -> date | None:
    head = text[:HEAD].partition("\n")[0]
    for calendar in calendars:
        item = next(iter(_full_dates(head, calendar, reported)), None)
        if item and _DATELINE_END.match(head, item.end) and _is_place(head[: item.start]):
            day = item.date.first_day
            return day if day <= reported + DATELINE_AHEAD else None
    return None


def _is_place(words: str) -> bool:
    """Whether all words start with capitals, as places do in a dateline; "On" alone does, but has no comma."""
    if not _PLACE.fullmatch(words):
        return False
    names = words.strip(" (").rstrip(",").split()
    return not names or (words.rstrip().endswith((",", "(")) and all(name[:1].isupper() for name in names))


def _full_dates(text: str, calendar: Calendar, reference: date) -> tuple[FoundDate, ...]:
    found = find_dates(text, 0, len(text), calendar, reference)
    return tuple(item for item in found if not item.is_relative and item.date.precision is Precision.DAY)


def _bare(words: str) -> str:
    return " ".join(_NOT_LETTERS.sub(" ", word_key(words)).split())


def _may_begin_with_date(text: str, calendar: Calendar) -> bool:
    """Whether a written date stands at the beginning, behind a word such as "update" at most.

    Asked first, because it costs little: most blocks begin with a sentence.
    """
    lead = calendar.lead.match(text)
    starts = range(lead.end() + 1 if lead else 1)
    dates = [pattern.regex for pattern in calendar.patterns if pattern.means is Means.DATE]
    return any(regex.match(text, start) for start in starts for regex in dates)
