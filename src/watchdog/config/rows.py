"""Sources, cases and topics back in the form of their files: the keys that a user writes, without the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never
from urllib.parse import urlsplit

from watchdog.model.dates import PartialDate, Precision
from watchdog.model.source import Source, SourceKind, Trust
from watchdog.model.watch import Case, KnownStatus, Topic

#: A row of a list of tables; its values are TOML's.
Row = Mapping[str, object]


def row_of(value: Source | Case | Topic) -> Row:
    """The row that, read again, gives this value."""
    match value:
        case Source():
            return _source(value)
        case Case():
            return _case(value)
        case Topic():
            return {"id": value.id, **_filled(any=value.any, all=value.all, none=value.none)}
        case _:
            assert_never(value)


def difference(before: Row, after: Row) -> Mapping[str, tuple[object, object]]:
    """Each key whose value differs, as (before, after); None stands for the default."""
    keys = dict.fromkeys((*before, *after))
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def _source(source: Source) -> Row:
    host = urlsplit(source.url).hostname or ""
    row: dict[str, object] = {"id": source.id}
    if source.name != host:
        row["name"] = source.name
    row["url"] = source.url
    if source.kind is not SourceKind.NEWS:
        row["kind"] = source.kind.value
    if source.via != "feed":
        row["via"] = source.via
    if source.lang:
        row["lang"] = source.lang[0] if len(source.lang) == 1 else list(source.lang)
    if source.org != host.removeprefix("www."):
        row["org"] = source.org
    if source.trust is not Trust.MEDIUM:
        row["trust"] = source.trust.value
    spans = {"every": source.every, "quiet_after": source.quiet_after}
    row |= {} if source.proxy is None else {"proxy": source.proxy}
    row |= {key: _span(span) for key, span in spans.items() if span is not None}
    if not source.enabled:
        row["enabled"] = False
    return row


def _case(case: Case) -> Row:
    row = {"id": case.id, "name": case.name, **_filled(aliases=case.aliases, weak_aliases=case.weak_aliases)}
    row |= _filled(**{"not": case.not_names}, context=case.context)
    if case.country is not None:
        row["country"] = case.country
    if case.known:
        row["known"] = [_known(known) for known in case.known]
    if case.retired:
        row["retired"] = True
    if case.silent_after is not None:
        row["silent_after"] = _span(case.silent_after)
    return row


def _known(known: KnownStatus) -> Row:
    row: dict[str, object] = {"status": known.status.value}
    if known.date is not None:
        row["date"] = _date(known.date)
    return row


def _date(day: PartialDate) -> object:
    return day.first_day if day.precision is Precision.DAY else str(day)


def _filled(**lists: tuple[str, ...]) -> dict[str, object]:
    return {key: list(items) for key, items in lists.items() if items}


def _span(span: timedelta) -> str:
    """A time span as the files write it; they know no fractions of a second."""
    seconds = int(span.total_seconds())
    parts = zip((seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60, seconds % 60), "dhms", strict=True)
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
