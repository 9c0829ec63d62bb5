"""``atom:PATH``: an Atom 1.0 file in the home (RFC 4287), newest entry first, whole at every moment.

The file is written anew to a neighbour, fsynced and renamed over the old one: a reader, and a crash, see the old file
or the new one. An entry's id is made of the delivery key, so a repeat changes nothing. Writers of two processes exclude
each other by a lock on the folder.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import assert_never
from uuid import UUID, uuid4, uuid5
from xml.etree import ElementTree as ET

from watchdog.core.messages import message_html, message_subject
from watchdog.core.render import clean
from watchdog.deliver.notifier import Surroundings
from watchdog.deliver.target import open_target
from watchdog.errors import UsageError
from watchdog.model.dates import rfc3339
from watchdog.model.delivery import (
    Alert,
    Channel,
    Content,
    Digest,
    Message,
    Notice,
    SendFailed,
    SendReason,
    SendResult,
    Sent,
    TopicAlert,
)
from watchdog.points import point

_MOST_ENTRIES = 100
#: A hundred entries are under 1 MB; something larger is not what we wrote.
_MOST_BYTES = 10_000_000
_ATOM = "http://www.w3.org/2005/Atom"
_KEYS = UUID("9a3f2a54-6b0c-5c1e-8f27-3d8a0e9d4b16")  # our own namespace for uuid5, drawn once

ET.register_namespace("", _ATOM)


def make(surroundings: Surroundings) -> AtomFile:
    """The factory of the plug-in ``atom``."""
    return AtomFile(surroundings=surroundings)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomFile:
    """Writes every Atom file of one home."""

    surroundings: Surroundings
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(self, message: Message, now: datetime) -> SendResult:
        """Put one entry on top; a file that is not ours is set aside first, under a name that says when."""
        home = self.surroundings.home.resolve()
        try:
            target = open_target(message.target, Channel.ATOM, self.surroundings.allow, home)
        except UsageError as exc:
            return SendFailed(reason=SendReason.CONFIG, detail=str(exc))
        path = (home / target.partition(":")[2]).resolve()
        if not path.is_relative_to(home):
            return SendFailed(reason=SendReason.CONFIG, detail="the Atom file would lie outside the home")
        async with self._turn:
            try:
                return await asyncio.to_thread(_put, path, message, now)
            except OSError as exc:  # a full or read-only disk, or another process at work
                return SendFailed(reason=SendReason.TRANSIENT, detail=f"the Atom file: {exc.strerror or exc}")


def _put(path: Path, message: Message, now: datetime) -> Sent:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent) as folder:
        receipt = "written"
        try:
            feed = _read(path)
        except ValueError:
            aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
            path.rename(aside)
            receipt = f"written; the old file was damaged and is now {aside.name}"
            feed = None
        if feed is None:
            feed = _empty_feed()
        entry = _entry(message)
        entries = feed.findall(_tag("entry"))
        if any(known.findtext(_tag("id")) == entry.findtext(_tag("id")) for known in entries):
            return Sent(receipt="it was there already")
        for known in entries:
            feed.remove(known)
        feed.extend([entry, *entries[: _MOST_ENTRIES - 1]])
        _set_updated(feed, max(_updated(each) for each in feed.findall(_tag("entry"))))
        _write(path, ET.tostring(feed, encoding="utf-8", xml_declaration=True), folder)
    return Sent(receipt=receipt)


@contextmanager
def _alone(parent: Path) -> Iterator[int]:
    """Hold the folder's lock, and give its descriptor; BlockingIOError where another process holds it."""
    folder = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        os.close(folder)


def _read(path: Path) -> ET.Element | None:
    try:
        with path.open("rb") as file:
            held = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(held) > _MOST_BYTES or b"<!DOCTYPE" in held:  # entities, which we never write, could make it swell
        raise ValueError("not a file that we wrote")
    try:
        feed = ET.fromstring(held)  # noqa: S314 -- our own file, bounded, without a DTD
    except (ET.ParseError, LookupError) as exc:  # LookupError: an encoding that Python does not know
        raise ValueError("not XML") from exc
    parts = [feed, *feed.findall(_tag("entry"))]
    if feed.tag != _tag("feed") or not all(part.findtext(_tag("id")) and _updated(part) for part in parts):
        raise ValueError("not an Atom feed")
    return feed


def _write(path: Path, content: bytes, folder: int) -> None:
    fresh = path.with_name(f".{path.name}.new")  # the lock makes one name enough; a crash leaves at most this one
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    point("before the new Atom file takes its name")
    fresh.rename(path)
    point("after the new Atom file took its name")
    os.fsync(folder)


def _empty_feed() -> ET.Element:
    feed = ET.Element(_tag("feed"))
    _add(feed, "id", uuid4().urn)
    _add(feed, "title", "Watchdog alerts")
    _add(feed, "updated", "")
    _add(_add(feed, "author"), "name", "Watchdog")
    return feed


def _entry(message: Message) -> ET.Element:
    alert = message.alert
    entry = ET.Element(_tag("entry"))
    _add(entry, "id", uuid5(_KEYS, message.key).urn)
    _add(entry, "title", message_subject(alert))
    _add(entry, "updated", rfc3339(message.created_at))
    if isinstance(alert, Alert | TopicAlert):
        address = clean(alert.url)
        if address.startswith(("http://", "https://")):  # nothing that a reader would run
            _add(entry, "link", rel="alternate", href=address)
    for term in _categories(alert):
        _add(entry, "category", term=term)
    _add(entry, "content", message_html(alert), type="html")
    return entry


def _categories(told: Content) -> tuple[str, ...]:
    match told:
        case Alert():
            return clean(told.case_id), told.status.value
        case TopicAlert():
            return (clean(told.topic_id),)
        case Digest():
            named = (item.told.case_id if isinstance(item.told, Alert) else item.told.topic_id for item in told.items)
            return ("digest", *dict.fromkeys(map(clean, named)))
        case Notice():
            return ()
        case _:
            assert_never(told)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name), attributes)
    child.text = text
    return child


def _updated(part: ET.Element) -> str:
    return part.findtext(_tag("updated")) or ""


def _set_updated(feed: ET.Element, moment: str) -> None:
    for element in feed.findall(_tag("updated")):
        element.text = moment


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"
