"""Finds the dates that a text gives.

Only what is written becomes a date, and never more precisely than it is written: "in March" is a month, "last week" and
"four years" are nothing. dateparser was tried and dropped: it read "four years" as a year and "six-hour" as a day, put
"on Thursday" in a Thursday's article a week too early, and knew hardly any Azerbaijani, Turkish or Spanish weekday
(1.5, measured on labelled passages, 2026-11). How a language says it stands in its ``calendar.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from watchdog.core.solar import gregorian, last_day_of, year_of
from watchdog.lang.calendar import Calendar, DatePattern, Means, Unit, word_key
from watchdog.model.dates import PartialDate, Precision

#: A day without a year that lies at most so far after the reference is still to come ("the verdict is to be read on
#: 27 January", said on the 20th); one farther ahead is last year's.
DAY_AHEAD = timedelta(days=14)
#: The same for a month ("she takes up the post in March", said in February).
MONTH_AHEAD = timedelta(days=31)
#: "two weeks ago" is told about a week, give or take so much: a month where both ends share it, else nothing.
WEEK_BLUR = timedelta(days=3)
#: "the same day" looks back so many characters for the date it means.
LAST_DATE_REACH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date that the span ``[start, end)`` of a text gives, in code points of the whole text."""

    start: int
    end: int
    date: PartialDate
    #: Counted from the day of reference or from a date before it: "on Monday", "yesterday", "the same day".
    is_relative: bool
    #: Not come yet on the day of reference, or a term ("until 12 July"): when nothing that has happened happened.
    is_future: bool = False
    #: A time of day alone, which means today unless a day stands beside it.
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """What the words of one match are resolved by."""

    calendar: Calendar
    reference: date
    #: "until 12 July": a term, so the next such day.
    is_term: bool
    #: The day told last before it.
    last: date | None
    #: The same, within what was asked for.
    last_here: date | None


def find_dates(
    text: str,
    start: int,
    end: int,
    calendar: Calendar,
    reference: date,
    likely: Sequence[DatePattern] | None = None,
) -> tuple[FoundDate, ...]:
    """Find the dates in ``[start, end)`` of a text.

    Args:
        text: a whole field of a document; only "the same day" looks before ``start``.
        start: where to begin.
        end: where to stop.
        calendar: the words of the text's language.
        reference: the day that relative dates count from: see ``Reference``.
        likely: the patterns of the calendar that may match there; None: all.

    Returns:
        The dates in the order of the text, without overlap. A day and month without a year are the nearest such day not
        more than ``DAY_AHEAD`` after the reference.
    """
    matches = _matches(text, start, end, calendar, calendar.patterns if likely is None else likely)
    last: date | None = None
    last_here: date | None = None
    if matches and any(pattern.means is Means.FROM_LAST_DATE for _, pattern in matches):
        matches = _matches(text, max(0, start - LAST_DATE_REACH), end, calendar, calendar.patterns)
    found = []
    for match, pattern in matches:
        context = _Context(calendar, reference, _is_term(match, calendar), last, last_here)
        try:
            given = _resolve(match, pattern, context)
        except (ValueError, OverflowError):  # 31 February, or a day before the year 1
            continue
        except KeyError:  # re takes "ı" and "i" for one letter, our tables do not: Martin is not "martın", of March
            continue
        if given is None:
            continue
        if given.precision is Precision.DAY:
            last = given.first_day
            last_here = last if match.start() >= start else None
        found.append(
            FoundDate(
                start=match.start(),
                end=match.end(),
                date=given,
                is_relative=pattern.means not in {Means.DATE, Means.DAY_OF_MONTH},
                is_future=context.is_term or given.first_day > reference,
                is_soft=pattern.is_soft,
            )
        )
    return tuple(item for item in found if item.start >= start)


