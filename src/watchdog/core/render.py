"""What a message says: the line for machines, and the words for a tired person who reads them at night.

Every word that came from outside (names, titles, sentences, addresses) passes ``clean`` on its way into the words for
people. The line for machines keeps texts as they were judged, because its offsets count in them; it must leave the
house as JSON, which escapes controls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from watchdog.model.claim import Certainty
from watchdog.model.dates import PartialDate, rfc3339
from watchdog.model.delivery import Alert, AlertKind, TopicAlert
from watchdog.model.event import Band
from watchdog.model.status import STATUS_TYPES, Status

#: A value of the line for machines.
Line = str | int | float | None | Sequence["Line"] | Mapping[str, "Line"]

_MOST_NAME = 200
_MOST_TITLE = 300
_MOST_EVIDENCE = 2_000
_MOST_URL = 2_000
_MOST_SUBJECT_NAME = 80
_MOST_DOUBTS = 8

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 -- a calendar reads better in one line
)

# What a message must not carry, whatever shows it (reference: Unicode 15.1, categories Cc, Cf, Cs, and XML 1.0
# section 2.2): controls (a bare ESC drives a terminal), soft hyphens and zero-width characters (they hide text from a
# search), bidirectional marks, embeddings, overrides and isolates (they make a name read backwards), annotation marks,
# tags, halves of surrogate pairs, and code points that XML refuses. The zero-width joiners stay after a letter of the
# scripts that are spelled with them: Persian and the languages of India read wrong without.
_FORBIDDEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
    "|(?<![\u0600-\u08ff\u0900-\u0dff])[\u200c\u200d]"
)
_SPACES = re.compile(r"\s+")


def clean(text: str, most: int | None = None) -> str:
    """The text as one line that is safe to show: no controls, nothing invisible, nothing that turns the reading order.

    Args:
        text: From anywhere.
        most: Longest result in characters; what is cut off is marked.
    """
    # White space first, so that a line break between two words stays a gap between them; and again, because what is
    # taken out may have stood between two gaps.
    line = _SPACES.sub(" ", _FORBIDDEN.sub("", _SPACES.sub(" ", text))).strip()
    return line if most is None or len(line) <= most else line[: most - 1].rstrip() + "…"


def alert_line(alert: Alert) -> dict[str, Line]:
    """The ``alert`` line of ``replay`` and of a webhook's body: keys and order of docs/design.md, section 6.

    A correction that a person made says further what holds now.
    """
    date = alert.event_date
    return {
        "kind": alert.kind.value,
        "case": alert.case_id,
        "status": alert.status.value,
        "event": alert.event,
        "event_date": None if date is None else str(date),
        "date_precision": None if date is None else date.precision.value,
        "certainty": alert.certainty.value,
        "attributed_to": alert.attributed_to,
        "band": alert.band.value,
        "confidence": round(alert.confidence, 3),
        "url": alert.url,
        "source": alert.source_id,
        "lang": alert.lang,
        "published": None if alert.published is None else rfc3339(alert.published),
        "raised_at": rfc3339(alert.raised_at),
        "evidence": alert.evidence,
        "field": alert.field,
        "start": alert.start,
        "end": alert.end,
        "rule": alert.rule,
        **_right_now(alert),
    }


def _right_now(alert: Alert) -> dict[str, Line]:
    right = alert.correction
    if right is None:
        return {}
    return {
        "now_status": right.status.value if right.status else None,
        "now_event": right.event,
        "now_event_date": str(right.event_date) if right.event_date else None,
        "note": right.note,
    }


def topic_line(alert: TopicAlert) -> dict[str, Line]:
    """The ``topic`` line of ``replay`` and of a webhook's body: keys and order of docs/design.md, section 6."""
    return {
        "kind": "topic",
        "topic": alert.topic_id,
        "url": alert.url,
        "source": alert.source_id,
        "lang": alert.lang,
        "published": None if alert.published is None else rfc3339(alert.published),
        "raised_at": rfc3339(alert.raised_at),
        "matched": list(alert.matched),
        "evidence": alert.evidence,
    }


def subject(alert: Alert) -> str:
    """One line; its prefix is constant per case, because mail readers thread by it too."""
    words = STATUS_TYPES[alert.status].label
    if alert.kind is AlertKind.CORRECTION:
        right = alert.correction
        words = (
            f"Correction: {event_words(right.status, right.event_date)}"
            if right and right.status
            else (f"Correction, taken back: {words}")
        )
    elif alert.band is not Band.SURE:
        words = f"Unconfirmed: {words}"
    return f"[{clean(alert.case_name, _MOST_SUBJECT_NAME)}] {words[0].upper()}{words[1:]}"


