"""The commands. Each reads as: open what it needs, ask ``service`` or ``store``, print."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from watchdog import __version__
from watchdog.cli import looking, playing, running, subscribing
from watchdog.cli.output import Speaker, fail, set_up_logging
from watchdog.errors import WatchdogError

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("WATCHDOG_HOME", ".")),
    show_default="$WATCHDOG_HOME, else the current folder",
    help="The folder with watchdog.toml, feeds.toml, watchlist.toml and data/.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON lines on standard output, and nothing else.")
@click.option("--verbose", "-v", is_flag=True, help="Log details, too.")
@click.version_option(__version__, prog_name="watchdog")
@click.pass_context
def cli(context: click.Context, home: Path, as_json: bool, verbose: bool) -> None:
    """Tells human-rights monitors of the one sentence that changes a case."""
    set_up_logging(verbose=verbose)
    context.obj = Speaker(home=home, as_json=as_json)


for command in (*running.COMMANDS, *playing.COMMANDS, *subscribing.COMMANDS, *looking.COMMANDS):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 wrong use."""
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    if as_json:  # it may stand before or after the command
        arguments = ["--json", *(argument for argument in arguments if argument != "--json")]
    try:
        cli.main(arguments, prog_name="watchdog")
    except WatchdogError as exc:
        sys.exit(fail(exc, as_json=as_json))
