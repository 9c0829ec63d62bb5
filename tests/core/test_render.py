from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.core.messages import message_html
from watchdog.core.render import alert_line, clean, date_words, plain_text, subject
from watchdog.model.claim import Certainty
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Alert, AlertKind, Correction
from watchdog.model.event import Band
from watchdog.model.status import Status

ALERT = Alert(
    kind=AlertKind.ALERT,
    case_id="mehman-huseynov",
    case_name="Mehman Huseynov",
    status=Status.HUNGER_STRIKE_ENDED,
    event=7,
    event_date=PartialDate(year=2019, month=1, day=22),
    certainty=Certainty.REPORTED,
    attributed_to="his lawyer",
    band=Band.SURE,
    confidence=0.9312,
    url="https://oc-media.org/a",
    source_id="ocmedia",
    source_name="OC Media",
    lang="en",
    published=datetime(2019, 1, 22, 13, 5, tzinfo=timezone(timedelta(hours=4))),
    raised_at=datetime(2019, 1, 22, 10, 30, 59, 999, tzinfo=UTC),
    evidence="Mehman Huseynov has ended his hunger strike, his lawyer said.",
    field="text",
    start=10,
    end=71,
    rule="en.hunger_strike_ended.ended",
    title="Blogger ends hunger strike",
)
UNSURE = replace(ALERT, band=Band.UNCONFIRMED, doubts=("no strike was known before",))
CORRECTION = replace(ALERT, kind=AlertKind.CORRECTION)
RETRACTED = replace(CORRECTION, correction=Correction(note="It was his brother."))
CORRECTED = replace(
    CORRECTION,
    band=Band.UNCONFIRMED,
    correction=Correction(status=Status.HEALTH_CRITICAL, event_date=PartialDate(year=2019, month=1, day=20), event=9),
)
HOSTILE = (
    "\x1b]0;title\x07 \x9b31m a\r\nBcc: x@evil.test\u2028b \u202ekcab \u2066c\u200bd "
    "<script>alert(1)</script> \ud800 \ufffe"
)


def test_the_alert_line_has_the_keys_of_the_contract_in_order() -> None:
    line = alert_line(ALERT)
    assert " ".join(line) == (
        "kind case status event event_date date_precision certainty attributed_to band confidence url source lang "
        "published raised_at evidence field start end rule"
    )
    assert line == {
        "kind": "alert",
        "case": "mehman-huseynov",
        "status": "hunger_strike_ended",
        "event": 7,
        "event_date": "2019-01-22",
        "date_precision": "day",
        "certainty": "reported",
        "attributed_to": "his lawyer",
        "band": "sure",
        "confidence": 0.931,
        "url": "https://oc-media.org/a",
        "source": "ocmedia",
        "lang": "en",
        "published": "2019-01-22T09:05:00Z",
        "raised_at": "2019-01-22T10:30:59Z",
        "evidence": ALERT.evidence,
        "field": "text",
        "start": 10,
        "end": 71,
        "rule": "en.hunger_strike_ended.ended",
    }


def test_what_is_not_known_is_null_in_the_line() -> None:
    line = alert_line(replace(ALERT, event_date=None, published=None, lang=None, attributed_to=None))
    unknown = [key for key, value in line.items() if value is None]
    assert unknown == ["event_date", "date_precision", "attributed_to", "lang", "published"]


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2019-01-22", "22 January 2019"),
        ("2019-12-01", "1 December 2019"),
        ("2019-01", "January 2019"),
        ("2019", "2019"),
        (None, "day not given"),
    ],
)
def test_a_date_is_told_as_precisely_as_the_text_gave_it(date: str | None, words: str) -> None:
    assert date_words(PartialDate.parse(date) if date else None) == words


