"""Pages that list articles: each page is the shape of a real kind of site, and what must come of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watchdog.core.listing import MAX_ENTRIES, parse_list
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://www.example.org/en/news"


def page(main: str, *, around: bool = True, lang: str = "en") -> bytes:
    """A page with everything that surrounds a list, unless only the list is wanted."""
    nav = (
        "<ul class='menu'><li><a href='/en/about'>About us and our work</a><li><a href='/en/news'>All the news</a></ul>"
    )
    head = f"<header class='site-header'><a href='/'>Example</a><nav>{nav}</nav></header>" if around else ""
    foot = (
        "<aside><h3>Most read</h3><a href='/en/2019/most'>The most read article of them all</a></aside>"
        "<footer><a href='/en/terms'>Terms and conditions of use</a><a href='/en/privacy'>Our privacy policy</a>"
        "<a href='https://social.example/share?u=1'>Follow us on the social network</a></footer>"
    )
    tail = foot if around else ""
    html = f"<!doctype html><html lang='{lang}'><head><title>News</title></head><body>{head}{main}{tail}</body></html>"
    return html.encode()


def entries(body: bytes, url: str = URL) -> tuple[Entry, ...]:
    feed = parse_list(body, url=url, content_type="text/html; charset=utf-8", now=NOW)
    assert isinstance(feed, ParsedFeed), feed
    return feed.entries


def told(body: bytes, url: str = URL) -> list[tuple[str, str, str]]:
    """Path, title and day of every entry."""
    return [
        (str(one.url).partition("example.org")[2], one.title, f"{one.published:%Y-%m-%d}" if one.published else "")
        for one in entries(body, url)
    ]


CARDS = """<main><h1>News</h1><div class="grid">
<article class="post post-17 tag-share"><a href="/en/news/a"><img alt=""></a><div><a href="/en/topics/law">Law</a>
<h2><a href="/en/news/a">Court extends detention of journalist</a></h2><time datetime="2026-11-20">20 November</time>
<p>The court said so.</p><a href="/en/news/a">Read more</a>
<ul class="social-links"><li><a href="/en/news/a?share=1">Share this article with your friends</a></ul></div></article>
<article class="post post-9"><a href="/en/news/b"><img alt=""></a><div><h2><a href="/en/news/b">Blogger freed</a></h2>
<time datetime="2026-11-18T09:00:00+04:00">18 November</time><p>He is home.</p></div></article></div>
<nav class="pagination"><a href="/en/news?page=2">Next page of the news</a></nav></main>"""

ROWS = """<div id="content"><table>
<tr><td>12.11.2026</td><td><a href="n/1">Statement on the case of A. Huseynov</a></td></tr>
<tr><td>3.10.2026</td><td><a href="n/2">Statement on the harassment of lawyers</a></td></tr>
<tr><td>1.9.2026</td><td><a href="n/3.pdf">Statement on the hunger strike in prison</a></td></tr></table>
<a href="/en/news/page/2">Older statements of this year</a></div>"""

BARE = """<div class="view">
<div class="views-row views-row-1"><span><a href="/en/one">Activist sentenced to six years</a></span></div>
<div class="views-row views-row-2"><span><a href="/en/two">Students detained at a rally</a></span></div>
<div class="views-row views-row-3"><span><a href="/en/three">Editor leaves the country at night</a></span></div>
</div>"""

WHOLE_CARD = """<section><a class="card" href="/en/x"><p>Press release</p><h3>Parliament calls for release</h3>
<p>14 Nov 2026</p><p>Members of parliament voted on Thursday for a text.</p></a>
<a class="card" href="/en/y"><p>Press release</p><h3>Delegation to visit the prison</h3><p>November 2nd, 2026</p></a>
</section>"""

LINES = """<div><ul><li>2026-11-03 <a href="/id/3">Verdict upheld on appeal in the capital</a></li>
<li>2026-11-02 <a href="/id/2">Defendant transferred to a colony</a></li></ul></div>"""

SPIP = """<main><ul><li><a href="spip.php?id_article=12">Azerbaïdjan : arrestation d'un journaliste</a></li>
<li><a href="spip.php?id_article=13">Bélarus : libération de six prisonniers</a></li></ul></main>"""


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        pytest.param(
            CARDS,
            [
                ("/en/news/a", "Court extends detention of journalist", "2026-11-20"),
                ("/en/news/b", "Blogger freed", "2026-11-18"),
            ],
            id="cards",
        ),
        pytest.param(
            ROWS,
            [
                ("/en/n/1", "Statement on the case of A. Huseynov", "2026-11-12"),
                ("/en/n/2", "Statement on the harassment of lawyers", "2026-10-03"),
                ("/en/n/3.pdf", "Statement on the hunger strike in prison", "2026-09-01"),
            ],
            id="a table with dates",
        ),
        pytest.param(
            BARE,
            [
                ("/en/one", "Activist sentenced to six years", ""),
                ("/en/two", "Students detained at a rally", ""),
                ("/en/three", "Editor leaves the country at night", ""),
            ],
            id="bare links in rows with numbered classes",
        ),
        pytest.param(
            WHOLE_CARD,
            [
                ("/en/x", "Parliament calls for release", "2026-11-14"),
                ("/en/y", "Delegation to visit the prison", "2026-11-02"),
            ],
            id="the card is the link",
        ),
        pytest.param(
            LINES,
            [
                ("/id/3", "Verdict upheld on appeal in the capital", "2026-11-03"),
                ("/id/2", "Defendant transferred to a colony", "2026-11-02"),
            ],
            id="date before the link",
        ),
        pytest.param(
            "<main><p>21/10/2026</p>"
            '<article><h2><a href="/en/only">The only statement of the year</a></h2>20/11/2026</article>',
            [("/en/only", "The only statement of the year", "2026-11-20")],
            id="one, dated",
        ),
    ],
)
def test_a_list_is_found_and_nothing_else(main: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(page(main)) == expected


def test_articles_that_differ_in_their_query_are_articles() -> None:
    found = told(page(SPIP), "https://www.example.org/spip.php?page=backend")
    assert [url for url, _, _ in found] == ["/spip.php?id_article=12", "/spip.php?id_article=13"]


def test_a_dated_list_wins_over_links_without_a_date() -> None:
    topics = "".join(f"<li><a href='/en/t{n}'>Our work in the region number {n}</a></li>" for n in range(5))
    assert {url for url, _, _ in told(page(f"<div class='topics'><ul>{topics}</ul></div>{CARDS}"))} == {
        "/en/news/a",
        "/en/news/b",
    }


def test_a_later_poll_gives_the_same_keys_and_titles_where_only_ages_changed() -> None:
    def cards(age: str) -> bytes:
        rows = "".join(
            f"<a class='card' href='/en/{n}'><span>{age} ago</span><p>Court postpones the hearing number {n}</p></a>"
            for n in range(3)
        )
        return page(f"<section>{rows}</section>")

    first, second = entries(cards("2 hours")), entries(cards("3 hours"))
    assert first == second
    assert first[0].title == "Court postpones the hearing number 0"


def test_other_hosts_files_and_sections_above_are_left_out() -> None:
    rows = "".join(
        f"<li>2026-11-0{n} <a href='{href}'>A headline that is long enough {n}</a></li>"
        for n, href in enumerate(
            ("/en/good", "https://other.example/en/a", "https://example.org/en/good2", "/en/photo.jpg", "/en",
             "mailto:a@b.example", "javascript:void(0)", "#top", "https://shop.example.org/en/a"), 1,
        )
    )  # fmt: skip
    assert [one.url for one in entries(page(f"<ul>{rows}</ul>"))] == [
        "https://www.example.org/en/good",
        "https://example.org/en/good2",
    ]


def test_links_in_running_text_and_to_tags_and_authors_are_left_out() -> None:
    text = "<p>The court met on Friday, and it then <a href='/en/x'>decided as in the year before</a>.</p>"
    tags = "<a href='/en/tag/law'>Freedom of the press</a> <a href='/en/author/a-b'>By Somebody of the Staff</a>"
    found = told(page(f"<main>{text}<div>{tags}</div>{BARE}{text}</main>"))
    assert [url for url, _, _ in found] == ["/en/one", "/en/two", "/en/three"]


def test_a_date_to_come_is_an_events() -> None:
    rows = "".join(f"<li>2027-01-0{n} <a href='/en/{n}'>Hearing in the case of somebody {n}</a></li>" for n in (1, 2))
    assert [one.published for one in entries(page(f"<ul>{rows}</ul>"))] == [None, None]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", FeedRefusal.EMPTY, id="nothing"),
        pytest.param(page("<main><form><input name='user'></form></main>"), FeedRefusal.NOT_A_FEED, id="a login page"),
        pytest.param(page("<main><div id='app'></div></main>"), FeedRefusal.NOT_A_FEED, id="filled by scripts"),
        pytest.param(b'{"a": 1}', FeedRefusal.NOT_A_FEED, id="json"),
    ],
)
def test_a_page_without_a_list_is_refused(body: bytes, reason: FeedRefusal) -> None:
    refused = parse_list(body, url=URL, content_type=None, now=NOW)
    assert isinstance(refused, FeedRefused)
    assert refused.reason is reason


@pytest.mark.parametrize("depth", [100, 10_000])
def test_a_hostile_page_ends(depth: int) -> None:
    links = "".join(f"<p><a href='/en/{n}'>A headline of many letters {n}</a></p>" for n in range(5_000))
    feed = parse_list(page("<div>" * depth + links), url=URL, content_type=None, now=NOW)
    assert isinstance(feed, FeedRefused) == (depth > 1_000)
    assert isinstance(feed, FeedRefused) or len(feed.entries) == MAX_ENTRIES
