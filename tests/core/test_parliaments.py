"""The APIs of two parliaments, with answers made by hand in the shape that their documentation and users show.

They are made, not recorded: no request left this project. The shapes were read on 2026-11-21 in public code:
European Parliament, Hack23/European-Parliament-MCP-Server ``EP_API_REAL_STRUCTURES_ANALYSIS.md`` (of 2026-02-18,
"actual HTTP requests", sections 5 and 6); that lists answer with number-only stubs, that several numbers stand in one
address behind commas (40 worked, 100 were refused) and that a year without texts has an empty body, in three public
collectors of the same API. UK: aws-samples/sample-parliamentary-question-responder
``tests/mock_data/mock_api_questions.py`` (names and types of the fields), ``take``, ``skip`` and ``tabledWhenFrom`` in
the API's own parameter list as several clients quote it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watchdog.core import europarl, ukparliament
from watchdog.model.article import FeedRefused, ParsedFeed
from watchdog.model.plugin import SourcePlugin

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EP_TEXTS = "https://data.europarl.europa.eu/api/v2/adopted-texts"
EP_QUESTIONS = "https://data.europarl.europa.eu/api/v2/parliamentary-questions"
UK = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions"
CONTEXT = [{"data": "@graph", "@base": "https://data.europarl.europa.eu/"}]


def adopted(number: str = "TA-10-2026-0042", day: str = "2026-11-19", **titles: str) -> dict[str, Any]:
    language = "http://publications.europa.eu/resource/authority/language/ENG"
    return {
        "id": f"eli/dl/doc/{number}",
        "type": "Work",
        "parliamentary_term": "org/ep-10",
        "document_date": day,
        "is_realized_by": [
            {"id": f"eli/dl/doc/{number}/en", "type": "Expression", "language": language,
             "title": titles or {"en": "Resolution on the case of Mehman Huseynov"}},
        ],
        "work_type": "def/ep-document-types/TEXT_ADOPTED",
        "identifier": number,
    }  # fmt: skip


def stub(number: str) -> dict[str, Any]:
    return {
        "id": f"eli/dl/doc/{number}",
        "type": "Work",
        "work_type": "def/ep-document-types/QUESTION_WRITTEN",
        "identifier": number,
    }


QUESTION: dict[str, Any] = {
    **stub("E-10-2026-001357"),
    "document_date": "2026-11-16",
    "title_dcterms": {"pt": "Prisioneiros políticos", "en": "Political prisoners in Azerbaijan"},
    "is_realized_by": [
        {"title": {"en": "Political prisoners in Azerbaijan"},
         "title_alternative": {"en": "Question for written answer E-001357/2026 - to the Commission"}},
    ],
    "inverse_answers_to": [
        {"id": "eli/dl/doc/E-10-2026-001357-ASW", "type": "Work", "identifier": "E-10-2026-001357-ASW",
         "document_date": "2026-11-20", "title_dcterms": {"en": "Answer for question E-001357/26"}},
    ],
}  # fmt: skip


def asked(value: dict[str, Any] | None = None, **changed: object) -> dict[str, Any]:
    question = {
        "id": 1679703,
        "askingMemberId": 4410,
        "askingMember": None,
        "house": "Commons",
        "dateTabled": "2026-11-19T00:00:00",
        "dateForAnswer": "2026-11-26T00:00:00",
        "uin": "8024",
        "questionText": "To ask the Secretary of State, what steps he has taken on the case of Mehman Huseynov.",
        "answeringBodyName": "Foreign, Commonwealth and Development Office",
        "isWithdrawn": False,
        "dateAnswered": None,
        "answerText": "",
        "heading": "Azerbaijan: Political Prisoners",
        **(value or {}),
        **changed,
    }
    return {"value": question, "links": [{"rel": "self", "href": "/Questions/1679703", "method": "GET"}]}


def parsed(plugin: SourcePlugin, answer: object, url: str) -> ParsedFeed:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    feed = plugin.parse(body, url=url, content_type="application/json", now=NOW)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def ep(items: list[dict[str, Any]], url: str) -> ParsedFeed:
    return parsed(europarl.PLUGIN, {"data": items, "@context": CONTEXT}, url)


class TestEuropeanParliament:
    def test_it_is_asked_by_year(self) -> None:
        first = europarl.address(EP_TEXTS, since=None, now=NOW)
        assert first == f"{EP_TEXTS}?year=2026&format=application%2Fld%2Bjson&limit=1000&offset=0"
        assert europarl.address(first, since=NOW, now=NOW) == first
        january = europarl.address(EP_TEXTS, since=None, now=datetime(2027, 1, 9, tzinfo=UTC))
        assert "year=2027,2026&" in january

    def test_an_adopted_text(self) -> None:
        (entry,) = ep([adopted()], europarl.address(EP_TEXTS, since=None, now=NOW)).entries
        assert entry.key == "TA-10-2026-0042"
        assert entry.url == "https://www.europarl.europa.eu/doceo/document/TA-10-2026-0042_EN.html"
        assert entry.title == "Resolution on the case of Mehman Huseynov"
        assert (entry.published, entry.lang) == (datetime(2026, 11, 19, tzinfo=UTC), "en")
        assert not entry.is_whole

    def test_a_text_that_has_no_english_title_has_another(self) -> None:
        (entry,) = ep([adopted(fr="Résolution", el="Ψήφισμα")], EP_TEXTS).entries
        assert (entry.title, entry.lang) == ("Résolution", "fr")

    def test_stubs_lead_to_the_newest_documents_thirty_at_once(self) -> None:
        numbers = [f"E-10-2026-{n:06}" for n in range(1, 201)]
        feed = ep([stub(number) for number in numbers], europarl.address(EP_QUESTIONS, since=None, now=NOW))
        assert feed.entries == ()
        assert len(feed.more) == europarl.NEWEST // europarl.BATCH == 4
        assert feed.more[0].startswith(f"{EP_QUESTIONS}/E-10-2026-000200,E-10-2026-000199,")
        assert feed.more[0].endswith("?format=application%2Fld%2Bjson")
        assert all(one.count(",") == 29 for one in feed.more)

    def test_a_full_list_leads_to_the_next_and_carries_the_newest_along(self) -> None:
        url = europarl.address(EP_QUESTIONS, since=None, now=NOW)
        first = ep([stub(f"E-10-2026-{n:06}") for n in range(4_000, 5_000)], url)
        (second,) = first.more
        assert second.partition("#")[0].endswith("&limit=1000&offset=1000")
        assert len(second) < 8_000
        last = ep([stub(f"E-10-2026-{n:06}") for n in range(1, 900)], second)
        assert last.more[0].startswith(f"{EP_QUESTIONS}/E-10-2026-004999,")

    def test_a_question_and_its_answer(self) -> None:
        feed = ep([QUESTION, stub("E-10-2026-009999")], f"{EP_QUESTIONS}/E-10-2026-001357?format=x")
        question, answer = feed.entries
        assert (question.title, question.published) == (
            "Political prisoners in Azerbaijan",
            datetime(2026, 11, 16, tzinfo=UTC),
        )
        assert question.summary == "Question for written answer E-001357/2026 - to the Commission"
        assert (answer.key, answer.title) == ("E-10-2026-001357-ASW", "Answer for question E-001357/26")
        assert feed.more == ()

    def test_a_year_without_texts_is_no_failure(self) -> None:
        assert parsed(europarl.PLUGIN, b"", EP_TEXTS).entries == ()


class TestUkParliament:
    def test_it_is_asked_by_day_and_catches_up_after_a_pause(self) -> None:
        first = ukparliament.address(UK, since=None, now=NOW)
        assert first == f"{UK}?tabledWhenFrom=2026-11-14&take=100&skip=0"
        assert ukparliament.address(first, since=NOW, now=NOW) == first
        paused = ukparliament.address(UK, since=NOW - timedelta(days=5), now=NOW)
        assert "tabledWhenFrom=2026-11-09" in paused
        assert "tabledWhenFrom=2026-10-31" in ukparliament.address(UK, since=NOW - timedelta(days=99), now=NOW)

    def test_a_question_is_whole_and_leads_people_to_its_page(self) -> None:
        (entry,) = parsed(ukparliament.PLUGIN, {"totalResults": 1, "results": [asked()]}, UK).entries
        assert entry.key == "question:1679703"
        assert entry.url == "https://questions-statements.parliament.uk/written-questions/detail/2026-11-19/8024"
        assert (entry.title, entry.lang, entry.is_whole) == ("Azerbaijan: Political Prisoners", "en", True)
        assert entry.content.startswith("To ask the Secretary of State")
        assert entry.published == datetime(2026, 11, 19, tzinfo=UTC)

    def test_an_answer_changes_the_entry_and_not_its_identity(self) -> None:
        answered = asked(dateAnswered="2026-11-20T00:00:00", answerText="<p>We raised the case.</p><p>Twice.</p>")
        before, after = (
            parsed(ukparliament.PLUGIN, {"totalResults": 1, "results": [one]}, UK).entries[0]
            for one in (asked(), answered)
        )
        assert before.key == after.key
        assert after.content.split("\n\n")[1:] == ["We raised the case.", "Twice."]

    def test_pages_end_with_the_last_and_at_a_bound(self) -> None:
        def more(skip: int, total: object, size: int = 100) -> tuple[str, ...]:
            url = f"{UK}?tabledWhenFrom=2026-11-14&take=100&skip={skip}"
            return parsed(ukparliament.PLUGIN, {"totalResults": total, "results": [asked()] * size}, url).more

        assert more(0, 250) == (f"{UK}?tabledWhenFrom=2026-11-14&take=100&skip=100",)
        assert more(200, 250, 50) == ()
        assert more(0, 250, 0) == ()
        assert more(ukparliament.QUESTIONS_MAX - 100, 10**9) == ()
        assert more(0, "many") == ()

    def test_a_week_without_questions_is_no_failure(self) -> None:
        assert parsed(ukparliament.PLUGIN, {"totalResults": 0, "results": []}, UK).entries == ()


@pytest.mark.parametrize("plugin", [europarl.PLUGIN, ukparliament.PLUGIN], ids=["europarl", "ukparliament"])
@pytest.mark.parametrize(
    "body",
    [b"<html>Log in</html>", b"[]", b'{"data": {}, "results": 1}', b"{" * 100_000, b" " * 10_000_001],
    ids=["html", "a list", "another shape", "deep", "too large"],
)
def test_another_answer_is_refused(plugin: SourcePlugin, body: bytes) -> None:
    assert isinstance(plugin.parse(body, url=EP_TEXTS, content_type=None, now=NOW), FeedRefused)


ODD: list[object] = [
    None, "x", 7, {}, [], {"value": None}, {"value": {"uin": 3, "questionText": []}}, {"id": 3, "identifier": []},
    {"id": "E-10-2026-000001", "title_dcterms": [], "is_realized_by": [None, {"title": "x"}, {"title": {"en": 3}}]},
    {"identifier": "TA-10-2026-0001", "title_dcterms": {"en": "T"}, "document_date": 3, "inverse_answers_to": [None]},
    {"value": {"uin": "../..", "questionText": "Q", "dateTabled": "2026-11-19", "id": None}},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_items_stop_nothing(odd: object) -> None:
    texts = parsed(europarl.PLUGIN, {"data": [odd, adopted()]}, EP_TEXTS)
    assert "TA-10-2026-0042" in {entry.key for entry in texts.entries}
    questions = parsed(ukparliament.PLUGIN, {"totalResults": 2, "results": [odd, asked()]}, UK)
    assert "question:1679703" in {entry.key for entry in questions.entries}
    assert all(entry.url is None or ".." not in entry.url for entry in questions.entries)
