"""What a database driver complains of, in words that say what to do."""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError

#: Part of what SQLite or PostgreSQL say (lower case), and what it means to the person who keeps the installation.
_ADVICE = (
    ("disk is full", "make space; nothing is lost, and the service goes on by itself"),
    ("no space left", "make space; nothing is lost, and the service goes on by itself"),
    ("disk i/o error", "the disk is full, gone or failing; nothing is lost, the service tries again"),
    ("readonly database", "the disk is read-only, or the file belongs to another user"),
    ("unable to open database file", "its folder is read-only, not there, or belongs to another user"),
    ("malformed", "the file is damaged; stop the service and `watchdog restore --force` the newest backup"),
    ("not a database", "the file is damaged, or another program's; `watchdog restore --force` the newest backup"),
    ("is locked", "another program held it for ten seconds"),
)

#: SQLSTATE of a transaction that lost to another one and may simply be run again: serialization, deadlock.
_LOST_RACES = frozenset({"40001", "40P01"})


def plain(error: Exception) -> str:
    """The driver's own first line, without SQL and links, and what to do about it."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    advice = next((words for sign, words in _ADVICE if sign in lines[0].lower()), None)
    return f"{lines[0]} ({advice})" if advice else lines[0]


def is_surroundings(error: DBAPIError) -> bool:
    """Whether disk, file or server are to blame, and not a statement of ours."""
    return isinstance(error, OperationalError | InternalError | InterfaceError) or type(error) is DatabaseError


def is_lost_race(error: DBAPIError) -> bool:
    """Whether PostgreSQL ended the transaction in favour of another one."""
    return getattr(error.orig, "sqlstate", None) in _LOST_RACES


def hide_values(error: DBAPIError) -> None:
    """Leave the first line of what the driver said: PostgreSQL's DETAIL quotes the row, and errors are logged."""
    for one in (error, error.orig):
        if one is not None and one.args:
            one.args = (str(one.args[0]).partition("\n")[0], *one.args[1:])
