from __future__ import annotations

import pickle
from datetime import date
from importlib import resources

import pytest

from watchdog.core.fold import fold
from watchdog.core.likeness import similarity
from watchdog.core.mentions import find_mentions
from watchdog.core.names import NameKind, build_index
from watchdog.core.sounds import Reading, bent_readings, keys, spell
from watchdog.lang.letters import Letters, read_letters
from watchdog.model.article import Document
from watchdog.model.watch import Case


@pytest.fixture(scope="module")
def letters() -> Letters:
    return read_letters(resources.files("watchdog.lang") / "letters")


def _alike(one: str, other: str, letters: Letters) -> float:
    return similarity(Reading(*spell(fold(one).text, letters)), Reading(*spell(fold(other).text, letters)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Huseynov", "Гусейнов"),
        ("Huseynov", "Housseïnov"),
        ("Huseynov", "Huszejnov"),
        ("Huseynov", "حسينوف"),
        ("Huseynov", "Χουσεΐνοφ"),
        ("Huseynov", "חוסיינוב"),
        ("Khadija", "Xədicə"),
        ("Khadija", "Chadidscha"),
        ("Statkevich", "Statkewitsch"),
        ("Statkevich", "Статкевіч"),
        ("Koufontinas", "Κουφοντίνας"),
        ("Koufontinas", "Koufodinas"),
        ("Kalesnikava", "Колесникова"),
        ("Yüksekdağ", "Юксекдаг"),
        ("Navalny", "Навальный"),
        ("Mansoor", "منصور"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str, letters: Letters) -> None:
    assert _alike(one, other, letters) >= 0.87


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mammadli", "Mammadov"),
        ("Mansour", "Mansouri"),
        ("Statkevich", "Stankevich"),
        ("Yesypenko", "Osypenko"),
        ("Evgenia", "Евгений"),
        ("Mehman", "Rahman"),
        ("Mehman", "Mehmet"),
        ("Kurmasheva", "Курмаева"),
        ("Navalny", "Навальная"),
    ],
)
def test_names_of_others_do_not(one: str, other: str, letters: Letters) -> None:
    assert _alike(one, other, letters) < 0.8


@pytest.mark.parametrize(
    ("name", "text", "lang"),
    [
        pytest.param("Şükrü Erbaş", "Sukru Erbas", "tr", id="listed with marks"),
        pytest.param("Sukru Erbas", "Şükrü Erbaş'ın", "tr", id="listed without"),
        pytest.param("Živilė Žalytė", "Zivile Zalyte", "en", id="another language"),
    ],
)
def test_marks_may_be_left_out(name: str, text: str, lang: str, letters: Letters) -> None:
    document = Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15))
    assert find_mentions(document, build_index([Case(id="c", name=name)], letters)).mentions


@pytest.mark.parametrize(
    ("name", "text", "lang"),
    [
        ("Paul Whelan", "Пола Уилана", "ru"),
        ("David Kaye", "Дэвид Кей", "ru"),
        ("James Foley", "Джеймсу Фоули", "ru"),
        ("Austin Tice", "Остин Тайс", "ru"),
        ("Kenneth Wright", "Кеннет Райт", "uk"),
        ("Kevin Hughes", "Кевин Хьюз", "ru"),
        ("Michael Hamilton", "Майкл Хэмилтон", "ru"),
        ("Austin Tice", "Οστιν Τάις", "el"),
        ("Austin Tice", "Ostin Taysın", "az"),
    ],
)
def test_an_english_name_is_found_by_its_sound(name: str, text: str, lang: str, letters: Letters) -> None:
    document = Document(title="", text=f"(1) {text}.", blocks=(), lang=lang, reported=date(2025, 1, 15))
    assert find_mentions(document, build_index([Case(id="c", name=name)], letters)).mentions


@pytest.mark.parametrize(
    ("name", "text", "lang"),
    [
        ("Christopher Cheung", "Christopher Chung", "en"),
        ("John Mica", "Джон Маккэй", "ru"),
        ("Trevor Reed", "Тревор Рис", "ru"),
    ],
    ids=["in Latin letters spelling counts", "either long vowels or short", "another consonant"],
)
def test_another_english_name_is_not(name: str, text: str, lang: str, letters: Letters) -> None:
    document = Document(title="", text=f"(1) {text}.", blocks=(), lang=lang, reported=date(2025, 1, 15))
    assert not find_mentions(document, build_index([Case(id="c", name=name)], letters)).mentions


def test_an_ambiguous_letter_gives_several_keys(letters: Letters) -> None:
    assert keys(spell("hacı", letters)[0]) == {"KS", "K", "S"}