@pytest.mark.parametrize(
    ("alert", "told"),
    [
        pytest.param(ALERT, "[Mehman Huseynov] Ended or suspended a hunger strike", id="sure"),
        pytest.param(UNSURE, "[Mehman Huseynov] Unconfirmed: ended or suspended a hunger strike", id="unconfirmed"),
        pytest.param(
            CORRECTION, "[Mehman Huseynov] Correction, taken back: ended or suspended a hunger strike", id="text"
        ),
        pytest.param(
            RETRACTED, "[Mehman Huseynov] Correction, taken back: ended or suspended a hunger strike", id="hand"
        ),
        pytest.param(CORRECTED, "[Mehman Huseynov] Correction: in critical condition, 20 January 2019", id="corrected"),
    ],
)
def test_the_subject_says_how_sure_we_are(alert: Alert, told: str) -> None:
    assert subject(alert) == told


def test_the_message_answers_questions_in_the_order_they_are_asked() -> None:
    assert plain_text(ALERT).split("\n") == [
        "Mehman Huseynov: ended or suspended a hunger strike.",
        "",
        "Confirmed as far as the text goes: it says this plainly of this person. Its truth rests on who says so.",
        "",
        "Who says so: his lawyer, as OC Media reports",
        "When it happened: 22 January 2019",
        "",
        "The sentence (language: en):",
        "“Mehman Huseynov has ended his hunger strike, his lawyer said.”",
        "",
        "Blogger ends hunger strike",
        "OC Media",
        "https://oc-media.org/a",
        "Published: 22 January 2019, 09:05 UTC",
        "Seen by Watchdog: 22 January 2019, 10:30 UTC",
        "",
        "You get this because you follow Mehman Huseynov or all cases.",
        "Case mehman-huseynov, event 7.",
        "Found by the rule en.hunger_strike_ended.ended, confidence 0.93.",
    ]


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        pytest.param(
            UNSURE, "Mehman Huseynov: ended or suspended a hunger strike (unconfirmed).\n", id="in the first line"
        ),
        pytest.param(UNSURE, "UNCONFIRMED: no strike was known before. Read the sentence", id="unconfirmed says why"),
        pytest.param(UNSURE, "What we are not sure of:\n- no strike was known before\n", id="doubts are listed"),
        pytest.param(
            replace(UNSURE, doubts=()), "UNCONFIRMED: we are not sure that", id="unconfirmed without a reason"
        ),
        pytest.param(CORRECTION, "Correction. This no longer stands: Mehman Huseynov: ended", id="correction"),
        pytest.param(CORRECTION, "The sentence below takes it back.", id="correction explains itself"),
        pytest.param(
            replace(ALERT, attributed_to=None, certainty=Certainty.ASSERTED), "Who says so: OC Media\n", id="the source"
        ),
        pytest.param(replace(ALERT, attributed_to=None), "gives it as somebody else's words", id="reported by nobody"),
        pytest.param(replace(ALERT, certainty=Certainty.DISPUTED), "another source contradicts it", id="disputed"),
        pytest.param(replace(ALERT, event_date=None), "When it happened: day not given", id="no date"),
        pytest.param(replace(ALERT, published=None), "Published: date not given", id="no publication date"),
        pytest.param(replace(ALERT, lang=None), "The sentence:\n", id="no language"),
        pytest.param(replace(ALERT, title=" "), "(the article has no title)", id="no title"),
    ],
)
def test_the_message_invents_no_certainty(alert: Alert, words: str) -> None:
    assert words in plain_text(alert)


def test_a_retraction_says_what_was_told_what_is_right_and_why() -> None:
    assert plain_text(RETRACTED).split("\n") == [
        "Correction. This no longer stands: Mehman Huseynov: ended or suspended a hunger strike.",
        "",
        "What we told you: ended or suspended a hunger strike, 22 January 2019.",
        "What is right: we take it back, and put nothing in its place. Do not act on the earlier message.",
        "Why: It was his brother.",
        "",
        "The sentence that we took it from (language: en):",
        "“Mehman Huseynov has ended his hunger strike, his lawyer said.”",
        "",
        "Blogger ends hunger strike",
        "OC Media",
        "https://oc-media.org/a",
        "Published: 22 January 2019, 09:05 UTC",
        "Put right: 22 January 2019, 10:30 UTC",
        "",
        "You get this because you were told of it before; a correction goes to everybody who was.",
        "Case mehman-huseynov, event 7.",
        "Found by the rule en.hunger_strike_ended.ended, confidence 0.93.",
    ]


