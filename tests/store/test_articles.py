"""Articles that are due to be read: what a claim brings, in how many questions, and how revisions are numbered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import event, select

from watchdog.model.answer import Validators
from watchdog.model.article import Block, Entry, PageText, TextFrom
from watchdog.model.source import Source
from watchdog.model.watch import Watchlist
from watchdog.store import Database, articles, sources, watchlist
from watchdog.store.articles import ArticleForRead, NewRevision
from watchdog.store.sources import NewEntry, PollOutcome
from watchdog.store.tables import revisions

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COUNT = 6
HOUR = timedelta(hours=1)


def publish(db: Database, titles: dict[str, str], now: datetime) -> None:
    """Each source tells of each address in its own words."""
    rows = [Source(id=name, url=f"https://{name}.example/feed", name=name, every=HOUR) for name in ("a", "b")]
    db.now(watchlist.apply, rows, Watchlist(), NOW)
    for job in db.now(sources.claim_due, now, 2):
        told = tuple(
            NewEntry(
                entry=Entry(
                    key=url, url=url, title=f"{job.source.id}: {title}", summary="", content="", published=None
                ),
                hash=title,
                url=url,
                has_page=True,
            )
            for url, title in titles.items()
        )
        outcome = PollOutcome(next_poll_at=now, validators=Validators(), body_hash=None, new=told)
        db.now(sources.settle_poll, job, outcome, now)


def revision(text: str, text_from: TextFrom = TextFrom.PAGE) -> NewRevision:
    return NewRevision(
        page=PageText(title="t", text=text, blocks=(Block(start=0, end=len(text)),)),
        title_is_new=True,
        text_from=text_from,
        text_hash=text,
        lang=None,
        published=None,
        archived=None,
        validators=Validators(),
        reason=None,
    )


def claimed(db: Database, now: datetime) -> dict[str, ArticleForRead]:
    return {job.url: job for job in db.now(articles.claim_unread, now, COUNT)}


def test_each_article_comes_with_its_newest_entry_and_its_last_revision(db: Database) -> None:
    publish(db, {f"https://c.example/{number}": f"t{number}" for number in range(COUNT)}, NOW)
    jobs = claimed(db, NOW)
    assert [(job.entry.title, job.source.id, job.last_hash) for job in jobs.values()] == [
        (f"b: t{number}", "a", None) for number in range(COUNT)
    ]
    first, second, *_ = jobs.values()
    assert db.now(articles.settle_read, first, revision("one", TextFrom.FEED), NOW + HOUR, NOW)
    assert db.now(articles.settle_read, second, revision("other"), NOW + HOUR, NOW)
    again = claimed(db, NOW + HOUR)
    assert again[first.url].last_hash == "one"
    assert again[first.url].last_from is TextFrom.FEED
    assert again[second.url].last_hash == "other"
    assert db.now(articles.settle_read, again[first.url], revision("two"), NOW + 2 * HOUR, NOW + HOUR)
    assert claimed(db, NOW + 2 * HOUR)[first.url].last_hash == "two"
    numbers = select(revisions.c.text_hash, revisions.c.number).order_by(revisions.c.id)
    found = db.read_now(lambda connection: connection.execute(numbers).all())
    assert [tuple(row) for row in found] == [("one", 1), ("other", 1), ("two", 2)]


def test_a_claim_asks_no_more_for_many_articles_than_for_one(db: Database) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2].split()[0]))
    counts = []
    for number in (1, COUNT):
        now = NOW + number * HOUR
        publish(db, {f"https://c.example/{number}/{one}": "t" for one in range(number)}, now)
        asked.clear()
        assert len(claimed(db, now)) == number
        counts.append(len(asked))
    assert counts[0] == counts[1]