@pytest.mark.parametrize(
    ("word", "language", "listed", "case"),
    [
        ("гусейнова", "ru", "гусейнов", "genitive"),
        ("навального", "ru", "навальный", "genitive"),
        ("исмайловой", "ru", "исмайлова", "genitive"),
        ("hüseynovun", "az", "hüseynov", "genitive"),
        ("nawalnego", "pl", "nawalny", "genitive"),
        ("ამაღლობელმა", "ka", "ამაღლობელი", "ergative"),
        ("بعلاء", "ar", "علاء", "with a prefix"),
        ("kavala'ya", "tr", "kavala", "with an ending"),
        ("janě", "cs", "jana", "dative"),
        ("olze", "cs", "olga", "dative"),
        ("petře", "cs", "petra", "dative"),
        ("novákové", "cs", "nováková", "genitive"),
        ("zuzane", "sk", "zuzana", "dative"),
        ("barbarze", "pl", "barbara", "dative"),
        ("marcie", "pl", "marta", "dative"),
        ("magdzie", "pl", "magda", "dative"),
        ("agnieszce", "pl", "agnieszka", "dative"),
        ("jadwidze", "pl", "jadwiga", "dative"),
        ("walerze", "pl", "waler", "locative"),
        ("ользі", "uk", "ольга", "dative"),
        ("ользе", "be", "ольга", "dative"),
        ("volzie", "be", "volha", "dative"),
        ("шаўчэнка", "be", "шаўчэнко", "nominative"),
        ("славка", "sr", "славко", "genitive"),
        ("algirdui", "lt", "algirdas", "dative"),
        ("ivaram", "lv", "ivars", "dative"),
        ("sukru'nun", "tr", "sukru", "with an ending"),
        ("erbaş'ın", "tr", "erbas", "with an ending"),
    ],
)
def test_case_endings_come_off(word: str, language: str, listed: str, case: str, letters: Letters) -> None:
    sounds = spell(listed, letters)[0]
    readings = bent_readings(word, letters, (letters.languages[language],))
    assert case in {reading.case for reading in readings if reading.sounds == sounds}


@pytest.mark.parametrize(
    ("text", "parts", "family"),
    [
        pytest.param("Mehman Huseynov", ["mehman", "huseynov"], "huseynov", id="given, family"),
        pytest.param("Xu Zhiyong", ["xu", "zhiyong"], "xu", id="family first"),
        pytest.param("Alaa Abd el-Fattah", ["alaa", "abdelfattah"], "abdelfattah", id="particles join"),
        pytest.param("Vladimir Kara-Murza", ["vladimir", "karamurza"], "karamurza", id="hyphens join"),
        pytest.param("José Rubén Zamora", ["josé", "rubén", "zamora"], "zamora", id="two given names"),
        pytest.param("Гусейнов Мехман Рафикович", ["мехман", "рафикович", "гусейнов"], "гусейнов", id="as in lists"),
        pytest.param("Həsənov Elçin Vaqif oğlu", ["elçin", "vaqif", "həsənov"], "həsənov", id="with oğlu"),
        pytest.param("Mehman Rafiq oglu Huseynov", ["mehman", "rafiq", "huseynov"], "huseynov", id="oglu between"),
        pytest.param("Biram Ould Dah", ["biram", "dah"], "dah", id="ould"),
        pytest.param("Pussykat", ["pussykat"], None, id="one name"),
        pytest.param("张展", ["zhang", "zhan"], "zhang", id="Han is literal, and found in Latin letters too"),
        pytest.param("诸葛亮", ["zhuge", "liang"], "zhuge", id="a family name of two signs"),
        pytest.param("문재인", ["mun", "jaein"], "mun", id="Hangul"),
        pytest.param("人权观察组", [], None, id="Han that is no name"),
        pytest.param("Kim Dae Jung", ["kim", "daejung"], "kim", id="a given name in two words"),
        pytest.param("Lee Anderson", ["lee", "anderson"], "anderson", id="no syllables"),
        pytest.param("Institute for Freedom", [], None, id="a phrase is literal"),
        pytest.param("\u200b", [], None, id="nothing to see"),
        pytest.param("2019", [], None, id="digits are literal"),
    ],
)
def test_a_listed_name_is_cut_into_parts(text: str, parts: list[str], family: str | None, letters: Letters) -> None:
    (name,) = build_index([Case(id="c", name=text)], letters).names
    assert [part.text for part in name.parts] == parts
    assert (name.family.text if name.family else None) == family
    has_no_spaces = text[0] > "\u2fff"
    assert bool(name.literal) == (bool(text.strip("\u200b")) and (has_no_spaces or not parts))


def test_every_list_of_a_case_is_in_the_index(letters: Letters) -> None:
    case = Case(id="c", name="A Be", aliases=("Ce De",), weak_aliases=("Ef",), not_names=("Ge Ha",), context=("X",))
    index = build_index([case], letters)
    assert [name.kind for name in index.names] == [NameKind.NAME, NameKind.ALIAS, NameKind.WEAK, NameKind.NOT]


def test_an_index_travels_to_another_process(letters: Letters) -> None:
    index = build_index([Case(id="c", name="Mehman Huseynov", aliases=("张展",))], letters)
    copy = pickle.loads(pickle.dumps(index))
    assert copy.heads_by_key.keys() == index.heads_by_key.keys()
    assert [name.text for name in copy.names] == [name.text for name in index.names]