def test_a_corrected_event_says_what_holds_now() -> None:
    told, now = plain_text(CORRECTED).split("\n")[2:4]
    assert told == "What we told you: ended or suspended a hunger strike, 22 January 2019 (unconfirmed)."
    assert now == "What is right: in critical condition, 20 January 2019."
    assert "Why:" not in plain_text(CORRECTED)


def test_a_correction_by_a_person_has_what_is_right_in_its_line_too() -> None:
    added = {key: value for key, value in alert_line(CORRECTED).items() if key not in alert_line(CORRECTION)}
    assert added == {"now_status": "health_critical", "now_event": 9, "now_event_date": "2019-01-20", "note": ""}
    assert alert_line(RETRACTED)["now_status"] is None


def test_an_alert_that_a_person_accepted_says_so() -> None:
    text = plain_text(replace(ALERT, is_reviewed=True))
    assert "A person has read the sentence and accepted it" in text
    assert text.endswith("confidence 0.93, then accepted by a person.")
    assert plain_text(replace(UNSURE, is_reviewed=True)).split("\n")[2].startswith("UNCONFIRMED")


def test_a_correction_claims_no_confirmation() -> None:
    assert "onfirmed" not in subject(CORRECTION) + plain_text(CORRECTION)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        pytest.param("a\x1b[31mb\x07", "a[31mb", id="terminal controls"),
        pytest.param("a\x9bb\x85c", "ab c", id="C1 controls"),
        pytest.param("a\r\nBcc: x", "a Bcc: x", id="line breaks become gaps"),
        pytest.param("a\u2028b\u2029c", "a b c", id="Unicode line breaks too"),
        pytest.param("\u202eabc\u202c\u2066d\u2069\u200f", "abcd", id="reading order"),
        pytest.param("re\u200bleas\u2060ed\ufeff\u00ad", "released", id="invisible"),
        pytest.param("ab\u200ccd", "abcd", id="a joiner between Latin letters"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a joiner that Persian needs"),
        pytest.param("می\u200c\u200c\u200cخ", "می\u200cخ", id="one of it"),
        pytest.param("\ud800x\U000e0041", "x", id="what UTF-8 cannot carry, and tags"),
        pytest.param("  Əli   Kərimli  ", "Əli Kərimli", id="letters stay"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_a_cut_is_marked() -> None:
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"


@given(st.text())
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_that_acts(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in once)
    assert not any(
        unicodedata.bidirectional(char) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"} for char in once
    )
    once.encode()


@pytest.mark.parametrize(
    "name", ["case_id", "case_name", "attributed_to", "url", "source_name", "lang", "evidence", "rule", "title"]
)
def test_hostile_text_in_any_field_makes_no_line_and_no_markup(name: str) -> None:
    calm, hostile = (replace(UNSURE, **{name: text}) for text in ("x", HOSTILE))  # type: ignore[arg-type]  # text fields
    assert len(plain_text(hostile).splitlines()) == len(plain_text(calm).splitlines())
    assert len(subject(hostile).splitlines()) == 1
    assert "<script" not in message_html(hostile)
    for told in (subject(hostile), plain_text(hostile), message_html(hostile)):
        assert not set(told) & set("\x1b\x07\x9b\r\u2028\u202e\u2066\u200b\ud800\ufffe")
        told.encode()


def test_a_huge_field_is_cut() -> None:
    huge = replace(UNSURE, evidence="a" * 1_000_000, title="b" * 1_000_000, doubts=("c" * 1_000_000,) * 1000)
    assert len(plain_text(huge)) < 10_000


def test_html_says_the_same() -> None:
    assert message_html(ALERT).startswith("<p>Mehman Huseynov: ended or suspended a hunger strike.</p><p>Confirmed")
    assert "Who says so: his lawyer, as OC Media reports<br>When it happened" in message_html(ALERT)