def _matches(
    text: str, start: int, end: int, calendar: Calendar, patterns: Sequence[DatePattern]
) -> list[tuple[re.Match[str], DatePattern]]:
    """What patterns match, in the order of the text: of those that overlap the first, of these the longest."""
    found = [
        (match, pattern)
        for pattern in _possible(text, start, end, calendar, patterns)
        for match in pattern.regex.finditer(text, start, end)
        if not calendar.needs_capital or _has_capitals(match)
    ]
    found.sort(key=lambda pair: (pair[0].start(), -pair[0].end()))
    kept: list[tuple[re.Match[str], DatePattern]] = []
    for match, pattern in found:
        if not kept or match.start() >= kept[-1][0].end():
            kept.append((match, pattern))
    return kept


def _possible(
    text: str, start: int, end: int, calendar: Calendar, patterns: Sequence[DatePattern]
) -> Iterator[DatePattern]:
    """The patterns whose parts all stand there: a month's name is looked for once, not once a pattern."""
    there: set[str] = set()
    missing: set[str] = set()
    for pattern in patterns:
        for part in pattern.holds:
            if part not in there and part not in missing:
                (there if calendar.parts[part].search(text, start, end) else missing).add(part)
            if part in missing:
                break
        else:
            yield pattern


def _has_capitals(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    names = (groups.get("month"), groups.get("weekday"))
    return all(name[0].isupper() for name in names if name)


def _is_term(match: re.Match[str], calendar: Calendar) -> bool:
    before = word_key(match.string[max(0, match.start() - 24) : match.start()])
    after = word_key(match.string[match.end() : match.end() + 24])
    inside = match[0].lower()
    endings = tuple(word.removeprefix("-") for word in calendar.term_after if word.startswith("-"))
    if calendar.is_unspaced:
        return before.endswith(calendar.term_before) or after.startswith(calendar.term_after)
    return (
        any(before == word or before.endswith(f" {word}") for word in calendar.term_before)
        or any(after == word or after.startswith((f"{word} ", f"{word},", f"{word}.")) for word in calendar.term_after)
        or (bool(endings) and inside.endswith(endings))
    )


def _resolve(match: re.Match[str], pattern: DatePattern, context: _Context) -> PartialDate | None:
    """The date that a match means; ValueError or OverflowError where there is none, KeyError for no date word."""
    given: PartialDate | None = None
    match pattern.means:
        case Means.DATE:
            given = _written(match, pattern.by, context)
        case Means.DAY_OF_MONTH:
            given = _nearest_day(int(match["day"]), context)
        case Means.WEEKDAY | Means.LAST_WEEKDAY | Means.NEXT_WEEKDAY | Means.WEEKDAY_OF_WEEK:
            given = _weekday(match, pattern, context)
        case Means.DAYS | Means.MONTHS | Means.YEARS:
            given = _counted(match, pattern, context)
        case Means.AGO:
            given = _ago(match, context, context.reference)
        case Means.EARLIER:
            given = _ago(match, context, context.last_here or context.reference)
        case Means.FROM_LAST_DATE:
            given = PartialDate.of(context.last + timedelta(days=pattern.by)) if context.last else None
        case Means.NOTHING:
            pass
        case _:
            assert_never(pattern.means)
    return given


def _counted(match: re.Match[str], pattern: DatePattern, context: _Context) -> PartialDate:
    """So many days, months or years from the day of reference, with the day or month that the words name."""
    if pattern.means is Means.DAYS:
        return PartialDate.of(context.reference + timedelta(days=pattern.by))
    day, month = _day_and_month(match, context)
    if pattern.means is Means.YEARS:
        return PartialDate(year=context.reference.year + pattern.by, month=month, day=day)
    counted = _month_back(context.reference, -pattern.by)
    return PartialDate(year=counted.year, month=counted.month, day=day)


def _day_and_month(match: re.Match[str], context: _Context) -> tuple[int | None, int | None]:
    groups = match.groupdict()
    day = _day(groups.get("day"), context.calendar)
    month = int(groups["mm"]) if groups.get("mm") else None
    if groups.get("month"):
        month = context.calendar.months[word_key(groups["month"])]
    return day, month


def _written(match: re.Match[str], by: int, context: _Context) -> PartialDate | None:
    groups = match.groupdict()
    if groups.get("solar_month") or groups.get("solar_year"):
        return _solar(groups, _day(groups.get("day"), context.calendar), context)
    day, month = _day_and_month(match, context)
    if groups.get("year") or groups.get("era"):
        return PartialDate(year=int(groups.get("year") or groups["era"]) + by, month=month, day=day)
    if month is None:
        return None
    ahead = MONTH_AHEAD if day is None else DAY_AHEAD
    return _nearest(day, month, context.reference, timedelta(days=366) if context.is_term else ahead)


def _nearest_day(day: int, context: _Context) -> PartialDate | None:
    """The latest day of that number that is at most ``DAY_AHEAD`` after the reference; for a term, the next to come."""
    latest = context.reference + (timedelta(days=31) if context.is_term else DAY_AHEAD)
    found = (latest - timedelta(days=back) for back in range(62))
    first = next((one for one in found if one.day == day), None)
    return PartialDate.of(first) if first else None


def _day(said: str | None, calendar: Calendar) -> int | None:
    if not said:
        return None
    return int(said) if said[0].isdigit() else calendar.days[word_key(said)]


def _solar(groups: Mapping[str, str | None], day: int | None, context: _Context) -> PartialDate | None:
    """A Solar Hijri date; its months straddle ours, so that one without a day is a year, or nothing at all."""
    name = groups.get("solar_month")
    month = context.calendar.solar_months[word_key(name)] if name else int(groups.get("mm") or 0)
    if groups.get("solar_year"):
        year = int(groups["solar_year"] or 0)
        first = gregorian(year, month, day or 1)
        if day:
            return PartialDate.of(first)
        return PartialDate(year=first.year) if first.year == last_day_of(year, month).year else None
    latest = context.reference + (timedelta(days=366) if context.is_term else DAY_AHEAD)
    this_year = year_of(context.reference)
    for year in range(this_year + 1, this_year - 2, -1):
        try:
            first = gregorian(year, month, day or 0)
        except ValueError:  # 30 Esfand of a common year, or a month without a day
            continue
        if first <= latest:
            return PartialDate.of(first)
    return None


def _nearest(day: int | None, month: int, reference: date, ahead: timedelta) -> PartialDate | None:
    """The latest such day or month that begins at most ``ahead`` after the reference; for a term, the next to come."""
    for year in range(reference.year + 1, reference.year - 2, -1):
        try:
            first = date(year, month, day or 1)
        except ValueError:  # 29 February of a common year
            continue
        if first <= reference + ahead:
            return PartialDate(year=year, month=month, day=day)
    return None


def _weekday(match: re.Match[str], pattern: DatePattern, context: _Context) -> PartialDate:
    ahead = context.calendar.weekdays[word_key(match["weekday"])] - context.reference.weekday()
    if pattern.means is Means.WEEKDAY_OF_WEEK:
        ahead += 7 * pattern.by
    elif pattern.means is Means.NEXT_WEEKDAY or context.is_term:
        ahead = (ahead - 1) % 7 + 1
    elif pattern.means is Means.LAST_WEEKDAY:
        ahead = ahead % 7 - 7
    else:
        ahead = -(-ahead % 7)
    return PartialDate.of(context.reference + timedelta(days=ahead))


def _ago(match: re.Match[str], context: _Context, since: date) -> PartialDate | None:
    word = match.groupdict().get("number") or "1"
    count = int(word) if word[0].isdigit() else context.calendar.numbers[word_key(word)]
    unit = context.calendar.units[word_key(match["unit"])]
    if unit is Unit.DAY:
        return PartialDate.of(since - timedelta(days=count))
    if unit is Unit.MONTH:
        return _month_back(since, count)
    if unit is Unit.YEAR:
        return PartialDate(year=since.year - count)
    middle = since - timedelta(weeks=count)
    early, late = middle - WEEK_BLUR, middle + WEEK_BLUR
    return PartialDate(year=early.year, month=early.month) if early.month == late.month else None


def _month_back(reference: date, count: int) -> PartialDate:
    year, month = divmod(reference.year * 12 + reference.month - 1 - count, 12)
    return PartialDate(year=year, month=month + 1)
