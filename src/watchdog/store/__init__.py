"""The memory: units of work on SQLite and PostgreSQL. The only room that knows SQL.

Each module holds the units of one noun: plain functions whose first argument is a connection inside a transaction, run
through ``Database``.
"""

from watchdog.store import expectations, passages  # noqa: F401  # their tables belong to the metadata from the start
from watchdog.store.database import Database

__all__ = ["Database"]
