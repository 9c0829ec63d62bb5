"""Lines of a page that other pages of its host carry, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from watchdog.core.furniture import RECURS, OtherPage, lay_out, line_hash, without_furniture
from watchdog.model.article import Block, PageText

TITLE = "Court extends the arrest of a blogger"
BODY = (
    "A court in Baku extended the arrest of the blogger by two months on Tuesday, his lawyer told reporters.",
    "He was detained in January and denies everything. Police have not commented on the case until now.",
    "The prosecutor had asked for three months, because witnesses abroad had yet to be heard.",
)
OFFER = "Subscribe to our channel to be the first to know."
RECAP = "Huseynov was held in January after a film about the palaces of officials."


def page(*lines: str) -> PageText:
    text, blocks = lay_out((line, Block(start=0, end=len(line))) for line in lines)
    return PageText(title=TITLE, text=text, blocks=blocks)


def others(*lines: str, count: int = RECURS, title: str = "Another story of the day") -> list[OtherPage]:
    return [
        OtherPage(title=f"{title} {number}", lines=frozenset((*lines, f"Line {number}")), furniture=frozenset())
        for number in range(count)
    ]


def lines_of(found: PageText) -> list[tuple[str, bool]]:
    return [(found.text[block.start : block.end], block.is_new) for block in found.blocks]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        pytest.param((*BODY, OFFER), BODY, id="at the end"),
        pytest.param((OFFER, *BODY), BODY, id="at the beginning"),
        pytest.param((*BODY, OFFER, "Another story of the day 1"), BODY, id="before the title of another page"),
        pytest.param((BODY[0], "Another story of the day 1", *BODY[1:]), BODY, id="a title between paragraphs"),
    ],
)
def test_what_other_pages_carry_is_left_out(lines: tuple[str, ...], kept: tuple[str, ...]) -> None:
    found, gone = without_furniture(page(*lines), others(OFFER))
    assert lines_of(found) == [(line, True) for line in kept]
    assert gone == tuple(line_hash(line) for line in lines if line not in kept)


def test_a_line_between_paragraphs_stays_and_gives_no_claims() -> None:
    found, gone = without_furniture(page(BODY[0], RECAP, *BODY[1:]), others(RECAP))
    assert lines_of(found) == [(BODY[0], True), (RECAP, False), (BODY[1], True), (BODY[2], True)]
    assert gone == ()


def test_fewer_pages_show_nothing() -> None:
    whole = page(*BODY, OFFER)
    assert without_furniture(whole, others(OFFER, count=RECURS - 1)) == (whole, ())
    assert without_furniture(whole, ()) == (whole, ())


def test_what_was_left_out_of_other_pages_is_known_again() -> None:
    known = [replace(other, lines=frozenset(), furniture=frozenset((line_hash(OFFER),))) for other in others()]
    found, _ = without_furniture(page(*BODY, OFFER), known)
    assert lines_of(found) == [(line, True) for line in BODY]


def test_a_copy_of_other_pages_stays_whole() -> None:
    whole = page(*BODY)
    assert without_furniture(whole, others(*BODY)) == (whole, ())


def test_its_own_title_is_no_teaser() -> None:
    whole = page(BODY[0], TITLE, *BODY[1:])
    assert without_furniture(whole, [OtherPage(title=TITLE, lines=frozenset(), furniture=frozenset())]) == (whole, ())
