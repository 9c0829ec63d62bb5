"""A home's files, database and subscriptions, as the commands change them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from watchdog.config import (
    FEEDS_FILE,
    FILES,
    Settings,
    read_home,
    read_settings,
    starter_files,
)
from watchdog.deliver import new_webhook_secret, parse_target
from watchdog.errors import UsageError
from watchdog.model.dates import PartialDate
from watchdog.model.delivery import Channel
from watchdog.model.review import Signature
from watchdog.model.status import Status
from watchdog.pipeline import review
from watchdog.store import Database, corrections, subscribers, watchlist
from watchdog.store.corrections import Corrected
from watchdog.store.reviews import Accepted
from watchdog.store.subscribers import Subscribed, Wish
from watchdog.store.watchlist import Applied

#: Inside the home.
DATA_FOLDER = "data"
ARCHIVE_FOLDER = "data/archive"


def open_database(home: Path, settings: Settings) -> Database:
    """The home's database, at the newest schema.

    Raises:
        UsageError: the folder is no home: a mistyped one gets no empty database.
        StoreError: it cannot be opened.
    """
    if not any((home / name).exists() for name in FILES):
        raise UsageError(f"{home} is no home; `watchdog --home {home} init` makes it one")
    return Database(settings.database.url, home)


def initialise(home: Path, feeds: Path | None, now: datetime) -> tuple[str, ...]:
    """Make a home that works: the three files, the database, and two subscriptions to everything.

    Files that are there already stay as they are.

    Args:
        home: made where it is missing.
        feeds: a ``feeds.toml`` to start with; None takes the starter's.
        now: aware.

    Returns:
        The files that were written.
    """
    home.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in starter_files().items():
        if not (home / name).exists():
            text = feeds.read_text("utf-8") if feeds is not None and name == FEEDS_FILE else content
            (home / name).write_text(text, "utf-8")
            written.append(name)
    apply_files(home, now)
    for target in ("console:", "atom:alerts.xml"):
        subscribe(home, target, Wish(everything=True), now)
    return tuple(written)


def apply_files(home: Path, now: datetime, *, is_rehearsal: bool = False) -> Applied:
    """Bring the three files into the database; in a rehearsal, only say what that would change.

    Raises:
        ConfigError: a file is wrong; nothing was changed.
    """
    files = read_home(home)
    with open_database(home, files.settings) as db:
        do = db.rehearse if is_rehearsal else db.now
        return do(watchlist.apply, files.sources, files.watchlist, now)


def subscribe(home: Path, target: str, wish: Wish, now: datetime) -> Subscribed:
    """Subscribe a target.

    Raises:
        UsageError: the target cannot be one, or a case or topic that it names is not watched.
    """
    settings = read_settings(home)
    parsed = parse_target(target, settings.fetch.allow, home)
    secret = new_webhook_secret() if parsed.channel is Channel.WEBHOOK else None
    with open_database(home, settings) as db:
        watched = {row.case.id for row in db.read_now(watchlist.list_cases) if row.left_at is None}
        topics = set(db.read_now(watchlist.list_topics))
        for word, wanted, have in (("case", wish.case_ids, watched), ("topic", wish.topic_ids, topics)):
            for name in wanted:
                if name not in have:
                    raise UsageError(f"no {word} {name!r} is watched; there are {', '.join(sorted(have)) or 'none'}")
        return db.now(subscribers.subscribe, parsed.channel, parsed.target, wish, secret, now)


def unsubscribe(home: Path, target: str, now: datetime) -> int:
    """End all subscriptions of a target. Returns how many ended.

    Raises:
        UsageError: the target never subscribed.
    """
    settings = read_settings(home)
    with open_database(home, settings) as db:
        ended = db.now(subscribers.unsubscribe, target.strip(), now)  # a reference that leads nowhere by now, too
        if ended is None:
            parsed = parse_target(target, settings.fetch.allow, home)
            ended = db.now(subscribers.unsubscribe, parsed.target, now)
    if ended is None:
        raise UsageError(f"{target} has no subscription")
    return ended


def accept(home: Path, claim_id: int, signed: Signature) -> Accepted:
    """Accept a claim that waits; the service sends what comes of it.

    Raises:
        UsageError: it does not wait, or says nothing that could be accepted.
    """
    with open_database(home, read_settings(home)) as db:
        return review.accept(db, claim_id, signed)


def reject(home: Path, claim_id: int, signed: Signature) -> tuple[int, ...]:
    """Reject a claim that waits. Returns the claims of the same change that go on waiting.

    Raises:
        UsageError: it does not wait.
    """
    with open_database(home, read_settings(home)) as db:
        return review.reject(db, claim_id, signed)


def correct_event(
    home: Path, event_id: int, status: Status | None, date: PartialDate | None, signed: Signature
) -> Corrected:
    """Put another event in the place of one, and tell whoever was told of it.

    Raises:
        UsageError: there is no such event, it does not stand, or nothing would change.
    """
    with open_database(home, read_settings(home)) as db:
        return db.now(corrections.correct, event_id, status, date, signed)


def retract_event(home: Path, event_id: int, signed: Signature) -> Corrected:
    """Take an event back, and tell whoever was told of it.

    Raises:
        UsageError: there is no such event, or it does not stand.
    """
    with open_database(home, read_settings(home)) as db:
        return db.now(corrections.retract, event_id, signed)
