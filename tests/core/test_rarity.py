"""Names that many have: pairs of two people, and of one in two spellings, which no labelled set holds."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.lang.letters import base_letter, read_letters
from watchdog.model.article import Document
from watchdog.model.mention import MentionKind, MentionsFound
from watchdog.model.watch import Case

LETTERS = read_letters(resources.files("watchdog.lang") / "letters")


def _find(name: str, text: str, lang: str) -> MentionsFound:
    document = Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15))
    return find_mentions(document, build_index([Case(id="c", name=name)], LETTERS))


@pytest.mark.parametrize(
    ("name", "lang", "text"),
    [
        pytest.param("Günther Köhler", "de", "Gestern sprach Guenther Koehler.", id="marks as two letters"),
        pytest.param("Jørgen Nørgaard", "en", "Then Jorgen Norgaard spoke.", id="without marks"),
        pytest.param("Robert Sarkissian", "pl", "Mówi Robert Sarkisjan.", id="sounds the same"),
        pytest.param("Temirlan Ensebek", "de", "Es sprach Temirlan Jensebek.", id="a rare given name"),
        pytest.param("Peter Novák", "cs", "Bez Petera Nováka.", id="both parts bent"),
        pytest.param("Zdeněk Hřib", "cs", "Primátor Hřib Zdeněk.", id="family name first"),
        pytest.param("Thomas Benson", "ru", "Сказал Томас Бенсон.", id="another script"),
        pytest.param("Nancy Fuller", "en", "Judge N. Fuller spoke.", id="an initial after a title"),
        pytest.param("Nancy Anne Fuller", "en", "Then N. A. Fuller spoke.", id="both initials"),
        pytest.param("Donna Fuller", "cs", "Proti Donně nic. Donna Fuller mluvila.", id="a woman as listed"),
        pytest.param(
            "Айгуль Мусина", "ru", "Потом задержали Айгуль Мусину.", id="a woman's given name that does not bend"
        ),
        pytest.param("Nigar Hasanova", "ru", "Дело Нигяр Гасановой.", id="neither does hers in another alphabet"),
        pytest.param("Дарья Ким", "ru", "Передали Дарье Ким.", id="a woman's family name that does not bend"),
        pytest.param("Віра Гончар", "uk", "Бачили Віру Гончар.", id="neither does hers in Ukrainian"),
        pytest.param("Игнат Белых", "ru", "Письмо от Игната Белых.", id="a family name that never bends"),
        pytest.param("Hanna Wierzbicka", "pl", "Sprawa Hanny Wierzbickiej.", id="a frequent given name, bent"),
        pytest.param("Karel Novák", "cs", "Obvinění Karla Nováka.", id="a vowel that makes way for the ending"),
        pytest.param("John Kamau", "ru", "Задержали Джона Камау.", id="an English name by its sound"),
        pytest.param("José Zamora", "uk", "Хосе Самора вийшов.", id="a Spanish one"),
        pytest.param("Andrew Vogelsang", "pl", "Mówi Andrzej Vogelsang.", id="an equivalent and a rare family name"),
    ],
)
def test_one_person_in_two_spellings_is_found(name: str, lang: str, text: str) -> None:
    assert _find(name, text, lang).mentions


@pytest.mark.parametrize(
    ("name", "lang", "text", "reason"),
    [
        pytest.param("Walter Hartmann", "en", "Then Walter Hertmann spoke.", "only one", id="another vowel"),
        pytest.param("Michel Barnard", "fr", "Hier Michael Bernard parla.", "only one", id="two frequent given names"),
        pytest.param("Ian Halford", "en", "Then Jann Holford spoke.", "only one", id="one frequent given name"),
        pytest.param("Stephen Harris", "en", "Then Steven Harris spoke.", "many have", id="a frequent family name"),
        pytest.param("Don Fuller", "cs", "Potom Donna Fuller mluvila.", "case ending", id="only the given name bent"),
        pytest.param("Jan Roth", "cs", "Potom Jan Rothe mluvil.", "case ending", id="only the family name bent"),
        pytest.param("Frank Willis", "en", "Then Willas Frank spoke.", "family name first", id="turned and respelled"),
        pytest.param("Said Omar Haddad", "en", "Then Seid Hadad Mansur spoke.", "another way", id="a longer name"),
        pytest.param("Keith Fuller", "en", "Then Danny K. Fuller spoke.", "Danny", id="a second given name's initial"),
        pytest.param("Nancy Anne Fuller", "en", "Then N. B. Fuller spoke.", "second initial", id="another initial"),
        pytest.param("Ivan David", "en", "Then David I. spoke.", "a given name", id="a king"),
        pytest.param("Stuart Hill", "ru", "Потом Джон Стюарт Хилл ушёл.", "before it", id="a longer name before"),
        pytest.param(
            "Lane Smith", "he", "אתמול אמרה מלאני סמית' דבר.", "a prefix off", id="a first letter for a prefix"
        ),
        pytest.param("José Robles", "es", "Ayer Luis José Robles Cantero habló.", "either side", id="a name within"),
        pytest.param("John Henry", "en", "Then John Henry Fuller spoke.", "goes on", id="two given names"),
        pytest.param("Arvid Petersen", "ru", "Потом Арвид Петерсон ушёл.", "the son", id="the son of another"),
        pytest.param("Michael Becher", "en", "Then Michael Becker spoke.", "only one", id="ch and ck"),
        pytest.param("Philip Miller", "de", "Dann sprach Philipp Müller.", "only one", id="a vowel with marks"),
        pytest.param(
            "Francisca Flores", "uk", "Потім Франсіско Флорес пішов.", "as it stands", id="a man's as a bent woman's"
        ),
        pytest.param("Владимир Лессонов", "uk", "Потім Владімір Лазанов пішов.", "s for z", id="s and z"),
        pytest.param("Ahmet Halim", "az", "Sonra Ahmed Kamal Halim danışdı.", "not all of it", id="one between two"),
    ],
)
def test_two_people_are_told_apart(name: str, lang: str, text: str, reason: str) -> None:
    found = _find(name, text, lang)
    assert not found.mentions
    assert reason in " ".join(one.reason for one in found.unsure)


@pytest.mark.parametrize(
    ("name", "lang", "text"),
    [
        pytest.param("Abdulla Yameen", "az", "Sonra A. Aminu gördü.", id="an initial and another bent name"),
        pytest.param("Abdul Rahman", "ar", "قال عبد الرحمن علي إنه عاد.", id="a servant's name in a row"),
        pytest.param(
            "Steve Lamont", "hy", "Հետո Ստիվեն Լամոնտ խոսեց։", id="a given name that does not bend in Armenian"
        ),
    ],
)
def test_others_are_not_even_seen(name: str, lang: str, text: str) -> None:
    assert not _find(name, text, lang).mentions


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(LETTERS.frequent_given)), st.sampled_from(sorted(LETTERS.frequent_family)))
def test_a_frequent_name_is_found_as_listed_and_not_doubted_without_marks(given_name: str, family: str) -> None:
    name = f"{given_name.capitalize()} {family.capitalize()}"
    plain = "".join(map(base_letter, name))
    assert _find(name, f"(1)\n{name}.\n(2)", "en").mentions
    assert all(one.kind is MentionKind.SHORT for one in _find(name, f"(1)\n{plain}.\n(2)", "en").unsure)
