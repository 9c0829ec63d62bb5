"""From the bytes of a page to its text, on the pages of the recorded world and on hostile ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.manners import MANNERS, TITLE, Made
from watchdog.core.page import BODY_MAX_BYTES, TEXT_MAX, extract_page, text_of_entry
from watchdog.core.plain import clean_line, read_html
from watchdog.model.article import BlockRole, Entry, PageText

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))
import world  # type: ignore[import-not-found]  # by the path above

NOW = datetime(2027, 1, 1, tzinfo=UTC)
URL = "https://example.org/news/1"
HTML = "text/html; charset=utf-8"
STREAMS = Path(__file__).parents[1] / "eval" / "dev" / "streams"

FIRST = "Police detained the blogger in Baku on Tuesday morning and took him to the district police, his lawyer said."
SECOND = "The ministry of the interior has not commented. His family was told nothing until the late evening."
THIRD = "He was sentenced last year to ten days for resisting the police, which he denies, and was freed in April."
NO_DAYS = (None, None, None)
ARTICLE = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def extracted(body: str | bytes, content_type: str | None = HTML) -> PageText:
    raw = body.encode() if isinstance(body, str) else body
    page = extract_page(raw, url=URL, content_type=content_type, now=NOW)
    assert page is not None
    return page


def document(body: str, head: str = "") -> str:
    title = "<title>Blogger held | News</title>"
    return f"<!doctype html><html lang='en-GB'><head>{title}{head}</head><body>{body}</body></html>"


def paragraphs(page: PageText) -> list[str]:
    return [page.text[block.start : block.end] for block in page.blocks]


@pytest.fixture(scope="module")
def publications() -> Any:
    return world.World.load(STREAMS).publications[::4]


#: What a manner of the recorded streams puts beside the paragraphs that is neither teaser nor comment.
def beside(manner: str, publication: Any) -> tuple[list[str], list[str]]:
    """The blocks before and after the paragraphs."""
    match manner:
        case "_table_layout":
            return [f"{publication.published:%d.%m.%Y, %H:%M}"], []
        case "_list_in_article":
            return [f"{publication.published:%d %B %Y, %H:%M}"], []
        case "_same_container" if not publication.sidebar:
            return [], ["All news"]  # the label of an empty list
        case _:
            return [], []


@pytest.mark.parametrize("manner", world.PAGE_MANNERS, ids=lambda manner: manner.__name__.strip("_"))
def test_manners_of_recorded_pages(manner: Callable[[Any], str], publications: Any) -> None:
    """The whole text: every paragraph a block; no teaser, no comment; title, date and language of the page."""
    for publication in publications:
        page = extracted(manner(publication))
        before, after = beside(manner.__name__, publication)
        expected = [clean_line(part) for part in publication.text.split("\n\n") if part.strip()]
        assert paragraphs(page) == [*before, *expected, *after], publication.id
        assert (page.title, page.published) == (clean_line(publication.title), publication.published)
        assert page.lang == publication.lang


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.__name__)
def test_other_manners_of_pages(manner: Callable[[], Made]) -> None:
    made = manner()
    page = extracted(made.html)
    assert (page.title, tuple(paragraphs(page))) == (TITLE, made.blocks)
    assert tuple(block.dated for block in page.blocks) == (made.days or (None,) * len(made.blocks))


def test_blocks_cover_the_text_but_the_blank_lines() -> None:
    page = extracted(document(f"<h1>Blogger held</h1>{ARTICLE}"))
    assert page.text == "\n\n".join(paragraphs(page))
    assert [(one.end, other.start) for one, other in zip(page.blocks, page.blocks[1:], strict=False)] == [
        (block.end, block.end + 2) for block in page.blocks[:-1]
    ]
    assert all(block.is_new and block.dated is None for block in page.blocks)


def test_headings_are_told_from_paragraphs_and_the_headline_is_not_repeated() -> None:
    page = extracted(
        document(f"<article><h1>Blogger held</h1><p>{FIRST}</p><h2>Background</h2><p>{SECOND}</p></article>")
    )
    assert [block.role for block in page.blocks] == [BlockRole.PARAGRAPH, BlockRole.HEADING, BlockRole.PARAGRAPH]
    assert "Blogger held" not in page.text


def test_line_breaks_part_paragraphs_where_a_sentence_ends() -> None:
    body = f"<div class='text'>{FIRST}<br>{SECOND}<br/><br/>{THIRD}<br>unfinished<br>line.</div>"
    assert paragraphs(extracted(document(f"<h1>Blogger held</h1>{body}"))) == [FIRST, SECOND, THIRD, "unfinished line."]


class TestTeasers:
    def test_links_that_stand_alone_go_with_their_leads(self) -> None:
        teaser = "<p><a href='/2'>Another man freed in Ganja</a></p><p>Another man freed in Ganja. Details follow.</p>"
        assert paragraphs(extracted(document(f"<article><h1>Blogger held</h1>{ARTICLE}{teaser}</article>"))) == [
            FIRST, SECOND, THIRD,
        ]  # fmt: skip

    def test_a_heading_whose_words_the_paragraph_takes_up_stays(self) -> None:
        section = "<h2>The Gobustan prison case</h2><p>The Gobustan prison case, which began in May, goes on.</p>"
        page = extracted(document(f"<article><h1>Blogger held</h1>{ARTICLE}{section}</article>"))
        assert paragraphs(page)[3:] == [
            "The Gobustan prison case",
            "The Gobustan prison case, which began in May, goes on.",
        ]

    def test_a_link_inside_a_paragraph_stays(self) -> None:
        linked = ARTICLE.replace("The ministry of the interior", "<a href='/m'>The ministry of the interior</a>")
        assert paragraphs(extracted(document(f"<article><h1>Blogger held</h1>{linked}</article>"))) == [
            FIRST,
            SECOND,
            THIRD,
        ]

    def test_a_dated_update_in_the_text_stays(self) -> None:
        update = f"<p>22 January 2019</p><p><b>Court drops the charges</b></p><p>{THIRD}</p>"
        page = extracted(document(f"<article><h1>Blogger held</h1><p>{FIRST}</p>{update}</article>"))
        assert paragraphs(page) == [FIRST, "22 January 2019", "Court drops the charges", THIRD]

    def test_an_article_in_two_containers_stays_whole(self) -> None:
        halves = f"<div><h1>Blogger held</h1><p>{FIRST}</p></div><div><p>{SECOND}</p><p>{THIRD}</p></div>"
        assert paragraphs(extracted(document(f"<div>{halves}</div>"))) == [FIRST, SECOND, THIRD]

    def test_a_page_that_is_a_list_of_headlines_stays(self) -> None:
        rows = "".join(f"<p><a href='/{n}'>Headline number {n} of the press review today</a></p>" for n in range(9))
        assert len(extracted(document(f"<article><h1>Press review</h1>{rows}</article>")).blocks) > 5


class TestPosts:
    """Parts of a page with a date of their own, in markup."""

    ONE, TWO = "<time datetime='2019-03-02T23:50:00+04:00'>23:50</time>", "<time datetime='2019-03-04'>4 March</time>"

    def days(self, body: str) -> list[date | None]:
        return [block.dated for block in extracted(document(f"<article><h1>Blogger held</h1>{body}</article>")).blocks]

    @pytest.mark.parametrize(
        ("body", "days"),
        [
            pytest.param("<p>{0}</p><div>{one}<p>{1}</p></div><div>{two}<p>{2}</p></div>", (None, 2, 4), id="elements"),
            pytest.param("<p>{0}</p><h3>{one}</h3><p>{1}</p><h3>{two}</h3><p>{2}</p>", (None, 2, 4), id="headings"),
            pytest.param("<div>{one}<p>{0}</p><p>{1}</p></div><div><p>{2}</p>{two}</div>", (2, 2, 4), id="time below"),
            pytest.param("<div>{one}</div><p>{0}</p><p>{1}</p><p>{2}</p>", NO_DAYS, id="one date is the article's"),
            pytest.param("{one} Updated {two}<p>{0}</p><p>{1}</p><p>{2}</p>", NO_DAYS, id="published and updated"),
            pytest.param("<p>{0}</p><p>{1} He was freed, she said, {one}</p><p>{2} So did he: {two}</p>", NO_DAYS,
                         id="in a sentence"),
            pytest.param("<p>{0}</p><h3><time>2 March</time></h3><p>{1}</p><h3>{two}</h3><p>{2}</p>", NO_DAYS,
                         id="a time without a date"),
        ],
    )  # fmt: skip
    def test_posts(self, body: str, days: tuple[int | None, ...]) -> None:
        found = self.days(body.format(FIRST, SECOND, THIRD, one=self.ONE, two=self.TWO))[-3:]
        assert found == [None if day is None else date(2019, 3, day) for day in days]


class TestTitle:
    @pytest.mark.parametrize(
        ("body", "head", "title"),
        [
            pytest.param("<h1>Blogger held</h1>", "", "Blogger held", id="the h1 that the title confirms"),
            pytest.param("<h1>News</h1><h1>Blogger held</h1>", "", "Blogger held", id="not the logo"),
            pytest.param("<h1>Times</h1>", "<meta property='og:title' content='Held &amp;amp; free'>", "Held & free",
                         id="og:title where no h1 is confirmed"),
            pytest.param("<h1>Quite another</h1>", "", "Quite another", id="a lone h1"),
            pytest.param("", "", "Blogger held | News", id="the title of the page"),
        ],
    )  # fmt: skip
    def test_title(self, body: str, head: str, title: str) -> None:
        assert extracted(document(body + ARTICLE, head)).title == title


class TestDate:
    @pytest.mark.parametrize(
        ("head", "published"),
        [
            pytest.param("<meta property='article:published_time' content='2019-03-02T10:00:00+04:00'>",
                         datetime(2019, 3, 2, 6, tzinfo=UTC), id="article:published_time"),
            pytest.param("<script type='application/ld+json'>{\"datePublished\": \"2019-03-02\"}</script>",
                         datetime(2019, 3, 2, tzinfo=UTC), id="JSON-LD"),
            pytest.param("<time datetime='2019-03-02T10:00:00Z'>2 March</time>",
                         datetime(2019, 3, 2, 10, tzinfo=UTC), id="time"),
            pytest.param("<time datetime='soon'></time><time datetime='2019-03-02'>2 March</time>",
                         datetime(2019, 3, 2, tzinfo=UTC), id="the first that can be read"),
            pytest.param("<meta property='article:published_time' content='2027-01-01T09:00:00Z'>", NOW,
                         id="hours ahead: now"),
            pytest.param("<meta property='article:published_time' content='2038-01-01'>", None, id="far ahead"),
            pytest.param("<meta property='article:published_time' content='0001-01-01'>", None, id="a clock at zero"),
            pytest.param("", None, id="none"),
        ],
    )  # fmt: skip
    def test_date(self, head: str, published: datetime | None) -> None:
        assert extracted(document(head + ARTICLE)).published == published


class TestCharset:
    TEXT = "Суд освободил блогера под залог, сообщила его адвокат в четверг вечером. Обвинения с него не сняты. " * 3

    @pytest.mark.parametrize(
        ("encoding", "head", "header"),
        [
            ("cp1251", "<meta charset='windows-1251'>", "text/html"),
            ("koi8-r", "<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", None),
            ("cp1251", "<meta charset='utf-8'>", "text/html; charset=windows-1251"),
            ("utf-8-sig", "<meta charset='windows-1251'>", "text/html; charset=windows-1251"),
            ("utf-8", "", None),
        ],
    )
    def test_mark_header_prolog(self, encoding: str, head: str, header: str | None) -> None:
        body = f"<html><head>{head}<title>t</title></head><body><p>{self.TEXT}</p></body></html>"
        assert extracted(body.encode(encoding), header).text == self.TEXT.strip()


class TestHostile:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b" \n",
            b"\x00\x01",
            b"<",
            b"<html></html>",
            b"%PDF-1.4",
            b"\x1f\x8b\x08\x00" + b"x" * 50,
            b"a" * (BODY_MAX_BYTES + 1),
        ],
        ids=["nothing", "white space", "controls", "a sign", "empty page", "pdf", "gzip", "too large"],
    )
    def test_no_main_text_is_none(self, body: bytes) -> None:
        page = extract_page(body, url=URL, content_type=HTML, now=NOW)
        assert page is None or len(page.text) < 100

    def test_controls_and_scripts_are_gone(self) -> None:
        page = extracted(
            document(f"<h1>Blogger held</h1>{ARTICLE}<p>\u202eEnd\x1b[31m.\u200b</p><script>alert(1)</script>")
        )
        assert paragraphs(page)[-1] == "End[31m."
        assert "alert" not in page.text

    def test_text_is_capped(self) -> None:
        page = extracted(document(f"<h1>Blogger held</h1>{ARTICLE * 3000}"))
        assert len(page.text) <= TEXT_MAX
        assert page.blocks[-1].end == len(page.text)

    @pytest.mark.timeout(30)
    @pytest.mark.parametrize(
        "body",
        [
            b"<div>" * 100_000,
            b"<h1>x</h1>" * 50_000,
            b"<title>x</title><h1>" * 20_000,
            b"&amp;" * 200_000,
            b"<script type='application/ld+json'>" + b'"datePublished"  :' * 100_000,
            b"<meta charset=" * 50_000,
            b"<h1>x</h1>" + b"<div><a href='/1'>Blogger released from prison</a>" * 250 + b"text " * 20_000,
            b"<ul>" + b"<li><a href='/1'>Blogger released from prison</a>" * 5_000,
            b"<h1>x</h1>" + b"<time datetime='2019-03-02'>2</time><p>He left the colony.</p>" * 5_000,
        ],
        ids=["nesting", "headings", "titles", "entities", "json", "meta", "boxes", "links", "posts"],
    )
    def test_pathological_pages_end(self, body: bytes) -> None:
        extract_page(body, url=URL, content_type=None, now=NOW)

    @given(st.binary(max_size=200))
    @settings(max_examples=50, deadline=None)
    def test_no_bytes_raise(self, body: bytes) -> None:
        extract_page(b"<html><body><p>" + body, url=URL, content_type=None, now=NOW)


def test_an_entry_stands_for_its_page() -> None:
    entry = Entry(key="1", url=None, title="Held", summary="Short.", content="One.\n\nTwo.", published=NOW, lang="ru")
    page = text_of_entry(entry)
    assert (page.title, page.published, page.lang, paragraphs(page)) == ("Held", NOW, "ru", ["One.", "Two."])


def test_an_entry_without_any_text_has_no_blocks() -> None:
    page = text_of_entry(Entry(key="1", url=None, title="Held", summary="", content="", published=None))
    assert (page.text, page.blocks) == ("", ())


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_page_at_the_end_of_the_calendar_has_no_date(date: str) -> None:
    body = f'<html><head><meta property="article:published_time" content="{date}"></head><body><article><h1>Title</h1>'
    body += "<p>A paragraph with words enough to be taken for the main text of a page by whoever looks.</p>" * 5
    page = extract_page(body.encode(), url="https://a.example/", content_type="text/html", now=NOW)
    assert page is not None
    assert page.published is None


@pytest.mark.parametrize("before", [0, 1, 253, 254, 255, 256, 257, 511, 512])
@pytest.mark.parametrize("beside", ["", "é", "я" * 600])
def test_invisible_characters_go_wherever_they_stand(before: int, beside: str) -> None:
    root = read_html("x" * before + f"\u200b\x01y\u00ad{beside}\ud800\x1f\ufeffz")
    assert root is not None
    assert root.text_content() == "x" * before + f"y{beside}z"
