"""Whether the stems of a trigger let through every wording of its own pattern: what they miss is never searched."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from watchdog.lang import codes, load

#: How Python reads a regular expression; the library has no public way to ask.
_READER: Any = importlib.import_module("re._parser")
_OPS: Any = importlib.import_module("re._constants")
LEXICON = load()


def _wordings(parts: Sequence[Any]) -> Iterator[str]:
    """Short texts that the pattern matches, or nearly: between them they take every alternative once."""
    usual = [next(_of_one(part)) for part in parts]
    yield "".join(usual)
    for place, part in enumerate(parts):
        others = _of_one(part)
        next(others)
        for other in others:
            yield "".join((*usual[:place], other, *usual[place + 1 :]))


def _of_one(part: Any) -> Iterator[str]:
    """The texts of one part of a pattern; what may be left out is, and what must not stand there does not."""
    kind, value = part
    if kind is _OPS.LITERAL:
        yield chr(value)
    elif kind is _OPS.IN:
        yield from (_of_class(*one) for one in (value[:1] if value[0][0] is _OPS.NEGATE else value))
    elif kind is _OPS.BRANCH:
        for branch in value[1]:
            yield from _wordings(branch)
    elif kind is _OPS.SUBPATTERN:
        yield from _wordings(value[3])
    elif kind in {_OPS.MAX_REPEAT, _OPS.MIN_REPEAT}:
        least, _, repeated = value
        yield from (text * least for text in _wordings(repeated)) if least else ("",)
    elif kind is _OPS.ASSERT:
        yield from _wordings(value[1])
    else:
        yield "~" if kind in {_OPS.ANY, _OPS.NOT_LITERAL} else ""


def _of_class(kind: Any, value: Any) -> str:
    if kind is _OPS.LITERAL:
        return chr(value)
    if kind is _OPS.RANGE:
        return chr(value[0])
    return " " if value is _OPS.CATEGORY_SPACE else "1" if value is _OPS.CATEGORY_DIGIT else "~"


def _missed(pattern: str, stems: Sequence[str]) -> list[str]:
    return [text for text in _wordings(_READER.parse(pattern)) if not any(stem in text.lower() for stem in stems)]


@pytest.mark.parametrize("code", codes())
def test_the_stems_of_a_trigger_let_every_alternative_of_its_pattern_through(code: str) -> None:
    triggers = LEXICON.packs[code].grammar.triggers
    missed = {one.rule: found for one in triggers if (found := _missed(one.pattern.pattern, one.stems)[:3])}
    assert not missed


@pytest.mark.parametrize(
    ("pattern", "missed"),
    [
        pytest.param(r"\bwas freed\b|\blet go\b", ["let go"], id="an alternative"),
        pytest.param(r"\b(?:freed|let) (?:on|under) bail\b", ["let on bail"], id="a branch"),
        pytest.param(r"\b(?:was )?[fF]reed(?! not)", [], id="what may be absent"),
        pytest.param(r"\bout(?= [^.]{0,9}freed)", [], id="what must follow"),
    ],
)
def test_a_missing_stem_is_seen(pattern: str, missed: list[str]) -> None:
    assert _missed(pattern, ["freed"]) == missed