def plain_text(alert: Alert) -> str:
    """The whole message; paragraphs apart by a blank line, what matters first, no line break at the end."""
    name = clean(alert.case_name, _MOST_NAME)
    is_correction = alert.kind is AlertKind.CORRECTION
    facts = [f"Who says so: {speaker_words(alert)}", f"When it happened: {date_words(alert.event_date)}"]
    article = [
        clean(alert.title, _MOST_TITLE) or "(the article has no title)",
        clean(alert.source_name, _MOST_NAME),
        clean(alert.url, _MOST_URL),
        f"Published: {moment_words(alert.published) if alert.published else 'date not given'}",
        f"{_raised_word(alert)}: {moment_words(alert.raised_at)}",
    ]
    doubts = [clean(doubt, _MOST_TITLE) for doubt in alert.doubts[:_MOST_DOUBTS]]
    checked = ", then accepted by a person" if alert.is_reviewed else ""
    reason = [
        "You get this because you were told of it before; a correction goes to everybody who was."
        if is_correction
        else f"You get this because you follow {name} or all cases.",
        f"Case {clean(alert.case_id, _MOST_NAME)}, event {alert.event}.",
        f"Found by the rule {clean(alert.rule, _MOST_NAME)}, confidence {alert.confidence:.2f}{checked}.",
    ]
    by_hand = alert.correction is not None
    sentence = "The sentence that we took it from" if by_hand else "The sentence"
    language = f" (language: {clean(alert.lang, _MOST_NAME)})" if alert.lang else ""
    parts = [
        [_headline(alert, name)],
        _correction(alert) if is_correction else [_standing(alert)],
        [] if by_hand else facts[:1] if is_correction else facts,
        [f"{sentence}{language}:", f"“{clean(alert.evidence, _MOST_EVIDENCE)}”"],
        article,
        ["What we are not sure of:", *(f"- {doubt}" for doubt in doubts)] if doubts and not by_hand else [],
        reason,
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def topic_subject(alert: TopicAlert) -> str:
    """One line; its prefix is constant per topic."""
    title = clean(alert.title, _MOST_TITLE) or "an article without a title"
    return f"[{clean(alert.topic_id, _MOST_SUBJECT_NAME)}] {title}"


def topic_text(alert: TopicAlert) -> str:
    """The whole message about an article on a topic."""
    topic = clean(alert.topic_id, _MOST_NAME)
    language = f" (language: {clean(alert.lang, _MOST_NAME)})" if alert.lang else ""
    parts = [
        [f"An article on the topic {topic}: {clean(alert.title, _MOST_TITLE) or '(it has no title)'}"],
        [f"The sentence{language}:", f"“{clean(alert.evidence, _MOST_EVIDENCE)}”"],
        [f"Found in it: {', '.join(f'“{clean(words, _MOST_NAME)}”' for words in alert.matched)}."],
        [
            clean(alert.source_name, _MOST_NAME),
            clean(alert.url, _MOST_URL),
            f"Published: {moment_words(alert.published) if alert.published else 'date not given'}",
            f"Seen by Watchdog: {moment_words(alert.raised_at)}",
        ],
        [f"You get this because you follow the topic {topic} or all topics. Each article is told once."],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts)


def date_words(date: PartialDate | None) -> str:
    """``22 January 2019``, ``January 2019``, ``2019`` or ``day not given``: as precise as the text was."""
    if date is None:
        return "day not given"
    parts = [str(date.day) if date.day else "", _MONTHS[date.month - 1] if date.month else "", str(date.year)]
    return " ".join(filter(None, parts))


def event_words(status: Status, date: PartialDate | None) -> str:
    """``released, 22 January 2019``."""
    return f"{STATUS_TYPES[status].label}, {date_words(date)}"


def _raised_word(alert: Alert) -> str:
    """What happened at the moment when the alert was raised."""
    if alert.correction is not None:
        return "Put right"
    return "Accepted" if alert.is_reviewed else "Seen by Watchdog"


def _headline(alert: Alert, name: str) -> str:
    words = f"{name}: {STATUS_TYPES[alert.status].label}"
    if alert.kind is AlertKind.CORRECTION:
        right = alert.correction
        if right and right.status:
            return f"Correction. {name}: {event_words(right.status, right.event_date)}."
        return f"Correction. This no longer stands: {words}."
    return f"{words}." if alert.band is Band.SURE else f"{words} (unconfirmed)."


def _correction(alert: Alert) -> list[str]:
    """What was told, what is right, and why."""
    right = alert.correction
    told = f"What we told you: {event_words(alert.status, alert.event_date)}."
    if right is None:
        return [told, "What is right: that it does not stand; we know no more. The sentence below takes it back."]
    if alert.band is not Band.SURE:
        told = f"{told[:-1]} (unconfirmed)."
    if right.before:
        told = f"{told[:-1]}; before that: {'; '.join(event_words(*said) for said in right.before)}."
    if right.status is None:
        now = "What is right: we take it back, and put nothing in its place. Do not act on the earlier message."
    else:
        now = f"What is right: {event_words(right.status, right.event_date)}."
    why = clean(right.note, _MOST_EVIDENCE)
    return [told, now, *([f"Why: {why}"] if why else [])]


def _standing(alert: Alert) -> str:
    if alert.is_reviewed and alert.band is Band.SURE:
        return "A person has read the sentence and accepted it as said of this person. Its truth rests on who says so."
    if alert.band is Band.SURE:
        return "Confirmed as far as the text goes: it says this plainly of this person. Its truth rests on who says so."
    return f"UNCONFIRMED: {doubt_words(alert)}. Read the sentence below before you act on it."


def doubt_words(alert: Alert) -> str:
    """Why an alert is unconfirmed."""
    return clean(alert.doubts[0], _MOST_TITLE) if alert.doubts else "we are not sure that the text means this"


def speaker_words(alert: Alert) -> str:
    """Who says so, and through whom."""
    source = clean(alert.source_name, _MOST_NAME)
    speaker = clean(alert.attributed_to or "", _MOST_NAME)
    told = f"{speaker}, as {source} reports" if speaker else source
    if alert.certainty is Certainty.DISPUTED:
        return f"{told}; another source contradicts it"
    if alert.certainty is Certainty.REPORTED and not speaker:
        return f"{source}, which gives it as somebody else's words"
    return told


def moment_words(moment: datetime) -> str:
    """``22 January 2019, 10:30 UTC``."""
    utc = rfc3339(moment)
    return f"{date_words(PartialDate.parse(utc[:10]))}, {utc[11:16]} UTC"
