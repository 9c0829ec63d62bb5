"""``review`` and ``events``: what waits for a person, and what a person puts right."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import click

from watchdog import service
from watchdog.cli.output import ROW_ID, Speaker
from watchdog.config import read_settings
from watchdog.core.notices import claim_words
from watchdog.core.render import event_words
from watchdog.errors import UsageError
from watchdog.model.article import TextField
from watchdog.model.dates import PartialDate, rfc3339
from watchdog.model.event import Decision, Outcome
from watchdog.model.review import Signature, Waiting
from watchdog.model.status import Status
from watchdog.pipeline import review as reviewing
from watchdog.pipeline.review import Plan
from watchdog.store import Database, histories, reviews, watchlist
from watchdog.store.articles import RevisionForJudge
from watchdog.store.corrections import Corrected
from watchdog.store.histories import EventRow
from watchdog.store.reviews import Reviewed
from watchdog.store.waiting import one_a_change, waiting

Command = TypeVar("Command", bound=Callable[..., None])


def _open(speaker: Speaker) -> Database:
    return service.open_database(speaker.home, read_settings(speaker.home))


def _signing(note: str) -> Callable[[Command], Command]:
    """The options of a command that decides; what becomes of the note is the difference."""

    def add(command: Command) -> Command:
        by = click.option("--by", metavar="NAME", help="Who decides; without it the user of this system.")
        return by(click.option("--note", default="", metavar="TEXT", help=note)(command))

    return add


def _sign(by: str | None, note: str) -> Signature:
    try:
        author = by or getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container whose user has no name
        raise UsageError("nobody knows who decides here; add --by NAME") from None
    return Signature(author=author, note=note.strip(), at=datetime.now(UTC))


@click.group("review")
def review_group() -> None:
    """The claims that wait for a person."""


@review_group.command("list")
@click.pass_obj
def review_list(speaker: Speaker) -> None:
    """Every claim that waits, deaths, releases and disappearances first."""
    with _open(speaker) as db:
        found = one_a_change(db.read_now(waiting))
    found = tuple(sorted(found, key=lambda pair: not pair[0].is_critical))
    if speaker.as_json:
        for item, more in found:
            speaker.line(_waiting_json(item, more))
        return
    if not found:
        speaker.say("nothing waits for a decision")
        return
    table = [
        (
            item.id,
            f"{item.since:%Y-%m-%d %H:%M}",
            claim_words(item) + (f" (and {more} more of the same)" if more else ""),
            "critical" if item.is_critical else "",
            item.why or item.reason,
        )
        for item, more in found
    ]
    speaker.table(("NUMBER", "SINCE (UTC)", "CLAIM", "", "WHY IT WAITS"), table)
    speaker.say("to read one in its paragraph: watchdog review show NUMBER")


def _waiting_json(item: Waiting, more: int) -> dict[str, object]:
    claim = item.claim
    return {
        "claim": item.id,
        "case": item.case_id,
        "status": claim.status,
        "event_date": str(claim.date) if claim.date else None,
        "modality": claim.modality,
        "critical": item.is_critical,
        "reason": item.reason,
        "why": item.why,
        "confidence": round(claim.confidence, 3),
        "evidence": claim.evidence.sentence,
        "rule": claim.evidence.rule,
        "cues": list(claim.evidence.cues),
        "url": item.url,
        "title": item.title,
        "since": rfc3339(item.since),
        "witnesses": more,
    }


@review_group.command("show")
@click.argument("claim_id", metavar="NUMBER", type=ROW_ID)
@click.pass_obj
def review_show(speaker: Speaker, claim_id: int) -> None:
    """One claim: its sentence in its paragraph, why it is doubtful, and what accepting it would send."""
    with _open(speaker) as db:
        item = reviewing.find(db, claim_id)
        same = [each for each in db.read_now(waiting) if each.first_id == item.first_id and each.id != claim_id]
        done = db.read_now(reviews.find_review, claim_id)
        plan = reviewing.plan(db, item, datetime.now(UTC))
    paragraph = _paragraph(item, plan.job)
    if speaker.as_json:
        decision = plan.draft.decision
        sends = {"outcome": decision.outcome, "band": decision.band, "deliveries": plan.receivers}
        extra = {
            "paragraph": "".join(paragraph),
            "decision": _reviewed_json(done),
            "accepting": None if done else sends,
        }
        speaker.line({**_waiting_json(item, len(same)), **extra})
        return
    speaker.say(f"{item.id}: {claim_words(item)}{' (critical)' if item.is_critical else ''}")
    speaker.say(f"{item.title} ({item.source_name}, reported {item.reported})")
    speaker.say(item.url)
    speaker.say("")
    before, sentence, after = paragraph
    speaker.say(f"{before}>>> {sentence} <<<{after}", indent=4)
    speaker.say("")
    speaker.say(f"why it is doubtful: {item.why or item.reason}")
    evidence = item.claim.evidence
    cues = f", cues {', '.join(evidence.cues)}" if evidence.cues else ""
    speaker.say(f"found by: rule {evidence.rule}{cues}, confidence {item.claim.confidence:.2f}")
    if same:
        speaker.say(f"the same change is told by: {', '.join(str(each.id) for each in same)}")
    if done:
        speaker.say(_reviewed_words(done))
    else:
        speaker.say(f"accepting {_plan_words(plan)}")


def _paragraph(item: Waiting, job: RevisionForJudge) -> tuple[str, str, str]:
    """The paragraph of a claim's sentence: what stands before it, the sentence, what follows."""
    evidence = item.claim.evidence
    text, first, last = job.title, 0, len(job.title)
    if evidence.field is TextField.TEXT:
        text, first, last = job.text, evidence.start, evidence.end
        for block in job.blocks:
            if block.start <= evidence.start and evidence.end <= block.end:
                first, last = block.start, block.end
    return text[first : evidence.start], text[evidence.start : evidence.end], text[evidence.end : last]


