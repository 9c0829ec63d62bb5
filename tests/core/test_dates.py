"""When it happened: the dates of a text, and the day that relative ones count from."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.dated import Reference, date_of_block
from watchdog.core.dates import find_dates
from watchdog.lang.calendar import Calendar, read_calendar
from watchdog.model.article import Block, Document, TextField

PACKS = resources.files("watchdog.lang") / "packs"
CALENDARS = {code: read_calendar(PACKS / code / "calendar.toml", code) for code in ("az", "en", "ru")}
ALL = tuple(CALENDARS.values())


def found(text: str, code: str, reference: str) -> list[str]:
    calendar = CALENDARS[code]
    return [str(item.date) for item in find_dates(text, 0, len(text), calendar, date.fromisoformat(reference))]


@pytest.mark.parametrize(
    ("text", "code", "reference", "expected"),
    [
        pytest.param(
            "Issa stepped out at 4 p.m. on Monday.", "en", "2026-02-02", ["2026-02-02"], id="weekday-is-today"
        ),
        pytest.param("Rustam Karimov died on Friday.", "en", "2025-03-01", ["2025-02-28"], id="weekday-was-yesterday"),
        pytest.param("held last Monday", "en", "2026-02-02", ["2026-01-26"], id="last-weekday-is-before-today"),
        pytest.param("released next Monday", "en", "2026-02-02", ["2026-02-09"], id="next-weekday"),
        pytest.param("seen every Monday and on Good Friday", "en", "2026-02-02", [], id="weekdays-that-are-no-dates"),
        pytest.param(
            "Mondays are quiet; a Sunday paper's march", "en", "2026-02-02", ["2026-02-01"], id="plural-is-none"
        ),
        pytest.param("ON MARCH 2 HE LEFT", "en", "2019-03-02", ["2019-03-02"], id="capitals"),
        pytest.param("they march 2 by 2 and may 5 times", "en", "2019-03-02", [], id="small-letters-are-verbs"),
        pytest.param("on 31 February", "en", "2019-03-02", [], id="no-such-day"),
        pytest.param("on 29 February", "en", "2021-03-02", ["2020-02-29"], id="leap-day"),
        pytest.param("on 29 February", "en", "2023-03-02", [], id="leap-day-too-far"),
        pytest.param("on 5 January", "en", "2018-12-28", ["2019-01-05"], id="a-day-just-ahead"),
        pytest.param("on 26 December", "en", "2019-01-02", ["2018-12-26"], id="last-year"),
        pytest.param("takes up the post in March", "en", "2025-02-13", ["2025-03"], id="a-month-just-ahead"),
        pytest.param("in November", "en", "2025-02-13", ["2024-11"], id="month-of-last-year"),
        pytest.param("born in 1969, aged 54, fined 2000 manats", "en", "2025-02-13", ["1969"], id="numbers"),
        pytest.param(
            "between 26-28 December and 3–5 March 2019", "en", "2019-05-01", ["2019-03"], id="ranges-give-no-day"
        ),
        pytest.param("version 1.02.03.2019 and 02.03.2019.", "en", "2019-05-01", ["2019-03-02"], id="long-numbers"),
        pytest.param("three weeks ago", "en", "2019-05-31", ["2019-05"], id="weeks-ago-in-one-month"),
        pytest.param("three weeks ago", "en", "2019-05-22", [], id="weeks-ago-between-months"),
        pytest.param("two months ago", "en", "2019-01-22", ["2018-11"], id="months-ago"),
        pytest.param("more than two years ago", "en", "2019-01-22", [], id="more-than-ago"),
        pytest.param(
            "last month, this year, last year", "en", "2019-01-22", ["2018-12", "2019", "2018"], id="last-month"
        ),
        pytest.param("The same day she was freed.", "en", "2019-01-22", [], id="same-day-as-nothing"),
        pytest.param(
            "On 3 May and on the following day", "en", "2019-05-09", ["2019-05-03", "2019-05-04"], id="next-day"
        ),
        pytest.param("до 12 июля", "ru", "2024-05-16", ["2024-07-12"], id="term"),
        pytest.param("until Monday", "en", "2024-05-16", ["2024-05-20"], id="term-weekday"),
        pytest.param("Решение вынес во вторник Басманный суд.", "ru", "2025-07-22", ["2025-07-22"], id="ru-weekday"),
        pytest.param("вечером в прошлую среду", "ru", "2025-07-23", ["2025-07-16"], id="ru-last-weekday"),
        pytest.param("в 2017-м году", "ru", "2025-07-23", ["2017"], id="ru-year"),
        pytest.param("задержан 3 марта 2017 г. в Баку", "ru", "2025-07-23", ["2017-03-03"], id="ru-full"),
        pytest.param(
            "Dünən saxlanıldı, bu gün buraxıldı", "az", "2025-05-17", ["2025-05-16", "2025-05-17"], id="az-dünən"
        ),
        pytest.param("İyunun 3-də bazarda idi", "az", "2025-06-17", ["2025-06-03"], id="az-dotted-capital"),
        pytest.param("ötən bazar günü və keçən il", "az", "2025-06-17", ["2025-06-15", "2024"], id="az-last"),
    ],
)
def test_dates_of_a_text(text: str, code: str, reference: str, expected: list[str]) -> None:
    assert found(text, code, reference) == expected


def test_offsets_count_in_the_whole_text() -> None:
    text = "On 26 December he was charged. The same day he began refusing food."
    start = text.index("The same")

    (item,) = find_dates(text, start, len(text), CALENDARS["en"], date(2018, 12, 28))

    assert text[item.start : item.end] == "The same day"
    assert (str(item.date), item.is_relative, item.is_future) == ("2018-12-26", True, False)


@pytest.mark.parametrize("reference", [date.min, date.max])
def test_no_reference_is_too_far(reference: date) -> None:
    text = "yesterday, tomorrow, two years ago, in March, on Monday, next Monday, last month, by Monday, on 2 March"

    for item in find_dates(text, 0, len(text), CALENDARS["en"], reference):
        assert text[item.start : item.end]


@given(
    st.lists(
        st.sampled_from(
            [
                "On Monday",
                "the same day",
                "2 March",
                ", 2019",
                "in",
                "May",
                "ago",
                "two weeks",
                "вторник",
                "до",
                "-",
                "—",
                "2",
                "İ",
            ]
        )
    ).map(" ".join),
    st.sampled_from(ALL),
)
def test_any_text_gives_dates_in_order_inside_it(text: str, calendar: Calendar) -> None:
    end = 0
    for item in find_dates(text, 0, len(text), calendar, date(2019, 3, 2)):
        assert end <= item.start < item.end <= len(text)
        end = item.end


def document(text: str, *blocks: Block, lang_code: str | None = "en", reported: str = "2017-01-20") -> Document:
    whole = blocks or ((Block(start=0, end=len(text)),) if text else ())
    return Document(title="T", text=text, blocks=whole, lang=lang_code, reported=date.fromisoformat(reported))


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        pytest.param(
            "BAKU, January 13 — Azerbaijan's ministry said on Friday", "en", "2017-01-13", id="place-and-dash"
        ),
        pytest.param("New York, January 10, 2017 — The blogger walked out", "en", "2017-01-10", id="with-year"),
        pytest.param("(New York, January 10, 2017) – The blogger", "en", "2017-01-10", id="in-brackets"),
        pytest.param("BAKU, March 2 - Mehman Huseynov", "en", "2016-03-02", id="hyphen"),
        pytest.param("SILIVRI, Turkey, January 18 (Wire) — A court", "en", "2017-01-18", id="country-and-agency"),
        pytest.param("БАКУ, 13 января. /ТАСС/. Блогер", "ru", "2017-01-13", id="ru-agency"),
        pytest.param("13 января 2017 — Блогер", "ru", "2017-01-13", id="date-alone"),
        pytest.param("Bakı, 13 yanvar, AZƏRTAC — Bloger", None, "2017-01-13", id="agency-and-language-unknown"),
        pytest.param("BAKU — Mehman Huseynov was seized on Monday", "en", "2017-01-20", id="no-date"),
        pytest.param("On January 13 - a Friday - police came", "en", "2017-01-20", id="a-sentence"),
        pytest.param("Police came on January 13 — a Friday", "en", "2017-01-20", id="a-sentence-with-a-dash"),
        pytest.param("BAKU, January 25 — said", "en", "2017-01-20", id="later-than-the-report"),
        pytest.param("12 people, January 13 — said", "en", "2017-01-20", id="a-number-is-no-place"),
        pytest.param("", "en", "2017-01-20", id="no-text"),
    ],
)
def test_dateline(text: str, code: str | None, expected: str) -> None:
    for field in TextField:
        day = Reference(document(text, lang_code=code), CALENDARS).at(field, 0)
        assert str(day) == expected


def test_block_has_its_own_day_before_the_dateline() -> None:
    first, second = "BAKU, January 13 — Held on Friday.", "18.01.2017: Let go on Tuesday."
    text = f"{first}\n\n{second}"
    start = len(first) + 2
    blocks = (Block(start=0, end=len(first)), Block(start=start, end=len(text), dated=date(2017, 1, 18)))

    one = document(text, *blocks)

    assert Reference(one, CALENDARS).at(TextField.TEXT, 5) == date(2017, 1, 13)
    assert Reference(one, CALENDARS).at(TextField.TEXT, start) == date(2017, 1, 18)
    assert Reference(one, CALENDARS).at(TextField.TITLE, start) == date(2017, 1, 13)


def test_what_is_added_later_does_not_count_from_the_old_dateline() -> None:
    first, second = "BAKU, January 13 — Held on Friday.", "He was let go today."
    text = f"{first}\n\n{second}"
    blocks = (Block(start=0, end=len(first), is_new=False), Block(start=len(first) + 2, end=len(text)))

    assert Reference(document(text, *blocks), CALENDARS).at(TextField.TEXT, len(text) - 1) == date(2017, 1, 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("22.01.2019: Latest: charges dropped", "2019-01-22", id="numbers-and-colon"),
        pytest.param("UPDATE, 12 March: she is free", "2019-03-12", id="update"),
        pytest.param("Update (12 March 2018) - she is free", "2018-03-12", id="brackets"),
        pytest.param("12 March update: she is free", "2019-03-12", id="word-behind"),
        pytest.param("March 12, 2019\nShe is free", "2019-03-12", id="line-of-its-own"),
        pytest.param("Updated on 12 March 2019, 14:30 GMT", "2019-03-12", id="time-of-day"),
        pytest.param("ОБНОВЛЕНО 12 марта: она свободна", "2019-03-12", id="ru"),
        pytest.param("Yenilənib, 12 mart 2019: azaddır", "2019-03-12", id="az"),
        pytest.param("On 12 March: she is free", None, id="sentence"),
        pytest.param("12 March was a day: she is free", None, id="no-separation"),
        pytest.param("Monday: she is free", None, id="weekday"),
        pytest.param("March 2019: she is free", None, id="month"),
        pytest.param("UPDATE, 22 March: she is free", None, id="still-to-come"),
        pytest.param("She is free", None, id="nothing"),
    ],
)
def test_date_of_a_block(text: str, expected: str | None) -> None:
    day = date_of_block(text, ALL, date(2019, 3, 20))

    assert (day.isoformat() if day else None) == expected


def test_a_name_that_only_a_foreign_case_rule_makes_a_month_is_no_date() -> None:
    assert found("5 Martin 2026, 5 yanvar 2026", "az", "2026-01-20") == ["2026-01-05"]
