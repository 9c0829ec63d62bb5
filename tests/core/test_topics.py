from __future__ import annotations

import pickle
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from watchdog.core.topics import TopicIndex, build_topics, decide_topic, find_topics
from watchdog.lang import load
from watchdog.model.article import Block, Document, TextField
from watchdog.model.topic import TopicMatch, TopicOutcome
from watchdog.model.watch import Topic

LEXICON = load()
LABELLED: dict[str, list[dict[str, Any]]] = tomllib.loads(Path(__file__).with_name("topics.toml").read_text("utf-8"))
TOPICS = tuple(
    Topic(id=row["id"], **{key: tuple(row.get(key, ())) for key in ("any", "all", "none")}) for row in LABELLED["topic"]
)
INDEX = build_topics(TOPICS, LEXICON)
#: Rises by hand, and falls only with a reason.
FLOOR = 0.99


def blocks_of(text: str, *, new_from: int = 0) -> tuple[Block, ...]:
    blocks, start = [], 0
    for number, part in enumerate(text.split("\n\n")):
        if part:
            blocks.append(Block(start=start, end=start + len(part), is_new=number >= new_from))
        start += len(part) + 2
    return tuple(blocks)


def find(
    text: str,
    lang: str | None = "en",
    *,
    title: str = "",
    index: TopicIndex = INDEX,
    new_from: int = 0,
    title_is_new: bool = True,
) -> dict[str, TopicMatch]:
    document = Document(
        title=title,
        text=text,
        blocks=blocks_of(text, new_from=new_from),
        title_is_new=title_is_new,
        lang=lang,
        reported=date(2026, 3, 1),
    )
    return {match.topic_id: match for match in find_topics(document, index, LEXICON)}


def topic(**phrases: tuple[str, ...]) -> TopicIndex:
    return build_topics([Topic(id="t", **phrases)], LEXICON)


def rows() -> list[object]:
    strict = [pytest.mark.xfail(strict=True, reason="known failure")]
    return [
        pytest.param(
            row, id=f"{row['lang']}: {row['topic']}: {row['rule']}", marks=strict * row.get("known_failure", 0)
        )
        for row in LABELLED["text"]
    ]


@pytest.mark.parametrize("row", rows())
def test_a_text_matches_a_topic(row: dict[str, Any]) -> None:
    assert (row["topic"] in find(row["text"], row["lang"], title=row.get("title", ""))) == row["matches"]


def test_the_labelled_texts_keep_their_floor(capsys: pytest.CaptureFixture[str]) -> None:
    told = [(row["matches"], row["topic"] in find(row["text"], row["lang"], title=row.get("title", "")))
            for row in LABELLED["text"]]  # fmt: skip
    right = sum(expected and found for expected, found in told)
    f1 = 2 * right / (sum(expected for expected, _ in told) + sum(found for _, found in told))
    with capsys.disabled():
        print(f"\ntopics: {len(told)} texts, F1 {f1:.3f}")
    assert len(told) >= 60
    assert f1 >= FLOOR


def test_the_evidence_is_the_sentence_as_written() -> None:
    text = "Nothing new on Monday.\n\nShe ended it. Her hunger\u00ad strike lasted 40 days. More soon."
    match = find(text)["strikes"]
    assert match.evidence == "Her hunger\u00ad strike lasted 40 days."
    assert text[match.start : match.end] == match.evidence
    assert match.matched == ("hunger\u00ad strike",)
    assert find("x", title="Hunger Strikes Spread")["strikes"].field is TextField.TITLE


def test_each_phrase_is_told_as_the_text_has_it() -> None:
    assert find("Azerbaijan: two hunger strikers, one hunger strike.")["strikes-az"].matched == (
        "hunger strikers",
        "Azerbaijan",
    )


def test_a_later_revision_matches_by_what_is_new_in_it() -> None:
    text = "A hunger strike began.\n\nThe hunger strike goes on."
    assert find(text, new_from=1)["strikes"].evidence == "The hunger strike goes on."
    assert find(text, new_from=2, title_is_new=False) == {}
    assert find("Old.", title="Hunger strike", title_is_new=False) == {}


def test_a_language_that_nobody_names_is_told_by_the_text() -> None:
    assert "strikes" in find("Заключённые колонии объявили голодовку, сообщил адвокат. Суд это не рассмотрел.", None)
    assert "strikes" in find("Голодовкой?", None)
    assert "strikes" in find("Hunger strikes", None)


@pytest.mark.parametrize(
    ("phrase", "text", "lang"),
    [
        pytest.param("a*", "An apple", "en", id="a prefix of one letter"),
        pytest.param("avocat", "Il a vu l’avocat.", "fr", id="an article with an apostrophe"),
        pytest.param("cafe", "Im Café", "de", id="marks"),
        pytest.param("в тюрьме", "Он в тюрьме.", "ru", id="a word of one letter"),
        pytest.param("ሰላም", "ሰላም ለሁሉም", "am", id="a script without a table"),
        pytest.param("24", "Article 24 applies", "en", id="digits"),
        pytest.param("獄中", "她在獄中", "zh", id="traditional letters"),
    ],
)
def test_odd_phrases(phrase: str, text: str, lang: str) -> None:
    assert "t" in find(text, lang, index=topic(any=(phrase,)))


def test_a_phrase_of_nothing_matches_nothing() -> None:
    assert find("anything; at all", index=topic(any=("...",))) == {}
    assert find("anything", index=build_topics((), LEXICON)) == {}


def test_long_hostile_text_costs_its_length() -> None:
    assert "strikes" in find("hunger strike " * 20_000)
    assert find("hunger" + " " * 200_000 + "strike") == {}


def test_an_index_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(INDEX)) == INDEX


@pytest.mark.parametrize(
    ("may_alert", "was_told", "is_copy", "outcome"),
    [
        (True, False, False, TopicOutcome.NEW),
        (False, False, False, TopicOutcome.BACKGROUND),
        (True, True, False, TopicOutcome.KNOWN),
        (True, True, True, TopicOutcome.KNOWN),
        (True, False, True, TopicOutcome.COPY),
        (False, False, True, TopicOutcome.COPY),
    ],
)
def test_a_match_is_told_once_and_never_for_copies(
    may_alert: bool, was_told: bool, is_copy: bool, outcome: TopicOutcome
) -> None:
    assert decide_topic(may_alert=may_alert, was_told=was_told, is_copy=is_copy) is outcome
