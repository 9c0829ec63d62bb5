"""Asks the second opinion, where the settings name one, about what is about to be told.

It runs in a worker process under the deadline of a document. One that raises, hangs, dies or answers something else
than an ``Opinion`` is as if nobody had been asked: logged, and what was decided stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from watchdog import plugins
from watchdog.errors import PluginError, WorkerError
from watchdog.model.claim import Claim
from watchdog.model.event import Outcome
from watchdog.model.opinion import Opinion, OpinionAsked, Verdict
from watchdog.pipeline.context import Context
from watchdog.store.articles import RevisionForJudge
from watchdog.store.judgements import Judgement

log = structlog.get_logger()

GROUP = "watchdog.opinions"
#: More is not brought out of the worker.
_LONGEST_REASON = 1_000


async def ask(ctx: Context, weighed: Sequence[Judgement], job: RevisionForJudge) -> Mapping[Claim, Opinion]:
    """What the second opinion says of each claim that would alert; empty where none is named or none is had."""
    name = ctx.settings.work.second_opinion
    drafts = [draft for judgement in weighed for draft in judgement.drafts if draft.decision.outcome is Outcome.NEW]
    if not name or not drafts:
        return {}
    asked = [
        OpinionAsked(
            case_name=draft.alert.case_name,
            status=draft.decision.claim.status,
            event_date=str(draft.decision.claim.date) if draft.decision.claim.date else None,
            title=job.title,
            sentence=draft.decision.claim.evidence.sentence,
            rule=draft.decision.claim.evidence.rule,
            lang=job.lang,
        )
        for draft in drafts
    ]
    try:
        answers = await ctx.pool.run(ask_in_worker, name, asked)
    except WorkerError as exc:
        log.warning("second opinion failed", plugin=name, revision=job.id, reason=str(exc))
        return {}
    given = zip(drafts, answers, strict=True)
    return {draft.decision.claim: answer for draft, answer in given if answer is not None}


def ask_in_worker(name: str, asked: Sequence[OpinionAsked]) -> list[Opinion | None]:
    """What the plug-in of a name answers to each question; None where it is no opinion."""
    opinion = plugins.load(GROUP).get(name)
    if not callable(opinion):
        raise PluginError(f"{GROUP}: no plug-in is named {name}")
    return [_checked(opinion(one)) for one in asked]


def _checked(answer: object) -> Opinion | None:
    if not isinstance(answer, Opinion):
        return None
    verdict: object = answer.verdict  # its code is not ours: any value may stand there
    reason: object = answer.reason
    if not isinstance(verdict, Verdict) or not isinstance(reason, str):
        return None
    return Opinion(verdict=verdict, reason=reason[:_LONGEST_REASON])
