"""A home's lock: any number of services hold it together, ``restore`` holds it alone.

The kernel lets go of it when its process ends, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from watchdog.errors import StoreError

_NAME = "watchdog.lock"


@contextlib.contextmanager
def held(folder: Path, *, alone: bool) -> Iterator[None]:
    """Hold the lock in a folder, which is made where it is missing.

    Raises:
        StoreError: the folder cannot be written, or somebody else holds the lock.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _NAME).open("ab")
    except OSError as exc:
        raise StoreError(f"{folder} cannot be written: {exc.strerror}") from exc
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            who = "a service runs on this home: stop it first" if alone else "a restore is under way in this home"
            raise StoreError(f"{folder / _NAME}: {who}") from exc
        yield
