"""The three files, read whole: what a good file becomes, and how mistakes are told."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from watchdog.config import read_home, read_settings, read_sources, read_watchlist, starter_files
from watchdog.config.settings import OperatorSettings, Settings, StartTls
from watchdog.errors import ConfigError
from watchdog.model.dates import PartialDate
from watchdog.model.source import SourceKind, Trust
from watchdog.model.status import Status

ROOT = Path(__file__).parents[2]
#: Of a first home, where somebody reads the console.
FIRST_OPERATORS = (OperatorSettings(name="operator", target="console:"),)


def write_home(home: Path, **texts: str) -> Path:
    for name, text in {"feeds": "", "watchlist": "", **texts}.items():
        (home / f"{name}.toml").write_text(text, "utf-8")
    return home


def problems_of(home: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        read_home(home)
    return [(problem.file, problem.line, problem.key) for problem in caught.value.problems]


def test_five_mistakes_in_three_files_are_five_errors_with_file_line_and_key(tmp_path: Path) -> None:
    home = write_home(
        tmp_path,
        watchdog='[fetch]\n# two a minute\nmin_gapp = "30s"\n\n[mail]\npassword = "hunter2"\n',
        feeds="""
[[source]]
id = "one"
url = "https://one.example/feed"

[[source]]
id = "two"
url = "https://two.example/feed"
kind = "gno"
""",
        watchlist="""
[[case]]
id = "a"
name = "Ann Example"

[[case]]
id = "b"
name = "Ben Example"
known = [
  { status = "detained", date = "2017-03" },
  { status = "relased" },
]

