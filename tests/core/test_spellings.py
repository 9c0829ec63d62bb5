from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.core.spellings import scripts_without, suggest_spellings
from watchdog.errors import PackError
from watchdog.lang import load
from watchdog.lang.spellings import read_spellings
from watchdog.model.article import Document
from watchdog.model.watch import Case

LEXICON = load(())


def suggested(name: str, lang: str | None = None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for spelling in suggest_spellings(name, LEXICON.letters, LEXICON.writings, lang=lang):
        found.setdefault(spelling.code, []).append(spelling.text)
    return found


@pytest.mark.parametrize(
    ("name", "lang", "code", "spelling"),
    [
        pytest.param("Mehman Huseynov", None, "ru", "Мехман Гусейнов", id="Latin h is both in Russian"),
        pytest.param("Mehman Huseynov", None, "az", "Mehman Hüseynov", id="national letters"),
        pytest.param("Mehman Huseynov", None, "ar", "محمان حسينوف", id="short vowels left out"),
        pytest.param("Mehman Huseynov", None, "he", "מחמאן חוסיינוב", id="a letter that changes at the end"),
        pytest.param("Мехман Гусейнов", "ru", "en", "Mehman Guseynov", id="from Russian"),
        pytest.param("Мехман Гусейнов", "ru", "de", "Mechman Gusejnow", id="from Russian to German"),
        pytest.param("Rəşad Cəfərov", "az", "ru", "Рашад Джафаров", id="an Azerbaijani c"),
        pytest.param("Xədicə İsmayılova", "az", "uk", "Хадіджа Ісмаїлова", id="two sounds in one letter"),
        pytest.param("Osman Kavala", "tr", "ka", "ოსმან კავალა", id="a script without capitals"),
        pytest.param("Olga Karach", None, "he", "אולגה קאראצ'", id="the last vowel"),
        pytest.param("Anna-Maria Özil", None, "ru", "Анна-Мария Озил", id="a hyphen stays"),
        pytest.param("Béla O'Neil", None, "ru", "Бела Онеил", id="a mark that no table has, an apostrophe"),
        pytest.param("Rəsul Cəfərov", None, "ru", "Расул Джафаров", id="a letter that tells the language"),
        pytest.param("მზია ამაღლობელი", None, "ru", "Мзия Амаглобели", id="a script that one language writes"),
        pytest.param("Paul Whelan", None, "ru", "Пол Уилан", id="English by its sound"),
        pytest.param("Ahmed bin Saleh Al-Amri", None, "ar", "أحمد بن سالح الأمري", id="an Arabic chain and article"),
        pytest.param("Ahmed bin Saleh Al-Amri", None, "ru", "Ахмед бин Салех аль-Амри", id="its small words"),
        pytest.param("许志永", None, "en", "Hsu Chih-yung", id="Han in Wade-Giles"),
        pytest.param("许志永", None, "ru", "Сюй Чжиюн", id="Han in Russian"),
        pytest.param("문재인", None, "en", "Moon Jae-in", id="Hangul as newspapers write it"),
        pytest.param("حسين", None, "he", "חסין", id="no vowels to no vowels"),
    ],
)
def test_a_name_as_another_language_writes_it(name: str, lang: str | None, code: str, spelling: str) -> None:
    assert spelling in suggested(name, lang)[code]


@pytest.mark.parametrize("name", ["ወንድም", "123", "", "حسين علي", "Kim Dae-jung"])
def test_what_has_no_sounds_gives_no_spelling_with_vowels(name: str) -> None:
    assert "en" not in suggested(name)


def test_its_own_language_and_spelling_are_not_suggested() -> None:
    found = suggested("Mehman Hüseynov", "az")
    assert "az" not in found
    assert all("Mehman Hüseynov" not in texts for texts in found.values())
    assert all(len(texts) <= 3 for texts in found.values())


@pytest.mark.parametrize(
    ("name", "lang"),
    [
        ("Mehman Huseynov", None),
        ("Rəşad Cəfərov", "az"),
        ("Мехман Гусейнов", "ru"),
        ("Osman Kavala", "tr"),
        ("Nika Gvaramia", None),
    ],
)
def test_nearly_every_suggestion_is_recognised_unlisted(name: str, lang: str | None) -> None:
    index = build_index([Case(id="c", name=name)], LEXICON.letters)
    suggestions = suggest_spellings(name, LEXICON.letters, LEXICON.writings, lang=lang)
    documents = (
        Document(title="", text=one.text, blocks=(), lang=one.code, reported=date(2026, 3, 2)) for one in suggestions
    )
    taken = [bool(find_mentions(document, index).mentions) for document in documents]
    assert sum(taken) >= 0.95 * len(taken) > 0


def test_scripts_that_are_compared_letter_by_letter_need_an_alias() -> None:
    assert scripts_without(["Zhang Zhan", "张展"]) == (
        "Japanese kana", "Korean", "Thai", "Lao", "Burmese", "Khmer", "Ethiopic"
    )  # fmt: skip
    for name in ("张展", "ナルゲス", "지미라이", "จิมมี่", "ຈິມ", "ဂျင်", "ជីម", "ወንድም"):
        (listed,) = build_index([Case(id="c", name=name)], LEXICON.letters).names
        assert listed.literal
        assert len(scripts_without([name])) == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('[xx]\nsounds = { p = ["p"] }', "no such language", id="language"),
        pytest.param('[en]\nsounds = { p = ["p"] }', "'C' has no letter", id="sound"),
        pytest.param('[en]\nfurther = "x"', "unknown key", id="key"),
    ],
)
def test_a_wrong_table_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "spellings.toml").write_text(text, "utf-8")
    with pytest.raises(PackError, match=words):
        read_spellings(tmp_path / "spellings.toml", LEXICON.letters.languages)