def _plan_words(plan: Plan) -> str:
    decision = plan.draft.decision
    sends = f"and sends {_messages(plan.receivers)} now"
    match decision.outcome:
        case Outcome.NEW:
            return f"puts {_event_of(decision)} on the timeline as {decision.band}, {sends}"
        case Outcome.CORRECTION:
            return f"takes {_known(decision)} back, {sends}"
        case Outcome.BACKGROUND:
            return f"puts {_event_of(decision)} on the timeline and sends nothing: {decision.reason}"
        case Outcome.SILENCE:
            return f"is not possible: {decision.reason}"
        case _:
            return f"adds a {decision.outcome} of {_known(decision)} and sends nothing"


def _event_of(decision: Decision) -> str:
    return f"“{event_words(decision.claim.status, decision.claim.date)}”"


def _known(decision: Decision) -> str:
    return f"event {decision.event.id}" if decision.event else "no event"


def _messages(number: int) -> str:
    return f"{number} message{'' if number == 1 else 's'}"


def _reviewed_json(done: Reviewed | None) -> dict[str, object] | None:
    if done is None:
        return None
    return {"decision": done.decision, **_signed_json(done.signed), "event": done.event_id}


def _signed_json(signed: Signature) -> dict[str, object]:
    return {"by": signed.author, "note": signed.note, "at": rfc3339(signed.at)}


def _reviewed_words(done: Reviewed) -> str:
    event = f", event {done.event_id}" if done.event_id else ""
    return f"{done.decision} {_signed_words(done.signed)}{event}"


def _signed_words(signed: Signature) -> str:
    return f"by {signed.author} on {rfc3339(signed.at)}{f' ({signed.note})' if signed.note else ''}"


@review_group.command("accept")
@click.argument("claim_id", metavar="NUMBER", type=ROW_ID)
@_signing("Why, for whoever asks later; it is sent to nobody.")
@click.pass_obj
def review_accept(speaker: Speaker, claim_id: int, by: str | None, note: str) -> None:
    """The text says so: what it says happened, and whoever wants to know is told."""
    done = service.accept(speaker.home, claim_id, _sign(by, note))
    if speaker.as_json:
        facts = {"event": done.event_id, "deliveries": done.deliveries, "joined": list(done.joined)}
        speaker.line({"claim": claim_id, "outcome": done.outcome, **facts})
    words = {Outcome.NEW: "made", Outcome.BACKGROUND: "made without an alert", Outcome.CORRECTION: "taken back"}
    how = words.get(done.outcome, f"has a further {done.outcome}")
    speaker.say(f"claim {claim_id} accepted: event {done.event_id} {how}, {_messages(done.deliveries)} to send")
    if done.joined:
        speaker.say(f"confirmed by: {', '.join(map(str, done.joined))}")


@review_group.command("reject")
@click.argument("claim_id", metavar="NUMBER", type=ROW_ID)
@_signing("Why, for whoever asks later; it is sent to nobody.")
@click.pass_obj
def review_reject(speaker: Speaker, claim_id: int, by: str | None, note: str) -> None:
    """The text does not say so: this sentence stays silent, the change may still be told by another."""
    left = service.reject(speaker.home, claim_id, _sign(by, note))
    if speaker.as_json:
        speaker.line({"claim": claim_id, "waiting": list(left)})
    speaker.say(f"claim {claim_id} rejected; nobody is told")
    if left:
        speaker.say(f"the same change is still told by: {', '.join(map(str, left))}")


@click.group("events")
def events_group() -> None:
    """The events on the timelines, and putting them right."""


