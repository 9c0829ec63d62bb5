"""When a digest is cut, and how it reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.core.test_render import ALERT
from watchdog.core.digests import Schedule, digest_line, digest_subject, digest_text, last_boundary
from watchdog.core.messages import message_html, message_line, message_subject, message_text
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import (
    AlertKind,
    Correction,
    Coverage,
    Digest,
    DigestItem,
    Every,
    TopicAlert,
)
from watchdog.model.event import Band
from watchdog.model.status import Status

SEEN = datetime(2026, 3, 3, 6, 12, tzinfo=UTC)
ARTICLE = TopicAlert(
    topic_id="strikes",
    url="https://one.example/strike",
    source_id="one",
    source_name="One",
    title="Prisoners in the north",
    lang="en",
    published=SEEN - timedelta(hours=1),
    raised_at=SEEN,
    matched=("hunger strikes", "Azerbaijan"),
    evidence="Nine prisoners are on hunger strikes, their families said.",
    field="text",
    start=0,
    end=58,
)
DIED = replace(ALERT, case_id="ob", case_name="Olga B.", status=Status.DIED, event=9, band=Band.UNCONFIRMED)
TAKEN_BACK = replace(ALERT, kind=AlertKind.CORRECTION, correction=Correction(note="It was his brother."))
DIGEST = Digest(
    every=Every.DAY,
    starts_at=datetime(2026, 3, 2, 7, tzinfo=UTC),
    ends_at=datetime(2026, 3, 3, 7, tzinfo=UTC),
    items=(DigestItem(told=ALERT), DigestItem(told=ARTICLE), DigestItem(told=DIED)),
    coverage=Coverage(sources=34, silent=(("jam", "JAM News"), ("rferl", "RFE/RL"))),
    thread="digest-1",
    raised_at=datetime(2026, 3, 3, 7, 0, 1, tzinfo=UTC),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "zone", "at", "now", "boundary"),
    [
        pytest.param(Every.HOUR, "UTC", "07:00", "2026-03-03 07:59:59", "2026-03-03 07:00", id="hour"),
        pytest.param(Every.HOUR, "UTC", "07:00", "2026-03-03 08:00", "2026-03-03 08:00", id="hour, sharp"),
        pytest.param(Every.HOUR, "Asia/Kathmandu", "07:00", "2026-03-03 08:01", "2026-03-03 08:00", id="hour of UTC"),
        pytest.param(Every.DAY, "UTC", "07:00", "2026-03-03 06:59", "2026-03-02 07:00", id="day, before its hour"),
        pytest.param(Every.DAY, "UTC", "07:00", "2026-03-03 07:00", "2026-03-03 07:00", id="day, at its hour"),
        pytest.param(Every.DAY, "Asia/Baku", "07:00", "2026-03-03 04:00", "2026-03-03 03:00", id="day, east"),
        pytest.param(Every.DAY, "Pacific/Kiritimati", "00:30", "2026-03-02 11:00", "2026-03-02 10:30", id="far east"),
        pytest.param(Every.DAY, "Pacific/Pago_Pago", "23:30", "2026-03-03 11:00", "2026-03-03 10:30", id="far west"),
        pytest.param(Every.WEEK, "UTC", "07:00", "2026-03-08 23:00", "2026-03-02 07:00", id="week, on Sunday"),
        pytest.param(Every.WEEK, "UTC", "07:00", "2026-03-09 06:59", "2026-03-02 07:00", id="week, Monday, before"),
        pytest.param(Every.WEEK, "UTC", "07:00", "2026-03-09 07:00", "2026-03-09 07:00", id="week, Monday, sharp"),
        pytest.param(Every.WEEK, "Asia/Baku", "02:00", "2026-03-08 22:00", "2026-03-08 22:00", id="their Monday"),
    ],
)
def test_last_boundary(every: Every, zone: str, at: str, now: str, boundary: str) -> None:
    schedule = Schedule(at=time.fromisoformat(at), zone=ZoneInfo(zone))
    assert last_boundary(every, utc(now), schedule) == utc(boundary)


@pytest.mark.parametrize(
    ("at", "since", "boundaries"),
    [
        # 29 March 2026, Berlin: 02:00 becomes 03:00, so 02:30 does not come; 03:30 is when it would have been.
        pytest.param("02:30", "2026-03-28 00:00", ["03-28 01:30", "03-29 01:30", "03-30 00:30"], id="missing hour"),
        # 25 October 2026: 03:00 becomes 02:00, so 02:30 comes twice; the first one counts.
        pytest.param("02:30", "2026-10-24 00:00", ["10-24 00:30", "10-25 00:30", "10-26 01:30"], id="doubled hour"),
        pytest.param(
            "07:00", "2026-03-28 00:00", ["03-28 06:00", "03-29 05:00", "03-30 05:00"], id="07:00 by the clock"
        ),
    ],
)
def test_a_day_has_one_boundary_when_clocks_change(at: str, since: str, boundaries: list[str]) -> None:
    schedule = Schedule(at=time.fromisoformat(at), zone=ZoneInfo("Europe/Berlin"))
    start = utc(since)
    minutes = (start + timedelta(minutes=minute) for minute in range(3 * 24 * 60))
    met = sorted({last_boundary(Every.DAY, minute, schedule) for minute in minutes})
    assert [f"{each:%m-%d %H:%M}" for each in met if each >= start] == boundaries


def test_what_is_told_at_once_has_no_period() -> None:
    with pytest.raises(ValueError, match="no period"):
        last_boundary(Every.NOW, SEEN, Schedule(at=time(7), zone=UTC))


def test_how_it_reads() -> None:
    assert digest_subject(DIGEST) == "[Watchdog] Daily digest: 2 changes in 2 cases, 1 article on a topic"
    assert (
        digest_text(DIGEST)
        == """\
