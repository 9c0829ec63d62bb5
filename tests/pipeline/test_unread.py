"""A watched person in a language without a pack: the silence has a reason, and operators see which language it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.daemon import Home
from tests.pipeline.rooms import context
from tests.store.test_reviews import NOW, revision, watch
from watchdog.cli import doctoring
from watchdog.pipeline.judge import judge
from watchdog.store import Database, passages
from watchdog.store.histories import article_history

SENTENCE = "Bloggaaja Mehman Huseynov vapautettiin lauantaina vankilasta kahden vuoden jälkeen, kertoi asianajaja."
ENGLISH = "The blogger Mehman Huseynov was released from prison on Saturday, his lawyer said after a hearing in Baku."
#: When the lease of ``revision`` has run out.
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def db(tmp_path: Path, database_url: str) -> Database:
    return Database(database_url, tmp_path)


async def test_what_cannot_be_read_is_kept_counted_and_told(db: Database, database_url: str, tmp_path: Path) -> None:
    with db:
        watch(db)
        url = revision(db, NOW, f"{ENGLISH} {ENGLISH}\n\n{SENTENCE}").url
        assert (await judge(context(db, tmp_path), LATER, 9)).taken == 1
        history = db.read_now(article_history, url)
        assert history is not None
        (told,) = history.revisions
        assert [(one.case_id, one.sentence, one.lang) for one in told.unread] == [("mh", SENTENCE, None)]
        assert {row.claim.status.value for row in told.claims} == {"released"}
        assert db.read_now(passages.count_unread, LATER) == {"oc": {None: 1}}
        assert db.read_now(passages.count_unread, LATER + timedelta(seconds=1)) == {}
        today = update(passages.unread_passages).values(seen_at=datetime.now(UTC))  # the commands have a real clock
        db.now(lambda connection: connection.execute(today))
        words = "a language that nobody names (1 passage on watched people not read)"
        (check,) = (one for one in doctoring._sources(db, datetime.now(UTC)) if one.check == "languages")
        assert check.detail == f"1 without a pack: {words}"
        if database_url.startswith("sqlite"):
            told_by_commands(Home(folder=tmp_path), url, words)


def told_by_commands(home: Home, url: str, words: str) -> None:
    home.write()
    (history,) = home.json("explain", url)
    assert isinstance(history["revisions"], list)
    (told,) = history["revisions"][0]["unread"]
    assert (told["case"], told["reason"], told["evidence"]) == ("mh", "no_language_pack", SENTENCE)
    assert f"no language pack: {words}" in home.run("sources", "list").stdout
