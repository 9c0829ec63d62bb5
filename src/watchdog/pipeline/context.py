"""What every step is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchdog.archive import ArchiveWriter
from watchdog.config.settings import Settings
from watchdog.deliver import Notifier
from watchdog.fetch import Client
from watchdog.model.article import FeedRefused, ParsedFeed
from watchdog.model.delivery import Channel
from watchdog.pipeline.pool import Pool
from watchdog.store import Database

#: A source plug-in: turns a body into entries; runs in a worker process, so it is a function of a module.
SourceParser = Callable[..., ParsedFeed | FeedRefused]


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
    #: Whether pages of cases in motion are asked again; off in ``replay``, where only what was recorded is asked.
    revisits: bool = True
    #: The subscriber rows of those who hear of what waits and what is stuck.
    operators: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one run of a step did."""

    #: Rows taken.
    taken: int = 0
    #: Rows whose step raised.
    failed: int = 0
