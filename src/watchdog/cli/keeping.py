"""The files and the database: ``apply``, ``export``, ``cases add|retire``, ``sources add``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from unicodedata import normalize

import click

from watchdog import __version__, lang, service
from watchdog.cli.looking import cases
from watchdog.cli.output import Speaker, json_line
from watchdog.cli.sourcing import propose, sources_group
from watchdog.config import (
    FEEDS_FILE,
    SETTINGS_FILE,
    WATCHLIST_FILE,
    Home,
    check_row,
    read_home,
    read_settings,
    read_sources,
    read_watchlist,
)
from watchdog.config.editing import (
    add_row,
    dump_rows,
    editing,
    make_folder,
    merge_rows,
    read_text,
    set_in_row,
    write_file,
)
from watchdog.config.rows import Row, difference, row_of
from watchdog.core.address import canonical
from watchdog.errors import ConfigError, UsageError
from watchdog.model.dates import rfc3339
from watchdog.model.source import Source, SourceKind
from watchdog.model.watch import Case, Topic
from watchdog.pipeline.trying import find_ties
from watchdog.store import state
from watchdog.store.state import State
from watchdog.store.watchlist import Applied, Change

T = TypeVar("T")
_Lists = Mapping[str, Sequence[Source | Case | Topic]]

#: The file of each list.
_FILE = {"source": FEEDS_FILE, "case": WATCHLIST_FILE, "topic": WATCHLIST_FILE}


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_obj
def apply(speaker: Speaker, dry_run: bool) -> None:
    """Bring watchdog.toml, feeds.toml and watchlist.toml into the database, and show what that changes."""
    done = service.apply_files(speaker.home, datetime.now(UTC), is_rehearsal=dry_run)
    _show(speaker, done, is_rehearsal=dry_run)


def _show(speaker: Speaker, done: Applied, *, is_rehearsal: bool = False) -> None:
    for change in done.changes:
        keys = _keys(change)
        if speaker.as_json:
            told = {key: {"before": _json(before), "after": _json(after)} for key, (before, after) in keys.items()}
            line = {"change": _word(change), "what": change.word, "id": change.id, "came_back": change.came_back}
            speaker.line({**line, "keys": told})
        sign = {"added": "+", "changed": "~", "gone": "-"}[_word(change)]
        speaker.say(f"{sign} {change}{' (back, with its history)' if change.came_back else ''}")
        for key, (before, after) in keys.items():
            speaker.say(f"{key}: {_text(before)} -> {_text(after)}", indent=4)
    _warn(speaker, done)
    if speaker.as_json:
        lists = {"added": list(done.added), "changed": list(done.changed), "gone": list(done.gone)}
        speaker.line({**lists, "dry_run": is_rehearsal})
    if not done.changes:
        speaker.say("nothing changes" if is_rehearsal else "nothing changed")
    elif is_rehearsal:
        speaker.say("nothing was changed yet; to do it: watchdog apply")


def _warn(speaker: Speaker, done: Applied) -> None:
    """Name the cases that what was changed makes impossible to tell apart."""
    suspects = [change.after for change in done.changes if isinstance(change.after, Case)]
    if not suspects:
        return
    for tie in find_ties(suspects, read_home(speaker.home).watchlist.cases, lang.load().letters):
        if speaker.as_json:
            speaker.line({"warning": "same_name", "name": tie.name, "cases": list(tie.case_ids)})
        speaker.say(f'! cases {" and ".join(tie.case_ids)} answer to one name, "{tie.name}": none is found by it')
        speaker.say("merge them, or give each a fuller name or an alias that no other has", indent=4)


def _word(change: Change) -> str:
    if change.after is None:
        return "gone"
    return "added" if change.before is None else "changed"


def _keys(change: Change) -> Mapping[str, tuple[object, object]]:
    """The keys that differ, of something that was there before and is there now."""
    if change.before is None or change.after is None:
        return {}
    return difference(row_of(change.before), row_of(change.after))


def _text(value: object) -> str:
    return "(default)" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _json(value: object) -> object:
    """A value of TOML in JSON's types: dates become texts."""
    return json.loads(json.dumps(value, default=str))


@cases.command("add")
@click.argument("case_id", metavar="ID")
@click.argument("name")
@click.option(
    "--alias", "aliases", multiple=True, help="Another name that is enough alone; may be given several times."
)
@click.option("--country", help="Free text.")
@click.option("--context", multiple=True, help="A word that often stands near the name; may be given several times.")
@click.pass_obj
def cases_add(
    speaker: Speaker, case_id: str, name: str, aliases: tuple[str, ...], country: str | None, context: tuple[str, ...]
) -> None:
    """Write a case into watchlist.toml, and watch it."""
    row = {"id": case_id, "name": name, "aliases": list(aliases), "context": list(context), "country": country}
    _add(speaker, "case", row, _refuse_known_case)


