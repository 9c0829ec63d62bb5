"""The calendars of the packs: they load, their examples hold, and a mistake in one names its place."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from watchdog.core.bare import bare
from watchdog.core.dates import find_dates
from watchdog.errors import PackError
from watchdog.lang.calendar import Calendar, CalendarExample, read_calendar
from watchdog.lang.patterns import check_all

PACKS = resources.files("watchdog.lang") / "packs"
CALENDARS = [
    read_calendar(folder / "calendar.toml", folder.name)
    for folder in sorted(PACKS.iterdir(), key=lambda item: item.name)
    if (folder / "calendar.toml").is_file()
]
EXAMPLES = [
    pytest.param(calendar, example, id=f"{calendar.code}-{number}")
    for calendar in CALENDARS
    for number, example in enumerate(calendar.examples, 1)
]


@pytest.mark.parametrize(("calendar", "example"), EXAMPLES)
def test_example_of_the_pack_holds(calendar: Calendar, example: CalendarExample) -> None:
    text = bare(example.text).text
    found = find_dates(text, 0, len(text), calendar, example.reference)

    assert tuple(str(item.date) for item in found) == example.dates
    assert tuple(str(item.date) for item in found if item.is_future) == example.future


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.code)
def test_every_calendar_is_whole(calendar: Calendar) -> None:
    assert set(calendar.months.values()) == set(range(1, 13))
    assert set(calendar.weekdays.values()) == set(range(7))
    assert calendar.examples


MONTHS_AND_DAYS = (
    "[months]\n"
    + "".join(f'{number} = ["m{number}"]\n' for number in range(1, 13))
    + "[weekdays]\n"
    + "".join(f'{number} = ["d{number}"]\n' for number in range(7))
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("[months]\n1 = ['January']\n", r"calendar.toml: \[months\] 2", id="month-without-words"),
        pytest.param("[months]\n13 = ['Smarch']\n", r"\[months\] 13: unknown key", id="thirteenth-month"),
        pytest.param("endings = []\n", "endings: unknown key", id="unknown-key"),
        pytest.param(
            MONTHS_AND_DAYS + "[[pattern]]\nform = '{moon} {year}'\n",
            r"\[pattern #1\] form: no placeholder 'moon'",
            id="moon",
        ),
        pytest.param(
            MONTHS_AND_DAYS + "[[pattern]]\nform = '(on {month}'\n", r"\[pattern #1\] form", id="open-bracket"
        ),
        pytest.param(
            MONTHS_AND_DAYS + "[[pattern]]\nform = 'on {day}'\n",
            "needs {month} or {mm} or {year}",
            id="day-of-no-month",
        ),
        pytest.param(
            MONTHS_AND_DAYS + "[[pattern]]\nform = '{day}'\nmeans = 'dusk'\n",
            "'dusk' is none of date",
            id="unknown-meaning",
        ),
        pytest.param(
            MONTHS_AND_DAYS + "[[example]]\ntext = 'x'\nreference = 'now'\n",
            "reference: a date",
            id="example-without-date",
        ),
    ],
)
def test_mistake_in_a_calendar_names_its_place(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(PackError, match=place):
        check_all(read_calendar(file, "xx"))


@pytest.mark.parametrize(
    ("text", "date_given"),
    [
        pytest.param("于3日", "2019-06-03", id="day of this month"),
        pytest.param("于30日", "2019-05-30", id="day of last month"),
        pytest.param("到3日", "2019-07-03", id="term"),
        pytest.param("于上月3日", "2019-05-03", id="day of the month before"),
        pytest.param("于上年m7", "2018-07", id="month of the year before"),
        pytest.param("于上周d2", "2019-06-05", id="weekday of the week before"),
        pytest.param("于本周d2", "2019-06-12", id="weekday of this week"),
        pytest.param("于民国108年m5", "2019-05", id="another era"),
    ],
)
def test_dates_of_a_language_without_spaces(tmp_path: Path, text: str, date_given: str) -> None:
    file = tmp_path / "calendar.toml"
    forms = (
        "form = '{day}日'\nmeans = 'day_of_month'",
        "form = '上月{day}日'\nmeans = 'months'\nby = -1",
        "form = '上年{month}'\nmeans = 'years'\nby = -1",
        "form = '上周{weekday}'\nmeans = 'weekday_of_week'\nby = -1",
        "form = '本周{weekday}'\nmeans = 'weekday_of_week'",
        "form = '民国{era}年{month}'\nby = 1911",
    )
    patterns = "".join(f"[[pattern]]\n{form}\n" for form in forms)
    file.write_text(f"unspaced = true\nterm_before = ['到']\n{MONTHS_AND_DAYS}{patterns}", "utf-8")

    found = find_dates(text, 0, len(text), read_calendar(file, "xx"), date(2019, 6, 14))
    assert [str(item.date) for item in found] == [date_given]


def test_words_that_turn_out_to_be_no_date_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(MONTHS_AND_DAYS + "[[pattern]]\nform = 'on {day}[ {month}]'\n", "utf-8")
    calendar = read_calendar(file, "xx")
    text = "on 3, on 4 m5"

    assert [str(item.date) for item in find_dates(text, 0, len(text), calendar, date(2019, 6, 1))] == ["2019-05-04"]
