"""What is new in a poll, and in a page that was edited in place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog import lang
from watchdog.core.dedup import (
    IDLE_REVISIONS_A_DAY,
    REVISIONS_A_DAY,
    compare,
    entry_hash,
    is_kept,
    mark_new_blocks,
    sift_entries,
    text_hash,
)
from watchdog.model.article import Block, Entry, PageText


def entry(key: str, title: str = "Blogger freed", day: int | None = 1, url: str | None = None) -> Entry:
    return Entry(
        key=key,
        url=url or f"https://example.org/{key}",
        title=title,
        summary="He left the colony on Saturday.",
        content="",
        published=datetime(2019, 3, day, tzinfo=UTC) if day else None,
    )


def page(*paragraphs: str) -> PageText:
    blocks, start = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(start=start, end=start + len(paragraph)))
        start += len(paragraph) + 2
    return PageText(title="t", text="\n\n".join(paragraphs), blocks=tuple(blocks))


class TestEntries:
    def test_first_poll_is_all_new_and_oldest_first(self) -> None:
        sifted = sift_entries([entry("c", day=3), entry("a", day=1), entry("u", day=None), entry("b", day=2)], {})
        assert [item.key for item in sifted.new] == ["a", "b", "c", "u"]
        assert (sifted.changed, sifted.known) == ((), 0)

    def test_without_dates_the_last_in_the_feed_is_the_oldest(self) -> None:
        sifted = sift_entries([entry("b", day=None), entry("a", day=None)], {})
        assert [item.key for item in sifted.new] == ["a", "b"]

    def test_replaying_a_feed_gives_nothing_new(self) -> None:
        entries = [entry("a"), entry("b", title="Another")]
        sifted = sift_entries(entries, {item.key: entry_hash(item) for item in entries})
        assert (sifted.new, sifted.changed, sifted.known) == ((), (), 2)

    def test_another_title_under_the_same_key_is_a_change(self) -> None:
        old, new = entry("a"), entry("a", title="Blogger not freed")
        sifted = sift_entries([new], {"a": entry_hash(old)})
        assert (sifted.new, sifted.changed, sifted.known) == ((), (new,), 0)

    def test_another_date_alone_is_no_change(self) -> None:
        sifted = sift_entries([entry("a", day=9)], {"a": entry_hash(entry("a", day=1))})
        assert sifted.known == 1

    def test_another_id_for_the_same_address_title_and_text_is_not_new(self) -> None:
        old = entry("a", url="https://example.org/x")
        assert sift_entries([replace(old, key="b")], {"a": entry_hash(old)}).known == 1

    def test_same_words_at_another_address_are_new(self) -> None:
        assert len(sift_entries([entry("b")], {"a": entry_hash(entry("a"))}).new) == 1


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("A title", "Some  text\n\nhere"), ("a TITLE", "some text here"), True),
        (("Caf\u00e9", "x"), ("Cafe\u0301", "x"), True),
        (("a", "b c"), ("a b", "c"), False),
        (("a", "8 years"), ("a", "9 years"), False),
    ],
)
def test_text_hash_sees_words_only(one: tuple[str, str], other: tuple[str, str], is_same: bool) -> None:
    assert (text_hash(*one) == text_hash(*other)) is is_same


OLD = (
    "Police detained the blogger Mehman Huseynov in Baku on 9 January. He was taken to the Nasimi district police.",
    "His lawyer said that he was beaten. The ministry denies it.",
)


@pytest.mark.parametrize(
    ("paragraph", "is_new"),
    [
        pytest.param(OLD[0], False, id="the same paragraph"),
        pytest.param(OLD[0].replace(" ", "  ").upper(), False, id="white space and case"),
        pytest.param(OLD[0].replace("district", "distrct"), False, id="a typo"),
        pytest.param(OLD[0].replace("Mehman", "Mehmen").replace("Nasimi", "Nesimi"), False, id="two typos"),
        pytest.param(OLD[0].replace(".", ";"), True, id="sentences joined are another sentence"),
        pytest.param("He was taken to the Nasimi district police.", False, id="shortened to one sentence"),
        pytest.param(f"{OLD[1]} {OLD[0]}", False, id="two paragraphs merged"),
        pytest.param(f"{OLD[1]} He was released on 12 January.", True, id="a sentence added"),
        pytest.param(f"22.01.2019: Court drops charges. {OLD[1]}", True, id="a sentence added in front"),
        pytest.param(OLD[0].replace("9 January", "8 January"), True, id="another number"),
        pytest.param(OLD[0].replace("detained", "released"), True, id="another verb"),
        pytest.param(OLD[1].replace("denies", "does not deny"), True, id="a negation"),
        pytest.param(OLD[1].replace("was beaten", "was not beaten"), True, id="a word put in"),
        pytest.param(OLD[1].replace("denies it", "denies"), True, id="a word taken out"),
        pytest.param("The court called it lawful.", True, id="nothing like it"),
    ],
)
def test_new_blocks(paragraph: str, is_new: bool) -> None:
    marked = mark_new_blocks(page(paragraph), OLD)
    assert [block.is_new for block in marked.blocks] == [is_new]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The arrest was lawful.", "The arrest was unlawful."),
        ("She is in custody now.", "She was in custody now."),
        ("The term is 8 years.", "The term is 18 years."),
        ("Его осудили на 7 лет.", "Его осудили на 9 лет."),
        ("他被判处四年有期徒刑。", "他被释放了。"),
        ("Он арестован.", "Он арестовал."),
    ],
)
def test_a_word_that_changes_the_meaning_is_new(old: str, new: str) -> None:
    assert mark_new_blocks(page(new), [old]).blocks[0].is_new


def test_only_what_was_added_is_new_and_nothing_else_changes() -> None:
    later = page("23 January: He ended his hunger strike.", *OLD)
    marked = mark_new_blocks(later, OLD)
    assert [block.is_new for block in marked.blocks] == [True, False, False]
    assert replace(marked, blocks=later.blocks) == later


def test_a_first_revision_is_all_new() -> None:
    assert all(block.is_new for block in mark_new_blocks(page(*OLD), ()).blocks)


CALENDARS = tuple(pack.calendar for pack in lang.load(["en", "ru"]).packs.values())
SEEN = date(2019, 5, 20)


@pytest.mark.parametrize(
    ("old", "new", "is_new"),
    [
        pytest.param("He was held on 9 January.", "He was held on 8 January.", False, id="a day put right"),
        pytest.param("He was held on 3 March 2018.", "He was held on 3 March 2019.", False, id="a year put right"),
        pytest.param("Его задержали 9 января.", "Его задержали 10 января.", False, id="in Russian"),
        pytest.param("His arrest ends on 12 May.", "His arrest ends on 12 July.", True, id="another term"),
        pytest.param("Held on 9 January for 8 days.", "Held on 8 January for 9 days.", True, id="another number, too"),
        pytest.param("He was held on 9 January.", "He was freed on 8 January.", True, id="another word, too"),
        pytest.param("Updated: 12 May 2019, 14:05", "Updated: 13 May 2019, 09:30", False, id="a line that is a date"),
        pytest.param("1,234 views", "1,240 views", True, id="a counter is new, but no news"),
    ],
)
def test_changed_dates(old: str, new: str, is_new: bool) -> None:
    marked = mark_new_blocks(page(OLD[1], new), (OLD[1], old), CALENDARS, SEEN)
    assert [block.is_new for block in marked.blocks] == [False, is_new]


def test_the_same_words_with_a_near_date_beside_those_that_stay_are_new() -> None:
    """A chronicle grows by a line like the last one: that one is not gone."""
    line = "9 May 2019: The court extended his arrest by two months."
    marked = mark_new_blocks(page(line.replace("9 May", "11 May"), line), (line,), CALENDARS, SEEN)
    assert [block.is_new for block in marked.blocks] == [True, False]


@pytest.mark.parametrize(
    ("title", "paragraphs", "is_news"),
    [
        pytest.param("t", (*OLD, "1,240 views"), False, id="a counter ticked on"),
        pytest.param("t", (OLD[1], OLD[0], "1,234 views"), False, id="paragraphs moved"),
        pytest.param("t", OLD, False, id="a line taken out"),
        pytest.param("t", (*OLD, "He was freed."), True, id="a sentence more"),
        pytest.param("Blogger freed", OLD, True, id="another title"),
        pytest.param("T", OLD, False, id="the same title"),
        pytest.param("t", (*OLD, "Jailed for 9 years, the court says again and again."), True,
                     id="a number in a long line"),
    ],
)  # fmt: skip
def test_what_is_news_of_a_later_revision(title: str, paragraphs: tuple[str, ...], is_news: bool) -> None:
    old = ("t", *OLD, "1,234 views", "Jailed for 8 years, the court says again and again.")
    compared = compare(replace(page(*paragraphs), title=title), old, CALENDARS, SEEN)
    assert compared.is_news is is_news
    assert compared.title_is_new is (title.lower() != "t")


def test_a_first_revision_is_news() -> None:
    compared = compare(page(*OLD), ())
    assert (compared.title_is_new, compared.is_news) == (True, True)


def test_what_is_marked_as_old_stays_so() -> None:
    known = page(*OLD)
    known = replace(known, blocks=(replace(known.blocks[0], is_new=False), known.blocks[1]))
    assert [block.is_new for block in compare(known, ("Another.",)).page.blocks] == [False, True]


def test_revisions_of_a_day_are_limited() -> None:
    assert [is_kept(n, is_news=True) for n in (0, REVISIONS_A_DAY - 1, REVISIONS_A_DAY)] == [True, True, False]
    assert [is_kept(n, is_news=False) for n in (0, IDLE_REVISIONS_A_DAY)] == [True, False]


PARAGRAPHS = (
    *OLD,
    "A court fined three of them in April. All of them appealed.",
    "On Tuesday, 3 March 2019, the prosecutor asked for eight years.",
    "Его адвокат обжаловал приговор. Суд назначен на 12 мая.",
    "UPDATE 12 May: the hearing was put off.",
    "The family has not heard from him since Friday night.",
)
ADDED = (
    "He was set free on bail on Thursday.",
    "UPDATE 14 May: a judge in Ganja closed the file.",
    "Обвинения с него сняты.",
    "Nobody knows where she is held now. Police deny everything.",
)


@given(st.permutations(PARAGRAPHS))
def test_paragraphs_in_another_order_say_nothing_new(paragraphs: list[str]) -> None:
    compared = compare(page(*paragraphs), ("t", *PARAGRAPHS), CALENDARS, SEEN)
    assert not compared.is_news
    assert not any(block.is_new for block in compared.page.blocks)


@given(st.permutations(PARAGRAPHS), st.sampled_from(ADDED), st.integers(0, len(PARAGRAPHS)))
def test_of_one_paragraph_added_anywhere_exactly_that_is_new(paragraphs: list[str], added: str, place: int) -> None:
    paragraphs.insert(place, added)
    compared = compare(page(*paragraphs), ("t", *PARAGRAPHS), CALENDARS, SEEN)
    assert compared.is_news
    assert [paragraph for paragraph, block in zip(paragraphs, compared.page.blocks, strict=True) if block.is_new] == [
        added
    ]
