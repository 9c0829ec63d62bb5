"""Mistakes as people make them: each is told with file, line, key and the right word, and all of them at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from watchdog.config import read_home
from watchdog.errors import ConfigError

SOURCE = '[[source]]\nid = "a"\nurl = "https://a.example/f"\n'
CASE = '[[case]]\nid = "a"\nname = "Ann Example"\n'
TOPIC = '[[topic]]\nid = "t"\nany = ["x"]\n'
OTHER = CASE.replace('"a"', '"b"')

#: The file, what it holds, and each mistake: line, key, some of its words.
MISTAKES: list[tuple[str, str | bytes, list[tuple[int | None, str, str]]]] = [
    # settings
    ("watchdog", '[fetch]\nallow = [1, "10.0.0.0/8"]\n', [(2, "fetch.allow[1]", "text in quotes")]),
    (
        "watchdog",
        '[fetch]\nallow = ["10.0.0.0/8",\n  "10.0.0.1/8",\n  "nonsense"]\n',
        [(3, "fetch.allow[2]", "host bits"), (4, "fetch.allow[3]", "127.0.0.0/8")],
    ),
    ("watchdog", '[fetch]\nallow = "10.0.0.0/8"\n', [(2, "fetch.allow", 'such as ["10.0.0.0/8"]')]),
    ("watchdog", 'fetch = { min_gapp = "2s" }\n', [(1, "fetch.min_gapp", "did you mean min_gap?")]),
    (
        "watchdog",
        "fetch.min_gap = 2\nfetch.contct = 1\n",
        [(1, "fetch.min_gap", '"2s"'), (2, "fetch.contct", "contact?")],
    ),
    ("watchdog", "[fetch]\nmin_gap = 2026-01-01\n", [(2, "fetch.min_gap", "not 2026-01-01")]),
    ("watchdog", "[work]\nworkers = 1.5\n", [(2, "work.workers", "not 1.5")]),
    ("watchdog", "[work]\nworkers = true\n", [(2, "work.workers", "not true")]),
    ("watchdog", '[work]\nmemory_max_bytes = "2 TB"\n', [(2, "work.memory_max_bytes", '"10 MB"')]),
    ("watchdog", '[[mail]]\nsmtp = "a:25"\n', [(1, "mail", "[mail] on a line of its own")]),
    ("watchdog", '[mail]\nsmtp = "host:99999"\n', [(2, "mail.smtp", "host and port")]),
    ("watchdog", '[mail]\n"smtp " = "a:25"\n', [(2, 'mail."smtp "', "did you mean smtp?")]),
    ("watchdog", "[fetch]\nconcurrency = 99999999999999999999\n", [(2, "fetch.concurrency", "from 1 to 1000")]),
    ("watchdog", "a.b.c.d = 1\n", [(1, "a", "known are database")]),
    ("watchdog", '[fetch]\nmin_gap = "2s"\nmin_gap = "3s"\n', [(3, "", "not TOML")]),
    (
        "watchdog",
        '[[meaning]]\nlanguage = "rus"\nwords = "арест*ван"\nstatus = "detaned"\n',
        [
            (2, "meaning[1].language", "there are ar, az"),
            (3, "meaning[1].words", "at the end of a word"),
            (4, "meaning[1].status", "did you mean detained?"),
        ],
    ),
    (
        "watchdog",
        "".join(
            f'[[meaning]]\nlanguage = "{code}"\nwords = "a{letter}"\nstatus = "charged"\n'
            for code, letter in (("ru", "b"), ("uk", "b"), ("ru", "B"))
        ),
        [(11, "meaning[3].words", "of meaning[1] already")],
    ),
    # sources
    ("feeds", SOURCE + 'kind = ["ngo"]\n', [(4, "source[1].kind", "text in quotes")]),
    (
        "feeds",
        SOURCE + 'lang = ["en", "EN",\n 3]\n',
        [(4, "source[1].lang[2]", "no language code"), (5, "source[1].lang[3]", "text in quotes")],
    ),
    ("feeds", SOURCE + "every = 1979-05-27T07:32:00Z\n", [(4, "source[1].every", "not 1979-05-27 07:32:00")]),
    ("feeds", SOURCE + "every = nan\n", [(4, "source[1].every", '"30m"')]),
    ("feeds", SOURCE + "verified = 2026-05-23T00:00:00\n", [(4, "source[1].verified", "a date is needed")]),
    ("feeds", SOURCE + 'verified = "2026-13"\n', [(4, "source[1].verified", "a date is needed")]),
    ("feeds", SOURCE + "enabled = 1\n", [(4, "source[1].enabled", "true or false")]),
    ("feeds", SOURCE + 'trust = "High"\n', [(4, "source[1].trust", "did you mean high?")]),
    ("feeds", SOURCE * 3, [(5, "source[2].id", "of source[1] already"), (8, "source[3].id", "of source[1] already")]),
    (
        "feeds",
        'source = [{ id = "a", url = "https://a.example" },\n { id = "b", ulr = "https://b.example" }]\n',
        [(2, "source[2].url", "is missing"), (2, "source[2].ulr", "did you mean url?")],
    ),
    (
        "feeds",
        'source = [\n  1,\n  { id = "b", url = "https://b.example" },\n  { id = "b", url = "https://c.example" }]\n',
        [(2, "source[1]", "a table is needed, not 1"), (4, "source[3].id", "of source[2] already")],
    ),
    ("feeds", SOURCE + "[source.extra]\ndeep = 1\n", [(4, "source[1].extra", "known are")]),
    ("feeds", SOURCE.replace('"a"', '"a b"'), [(2, "source[1].id", "is no id")]),
    ("feeds", SOURCE.replace("/f", "/\u200b"), [(3, "source[1].url", "\\u200b")]),
    # watchlist
    (
        "watchlist",
        CASE + 'aliases = [\n  "A", # first\n  "",\n  3,\n  ["B"],\n]\n',
        [(6, "case[1].aliases[2]", "empty"), (7, "case[1].aliases[3]", "not 3"), (8, "case[1].aliases[4]", '["B"]')],
    ),
    ("watchlist", CASE + 'aliases = "B"\n', [(4, "case[1].aliases", 'such as ["B"]')]),
    ("watchlist", CASE + '"not" = ["a"]\nnots = ["b"]\n', [(5, "case[1].nots", "did you mean not?")]),
    ("watchlist", CASE + 'known = [{ status = "released", date = 2017-02-30 }]\n', [(4, "", "date")]),
    (
        "watchlist",
        CASE + 'known = [{ status = "released" },\n { statuss = "released", date = 2017-03-03, dat = 1 }]\n',
        [
            (5, "case[1].known[2].status", "is missing"),
            (5, "case[1].known[2].statuss", "did you mean status?"),
            (5, "case[1].known[2].dat", "did you mean date?"),
        ],
    ),
    ("watchlist", CASE + 'known = { status = "released" }\n', [(4, "case[1].known", "[[case.known]]")]),
    ("watchlist", CASE + 'known = ["released"]\n', [(4, "case[1].known[1]", "[[case.known]]")]),
    (
        "watchlist",
        CASE
        + '[[case.known]]\nstatus = "released"\n[[case.known]]\nstatus = "freed"\n'
        + OTHER
        + '[[case.known]]\nstatus = "relased"\n',
        [(7, "case[1].known[2].status", "known are"), (12, "case[2].known[1].status", "did you mean released?")],
    ),
    (
        "watchlist",
        CASE + TOPIC + OTHER + "retird = true\n" + TOPIC + "nono = 1\n",
        [
            (10, "case[2].retird", "did you mean retired?"),
            (12, "topic[2].id", "of topic[1] already"),
            (14, "topic[2].nono", "did you mean none?"),
        ],
    ),
    (
        "watchlist",
        '[[topic]]\nid = "t"\nany = ["a*b", 5, "*"]\n',
        [
            (3, "topic[1].any[1]", "end of a word"),
            (3, "topic[1].any[2]", "not 5"),
            (3, "topic[1].any[3]", "any ending"),
        ],
    ),
    (
        "watchlist",
        '[[case]]\nID = "a"\nName = "b"\n',
        [
            (1, "case[1].id", "is missing"),
            (1, "case[1].name", "is missing"),
            (2, "case[1].ID", "did you mean id?"),
            (3, "case[1].Name", "did you mean name?"),
        ],
    ),
    ("watchlist", '[[case]]\nid = "a"\nname = """\nAnn\nExample"""\n', [(3, "case[1].name", "line break")]),
    ("watchlist", '[[case]]\nid = "a"\nname = "A\\u0000B"\n', [(3, "case[1].name", "control character")]),
    (
        "watchlist",
        '[[case]]\nid = "e\u0301"\nname = "A"\n[[case]]\nid = "\u00e9"\nname = "B"\n',
        [(5, "case[2].id", "of case[1] already")],
    ),
    ("watchlist", '[case]\nid = "A"\n', [(1, "case", "[[case]]")]),
    (
        "watchlist",
        CASE
        + "known = [\n  # a remark \"with 'quotes\n  { status = \"released\" },\n  { status = 'relased' }, # x\n]\n",
        [(7, "case[1].known[2].status", "did you mean released?")],
    ),
    # what is no TOML in UTF-8
    ("watchlist", CASE + "aliases = [" + "[" * 2000 + "]" * 2000 + "]\n", [(None, "", "too deeply")]),
    ("watchlist", b"\xef\xbb\xbf" + (CASE + "alias = []\n").encode(), [(4, "case[1].alias", "did you mean aliases?")]),
    ("watchlist", (CASE + "alias = []\n").replace("\n", "\r\n").encode(), [(4, "case[1].alias", "aliases?")]),
    ("watchlist", CASE.replace("\n", "\r").encode(), [(1, "", "not TOML")]),
    ("watchlist", (CASE + "# caf\u00e9\n").encode("latin-1"), [(4, "", "save it as UTF-8")]),
    ("watchlist", CASE.encode("utf-16"), [(1, "", "save it as UTF-8")]),
    ("watchlist", b"# " + b"x" * 20_000_000, [(None, "", "larger than")]),
    ("watchlist", CASE + "# \x00\n", [(4, "", "invalid character")]),
    ("watchlist", (CASE + 'x = "\ud800"').encode("utf-8", "surrogatepass"), [(4, "", "UTF-8")]),
    ("watchlist", b"PK\x03\x04", [(1, "", "not TOML")]),
    ("watchlist", '{"case": []}\n', [(1, "", "not TOML")]),
]


@pytest.mark.parametrize(("name", "text", "expected"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_where_it_stands(
    tmp_path: Path, name: str, text: str | bytes, expected: list[tuple[int | None, str, str]]
) -> None:
    write(tmp_path, name, text)
    with pytest.raises(ConfigError) as caught:
        read_home(tmp_path)
    problems = caught.value.problems
    assert [(problem.line, problem.key) for problem in problems] == [(line, key) for line, key, _ in expected]
    for problem, (_, _, words) in zip(problems, expected, strict=True):
        assert problem.file == f"{name}.toml"
        assert words in problem.message
        assert str(problem).isprintable()


def write(home: Path, name: str, text: str | bytes) -> None:
    files: dict[str, str | bytes] = {"watchdog": "", "feeds": "", "watchlist": "", name: text}
    for file, content in files.items():
        (home / f"{file}.toml").write_bytes(content if isinstance(content, bytes) else content.encode())


def test_thousands_of_mistakes_are_told_in_seconds(tmp_path: Path) -> None:
    rows = [f'[[source]]\nid = "s{number}"\nurl = "https://s{number}.example/"\nkid = 1\n' for number in range(5_000)]
    write(tmp_path, "feeds", "".join(rows))
    started = time.process_time()
    with pytest.raises(ConfigError) as caught:
        read_home(tmp_path)
    assert [problem.line for problem in caught.value.problems] == list(range(4, 20_001, 4))
    assert time.process_time() - started < 20
