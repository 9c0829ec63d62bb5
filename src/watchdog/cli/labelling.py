"""``statuses``: the types of change, and what each is called."""

from __future__ import annotations

import click

from watchdog import lang
from watchdog.cli.output import Speaker
from watchdog.model.status import STATUS_TYPES


@click.command()
@click.option(
    "--lang", "code", type=click.Choice(lang.codes()), default="en", show_default=True, help="Labels in this language."
)
@click.pass_obj
def statuses(speaker: Speaker, code: str) -> None:
    """The types of status change, for --status and the API, with their labels."""
    labels = lang.load([code]).packs[code].labels
    if speaker.as_json:
        for row in STATUS_TYPES.values():
            speaker.line(
                {
                    "status": row.status.value,
                    "track": row.track.value,
                    "label": labels[row.status],
                    "lang": code,
                    "definition": row.definition,
                    "critical": row.critical,
                    "reopens": row.reopens,
                }
            )
        return
    table = [(row.status.value, row.track.value, labels[row.status], row.definition) for row in STATUS_TYPES.values()]
    speaker.table(("TYPE", "TRACK", "LABEL", "WHAT HAPPENED"), table)


COMMANDS = (statuses,)
