"""Writes ``docs/statuses.md`` from the table in ``model/status.py``: ``python tools/make_status_table.py``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from watchdog import lang
from watchdog.model.status import IMPLIES_CUSTODY, STATUS_TYPES, Status, StatusType, Track

PAGE = Path(__file__).parents[1] / "docs" / "statuses.md"

INTRODUCTION = """\
# Status types

Made from `src/watchdog/model/status.py` by `tools/make_status_table.py`. A case is somewhere on each track at once.

- *contradicts*: after these the type is a contradiction; it is told with less confidence, never suppressed.
- *ended by*: these end the state, so that the type may happen again as a new event.
- *rather than*: where one text states both of one change, the type counts and these more general ones do not.
- **critical**: never dropped in silence. **reopens**: alerts on a retired case too.
"""

LABELS = """\
## Labels

What each type is called, from `src/watchdog/lang/packs/<code>/labels.toml` (English: from the status table), as
`watchdog statuses --lang CODE` prints it. No native reader has looked at them yet.
"""

#: Languages side by side in one table.
ABREAST = 3


def table() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for track in Track:
        parts.append(f"## {track.value.capitalize()}\n")
        parts.append("| type | what happened | contradicts | ended by | rather than |")
        parts.append("| --- | --- | --- | --- | --- |")
        parts.extend(_row(row) for row in STATUS_TYPES.values() if row.track is track)
        parts.append("")
    parts.append(f"After these a person is in custody: {_names(IMPLIES_CUSTODY)}.\n")
    parts.append(LABELS)
    packs = lang.load().packs
    codes = tuple(packs)
    for group in (codes[first : first + ABREAST] for first in range(0, len(codes), ABREAST)):
        parts.append(f"| type | {' | '.join(group)} |")
        parts.append("| --- " * (len(group) + 1) + "|")
        parts.extend(
            f"| `{status.value}` | {' | '.join(packs[code].labels[status] for code in group)} |"
            for status in STATUS_TYPES
        )
        parts.append("")
    return "\n".join(parts)


def _row(row: StatusType) -> str:
    marks = [mark for mark, is_set in (("critical", row.critical), ("reopens", row.reopens)) if is_set]
    what = f"{row.definition} (**{', '.join(marks)}**)" if marks else row.definition
    others = " | ".join(_names(group) for group in (row.contradicts, row.closed_by, row.more_specific_than))
    return f"| `{row.status.value}` | {what} | {others} |"


def _names(statuses: Iterable[Status]) -> str:
    wanted = set(statuses)
    return ", ".join(f"`{status.value}`" for status in STATUS_TYPES if status in wanted)


if __name__ == "__main__":
    PAGE.write_text(table(), "utf-8")
