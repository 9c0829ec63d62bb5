"""``replay`` and ``demo``: no home, no network, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from importlib import resources
from pathlib import Path

import click

from watchdog import service
from watchdog.cli.output import Speaker
from watchdog.model.status import STATUS_TYPES, Status
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
    speaker.say("An invented editor, Ilgar Sarvanli, as four invented outlets tell of him over some months.")
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
    if line["kind"] == "topic":
        speaker.say(f"TOPIC {str(line['raised_at'])[:10]} {line['topic']}")
        speaker.say(f"“{line['evidence']}”", indent=6)
        speaker.say(str(line["url"]), indent=6)
        return
    words = STATUS_TYPES[Status(str(line["status"]))].label
    if line["kind"] == "silence":
        speaker.say(f"silent: {words} ({line['reason']})", indent=2)
    else:
        day = line["event_date"] or "day not given"
        sure = "" if line["band"] == "sure" else f" [{line['band']}]"
        raised = str(line["raised_at"])[:10]
        speaker.say(f"{str(line['kind']).upper()} {raised} {line['case']}: {words}, {day}{sure}")
    speaker.say(f"“{line['evidence']}”", indent=6)
    speaker.say(str(line["url"]), indent=6)


COMMANDS = (replay, demo)
