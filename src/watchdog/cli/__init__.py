"""The commands. Each reads as: open what it needs, ask ``service`` or ``store``, print."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path

import click

from watchdog import __version__
from watchdog.cli.output import Speaker, fail, set_up_logging
from watchdog.errors import WatchdogError

__all__ = ["main"]


#: Each command and the module that holds it, loaded when it is called: ``analyse`` needs no database.
_COMMANDS = {
    "init": "running",
    "run": "running",
    "apply": "keeping",
    "export": "keeping",
    "demo": "playing",
    "replay": "playing",
    "analyse": "analysing",
    "subscribe": "subscribing",
    "unsubscribe": "subscribing",
    "statuses": "labelling",
    "cases": "keeping",
    "sources": "keeping",
    "explain": "looking",
    "backup": "backing",
    "restore": "backing",
    "db": "backing",
    "review": "reviewing",
    "events": "reviewing",
    "queue": "queueing",
    "doctor": "doctoring",
    "try": "trying",
    "aliases": "trying",
}


class _LateGroup(click.Group):
    """A group whose commands are imported when somebody asks for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer meets them."""
        _ = ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        _ = ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"watchdog.cli.{_COMMANDS[cmd_name]}")
        found: dict[str, click.Command] = {command.name or "": command for command in module.COMMANDS}
        return found[cmd_name]


@click.group(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("WATCHDOG_HOME", ".")),
    show_default="$WATCHDOG_HOME, else the current folder",
    help="The folder with watchdog.toml, feeds.toml, watchlist.toml and data/.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON lines on standard output, and nothing else.")
@click.option("--verbose", "-v", is_flag=True, help="Log details, too.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the log on standard error is written.",
)
@click.version_option(__version__, prog_name="watchdog")
@click.pass_context
def cli(context: click.Context, home: Path, as_json: bool, verbose: bool, log_format: str) -> None:
    """Tells human-rights monitors of the one sentence that changes a case."""
    usual = logging.INFO if context.invoked_subcommand == "run" else logging.WARNING
    set_up_logging(logging.DEBUG if verbose else usual, as_json=log_format == "json")
    context.obj = Speaker(home=home, as_json=as_json)


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
