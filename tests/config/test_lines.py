"""Lines of values, on TOML as people write it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from watchdog.config.lines import Path, find_lines

TEXT = '''# a remark
a.b = 1
a.c = """x
y"""

[fetch]  # ask politely
min_gap = "2s"
allow = [
  "one",  # line-marker
  "two",
]

[[source]]
id = "a"
known = [
  { status = "x", date = 2017-03-03 },

  # a remark
  { status = "y" },
]
[[source]]
id = "b"
[source.sub]
k = 1
[x.y]
u = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("a",), 2, id="table of dotted keys"),
        pytest.param(("a", "c"), 3, id="text over several lines"),
        pytest.param(("fetch",), 6, id="table"),
        pytest.param(("fetch", "min_gap"), 7, id="key"),
        pytest.param(("fetch", "allow", 1), 10, id="item of a list"),
        pytest.param(("fetch", "timeout"), 6, id="missing key"),
        pytest.param(("source",), 13, id="list of tables"),
        pytest.param(("source", 0, "known", 1), 19, id="inline table"),
        pytest.param(("source", 0, "known", 1, "status"), 19, id="key of an inline table"),
        pytest.param(("source", 0, "known", 1, "date"), 19, id="missing key of an inline table"),
        pytest.param(("source", 1), 21, id="second of a list of tables"),
        pytest.param(("source", 1, "id"), 22, id="key in the second of a list of tables"),
        pytest.param(("source", 1, "sub", "k"), 24, id="table below a list of tables"),
        pytest.param(("x",), 25, id="table without a header of its own"),
        pytest.param(("x", "y", "u"), 26, id="nested table"),
        pytest.param(("nowhere",), None, id="missing at the top"),
        pytest.param(("source", "id"), 13, id="a key where there is a list"),
    ],
)
def test_the_line_of(path: Path, line: int | None) -> None:
    assert find_lines(TEXT, [path]).get(path) == line


def test_many_places_at_once() -> None:
    paths: list[Path] = [("source", 0), ("source", 0, "known"), ("source", 1, "name"), ("source", 1, "sub")]

    assert [find_lines(TEXT, paths)[path] for path in paths] == [13, 15, 21, 23]


def test_rows_that_stand_apart_are_one_list() -> None:
    text = '[[case]]\nid = "a"\n[[topic]]\nid = "t"\n[[case]]\n# a remark\nid = "b"\n'

    assert find_lines(text, [("case", 1), ("case", 1, "id"), ("topic", 0, "id")]) == {
        ("case", 1): 5,
        ("case", 1, "id"): 7,
        ("topic", 0, "id"): 4,
    }


KEYS = st.sampled_from(["a", "b", "c", '"quoted key"', "'literal'", "d.e"])
SCALARS = ["1", '"# ]"', '"""x\n]\\""" # }\ny"""', "'''\n\"'''", "2017-03-03 10:00:00Z", "1.5e-3", "true", '""']


def as_list(items: list[str]) -> str:
    return "[" + ",".join(f"\n # ,\n {item}" for item in items) + "\n]"


def as_table(items: list[str]) -> str:
    return "{" + ", ".join(f"k{number} = {item}" for number, item in enumerate(items)) + "}"


VALUES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3).map(as_list) | st.lists(inner, max_size=3).map(as_table),
    max_leaves=6,
)
PIECES = st.one_of(
    st.builds("[{}]".format, KEYS),
    st.builds("[[{}]] # a remark".format, KEYS),
    st.builds("[ a . {} ]".format, KEYS),
    st.builds("{} = {}".format, KEYS, VALUES),
    st.just("# a remark"),
    st.just(""),
)


def paths_of(value: object, path: Path = ()) -> Iterator[Path]:
    """Every path of a document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in below:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


@given(st.lists(PIECES, max_size=12))
def test_every_value_of_a_document_has_a_line_with_its_key(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        reject()
    paths = list(paths_of(document))

    lines = find_lines(text, paths)

    assert set(lines) == set(paths)
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1] in text.split("\n")[line - 1]
