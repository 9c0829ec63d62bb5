"""What an operator reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from watchdog.core.alerts import thread_of
from watchdog.core.messages import message_html, message_line, message_subject, message_text
from watchdog.core.notices import claim_words, daily_notice, stuck_named_notice, stuck_notice, waiting_notice
from watchdog.model.article import TextField
from watchdog.model.claim import Certainty, Claim, Evidence, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.review import Waiting
from watchdog.model.status import Status

SENTENCE = "Mehman Huseynov was released on Saturday, his lawyer said."
SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
ITEM = Waiting(
    id=12,
    first_id=9,
    revision_id=1,
    case_id="mh",
    case_name="Mehman Huseynov",
    claim=Claim(
        case_id="mh",
        status=Status.RELEASED,
        modality=Modality.ASSERTED,
        certainty=Certainty.REPORTED,
        date=PartialDate(year=2026, month=2, day=28),
        evidence=Evidence(field=TextField.TEXT, start=0, end=len(SENTENCE), sentence=SENTENCE, rule="en.released.x"),
    ),
    reported=date(2026, 3, 1),
    reason="after_death",
    why="told as later than the known death",
    title="Blogger released",
    url="https://oc.example/a",
    source_name="OC Media",
    since=SINCE,
)


def test_a_waiting_claim_says_what_why_and_what_to_do() -> None:
    notice = waiting_notice(ITEM, 0, is_reminder=False, now=SINCE)
    assert message_subject(notice) == "[Watchdog] Waits for your decision: Mehman Huseynov: released, 28 February 2026"
    assert message_text(notice).split("\n") == [
        "A report says: Mehman Huseynov: released, 28 February 2026.",
        "We are in doubt, so nobody was told. It waits for your decision.",
        "",
        "Why we are in doubt: told as later than the known death.",
        "",
        "The sentence:",
        "“Mehman Huseynov was released on Saturday, his lawyer said.”",
        "",
        "Blogger released",
        "OC Media",
        "https://oc.example/a",
        "",
        "To read it in its paragraph: watchdog review show 12",
        "If it says so, and alerts should go out: watchdog review accept 12",
        "If it does not: watchdog review reject 12",
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param(1, "1 further report of the same change waits with it.", id="one"),
        pytest.param(2, "2 further reports of the same change wait with it.", id="two"),
    ],
)
def test_a_reminder_says_since_when_and_what_came_since(more: int, words: str) -> None:
    notice = waiting_notice(ITEM, more, is_reminder=True, now=SINCE + timedelta(days=1))
    assert message_subject(notice).startswith("[Watchdog] Still waits for your decision")
    assert "It has waited for you since 2026-03-01 12:00 UTC." in message_text(notice)
    assert words in message_text(notice)
    assert thread_of(notice) == thread_of(waiting_notice(ITEM, 0, is_reminder=False, now=SINCE)) == "review-9"


@pytest.mark.parametrize(
    ("modality", "words"),
    [
        pytest.param(Modality.DENIED, "a denial of “Mehman Huseynov: released, 28 February 2026”", id="denied"),
        pytest.param(Modality.RETRACTED, "a retraction of “Mehman Huseynov: released, 28 February 2026”", id="back"),
    ],
)
def test_a_doubtful_denial_is_called_one(modality: Modality, words: str) -> None:
    assert claim_words(replace(ITEM, claim=replace(ITEM.claim, modality=modality))) == words


def test_the_daily_message_has_a_line_for_each_change() -> None:
    assert message_text(daily_notice([(ITEM, 1), (replace(ITEM, id=14), 0)], SINCE)).split("\n") == [
        "2 claims wait for a decision. Nobody was told of them.",
        "",
        "- 12: Mehman Huseynov: released, 28 February 2026 (since 2026-03-01, 1 more of the same)",
        "- 14: Mehman Huseynov: released, 28 February 2026 (since 2026-03-01)",
        "",
        "To read them: watchdog review list",
        "One in its paragraph: watchdog review show NUMBER",
    ]
    assert message_subject(daily_notice([(ITEM, 0)], SINCE)) == "[Watchdog] 1 claim waits for a decision"
    assert "- and 5 more" in message_text(daily_notice([(ITEM, 0)] * 25, SINCE))


def test_what_was_set_aside_is_listed_with_its_error() -> None:
    notice = stuck_notice([("poll", "oc", "ValueError: boom")] * 22, SINCE)
    assert message_text(notice).split("\n")[2] == "- poll oc: ValueError: boom"
    assert message_text(notice).endswith("- and 2 more")
    assert message_subject(notice) == "[Watchdog] 22 rows set aside"


def test_an_article_that_may_tell_of_a_watched_person_is_to_be_read_by_hand() -> None:
    row = ("read:12", "Mehman Huseynov freed", "https://oc.example/a", "WorkerDied: exit code -11")
    one = stuck_named_notice([row], SINCE)
    assert message_subject(one) == "[Watchdog] 1 article that may tell of a watched person set aside"
    first, *lines = message_text(one).split("\n")
    assert first.endswith("Read it yourself: Watchdog could not, and nobody was told what stands there.")
    assert lines == [
        "",
        "- Mehman Huseynov freed",
        "https://oc.example/a",
        "read:12: WorkerDied: exit code -11",
        "",
        "Three attempts failed, and there is no further one by itself; this is said once.",
        "When the cause is mended: watchdog queue retry read:12",
    ]
    many = stuck_named_notice([row] * 22, SINCE)
    assert message_subject(many) == "[Watchdog] 22 articles that may tell of a watched person set aside"
    assert "- and 2 more" in message_text(many)


def test_a_line_for_machines_is_of_a_kind_of_its_own() -> None:
    line = message_line(waiting_notice(ITEM, 0, is_reminder=False, now=SINCE))
    assert list(line) == ["kind", "notice", "claims", "raised_at", "subject", "text"]
    assert (line["kind"], line["notice"], line["claims"]) == ("notice", "waiting", [12])


def test_nothing_from_outside_acts() -> None:
    hostile = "\x1b[31m\u202ea\r\nBcc: x <script>\u2028"
    item = replace(ITEM, case_name=hostile, title=hostile, source_name=hostile, url=hostile, why=hostile)
    notice = waiting_notice(item, 1, is_reminder=True, now=SINCE)
    stuck = stuck_notice([("read", hostile, hostile)], SINCE)
    named = stuck_named_notice([("read:1", hostile, hostile, hostile)], SINCE)
    for text in (message_subject(notice), *map(message_text, (notice, stuck, named))):
        assert not {"\x1b", "\u202e", "\r", "\u2028"} & set(text)
        assert "\nBcc" not in text
    assert "<script>" not in message_html(notice)
