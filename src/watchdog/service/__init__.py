"""Wires the rooms together, and does what a command asks for. The only room that knows all others."""

from watchdog.service.checking import check_source, discover
from watchdog.service.homes import (
    ARCHIVE_FOLDER,
    DATA_FOLDER,
    accept,
    apply_files,
    correct_event,
    initialise,
    open_database,
    reject,
    retract_event,
    subscribe,
    unsubscribe,
)
from watchdog.service.playing import play
from watchdog.service.running import open_pass, run, run_pass
from watchdog.service.wiring import Console, open_context

__all__ = [
    "ARCHIVE_FOLDER",
    "DATA_FOLDER",
    "Console",
    "accept",
    "apply_files",
    "check_source",
    "correct_event",
    "discover",
    "initialise",
    "open_context",
    "open_database",
    "open_pass",
    "play",
    "reject",
    "retract_event",
    "run",
    "run_pass",
    "subscribe",
    "unsubscribe",
]
