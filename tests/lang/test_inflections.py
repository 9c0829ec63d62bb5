from __future__ import annotations

from pathlib import Path

import pytest

from watchdog.errors import PackError
from watchdog.lang import load
from watchdog.lang.inflections import plain, read_inflections

KNOWN = load().inflections


def are_one(code: str, one: str, other: str) -> bool:
    return not KNOWN[code].keys(plain(one)).isdisjoint(KNOWN[code].keys(plain(other)))


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("en", "strike", "strikes"), ("en", "release", "releasing"), ("en", "charity", "charities"),
        ("en", "ban", "banned"), ("en", "policeman", "policemen"), ("en", "search", "searches"),
        ("ru", "голодовка", "голодовок"), ("ru", "беженец", "беженцев"), ("ru", "заключённый", "заключенному"),
        ("ru", "арестовать", "арестованные"), ("ru", "объявить", "объявлена"), ("ru", "полиция", "полицией"),
        ("az", "aksiya", "aksiyalarında"), ("az", "aclıq", "aclığını"), ("az", "çörək", "çörəyin"),
        ("az", "buraxmaq", "buraxılıb"), ("az", "hüquq", "hüquqlarının"), ("uk", "гусейнов", "гусейнова"),
        ("de", "gefängnis", "gefängnissen"), ("de", "verhaftung", "verhaftungen"), ("de", "verhaften", "verhaftete"),
        ("de", "aktivistin", "aktivistinnen"), ("de", "politisch", "politische"), ("de", "anwalt", "anwälte"),
        ("tr", "gazeteci", "gazetecilerin"), ("tr", "özgürlük", "özgürlüğünü"), ("tr", "grev", "grevine"),
        ("tr", "tutuklamak", "tutuklandı"), ("tr", "mahkeme", "mahkemesinde"), ("pl", "głodówka", "głodówek"),
        ("pl", "wolność", "wolności"), ("pl", "więzienie", "więzieniu"), ("pl", "zatrzymać", "zatrzymano"),
        ("pl", "polityczny", "politycznego"), ("pl", "sąd", "sądowi"),
        ("uk", "голодування", "голодуванням"), ("uk", "в’язень", "в’язнів"), ("uk", "затримати", "затримано"),
        ("uk", "колонія", "колонії"), ("uk", "звільнити", "звільнили"), ("uk", "політичний", "політичних"),
        ("be", "галадоўка", "галадоўкі"), ("be", "затрыманне", "затрыманьня"), ("be", "затрымаць", "затрымалі"),
        ("be", "палітычны", "палітычных"), ("be", "бежанец", "бежанцаў"), ("be", "вязень", "вязняў"),
        ("it", "giornalista", "giornalisti"), ("it", "politico", "politiche"), ("it", "sciopero", "scioperi"),
        ("it", "arrestare", "arrestata"), ("it", "detenzione", "detenzioni"),
        ("ka", "შიმშილობა", "შიმშილობის"), ("ka", "პატიმარი", "პატიმრებს"), ("ka", "დააკავა", "დააკავეს"),
        ("hy", "ազատություն", "ազատության"), ("hy", "լրագրող", "լրագրողներին"), ("hy", "ձերբակալել", "ձերբակալվել"),
    ],
)  # fmt: skip
def test_forms_of_one_word(code: str, one: str, other: str) -> None:
    assert are_one(code, one, other)


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("en", "car", "cared"), ("en", "care", "cars"), ("en", "strike", "striker"), ("en", "press", "pressure"),
        ("ru", "голод", "голодный"), ("ru", "суд", "судно"), ("ru", "агент", "агентство"), ("ru", "право", "правда"),
        ("az", "agent", "agentlik"), ("az", "ev", "evlilik"), ("de", "presse", "pressung"), ("de", "haft", "hafen"),
        ("tr", "basın", "basit"), ("tr", "tutuk", "tutarlı"), ("pl", "sąd", "sądzić"), ("pl", "kara", "karta"),
        ("uk", "суд", "судно"), ("uk", "голод", "голодний"), ("be", "суд", "судна"), ("be", "голад", "галодны"),
        ("it", "carcere", "carica"), ("it", "pena", "penale"), ("ka", "ბანკი", "ბანაკი"), ("hy", "բանտ", "բանկ"),
    ],
)  # fmt: skip
def test_words_that_are_not(code: str, one: str, other: str) -> None:
    assert not are_one(code, one, other)


@pytest.mark.parametrize("text", ["Ёж", "İSTANBUL", "çıxış", "الإضراب", "が", "Ÿ", "straße"])
def test_marks_come_off_and_offsets_stay(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)


def test_marks_of_kana_stay() -> None:
    assert plain("ガ") == "ガ"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('noun = { least = 3, endings = ["ё"] }', "has a mark", id="mark"),
        pytest.param('noun = { least = 0, endings = ["s"] }', "one letter at least", id="least"),
        pytest.param('noun = { endings = ["s"] }', "a number is needed", id="no least"),
        pytest.param('noun = { least = 2, ending = ["s"] }', "unknown key", id="key"),
    ],
)
def test_a_wrong_table_is_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "inflections.toml").write_text(text, "utf-8")
    with pytest.raises(PackError, match=words):
        read_inflections(tmp_path / "inflections.toml", "xx")
