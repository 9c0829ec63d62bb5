"""What each status is called in a language, as data: ``packs/<code>/labels.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from types import MappingProxyType

from watchdog.lang.reading import read_table
from watchdog.model.status import STATUS_TYPES, Status

#: Characters; a label stands in a line with a name and a date.
LABEL_MAX = 60


def read_labels(folder: Traversable) -> Mapping[Status, str]:
    """A label for every status, in the order of the status table.

    English has no file: its labels stand in that table, because messages are English.

    Raises:
        PackError: the file is wrong, leaves a status out or gives two the same label.
    """
    if folder.name == "en":
        return MappingProxyType({row.status: row.label for row in STATUS_TYPES.values()})
    root = read_table(folder / "labels.toml")
    root.refuse_unknown("statuses")
    table = root.table("statuses")
    table.refuse_unknown(*Status)
    labels = {status: table.text(status).strip() for status in STATUS_TYPES}
    owners: dict[str, Status] = {}
    for status, label in labels.items():
        if not 0 < len(label) <= LABEL_MAX:
            raise table.error(status, f"1 to {LABEL_MAX} characters are needed")
        if owners.setdefault(label.casefold(), status) is not status:
            raise table.error(status, f"is the label of {owners[label.casefold()].value}, too")
    return MappingProxyType(labels)
