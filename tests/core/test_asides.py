"""A trigger's words are found on both sides of what stands beside a name, and nothing else is."""

from __future__ import annotations

import pytest

from tests.core.test_claims import asserted, claims_of
from watchdog.core.asides import hide_asides
from watchdog.core.text import Span

_SENTENCE = "The court put X, 34, a lawyer (and poet), in jail."


def test_an_aside_becomes_part_of_the_word_before_it_and_every_place_stays() -> None:
    at = _SENTENCE.index("X")

    ways = list(hide_asides(f"Today. {_SENTENCE}", Span(7, 7 + len(_SENTENCE)), [Span(7 + at, 8 + at)]))

    assert [way.words for way in ways] == [
        "The court put X_____ a lawyer (and poet), in jail.",
    ]
    (aside,) = ways[0].asides
    assert ways[0].crossed_by(Span(aside.start - 1, aside.end + 1))
    assert not ways[0].crossed_by(Span(aside.start, aside.end + 1))


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        pytest.param(
            "A court on Friday placed [Lena Marsh], editor of a small magazine, in pre-trial custody.",
            "en",
            {("x", "remanded")},
            id="commas",
        ),
        pytest.param(
            "A judge ordered [Lena Marsh], 34, who edits a small magazine, held for two months.",
            "en",
            {("x", "remanded")},
            id="two-parts",
        ),
        pytest.param("A jury found [Lena Marsh] (34) guilty on Friday.", "en", {("x", "convicted")}, id="brackets"),
        pytest.param(
            "The jury found [Lena Marsh] – the editor of the paper – guilty on Friday.",
            "en",
            {("x", "convicted")},
            id="dashes",
        ),
        pytest.param(
            "A judge put the editor, [Lena Marsh], under house arrest on Friday.",
            "en",
            {("x", "house_arrest")},
            id="the-name-is-the-aside",
        ),
        pytest.param(
            "Die Polizei nahm [Lena Marsh], die Redakteurin eines kleinen Magazins, am Freitag fest.",
            "de",
            {("x", "detained")},
            id="german",
        ),
        pytest.param(
            "Суд признал [Лену Марш], редактора небольшого журнала, виновной в пятницу.",
            "ru",
            {("x", "convicted")},
            id="russian",
        ),
        pytest.param(
            "A judge put Jon Haas, the brother of [Lena Marsh], under house arrest on Friday.",
            "en",
            set(),
            id="brother",
        ),
        pytest.param(
            "A judge put Jon Haas, husband of the editor, [Lena Marsh], under house arrest on Friday.",
            "en",
            set(),
            id="husband-of-the-aside",
        ),
        pytest.param(
            "A jury found [Lena Marsh], the court said, not guilty on Friday.", "en", {("x", "acquitted")}, id="not"
        ),
    ],
)
def test_who_reads_over_an_aside(text: str, lang: str, expected: set[tuple[str, str]]) -> None:
    assert asserted(text, lang=lang) == expected


def test_a_sentence_without_an_aside_is_read_once() -> None:
    assert list(hide_asides("X was freed.", Span(0, 12), [Span(0, 1)])) == []
    assert len(claims_of("[X] was freed on Friday.")) == 1
