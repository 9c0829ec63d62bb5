"""Texts of the Arabic script, bare, and the way back to what was published."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.bare import bare, bare_document
from watchdog.model.article import Block, Document, TextField
from watchdog.model.claim import Certainty, Claim, Evidence, Modality
from watchdog.model.mention import Mention, MentionKind, MentionsFound
from watchdog.model.status import Status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ali was freed.", "Ali was freed.", id="another script"),
        pytest.param("أُفرج عن أحمد", "افرج عن احمد", id="vowel sign and hamza"),
        pytest.param("إخـــلاء", "اخلاء", id="tatweel"),
        pytest.param("می\u200cشود، ٢٠٢٥ و ۱۴۰۴؟", "ميشود, 2025 و 1404?", id="joiner, Persian letters, digits, stops"),
        pytest.param("\u200fعلى\u200f علي", "على علي", id="directions; two letters that are two words"),
    ],
)
def test_a_text_is_written_one_way(text: str, expected: str) -> None:
    assert bare(text).text == expected


@given(st.text(alphabet="اأُبـ\u200c یx1۱ "))
def test_every_bare_span_has_a_way_back(text: str) -> None:
    read = bare(text)
    for place in range(len(read.text)):
        start, end = read.outside(place, place + 1)
        assert end == start + 1
        assert bare(text[start:end]).text == read.text[place] or text[start] == read.text[place]
        assert read.inside(start) == place


def test_a_claim_is_told_in_the_words_that_were_published() -> None:
    text = "قال محاميه أحمد إنّه أُفرج عن خالد."
    name = text.index("خالد")
    mention = Mention(
        case_id="khaled",
        field=TextField.TEXT,
        start=name,
        end=name + 4,
        form="خالد",
        kind=MentionKind.FULL,
        score=1.0,
        reason="test",
    )
    document = Document(title="", text=text, blocks=(Block(start=0, end=len(text)),), reported=date(2025, 1, 2))

    plain = bare_document(document, MentionsFound(mentions=(mention,)))

    assert plain is not None
    moved = plain.found.mentions[0]
    assert plain.document.text[moved.start : moved.end] == "خالد"
    claim = Claim(
        case_id="khaled",
        status=Status.RELEASED,
        modality=Modality.ASSERTED,
        certainty=Certainty.REPORTED,
        attributed_to="محاميه احمد",
        date=None,
        is_background=False,
        evidence=Evidence(
            field=TextField.TEXT,
            start=0,
            end=len(plain.document.text),
            sentence=plain.document.text,
            rule="ar.released.freed",
        ),
        confidence=1.0,
    )
    told = plain.told(claim)
    assert told.evidence.sentence == text
    assert told.attributed_to == "محاميه أحمد"


def test_a_document_of_another_script_is_left_alone() -> None:
    document = Document(title="Freed", text="", blocks=(), reported=date(2025, 1, 2))
    assert bare_document(document, MentionsFound()) is None
