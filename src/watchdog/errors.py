"""Every exception that Watchdog raises on purpose, as one tree.

    WatchdogError
    +-- ConfigError          a file that a user wrote is wrong; carries every problem at once
    +-- FileError            a file of the home cannot be read or written
    +-- UsageError           a command was called with values that make no sense together
    +-- PackError            a language pack or letter table is wrong
    +-- StoreError           the database cannot be used
    |   +-- SchemaError      its schema is not the one that this version needs
    |   +-- TimelineChanged  a case's timeline changed between reading and writing it
    +-- ArchiveError         a recording cannot be read or written
    +-- WorkerError          a worker process gave no result for one document
    |   +-- DeadlineExceeded it took too long and was killed
    |   +-- WorkerDied       it ended by itself (out of memory, a crash in a C library)
    |   +-- WorkFailed       the work raised an exception
    +-- PluginError          a plug-in cannot be loaded, or is missing

What we expect (a refused request, a feed that is a login page, a full mailbox) is a value in ``model``, not an
exception.
"""

from __future__ import annotations

from dataclasses import dataclass


class WatchdogError(Exception):
    """Base of all; its text is fit for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One mistake in a file: where it is, what is wrong, what to do."""

    file: str
    #: 1-based; None where the mistake is something missing in the whole file.
    line: int | None
    #: Dotted path as the user would write it: ``source[2].kind``; empty for a syntax error.
    key: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(WatchdogError):
    """Files that a user wrote are wrong; ``problems`` holds every mistake, in the order of files and lines."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class FileError(WatchdogError):
    """A file of the home cannot be read or written: permissions, a full or read-only disk."""


class UsageError(WatchdogError):
    """A command was called with values that make no sense together, or name something that is not there."""


class PackError(WatchdogError):
    """A language pack or letter table is wrong; the text names file, table and key."""


class StoreError(WatchdogError):
    """The database cannot be used: not there, locked for too long, damaged, or on a read-only disk."""


class SchemaError(StoreError):
    """The database's schema is older than this version needs, or newer than it knows."""


class TimelineChanged(StoreError):
    """Somebody else wrote to a case's timeline between our reading and our writing; decide again."""


class ArchiveError(WatchdogError):
    """A recording cannot be read or written."""


class WorkerError(WatchdogError):
    """A worker process gave no result for one document."""


class DeadlineExceeded(WorkerError):
    """The work took longer than its deadline and was killed."""


class WorkerDied(WorkerError):
    """The worker process ended without an answer."""


class WorkFailed(WorkerError):
    """The work raised; the text is the exception's class and message, the cause holds its traceback."""


class PluginError(WatchdogError):
    """A plug-in cannot be loaded, or none has the name that was asked for."""
