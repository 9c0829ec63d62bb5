"""Plug-ins by entry point. Our own parts come through the same door, so that the door is known to work.

The groups are ``watchdog.sources`` (how a source is asked), ``watchdog.detectors`` (how claims are found) and
``watchdog.notifiers`` (how a message travels).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from watchdog.errors import PluginError


def names(group: str) -> tuple[str, ...]:
    """The names in a group, in alphabetical order; nothing is loaded."""
    return tuple(sorted({point.name for point in entry_points(group=group)}))


def load(group: str) -> Mapping[str, object]:
    """Load every plug-in of a group: what each name stands for.

    Raises:
        PluginError: one cannot be loaded, or two have the same name; the text names it and who installed it.
    """
    loaded: dict[str, object] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        if point.name in loaded:
            raise PluginError(f"{group}: two plug-ins are named {point.name}; the second is from {_owner(point)}")
        try:
            loaded[point.name] = point.load()
        except Exception as exc:  # one plug-in call; its code is not ours
            raise PluginError(f"{group}: {point.name} of {_owner(point)} cannot be loaded: {exc}") from exc
    return loaded


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value
