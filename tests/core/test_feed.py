"""From the bytes of a feed to entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watchdog.core.feed import BODY_MAX_BYTES, MAX_ENTRIES, TITLE_MAX, parse_feed
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://example.org/news/feed"


def parsed(body: bytes | str, content_type: str | None = None) -> ParsedFeed:
    feed = parse_feed(body.encode() if isinstance(body, str) else body, url=URL, content_type=content_type, now=NOW)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def refused(body: bytes | str) -> FeedRefused:
    feed = parse_feed(body.encode() if isinstance(body, str) else body, url=URL, content_type=None, now=NOW)
    assert isinstance(feed, FeedRefused), feed
    return feed


def rss(*items: str, head: str = "") -> str:
    rows = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{rows}</channel></rss>'


def only(entries: Sequence[Entry]) -> Entry:
    (entry,) = entries
    return entry


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT"><title>News</title><entry>
<title type="html">Freed &amp;amp; home</title><link href="/a?utm_source=feed"/><id>tag:e.org,2019:1</id>
<updated>2019-03-02T10:00:00+04:00</updated><summary>Short.</summary>
<content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two &lt;b&gt;bold&lt;/b&gt;.&lt;/p&gt;</content></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://e.org/"><title>T</title></channel>
<item rdf:about="https://e.org/1"><title>One</title><link>https://e.org/1</link><dc:date>2019-03-02</dc:date></item>
</rdf:RDF>"""


class TestFormats:
    def test_atom(self) -> None:
        entry = only(parsed(ATOM).entries)
        assert entry == Entry(
            key="tag:e.org,2019:1",
            url="https://example.org/a",
            title="Freed & home",
            summary="Short.",
            content="One.\n\nTwo bold.",
            published=datetime(2019, 3, 2, 6, tzinfo=UTC),
            lang="de",
        )

    def test_rdf(self) -> None:
        entry = only(parsed(RDF).entries)
        assert (entry.title, entry.url, entry.published) == ("One", "https://e.org/1", datetime(2019, 3, 2, tzinfo=UTC))

    def test_rss_takes_published_before_updated_and_the_channels_language(self) -> None:
        item = "<title>A</title><guid isPermaLink='false'>7</guid><pubDate>Sat, 02 Mar 2019 10:00:00 +0400</pubDate>"
        feed = parsed(rss(item, head="<language>az-AZ</language>"))
        entry = only(feed.entries)
        assert (feed.title, feed.lang, entry.lang) == ("T", "az", "az")
        assert (entry.key, entry.url, entry.published) == ("7", None, datetime(2019, 3, 2, 6, tzinfo=UTC))

    def test_json_feed(self) -> None:
        items = [
            {"id": 7, "url": "/7", "title": "a\x1b[31m\x9bb\x00", "content_html": "<p>x</p><p>y</p>"},
            {"id": "b", "external_url": "https://other.example/", "content_text": "plain\n\ntext", "language": "ru"},
            {"title": "no id: to be discarded"},
            "no item at all",
        ]  # fmt: skip
        feed = parsed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}))
        assert [(e.key, e.url, e.title, e.content, e.lang) for e in feed.entries] == [
            ("7", "https://example.org/7", "a[31mb", "x\n\ny", None),
            ("b", "https://other.example/", "", "plain\n\ntext", "ru"),
        ]
        assert feed.problems[0] == "2 items without an id left out"

    @pytest.mark.parametrize("content_type", [None, "text/html", "application/octet-stream", "text/plain", "nonsense"])
    def test_the_content_type_does_not_decide_what_it_is(self, content_type: str | None) -> None:
        assert len(parsed(ATOM, content_type).entries) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            pytest.param(b"", FeedRefusal.EMPTY, id="nothing"),
            pytest.param(b"\xef\xbb\xbf", FeedRefusal.EMPTY, id="only a byte order mark"),
            pytest.param(b" \r\n\t\x00", FeedRefusal.EMPTY, id="only white space"),
            pytest.param(b"<!DOCTYPE html><html><body>Log in</body></html>", FeedRefusal.HTML, id="html"),
            pytest.param(b"\n<!-- x --><html lang='en'><head>", FeedRefusal.HTML, id="html after a comment"),
            pytest.param(b"Hello world", FeedRefusal.NOT_A_FEED, id="eleven bytes"),
            pytest.param(b"/etc/hostname", FeedRefusal.NOT_A_FEED, id="a path"),
            pytest.param(b"http://127.0.0.1:1/", FeedRefusal.NOT_A_FEED, id="an address"),
            pytest.param(b"<opml><body/></opml>", FeedRefusal.NOT_A_FEED, id="other xml"),
            pytest.param(b"<rss version='2.0'><channel><title>x", FeedRefusal.NOT_A_FEED, id="cut off before any item"),
            pytest.param(b"<rss version='2.0'><channel><item><title>x", FeedRefusal.NOT_A_FEED, id="in its first item"),
            pytest.param(b'{"items": []}', FeedRefusal.NOT_A_FEED, id="other json"),
            pytest.param(
                b'{"version": "https://jsonfeed.org/version/1.1", "it', FeedRefusal.NOT_A_FEED, id="cut-off json"
            ),
            pytest.param(b'{"a":' * 100_000, FeedRefusal.NOT_A_FEED, id="deep json"),
            pytest.param(b" " * (BODY_MAX_BYTES + 1), FeedRefusal.TOO_LARGE, id="too large"),
        ],
    )
    def test_what_is_no_feed_is_refused_with_words(self, body: bytes, reason: FeedRefusal) -> None:
        answer = refused(body)
        assert (answer.reason, bool(answer.detail)) == (reason, True)

    def test_a_valid_feed_without_items_is_no_failure(self) -> None:
        assert parsed(rss()).entries == ()

    def test_a_cut_off_feed_gives_its_whole_items_and_says_so(self) -> None:
        body = rss("<title>A</title><guid>a</guid>", "<title>Half a ti").partition("tle</item>")[0]
        feed = parsed(body.removesuffix("</item></channel></rss>"))
        assert [entry.title for entry in feed.entries] == ["A"]
        assert feed.problems[0] == "cut off; its last item is left out"

    def test_a_sloppy_feed_is_read_with_a_problem(self) -> None:
        feed = parsed(rss("<title>Fish & chips</title><guid>a</guid>"))
        assert (only(feed.entries).title, feed.problems[0][:15]) == ("Fish & chips", "not well-formed")


