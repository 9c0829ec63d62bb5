from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from watchdog.core.text import count_words, find_language, split_clauses, split_sentences
from watchdog.lang import codes, load
from watchdog.lang.patterns import expression

LEXICON = load()
HERE = Path(__file__).parent
PASSAGES = HERE.parent / "passages"
WITHOUT_PACK = tomllib.loads((HERE.parent / "lang" / "without_pack.toml").read_text("utf-8"))
UNLISTED = ("welsh", "maltese", "yoruba")
ABBREVIATIONS = frozenset({"mr", "no", "st", "г", "2"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He left. She stayed.", ["He left.", "She stayed."], id="full stop"),
        pytest.param("Mr. Huseynov left. So did I.", ["Mr. Huseynov left.", "So did I."], id="abbreviation"),
        pytest.param("He is in Prison No. 16 now.", ["He is in Prison No. 16 now."], id="number"),
        pytest.param("M. Huseynov and E. T. left.", ["M. Huseynov and E. T. left."], id="initials"),
        pytest.param("It ended at 4 p.m. on Monday.", ["It ended at 4 p.m. on Monday."], id="lower case goes on"),
        pytest.param("“Free him!” they said.", ["“Free him!” they said."], id="quote goes on"),
        pytest.param("“Free him!” They left.", ["“Free him!”", "They left."], id="quote ends"),
        pytest.param("One line\nAnother line", ["One line", "Another line"], id="line break"),
        pytest.param("Суд 3 марта 2017 г. Баку решил.", ["Суд 3 марта 2017 г. Баку решил."], id="Russian year"),
        pytest.param("Er kam am 2. März frei. Sie blieb.", ["Er kam am 2. März frei.", "Sie blieb."], id="ordinal"),
        pytest.param("It was room 101. They left.", ["It was room 101.", "They left."], id="no ordinal"),
        pytest.param("他获释了。她说：“很好。”我们走。", ["他获释了。", "她说：“很好。”", "我们走。"], id="Chinese"),
        pytest.param("ის დააკავეს. მერე გაათავისუფლეს.", ["ის დააკავეს.", "მერე გაათავისუფლეს."], id="Georgian"),
        pytest.param("Նա ազատ է։ Մենք՝ նույնպես։", ["Նա ազատ է։", "Մենք՝ նույնպես։"], id="Armenian"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \n ", [], id="white space"),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    spans = split_sentences(text, 0, len(text), ABBREVIATIONS)
    assert [text[span.start : span.end] for span in spans] == expected


def test_sentences_of_a_part_keep_the_offsets_of_the_whole() -> None:
    text = "First. Second. Third."
    spans = split_sentences(text, 7, 14, ABBREVIATIONS)
    assert [text[span.start : span.end] for span in spans] == ["Second."]


def test_a_table_without_stops_is_cut() -> None:
    text = "word " * 2000
    spans = split_sentences(text, 0, len(text), ABBREVIATIONS)
    assert max(span.end - span.start for span in spans) <= 1200


@pytest.mark.parametrize(
    ("text", "words"),
    [("two words", 2), ("没有获准", 2), ("三个字", 2), ("他 said 好的", 3), ("", 0)],
)
def test_two_characters_written_without_spaces_are_about_a_word(text: str, words: int) -> None:
    assert count_words(text) == words


def test_clauses_cover_the_sentence() -> None:
    text = "He was held, but she was freed; nobody spoke."
    clauses = split_clauses(text, 0, len(text), expression(r";|,\sbut\b"))
    assert [text[span.start : span.end] for span in clauses] == [
        "He was held",
        ", but she was freed",
        "; nobody spoke.",
    ]


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        pytest.param("The blogger was released from prison on Monday, his lawyer said.", None, "en", id="English"),
        pytest.param("Блогера освободили из колонии, об этом сообщил в понедельник его адвокат.", None, "ru", id="ru"),
        pytest.param("Bloger həbsdən azadlığa buraxılıb, bu barədə onun vəkili bildirib.", None, "az", id="az"),
        pytest.param("أُفرج عن المدون من السجن يوم الإثنين، كما قال محاميه.", None, "ar", id="Arabic"),
        pytest.param("وبلاگ‌نویس روز دوشنبه از زندان آزاد شد، به گفته وکیلش.", None, "fa", id="Persian"),
        pytest.param("لغو حکم اعدام", "fa", "fa", id="Persian title of words that Arabic has as well"),
        pytest.param("Der Blogger wurde am Montag aus der Haft entlassen, sagte sein Anwalt.", None, "de", id="German"),
        pytest.param(
            "De blogger werd maandag vrijgelaten, meldde zijn advocaat aan de krant in Gent.", None, None, id="Dutch"
        ),
        pytest.param(
            "De blogger werd maandag vrijgelaten, meldde zijn advocaat aan de krant in Gent.", "en", None, id="nl on en"
        ),
        pytest.param(
            "Bloggeren blev løsladt fra fængslet mandag, siger hans advokat til den.", None, None, id="Danish"
        ),
        pytest.param("Le blogueur a été libéré lundi, a déclaré son avocat à la presse.", None, "fr", id="French"),
        pytest.param("El bloguero fue liberado el lunes de la prisión, dijo su abogado.", None, "es", id="Spanish"),
        pytest.param("Gazeteci pazartesi günü cezaevinden tahliye edildi, dedi avukatı.", "tr", "tr", id="Turkish"),
        pytest.param(
            "Tolga Serin’e işkence yapıldığı iddialarını Adalet Bakanlığı yalanladı.",
            "tr",
            "tr",
            id="Turkish by its letters",
        ),
        pytest.param("Блогера звільнили з колонії, про це повідомив його адвокат.", "ru", "uk", id="Ukrainian on ru"),
        pytest.param("博主周一获释,他的律师说。", None, "zh", id="Chinese"),
        pytest.param("博主週一獲釋，律師對記者說，他已經回到家中。", "en", "zh", id="traditional Chinese"),
        pytest.param("記者が月曜日に釈放されたと弁護士が述べた。", None, None, id="Japanese"),
        pytest.param("Blogger bị bắt hôm thứ Hai được trả tự do, luật sư của ông cho biết.", None, "vi", id="vi"),
        pytest.param("ბლოგერი ციხიდან გათავისუფლდა.", None, "ka", id="Georgian"),
        pytest.param("Բլոգերն ազատ է արձակվել բանտից։", None, "hy", id="Armenian"),
        pytest.param("Ο μπλόγκερ αποφυλακίστηκε τη Δευτέρα.", None, None, id="Greek"),
        pytest.param("Huseynov freed", "en", "en", id="short: the hint"),
        pytest.param("Huseynov vrij", "nl", None, id="short: a hint without a pack"),
        pytest.param("Le Niger libère Ali Veliyev", "fr", "fr", id="short French beside Spanish"),
        pytest.param("Rechazan la apelación de Ali Veliyev", "es", "es", id="short Spanish beside French"),
        pytest.param("The court of appeal freed Ali", "es", "en", id="short: the text against the hint"),
        pytest.param("2019", "en", "en", id="no letters: the hint"),
        pytest.param("2019", "nl", None, id="no letters, no pack"),
    ],
)
def test_language(text: str, hint: str | None, expected: str | None) -> None:
    assert find_language(text, hint, LEXICON.tongues) == expected


@pytest.mark.parametrize("name", [name for name in WITHOUT_PACK if name not in UNLISTED])
def test_a_language_without_a_pack_is_not_taken_for_one_that_has(name: str) -> None:
    texts, code = WITHOUT_PACK[name]["texts"], WITHOUT_PACK[name]["code"]
    assert len(texts) >= 5
    assert [find_language(text, None, LEXICON.tongues) for text in texts] == [None] * len(texts)
    assert [find_language(text, code, LEXICON.tongues) for text in texts] == [None] * len(texts)


def test_a_language_of_no_list_is_seldom_taken_for_another() -> None:
    texts = [text for name in UNLISTED for text in WITHOUT_PACK[name]["texts"]]
    assert sum(find_language(text, None, LEXICON.tongues) is not None for text in texts) <= len(texts) / 10


@pytest.mark.parametrize("code", codes())
def test_hardly_a_passage_is_taken_for_another_language(code: str) -> None:
    rows = (PASSAGES / f"{code}.jsonl").read_text("utf-8").splitlines()
    found = [find_language(json.loads(row)["text"], None, LEXICON.tongues) for row in rows]
    assert sum(one not in {code, None} for one in found) <= 1
    assert found.count(code) >= 0.8 * len(found)
