"""``replay``, ``demo`` and ``analyse``: no home, no network, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import Counter
from importlib import resources
from pathlib import Path

import click

from watchdog import service
from watchdog.cli.output import FAILED, Speaker
from watchdog.core.render import STATUS_WORDS
from watchdog.errors import UsageError
from watchdog.model.status import Status
from watchdog.pipeline.replay import Counts

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("recording", type=_FILE)
@click.option("--feeds", type=_FILE, required=True, help="The sources that were polled.")
@click.option("--watchlist", type=_FILE, required=True, help="The cases to watch.")
@click.option("--why", is_flag=True, help="Show the silent claims, too, with their reasons.")
@click.pass_obj
def replay(speaker: Speaker, recording: Path, feeds: Path, watchlist: Path, why: bool) -> None:
    """Play a WARC recording through the real pipeline and print what it decides."""
    counts = Counts()
    asyncio.run(_play(speaker, recording, feeds, watchlist, counts, why=why))
    click.echo(f"{counts.feeds} polls, {counts.pages} pages, {counts.skipped} records skipped", err=True)


@click.command()
@click.pass_obj
def demo(speaker: Speaker) -> None:
    """The whole trip on a bundled recording of an invented case; no network."""
    speaker.say("An invented blogger, Kamran Alizade or whoever the recording names, over some months.")
    with contextlib.ExitStack() as stack:
        folder = resources.files("watchdog.demo")
        names = ("recording.warc.gz", "feeds.toml", "watchlist.toml")
        recording, feeds, watchlist = (stack.enter_context(resources.as_file(folder / name)) for name in names)
        kinds = asyncio.run(_play(speaker, recording, feeds, watchlist, Counts(), why=True))
    speaker.say(f"{kinds['alert']} alerts; {kinds['silence']} claims kept silent, each with its reason.")


async def _play(
    speaker: Speaker, recording: Path, feeds: Path, watchlist: Path, counts: Counts, *, why: bool
) -> Counter[str]:
    """Print each decision as it is made. Returns how many there were of each kind."""
    kinds: Counter[str] = Counter()
    async for line in service.play(recording, feeds, watchlist, counts, why=why):
        kinds[str(line["kind"])] += 1
        if speaker.as_json:
            speaker.line(line)
        else:
            _show(speaker, line)
    return kinds


def _show(speaker: Speaker, line: dict[str, object]) -> None:
    """One decision in a few lines for people."""
    words = STATUS_WORDS[Status(str(line["status"]))]
    if line["kind"] == "silence":
        speaker.say(f"  silent  {line['case']}: {words} ({line['reason']})")
    else:
        day = line["event_date"] or "day not given"
        sure = "" if line["band"] == "sure" else f" [{line['band']}]"
        speaker.say(
            f"{str(line['kind']).upper():<9} {str(line['raised_at'])[:10]}  {line['case']}: {words}, {day}{sure}"
        )
    speaker.say(f"            “{line['evidence']}”")
    speaker.say(f"            {line['url']}")


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON document a line on standard input (the only form there is).")
def analyse(jsonl: bool) -> None:
    """Judge single documents from standard input; see docs/commands.md for the form of a line."""
    if not jsonl:
        raise UsageError("analyse reads JSON lines: watchdog analyse --jsonl < documents.jsonl")
    from watchdog import lang
    from watchdog.pipeline.analyse import answer_line
    from watchdog.pipeline.work import load_detectors

    lexicon, detectors = lang.load(), load_detectors()
    has_error = False
    stream = sys.stdin.buffer
    for raw in stream:
        line = raw.decode("utf-8", "replace")
        if not line.strip():
            continue
        answer = answer_line(line, lexicon, detectors)
        has_error |= "error" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if has_error:
        sys.exit(FAILED)


COMMANDS = (replay, demo, analyse)