class TestKeys:
    def test_guid_else_address_else_title(self) -> None:
        items = ("<guid>g</guid><title>A</title>", "<link>/b</link><title>B</title>", "<title>C</title>")
        first, second, third = parsed(rss(*items)).entries
        assert (first.key, second.key) == ("g", "https://example.org/b")
        assert third.key.startswith("title:")

    def test_a_guid_that_all_items_share_is_none(self) -> None:
        feed = parsed(
            rss(*(f"<guid>https://q.az/</guid><link>https://q.az/{n}</link><title>{n}</title>" for n in "12"))
        )
        assert [entry.key for entry in feed.entries] == ["https://q.az/1", "https://q.az/2"]

    def test_shared_guid_and_address_leave_the_title(self) -> None:
        feed = parsed(rss(*(f"<guid>x</guid><link>https://q.az/</link><title>{n}</title>" for n in "122")))
        assert [entry.title for entry in feed.entries] == ["1", "2"]
        assert "1 items repeated or empty" in feed.problems

    def test_tracking_parameters_do_not_make_another_item(self) -> None:
        one, other = (
            only(parsed(rss(f"<link>https://e.org/a?utm_source={n}</link><title>A</title>")).entries) for n in "12"
        )
        assert one == other

    def test_a_number_for_a_guid_is_no_address(self) -> None:
        entry = only(parsed(rss("<guid>1234</guid><title>A</title>")).entries)
        assert (entry.key, entry.url) == ("1234", None)

    def test_a_guid_that_is_an_address_is_the_link(self) -> None:
        assert only(parsed(rss("<guid>https://e.org/1</guid><title>A</title>")).entries).url == "https://e.org/1"

    def test_a_monstrous_guid_is_replaced_by_its_hash(self) -> None:
        assert (
            len(only(parsed(rss(f"<guid isPermaLink='false'>{'x' * 5_000}</guid><title>A</title>")).entries).key) < 50
        )


class TestDates:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            pytest.param("Sat, 02 Mar 2019 10:00:00 GMT", datetime(2019, 3, 2, 10, tzinfo=UTC), id="RFC 822"),
            pytest.param("Sat, 02 Mar 2019 10:00:00 +0400", datetime(2019, 3, 2, 6, tzinfo=UTC), id="with a zone"),
            pytest.param("2019-03-02T10:00:00Z", datetime(2019, 3, 2, 10, tzinfo=UTC), id="ISO"),
            pytest.param("Fri, 01 Jan 2038 00:00:00 GMT", NOW, id="in the future: the poll"),
            pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", None, id="a clock at zero"),
            pytest.param("суббота, 2 марта", None, id="words that the parser does not know"),
            pytest.param("Sat, 99 Foo 2019", None, id="garbage"),
            pytest.param("", None, id="nothing"),
        ],
    )
    def test_dates(self, date: str, expected: datetime | None) -> None:
        assert only(parsed(rss(f"<title>A</title><pubDate>{date}</pubDate>")).entries).published == expected

    def test_oddities_are_told(self) -> None:
        future = "<title>A</title><pubDate>Fri, 01 Jan 2038 00:00:00 GMT</pubDate>"
        assert parsed(rss(future, "<title>B</title>")).problems == (
            "1 items without a date that can be read",
            "1 items dated in the future",
            "2 items without an address that can be followed",
        )


