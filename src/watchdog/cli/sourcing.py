"""``sources``: how they are, what an address answers step by step, which feeds a home page has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import click

from watchdog import lang, plugins, service
from watchdog.cli.output import FAILED, Speaker
from watchdog.config import read_settings
from watchdog.core.address import canonical, host_of
from watchdog.core.notices import ADVICE
from watchdog.core.states import STATE_OF, a_week, decide_state
from watchdog.errors import UsageError, WatchdogError
from watchdog.model.answer import FetchReason, Hop
from watchdog.model.article import ParsedFeed
from watchdog.model.dates import rfc3339
from watchdog.model.source import Fault, Source, SourceState
from watchdog.pipeline.check import Checked, CheckedPage
from watchdog.store import passages, sources
from watchdog.store.sources import SourceRow

#: Headers that say how we are to ask, and who answered.
_TELLING = (
    "location",
    "content-type",
    "content-encoding",
    "etag",
    "last-modified",
    "cache-control",
    "expires",
    "retry-after",
    "server",
)
#: Passages that nobody could read are counted over so long.
UNREAD_FOR = timedelta(days=30)
#: What to do about an answer that is no document; for the others what to do about a source that is so.
_WAYS_OUT: Mapping[FetchReason | None, str] = {
    FetchReason.REFUSED_ADDRESS: "Only public networks are asked; if this one is yours, put it into allow in [fetch].",
    FetchReason.NAME: "Look at the spelling of the host, and whether the site opens in a browser.",
    FetchReason.CONNECT: "It is down, or lets nobody in from here: try again later, or set a proxy for the source.",
    FetchReason.TLS: "Look what a browser says of its certificate; a site without one is asked by http://.",
    FetchReason.TIMEOUT: "It is slow or down: try again later; [fetch] timeout is how long we wait.",
    FetchReason.PROTOCOL: "Its server is at fault: try again later, else write to the publisher.",
    FetchReason.TOO_LARGE: "Look for a shorter feed of the site; [fetch] feed_max_bytes is what we take.",
    FetchReason.ENCODING: "Its server is at fault: write to the publisher.",
    FetchReason.REDIRECTS: "Its server sends us in circles: look for its new address on the home page.",
    FetchReason.PROXY: "Look whether the proxy of the source runs, and lets us through.",
}
_STATUS_WAYS_OUT: Mapping[int | None, str] = {
    HTTPStatus.NOT_FOUND: "Nothing is there: look for its new address; watchdog sources add HOME-PAGE finds feeds.",
    HTTPStatus.TOO_MANY_REQUESTS: "It is asked too often from here: wait, and give the source a longer every.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Its server is in trouble: try again later.",
    HTTPStatus.BAD_GATEWAY: "Its server is in trouble: try again later.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Its server is in trouble, or busy: try again later.",
    HTTPStatus.GATEWAY_TIMEOUT: "Its server is in trouble: try again later.",
}
_MOST_ENTRIES, _MOST_LINES, _MOST_LINE = 5, 5, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A feed that was found, as a row of feeds.toml."""

    id: str
    url: str
    name: str | None


@click.group("sources")
def sources_group() -> None:
    """The sources that are asked."""


@sources_group.command("list")
@click.option("--all", "everything", is_flag=True, help="Disabled ones too; --json always has them.")
@click.pass_obj
def sources_list(speaker: Speaker, everything: bool) -> None:
    """The sources: how each is and why, when it is asked next, how much comes."""
    with service.open_database(speaker.home, read_settings(speaker.home)) as db:
        rows = db.read_now(sources.list_sources)
        now = datetime.now(UTC)
        unread = db.read_now(passages.count_unread, now - UNREAD_FOR)
    if speaker.as_json:
        for row in rows:
            speaker.line(_row_json(row, now, unread.get(row.source.id, {})))
        return
    if not rows:
        speaker.say("no sources yet: add one to feeds.toml, then: watchdog apply")
        return
    head = ("ID", "STATE", "LAST ANSWER", "NEXT POLL", "A WEEK", "OVERLAP", "MISSED", "FAILURES", "WHY")
    shown = [row for row in rows if everything or row.source.enabled]
    speaker.table(head, [_row(row, now, unread.get(row.source.id, {})) for row in shown])
    if len(shown) < len(rows):
        speaker.say(f"{len(rows) - len(shown)} more are disabled; to see them: watchdog sources list --all")


