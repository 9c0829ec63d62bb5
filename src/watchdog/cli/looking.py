"""``cases``, ``sources`` and ``explain``: what the database knows, for people and machines."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import click

from watchdog import service
from watchdog.cli.output import Speaker
from watchdog.config import read_settings
from watchdog.core.address import canonical
from watchdog.core.notices import EXPECTED_WORDS
from watchdog.errors import UsageError
from watchdog.model.dates import rfc3339
from watchdog.model.event import Reason
from watchdog.model.mention import Unread
from watchdog.model.status import STATUS_TYPES, Status
from watchdog.model.topic import TopicOutcome
from watchdog.store import Database, expectations, histories, watchlist
from watchdog.store.histories import ArticleHistory, ClaimRow, EventRow, RevisionRow

_TOPIC_WORDS = {
    TopicOutcome.NEW: "told",
    TopicOutcome.KNOWN: "silence, told of this article before",
    TopicOutcome.COPY: "silence, an article with the same text matched before",
    TopicOutcome.BACKGROUND: "silence, old news",
}


def _open(speaker: Speaker) -> Database:
    return service.open_database(speaker.home, read_settings(speaker.home))


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


@click.group()
def cases() -> None:
    """The watched cases."""


@cases.command("list")
@click.pass_obj
def cases_list(speaker: Speaker) -> None:
    """Every case, with its newest event."""
    with _open(speaker) as db:
        rows = db.read_now(watchlist.list_cases)
        newest = {row.case.id: db.read_now(histories.case_events, row.case.id)[-1:] for row in rows}
    if speaker.as_json:
        for row in rows:
            last = [_event_json(event) for event in newest[row.case.id]]
            speaker.line(
                {
                    "id": row.case.id,
                    "name": row.case.name,
                    "country": row.case.country,
                    "retired": row.case.retired or row.left_at is not None,
                    "added_at": _moment(row.added_at),
                    "newest": last[0] if last else None,
                }
            )
        return
    if not rows:
        speaker.say("no cases yet: add one to watchlist.toml, then: watchdog apply")
        return
    table = []
    for row in rows:
        state = "retired" if row.case.retired or row.left_at else "watched"
        words = "; ".join(f"{event.status} {event.event_date or ''}".strip() for event in newest[row.case.id])
        table.append((row.case.id, row.case.name, state, words or "nothing known"))
    speaker.table(("ID", "NAME", "STATE", "NEWEST EVENT"), table)


@cases.command("show")
@click.argument("case_id", metavar="ID")
@click.pass_obj
def cases_show(speaker: Speaker, case_id: str) -> None:
    """A case's timeline, with the sentence that proves each event."""
    with _open(speaker) as db:
        row = next((row for row in db.read_now(watchlist.list_cases) if row.case.id == case_id), None)
        if row is None:
            raise UsageError(f"no case {case_id!r}; see: watchdog cases list")
        events = db.read_now(histories.case_events, case_id)
        expected = db.read_now(expectations.expected_of, case_id)
    case = row.case
    if speaker.as_json:
        speaker.line(
            {
                "id": case.id,
                "name": case.name,
                "aliases": list(case.aliases),
                "country": case.country,
                "events": [_event_json(event) for event in events],
                "expected": [
                    {"kind": one.kind, "day": one.day.isoformat(), "evidence": one.sentence} for one in expected
                ],
            }
        )
        return
    speaker.say(f"{case.name} ({case.id}){', ' + case.country if case.country else ''}")
    if case.aliases:
        speaker.say(f"also: {', '.join(case.aliases)}")
    if not events:
        speaker.say("nothing known yet")
    for event in events:
        _show_event(speaker, event)
    for one in expected:
        speaker.say(f"- announced for {one.day}: {EXPECTED_WORDS[one.kind]}")
        speaker.say(f"“{one.sentence}”", indent=4)


def _show_event(speaker: Speaker, event: EventRow) -> None:
    words = STATUS_TYPES[Status(event.status)].label
    if event.decided:
        how = f"{event.decided.decision} by {event.decided.signed.author}"
    elif event.withdrawn_at:
        how = "withdrawn"
    elif event.is_known:
        how = "known when the case was added"
    else:
        how = event.band or "background, not alerted"
    more = (
        f", {event.confirmations} confirmation{'' if event.confirmations == 1 else 's'}" if event.confirmations else ""
    )
    speaker.say(f"- {event.event_date or 'day not given'}: {words} ({how}{more})")
    if event.sentence:
        speaker.say(f"“{event.sentence}”", indent=4)
        speaker.say(f"{event.url}", indent=4)


def _event_json(event: EventRow) -> dict[str, object]:
    return {
        "event": event.id,
        "status": event.status,
        "event_date": event.event_date,
        "certainty": event.certainty,
        "attributed_to": event.attributed_to,
        "band": event.band,
        "known": event.is_known,
        "seen_at": _moment(event.seen_at),
        "withdrawn_at": _moment(event.withdrawn_at),
        "evidence": event.sentence,
        "url": event.url,
        "confirmations": event.confirmations,
    }