class TestText:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            pytest.param("A &amp; B", "A & B", id="escaped once"),
            pytest.param("A &amp;amp; B", "A & B", id="escaped twice"),
            pytest.param("&amp;quot;Free&amp;quot;&amp;nbsp;now", '"Free" now', id="entities of html, escaped twice"),
            pytest.param("&lt;b&gt;Bold&lt;/b&gt; news", "Bold news", id="markup"),
            pytest.param("&amp;lt;p&amp;gt;Markup&amp;lt;/p&amp;gt; twice", "Markup twice", id="markup escaped twice"),
            pytest.param("<![CDATA[<i>In</i> CDATA &amp; more]]>", "In CDATA & more", id="CDATA"),
            pytest.param("&lt;script&gt;alert(1)&lt;/script&gt;Hi", "Hi", id="script"),
            pytest.param("&lt;img src=x onerror=alert(1)&gt;Hi", "Hi", id="handler"),
            pytest.param("5 &lt; 6 and 7 &gt; 3", "5 < 6 and 7 > 3", id="signs that are no markup"),
            pytest.param("a\u202eb\u200b\u200fc\ufeff", "abc", id="bidirectional and zero-width characters"),
            pytest.param("a&#x9b;b", "a›b", id="C1 numbers are read as browsers read them"),
            pytest.param("  a \n\t b\u00a0\u2003c ", "a b c", id="white space"),
            pytest.param("Cafe\u0301", "Caf\u00e9", id="NFC"),
        ],
    )
    def test_title(self, title: str, expected: str) -> None:
        assert only(parsed(rss(f"<guid>1</guid><title>{title}</title>")).entries).title == expected

    def test_content_keeps_its_paragraphs(self) -> None:
        markup = "<h2>Head</h2><p>One<br>line.</p><ul><li>a</li><li>b</li></ul>tail<br><br>last <style>p{}</style>"
        body = rss(f"<guid>1</guid><description>{escape(markup)}</description>")
        with_content = body.replace("<rss ", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ').replace(
            "description>", "content:encoded>"
        )
        assert only(parsed(body).entries).summary == "Head One line. a b tail last"
        assert only(parsed(with_content).entries).content == "Head\n\nOne line.\n\na\n\nb\n\ntail\n\nlast"

    def test_lengths_are_capped(self) -> None:
        assert len(only(parsed(rss(f"<title>{'x' * 100_000}</title>")).entries).title) == TITLE_MAX

    def test_too_many_items_keep_the_newest_in_the_feeds_order(self) -> None:
        years = [2000 + n % 19 for n in range(MAX_ENTRIES + 100)]
        items = [
            f"<guid isPermaLink='false'>{n}</guid><title>t</title><pubDate>{year}-01-01T00:00:00Z</pubDate>"
            for n, year in enumerate(years)
        ]
        feed = parsed(rss(*items))
        kept = [int(entry.key) for entry in feed.entries]
        assert (len(kept), kept) == (MAX_ENTRIES, sorted(kept))
        left_out = set(range(len(years))) - set(kept)
        assert {years[n] for n in left_out} == {2000}


class TestCharset:
    WORD = "Освобождён"

    @pytest.mark.parametrize(
        ("encoding", "declared", "header"),
        [
            pytest.param("cp1251", "windows-1251", None, id="by prolog"),
            pytest.param("koi8-r", "koi8-r", "text/xml", id="text/xml does not mean ASCII"),
            pytest.param("cp1251", "utf-8", "text/xml; charset=windows-1251", id="header before prolog"),
            pytest.param("utf-8", "windows-1251", "text/xml; charset=utf-8", id="header before a wrong prolog"),
            pytest.param("utf-8-sig", "windows-1251", "text/xml; charset=koi8-r", id="mark before header"),
            pytest.param("utf-16", "utf-16", None, id="UTF-16 with its mark"),
            pytest.param("utf-16-le", "utf-16", None, id="UTF-16 without"),
            pytest.param("cp1251", "no-such-charset", "text/xml; charset=cp1251", id="unknown name"),
            pytest.param("utf-8", "us-ascii", "text/xml; charset=us-ascii", id="ASCII that is not"),
        ],
    )
    def test_order(self, encoding: str, declared: str, header: str | None) -> None:
        body = rss(f"<guid>1</guid><title>{self.WORD}</title>").replace("?>", f' encoding="{declared}"?>', 1)
        title = only(parsed(body.encode(encoding), header).entries).title
        if declared == "us-ascii":  # read as publishers mean it: cp1252, which fits any byte but five
            assert title
        else:
            assert title == self.WORD

    def test_turkish(self) -> None:
        body = rss("<guid>1</guid><title>Şişli'de gözaltı</title>").replace("?>", ' encoding="iso-8859-9"?>', 1)
        assert only(parsed(body.encode("cp1254")).entries).title == "Şişli'de gözaltı"

    def test_bytes_that_do_not_fit_are_replaced(self) -> None:
        body = rss("<guid>1</guid><title>a\u00ff\u00feb</title>").encode("latin-1")
        assert only(parsed(body).entries).title == "a\ufffd\ufffdb"


