"""Patterns of alternatives: found one by one as one expression finds them, and checked without compiling all."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.errors import PackError
from watchdog.lang.clues import Glance
from watchdog.lang.patterns import Words, check_all, read_macros, read_pattern
from watchdog.lang.reading import Table

_LETTERS = st.text("ab ", max_size=12)


def _words(parts: list[str], macros: Mapping[str, object] | None = None, *, tail: bool = False) -> Words:
    read = read_macros(Table("f.toml", "macros", macros or {}))
    return read_pattern(Table("f.toml", "people", {"others": parts}), "others", read, tail=tail)


@given(
    st.lists(st.sampled_from(["a", "ab", "b+", r"\ba", "a b", "(?<=a)b", "ba?", r"b\b"]), min_size=1, max_size=4),
    _LETTERS,
)
def test_alternatives_are_found_as_one_expression_finds_them(parts: list[str], text: str) -> None:
    words = _words(parts)
    whole = re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)
    likely = Glance(text).among(words.parts)
    assert [hit.span() for hit in words.finditer(text, parts=likely)] == [hit.span() for hit in whole.finditer(text)]


@given(st.lists(st.sampled_from(["a", "ab", "{m}b", r"\b{m}"]), min_size=1, max_size=3), _LETTERS)
def test_the_tail_of_a_text_is_found_whatever_part_it_is(parts: list[str], text: str) -> None:
    words = _words(parts, {"m": "a|bb?"}, tail=True)
    whole = re.compile("(?:" + "|".join(part.replace("{m}", "(?:a|bb?)") for part in parts) + ")$", re.IGNORECASE)
    found, expected = words.search(text), whole.search(text)
    assert (found and found.span()) == (expected and expected.span())
    assert not expected or Glance(text).among(words.parts)


@pytest.mark.parametrize(
    ("parts", "macros"),
    [
        (["good", "ba(d"], {}),
        (["a{m}"], {"m": "b)"}),
        (["a{m}"], {"n": "[", "m": "b{n}"}),
        (["(?<=a{m})b"], {"m": "b*"}),  # by itself it is one, within what looks back it is none
        (["[a-{m}]"], {"m": "b"}),
    ],
)
def test_what_would_not_compile_is_told_without_compiling_all_of_it(
    parts: list[str], macros: dict[str, object]
) -> None:
    words = _words(parts, macros)
    with pytest.raises(PackError, match=r"f\.toml: \[people\] others: not a regular expression"):
        check_all(words)
    with pytest.raises(PackError):
        words.search("abc")


def test_what_compiles_is_sound() -> None:
    check_all(_words(["a{m}", "(?<=b{m})c", "[ab]{m}?"], {"n": "c", "m": "{n}|d"}))
