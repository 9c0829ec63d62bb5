"""Judges single documents without a store: the contract of ``watchdog analyse``."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watchdog.core.names import build_index
from watchdog.core.timeline import decide
from watchdog.lang import Lexicon
from watchdog.model.article import Block, Document
from watchdog.model.dates import PartialDate
from watchdog.model.event import Decision, Outcome, TimelineEvent
from watchdog.model.mention import Mention
from watchdog.model.status import Status
from watchdog.model.switches import ALL_ON, Switches
from watchdog.model.watch import Case
from watchdog.pipeline.work import Detector, Examined, examine

JSON = dict[str, object]

_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?![^\S\n]*(?:\n|\Z))[^\n]*)*")


class _Watched(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    case: str
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    not_names: tuple[str, ...] = Field(default=(), alias="not")
    context: tuple[str, ...] = ()


class _Prior(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    case: str
    status: Status
    date: str | None = None


class _Question(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    lang: str | None = None
    published: str
    title: str = ""
    text: str
    watched: tuple[_Watched, ...]
    prior: tuple[_Prior, ...] = ()


def answer_line(line: str, lexicon: Lexicon, detectors: Sequence[Detector], switches: Switches = ALL_ON) -> JSON:
    """Judge one line.

    Args:
        line: a JSON document as docs/commands.md has it.
        lexicon: every pack.
        detectors: what finds claims.
        switches: as in ``timeline.decide``.

    Returns:
        The answer, or ``{id, error}`` where the line cannot be read; ``id`` is None where not even that can be.
    """
    name: object = None
    try:
        raw = json.loads(line)
        if not isinstance(raw, dict):
            return {"id": None, "error": "not a JSON object"}
        name = raw.get("id")
        question = _Question.model_validate(raw)
        return _answer(question, lexicon, detectors, switches)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        return {"id": name, "error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}
    except RecursionError:
        return {"id": name, "error": "nested too deeply"}
    except (ValueError, OverflowError) as exc:  # OverflowError: a moment that is before the year 1 in UTC
        return {"id": name, "error": str(exc)}


def decide_line(line: str, lexicon: Lexicon, detectors: Sequence[Detector]) -> list[Decision]:
    """``answer_line`` for tools that look at the decisions; raises ValueError where the line cannot be read."""
    return _judge(_Question.model_validate_json(line), lexicon, detectors, ALL_ON)[1]


def _answer(question: _Question, lexicon: Lexicon, detectors: Sequence[Detector], switches: Switches) -> JSON:
    examined, decisions = _judge(question, lexicon, detectors, switches)
    return _as_json(question.id, examined, decisions)


def _judge(
    question: _Question, lexicon: Lexicon, detectors: Sequence[Detector], switches: Switches
) -> tuple[Examined, list[Decision]]:
    reported = dt.datetime.fromisoformat(question.published)
    if reported.tzinfo is not None:
        reported = reported.astimezone(dt.UTC)
    cases = [_case(watched) for watched in question.watched]
    document = Document(
        title=question.title,
        text=question.text,
        blocks=_blocks(question.text),
        lang=question.lang,
        reported=reported.date(),
    )
    examined = examine(document, build_index(cases, lexicon.letters), lexicon, detectors)
    decisions = [
        decision
        for case_id in dict.fromkeys(case.id for case in cases)
        for decision in decide(
            [claim for claim in examined.claims if claim.case_id == case_id],
            _timeline(question, case_id),
            reported=document.reported,
            switches=switches,
        )
    ]
    return examined, decisions


def _blocks(text: str) -> tuple[Block, ...]:
    """Paragraphs are apart by a blank line; what is between them belongs to none."""
    return tuple(Block(start=found.start(), end=found.end()) for found in _PARAGRAPH.finditer(text))


def _case(watched: _Watched) -> Case:
    if not watched.names:
        raise ValueError(f"case {watched.case!r} has no names")
    first, *more = watched.names
    return Case(
        id=watched.case,
        name=first,
        aliases=(*more, *watched.aliases),
        weak_aliases=watched.weak_aliases,
        not_names=watched.not_names,
        context=watched.context,
    )


def _timeline(question: _Question, case_id: str) -> tuple[TimelineEvent, ...]:
    """The accepted events that the question gives, oldest first; those without a date come before all others."""
    known = [
        TimelineEvent(
            id=None,
            status=prior.status,
            date=PartialDate.parse(prior.date) if prior.date else None,
            reported=None,
        )
        for prior in question.prior
        if prior.case == case_id
    ]
    return tuple(sorted(known, key=lambda event: event.last_day or dt.date.min))


def _as_json(name: str | int, examined: Examined, decisions: Sequence[Decision]) -> JSON:
    def those(*outcomes: Outcome) -> list[Decision]:
        return [decision for decision in decisions if decision.outcome in outcomes]

    return {
        "id": name,
        "mentions": [_mention(mention) for mention in examined.found.mentions],
        "unsure": [_mention(mention) for mention in examined.found.unsure],
        "alerts": [_alert(decision) for decision in those(Outcome.NEW)],
        "corrected": [_alert(decision) for decision in those(Outcome.CORRECTION)],
        "confirmed": [_alert(decision) for decision in those(Outcome.CONFIRMATION, Outcome.DISPUTE)],
        "review": [{**_alert(decision), "why": decision.why} for decision in those(Outcome.REVIEW)],
        "silenced": [_silenced(decision) for decision in those(Outcome.SILENCE, Outcome.BACKGROUND)],
    }


def _mention(mention: Mention) -> JSON:
    return {
        "case": mention.case_id,
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "form": mention.form,
        "score": round(mention.score, 3),
        "reason": mention.reason,
    }


def _alert(decision: Decision) -> JSON:
    claim = decision.claim
    return {
        "case": claim.case_id,
        "status": claim.status,
        "event_date": str(claim.date) if claim.date else None,
        "certainty": claim.certainty,
        "attributed_to": claim.attributed_to,
        "band": decision.band,
        "confidence": round(decision.confidence, 3),
        "evidence": claim.evidence.sentence,
        "field": claim.evidence.field,
        "start": claim.evidence.start,
        "end": claim.evidence.end,
        "rule": claim.evidence.rule,
    }


def _silenced(decision: Decision) -> JSON:
    claim = decision.claim
    return {
        "case": claim.case_id,
        "status": claim.status,
        "reason": decision.reason,
        "evidence": claim.evidence.sentence,
    }