class TestHostile:
    @pytest.mark.parametrize(
        "link",
        ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://e.org/\x7f", "https://u:p@e.org/"],
    )
    def test_links_that_cannot_be_followed_are_none(self, link: str) -> None:
        entry = only(parsed(rss(f"<title>A</title><guid isPermaLink='false'>1</guid><link>{link}</link>")).entries)
        assert entry.url is None

    def test_external_entities_are_not_read(self) -> None:
        body = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss("<guid>1</guid><title>a&x;b</title>")
        assert "a" in only(parsed(body.replace('<?xml version="1.0"?>', "")).entries).title

    def test_no_file_is_opened_and_nothing_asked(self) -> None:
        seen: list[str] = []
        is_on = True

        def hook(event: str, args: object) -> None:
            if is_on and (event == "open" or event.startswith(("socket.", "urllib."))):
                seen.append(f"{event} {args}")

        sys.addaudithook(hook)
        for body in (b"/etc/hostname", b"http://127.0.0.1:9/", ATOM.encode(), b"pyproject.toml"):
            parse_feed(body, url=URL, content_type=None, now=NOW)
        is_on = False
        assert seen == []

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"<rss><channel><item><description><![CDATA[" + b"<p a='" * 100_000, id="attributes"),
            pytest.param(b"<rss><channel>" + b"<!" * 50_000, id="declarations"),
            pytest.param(b"<rss><channel>" + b"&" * 100_000, id="ampersands"),
            pytest.param(b"<rss>" + b"<a>" * 10_000, id="nested tags"),
            pytest.param(rss(f"<description>{'&lt;a ' * 50_000}</description>").encode(), id="escaped tags"),
            pytest.param(rss(f"<description>{'&lt;div&gt;' * 50_000}</description>").encode(), id="escaped nesting"),
            pytest.param(b"<?xml " + b"encoding " * 100_000, id="prolog"),
        ],
    )
    @pytest.mark.timeout(20)
    def test_pathological_bodies_end(self, body: bytes) -> None:
        parse_feed(body, url=URL, content_type=None, now=NOW)

    @given(st.binary(max_size=300))
    @example(b"<rss><item><link>http://[</link></item></rss>")
    def test_no_bytes_raise(self, body: bytes) -> None:
        assert parse_feed(body, url=URL, content_type=None, now=NOW) is not None

    @given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=60))
    def test_no_fields_raise_and_text_is_clean(self, title: str, summary: str, link: str) -> None:
        items = [{"id": "1", "title": title, "summary": summary, "url": link, "date_published": link}]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
        feed = parse_feed(body.encode(), url=URL, content_type=None, now=NOW)
        assert isinstance(feed, ParsedFeed)
        for entry in feed.entries:
            assert "\x00" not in entry.title + entry.summary
            assert entry.title == " ".join(entry.title.split())


def test_one_item_that_no_encoding_can_hold_does_not_take_its_feed_with_it() -> None:
    """Half an emoji, cut in two by JavaScript; a reference to half of one; the last evening of the year 9999."""
    good = {"id": "good", "url": "https://a.example/good", "title": "Good"}
    bad = {"id": "\ud83d", "url": "https://a.example/\ud83d", "title": "Half \ud83d", "content_text": "\udc00"}
    late = {"id": "late", "title": "Late", "date_published": "9999-12-31T23:59:59-14:00"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "\ud800", "items": [bad, late, good]}
    as_json = parse_feed(json.dumps(feed).encode(), url="https://a.example/", content_type=None, now=NOW)
    assert isinstance(as_json, ParsedFeed), as_json
    assert [entry.title for entry in as_json.entries] == ["Half", "Late", "Good"]
    assert as_json.entries[1].published == NOW
    item = "<item><title>&#55357;&#xDE00; Good</title><link>https://a.example/g</link><guid>&#xd83d;&#99999999999;g</guid></item>"
    body = f"<rss version='2.0'><channel><title>&#57343;</title>{item}</channel></rss>".encode()
    as_xml = parse_feed(body, url="https://a.example/", content_type=None, now=NOW)
    assert isinstance(as_xml, ParsedFeed), as_xml
    assert [entry.title for entry in as_xml.entries] == ["Good"]
