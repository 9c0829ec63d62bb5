"""What finding names costs, in comparisons of two words, which no machine changes; times: benchmarks/names.py."""

from __future__ import annotations

import pickle
import runpy
from dataclasses import replace
from datetime import date
from importlib import resources
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from watchdog.core.cut import scan
from watchdog.core.fold import fold
from watchdog.core.likeness import may_be_similar, similarity
from watchdog.core.mentions import find_mentions
from watchdog.core.names import MOST_HELD, Memory, NameIndex, build_index
from watchdog.core.sounds import plain_readings
from watchdog.lang.letters import read_letters
from watchdog.model.article import Document
from watchdog.model.watch import Case

#: Of words with listed parts, in an article not seen before, by a service that knows the words of 30 others.
FEW, MANY = 100, 200
LEAST = 0.9
MAKER: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_prose.py"))
LETTERS = read_letters(resources.files("watchdog.lang") / "letters")


def _index(names: list[str]) -> NameIndex:
    return build_index([Case(id=name, name=name) for name in names], LETTERS)


def _document(text: str, lang: str) -> Document:
    return Document(title="", text=text, blocks=(), lang=lang, reported=date(2025, 1, 15))


def _comparisons(cases: int) -> float:
    names = MAKER["watched"](cases, is_mixed=True)
    index = _index(names)
    articles = [_document(text, lang) for lang, text in MAKER["texts"](40, names[:500])]
    for article in articles[:30]:
        find_mentions(article, index)
    before = index.memory.comparisons
    for article in articles[30:]:
        find_mentions(article, index)
    return (index.memory.comparisons - before) / 10


def test_few_words_are_compared_and_hardly_more_with_more_cases() -> None:
    few, many = _comparisons(1_000), _comparisons(5_000)
    print(f"{few:.0f} comparisons with 1,000 cases, {many:.0f} with 5,000")
    assert few <= FEW
    assert many <= MANY


def test_how_alike_two_words_are_does_not_depend_on_how_alike_they_must_be() -> None:
    words = sorted({part for name in MAKER["watched"](120, is_mixed=True) for part in name.split()})
    readings = [plain_readings(fold(word).text, LETTERS)[0] for word in words]
    for one, other in combinations(readings, 2):
        freely, strictly = similarity(one, other), similarity(one, other, LEAST)
        assert strictly in {freely, 0.0}
        assert strictly or freely < LEAST


def test_what_is_soon_told_excludes_nothing_that_is_alike() -> None:
    words = sorted({part for name in MAKER["watched"](100, is_mixed=True) for part in name.split()})
    readings = [plain_readings(fold(word).text, LETTERS)[0] for word in words]
    for one, other in product(readings, repeat=2):
        for least in (0.7, LEAST):
            assert may_be_similar(one, other, least) or not similarity(one, other, least)


@pytest.mark.parametrize(
    ("text", "are_one"),
    [
        ("said Mehman Huseynov", True),
        ("Huseynov, Mehman", True),
        ("Mehman R. Huseynov", True),
        ("Mehman ibn Rafiq de Huseynov", True),
        ("Mehman and Emin Huseynov", True),
        ("Wai-keung Huseynov", True),
        ("Mehman. Huseynov", False),
        ("Mehman (Huseynov", False),
        ("Mehman met Huseynov", False),
    ],
)
def test_words_of_one_name_are_in_one_group(text: str, are_one: bool) -> None:
    found = scan(text, LETTERS, is_headline=False)
    groups = [[found.atoms[place].text for place in group] for group in found.groups]
    first = "wai" if text.startswith("Wai") else "mehman"
    assert any({first, "huseynov"} <= set(group) for group in groups) is are_one


def test_what_is_remembered_changes_nothing() -> None:
    names = MAKER["watched"](100)
    index = _index(names)
    texts = zip(MAKER["texts"](12, []), names, strict=False)
    articles = [_document(f"{text} {name} spoke.", lang) for (lang, text), name in texts]
    fresh = [find_mentions(article, replace(index, memory=Memory())) for article in articles]
    assert any(found.mentions for found in fresh)
    for order in (articles, articles[::-1]):
        assert [find_mentions(article, index) for article in order] == [fresh[articles.index(one)] for one in order]


def test_another_watchlist_begins_with_nothing_remembered() -> None:
    article = _document("Mehman Huseynov met Emin Huseynov.", "en")
    for name in ("Mehman Huseynov", "Emin Huseynov", "Mehman Sadiqov", "Mehman Huseynov"):
        forms = [mention.form for mention in find_mentions(article, _index([name])).mentions]
        assert forms == ([name] if name in article.text else [])


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    index = _index(["Mehman Huseynov"])
    find_mentions(_document("Mehman Huseynov was released.", "en"), index)
    index.memory.hold(MOST_HELD)
    assert not index.memory.words
    assert find_mentions(_document("Mehman Huseynov was released.", "en"), index).mentions


def test_what_is_remembered_does_not_travel() -> None:
    index = _index(["Mehman Huseynov"])
    find_mentions(_document("Mehman Huseynov was released.", "en"), index)
    assert index.memory.words
    assert not pickle.loads(pickle.dumps(index)).memory.words


def test_a_case_is_found_among_5000_as_it_is_alone() -> None:
    names = ["Mehman Huseynov", "Алесь Бяляцкі", "Narges Mohammadi", "Nabeel Rajab"]
    others = [name for name in MAKER["watched"](5_000, seed=5, is_mixed=True) if name not in names]
    among = _index([*names, *others])
    texts = {
        "en": "Mehman Huseynov met N. Mohammadi and Ales Bialiatski. Huseynov spoke; Rajab, Nabeel was absent.",
        "ru": "Мехмана Гусейнова и Алеся Беляцкого освободили. Гусейнов рад, Наргес Мохаммади тоже.",
        "ar": "قال مهمان حسينوف إن نبيل رجب ونرجس محمدي في السجن.",
        "pl": "Uwolniono Mehmana Husejnowa i Alesia Bialackiego.",
    }
    for lang, text in texts.items():
        alone = {mention for name in names for mention in find_mentions(_document(text, lang), _index([name])).mentions}
        found = find_mentions(_document(text, lang), among)
        tied = {(mention.start, mention.end) for mention in found.unsure if "two or more cases" in mention.reason}
        expected = {mention for mention in alone if (mention.start, mention.end) not in tied}
        assert {mention for mention in found.mentions if mention.case_id in names} == expected