def foreign_words(given: Iterable[str], unread: Mapping[str | None, int]) -> tuple[str, ...]:
    """Each language without a pack, with how many passages nobody could read: ``sw (3 passages not read)``.

    Args:
        given: codes that sources give for themselves.
        unread: passages that name a watched person, by language.
    """
    codes = {*given, *unread} - set(lang.codes())
    named = sorted((code or "", unread.get(code, 0)) for code in codes)
    return tuple(
        (code or "a language that nobody names")
        + (f" ({count} passage{'' if count == 1 else 's'} on watched people not read)" if count else "")
        for code, count in named
    )


def _row(row: SourceRow, now: datetime, unread: Mapping[str | None, int]) -> tuple[object, ...]:
    foreign = foreign_words(row.source.lang, unread)
    week, overlap = a_week(row.history), row.history.overlap
    return (
        row.source.id,
        _state(row),
        _moment(row.last_success_at) or "never",
        _moment(row.next_poll_at) or "-",
        "-" if week is None else f"{week:.1f}",
        "-" if overlap is None else f"{overlap:.0%}",
        row.history.misses,
        row.failures,
        "; ".join(filter(None, (_why(row, now), f"no language pack: {', '.join(foreign)}" if foreign else None))),
    )


def _row_json(row: SourceRow, now: datetime, unread: Mapping[str | None, int]) -> dict[str, object]:
    week = a_week(row.history)
    found = decide_state(row.history, now, quiet_after=row.source.quiet_after, before=row.state)
    return {
        "id": row.source.id,
        "url": row.source.url,
        "state": _state(row),
        "evidence": found.words,
        "since": _moment(found.since),
        "last_success_at": _moment(row.last_success_at),
        "next_poll_at": _moment(row.next_poll_at),
        "items_a_week": None if week is None else round(week, 1),
        "overlap": row.history.overlap,
        "missed": row.history.misses,
        "missed_at": _moment(row.history.missed_at),
        "backfilled": row.history.backfilled,
        "failures": row.failures,
        "failing_since": _moment(row.first_failed_at),
        "reason": row.reason,
        "moved_to": row.memory.moved_to,
        "same_as": row.memory.twin,
        "without_pack": sorted({*row.source.lang, *(code for code in unread if code)} - set(lang.codes())),
        "unread": sum(unread.values()),
    }


def _state(row: SourceRow) -> str:
    if row.is_stuck:
        return "stuck"
    if not row.source.enabled:
        return "disabled"
    is_new = row.state is None or (row.state is SourceState.OK and not row.polls)
    return "new" if is_new or row.state is None else row.state.value


def _why(row: SourceRow, now: datetime) -> str | None:
    """What an operator should know: why it is not well, else what to put right in feeds.toml."""
    if row.is_stuck or not row.source.enabled:
        return row.reason
    if row.state not in {None, SourceState.OK} or row.failures:
        return decide_state(row.history, now, quiet_after=row.source.quiet_after, before=row.state).words
    if row.memory.twin is not None:
        return f"redirects to the feed of {row.memory.twin}: one of the two is enough"
    if row.memory.moved_to:
        return f"moved for good to {row.memory.moved_to}"
    return row.reason


@sources_group.command("check")
@click.argument("url", metavar="URL")
@click.option("--via", default="feed", show_default=True, help="How it is read: feed, page, sitemap or api:NAME.")
@click.pass_obj
@click.pass_context
def sources_check(context: click.Context, speaker: Speaker, url: str, via: str) -> None:
    """Ask an address, or the source of an id, step by step, and store nothing; exit code 1 where it gives no feed."""
    source = _source(speaker, url, via)
    found = asyncio.run(service.check_source(speaker.home, source))
    if speaker.as_json:
        speaker.line(_checked_json(found))
    else:
        _show(speaker, found, source.via)
    if found.parsed is None:
        context.exit(FAILED)


