"""What operators are told: what waits for them, and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from watchdog.core.render import Line, clean, event_words
from watchdog.model.claim import Modality
from watchdog.model.dates import rfc3339
from watchdog.model.delivery import Coverage, Notice, NoticeKind, Silence
from watchdog.model.expectation import ExpectedKind, Overdue
from watchdog.model.review import Waiting
from watchdog.model.source import SourceState, Turn

_MOST_LINES = 20
_MOST_LINE = 400
_MOST_SUBJECT = 300
_MOST_EVIDENCE = 2_000
_MOST_NAME, _MOST_NAMES = 80, 8

#: What a person can do about a source that is not well.
ADVICE = {
    SourceState.OK: "",
    SourceState.EMPTY: "Look at the site: it may publish elsewhere now; watchdog sources add HOME-PAGE finds feeds.",
    SourceState.FAILED: "If it stays so, look at the site in a browser; it is asked again by itself, ever more seldom.",
    SourceState.ZOMBIE: "What answers is no living feed: look for its new address on the home page.",
    SourceState.QUIET: "Look whether the site has newer articles than its feed; if it is only quiet, set quiet_after.",
    SourceState.BLOCKED: "Its server refuses us: write to the publisher, set contact in [fetch], or a proxy for it.",
    SourceState.GONE: "Take it out of feeds.toml, or give it its new address; one that says 410 is not asked again.",
}

#: What was announced, in words.
EXPECTED_WORDS = {
    ExpectedKind.RELEASE: "due to be free",
    ExpectedKind.CUSTODY: "to be held until then",
    ExpectedKind.HEARING: "a hearing, trial or verdict",
}


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


def sources_notice(turns: Sequence[Turn], now: datetime) -> Notice:
    """Sources that left OK, and sources that are back: each with what was seen, and what may help."""
    left = [turn for turn in turns if turn.state is not SourceState.OK]
    back = [turn for turn in turns if turn.state is SourceState.OK]
    heads = []
    if left:
        heads.append(f"{_count(len(left), 'source')} {'needs' if len(left) == 1 else 'need'} a look")
    if back:
        heads.append(f"{_count(len(back), 'source')} {'is' if len(back) == 1 else 'are'} back")
    lines: list[str] = []
    for turn in left[:_MOST_LINES]:
        lines += [
            clean(f"- {turn.name} ({turn.source_id}): {turn.state}, {turn.words}", _MOST_LINE),
            ADVICE[turn.state],
        ]
    returned = []
    for turn in back[:_MOST_LINES]:
        since = f" since {turn.since:%Y-%m-%d %H:%M} UTC" if turn.since else ""
        returned.append(clean(f"- {turn.name} ({turn.source_id}): well again; it was not{since}", _MOST_LINE))
    parts = [
        [f"{', '.join(heads)}. This is said once."],
        [*lines, *_rest(len(left))],
        [*returned, *_rest(len(back))],
        [
            "All sources and their states: watchdog sources list",
            "One address, step by step: watchdog sources check URL",
        ],
    ]
    subject = ", ".join(heads)
    return Notice(kind=NoticeKind.SOURCES, subject=subject, text=_text(parts), thread="sources", raised_at=now)


def silent_notice(found: Sequence[Silence], now: datetime) -> Notice:
    """Cases that no source has named for long, a line each, with how far that silence can be trusted."""
    head = f"{_count(len(found), 'case')} named by no source for long"
    lines = []
    for silence in found[:_MOST_LINES]:
        days = (now - silence.since).days
        named = "since it was added" if silence.was_never else "since then"
        lines += [
            clean(f"- {silence.case_name}: last named {silence.since:%Y-%m-%d}", _MOST_LINE)
            if not silence.was_never
            else clean(f"- {silence.case_name}: never named, added {silence.since:%Y-%m-%d}", _MOST_LINE),
            clean(f"In the {_count(days, 'day')} {named} {coverage_words(silence.coverage)}.", 2 * _MOST_LINE),
        ]
    parts = [
        [f"{head}. No news may be no news; a spelling that we do not find, or sources that are silent, look the same."],
        [*lines, *_rest(len(found))],
        ["What a name would have found: watchdog try NAME"],
    ]
    return Notice(kind=NoticeKind.SILENT, subject=head, text=_text(parts), thread="silent", raised_at=now)


def expected_notice(found: Sequence[Overdue], now: datetime) -> Notice:
    """Announced days that passed, each with what was to happen, the sentence and its address."""
    head = f"{_count(len(found), 'announced day')} passed, and nothing was reported"
    lines = []
    for one in found[:_MOST_LINES]:
        what = f"{one.expectation.day}: {EXPECTED_WORDS[one.expectation.kind]}"
        lines += [
            clean(f"- {one.case_name}, {what}", _MOST_LINE),
            clean(f"“{one.expectation.sentence}”", _MOST_EVIDENCE),
            clean(one.url, _MOST_LINE),
        ]
    parts = [
        [f"{head}. It may not have happened, or nobody whom we read told it; this is said once."],
        [*lines, *_rest(len(found))],
        ["A case with all that is known: watchdog cases show ID"],
    ]
    return Notice(kind=NoticeKind.EXPECTED, subject=head, text=_text(parts), thread="expected", raised_at=now)


def coverage_words(coverage: Coverage) -> str:
    """``31 of 34 sources answered all the time; not: JAM News``."""
    said = f"{coverage.answered} of {_count(coverage.sources, 'source')} answered all the time"
    names = ", ".join(clean(name, _MOST_NAME) for _, name in coverage.silent[:_MOST_NAMES])
    more = len(coverage.silent) - _MOST_NAMES
    return f"{said}; not: {names}{f' and {more} more' if more > 0 else ''}" if names else said


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