[[case]]
id = "a"
name = "Cid Example"
""",
    )

    with pytest.raises(ConfigError) as caught:
        read_home(home)

    assert str(caught.value).splitlines() == [
        "watchdog.toml:3: fetch.min_gapp: unknown key; did you mean min_gap?",
        (
            'watchdog.toml:6: mail.password: secrets do not belong in this file; write "env:NAME" or "file:PATH", '
            "which say where it is"
        ),
        'feeds.toml:9: source[2].kind: "gno" is none of its values; did you mean ngo?',
        'watchlist.toml:11: case[2].known[2].status: "relased" is none of its values; did you mean released?',
        'watchlist.toml:15: case[3].id: "a" is the id of case[1] already',
    ]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param({"watchdog": "fetch.timeout = 3\n"}, ("watchdog.toml", 1, "fetch.timeout"), id="dotted key"),
        pytest.param({"watchdog": "fetch = 3\n"}, ("watchdog.toml", 1, "fetch"), id="a section that is no table"),
        pytest.param({"watchdog": "\n[fecth]\n"}, ("watchdog.toml", 2, "fecth"), id="unknown section"),
        pytest.param({"watchdog": "\n[fetch.deep.er]\n"}, ("watchdog.toml", 2, "fetch.deep"), id="table within table"),
        pytest.param({"watchdog": "[mail]\n[work]\nworkers = 0"}, ("watchdog.toml", 3, "work.workers"), id="number"),
        pytest.param(
            {"watchdog": '[fetch]\nallow = [\n  "127.0.0.0/8",\n  "all",\n]\n'},
            ("watchdog.toml", 4, "fetch.allow[2]"),
            id="one of a list",
        ),
        pytest.param({"watchdog": "\n\n[fetch\n"}, ("watchdog.toml", 3, ""), id="not TOML"),
        pytest.param({"watchdog": 'a = """\n'}, ("watchdog.toml", 2, ""), id="TOML that ends too early"),
        pytest.param({"watchdog": '"a\\nb" = 1'}, ("watchdog.toml", 1, '"a\\nb"'), id="a key with a line break"),
        pytest.param({"feeds": '[source]\nid = "a"'}, ("feeds.toml", 1, "source"), id="one table for a list"),
        pytest.param({"feeds": '[[sources]]\nid = "a"'}, ("feeds.toml", 1, "sources"), id="unknown list"),
        pytest.param(
            {"feeds": '\n[[source]]\nurl = "https://a.example"'}, ("feeds.toml", 2, "source[1].id"), id="missing key"
        ),
        pytest.param(
            {"watchlist": '[[case]]\nid = "a"\nname = "A"\nknown = [\n  { date = 2017-03-03 },\n]'},
            ("watchlist.toml", 5, "case[1].known[1].status"),
            id="missing key of an inline table",
        ),
        pytest.param(
            {"watchlist": '[[case]]\nid = "a"\nname = "A"\n[[case.known]]\nstatus = "charged"\ndate = 2017\n'},
            ("watchlist.toml", 6, "case[1].known[1].date"),
            id="a list of tables in a list of tables",
        ),
        pytest.param(
            {"watchlist": '[[case]]\nid = "a"\nname = "  "'}, ("watchlist.toml", 3, "case[1].name"), id="name"
        ),
        pytest.param({"watchlist": '\n[[topic]]\nid = "t"\n'}, ("watchlist.toml", 2, "topic[1]"), id="empty topic"),
        pytest.param(
            {"watchlist": '[[topic]]\nid = "t"\nall = ["*ing"]\n'},
            ("watchlist.toml", 3, "topic[1].all[1]"),
            id="phrase",
        ),
    ],
)
def test_a_mistake_has_its_file_line_and_key(
    tmp_path: Path, texts: dict[str, str], expected: tuple[str, int, str]
) -> None:
    assert problems_of(write_home(tmp_path, **texts)) == [expected]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('url = "ftp://a.example"', 'begins with "https://"', id="scheme"),
        pytest.param('url = "https://a.example/x\\ny"', "line break", id="line break in an address"),
        pytest.param('url = "https://me:secret@a.example"', "user name or password", id="password in an address"),
        pytest.param('url = "https://[::1"', "is no address", id="not an address"),
        pytest.param('url = "https://a.example:x/"', "is no address", id="port that is no number"),
        pytest.param('url = "https://a.example"\nevery = 30', '"30m"', id="number for a time span"),
        pytest.param('url = "https://a.example"\nevery = "0s"', "not between 1 s", id="no time at all"),
        pytest.param('url = "https://a.example"\nevery = "99999d"', "3650 days", id="time span without end"),
        pytest.param('url = "https://a.example"\nvia = "fed"', "did you mean feed?", id="unknown way to ask"),
        pytest.param('url = "https://a.example"\nlang = "English"', "language code", id="language"),
        pytest.param('url = "https://a.example"\nenabled = "no"', "true or false", id="text for a yes or no"),
        pytest.param('url = "https://a.example"\nevidence = "A+"', "A", id="evidence"),
        pytest.param('url = "https://a.example"\nverified = "May"', "2017-03-03", id="date"),
        pytest.param('url = "https://a.example"\nname = 3', "a text in quotes", id="number for a text"),
        pytest.param(f'url = "https://a.example"\nname = "{"x" * 3000}"', "longer than 2000", id="long text"),
    ],
)
def test_an_impossible_value_is_refused_with_what_would_be_right(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(f'[[source]]\nid = "a"\n{line}\n', "utf-8")

    with pytest.raises(ConfigError) as caught:
        read_sources(path)

    [problem] = caught.value.problems
    assert message in problem.message
    assert "secret" not in problem.message.replace("secrets do not", "")


@pytest.mark.parametrize(
    ("section", "line"),
    [
        pytest.param("database", 'url = "mysql://x"', id="database"),
        pytest.param("fetch", 'contact = "Ünal"', id="contact beyond ASCII"),
        pytest.param("fetch", 'min_gap = "two"', id="gap"),
        pytest.param("fetch", 'timeout = "0s"', id="timeout"),
        pytest.param("fetch", 'feed_max_bytes = "1 kB"', id="size too small"),
        pytest.param("fetch", "page_max_bytes = true", id="yes for a size"),
        pytest.param("mail", 'smtp = "localhost"', id="server without a port"),
        pytest.param("mail", 'smtp = "localhost:smtp"', id="port that is no number"),
        pytest.param("mail", 'sender = "nobody"', id="sender without a host"),
        pytest.param("mail", 'starttls = "always"', id="starttls"),
    ],
)
def test_an_impossible_setting_is_refused(tmp_path: Path, section: str, line: str) -> None:
    (tmp_path / "watchdog.toml").write_text(f"[{section}]\n{line}\n", "utf-8")

    with pytest.raises(ConfigError) as caught:
        read_settings(tmp_path)

    assert [(problem.line, problem.key) for problem in caught.value.problems] == [
        (2, f"{section}.{line.partition(' ')[0]}")
    ]


def test_rows_without_an_id_are_not_told_to_be_the_same(tmp_path: Path) -> None:
    home = write_home(tmp_path, feeds='[[source]]\nurl = "https://a.example"\n[[source]]\nurl = "https://b.example"\n')

    assert problems_of(home) == [("feeds.toml", 1, "source[1].id"), ("feeds.toml", 3, "source[2].id")]


def test_files_that_are_missing_or_no_text(tmp_path: Path) -> None:
    (tmp_path / "watchlist.toml").write_bytes(b"[[case]]\nid = '\xff'\n")

    with pytest.raises(ConfigError) as caught:
        read_home(tmp_path)

    assert str(caught.value).splitlines() == [
        "feeds.toml: there is no such file; `watchdog init` writes a first one",
        "watchlist.toml:2: is not UTF-8 text; have your editor save it as UTF-8",
    ]


def test_settings_have_defaults_that_work_without_a_file(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "watchdog.toml").write_text(
        '[database]\nurl = "postgresql+psycopg://db/watchdog"\n'
        '[fetch]\nallow = ["127.0.0.0/8", "::1"]\nmin_gap = "1h30m"\nfeed_max_bytes = "2 MB"\npage_max_bytes = 20_000\n'
        '[mail]\nsmtp = "[::1]:2525"\npassword = "env:SMTP_PASSWORD"\nstarttls = "required"\n',
        "utf-8",
    )

    settings = read_settings(tmp_path)

    assert settings.database.url == "postgresql+psycopg://db/watchdog"
    assert settings.fetch.allow == (ip_network("127.0.0.0/8"), ip_network("::1"))
    assert settings.fetch.min_gap == timedelta(hours=1, minutes=30)
    assert (settings.fetch.feed_max_bytes, settings.fetch.page_max_bytes) == (2_000_000, 20_000)
    assert (settings.mail.smtp, settings.mail.starttls) == ("[::1]:2525", StartTls.REQUIRED)
    assert settings.work == Settings().work


def test_a_source_has_defaults_for_all_but_id_and_url(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(
        '[[source]]\nid = "a"\nurl = "https://www.a.example/feed"\n'
        '[[source]]\nid = "b"\nurl = "https://b.example/feed"\nname = "Bee"\nkind = "igo"\nlang = ["en", "ru"]\n'
        'org = "bee"\ntrust = "low"\nevery = "30m"\nquiet_after = "5d"\nenabled = false\n'
        'evidence = "A-"\nverified = 2026-05-23\nnote = "none"\n',
        "utf-8",
    )

    first, second = read_sources(path)

    assert (first.name, first.org, first.kind, first.trust) == (
        "www.a.example",
        "a.example",
        SourceKind.NEWS,
        Trust.MEDIUM,
    )
    assert (first.via, first.lang, first.every, first.quiet_after, first.enabled) == ("feed", (), None, None, True)
    assert (second.name, second.org, second.kind, second.trust) == ("Bee", "bee", SourceKind.IGO, Trust.LOW)
    assert (second.lang, second.every, second.quiet_after, second.enabled) == (
        ("en", "ru"),
        timedelta(minutes=30),
        timedelta(days=5),
        False,
    )


def test_a_case_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text(
        '[[case]]\nid = "a"\nname = "A\u0308nn Example"\naliases = ["نرگس\u200cمحمدی"]\nweak_aliases = ["Ann"]\n'
        'not = ["Bob Example"]\ncontext = ["lawyer"]\ncountry = "Nowhere"\nretired = true\n'
        'known = [{ status = "charged", date = 2017-03-03 }, { status = "sentenced", date = "2017-03" },'
        ' { status = "released", date = "2017" }, { status = "exiled" }]\n'
        '[[topic]]\nid = "a"\nany = ["hunger strike*"]\nnone = ["football"]\n',
        "utf-8",
    )

    watchlist = read_watchlist(path)

    [case], [topic] = watchlist.cases, watchlist.topics
    assert case.names == ("Änn Example", "نرگس\u200cمحمدی")
    assert (case.weak_aliases, case.not_names, case.context) == (("Ann",), ("Bob Example",), ("lawyer",))
    assert (case.country, case.retired) == ("Nowhere", True)
    assert [(known.status, known.date) for known in case.known] == [
        (Status.CHARGED, PartialDate.of(date(2017, 3, 3))),
        (Status.SENTENCED, PartialDate(year=2017, month=3)),
        (Status.RELEASED, PartialDate(year=2017)),
        (Status.EXILED, None),
    ]
    assert (topic.any, topic.all, topic.none) == (("hunger strike*",), (), ("football",))


def test_the_starter_files_work_as_they_are(tmp_path: Path) -> None:
    for name, text in starter_files().items():
        (tmp_path / name).write_text(text, "utf-8")

    home = read_home(tmp_path)

    assert home.settings == Settings(operators=FIRST_OPERATORS)
    assert home.sources
    assert home.watchlist.cases


def test_the_starter_settings_show_every_setting_with_its_default(tmp_path: Path) -> None:
    text = re.sub(r"^# (\w+ = )", r"\1", starter_files()["watchdog.toml"], flags=re.MULTILINE)
    (tmp_path / "watchdog.toml").write_text(text, "utf-8")

    shown = {section: list(keys) for section, keys in tomllib.loads(text).items() if section != "operator"}

    defaults = Settings(operators=FIRST_OPERATORS)
    sections = {section.name: getattr(defaults, section.name) for section in fields(defaults)}
    del sections["operators"], sections["meanings"]
    assert shown == {name: [key.name for key in fields(section)] for name, section in sections.items()}
    assert read_settings(tmp_path) == defaults


def test_the_shipped_sources_are_sound(tmp_path: Path) -> None:
    """75 publishers' rows of the list that we started from; rows with two addresses are two sources."""
    text = starter_files()["feeds.toml"]
    (tmp_path / "feeds.toml").write_text(text, "utf-8")
    sources = read_sources(tmp_path / "feeds.toml")
    rows = {row["id"]: row for row in tomllib.loads(text)["source"]}

    assert (len(sources), len(rows), len({source.url for source in sources})) == (91, 91, 91)
    grades = Counter(row["evidence"] for row in rows.values())
    assert grades == {"A": 29, "A-": 3, "B": 19, "C": 23, "D": 11, "X": 6}
    disabled = {source.id for source in sources if not source.enabled}
    assert len(sources) - len(disabled) == 71
    assert {name for name, row in rows.items() if row["evidence"] in {"D", "X"}} <= disabled
    assert all(rows[name]["note"] for name in disabled)
    liberty = (
        "azadliq",
        "radiofarda",
        "svaboda",
        "svoboda",
        "radiosvoboda",
        "currenttime",
        "azatutyun",
        "rferl-belarus",
    )
    assert {source.org for source in sources if source.id in liberty} == {"rferl.org"}
    assert {source.via for source in sources} == {"feed", "page", "api:europarl", "api:ukparliament"}
    assert (ROOT / "feeds.toml").read_text("utf-8") == text


def test_operators_are_rows_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "watchdog.toml").write_text(
        '[[operator]]\nname = "Anna"\ntarget = "webhook+https://ops.example/"\nsecret = "file:hook.secret"\n'
        '[[operator]]\nname = "Boris"\ntarget = "boris@ops.example"\n',
        "utf-8",
    )
    assert read_settings(tmp_path).operators == (
        OperatorSettings(name="Anna", target="webhook+https://ops.example/", secret="file:hook.secret"),
        OperatorSettings(name="Boris", target="boris@ops.example"),
    )


def test_mistakes_of_operators_are_told_with_their_rows(tmp_path: Path) -> None:
    home = write_home(tmp_path, watchdog='[[operator]]\nname = "Anna"\n\n[[operator]]\ntarget = "a"\nsecret = "abc"\n')
    assert problems_of(home) == [
        ("watchdog.toml", 1, "operator[1].target"),
        ("watchdog.toml", 4, "operator[2].name"),
        ("watchdog.toml", 6, "operator[2].secret"),
    ]