Daily digest: 2 changes in 2 cases, 1 article on a topic.
From 2 March 2026, 07:00 UTC to 3 March 2026, 07:00 UTC.

32 of 34 sources answered today; silent: JAM News, RFE/RL.

== Olga B. ==

Unconfirmed: died, 22 January 2019.
In doubt: we are not sure that the text means this. Read the sentence below.
“Mehman Huseynov has ended his hunger strike, his lawyer said.”
Who says so: his lawyer, as OC Media reports
Blogger ends hunger strike
https://oc-media.org/a
OC Media, published 22 January 2019, 09:05 UTC, seen 22 January 2019, 10:30 UTC
Case ob, event 9.

== Mehman Huseynov ==

Ended or suspended a hunger strike, 22 January 2019.
“Mehman Huseynov has ended his hunger strike, his lawyer said.”
Who says so: his lawyer, as OC Media reports
Blogger ends hunger strike
https://oc-media.org/a
OC Media, published 22 January 2019, 09:05 UTC, seen 22 January 2019, 10:30 UTC
Case mehman-huseynov, event 7.

== Topic strikes ==

Prisoners in the north
“Nine prisoners are on hunger strikes, their families said.”
https://one.example/strike
One, published 3 March 2026, 05:12 UTC, seen 3 March 2026, 06:12 UTC

You get this because you asked to hear of this once a day."""
    )


def test_what_was_taken_back_while_it_waited_is_said_instead() -> None:
    right = replace(TAKEN_BACK, correction=Correction(status=Status.DIED, event_date=PartialDate(year=2026), event=12))
    several = replace(
        DIGEST,
        items=(DigestItem(told=ALERT, correction=TAKEN_BACK), DigestItem(told=ALERT, correction=right)),
        coverage=Coverage(sources=1),
        every=Every.WEEK,
    )
    words = digest_text(several)
    assert digest_subject(several) == "[Watchdog] Weekly digest: 2 reports taken back"
    was = "Taken back before we told you: ended or suspended a hunger strike, 22 January 2019."
    assert f"{was} It does not stand.\nWhy: It was his brother." in words
    assert f"{was} What is right: died, 2026." in words
    assert ALERT.evidence not in words
    assert "1 of 1 source answered today." in words
    assert "once a week" in words
    assert json.dumps(digest_line(several)).count('"kind": "correction"') == 2


def test_its_line() -> None:
    line = message_line(DIGEST)
    facts = {
        "kind": "digest",
        "every": "day",
        "starts_at": "2026-03-02T07:00:00Z",
        "ends_at": "2026-03-03T07:00:00Z",
        "raised_at": "2026-03-03T07:00:01Z",
        "coverage": {"sources": 34, "answered": 32, "silent": ["jam", "rferl"]},
    }
    assert line == {**facts, "alerts": [message_line(item.told) for item in DIGEST.items]}


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("most", range(4))
def test_what_has_no_room_is_counted(most: int, brief: bool) -> None:
    words = digest_text(DIGEST, most, brief=brief)
    assert sum(title in words for title in ("Olga B.", "Mehman Huseynov\n", "Mehman Huseynov =", "strikes")) == most
    assert (f"… and {3 - most} more" in words) is (most < 3)


def test_silent_sources_are_counted_where_they_are_many() -> None:
    many = Coverage(sources=30, silent=tuple((str(number), f"S{number}") for number in range(12)))
    assert "silent: S0, S1, S2, S3, S4, S5, S6, S7, S8, S9 and 2 more." in digest_text(replace(DIGEST, coverage=many))
    assert "No source is asked" in digest_text(replace(DIGEST, coverage=Coverage(sources=0)))


def test_an_article_on_a_topic_reads_so() -> None:
    assert message_subject(ARTICLE) == "[strikes] Prisoners in the north"
    assert (
        message_text(ARTICLE)
        == """\
An article on the topic strikes: Prisoners in the north

The sentence (language: en):
“Nine prisoners are on hunger strikes, their families said.”

Found in it: “hunger strikes”, “Azerbaijan”.

One
https://one.example/strike
Published: 3 March 2026, 05:12 UTC
Seen by Watchdog: 3 March 2026, 06:12 UTC

You get this because you follow the topic strikes or all topics. Each article is told once."""
    )


def test_nothing_hostile_gets_through() -> None:
    bad = "\x1b]0;t\x07 <script>alert(1)</script>\r\n\r\nBcc: x \u202ekcab"
    article = replace(ARTICLE, title=bad, evidence=bad, source_name=bad, matched=(bad,), url=f"https://x.example/{bad}")
    alert = replace(ALERT, title=bad, evidence=bad, source_name=bad, case_name=bad, attributed_to=bad)
    coverage = Coverage(sources=1, silent=(("x", bad),))
    noted = replace(TAKEN_BACK, correction=Correction(note=bad))
    items = (DigestItem(told=article), DigestItem(told=alert), DigestItem(told=alert, correction=noted))
    for told in (article, replace(DIGEST, items=items, coverage=coverage)):
        for words in (message_subject(told), message_text(told), digest_text(DIGEST, brief=True)):
            assert not {"\x1b", "\x07", "\r", "\u202e"} & set(words)
            assert "\nBcc" not in words
        assert "<script" not in message_html(told)
        assert "&lt;script" in message_html(told)


def test_a_digest_tells_something() -> None:
    with pytest.raises(ValueError, match="something"):
        replace(DIGEST, items=())
