"""The voice: targets as subscribers write them, and the channels that carry a message to one.

Channels are plug-ins of the group ``watchdog.notifiers``; each is a factory ``make(surroundings) -> Notifier``.
"""

from watchdog.deliver.backoff import next_try
from watchdog.deliver.notifier import Notifier, Poster, Surroundings
from watchdog.deliver.target import Target, parse_target, resolve_secret
from watchdog.deliver.webhook import new_webhook_secret

__all__ = [
    "Notifier",
    "Poster",
    "Surroundings",
    "Target",
    "new_webhook_secret",
    "next_try",
    "parse_target",
    "resolve_secret",
]
