"""The open data of the European Parliament, API v2: adopted texts and parliamentary questions.

``https://data.europarl.europa.eu/api/v2/adopted-texts`` and ``.../parliamentary-questions`` are asked by year, never
with a search term: what is watched stays here. A list may name its documents by number alone; then the newest are
asked for, thirty at once. Licence of the data: CC BY 4.0. The shape of the answers: docs/plugins.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast
from urllib.parse import parse_qs, urldefrag, urlencode, urlsplit, urlunsplit

from watchdog.core.plain import bounded_key, clean_line, plain_line
from watchdog.model.article import Entry, FeedRefusal, FeedRefused, ParsedFeed
from watchdog.model.plugin import SourcePlugin

BODY_MAX_BYTES = 10_000_000
#: Documents of one list, and lists of one year: some 4,500 questions are asked in one.
LIST_SIZE, LISTS_MAX = 1_000, 8
#: Numbers asked for at once (100 were refused for the length of the address, 40 were not), and in one poll.
BATCH, NEWEST = 30, 120
#: In January last year's texts are still being added.
TURN_OF_YEAR = timedelta(days=31)
TITLE_MAX = 1_000
_FORMAT = "application/ld+json"
_PAGE = "https://www.europarl.europa.eu/doceo/document/{}_EN.html"
_NUMBER = re.compile(r"[A-Z]{1,3}-\d{1,2}-\d{4}-\d{1,6}(?:-[A-Z]{1,4})?")
_ORDER = re.compile(r"-(\d{4})-(\d{1,6})")
#: Titles in these languages, the first that there is: packs for them all.
_LANGUAGES = ("en", "fr", "de", "es")

Fields = Mapping[str, object]


def address(url: str, *, since: datetime | None, now: datetime) -> str:
    """The list of this year; in January with the last one."""
    del since
    first = (now - TURN_OF_YEAR).year
    return _list_address(url, ",".join(str(year) for year in range(now.year, first - 1, -1)), 0)


def parse(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | FeedRefused:
    """Read a list of documents, or some of them; a year without any answers with an empty body."""
    del content_type
    if len(body) > BODY_MAX_BYTES:
        return FeedRefused(reason=FeedRefusal.TOO_LARGE, detail=f"{len(body):,} bytes, more than {BODY_MAX_BYTES:,}")
    items: list[Fields] = []
    if body.strip():
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as exc:
            return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail=clean_line(f"not JSON: {exc}")[:300])
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            return FeedRefused(reason=FeedRefusal.NOT_A_FEED, detail='JSON without the list "data"')
        items = [cast("Fields", item) for item in data if isinstance(item, dict)]
    entries = {entry.key: entry for item in items for entry in _entries(item, now)}
    bare = {number for item in items if (number := _number(item)) and not _title(item)}
    return ParsedFeed(
        title="European Parliament",
        lang=None,
        entries=tuple(entries.values()),
        more=_more(url, len(items), bare),
        may_be_empty=True,  # the first weeks of a year
    )


PLUGIN = SourcePlugin(parse=parse, address=address)


# ------------------------------------------------------------------------------------------- addresses


def _list_address(url: str, years: str, offset: int) -> str:
    parts = urlsplit(url)
    query = urlencode({"year": years, "format": _FORMAT, "limit": LIST_SIZE, "offset": offset}, safe=",")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _more(url: str, size: int, bare: set[str]) -> tuple[str, ...]:
    """The next list, which carries the newest numbers so far; after the last one the documents themselves."""
    plain, carried = urldefrag(url)
    parts = urlsplit(plain)
    query = parse_qs(parts.query)
    if "offset" not in query:
        return ()  # documents: they lead nowhere
    offset = int(query["offset"][0]) if query["offset"][0].isdecimal() else 0
    wanted = sorted(bare | set(_NUMBER.findall(carried)), key=_order, reverse=True)[:NEWEST]
    if size >= LIST_SIZE and offset + LIST_SIZE < LISTS_MAX * LIST_SIZE:
        following = _list_address(plain, query.get("year", [""])[0], offset + LIST_SIZE)
        return (f"{following}#{','.join(wanted)}",)
    asked = urlencode({"format": _FORMAT})
    batches = (",".join(wanted[start : start + BATCH]) for start in range(0, len(wanted), BATCH))
    path = parts.path.rstrip("/")
    return tuple(urlunsplit((parts.scheme, parts.netloc, f"{path}/{numbers}", asked, "")) for numbers in batches)


def _order(number: str) -> tuple[int, int]:
    found = _ORDER.search(number)
    return (int(found[1]), int(found[2])) if found else (0, 0)


# ------------------------------------------------------------------------------------------- documents


def _entries(item: Fields, now: datetime) -> Iterator[Entry]:
    """A document, and the answers to it."""
    number, title = _number(item), _title(item)
    if number and title:
        lang, text = title
        more = [words for words in _realised(item, "title_alternative", lang) if words != text]
        yield Entry(
            key=bounded_key(number),
            url=_PAGE.format(number),
            title=text[:TITLE_MAX],
            summary=more[0][:TITLE_MAX] if more else "",
            content="",
            published=_day(item, now),
            lang=lang,
        )
    answers = item.get("inverse_answers_to")
    for answer in answers if isinstance(answers, list) else []:
        if isinstance(answer, dict):
            yield from _entries({**answer, "inverse_answers_to": None}, now)


def _number(item: Fields) -> str:
    """The document's number, from its own field or the end of its id ("eli/dl/doc/TA-10-2026-0042")."""
    for name in ("identifier", "id"):
        value = item.get(name)
        last = value.rpartition("/")[2] if isinstance(value, str) else ""
        if _NUMBER.fullmatch(last):
            return last
    return ""


def _title(item: Fields) -> tuple[str, str] | None:
    """Language and words of the title, in the first of our languages that it has."""
    own = item.get("title_dcterms")
    titles = cast("Fields", own) if isinstance(own, dict) else {}
    for lang in _LANGUAGES:
        value = titles.get(lang)
        words = plain_line(value) if isinstance(value, str) else next(iter(_realised(item, "title", lang)), "")
        if words:
            return lang, words
    return None


def _realised(item: Fields, name: str, lang: str) -> Iterable[str]:
    """What the versions of a document carry in one field and language."""
    versions = item.get("is_realized_by")
    for version in versions if isinstance(versions, list) else []:
        field = version.get(name) if isinstance(version, dict) else None
        value = field.get(lang) if isinstance(field, dict) else None
        if isinstance(value, str) and (words := plain_line(value)):
            yield words


def _day(item: Fields, now: datetime) -> datetime | None:
    try:
        day = datetime.fromisoformat(str(item.get("document_date"))[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return min(day, now)
