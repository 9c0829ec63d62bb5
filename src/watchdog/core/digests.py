"""When a digest is cut, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from watchdog.core.render import (
    Line,
    alert_line,
    clean,
    doubt_words,
    event_words,
    moment_words,
    speaker_words,
    topic_line,
)
from watchdog.model.dates import rfc3339
from watchdog.model.delivery import Alert, Coverage, Digest, DigestItem, Every, TopicAlert
from watchdog.model.event import Band
from watchdog.model.status import STATUS_TYPES

_ADJECTIVES = {Every.NOW: "", Every.HOUR: "Hourly", Every.DAY: "Daily", Every.WEEK: "Weekly"}
_MOST_NAME = 200
_MOST_TITLE = 300
#: A digest is for reading many: the sentence at length stands in the article.
_MOST_EVIDENCE = 600
_MOST_URL = 2_000
_MOST_SILENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When digests of a day are cut; those of a week on Mondays at that time."""

    at: time
    zone: tzinfo


def last_boundary(every: Every, now: datetime, schedule: Schedule) -> datetime:
    """The newest moment, not after ``now``, at which a period ends and the next one starts; in UTC.

    An hour ends with the hour of the clock in UTC, a day at ``at`` by the clock of the zone, a week on Monday at that
    time. A day has one such moment even when clocks change: where the time comes twice it is the first one, where it is
    left out it is as long after the gap as it would have been after the gap's start (PEP 495, ``fold=0``).

    Args:
        every: not ``now``.
        now: aware.
        schedule: the operator's.
    """
    if every is Every.NOW:
        raise ValueError("what is told at once has no period")
    if every is Every.HOUR:
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day = now.astimezone(schedule.zone).date() + timedelta(days=1)
    while True:
        is_one = every is Every.DAY or day.weekday() == 0
        boundary = datetime.combine(day, schedule.at, tzinfo=schedule.zone).astimezone(UTC)
        if is_one and boundary <= now:
            return boundary
        day -= timedelta(days=1)


def digest_subject(digest: Digest) -> str:
    """``[Watchdog] Daily digest: 3 changes in 2 cases, 1 article on a topic``."""
    return f"[Watchdog] {_headline(digest)}"


def digest_text(digest: Digest, most: int | None = None, *, brief: bool = False) -> str:
    """The whole message; paragraphs apart by a blank line, grouped by case, what weighs most first.

    Args:
        digest: what to say.
        most: items at most; what is left out is counted.
        brief: a line or two an item, without its evidence.
    """
    groups = _groups(digest.items)
    left = len(digest.items) if most is None else most
    parts = [
        [f"{_headline(digest)}.", f"From {moment_words(digest.starts_at)} to {moment_words(digest.ends_at)}."],
        [_coverage(digest.coverage)],
    ]
    for title, items in groups:
        shown = items[:left]
        left -= len(shown)
        blocks = [_brief(item) if brief else _item(item) for item in shown]
        if brief and blocks:
            parts.append([title, *(line for block in blocks for line in block)])
        elif blocks:
            parts += [[f"== {title} =="], *blocks]
    hidden = 0 if most is None else len(digest.items) - most
    if hidden > 0:
        parts.append([f"… and {hidden} more, which have no room here; ask your operator for them."])
    parts.append([f"You get this because you asked to hear of this once {_span(digest.every)}."])
    return "\n\n".join("\n".join(lines) for lines in parts)


def digest_line(digest: Digest) -> dict[str, Line]:
    """The ``digest`` line of a webhook's body."""
    return {
        "kind": "digest",
        "every": digest.every.value,
        "starts_at": rfc3339(digest.starts_at),
        "ends_at": rfc3339(digest.ends_at),
        "raised_at": rfc3339(digest.raised_at),
        "coverage": {
            "sources": digest.coverage.sources,
            "answered": digest.coverage.answered,
            "silent": [source_id for source_id, _ in digest.coverage.silent],
        },
        "alerts": [_line(item) for item in digest.items],
    }


def _line(item: DigestItem) -> dict[str, Line]:
    if item.correction is not None:
        return alert_line(item.correction)
    return topic_line(item.told) if isinstance(item.told, TopicAlert) else alert_line(item.told)