@click.command()
@click.argument("url")
@click.pass_obj
def explain(speaker: Speaker, url: str) -> None:
    """Why an alert about an article was sent, or was not."""
    address = canonical(url)
    if address is None:
        raise UsageError(f"{url!r} is not an address")
    with _open(speaker) as db:
        history = db.read_now(histories.article_history, address)
    if history is None:
        raise UsageError(f"{address} was never seen: no feed has named it since its source was added")
    if speaker.as_json:
        speaker.line(_history_json(history))
        return
    speaker.say(f"{history.url}")
    speaker.say(
        f"source {history.source_id}, published {_moment(history.published) or 'unknown'}, "
        f"first seen {_moment(history.first_seen_at)}"
    )
    if history.reason:
        speaker.say(f"{'set aside' if history.is_stuck else 'note'}: {history.reason}")
    if not history.revisions:
        speaker.say("not read yet" + (f", due {_moment(history.due_at)}" if history.due_at else ""))
    for revision in history.revisions:
        _show_revision(speaker, revision)


def _show_revision(speaker: Speaker, revision: RevisionRow) -> None:
    judged = "judged" if revision.judged_at else "not judged yet"
    speaker.say(
        f"revision {revision.number}, from the {revision.text_from}, {_moment(revision.seen_at)}, {judged}: "
        f"{revision.title}"
    )
    forms = Counter((str(mention["case"]), str(mention["reason"])) for mention in revision.mentions)
    for (case_id, reason), times in forms.items():
        speaker.say(f"names {case_id}: {reason}{f' ({times} times)' if times > 1 else ''}", indent=2)
    if revision.judged_at and not revision.mentions:
        speaker.say("names nobody who is watched", indent=2)
    for topic in revision.topics:
        speaker.say(f"matches topic {topic['topic']}: {_TOPIC_WORDS[TopicOutcome(str(topic['outcome']))]}", indent=2)
        speaker.say(f"“{topic['evidence']}”", indent=4)
    for claim in revision.claims:
        _show_claim(speaker, claim)
    for passage in revision.unread:
        lang = passage.lang or "a language that nobody names"
        speaker.say(f"{passage.case_id} not read -> silence: {Reason.NO_LANGUAGE_PACK} ({lang})", indent=2)
        speaker.say(f"“{passage.sentence}”", indent=4)


def _show_claim(speaker: Speaker, row: ClaimRow) -> None:
    outcome = row.outcome if row.reason is None else f"{row.outcome}: {row.reason}"
    if row.reviewed:
        outcome += f", {row.reviewed.decision} by {row.reviewed.signed.author}"
    sent = f"; deliveries: {', '.join(row.deliveries)}" if row.deliveries else ""
    speaker.say(f"{row.case_id} {row.claim.status} -> {outcome}{sent}", indent=2)
    speaker.say(f"“{row.claim.evidence.sentence}”", indent=4)
    cues = row.claim.evidence.cues
    blocked = bool(cues) and not row.claim.is_asserted
    how = [f"rule {row.claim.evidence.rule}", *([f"blocked by {cues[0]}", *cues[1:]] if blocked else cues)]
    speaker.say("; ".join([*how, f"confidence {row.confidence:.2f}"]), indent=4)
    for factor in row.claim.factors:
        speaker.say(f"x {factor.weight:.2f} {factor.name}: {factor.reason}", indent=6)
    if row.why and row.why != "; ".join(row.claim.doubts):
        speaker.say(row.why, indent=6)


def _history_json(history: ArticleHistory) -> dict[str, object]:
    return {
        "url": history.url,
        "source": history.source_id,
        "published": _moment(history.published),
        "first_seen_at": _moment(history.first_seen_at),
        "reason": history.reason,
        "stuck": history.is_stuck,
        "revisions": [
            {
                "number": revision.number,
                "title": revision.title,
                "text_from": revision.text_from,
                "seen_at": _moment(revision.seen_at),
                "judged_at": _moment(revision.judged_at),
                "mentions": list(revision.mentions),
                "topics": list(revision.topics),
                "claims": [_claim_json(row) for row in revision.claims],
                "unread": [_unread_json(passage) for passage in revision.unread],
            }
            for revision in history.revisions
        ],
    }


def _unread_json(passage: Unread) -> dict[str, object]:
    return {
        "case": passage.case_id,
        "reason": Reason.NO_LANGUAGE_PACK,
        "lang": passage.lang,
        "evidence": passage.sentence,
        "field": passage.field,
        "start": passage.start,
        "end": passage.end,
    }


def _claim_json(row: ClaimRow) -> dict[str, object]:
    return {
        "case": row.case_id,
        "status": row.claim.status,
        "modality": row.claim.modality,
        "outcome": row.outcome,
        "reason": row.reason,
        "band": row.band,
        "confidence": round(row.confidence, 3),
        "why": row.why,
        "event": row.event_id if row.reviewed is None else row.reviewed.event_id,
        "reviewed": row.reviewed.decision if row.reviewed else None,
        "evidence": row.claim.evidence.sentence,
        "rule": row.claim.evidence.rule,
        "cues": list(row.claim.evidence.cues),
        "factors": [
            {"name": one.name, "weight": round(one.weight, 3), "reason": one.reason} for one in row.claim.factors
        ],
        "deliveries": list(row.deliveries),
    }


COMMANDS = (explain,)
