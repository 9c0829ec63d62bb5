"""``try`` and ``aliases``: what a name would match, before it is watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import click

from watchdog import lang, service
from watchdog.cli.output import Speaker
from watchdog.config import read_settings
from watchdog.config.values import interval
from watchdog.core.names import build_index
from watchdog.core.spellings import Spelling, scripts_without, suggest_spellings
from watchdog.errors import UsageError
from watchdog.lang import Lexicon
from watchdog.model.dates import rfc3339
from watchdog.model.status import STATUS_TYPES
from watchdog.model.watch import Case
from watchdog.pipeline.trying import Form, Trial, Wanted, document_of, is_recognised, watched_as
from watchdog.pipeline.work import load_detectors
from watchdog.store import Database, texts, watchlist

_BATCH = 100
_PROGRESS_EVERY = 5_000
_MOST_FORMS = 20


class _Since(click.ParamType[timedelta]):
    """A time span of the settings' form."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read "90d"."""
        if isinstance(value, timedelta):
            return value
        try:
            return interval(value)
        except ValueError as exc:
            self.fail(str(exc), param, ctx)


_since = click.option(
    "--since", type=_Since(), default="90d", show_default=True, help="How far back to look through stored articles."
)


@click.command("try")
@click.argument("name")
@_since
@click.option("--alias", "aliases", multiple=True, metavar="NAME", help="As under aliases; any number of times.")
@click.option("--weak-alias", "weak", multiple=True, metavar="NAME", help="As under weak_aliases.")
@click.option("--not", "not_names", multiple=True, metavar="NAME", help="As under not.")
@click.option("--context", "context", multiple=True, metavar="WORD", help="As under context.")
@click.option("--text", "typed", multiple=True, metavar="TEXT", help="Look at this text and no stored one.")
@click.pass_obj
def try_name(
    speaker: Speaker,
    name: str,
    since: timedelta,
    aliases: tuple[str, ...],
    weak: tuple[str, ...],
    not_names: tuple[str, ...],
    context: tuple[str, ...],
    typed: tuple[str, ...],
) -> None:
    """What NAME would have matched in stored articles, and how many alerts a month it would give."""
    wanted = Wanted(name=name, aliases=aliases, weak_aliases=weak, not_names=not_names, context=context)
    now = datetime.now(UTC)
    trial = _look_at(typed, wanted) if typed else _look(speaker, wanted, lang.load(), now - since)[0]
    if speaker.as_json:
        speaker.line(_as_json(name, trial, now))
    elif typed:
        _tell_forms(speaker, "taken for the name:", trial.forms)
        _tell_forms(speaker, "seen and not accepted:", trial.unsure)
        if not trial.forms and not trial.unsure:
            speaker.say("nothing like the name in it")
    else:
        _tell(speaker, name, trial, now)


def _look_at(typed: Sequence[str], wanted: Wanted) -> Trial:
    """Try a name on texts from the command line, which takes no home."""
    lexicon = lang.load()
    trial = Trial(wanted.as_case(), (), lexicon, load_detectors())
    for text in typed:
        trial.look(document_of(text.strip() or "-", lexicon))
    return trial


def _look(speaker: Speaker, wanted: Wanted, lexicon: Lexicon, since: datetime) -> tuple[Trial, Case]:
    """Try a name on all texts since a moment; how far it has come is told on standard error.

    Returns:
        What came of it, and the case that was tried, or has the name already.
    """
    if not wanted.name.strip():
        raise UsageError("give a name")
    with service.open_database(speaker.home, read_settings(speaker.home)) as db:
        cases = db.read_now(watchlist.watched_cases)
        same = watched_as(wanted.name, cases)
        rivals = [case for case in cases if case is not same]
        if same is not None:
            click.echo(f"{wanted.name} is watched already, as case {same.id}", err=True)
        trial = Trial(wanted.as_case(), rivals, lexicon, load_detectors())
        for stored in _texts(db, since):
            trial.add(stored)
    return trial, same or wanted.as_case()


def _texts(db: Database, since: datetime) -> Iterator[texts.StoredText]:
    """Every text since a moment, in batches of a short transaction each."""
    first = after = db.read_now(texts.last_before, since)
    last = db.read_now(texts.last_id)
    while batch := db.read_now(texts.texts_after, after, _BATCH):
        if (batch[0].id - first) // _PROGRESS_EVERY != (after - first) // _PROGRESS_EVERY or after == first:
            click.echo(f"{after - first:,} of about {last - first:,} texts", err=True)
        yield from batch
        after = batch[-1].id