def _headline(digest: Digest) -> str:
    changes = [item.told for item in digest.items if isinstance(item.told, Alert) and item.correction is None]
    articles = [item.told for item in digest.items if isinstance(item.told, TopicAlert)]
    taken_back = len(digest.items) - len(changes) - len(articles)
    counts = []
    if changes:
        cases = len({alert.case_id for alert in changes})
        counts.append(f"{_count(len(changes), 'change')} in {_count(cases, 'case')}")
    if articles:
        topics = len({alert.topic_id for alert in articles})
        counts.append(f"{_count(len(articles), 'article')} on {'a topic' if topics == 1 else f'{topics} topics'}")
    if taken_back:
        counts.append(f"{_count(taken_back, 'report')} taken back")
    return f"{_ADJECTIVES[digest.every]} digest: {', '.join(counts)}"


def _coverage(coverage: Coverage) -> str:
    """How far silence can be trusted."""
    if not coverage.sources:
        return "No source is asked at the moment."
    said = f"{coverage.answered} of {_count(coverage.sources, 'source')} answered today"
    if not coverage.silent:
        return f"{said}."
    names = [clean(name, _MOST_NAME) for _, name in coverage.silent[:_MOST_SILENT]]
    more = len(coverage.silent) - len(names)
    return f"{said}; silent: {', '.join(names)}{f' and {more} more' if more else ''}."


def _groups(items: Iterable[DigestItem]) -> list[tuple[str, list[DigestItem]]]:
    """The items by case, cases with a critical change first, then topics; else in the order in which they came."""
    found: dict[tuple[str, str], list[DigestItem]] = {}
    for item in items:
        about = item.told
        key = ("topic", about.topic_id) if isinstance(about, TopicAlert) else ("case", about.case_id)
        found.setdefault(key, []).append(item)
    groups = sorted(found.values(), key=lambda group: max(map(_weight, group)), reverse=True)
    return [(_title(group[0]), group) for group in groups]


def _weight(item: DigestItem) -> int:
    if isinstance(item.told, TopicAlert):
        return 0
    return 2 if item.correction is None and STATUS_TYPES[item.told.status].critical else 1


def _title(item: DigestItem) -> str:
    about = item.told
    return f"Topic {clean(about.topic_id)}" if isinstance(about, TopicAlert) else clean(about.case_name, _MOST_NAME)


def _item(item: DigestItem) -> list[str]:
    told = item.told
    if item.correction is not None:
        return [*_taken_back(item.correction), *_article(told)]
    if isinstance(told, TopicAlert):
        return [_article_title(told), f"“{clean(told.evidence, _MOST_EVIDENCE)}”", *_article(told)]
    return [
        f"{_change(told)}.",
        *([f"In doubt: {doubt_words(told)}. Read the sentence below."] if told.band is not Band.SURE else []),
        f"“{clean(told.evidence, _MOST_EVIDENCE)}”",
        f"Who says so: {speaker_words(told)}",
        _article_title(told),
        *_article(told),
        f"Case {clean(told.case_id, _MOST_NAME)}, event {told.event}.",
    ]


def _brief(item: DigestItem) -> list[str]:
    told = item.told
    url = clean(told.url, _MOST_URL)
    if item.correction is not None:
        return [f"- {_taken_back(item.correction)[0]}"]
    words = _article_title(told) if isinstance(told, TopicAlert) else _change(told)
    return [f"- {words} ({clean(told.source_name, _MOST_NAME)})", url]


def _change(alert: Alert) -> str:
    words = event_words(alert.status, alert.event_date)
    return f"{words[0].upper()}{words[1:]}" if alert.band is Band.SURE else f"Unconfirmed: {words}"


def _taken_back(correction: Alert) -> list[str]:
    """What was reported while the digest was awaited, and did not hold."""
    right = correction.correction
    was = event_words(correction.status, correction.event_date)
    now = f"What is right: {event_words(right.status, right.event_date)}." if right and right.status else ""
    note = clean(right.note, _MOST_EVIDENCE) if right else ""
    first = f"Taken back before we told you: {was}. {now or 'It does not stand.'}"
    return [first, *([f"Why: {note}"] if note else [])]


def _article_title(told: Alert | TopicAlert) -> str:
    return clean(told.title, _MOST_TITLE) or "(the article has no title)"


def _article(told: Alert | TopicAlert) -> list[str]:
    published = f"published {moment_words(told.published)}" if told.published else "date of publication not given"
    seen = f"seen {moment_words(told.raised_at)}"
    return [clean(told.url, _MOST_URL), f"{clean(told.source_name, _MOST_NAME)}, {published}, {seen}"]


def _span(every: Every) -> str:
    return "an hour" if every is Every.HOUR else f"a {every.value}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
