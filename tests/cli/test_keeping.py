"""Commands on the files, typed on a home made by ``init``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Home
from watchdog.config import read_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(folder=tmp_path)
    home.run("init")
    return home


def text_of(home: Home, name: str) -> str:
    return (home.folder / name).read_text("utf-8")


def states(home: Home) -> dict[str, bool]:
    return {str(row["id"]): bool(row["retired"]) for row in home.json("cases", "list")}


def test_a_dry_run_shows_the_difference_and_changes_nothing(home: Home) -> None:
    watchlist, feeds = home.folder / "watchlist.toml", home.folder / "feeds.toml"
    watchlist.write_text('[[topic]]\nid = "t"\nany = ["x"]\n[[case]]\nid = "b"\nname = "Ben Example"\n', "utf-8")
    feeds.write_text(text_of(home, "feeds.toml").replace('id = "hrw"\n', 'id = "hrw"\nevery = "45m"\n'), "utf-8")
    done = home.run("apply", "--dry-run")
    assert done.stdout.splitlines() == [
        "~ source hrw",
        '    every: (default) -> "45m"',
        "+ case b",
        "- case mehman-huseynov",
        "+ topic t",
        "nothing was changed yet; to do it: watchdog apply",
    ]
    assert states(home) == {"mehman-huseynov": False}
    lines = home.json("apply")
    assert lines[0] == {
        "change": "changed",
        "what": "source",
        "id": "hrw",
        "came_back": False,
        "keys": {"every": {"before": None, "after": "45m"}},
    }
    assert lines[-1]["dry_run"] is False
    assert states(home) == {"b": False, "mehman-huseynov": True}
    assert home.run("apply").stdout == "nothing changed\n"


def test_cases_and_sources_are_written_into_the_files_and_refused_in_words(home: Home) -> None:
    before = text_of(home, "watchlist.toml")
    done = home.run("cases", "add", "leyla", "Leyla Yunusova", "--alias", "Лейла Юнусова", "--country", "Azerbaijan")
    assert done.stdout == "+ case leyla\n"
    assert text_of(home, "watchlist.toml").startswith(before)
    home.run("sources", "add", "oc2", "https://oc2.example/feed", "--kind", "ngo", "--lang", "en", "--every", "30m")
    files = read_home(home.folder)
    assert files.watchlist.cases[-1].aliases == ("Лейла Юнусова",)
    assert (files.sources[-1].id, files.sources[-1].lang) == ("oc2", ("en",))
    after = {path.name: path.read_bytes() for path in home.folder.glob("*.toml")}
    for arguments, words in (
        (("cases", "add", "leyla", "Somebody Else"), "in watchlist.toml already"),
        (("cases", "add", "other", "leyla  yunusova"), "has this name already"),
        (("cases", "add", "a b", "  "), "is no id"),
        (("sources", "add", "oc2", "https://other.example/"), "in feeds.toml already"),
        (("sources", "add", "oc3", "https://oc2.example/feed"), "has this address already"),
        (("sources", "add", "oc3", "ftp://oc3.example/", "--every", "soon", "--lang", "english"), "begins with"),
        (("cases", "retire", "nobody"), "no case 'nobody'"),
    ):
        refused = home.run(*arguments, ok=False)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert words in refused.stderr
    assert "every: a time span" in refused_of(home, "sources", "add", "oc3", "ftp://x.example/", "--every", "soon")
    assert {path.name: path.read_bytes() for path in home.folder.glob("*.toml")} == after


def test_two_cases_of_one_name_are_warned_of(home: Home) -> None:
    done = home.run("cases", "add", "other", "Мехман Гусейнов", "--alias", "Leyla Yunusova")
    assert done.stdout.splitlines() == [
        "+ case other",
        '! cases mehman-huseynov and other answer to one name, "Мехман Гусейнов": none is found by it',
        "    merge them, or give each a fuller name or an alias that no other has",
    ]
    assert home.run("apply").stdout == "nothing changed\n"
    watchlist = text_of(home, "watchlist.toml") + '[[case]]\nid = "third"\nname = "Leyla Yunusova"\n'
    (home.folder / "watchlist.toml").write_text(watchlist, "utf-8")
    for arguments in (("apply", "--dry-run"), ("apply",)):
        added, warned, summary = home.json(*arguments)
        assert added["id"] == "third"
        assert warned == {"warning": "same_name", "name": "Leyla Yunusova", "cases": ["other", "third"]}
        assert summary["added"] == ["case third"]
    (names,) = [check for check in home.json("doctor") if check["check"] == "names"]
    assert names["state"] == "warn"
    assert names["detail"] == (
        '2 shared by several cases: mehman-huseynov and other: "Mehman Huseynov"; other and third: "Leyla Yunusova"'
    )


def refused_of(home: Home, *arguments: str) -> str:
    return home.run(*arguments, ok=False).stderr


def test_a_retired_case_is_marked_in_its_own_line(home: Home) -> None:
    home.folder.joinpath("watchlist.toml").chmod(0o640)
    before = text_of(home, "watchlist.toml")
    assert "retired: (default) -> true" in home.run("cases", "retire", "mehman-huseynov").stdout
    assert text_of(home, "watchlist.toml") == before.replace("retired = false", "retired = true")
    assert (home.folder / "watchlist.toml").stat().st_mode & 0o777 == 0o640
    assert home.run("cases", "retire", "mehman-huseynov").stdout == "nothing changed\n"
    assert states(home) == {"mehman-huseynov": True}


def test_nothing_is_written_into_a_broken_file(home: Home) -> None:
    broken = text_of(home, "watchlist.toml") + "[[case]]\n"
    (home.folder / "watchlist.toml").write_text(broken, "utf-8")
    done = home.run("cases", "add", "leyla", "Leyla Yunusova", ok=False)
    assert done.returncode == 2
    assert "case[2].id: is missing" in done.stderr
    assert text_of(home, "watchlist.toml") == broken


def test_an_export_is_a_home_that_says_the_same(home: Home) -> None:
    home.run("cases", "add", "leyla", "Leyla Yunusova")
    watchlist = text_of(home, "watchlist.toml")
    # in the file, but not applied: the database is the truth
    (home.folder / "watchlist.toml").write_text(watchlist.replace("Leyla Yunusova", "Someone Else"), "utf-8")
    sources = {source.id for source in read_home(home.folder).sources}
    feeds = text_of(home, "feeds.toml").partition('[[source]]\nid = "amnesty"')[0]
    (home.folder / "feeds.toml").write_text(feeds, "utf-8")
    to = home.folder / "out"
    (line,) = home.json("export", "--to", str(to))
    assert line["written"] == ["watchdog.toml", "feeds.toml", "watchlist.toml", "state.json"]
    assert (to / "watchlist.toml").read_text("utf-8") == watchlist
    assert (to / "watchdog.toml").read_text("utf-8") == text_of(home, "watchdog.toml")
    exported = (to / "feeds.toml").read_text("utf-8")
    assert exported.startswith(feeds)
    assert {source.id for source in read_home(to).sources} == sources
    state: dict[str, Any] = json.loads((to / "state.json").read_text("utf-8"))
    assert {row["target"] for row in state["subscriptions"]} == {"console:", "atom:alerts.xml"}
    assert [(row["case_id"], row["status"], row["event_date"]) for row in state["events"]] == [
        ("mehman-huseynov", "sentenced", "2017-03-03"),
        ("mehman-huseynov", "released", "2019-03"),
    ]
    assert (to / "state.json").stat().st_mode & 0o777 == 0o600
    other = Home(folder=to)
    other.run("apply")
    (again,) = other.json("export")
    assert (to / "export" / "watchlist.toml").read_text("utf-8") == watchlist
    assert again["folder"] == str(to / "export")


def test_an_export_works_though_the_files_are_broken_and_lists_what_left(home: Home) -> None:
    (home.folder / "watchlist.toml").write_text('[[case]]\nid = "b"\nname = "Ben Example"\n', "utf-8")
    home.run("apply")
    (home.folder / "watchlist.toml").write_text("[[case", "utf-8")
    home.run("export")
    folder = home.folder / "export"
    assert [case.id for case in read_home(folder).watchlist.cases] == ["b"]
    state: dict[str, Any] = json.loads((folder / "state.json").read_text("utf-8"))
    (left,) = state["left"]
    assert (left["what"], left["id"], left["known"][0]) == (
        "case",
        "mehman-huseynov",
        {"status": "sentenced", "date": "2017-03-03"},
    )
