"""``analyse``: single documents, no home, no database."""

from __future__ import annotations

import sys

import click

from watchdog import lang
from watchdog.cli.output import FAILED, json_line
from watchdog.errors import UsageError
from watchdog.pipeline.analyse import answer_line
from watchdog.pipeline.work import load_detectors


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON document a line on standard input (the only form there is).")
def analyse(jsonl: bool) -> None:
    """Judge single documents from standard input; see docs/commands.md for the form of a line."""
    if not jsonl:
        raise UsageError("analyse reads JSON lines: watchdog analyse --jsonl < documents.jsonl")
    lexicon, detectors = lang.load(), load_detectors()
    has_error = False
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace")
        if not line.strip():
            continue
        answer = answer_line(line, lexicon, detectors)
        has_error |= "error" in answer
        click.echo(json_line(answer))
    if has_error:
        sys.exit(FAILED)


COMMANDS = (analyse,)