def _tell(speaker: Speaker, name: str, trial: Trial, now: datetime) -> None:
    named = sum(trial.articles.values())
    speaker.say(f"{name}: named in {named:,} articles, of {trial.texts:,} texts that were looked through")
    _tell_months(speaker, trial)
    _tell_forms(speaker, "taken for the name:", trial.forms)
    for sample in trial.samples:
        speaker.say(f"“{sample.sentence}”", indent=4)
        speaker.say(f"{sample.url}", indent=4)
    _tell_forms(speaker, "seen and not accepted:", trial.unsure)
    for collision in trial.collisions:
        speaker.say(f"collides with case {collision.case_id}: {collision.reason}")
    kinds = Counter(alert.status for alert in trial.alerts)
    words = "; ".join(f"{STATUS_TYPES[status].label} {times}" for status, times in kinds.most_common())
    found = f" ({len(trial.alerts)} in {trial.days(now):.0f} days: {words})" if words else ""
    speaker.say(f"alerts to expect: {trial.alerts_a_month(now):.1f} a month{found}")


def _tell_months(speaker: Speaker, trial: Trial) -> None:
    if not trial.articles:
        return
    months = sorted({month for _, month in trial.articles})
    sources = sorted({source for source, _ in trial.articles})
    rows = [(source, *(trial.articles[source, month] for month in months)) for source in sources]
    speaker.table(("SOURCE", *months), rows)


def _tell_forms(speaker: Speaker, head: str, forms: Counter[Form]) -> None:
    if forms:
        speaker.say(head)
    for form, times in forms.most_common(_MOST_FORMS):
        speaker.say(f"{form.form}: {form.reason}{f' ({times:,} times)' if times > 1 else ''}", indent=2)


def _as_json(name: str, trial: Trial, now: datetime) -> dict[str, object]:
    return {
        "name": name,
        "texts": trial.texts,
        "articles": sum(trial.articles.values()),
        "by_source": [
            {"source": source, "month": month, "articles": times}
            for (source, month), times in sorted(trial.articles.items())
        ],
        "forms": _forms_json(trial.forms),
        "sentences": [
            {
                "sentence": sample.sentence,
                "form": sample.form.form,
                "reason": sample.form.reason,
                "score": sample.score,
                "url": sample.url,
                "source": sample.source_id,
                "published": rfc3339(sample.published) if sample.published else None,
            }
            for sample in trial.samples
        ],
        "unsure": _forms_json(trial.unsure),
        "collisions": [{"case": one.case_id, "name": one.name, "reason": one.reason} for one in trial.collisions],
        "alerts": [{"status": one.status, "evidence": one.sentence, "url": one.url} for one in trial.alerts],
        "days": round(trial.days(now), 1),
        "alerts_a_month": round(trial.alerts_a_month(now), 2),
    }


def _forms_json(forms: Counter[Form]) -> list[dict[str, object]]:
    return [{"form": form.form, "reason": form.reason, "times": times} for form, times in forms.most_common()]


@click.command()
@click.argument("name")
@_since
@click.option("--lang", "code", metavar="CODE", help="The language in which NAME is written, where it matters: az.")
@click.pass_obj
def aliases(speaker: Speaker, name: str, since: timedelta, code: str | None) -> None:
    """Suggest spellings of NAME by script and language, show the forms seen, and say which scripts have none."""
    lexicon = lang.load()
    known = sorted(writing.code for writing in lexicon.writings)
    if code is not None and code not in known:
        raise UsageError(f"--lang {code!r} has no table; there are {', '.join(known)}")
    trial, case = _look(speaker, Wanted(name=name), lexicon, datetime.now(UTC) - since)
    index = build_index([case], lexicon.letters)
    found = suggest_spellings(name, lexicon.letters, lexicon.writings, lang=code)
    taken = {spelling: is_recognised(spelling.text, spelling.code, index) for spelling in found}
    missing = scripts_without(case.names)
    if speaker.as_json:
        speaker.line(
            {
                "name": name,
                "spellings": [
                    {
                        "spelling": spelling.text,
                        "language": spelling.code,
                        "script": spelling.script,
                        "table": f"{spelling.table} [{spelling.section}]",
                        "recognised": is_taken,
                    }
                    for spelling, is_taken in taken.items()
                ],
                "seen": _forms_json(trial.forms),
                "scripts_without": list(missing),
            }
        )
        return
    if taken:
        speaker.table(("SCRIPT", "SPELLING", "RECOGNISED", "LANGUAGES", "TABLE"), _rows(taken))
    else:
        speaker.say("these letters tell no other spelling; try the name as another script writes it")
    _tell_forms(speaker, f"seen in {trial.texts:,} stored texts:", trial.forms)
    speaker.say(f"no form in: {', '.join(missing)}; add an alias in each that your sources write")


def _rows(taken: dict[Spelling, bool]) -> list[tuple[str, ...]]:
    """One row a spelling, with all the languages that share it."""
    rows: dict[tuple[str, str], list[Spelling]] = {}
    for spelling in sorted(taken, key=lambda spelling: spelling.script):
        rows.setdefault((spelling.script, spelling.text), []).append(spelling)
    return [
        (
            script,
            text,
            "yes" if all(taken[one] for one in same) else "no, list it",
            ", ".join(one.language for one in same),
            f"{same[0].table} [{' '.join(dict.fromkeys(one.section for one in same))}]",
        )
        for (script, text), same in rows.items()
    ]


COMMANDS = (try_name, aliases)
