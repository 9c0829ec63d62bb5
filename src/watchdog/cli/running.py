"""``init`` and ``run``."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from watchdog import service
from watchdog.cli.output import Speaker
from watchdog.pipeline.poll import Polled
from watchdog.service import Console


@click.command()
@click.option(
    "--feeds",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A feeds.toml to start with, instead of the starter's.",
)
@click.pass_obj
def init(speaker: Speaker, feeds: Path | None) -> None:
    """Make a home that works; subscribes console: and atom:alerts.xml to everything."""
    written = service.initialise(speaker.home, feeds, datetime.now(UTC))
    if speaker.as_json:
        speaker.line({"home": str(speaker.home), "written": list(written)})
    speaker.say(f"home: {speaker.home.resolve()}")
    for name in written:
        speaker.say(f"wrote {name}")
    speaker.say("alerts go to the console and to alerts.xml; now edit watchlist.toml, then: watchdog run")


@click.command()
@click.option("--once", is_flag=True, help="One full pass over everything that is due, then exit.")
@click.pass_obj
def run(speaker: Speaker, once: bool) -> None:
    """Run the service until it is told to stop (SIGTERM, Ctrl-C); the files are applied first."""
    console = Console(out=sys.stdout, as_json=speaker.as_json)
    if once:
        _run_once(speaker, console)
    else:
        asyncio.run(_run(speaker, console))


async def _run(speaker: Speaker, console: Console) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hangup = asyncio.Event()
    if not sys.stdin.isatty():  # at a terminal its closing is meant, and ends us
        loop.add_signal_handler(signal.SIGHUP, hangup.set)
    await service.run(speaker.home, console, stop, hangup)


def _run_once(speaker: Speaker, console: Console) -> None:
    steps = asyncio.run(service.run_pass(speaker.home, console))
    polls = [summary for summary in steps["poll"] if isinstance(summary, Polled)]
    refused = [pair for summary in polls for pair in summary.refused]
    sources = sum(summary.taken for summary in polls)
    new = sum(summary.new for summary in polls)
    if speaker.as_json:
        failing = [{"source": source, "reason": reason} for source, reason in refused]
        speaker.line({"kind": "pass", "sources": sources, "new": new, "failing": failing})
    for source, reason in refused:
        speaker.say(f"no feed from {source}: {reason}")
    speaker.say(f"sources asked: {sources}, of which answered: {sources - len(refused)}; new articles: {new}")


COMMANDS = (init, run)
