"""Names that are rows of given names or of syllables: who is meant, and who is another."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from watchdog.core.lineage import are_two_fathers, differ_in_tone
from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.lang.letters import read_letters
from watchdog.model.article import Document
from watchdog.model.mention import MentionsFound
from watchdog.model.watch import Case

LETTERS = read_letters(resources.files("watchdog.lang") / "letters")


def _find(name: str, text: str, lang: str) -> MentionsFound:
    document = Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15))
    return find_mentions(document, build_index([Case(id="c", name=name)], LETTERS))


@pytest.mark.parametrize(
    ("name", "lang", "text"),
    [
        pytest.param("Salim Nasser", "ru", "Говорил Салим Насер.", id="fathers' names in another script"),
        pytest.param("Salim Nasser", "ar", "قال سالم ناصر إنه عاد.", id="without vowels"),
        pytest.param("Salim Nasser", "ar", "وقف على سالم ناصر.", id="after a word that is Ali but for two dots"),
        pytest.param("Salim Nasser", "ar", "خرج سالم ناصر الشحري أمس.", id="with the name of an origin"),
        pytest.param("Nguyễn Văn Lộc", "en", "Then Nguyen Van Loc spoke.", id="syllables without tones"),
        pytest.param("Nguyễn Văn Lộc", "en", "Then Nguyễn Văn Lộc spoke.", id="syllables with tones"),
        pytest.param("Nguyễn Văn Đài", "en", "Then Nguyen Van Dai spoke.", id="a stroke is a mark"),
        pytest.param("Đặng Đình Bách", "en", "Then Dang Dinh Bach spoke.", id="a stroke in the family name"),
        pytest.param("Nguyen Van Loc", "en", "Then Nguyễn Văn Lộc spoke.", id="listed without them"),
    ],
)
def test_who_is_named_whole_and_alone_is_found(name: str, lang: str, text: str) -> None:
    assert _find(name, text, lang).mentions


@pytest.mark.parametrize(
    ("name", "lang", "text", "reason"),
    [
        pytest.param("Salim Nasser", "en", "Then Salim Nasser Qahtan spoke.", "beside them", id="and another after"),
        pytest.param("Salim Nasser", "en", "Then Hassan Salim Nasser spoke.", "beside them", id="and another before"),
        pytest.param("Salim Nasser", "en", "Then Salim Nasser ben Yahya spoke.", "beside them", id="and whose son"),
        pytest.param("Salim Omar Nasser", "en", "Then Salim Nasser spoke.", "beside them", id="with one left out"),
        pytest.param(
            "Ibrahim Ahmed", "ar", "قال إبراهيم أحمد اليافعي إنه عاد.", "beside them", id="two that most have"
        ),
        pytest.param("Mahmoud Salim", "ar", "قال محمد سالم إنه عاد.", "محمد", id="another, without vowels"),
        pytest.param("Nguyễn Lộc", "en", "Then Nguyễn Văn Lộc spoke.", "syllables", id="one syllable more"),
        pytest.param("Nguyễn Văn Lộc", "en", "Then Nguyễn Lộc spoke.", "syllables", id="one fewer"),
        pytest.param("Nguyễn Lộc", "en", "Then Nguyễn Lộc Sơn spoke.", "syllables", id="one after"),
        pytest.param("Nguyễn Văn Lộc", "en", "Then Nguyễn Văn Lọc spoke.", "tones", id="another tone"),
        pytest.param("Said Omar Haddad", "en", "Then Seid Hadad spoke.", "shortened", id="shortened and respelled"),
    ],
)
def test_others_are_told_apart(name: str, lang: str, text: str, reason: str) -> None:
    found = _find(name, text, lang)
    assert not found.mentions
    assert reason in " ".join(one.reason for one in found.unsure)


def test_two_fathers_names_are_told_apart_by_the_table_only() -> None:
    assert are_two_fathers("mahmoud", "محمد", LETTERS)
    assert not are_two_fathers("muhammad", "محمد", LETTERS)
    assert not are_two_fathers("mehman", "محمد", LETTERS)


def test_tones_tell_only_where_both_are_written() -> None:
    assert differ_in_tone(("hùng",), ("hưng",))
    assert not differ_in_tone(("hoà",), ("hòa",))
    assert not differ_in_tone(("hùng",), ("hung",))
