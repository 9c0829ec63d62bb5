"""How a language writes dates: months, weekdays, relative words and patterns, as data.

``calendar.toml`` of a pack is the only place where date words stand; ``core/dates.py`` knows what a pattern *means*,
never how a language says it. A pattern's ``form`` is the phrase as it is written, with ``{placeholders}``, ``[optional
parts]`` and ``(alternatives|of it)``; one space stands for white space. Forms compile to regular expressions without
unbounded repetition, so that no text can make them slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources.abc import Traversable
from types import MappingProxyType

from watchdog.lang.patterns import Words, expression, one_way
from watchdog.lang.reading import Table, read_table

_TOKEN = re.compile(r"\{(\w+)\}|([\[\]()|])|( )|(.)", re.DOTALL)
_BRACKETS = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}
_NO_LETTERS = r"[\W\d_]"
_MONTHS, _WEEKDAYS = range(1, 13), range(7)


class Means(StrEnum):
    """How a pattern's words become a date."""

    #: Written out: its day, month and year, as far as they are there; a year of another era is ``by`` years off ours.
    DATE = "date"
    #: A day without a month: the nearest one, as with a month without a year.
    DAY_OF_MONTH = "day_of_month"
    #: The most recent such weekday, the day of reference included.
    WEEKDAY = "weekday"
    #: The most recent such weekday before the day of reference.
    LAST_WEEKDAY = "last_weekday"
    #: The first such weekday after the day of reference.
    NEXT_WEEKDAY = "next_weekday"
    #: Such a weekday of the week that is so many weeks (``by``) from the week of the day of reference; Monday is first.
    WEEKDAY_OF_WEEK = "weekday_of_week"
    #: So many days (``by``) from the day of reference; months and years give a month and a year, not a day, unless the
    #: words name one: "the 4th of last month".
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    #: ``{number} {unit} ago``.
    AGO = "ago"
    #: So many days (``by``) from the date told before it in the text: "the same day".
    FROM_LAST_DATE = "from_last_date"
    #: ``{number} {unit} earlier``: before a date of the same sentence, else before the day of reference.
    EARLIER = "earlier"
    #: No date, although parts of it look like one: "every Monday".
    NOTHING = "nothing"


class Unit(StrEnum):
    """What "two ... ago" counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePattern:
    """One way to write a date."""

    form: str
    means: Means
    by: int
    #: A time of day ("at dawn"): today, unless the clause names a day.
    is_soft: bool
    regex: Words
    #: The parts, each a key of ``Calendar.parts``, that every match holds: where one is nowhere, nothing is searched.
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarExample:
    """A sentence of the pack with the dates that it must give; they run as tests."""

    text: str
    reference: date
    #: As ``PartialDate`` writes them, in the order of the text.
    dates: tuple[str, ...]
    #: Those of them that are not said to have come yet.
    future: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The date words of one language; words are keyed as ``word_key`` writes them."""

    code: str
    months: Mapping[str, int]
    #: Monday is 0.
    weekdays: Mapping[str, int]
    #: Months of the Solar Hijri calendar, where the language counts by it.
    solar_months: Mapping[str, int]
    #: Days of a month in words: "دوم", the second.
    days: Mapping[str, int]
    units: Mapping[str, Unit]
    numbers: Mapping[str, int]
    #: Names of months and weekdays start with a capital letter, and count only so ("may", "march").
    needs_capital: bool
    #: Written without spaces between words, so that a date may stand between any two of them.
    is_unspaced: bool
    #: Longest matches win, then the order of the file.
    patterns: tuple[DatePattern, ...]
    #: What each placeholder of a form stands for, alone.
    parts: Mapping[str, Words]
    #: Stand just before, or just after, a date that is a term: "until", "qədər"; "-dək" is an ending of the date.
    term_before: tuple[str, ...]
    term_after: tuple[str, ...]
    #: Introduce a dated block of a page: "update".
    updates: frozenset[str]
    #: From the beginning of a block, what may stand before its date: such a word, and no other letters.
    lead: Words
    examples: tuple[CalendarExample, ...]


def word_key(word: str) -> str:
    """A word as the tables of a calendar are keyed: lower case, one space between its parts."""
    return " ".join(one_way(word).lower().replace("\u0307", "").split())  # "İyun".lower() carries a combining dot


