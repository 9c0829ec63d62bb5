"""The written questions of the UK Parliament, asked by the days on which they were tabled and never by a search term.

``https://questions-statements-api.parliament.uk/api/writtenquestions/questions``; the shape of its answers:
docs/plugins.md. Question and answer are whole in the API, and the web site refuses robots (403, seen 2026), so the
page is linked to and not asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from watchdog.core.plain import clean_line, plain_line, plain_paragraphs
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed
from watchdog.model.plugin import SourcePlugin

BODY_MAX_BYTES = 10_000_000
#: Questions of one answer (the API gives 20 unless asked for more), and the most of one poll.
PAGE_SIZE, QUESTIONS_MAX = 100, 2_000
#: Answers come about a week after the question, so its days are asked for again that long.
DAYS_BACK = timedelta(days=7)
#: The most that is caught up with after a pause.
CATCH_UP = timedelta(days=21)
TITLE_MAX, TEXT_MAX = 1_000, 100_000
_PAGE = "https://questions-statements.parliament.uk/written-questions/detail/{day}/{number}"

Fields = Mapping[str, object]


def address(url: str, *, since: datetime | None, now: datetime) -> str:
    """The questions tabled in the last week, or since a week before the last poll that worked."""
    start = max(min(since or now, now) - DAYS_BACK, now - CATCH_UP)
    return _address(url, f"{start:%Y-%m-%d}", 0)


def parse(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | FeedRefused:
    """Read one page of questions; a week in which nobody asked one is no failure."""
    del content_type
    if len(body) > BODY_MAX_BYTES:
        return FeedRefused(reason=FeedRefusal.TOO_LARGE, detail=f"{len(body):,} bytes, more than {BODY_MAX_BYTES:,}")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as exc:
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail=clean_line(f"not JSON: {exc}")[:300])
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail='JSON without the list "results"')
    values = [item.get("value") for item in results if isinstance(item, dict)]
    entries = [_entry(cast("Fields", value), now) for value in values if isinstance(value, dict)]
    kept = {entry.key: entry for entry in entries if entry is not None}
    return ParsedFeed(
        title="UK Parliament: written questions",
        lang="en",
        entries=tuple(kept.values()),
        more=_more(url, len(results), answer.get("totalResults")),
        may_be_empty=True,  # parliament does not sit
        problems=(f"{len(results) - len(kept)} items without a number or a text",) if len(kept) < len(results) else (),
    )


PLUGIN = SourcePlugin(parse=parse, address=address)


def _address(url: str, start: str, skip: int) -> str:
    parts = urlsplit(url)
    query = urlencode({"tabledWhenFrom": start, "take": PAGE_SIZE, "skip": skip})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _more(url: str, size: int, total: object) -> tuple[str, ...]:
    query = parse_qs(urlsplit(url).query)
    start, skip = query.get("tabledWhenFrom", [""])[0], query.get("skip", ["0"])[0]
    following = (int(skip) if skip.isdecimal() else 0) + size
    is_last = not isinstance(total, int) or following >= min(total, QUESTIONS_MAX)
    return () if is_last or not size else (_address(url, start, following),)


def _entry(value: Fields, now: datetime) -> Entry | None:
    """A question with its answer, where there is one; an answer that comes later is a change of the entry."""
    number, asked = _text(value, "uin"), _text(value, "questionText")
    tabled = _day(value, "dateTabled")
    if not number or not asked or tabled is None:
        return None
    identity = value.get("id")
    heading, body = plain_line(_text(value, "heading")), _text(value, "answeringBodyName")
    parts = [*plain_paragraphs(asked), *plain_paragraphs(_text(value, "answerText"))]
    return Entry(
        key=f"question:{identity}" if isinstance(identity, int) else f"{tabled:%Y-%m-%d}/{number}"[:100],
        url=_PAGE.format(day=f"{tabled:%Y-%m-%d}", number=number) if number.isalnum() else None,
        title=(heading or plain_line(asked))[:TITLE_MAX],
        summary=plain_line(body)[:TITLE_MAX],
        content="\n\n".join(parts)[:TEXT_MAX].rstrip(),
        published=min(tabled, now),
        lang="en",
        is_whole=True,
    )


def _text(value: Fields, name: str) -> str:
    found = value.get(name)
    return found.strip()[:TEXT_MAX] if isinstance(found, str) else ""


def _day(value: Fields, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(value, name)[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None
