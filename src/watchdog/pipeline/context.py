"""What every step is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from watchdog.archive import ArchiveWriter
from watchdog.config.settings import Settings
from watchdog.deliver import Notifier
from watchdog.errors import ArchiveError, StoreError
from watchdog.fetch import Client
from watchdog.model.delivery import Channel
from watchdog.model.plugin import AddressFinder, SourceParser
from watchdog.pipeline.pool import Pool
from watchdog.store import Database


def tell_nobody(step: str) -> None:
    """Where no engine listens."""
    _ = step


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The surroundings of the steps; made once by ``service``."""

    db: Database
    client: Client
    archive: ArchiveWriter
    pool: Pool
    notifiers: Mapping[Channel, Notifier]
    #: By the name that a source gives under ``via``.
    parsers: Mapping[str, SourceParser]
    settings: Settings
    #: Likewise, for the ways of asking that do not ask the source's own address.
    addresses: Mapping[str, AddressFinder] = field(default_factory=dict)
    #: Whether pages of cases in motion are asked again; off in ``replay``, where only what was recorded is asked.
    revisits: bool = True
    #: Called with a step's name where it has done a part of a tick that may take minutes.
    progress: Callable[[str], None] = tell_nobody
    #: The subscriber rows of those who hear of what waits and what is stuck.
    operators: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one run of a step did."""

    #: Rows taken.
    taken: int = 0
    #: Rows whose step raised.
    failed: int = 0


#: Disk, file or server are to blame, and not the row that was at work: it is given back, and no attempt is counted.
SURROUNDINGS = (StoreError, ArchiveError)
