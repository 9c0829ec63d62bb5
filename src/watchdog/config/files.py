"""The tables of the three files: which keys there are, what each may hold, and what holds where it is missing."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from watchdog import lang, plugins
from watchdog.config import values
from watchdog.config.settings import (
    DatabaseSettings,
    DigestSettings,
    FetchSettings,
    HealthSettings,
    MailSettings,
    OperatorSettings,
    RestScope,
    Settings,
    StartTls,
    WatchSettings,
    WorkSettings,
)
from watchdog.config.tables import Table, nearest, shown
from watchdog.model.meaning import Meaning
from watchdog.model.source import Source, SourceKind, Trust
from watchdog.model.status import Status
from watchdog.model.watch import Case, KnownStatus, Topic, Watchlist

#: How sure we are of a source's address, as docs/configuration.md explains.
EVIDENCE_GRADES = ["A", "A-", "B", "C", "D", "X"]
_MOST_PORT = 65_535
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
# They stand where a required value is missing or wrong, so that the rest of its row is still read.
_NO_TEXT = "-"
_NO_ADDRESS = "https://-/"


def settings(file: Table) -> Settings:
    """``watchdog.toml``."""
    return Settings(
        database=file.section("database", _database),
        fetch=file.section("fetch", _fetch),
        mail=file.section("mail", _mail),
        work=file.section("work", _work),
        health=file.section("health", _health),
        digest=file.section("digest", _digest),
        watch=file.section("watch", _watch),
        operators=file.rows("operator", _operator),
        meanings=_meanings(file),
    )


def sources(file: Table) -> tuple[Source, ...]:
    """``feeds.toml``."""
    found = file.rows("source", _source)
    file.note_repeated("source", "id", tuple(source.id for source in found))
    return found


def watchlist(file: Table) -> Watchlist:
    """``watchlist.toml``."""
    found = Watchlist(cases=file.rows("case", _case), topics=file.rows("topic", _topic))
    file.note_repeated("case", "id", tuple(case.id for case in found.cases))
    file.note_repeated("topic", "id", tuple(topic.id for topic in found.topics))
    return found


def _database(table: Table) -> DatabaseSettings:
    return DatabaseSettings(url=table.get("url", _database_url, DatabaseSettings().url))


def _fetch(table: Table) -> FetchSettings:
    have = FetchSettings()
    return FetchSettings(
        contact=table.get("contact", _contact, have.contact),
        allow=table.get("allow", values.networks, have.allow),
        min_gap=table.get("min_gap", values.duration, have.min_gap),
        timeout=table.get("timeout", values.interval, have.timeout),
        feed_max_bytes=table.get("feed_max_bytes", values.size(10_000), have.feed_max_bytes),
        page_max_bytes=table.get("page_max_bytes", values.size(10_000), have.page_max_bytes),
        max_redirects=table.get("max_redirects", values.count(0, 20), have.max_redirects),
        rest_scope=table.get("rest_scope", values.choice(RestScope), have.rest_scope),
        concurrency=table.get("concurrency", values.count(1, 1_000), have.concurrency),
    )


def _mail(table: Table) -> MailSettings:
    have = MailSettings()
    return MailSettings(
        smtp=table.get("smtp", _host_and_port, have.smtp),
        sender=table.get("sender", _mail_address, have.sender),
        username=table.get("username", values.optional_text, have.username),
        password=table.get("password", values.secret, have.password),
        starttls=table.get("starttls", values.choice(StartTls), have.starttls),
        timeout=table.get("timeout", values.interval, have.timeout),
    )


def _work(table: Table) -> WorkSettings:
    have = WorkSettings()
    return WorkSettings(
        workers=table.get("workers", values.count(1, 256), have.workers),
        deadline=table.get("deadline", values.interval, have.deadline),
        # A worker with every pack loaded has 200 MB of address space before its first document.
        memory_max_bytes=table.get("memory_max_bytes", values.size(500_000_000), have.memory_max_bytes),
        second_opinion=table.get("second_opinion", values.optional_text, have.second_opinion),
    )


def _health(table: Table) -> HealthSettings:
    listen = table.get("listen", _listen, HealthSettings().listen)
    exposed = table.get("exposed", values.flag, default=False)
    if listen and not exposed and not ip_address(listen.rpartition(":")[0].strip("[]")).is_loopback:
        table.note("other machines reach that address; where they should, say exposed = true", "listen")
    return HealthSettings(listen=listen, exposed=exposed)


def _digest(table: Table) -> DigestSettings:
    have = DigestSettings()
    return DigestSettings(
        at=table.get("at", values.time_of_day, have.at), zone=table.get("zone", values.time_zone, have.zone)
    )


def _watch(table: Table) -> WatchSettings:
    return WatchSettings(silent_after=table.get("silent_after", values.days, WatchSettings().silent_after))


def _operator(table: Table) -> OperatorSettings:
    return OperatorSettings(
        name=table.need("name", values.text, _NO_TEXT),
        target=table.need("target", values.text, _NO_TEXT),
        secret=table.get("secret", values.secret, ""),
    )


def _meanings(file: Table) -> tuple[Meaning, ...]:
    found = file.rows("meaning", _meaning)
    for language in {one.language for one in found}:
        said = tuple(one.words.casefold() if one.language == language else f"{n}" for n, one in enumerate(found))
        file.note_repeated("meaning", "words", said)
    return found


def _meaning(table: Table) -> Meaning:
    return Meaning(
        language=table.need("language", _pack_language, _NO_TEXT),
        words=table.need("words", _phrase, _NO_TEXT),
        status=table.need("status", values.choice(Status), Status.DETAINED),
    )


def _source(table: Table) -> Source:
    url = table.need("url", values.address, _NO_ADDRESS)
    host = urlsplit(url).hostname or _NO_TEXT
    source = Source(
        id=table.need("id", values.identifier, _NO_TEXT),
        url=url,
        name=table.get("name", values.text, host),
        kind=table.get("kind", values.choice(SourceKind), SourceKind.NEWS),
        via=table.get("via", _via, "feed"),
        lang=table.get("lang", values.languages, ()),
        org=table.get("org", values.text, host.removeprefix("www.")),
        trust=table.get("trust", values.choice(Trust), Trust.MEDIUM),
        proxy=table.get("proxy", values.proxy, None),
        every=table.get("every", values.interval, None),
        quiet_after=table.get("quiet_after", values.interval, None),
        enabled=table.get("enabled", values.flag, default=True),
    )
    # For the operator who reads the file; the service has no use for them.
    table.get("evidence", _evidence, "")
    table.get("verified", values.partial_date, None)
    table.get("note", values.optional_text, "")
    return source


def _case(table: Table) -> Case:
    return Case(
        id=table.need("id", values.identifier, _NO_TEXT),
        name=table.need("name", values.text, _NO_TEXT),
        aliases=table.get("aliases", values.texts, ()),
        weak_aliases=table.get("weak_aliases", values.texts, ()),
        not_names=table.get("not", values.texts, ()),
        context=table.get("context", values.texts, ()),
        country=table.get("country", values.text, None),
        known=table.rows("known", _known),
        retired=table.get("retired", values.flag, default=False),
        silent_after=table.get("silent_after", values.days, None),
    )


def _known(table: Table) -> KnownStatus:
    return KnownStatus(
        status=table.need("status", values.choice(Status), Status.DETAINED),
        date=table.get("date", values.partial_date, None),
    )


def _topic(table: Table) -> Topic:
    name = table.need("id", values.identifier, _NO_TEXT)
    some: tuple[str, ...] = table.get("any", _phrases, ())
    every: tuple[str, ...] = table.get("all", _phrases, ())
    if not some and not every and table.is_sound:
        table.note("a topic needs phrases: one of those under any, or each of those under all")
    return Topic(id=name, any=some if some or every else (_NO_TEXT,), all=every, none=table.get("none", _phrases, ()))


def _database_url(value: object) -> str:
    url = values.text(value)
    if not url.startswith(_DATABASES):
        raise ValueError(f"begins with {' or '.join(_DATABASES)}")
    return url


def _contact(value: object) -> str:
    contact = values.optional_text(value)
    if not contact.isascii():
        raise ValueError(f"{shown(contact)} goes into the user agent, which takes ASCII letters only")
    return contact


def _host_and_port(value: object) -> str:
    place = values.text(value)
    try:
        parts = urlsplit(f"//{place}")
        complete = bool(parts.hostname) and parts.port is not None
    except ValueError:
        complete = False
    if not complete or parts.netloc != place or "@" in place:
        raise ValueError(f'{shown(place)} is no server; write host and port, such as "localhost:25"')
    return place


def _listen(value: object) -> str:
    place = values.optional_text(value)
    host, _, port = place.rpartition(":")
    if place and not (_is_address(host) and port.isascii() and port.isdecimal() and int(port) <= _MOST_PORT):
        raise ValueError(f'{shown(place)} is no place to listen; write one such as "127.0.0.1:9464" or "[::1]:9464"')
    return place


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        return False


def _mail_address(value: object) -> str:
    found = values.text(value)
    local, _, host = found.rpartition("@")
    if not local or not host or " " in found:
        raise ValueError(f'{shown(found)} is no mail address; write one such as "alerts@example.org"')
    return found


def _via(value: object) -> str:
    name = values.text(value)
    known = ["feed", *plugins.names("watchdog.sources")] if name != "feed" else ["feed"]
    if name not in known:
        raise ValueError(f"nothing here asks by {shown(name)}; {nearest(name, list(dict.fromkeys(known)))}")
    return name


def _pack_language(value: object) -> str:
    code = values.text(value)
    if code not in lang.codes():
        raise ValueError(f"there is no pack for {shown(code)}; there are {', '.join(lang.codes())}")
    return code


def _evidence(value: object) -> str:
    grade = values.text(value)
    if grade not in EVIDENCE_GRADES:
        raise ValueError(f"{shown(grade)} is no grade; {nearest(grade, EVIDENCE_GRADES)}")
    return grade


def _phrase(value: object) -> str:
    phrase = values.text(value)
    if any("*" in word[:-1] or word == "*" for word in phrase.split()):
        raise ValueError(f'{shown(phrase)}: "*" stands at the end of a word and means any ending')
    return phrase


_phrases = values.items(_phrase)
