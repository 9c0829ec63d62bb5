from __future__ import annotations

import pytest

from watchdog.core.modality import Around, Reading, read_modality
from watchdog.core.sight import Sight
from watchdog.core.text import Span, split_clauses
from watchdog.lang import load
from watchdog.model.claim import Certainty, Modality

PACK = load(["en"]).packs["en"]
GRAMMAR = PACK.grammar
FREED = next(trigger for trigger in GRAMMAR.triggers if trigger.rule == "en.released.freed")


def _read(text: str, *, before: str = "", after: str = "") -> Reading:
    whole = f"{before}{text}{after}"
    sentence = Span(len(before), len(before) + len(text))
    hit = FREED.pattern.search(whole, sentence.start, sentence.end)
    assert hit, "the sentence has the trigger"
    around = Around(
        text=whole,
        sentence=sentence,
        clauses=split_clauses(whole, sentence.start, sentence.end, GRAMMAR.clause_start),
        before=Span(0, sentence.start),
        after=Span(sentence.end, len(whole)),
        sight=Sight(PACK, whole, (Span(0, sentence.start), sentence, Span(sentence.end, len(whole)))),
    )
    return read_modality(around, FREED, Span(hit.start(), hit.end()), GRAMMAR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("She was released on Monday.", Modality.ASSERTED, id="plain"),
        pytest.param("She was not released.", Modality.NEGATED, id="near: inside the trigger"),
        pytest.param("He was not heard, but she was released.", Modality.ASSERTED, id="near: another clause"),
        pytest.param("If he signs, she may be released.", Modality.HYPOTHETICAL, id="modal"),
        pytest.param("Until she is released, nothing moves.", Modality.HYPOTHETICAL, id="until"),
        pytest.param("MEPs urged that she be released.", Modality.CALLED_FOR, id="complement"),
        pytest.param("MEPs urged reform, but she was released.", Modality.ASSERTED, id="complement: terminated"),
        pytest.param("She was released, posts on Telegram claim; a rumour.", Modality.RUMOUR, id="sentence"),
        pytest.param("She was released on Monday, Will Smith said.", Modality.ASSERTED, id="a name is no modal"),
        pytest.param("She should not be released.", Modality.NEGATED, id="the stronger kind decides"),
    ],
)
def test_how_it_is_told(text: str, expected: Modality) -> None:
    assert _read(text).modality is expected


def test_the_deciding_cue_is_named_first() -> None:
    assert _read("His lawyer said that she should not be released.").cues[0] == "en.cue.negated:not"


def test_a_recap_reaches_the_rest_of_its_paragraph() -> None:
    assert _read("She was released.", before="The case goes back to 2017. ").is_background
    assert not _read("She was released.", before="The case is open. ").is_background


def test_a_denial_may_follow_in_the_next_sentence() -> None:
    assert _read("She was released.", after=" The ministry denied it.").certainty is Certainty.DISPUTED
    assert _read("She was released.", after=" The ministry welcomed it.").certainty is Certainty.ASSERTED


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param("She was released, her lawyer said.", "her lawyer", id="after"),
        pytest.param("According to the ministry, she was released.", "the ministry", id="according to"),
        pytest.param("Anar Aliyev said she was released.", "Anar Aliyev", id="before"),
    ],
)
def test_who_says_so(text: str, who: str) -> None:
    reading = _read(text)
    assert (reading.certainty, reading.attributed_to) == (Certainty.REPORTED, who)
