from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.fold import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("MEHMAN Hüseynov", "mehman hüseynov", id="case goes, marks stay"),
        pytest.param("İlham ILHAM", "ilham ilham", id="the Turkish capitals of i"),
        pytest.param("ΚΑΒΑΛΑΣ Καβάλας", "καβαλασ καβάλασ", id="one sigma"),
        pytest.param("Huse\u00adynov\u200b x", "huseynov x", id="what nobody sees is dropped"),
        pytest.param("عــلاء", "علاء", id="tatweel is dropped"),
        pytest.param("حسین\u200cاف", "حسیناف", id="a zero-width non-joiner joins"),
        pytest.param("علي كافالا", "علی کافالا", id="Arabic and Persian letters are one"),
        pytest.param("Кара\u2011Мурза", "кара-мурза", id="one hyphen"),
        pytest.param("Kavala\u2019nın", "kavala'nın", id="one apostrophe"),
        pytest.param("Meh-\nman", "mehman", id="a word broken at the end of a line"),
        pytest.param("2017-\n2019", "2017-\n2019", id="numbers are not joined"),
        pytest.param("Меxман", "мехман", id="a Latin x in a Cyrillic word"),
        pytest.param("Мехмaн Huseynоv", "мехман huseynov", id="each word in its own script"),
        pytest.param("Ｍｅｈｍａｎ", "mehman", id="full width"),
        pytest.param("e\u0301", "é", id="marks are composed"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_a_span_leads_back_to_the_original() -> None:
    text = "The Huse\u00adynov Meh-\nman case"
    folded = fold(text)
    start = folded.text.index("huseynov")
    first, last = folded.span(start, start + len("huseynov mehman"))
    assert text[first:last] == "Huse\u00adynov Meh-\nman"


_ALPHABET = st.sampled_from(
    "aAxХхММеeİIıσςΣß\u00ad\u200c\u0640\u064bيىكé\u0301\u0327-\n' ’ﬁ㎏ǅ한\u1112\u1161\u11ab1_`´"
)
_TEXTS = st.one_of(st.text(max_size=40), st.text(_ALPHABET, max_size=40))


@given(_TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(_TEXTS)
def test_every_folded_character_has_a_place_in_the_original(text: str) -> None:
    folded = fold(text)
    spans = [folded.span(place, place + 1) for place in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_a_long_text_is_folded_as_its_words_are() -> None:
    odd = [
        "Ὀδυσσεύς",
        "ﬁne…",
        "co\u00adworker",
        "Мехма\u0301н",
        "İstanbul\u00a0şəhəri",
        "مـحـمـد",
        "Cafe\u0301",
        "plain",
    ]
    text = " ".join(f"{word} {'Words That Are Plain ' * 4}" for word in odd)
    folded = fold(text)
    assert folded.text == " ".join(fold(word).text for word in text.split(" "))
    assert [text[slice(*folded.span(place, place + 1))] for place, letter in enumerate(folded.text) if letter == "h"]
    assert all(end > start for start, end in folded.origins or ())