@events_group.command("list")
@click.option("--case", "case_id", metavar="ID", help="Of this case only.")
@click.pass_obj
def events_list(speaker: Speaker, case_id: str | None) -> None:
    """Every event, case by case, what was taken back included."""
    with _open(speaker) as db:
        names = [row.case.id for row in db.read_now(watchlist.list_cases)]
        if case_id is not None and case_id not in names:
            raise UsageError(f"no case {case_id!r}; see: watchdog cases list")
        wanted = names if case_id is None else [case_id]
        rows = [(name, event) for name in wanted for event in db.read_now(histories.case_events, name)]
    if speaker.as_json:
        for name, event in rows:
            speaker.line(_event_json(name, event))
        return
    if not rows:
        speaker.say("no events yet")
        return
    table = [(event.id, name, event.event_date or "-", event.status, _state(event)) for name, event in rows]
    speaker.table(("EVENT", "CASE", "DATE", "STATUS", "STATE"), table)


def _state(event: EventRow) -> str:
    if event.decided:
        instead = f", now event {event.decided.new_event_id}" if event.decided.new_event_id else ""
        return f"{event.decided.decision}{instead}"
    if event.withdrawn_at:
        return "withdrawn"
    return "known" if event.is_known else event.band or "background"


def _event_json(case_id: str, event: EventRow) -> dict[str, object]:
    done = event.decided
    return {
        "event": event.id,
        "case": case_id,
        "status": event.status,
        "event_date": event.event_date,
        "band": event.band,
        "state": _state(event).partition(",")[0],
        "seen_at": rfc3339(event.seen_at),
        "withdrawn_at": rfc3339(event.withdrawn_at) if event.withdrawn_at else None,
        "evidence": event.sentence,
        "url": event.url,
        "confirmations": event.confirmations,
        "decision": done and {"decision": done.decision, **_signed_json(done.signed), "event": done.new_event_id},
    }


@events_group.command("show")
@click.argument("event_id", metavar="EVENT", type=ROW_ID)
@click.pass_obj
def events_show(speaker: Speaker, event_id: int) -> None:
    """One event: its evidence, its confirmations, and what people decided on it."""
    with _open(speaker) as db:
        found = db.read_now(histories.find_event, event_id)
    if found is None:
        raise UsageError(f"there is no event {event_id}; see: watchdog events list")
    case_id, event = found
    if speaker.as_json:
        speaker.line(_event_json(case_id, event))
        return
    date = PartialDate.parse(event.event_date) if event.event_date else None
    speaker.say(f"event {event.id}, case {case_id}: {event_words(Status(event.status), date)} ({_state(event)})")
    speaker.say(f"accepted {rfc3339(event.seen_at)}, {event.confirmations} confirmations")
    if event.sentence:
        speaker.say(f"“{event.sentence}”", indent=4)
        speaker.say(f"{event.url}", indent=4)
    if event.decided:
        speaker.say(f"{event.decided.decision} {_signed_words(event.decided.signed)}")


@events_group.command("correct")
@click.argument("event_id", metavar="EVENT", type=ROW_ID)
@click.option("--date", metavar="DATE", help="When it really happened: 2017-03-03, 2017-03 or 2017.")
@click.option("--status", type=click.Choice([status.value for status in Status]), help="What really happened.")
@_signing("Why; it goes into the message.")
@click.pass_obj
def events_correct(
    speaker: Speaker, event_id: int, date: str | None, status: str | None, by: str | None, note: str
) -> None:
    """Put an event right; everybody who was told of it is told what is right."""
    if date is None and status is None:
        raise UsageError("say what is right: --date DATE, --status TYPE, or both")
    try:
        day = PartialDate.parse(date) if date else None
    except ValueError as exc:
        raise UsageError(f"--date: {exc}") from exc
    done = service.correct_event(speaker.home, event_id, Status(status) if status else None, day, _sign(by, note))
    _tell_corrected(speaker, event_id, done)


@events_group.command("retract")
@click.argument("event_id", metavar="EVENT", type=ROW_ID)
@_signing("Why; it goes into the message.")
@click.pass_obj
def events_retract(speaker: Speaker, event_id: int, by: str | None, note: str) -> None:
    """Take an event back; everybody who was told of it is told so."""
    _tell_corrected(speaker, event_id, service.retract_event(speaker.home, event_id, _sign(by, note)))


def _tell_corrected(speaker: Speaker, event_id: int, done: Corrected) -> None:
    if speaker.as_json:
        speaker.line({"event": event_id, "now": done.new_event_id, "deliveries": done.deliveries})
    instead = f"event {done.new_event_id} stands in its place" if done.new_event_id else "nothing stands in its place"
    speaker.say(f"event {event_id} withdrawn, {instead}; {_messages(done.deliveries)} to send to those who were told")


COMMANDS = (review_group, events_group)
