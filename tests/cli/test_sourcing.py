"""``sources check`` and ``sources add`` on a loopback site: what an operator reads, and what is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import Home, Story, put_outlet
from tests.servers import Page, Site

TEXT = "\n\n".join(
    f"Paragraph {n} of the report tells what happened in the city that day, at some length." for n in range(6)
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(*links: str) -> bytes:
    named = "".join(f'<link rel="alternate" type="application/rss+xml" title="T" href="{link}">' for link in links)
    return f"<html><head><title>Home</title>{named}</head><body><p>Welcome</p></body></html>".encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        for name in ("one", "two"):
            put_outlet(site, name, [Story(path=f"/{name}/1", title=f"Story {name}", text=TEXT)])
        yield site


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(folder=tmp_path / "home")
    home.write()
    return home


def test_check_shows_each_step_and_what_an_article_gives(home: Home, site: Site) -> None:
    site.script("/old", Page(status=301, headers={"Location": site.url("/one/feed")}))
    said = home.run("sources", "check", site.url("/old")).stdout
    assert [line.split()[0] for line in said.splitlines() if line[:3].isdigit()] == ["301", "200", "200"]
    for words in ("location: ", "etag: ", "feed: one, 1 item,", "title: Story one", "Paragraph 0 of the report"):
        assert words in said


@pytest.mark.parametrize(
    ("answer", "state", "problem"),
    [
        pytest.param(Page(status=503), "failed", "the server answered 503", id="an error"),
        pytest.param(Page(status=410), "gone", "the server answered 410", id="gone"),
        pytest.param(Page(status=403), "blocked", "the server answered 403", id="refused"),
        pytest.param(Page(body=b"<html><title>Sign in</title><input type='password'>"), "zombie",
                     "a login page, “Sign in”, where a feed was expected", id="a login page"),
        pytest.param(Page(body=b" "), "zombie", "nothing to read in 1 bytes", id="nothing"),
    ],
)  # fmt: skip
def test_check_names_the_fault_and_says_what_to_do(
    home: Home, site: Site, answer: Page, state: str, problem: str
) -> None:
    site.script("/feed", answer)
    done = home.run("--json", "sources", "check", site.url("/feed"), ok=False)
    assert done.returncode == 1
    assert f'"state": "{state}"' in done.stdout
    assert problem in done.stdout


def test_check_says_what_to_do_about_one_answer(home: Home, site: Site) -> None:
    done = home.run("sources", "check", site.url("/nowhere"), ok=False)
    assert done.returncode == 1
    assert "sources add HOME-PAGE finds feeds" in done.stdout.splitlines()[-1]


def test_check_refuses_what_cannot_be_a_source_and_repeats_no_password(home: Home, site: Site) -> None:
    secret = home.run("sources", "check", site.url("/feed").replace("://", "://somebody:hushhush@"), ok=False)
    assert secret.returncode == 2
    assert "keeps no secrets" in secret.stderr
    assert "hushhush" not in secret.stdout + secret.stderr
    unknown = home.run("sources", "check", "--via", "api:nothing", site.url("/feed"), ok=False)
    assert unknown.returncode == 2
    assert "it can be api:europarl" in unknown.stderr


def test_add_writes_the_only_feed_and_lets_a_person_choose_of_several(home: Home, site: Site) -> None:
    site.put("/several", page("/one/feed", "/two/feed", "/one/comments/feed"), headers=HTML)
    site.put("/single", page("/two/feed"), headers=HTML)
    found = home.json("sources", "add", site.url("/several"))
    assert [(line["number"], line["url"]) for line in found] == [(1, site.url("/one/feed")), (2, site.url("/two/feed"))]
    feeds = home.folder / "feeds.toml"
    assert "[[source]]" not in feeds.read_text("utf-8")
    home.run("sources", "add", site.url("/single"))
    assert site.url("/two/feed") in feeds.read_text("utf-8")
    none = home.run("sources", "add", site.url("/one/1"), ok=False)
    assert none.returncode == 1
    assert "no feed found" in none.stderr
