"""Watchdog tells human-rights monitors of the one sentence that changes a case."""

__version__ = "0.1.0"