def read_calendar(path: Traversable, code: str) -> Calendar:
    """Read ``calendar.toml`` of one pack.

    Raises:
        PackError: it is wrong.
    """
    top = read_table(path)
    top.refuse_unknown(
        *("months", "weekdays", "solar_months", "days", "units", "numbers"),
        *("needs_capital", "day_endings", "unspaced"),
        *("term_before", "term_after", "updates", "pattern", "example"),
    )
    months = _numbered(top, "months", _MONTHS)
    weekdays = _numbered(top, "weekdays", _WEEKDAYS)
    units = _units(top)
    numbers = _numbers(top, "numbers")
    solar_months = _numbered(top, "solar_months", _MONTHS) if "solar_months" in top.values else {}
    days = _numbers(top, "days")
    parts = {
        "day": rf"(?P<day>0?[1-9]|[12][0-9]|3[01]|{_any_of(days)})(?![0-9])(?:{_any_of(top.texts('day_endings'))})?",
        "mm": r"(?P<mm>0?[1-9]|1[0-2])",
        "year": r"(?P<year>(?:19|20)[0-9]{2})",
        "era": r"(?P<era>[1-9][0-9]{0,3})",
        "number": rf"(?P<number>[0-9]{{1,3}}|{_any_of(numbers)})",
        "month": rf"(?P<month>{_any_of(months)})",
        "solar_month": rf"(?P<solar_month>{_any_of(solar_months)})",
        "solar_year": r"(?P<solar_year>1[34][0-9]{2})",
        "weekday": rf"(?P<weekday>{_any_of(weekdays)})",
        "unit": rf"(?P<unit>{_any_of(units)})",
    }
    return Calendar(
        code=code,
        months=months,
        weekdays=weekdays,
        solar_months=solar_months,
        days=days,
        units=units,
        numbers=numbers,
        needs_capital=top.flag("needs_capital"),
        is_unspaced=top.flag("unspaced"),
        patterns=tuple(_pattern(row, parts, is_unspaced=top.flag("unspaced")) for row in top.tables("pattern")),
        parts=MappingProxyType({name: expression(part) for name, part in parts.items()}),
        term_before=tuple(map(one_way, top.texts("term_before"))),
        term_after=tuple(map(one_way, top.texts("term_after"))),
        updates=frozenset(map(word_key, top.texts("updates"))),
        lead=expression(rf"{_NO_LETTERS}*(?:(?:{_any_of(top.texts('updates'), _NO_LETTERS)}){_NO_LETTERS}*)?"),
        examples=tuple(map(_example, top.tables("example"))),
    )


def _numbered(top: Table, key: str, numbers: range) -> Mapping[str, int]:
    """A table of lists under the numbers of months or weekdays, turned round."""
    table = top.table(key)
    table.refuse_unknown(*map(str, numbers))
    found: dict[str, int] = {}
    for number in numbers:
        words = table.texts(str(number))
        if not words:
            raise table.error(str(number), "at least one word is needed")
        found |= dict.fromkeys(map(word_key, words), number)
    return MappingProxyType(found)


def _units(top: Table) -> Mapping[str, Unit]:
    table = top.table("units")
    table.refuse_unknown(*Unit)
    return MappingProxyType({word_key(word): unit for unit in Unit for word in table.texts(unit)})


def _numbers(top: Table, key: str) -> Mapping[str, int]:
    table = top.table(key)
    return MappingProxyType({word_key(word): int(table.number(word)) for word in table.values})


def _any_of(words: Iterable[str], space: str = r"\s") -> str:
    """One expression for all words, longest first; without any, one that matches nothing."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", space + "{1,3}") for word in longest_first) or r"(?!)"


#: What a form must hold one of, so that its words can be resolved.
_NEEDS: Mapping[Means, tuple[str, ...]] = MappingProxyType(
    {
        Means.DATE: ("{month}", "{mm}", "{year}", "{era}", "{solar_month}"),
        Means.DAY_OF_MONTH: ("{day}",),
        Means.WEEKDAY_OF_WEEK: ("{weekday}",),
        Means.WEEKDAY: ("{weekday}",),
        Means.LAST_WEEKDAY: ("{weekday}",),
        Means.NEXT_WEEKDAY: ("{weekday}",),
        Means.AGO: ("{unit}",),
        Means.EARLIER: ("{unit}",),
    }
)


def _pattern(row: Table, parts: Mapping[str, str], *, is_unspaced: bool) -> DatePattern:
    row.refuse_unknown("form", "means", "by", "soft")
    form, means = row.text("form"), row.text("means", Means.DATE)
    if means not in set(Means):
        raise row.error("means", f"{means!r} is none of {', '.join(Means)}")
    needs = _NEEDS.get(Means(means), ())
    if needs and not any(part in form for part in needs):
        raise row.error("form", f"one that means {means} needs {' or '.join(needs)}")
    try:
        source = _expand(form, parts, "[0-9A-Za-z]" if is_unspaced else r"\w")
    except KeyError as exc:
        raise row.error("form", f"no placeholder {exc}; there are {', '.join(parts)}") from exc
    return DatePattern(
        form=form,
        means=Means(means),
        by=int(row.number("by", 0)),
        is_soft=row.flag("soft"),
        regex=expression(source, row.place("form")),
        holds=_needed(form),
    )


def _needed(form: str) -> tuple[str, ...]:
    """The placeholders that stand in no brackets, so that no match can do without them."""
    depth, found = 0, []
    for name, bracket, _, _ in _TOKEN.findall(form):
        depth += (bracket in {"[", "("}) - (bracket in {"]", ")"})
        if bracket == "|" and not depth:
            return ()
        if name and not depth:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _expand(form: str, parts: Mapping[str, str], letter: str) -> str:
    """The expression of a form; it never starts or ends inside a word, a number or a range such as "26-28"."""
    written = ""
    for name, bracket, space, other in _TOKEN.findall(one_way(form)):
        written += parts[name] if name else _BRACKETS.get(bracket) or (r"\s{1,3}" if space else re.escape(other))
    return rf"(?<!{letter})(?<![0-9][.,:/–-])(?:{written})(?!{letter})(?![.,:/–-][0-9])"


def _example(row: Table) -> CalendarExample:
    row.refuse_unknown("text", "reference", "dates", "future")
    reference = row.values.get("reference")
    if not isinstance(reference, date):
        raise row.error("reference", "a date is needed")
    return CalendarExample(
        text=row.text("text"), reference=reference, dates=row.texts("dates"), future=row.texts("future")
    )
