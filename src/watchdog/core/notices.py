"""What operators are told: what waits for them, and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from watchdog.core.render import Line, clean, event_words
from watchdog.model.claim import Modality
from watchdog.model.dates import rfc3339
from watchdog.model.delivery import Notice, NoticeKind
from watchdog.model.review import Waiting

_MOST_LINES = 20
_MOST_LINE = 400
_MOST_SUBJECT = 300
_MOST_EVIDENCE = 2_000


def claim_words(item: Waiting) -> str:
    """What a waiting claim says, on one line: ``Mehman Huseynov: released, 1 March 2026``."""
    words = f"{clean(item.case_name)}: {event_words(item.claim.status, item.claim.date)}"
    match item.claim.modality:
        case Modality.DENIED:
            return f"a denial of “{words}”"
        case Modality.RETRACTED:
            return f"a retraction of “{words}”"
        case _:
            return words


def waiting_notice(item: Waiting, more: int, *, is_reminder: bool, now: datetime) -> Notice:
    """One critical claim that waits.

    Args:
        item: the claim.
        more: further reports of the same change that wait with it.
        is_reminder: operators were told of it a day ago.
        now: aware.
    """
    words = claim_words(item)
    since = f"{item.since:%Y-%m-%d %H:%M} UTC"
    opening = f"It has waited for you since {since}" if is_reminder else "It waits for your decision"
    also = [f"{_count(more, 'further report')} of the same change {'waits' if more == 1 else 'wait'} with it."]
    parts = [
        [f"A report says: {words}.", f"We are in doubt, so nobody was told. {opening}."],
        [f"Why we are in doubt: {clean(item.why or item.reason)}."],
        ["The sentence:", f"“{clean(item.claim.evidence.sentence, _MOST_EVIDENCE)}”"],
        [clean(item.title, _MOST_LINE) or "(no title)", clean(item.source_name, _MOST_LINE), clean(item.url)],
        also if more else [],
        [
            f"To read it in its paragraph: watchdog review show {item.id}",
            f"If it says so, and alerts should go out: watchdog review accept {item.id}",
            f"If it does not: watchdog review reject {item.id}",
        ],
    ]
    return Notice(
        kind=NoticeKind.STILL_WAITING if is_reminder else NoticeKind.WAITING,
        subject=f"{'Still waits' if is_reminder else 'Waits'} for your decision: {words}",
        text=_text(parts),
        thread=f"review-{item.first_id}",
        raised_at=now,
        claims=(item.id,),
    )


def daily_notice(found: Sequence[tuple[Waiting, int]], now: datetime) -> Notice:
    """All that waits, a line each: the oldest claim of each change, and how many more tell of the same."""
    lines = []
    for item, more in found[:_MOST_LINES]:
        with_more = f", {more} more of the same" if more else ""
        lines.append(f"- {item.id}: {claim_words(item)} (since {item.since:%Y-%m-%d}{with_more})")
    head = f"{_count(len(found), 'claim')} {'waits' if len(found) == 1 else 'wait'} for a decision"
    parts = [
        [f"{head}. Nobody was told of them."],
        [*lines, *_rest(len(found))],
        ["To read them: watchdog review list", "One in its paragraph: watchdog review show NUMBER"],
    ]
    claims = tuple(item.id for item, _ in found)
    text = _text(parts)
    return Notice(kind=NoticeKind.DAILY, subject=head, text=text, thread="review-daily", raised_at=now, claims=claims)


def stuck_notice(rows: Sequence[tuple[str, str, str]], now: datetime) -> Notice:
    """Rows that were set aside: each with its step, its name and the error."""
    head = f"{_count(len(rows), 'row')} set aside"
    lines = [clean(f"- {step} {name}: {reason}", _MOST_LINE) for step, name, reason in rows[:_MOST_LINES]]
    parts = [
        [f"{head}. Each failed three times and is not tried again by itself; this is said once."],
        [*lines, *_rest(len(rows))],
    ]
    return Notice(kind=NoticeKind.STUCK, subject=head, text=_text(parts), thread="stuck", raised_at=now)


def notice_subject(notice: Notice) -> str:
    """One line, safe to show."""
    return f"[Watchdog] {clean(notice.subject, _MOST_SUBJECT)}"


def notice_text(notice: Notice) -> str:
    """The whole message, safe to show."""
    return "\n\n".join("\n".join(map(clean, part.split("\n"))) for part in notice.text.split("\n\n"))


def notice_line(notice: Notice) -> dict[str, Line]:
    """The ``notice`` line of a webhook's body."""
    return {
        "kind": "notice",
        "notice": notice.kind.value,
        "claims": list(notice.claims),
        "raised_at": rfc3339(notice.raised_at),
        "subject": notice.subject,
        "text": notice.text,
    }


def stuck_named_notice(rows: Sequence[tuple[str, str, str, str]], now: datetime) -> Notice:
    """Articles that were set aside and may hold what everybody waits for: each with row, title, address and error."""
    them = "it" if len(rows) == 1 else "them"
    head = f"{_count(len(rows), 'article')} that may tell of a watched person set aside"
    lines = []
    for row, title, url, reason in rows[:_MOST_LINES]:
        lines += [f"- {clean(title, _MOST_LINE)}", clean(url, _MOST_LINE), clean(f"{row}: {reason}", _MOST_LINE)]
    parts = [
        [f"{head}. Read {them} yourself: Watchdog could not, and nobody was told what stands there."],
        [*lines, *_rest(len(rows))],
        [
            "Three attempts failed, and there is no further one by itself; this is said once.",
            f"When the cause is mended: watchdog queue retry {rows[0][0]}",
        ],
    ]
    return Notice(kind=NoticeKind.STUCK_NAMED, subject=head, text=_text(parts), thread="stuck", raised_at=now)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _rest(number: int) -> list[str]:
    return [f"- and {number - _MOST_LINES} more"] if number > _MOST_LINES else []


def _text(parts: Sequence[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(lines) for lines in parts if lines)
