"""How commands speak: JSON lines for machines, plain lines for people, errors with an exit code."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import structlog
from structlog.typing import Processor

from watchdog.core.render import clean
from watchdog.errors import ConfigError, UsageError, WatchdogError

FAILED, WRONG_USE = 1, 2

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """What the options before a command say about all of them."""

    home: Path
    as_json: bool

    def line(self, value: dict[str, object]) -> None:
        """A JSON line."""
        click.echo(json_line(value))

    def say(self, text: str, indent: int = 0) -> None:
        """A line for people, on standard output; nothing with ``--json``."""
        if not self.as_json:
            click.echo(" " * indent + clean(text))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Aligned columns for people; the last one may be long."""
        cells = [list(head), *([clean("" if cell is None else str(cell)) for cell in row] for row in rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
        for row in cells:
            padded = [cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True)]
            click.echo("  ".join([*padded, row[-1]]).rstrip())


def json_line(value: object, indent: int | None = None) -> str:
    """JSON in valid UTF-8; a lone surrogate, which JSON can carry and UTF-8 cannot, is escaped again.

    In one line; where there is an indent, in as many as it takes.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isascii() else _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def set_up_logging(level: int, *, as_json: bool = False) -> None:
    """Log events of a level and above on standard error, as ``key=value`` lines or as JSON ones.

    Libraries that log by themselves are heard in the same form, from warnings up: a line that breaks the form is lost
    to whoever reads the log by machine.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[Processor] = [
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0, pad_level=False
        )
    ]
    if as_json:
        ending = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[libraries], force=True)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def fail(error: WatchdogError, *, as_json: bool) -> int:
    """Tell an error on standard error, and as a JSON line where one was asked for. Returns the exit code."""
    click.echo(f"watchdog: {error}" if not isinstance(error, ConfigError) else str(error), err=True)
    if as_json:
        value: dict[str, object] = {"error": str(error)}
        if isinstance(error, ConfigError):
            value["problems"] = [
                {"file": p.file, "line": p.line, "key": p.key, "message": p.message} for p in error.problems
            ]
        click.echo(json_line(value))
    return WRONG_USE if isinstance(error, ConfigError | UsageError) else FAILED
