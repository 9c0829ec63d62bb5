"""What finding names costs, in comparisons of two words, which no machine changes; times: benchmarks/names.py."""

from __future__ import annotations

import pickle
import runpy
from datetime import date
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any

from watchdog.core.fold import fold
from watchdog.core.likeness import similarity
from watchdog.core.mentions import find_mentions
from watchdog.core.names import NameIndex, build_index
from watchdog.core.sounds import plain_readings
from watchdog.lang.letters import read_letters
from watchdog.model.article import Document
from watchdog.model.watch import Case

#: Of words with listed parts, in an article not seen before, by a service that knows the words of 30 others.
FEW, MANY = 115, 250
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