@sources_group.command("add")
@click.argument("source_id", metavar="[ID]")
@click.argument("url", required=False)
@click.option("--name", help="What the source is called in alerts; else its host.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), help="What sort of publisher speaks.")
@click.option("--lang", "langs", multiple=True, help="A language code; may be given several times.")
@click.option("--every", help='How often it is asked, such as "30m".')
@click.option("--choose", type=click.IntRange(1), help="Of several feeds that were found, the one to add.")
@click.pass_obj
def sources_add(
    speaker: Speaker,
    source_id: str,
    url: str | None,
    name: str | None,
    kind: str | None,
    langs: tuple[str, ...],
    every: str | None,
    choose: int | None,
) -> None:
    """Write a source into feeds.toml, and ask it; with a URL alone, find the feeds of that page first."""
    if url is None:
        found = propose(speaker, source_id, choose)
        if found is None:
            return
        source_id, url, name = found.id, found.url, name or found.name
    lang = langs[0] if len(langs) == 1 else list(langs)
    row = {"id": source_id, "name": name, "url": url, "kind": kind, "lang": lang, "every": every}
    _add(speaker, "source", row, _refuse_known_source)


def _add(speaker: Speaker, key: str, values: Row, refuse_known: Callable[[Home, Row], None]) -> None:
    row = {name: value for name, value in values.items() if value not in (None, [])}
    with editing(speaker.home):
        files = read_home(speaker.home)
        if mistakes := check_row(key, row):
            raise UsageError("; ".join(mistakes))
        refuse_known(files, row)
        path = speaker.home / _FILE[key]
        write_file(path, add_row(read_text(path), key, row))
    _show(speaker, service.apply_files(speaker.home, datetime.now(UTC)))


def _refuse_known_case(files: Home, row: Row) -> None:
    for case in files.watchlist.cases:
        if case.id == row["id"]:
            raise UsageError(f"the case {case.id!r} is in {WATCHLIST_FILE} already")
        if _same_name(case.name, str(row["name"])):
            raise UsageError(
                f"the case {case.id!r} has this name already; two people of one name are told apart by the "
                f"keys not and context, written in {WATCHLIST_FILE}"
            )


def _same_name(one: str, other: str) -> bool:
    return normalize("NFC", one).casefold().split() == normalize("NFC", other).casefold().split()


def _refuse_known_source(files: Home, row: Row) -> None:
    for source in files.sources:
        if source.id == row["id"]:
            raise UsageError(f"the source {source.id!r} is in {FEEDS_FILE} already")
        if canonical(source.url) == canonical(str(row["url"])):
            raise UsageError(f"the source {source.id!r} has this address already")


@cases.command("retire")
@click.argument("case_id", metavar="ID")
@click.pass_obj
def cases_retire(speaker: Speaker, case_id: str) -> None:
    """Close a case in watchlist.toml: it keeps its timeline and alerts only on what reopens it."""
    with editing(speaker.home):
        case = next((case for case in read_home(speaker.home).watchlist.cases if case.id == case_id), None)
        if case is None:
            raise UsageError(f"no case {case_id!r} in {WATCHLIST_FILE}; see: watchdog cases list")
        path = speaker.home / WATCHLIST_FILE
        if not case.retired:
            write_file(path, set_in_row(read_text(path), "case", case_id, "retired", value=True))
    _show(speaker, service.apply_files(speaker.home, datetime.now(UTC)))


@click.command()
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="A folder; else export in the home.")
@click.pass_obj
def export(speaker: Speaker, to: Path | None) -> None:
    """Write the whole state as the three files and state.json; remarks are kept where a row stands as it was."""
    home, folder = speaker.home, to or speaker.home / "export"
    with service.open_database(home, read_settings(home)) as db:
        whole = db.read_now(state.read_state)
    texts = {
        FEEDS_FILE: _feeds(home / FEEDS_FILE, whole),
        WATCHLIST_FILE: _watchlist(home / WATCHLIST_FILE, whole),
        "state.json": json_line(_rest(whole), indent=2) + "\n",
    }
    if (home / SETTINGS_FILE).exists():
        texts = {SETTINGS_FILE: read_text(home / SETTINGS_FILE), **texts}
    make_folder(folder)
    for name, text in texts.items():
        write_file(folder / name, text)
    if speaker.as_json:
        speaker.line({"folder": str(folder), "written": list(texts)})
    speaker.say(f"wrote {', '.join(texts)} in {folder}")


def _feeds(path: Path, whole: State) -> str:
    old = _readable(read_sources, path)
    return _merged(path, {"source": whole.sources}, None if old is None else {"source": old})


def _watchlist(path: Path, whole: State) -> str:
    old = _readable(read_watchlist, path)
    lists: _Lists | None = None if old is None else {"case": old.cases, "topic": old.topics}
    return _merged(path, {"case": whole.cases, "topic": whole.topics}, lists)


def _readable(read: Callable[[Path], T], path: Path) -> T | None:
    """What a file says; None where it is not there, or not valid: the database is the truth."""
    try:
        return read(path)
    except ConfigError:
        return None


def _merged(path: Path, new: _Lists, old: _Lists | None) -> str:
    rows = {key: [row_of(value) for value in values] for key, values in new.items()}
    if old is None:
        return dump_rows(rows)
    now = {key: {value.id: value for value in values} for key, values in new.items()}
    kept = {
        key: frozenset(value.id for value in values if now[key].get(value.id) == value) for key, values in old.items()
    }
    return merge_rows(read_text(path), rows, kept)


def _rest(whole: State) -> Mapping[str, object]:
    """What the three files have no place for."""
    names = {Source: "source", Case: "case", Topic: "topic"}
    return {
        "version": __version__,
        "exported_at": rfc3339(datetime.now(UTC)),
        "watched": whole.watched,
        **whole.rows,
        "left": [_json({"what": names[type(value)], **row_of(value)}) for value in whole.left],
    }


COMMANDS = (apply, export, cases, sources_group)
