"""Commands write into files that people wrote: what they say changes as meant, all else stays to the letter."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

import pytest

from watchdog.config import read_sources, read_watchlist, starter_files
from watchdog.config.editing import add_row, dump_rows, editing, merge_rows, read_text, set_in_row, write_file
from watchdog.config.rows import Row, difference, row_of
from watchdog.errors import FileError, UsageError

ROOT = Path(__file__).parents[2]
NEW: Row = {"id": "new", "name": 'Наргиз "N"', "aliases": ["a", "b"], "known": [{"status": "released", "date": "2019"}]}

#: A case, a topic, a case; remarks everywhere; dates in inline tables; a text that looks like a header.
LIST = '''# whom we watch

# about the first
[[case]]
id = "one"          # for ever
name = "Ann Example"
note = """
[[case]]

# not a remark"""
known = [
  { status = "sentenced", date = 2017-03-03 },  # seen
]

# a topic between them
[[topic]]
id = "t"
any = ["x"]
[[case]]
id = "two"
name = "Ben Example"
retired = false # open
  # the end of two

# last words
'''


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[:2] in {"+ ", "- "}]


def test_a_row_is_added_at_the_end_and_nothing_else_is_touched() -> None:
    text = add_row(LIST, "case", NEW)
    assert text.startswith(LIST)
    assert tomllib.loads(text)["case"][2] == NEW


@pytest.mark.parametrize("old", ["", "\n", "# only a remark", "# two\n", starter_files()["watchlist.toml"]])
def test_a_row_is_added_to_any_beginning(old: str) -> None:
    text = add_row(old, "case", NEW)
    assert text.startswith(old)
    assert tomllib.loads(text)["case"][-1] == NEW


def test_a_key_is_set_in_its_own_line_and_its_remark_stays() -> None:
    assert changed(LIST, set_in_row(LIST, "case", "two", "retired", value=True)) == [
        "- retired = false # open",
        "+ retired = true # open",
    ]


def test_a_new_key_stands_in_its_row_though_a_text_in_it_looks_like_a_header() -> None:
    text = set_in_row(LIST, "case", "one", "retired", value=True)
    assert changed(LIST, text) == ["+ retired = true"]
    assert [case.get("retired") for case in tomllib.loads(text)["case"]] == [True, False]


@pytest.mark.parametrize(
    "old",
    [
        '[[case]]\nid = "two"',
        '[[case]]\nid = "two"\n\n\n[[case]]\nid = "x"\n',
        '[[case]]\n\nid = "two" # x\n[[case.known]]\nstatus = "released"\n[[topic]]\nid = "two"\n',
        '[[case]]\nretired = [\n false\n]\nid = "two"\n',
        "[[ case ]] # x\n\"id\" = 'two'\n[case.deep]\na = 1\n",
    ],
)
def test_a_key_is_set_in_rows_of_any_form_or_not_at_all(old: str) -> None:
    wanted = tomllib.loads(old)
    wanted["case"][0]["retired"] = True
    if "retired = [" in old:
        with pytest.raises(UsageError, match="yourself"):
            set_in_row(old, "case", "two", "retired", value=True)
        return
    text = set_in_row(old, "case", "two", "retired", value=True)
    assert tomllib.loads(text) == wanted
    assert len(changed(old, text)) <= 1


def test_line_ends_and_byte_order_marks_stay() -> None:
    old = "\ufeff" + LIST.replace("\n", "\r\n")
    text = add_row(set_in_row(old, "case", "two", "retired", value=True), "case", NEW)
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == text.count("\n")
    assert text.removeprefix("\ufeff").replace("\r\n", "\n") == add_row(
        set_in_row(LIST, "case", "two", "retired", value=True), "case", NEW
    )


def test_a_list_written_as_one_value_is_left_to_people() -> None:
    old = 'case = [{ id = "one", name = "A" }]\n'
    with pytest.raises(UsageError, match="yourself"):
        add_row(old, "case", NEW)
    with pytest.raises(UsageError, match="yourself"):
        set_in_row(old, "case", "one", "retired", value=True)


def test_a_merge_keeps_the_rows_that_stand_and_the_remarks_with_them() -> None:
    lists: dict[str, list[Row]] = {
        "case": [{"id": "two", "name": "Ben Changed"}, NEW],
        "topic": [{"id": "t", "any": ["x"]}],
    }
    text = merge_rows(LIST, lists, {"case": frozenset(), "topic": frozenset({"t"})})
    read = tomllib.loads(text)
    assert read == {"case": [{"id": "two", "name": "Ben Changed"}, NEW], "topic": [{"id": "t", "any": ["x"]}]}
    assert text.startswith("# whom we watch\n")
    assert '# a topic between them\n[[topic]]\nid = "t"' in text
    assert "about the first" not in text


def test_a_merge_of_what_stands_already_is_the_same_file() -> None:
    cases, topics = tomllib.loads(LIST)["case"], tomllib.loads(LIST)["topic"]
    kept = {"case": frozenset({"one", "two"}), "topic": frozenset({"t"})}
    assert merge_rows(LIST, {"case": cases, "topic": topics}, kept) == LIST


def test_what_only_the_operator_reads_stays_with_a_source_that_changed() -> None:
    old = '# mine\n[[source]]\nid = "a"\nurl = "https://a.example/"\nevidence = "A"\nverified = 2026-05-23\n'
    text = merge_rows(old, {"source": [{"id": "a", "url": "https://b.example/"}]}, {"source": frozenset()})
    assert text.startswith("# mine\n[[source]]\n")
    assert tomllib.loads(text)["source"][0]["url"] == "https://b.example/"
    assert tomllib.loads(text)["source"][0]["evidence"] == "A"


def test_rows_read_again_are_the_same_values(tmp_path: Path) -> None:
    feeds, watched = tmp_path / "feeds.toml", tmp_path / "watchlist.toml"
    (tmp_path / "one.toml").write_text(
        '[[source]]\nid = "b"\nurl = "https://www.b.example/feed"\nname = "Bee"\nkind = "igo"\nlang = ["en", "ru"]\n'
        'org = "bee"\ntrust = "low"\nevery = "1d2h3m4s"\nquiet_after = "5d"\nenabled = false\n',
        "utf-8",
    )
    sources = (*read_sources(ROOT / "feeds.toml"), *read_sources(tmp_path / "one.toml"))
    feeds.write_text(dump_rows({"source": [row_of(source) for source in sources]}), "utf-8")
    assert read_sources(feeds) == sources
    watched.write_text(
        starter_files()["watchlist.toml"] + '[[topic]]\nid = "t"\nany = ["a*"]\nall = ["b"]\nnone = ["c"]\n'
        '[[case]]\nid = "x"\nname = "X \\u200c Y"\n'
        'known = [{ status = "released" }, { status = "charged", date = "2017" }]\n',
        "utf-8",
    )
    lists = read_watchlist(watched)
    rows = {"case": [row_of(case) for case in lists.cases], "topic": [row_of(topic) for topic in lists.topics]}
    watched.write_text(dump_rows(rows), "utf-8")
    assert read_watchlist(watched) == lists


def test_a_difference_names_the_keys() -> None:
    assert difference({"id": "a", "every": "30m"}, {"id": "a", "lang": "en"}) == {
        "every": ("30m", None),
        "lang": (None, "en"),
    }


def test_a_file_is_replaced_at_once_through_links_and_keeps_its_permissions(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("old", "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    inode = real.stat().st_ino
    write_file(link, "new\r\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"new\r\n"
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.stat().st_ino != inode
    write_file(tmp_path / "fresh.json", "{}")
    assert (tmp_path / "fresh.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh.json", "link.toml", "real.toml"]


def test_what_cannot_be_written_or_read_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(FileError, match="cannot be written"):
        write_file(tmp_path / "folder.toml", "x")
    with pytest.raises(FileError, match="cannot be written"):
        write_file(tmp_path / "missing" / "x.toml", "x")
    with pytest.raises(FileError, match="cannot be read"):
        read_text(tmp_path / "missing.toml")
    with pytest.raises(FileError, match="init"), editing(tmp_path / "missing"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["folder.toml"]