def propose(speaker: Speaker, url: str, choose: int | None) -> Proposal | None:
    """The feed of a page that is to be added; None where a person must choose, who is told of all of them.

    Raises:
        UsageError: this is no address, or there is no feed of that number.
        WatchdogError: there is none at all.
    """
    home_page = _source(speaker, url, "feed")
    found = asyncio.run(service.discover(speaker.home, home_page))
    if not found:
        raise WatchdogError(f"no feed found at {url}; see: watchdog sources check {url}")
    if choose is not None and choose > len(found):
        raise UsageError(f"there are {len(found)} feeds at {url}")
    number = choose or (1 if len(found) == 1 else None)
    if number is not None:
        link, parsed = found[number - 1]
        return Proposal(id=_id_of(link.url), url=link.url, name=parsed.title or None)
    for n, (link, parsed) in enumerate(found, 1):
        newest = max((entry.published for entry in parsed.entries if entry.published), default=None)
        if speaker.as_json:
            line: dict[str, object] = {"number": n, "id": _id_of(link.url), "url": link.url}
            speaker.line({**line, "title": parsed.title, "entries": len(parsed.entries), "newest": _moment(newest)})
        speaker.say(f"{n}. {link.url}")
        about = f"{parsed.title or link.title or 'no title'}: {_items(parsed)}"
        speaker.say(f"{about}, the newest of {_moment(newest) or 'no date'}", indent=3)
    speaker.say(f"nothing was added; to add one: watchdog sources add {url} --choose NUMBER")
    return None


def _source(speaker: Speaker, url: str, via: str) -> Source:
    """The source of that id or address, else one made for the occasion."""
    with service.open_database(speaker.home, read_settings(speaker.home)) as db:
        rows = db.read_now(sources.list_sources)
    for row in rows:
        if url in {row.source.id, row.source.url}:
            return row.source
    if "@" in urlsplit(url).netloc:
        raise UsageError(
            "the address holds a user name or password; such a source cannot be had: feeds.toml keeps no secrets"
        )
    if canonical(url) is None:
        raise UsageError(f"{url!r} is no address and no source's id; an address begins with http:// or https://")
    known = sorted({"feed", *plugins.names("watchdog.sources")})
    if via not in known:
        raise UsageError(f"nothing here reads by {via!r}; it can be {', '.join(known)}")
    return Source(id="check", url=url, name=host_of(url), via=via)


def _id_of(url: str) -> str:
    return host_of(url).removeprefix("www.").replace(".", "-").replace(":", "-").strip("-") or "source"


def _show(speaker: Speaker, found: Checked, via: str) -> None:
    _show_hops(speaker, found.hops)
    if found.parsed is None:
        _show_no_feed(speaker, found, via)
    else:
        _show_feed(speaker, found.parsed)
    if found.article is not None:
        _show_page(speaker, found.article)


def _show_no_feed(speaker: Speaker, found: Checked, via: str) -> None:
    speaker.say(f"no feed: {found.problem}")
    for link in found.links:
        speaker.say(f"the page names a feed: {link.url} {link.title}")
    if found.links:
        speaker.say(f"-> watchdog sources add {found.url}")
    elif found.fault is not None:
        speaker.say(f"-> {_way_out(found, found.fault, via)}")


def _way_out(found: Checked, fault: Fault, via: str) -> str:
    """What to do about it."""
    if found.reason is FetchReason.HTTP_STATUS and found.status in _STATUS_WAYS_OUT:
        return _STATUS_WAYS_OUT[found.status]
    if fault is Fault.NO_FEED and via != "feed":
        return f"It was read as {via}; if it is a feed, leave --via out."
    return _WAYS_OUT.get(found.reason, ADVICE[_state_of(fault)])


def _state_of(fault: Fault) -> SourceState:
    """What a source would become that always answers so."""
    return SourceState.GONE if fault is Fault.GONE else STATE_OF[fault]


