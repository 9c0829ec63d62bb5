"""Chinese and Korean names in every system that writes their syllables, and people of other syllables."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.core.syllables import romanised, written_in_systems
from watchdog.errors import PackError
from watchdog.lang.letters import read_letters
from watchdog.lang.syllables import System
from watchdog.model.article import Document
from watchdog.model.watch import Case

FOLDER = resources.files("watchdog.lang") / "letters"
LETTERS = read_letters(FOLDER)


def _forms(name: str, text: str, lang: str = "en") -> list[str]:
    document = Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15))
    return [one.form for one in find_mentions(document, build_index([Case(id="c", name=name)], LETTERS)).mentions]


@pytest.mark.parametrize(
    ("name", "lang", "form"),
    [
        pytest.param("Xie Yang", "en", "Hsieh Yang", id="Wade-Giles"),
        pytest.param("Jiang Tianyong", "en", "Chiang T'ien-yung", id="an apostrophe and a hyphen"),
        pytest.param("Jiang Tianyong", "fr", "Chiang Tien-yung", id="the apostrophe left out"),
        pytest.param("Xu Qinxian", "de", "Hsü Ch'in-hsien", id="an umlaut"),
        pytest.param("Hsieh Chang-ting", "en", "Xie Changting", id="listed in Wade-Giles"),
        pytest.param("Lee Ming-che", "en", "Li Mingzhe", id="a family name spelled in its own way"),
        pytest.param("Wang Quanzhang", "en", "Quanzhang Wang", id="family name last"),
        pytest.param("Wang Quanzhang", "ru", "Ван Цюаньчжан", id="Palladius"),
        pytest.param("Gao Zhisheng", "ru", "Гао Чжишэна", id="bent in Russian"),
        pytest.param("Сюй Чжиюн", "en", "Xu Zhiyong", id="listed in Russian"),
        pytest.param("Xu Zhiyong", "cs", "Xu Zhiyonga", id="bent in Czech"),
        pytest.param("王全璋", "en", "Wang Quanzhang", id="listed in Han"),
        pytest.param("江天勇", "en", "Chiang T'ien-yung", id="listed in Han, Wade-Giles"),
        pytest.param("歐陽修", "en", "Ouyang Xiu", id="a family name of two signs"),
        pytest.param("Lee Seok-ki", "en", "Yi Sŏk-ki", id="McCune-Reischauer"),
        pytest.param("Choi Eun-hee", "en", "Ch'oe Ŭn-hŭi", id="its marks"),
        pytest.param("Roh Moo-hyun", "en", "No Mu-hyeon", id="the Revised Romanisation"),
        pytest.param("Park Geun-hye", "en", "Pak Kun-hye", id="its marks left out"),
        pytest.param("문재인", "en", "Moon Jae-in", id="listed in Hangul"),
        pytest.param("Moon Jae-in", "ru", "Мун Чжэ Ина", id="Kontsevich, bent"),
        pytest.param("Lee Myung-bak", "ru", "Ли Мён Бак", id="a family name that Russian writes in its own way"),
        pytest.param("Kim Jong-un", "ru", "Ким Чен Ын", id="an older vowel"),
        pytest.param("Du Bin", "en", "Du Bin", id="two words that look like particles"),
        pytest.param("Kim Dae Jung", "en", "Kim Daejung", id="a given name in two words"),
    ],
)
def test_a_name_is_found_in_each_system(name: str, lang: str, form: str) -> None:
    assert _forms(name, f"(1)\n{form}.\n(2)", lang) == [form]


_CHINESE = LETTERS.syllables.usual[System.PINYIN]
#: Those that cannot be pinyin of another in Wade-Giles: it tells nothing where all of a name may be.
_CLEAR = [
    one
    for one, spelling in sorted(LETTERS.syllables.usual[System.WADE_GILES].items())
    if one[0] not in "aeo" and spelling.replace("'", "") not in LETTERS.syllables.by_system[System.PINYIN]
]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(name for name in LETTERS.syllables.families[System.PINYIN] if name in _CHINESE)),
    st.lists(st.sampled_from(_CLEAR), min_size=2, max_size=2),
)
def test_a_name_is_found_in_each_system_that_writes_it(family: str, given_name: list[str]) -> None:
    name = f"{family} {''.join(given_name)}".title()
    for system, spelling in written_in_systems(name, name.lower().split(), LETTERS) or ():
        lang = "ru" if system is System.PALLADIUS else "en"
        assert _forms(name, f"(1)\n{spelling}.\n(2)", lang) == [spelling]


@pytest.mark.parametrize(
    ("name", "lang", "text"),
    [
        pytest.param("Zhang Zhan", "en", "said Cheng Chan", id="another vowel"),
        pytest.param("Zhang Zhan", "en", "said Chang Chan", id="pinyin of another, not Wade-Giles"),
        pytest.param("Zhang Wei", "en", "said Chang Wei", id="what is the same in both systems tells nothing"),
        pytest.param("Gao Yu", "en", "said Kao Hsiang-yu", id="a syllable more"),
        pytest.param("Xu Zhiyong", "ru", "сказал Сюй Чжиюань", id="another syllable in Russian"),
        pytest.param("许志永", "en", "said Xu Zhiyuan", id="another syllable, listed in Han"),
        pytest.param("Kim Jong-un", "en", "said Kim Jong-il", id="another Korean syllable"),
        pytest.param("Kim Jeong-hui", "en", "said Kim Joong-hee", id="two vowels that one letter stands for"),
        pytest.param("Park Jong-chul", "en", "said Park Sang-chul", id="one syllable of two"),
    ],
)
def test_other_syllables_are_another_name(name: str, lang: str, text: str) -> None:
    assert _forms(name, text, lang) == []


@pytest.mark.parametrize("name", ["Ana Li", "Lee Anderson", "Max Li"])
def test_a_western_name_is_none_of_syllables(name: str) -> None:
    (listed,) = build_index([Case(id="c", name=name)], LETTERS).names
    assert not any(part.syllables for part in listed.parts)


def test_what_is_no_name_in_signs_is_not_romanised() -> None:
    expected = ("wang", "quanzhang"), (frozenset({"zh:wang"}), frozenset({"zh:quan zhang"}))
    assert romanised("王全璋", LETTERS) == expected
    assert [romanised(text, LETTERS) for text in ("人权观察组织", "公民力量", "文", "王a", "한국여성민우회")] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('b = ["p", "б"]', 'b = ["p"]', r"\[chinese.initials\] b: it is Wade-Giles and Palladius"),
        ("\nouyang = []", "\nxyz = []", r"\[chinese.families\] xyz: it is made of no syllables"),
        ("[korean.vowels]", "[korean.vowel]", r"\[korean\] vowel: unknown key"),
    ],
    ids=["columns", "family name", "key"],
)
def test_a_mistake_names_file_table_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    with resources.as_file(FOLDER) as source:
        folder = Path(shutil.copytree(source, tmp_path / "letters"))
    text = (folder / "syllables.toml").read_text("utf-8")
    assert old in text
    (folder / "syllables.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=r"syllables.toml: " + message):
        read_letters(folder)
