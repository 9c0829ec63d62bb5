"""``try`` and ``aliases`` over the articles of a real home."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Home, Story, put_outlet, wait_until
from tests.servers import Site

NOW = datetime.now(UTC) - timedelta(minutes=10)
MORE = (
    "He was met at the gate by friends, who had waited there since the early morning, and went home by train.\n\n" * 3
)
STORIES = [
    Story(
        path="/released",
        title="Blogger Mehman Huseynov released",
        text=f"Azerbaijani blogger Mehman Huseynov was released from prison on Monday, his lawyer said.\n\n{MORE}",
        published=NOW,
    ),
    Story(
        path="/again",
        title="Freed blogger thanks readers",
        text=f"Mehman Huseynov, who was released from prison on Monday, thanked his readers.\n\n{MORE}",
        published=NOW,
    ),
    Story(
        path="/brother",
        title="A brother at the airport",
        text=f"Emin Huseynov, a brother, was detained at an airport on Friday, his colleagues said.\n\n{MORE}",
        published=NOW,
    ),
]
CASES: list[dict[str, object]] = [
    {"id": "namesake", "name": "Мехман Гусейнов", "retired": True},
    {"id": "other", "name": "Anar Mammadov"},
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("trying") / "home"
    with Site() as site:
        home = Home(folder=folder, sources=[{"id": "oc", "url": put_outlet(site, "oc", STORIES), "lang": "en"}])
        home.write()
        home.run("run", "--once")
        yield home


def one(home: Home, *arguments: str) -> dict[str, Any]:
    (line,) = home.json(*arguments)
    return line


def test_a_name_is_tried_on_stored_articles(home: Home) -> None:
    found = one(home, "try", "Mehman Huseynov")
    assert (found["texts"], found["articles"]) == (3, 2)
    assert found["by_source"] == [{"source": "oc", "month": f"{NOW:%Y-%m}", "articles": 2}]
    assert {form["form"] for form in found["forms"]} == {"Mehman Huseynov"}
    # The newest text comes first; which of the two was read last is anybody's guess.
    assert "Blogger Mehman Huseynov released" in {shown["sentence"] for shown in found["sentences"]}
    assert [form["reason"] for form in found["unsure"]] == ["another given name, Emin"]
    assert [alert["status"] for alert in found["alerts"]] == ["released"]
    assert found["alerts_a_month"] > 0
    assert found["collisions"] == []


def test_people_read_it_too(home: Home) -> None:
    done = home.run("try", "Mehman Huseynov", "--since", "30d")
    assert "named in 2 articles, of 3 texts" in done.stdout
    assert f"SOURCE  {NOW:%Y-%m}\noc      2\n" in done.stdout
    assert "alerts to expect: " in done.stdout
    assert "of about 3 texts" in done.stderr


def test_what_was_seen_before_is_not_looked_at(home: Home) -> None:
    wait_until(
        lambda: one(home, "try", "Mehman Huseynov", "--since", "1s")["texts"] == 0, "the articles to be a second old"
    )


def test_aliases_not_and_context_are_tried_with_it(home: Home) -> None:
    assert one(home, "try", "Somebody Else", "--alias", "Emin Huseynov")["articles"] == 1
    assert one(home, "try", "Mehman Huseynov", "--not", "Blogger Mehman Huseynov")["articles"] == 2
    weak = ("try", "Somebody Else", "--weak-alias", "Mehman Huseynov", "--context")
    assert one(home, *weak, "lawyer")["articles"] == 1
    assert one(home, *weak, "dentist")["articles"] == 0


@pytest.fixture
def watching(home: Home) -> Iterator[Home]:
    """The home with two cases, for one test."""
    for cases in (CASES, []):
        home.cases = cases
        home.write()
        home.run("apply")
        if cases:
            yield home


def test_collisions_with_other_cases_are_told(watching: Home) -> None:
    home = watching
    found = one(home, "try", "Mehman Huseynov")
    assert [(hit["case"], hit["name"]) for hit in found["collisions"]] == [("namesake", "Мехман Гусейнов")]
    assert found["articles"] == 0
    assert any("two or more cases have this name" in form["reason"] for form in found["unsure"])
    assert "collides with case namesake" in home.run("try", "Mehman Huseynov").stdout
    done = home.run("try", "Anar Mammadov")
    assert "watched already, as case other" in done.stderr


def test_spellings_are_suggested_with_their_table(home: Home) -> None:
    found = one(home, "aliases", "Mehman Huseynov")
    spellings = {(row["language"], row["spelling"]): row for row in found["spellings"]}
    row = spellings["ru", "Мехман Гусейнов"]
    assert (row["script"], row["table"], row["recognised"]) == ("Cyrillic", "lang/spellings.toml [ru]", True)
    assert "Thai" in found["scripts_without"]
    words = home.run("aliases", "Mehman Huseynov").stdout
    assert "no form in: Chinese characters" in words


def test_texts_can_be_given_where_there_is_no_home(tmp_path: Path) -> None:
    home = Home(folder=tmp_path)
    found = one(home, "try", "Mehman Huseynov", "--text", "Адвокат Мехмана Гусейнова молчит.", "--text", "")
    assert [form["form"] for form in found["forms"]] == ["Мехмана Гусейнова"]
    assert home.run("try", "Mehman Huseynov", "--text", "Nobody.").stdout == "nothing like the name in it\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("try", " "), "give a name"),
        (("try", "A B", "--since", "soon"), 'such as "30m"'),
        (("aliases", "A B", "--lang", "xx"), "there are ar, az"),
    ],
)
def test_wrong_use_is_told_in_words(home: Home, arguments: tuple[str, ...], words: str) -> None:
    done = home.run(*arguments, ok=False)
    assert done.returncode == 2
    assert words in done.stderr