def _show_feed(speaker: Speaker, parsed: ParsedFeed) -> None:
    dated = [entry.published for entry in parsed.entries if entry.published]
    speaker.say(f"feed: {parsed.title or 'no title'}, {_items(parsed)}, language {parsed.lang or 'not said'}")
    if dated:
        speaker.say(
            f"dates: {_moment(min(dated))} to {_moment(max(dated))}, {len(parsed.entries) - len(dated)} without"
        )
    for problem in parsed.problems:
        speaker.say(f"note: {problem}")
    if parsed.pace is not None and parsed.pace.every is not None:
        speaker.say(f"it wants to be asked every {parsed.pace.every}")
    if parsed.older:
        speaker.say(f"older items: {parsed.older}")
    for entry in parsed.entries[:_MOST_ENTRIES]:
        speaker.say(f"- {_moment(entry.published) or 'no date'}  {entry.title[:_MOST_LINE]}")
        speaker.say(f"{entry.url or 'no address: its own text is judged'}", indent=4)
    if not parsed.entries:
        speaker.say("-> it is empty: is this the right address?")


def _items(parsed: ParsedFeed) -> str:
    return f"{len(parsed.entries)} item{'' if len(parsed.entries) == 1 else 's'}"


def _show_page(speaker: Speaker, article: CheckedPage) -> None:
    speaker.say(f"article: {article.url}")
    _show_hops(speaker, article.hops)
    if article.page is None:
        speaker.say(f"no text: {article.problem}")
        speaker.say("-> the item's own text will be judged; that is enough where the feed carries whole articles")
        return
    page = article.page
    published = _moment(page.published) or "no date"
    speaker.say(f"title: {page.title}")
    speaker.say(f"text: {len(page.text):,} characters in {len(page.blocks)} blocks, published {published}")
    for line in page.text.split("\n\n")[:_MOST_LINES]:
        speaker.say(_cut(line), indent=4)
    if article.removed:
        speaker.say(f"left out: {len(article.removed)} lines, such as")
    for line in article.removed[:_MOST_LINES]:
        speaker.say(_cut(line), indent=4)


def _show_hops(speaker: Speaker, hops: Sequence[Hop]) -> None:
    for hop in hops:
        speaker.say(f"{hop.status} {hop.url} ({hop.took_s:.2f} s)")
        for name, value in _telling(hop).items():
            speaker.say(f"{name}: {value[:_MOST_LINE]}", indent=4)


def _telling(hop: Hop) -> dict[str, str]:
    headers = dict(reversed(hop.headers))
    return {name: headers[name] for name in _TELLING if name in headers}


def _checked_json(found: Checked) -> dict[str, object]:
    parsed, article = found.parsed, found.article
    line: dict[str, object] = {
        "url": found.url,
        "hops": [_hop_json(hop) for hop in found.hops],
        "state": None if found.fault is None else _state_of(found.fault).value,
        "problem": found.problem or None,
        "links": [{"url": link.url, "title": link.title} for link in found.links],
    }
    line["feed"] = parsed and {
        "title": parsed.title,
        "lang": parsed.lang,
        "problems": list(parsed.problems),
        "older": parsed.older,
        "entries": [
            {"title": entry.title, "url": entry.url, "published": _moment(entry.published)} for entry in parsed.entries
        ],
    }
    line["article"] = article and {
        "url": article.url,
        "hops": [_hop_json(hop) for hop in article.hops],
        "problem": article.problem or None,
        "title": article.page.title if article.page else None,
        "characters": len(article.page.text) if article.page else 0,
        "start": _cut(article.page.text) if article.page else "",
        "left_out": list(article.removed),
    }
    return line


def _hop_json(hop: Hop) -> dict[str, object]:
    return {"url": hop.url, "status": hop.status, "headers": _telling(hop), "took_s": round(hop.took_s, 3)}


def _cut(line: str) -> str:
    return line if len(line) <= _MOST_LINE else f"{line[: _MOST_LINE - 1]}…"


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
