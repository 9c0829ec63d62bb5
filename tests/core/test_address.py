"""One page, one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.address import MAX_LENGTH, canonical, host_of, organisation_of


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("HTTPS://Example.ORG/A", "https://example.org/A", id="host in lower case, path not"),
        pytest.param("http://example.org", "http://example.org/", id="an empty path is the root"),
        pytest.param("https://example.org:443/a", "https://example.org/a", id="default port dropped"),
        pytest.param("http://example.org:443/a", "http://example.org:443/a", id="other port kept"),
        pytest.param("https://example.org/a#b", "https://example.org/a", id="fragment dropped"),
        pytest.param("https://example.org/a/./b/../c", "https://example.org/a/c", id="dot segments walked"),
        pytest.param("https://example.org/../../c/..", "https://example.org/", id="dot segments stay inside"),
        pytest.param("https://example.org/a//b/", "https://example.org/a//b/", id="empty segments kept"),
        pytest.param("https://e.org/?utm_source=rss&id=7&fbclid=x", "https://e.org/?id=7", id="tracking dropped"),
        pytest.param("https://e.org/?UTM_Medium=rss", "https://e.org/", id="tracking in any case"),
        pytest.param("https://e.org/?b=2&a=1", "https://e.org/?b=2&a=1", id="order of the query kept"),
        pytest.param("https://e.org/?page=1&ref=home", "https://e.org/?page=1&ref=home", id="ref may mean a page"),
        pytest.param("http://пример.рф/я", "http://xn--e1afmkfd.xn--p1ai/%D1%8F", id="idn and path encoded"),
        pytest.param("https://e.org/%7euser/%2f%c3%a9", "https://e.org/~user/%2F%C3%A9", id="escapes in one spelling"),
        pytest.param("  https://e.org/a \n", "https://e.org/a", id="white space around it"),
        pytest.param("https://e.org/a b", "https://e.org/a%20b", id="a space inside is escaped"),
        pytest.param("https://e.org./a", "https://e.org/a", id="dot at the end of the host"),
        pytest.param("http://[::1]:8080/", "http://[::1]:8080/", id="an address literal"),
        pytest.param("javascript:alert(1)", None, id="javascript"),
        pytest.param("file:///etc/passwd", None, id="file"),
        pytest.param("mailto:a@example.org", None, id="mail"),
        pytest.param("https://e.org/a\x1b[0m", None, id="control character"),
        pytest.param("https://e.org/a\nSet-Cookie: x", None, id="line end inside"),
        pytest.param("https://e.org\\@evil.example/", None, id="backslash"),
        pytest.param("https://e.org@evil.example/", None, id="a name before an at sign"),
        pytest.param("https://user:secret@e.org/", None, id="credentials"),
        pytest.param("https://", None, id="no host"),
        pytest.param("https://exa%6dple.org/", None, id="escapes in the host"),
        pytest.param("https://[::1/", None, id="broken literal"),
        pytest.param("https://e.org:99999/", None, id="impossible port"),
        pytest.param("/a/b", None, id="relative without a base"),
        pytest.param("", None, id="nothing"),
        pytest.param("https://e.org/" + "a" * MAX_LENGTH, None, id="too long"),
    ],
)  # fmt: skip
def test_canonical(url: str, expected: str | None) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/n/1", "https://e.org/n/1"),
        ("2", "https://e.org/news/2"),
        ("../x", "https://e.org/x"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example/x", "http://other.example/x"),
        ("?p=1", "https://e.org/news/feed?p=1"),
        ("javascript:void(0)", None),
    ],
)
def test_relative_addresses_count_from_the_base(url: str, expected: str | None) -> None:
    assert canonical(url, "https://e.org/news/feed") == expected


@given(st.text(max_size=80), st.none() | st.just("https://e.org/a/"))
def test_canonical_twice_is_canonical_once(text: str, base: str | None) -> None:
    once = canonical(text, base)
    assert once is None or canonical(once) == once


@given(st.from_regex(r"https?://[a-zA-Z0-9.:\[\]@%_-]{0,30}/[^\x00]{0,40}", fullmatch=True))
def test_what_looks_like_an_address_never_raises(text: str) -> None:
    once = canonical(text)
    assert once is None or (canonical(once) == once and host_of(once))


@pytest.mark.parametrize(
    ("url", "organisation"),
    [
        ("https://www.oc-media.org/feed/", "oc-media.org"),
        ("https://news.bbc.co.uk/", "bbc.co.uk"),
        ("https://apa.az/rss", "apa.az"),
        ("https://www.meclis.gov.az/", "meclis.gov.az"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]/", "[::1]"),
        ("http://localhost/", "localhost"),
        ("nothing", ""),
    ],
)
def test_organisation(url: str, organisation: str) -> None:
    assert organisation_of(url) == organisation
