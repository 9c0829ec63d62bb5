"""The settings of ``watchdog.toml`` as frozen values; every one has a default that works."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from watchdog.model.meaning import Meaning

Network = IPv4Network | IPv6Network


class StartTls(StrEnum):
    """When mail is encrypted on its way to the server."""

    REQUIRED = "required"
    #: Where the server offers it.
    OFFERED = "offered"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """``[database]``."""

    #: Relative SQLite paths count from the home.
    url: str = "sqlite:///data/watchdog.db"


class RestScope(StrEnum):
    """How far a 429, or a 503 with Retry-After, reaches."""

    FEED = "feed"
    HOST = "host"
    #: All hosts under the registered domain, as ``core.address.organisation_of`` guesses it.
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """``[fetch]``: how we ask, and how much we take. Caps are those of docs/design.md section 8, after decoding."""

    #: Goes into the user agent, so that a publisher can reach the operator.
    contact: str = ""
    #: Networks that may be reached although they are not public, at any port.
    allow: tuple[Network, ...] = ()
    #: Between two requests to one host.
    min_gap: timedelta = timedelta(seconds=2)
    #: The whole request, redirects included.
    timeout: timedelta = timedelta(seconds=30)
    feed_max_bytes: int = 10_000_000
    page_max_bytes: int = 5_000_000
    max_redirects: int = 5
    #: What a "too often" of a server puts to rest.
    rest_scope: RestScope = RestScope.HOST
    #: Requests at once over all hosts.
    concurrency: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """``[mail]``: the operator's own server, so it needs no ``allow``."""

    smtp: str = "localhost:25"
    sender: str = "watchdog@localhost"
    username: str = ""
    #: ``env:NAME`` or ``file:PATH``, never the password itself.
    password: str = ""
    starttls: StartTls = StartTls.OFFERED
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """``[work]``: the processes that parse and judge outside bytes."""

    workers: int = 2
    #: For one document; after that its worker is killed.
    deadline: timedelta = timedelta(seconds=10)
    #: Address space of one worker.
    memory_max_bytes: int = 2_000_000_000
    #: The plug-in of ``watchdog.opinions`` that is asked about what is about to be told; empty: none.
    second_opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """``[health]``: where probes and Prometheus ask."""

    #: ``ADDRESS:PORT``; empty: nowhere.
    listen: str = ""
    #: Whether the address may be one that other machines reach.
    exposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """``[digest]``: when digests are cut."""

    #: Of those of a day, and of those of a week on Mondays.
    at: time = time(7)
    #: Of the IANA database; whose days, Mondays and clock these are.
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """``[watch]``: what is told of cases."""

    #: A case that no text has named for so long is told to operators; a case's own key goes before it.
    silent_after: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """One ``[[operator]]``: who hears of what waits for a decision and of what is stuck."""

    name: str
    #: As in ``subscribe``.
    target: str
    #: ``env:NAME`` or ``file:PATH``: what signs a webhook's messages; empty for other channels.
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of ``watchdog.toml``."""

    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    operators: tuple[OperatorSettings, ...] = ()
    #: ``[[meaning]]``: what words of a language mean here.
    meanings: tuple[Meaning, ...] = ()
