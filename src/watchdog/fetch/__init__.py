"""The ears: the one guarded client, politeness, limits of size and time. The only room that knows the HTTP client."""

from watchdog.fetch.client import Client, GuardedClient, Posted, Request
from watchdog.fetch.guard import check_host
from watchdog.fetch.retry_after import parse_retry_after
from watchdog.fetch.target import check_target

__all__ = ["Client", "GuardedClient", "Posted", "Request", "check_host", "check_target", "parse_retry_after"]
