"""Chat services: which ones a message may go to, how their targets are written, and the words that they are given.

A target is an Apprise URL (https://github.com/caronc/apprise/wiki). The list is short on purpose: these are the
services whose treatment of hostile text and of long messages was looked at (Apprise 2.2.0, November 2026).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlsplit

from watchdog.config.settings import Network
from watchdog.core.digests import digest_text
from watchdog.core.messages import message_subject, message_text
from watchdog.core.render import clean
from watchdog.errors import UsageError
from watchdog.fetch import check_target
from watchdog.model.delivery import Alert, Content, Digest, TopicAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What we must know of a chat service."""

    #: Longest message in UTF-16 units, escapes included; what a server takes, with a margin.
    most: int
    #: Whether its URL always holds a token.
    has_token: bool = True
    #: Where it is, where that is not the operator's choice.
    host: str = ""
    #: Whether it reads our words as Markdown; Apprise or the service escapes for the others.
    is_markdown: bool = False
    #: Options that every URL gets.
    options: str = ""


#: By the schema of its URL; one that speaks plain HTTP has a sibling with an ``s``.
_PLAIN: Mapping[str, Service] = MappingProxyType(
    {
        "gotify": Service(most=8_000),
        "json": Service(most=8_000, has_token=False),
        "matrix": Service(most=8_000, options="discovery=no"),  # a host that is asked must not name another one
        "mmost": Service(most=4_000, is_markdown=True),
        "ntfy": Service(most=1_300, has_token=False),  # 4,096 bytes; more becomes an attachment
        "signal": Service(most=2_000, has_token=False),
    }
)
SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        **_PLAIN,
        **{f"{schema}s": service for schema, service in _PLAIN.items()},
        "discord": Service(most=2_000, host="discord.com", is_markdown=True),
        "slack": Service(most=3_500, host="slack.com"),
        "tgram": Service(most=4_096, host="api.telegram.org"),
        "zulip": Service(most=8_000, is_markdown=True),
    }
)

#: What may follow a ``?``: where a message goes and how it looks. All that would undo our own settings (``redirect``,
#: ``verify``, ``retry``, ``overflow``, ``format``, headers) is left out.
_OPTIONS = frozenset({"to", "channel", "topic", "thread", "priority", "hsreq", "silent", "preview", "botname"})
_PLAIN_PORT, _TLS_PORT = 80, 443
_NTFY_CLOUD = "ntfy.sh"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~#])")
_NOT_IN_A_LINK = re.compile(r"[^A-Za-z0-9:/?&=%.,;+#_~-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTarget:
    """A chat URL, read."""

    #: As it is kept.
    url: str
    #: As Apprise gets it.
    sent_url: str
    service: Service
    #: The host that will be asked, as far as the URL tells it.
    host: str
    port: int
    is_tls: bool
    #: Whether the URL names an account or a topic where others name their host.
    has_made_up_host: bool


def read_chat_target(text: str, allow: Sequence[Network], *, is_bare: bool) -> ChatTarget:
    """Read the URL of a chat service.

    Args:
        text: An Apprise URL.
        allow: Networks that may be reached although they are not public.
        is_bare: Whether it would be stored as it is, so that it must not hold a token.

    Raises:
        UsageError: it is none that we send to; no word of it is repeated, except its schema.
    """
    schema, _, rest = text.partition("://")
    schema = schema.lower()
    service = SERVICES.get(schema)
    if service is None:
        raise UsageError(
            f"{schema[:20]}:// is no chat service that is sent to; there are {', '.join(sorted(SERVICES))}"
        )
    try:
        parts = urlsplit(f"{schema}://{rest}")
        name, options = parts.hostname or "", parse_qsl(parts.query, keep_blank_values=True)
        port = None if service.host else parts.port  # a Telegram token has a colon in it
    except ValueError as exc:
        raise UsageError(f"the {schema}:// address cannot be read") from exc
    if is_bare and (service.has_token or parts.username is not None or parts.query):
        raise UsageError(
            f"this {schema}:// address holds a token: put the whole address into an environment variable or a file, "
            "and subscribe env:NAME or file:PATH"
        )
    if not name or parts.fragment or any(key not in _OPTIONS for key, _ in options):
        known = ", ".join(sorted(_OPTIONS))
        raise UsageError(f"the {schema}:// address needs a host, and takes no options but {known}; write # as %23")
    if schema.startswith("matrix") and parts.username and parts.password:  # Apprise registers an account that fails
        raise UsageError("a matrix:// address takes an access token, no user and password: matrixs://TOKEN@HOST/!ROOM")
    host = service.host or _made_up_host(schema, name, parts.path)
    is_tls = bool(host) or schema not in _PLAIN
    shown = f"[{name}]" if ":" in name else host or name
    port = port or (_TLS_PORT if is_tls else _PLAIN_PORT)
    if refusal := check_target(f"{'https' if is_tls else 'http'}://{shown}:{port}/", allow):
        raise UsageError(f"{schema}: {refusal}")
    return ChatTarget(
        url=f"{schema}://{rest}",
        sent_url=f"{schema}://{rest}{'&' if '?' in rest else '?'}{service.options}" if service.options else text,
        service=service,
        host=host or name,
        port=port,
        is_tls=is_tls,
        has_made_up_host=bool(host),
    )


def _made_up_host(schema: str, name: str, path: str) -> str:
    if schema == "zulip":
        return name if "." in name else f"{name}.zulipchat.com"
    return _NTFY_CLOUD if schema.startswith("ntfy") and not path.strip("/") else ""


def chat_text(told: Content, service: Service) -> str:
    """The message in one piece, within the service's bounds, with nothing in it that the service would act upon.

    Mentions are broken, Markdown is escaped where it would be read, and an article's address stays one that can be
    clicked. What does not fit is cut, with a word on where the rest is; of a digest, the last items are only counted.
    """
    links = _links(told)
    if isinstance(told, Digest):
        return _fitting_digest(told, service, links)
    lines = _lines(message_text(told), service, links)
    whole = "\n".join(lines)
    if _units(whole) <= service.most:
        return whole
    link = next(iter(links.values()), "")
    last = f"Event {told.event}." if isinstance(told, Alert) else message_subject(told)
    more = f"\n… more at {link}" if link and _units(link) <= service.most // 2 else "\n… cut"
    ending = f"{more}\n{_harmless(last, service)}"
    kept: list[str] = []
    left = service.most - _units(ending)
    for line in lines:
        if _units(line) + 1 > left:
            kept.append("" if line == link else _cut(line, left - 1))
            break
        kept.append(line)
        left -= _units(line) + 1
    return "\n".join(kept).rstrip() + ending


def _fitting_digest(digest: Digest, service: Service, links: Mapping[str, str]) -> str:
    """All of it, else a line an item, else as many of those as fit."""

    def said(most: int | None, *, brief: bool) -> str:
        return "\n".join(_lines(digest_text(digest, most, brief=brief), service, links))

    whole = said(None, brief=False)
    if _units(whole) <= service.most:
        return whole
    count = len(digest.items)
    fitting = bisect_right(range(count + 1), service.most, key=lambda most: _units(said(most, brief=True))) - 1
    while fitting > 0 and _units(said(fitting, brief=True)) > service.most:  # the word on what is left out has a length
        fitting -= 1
    text = said(max(fitting, 0), brief=True)
    return text if _units(text) <= service.most else _cut(text, service.most)


def _links(told: Content) -> Mapping[str, str]:
    """The addresses that stand on lines of their own, as words and as links."""
    if isinstance(told, Alert | TopicAlert):
        urls = [told.url]
    else:
        urls = [item.told.url for item in told.items] if isinstance(told, Digest) else []
    return {clean(url): link for url in urls if (link := _link(url))}


def _lines(text: str, service: Service, links: Mapping[str, str]) -> list[str]:
    return [links.get(line) or _harmless(line, service) for line in text.splitlines()]


def _harmless(line: str, service: Service) -> str:
    line = line.replace("@", "@\u200b")
    return _MARKDOWN.sub(r"\\\1", line) if service.is_markdown else line


def _link(url: str) -> str:
    """The address with all encoded that could end a link or begin something else; empty where it is none."""
    cleaned = clean(url)
    if not cleaned.startswith(("http://", "https://")):
        return ""
    return _NOT_IN_A_LINK.sub(lambda found: quote(found[0], safe=""), cleaned)


def _cut(line: str, units: int) -> str:
    """As much of a line as fits; never half an escape, nor half a character beyond the first plane."""
    kept = ""
    for piece in re.findall(r"\\.|@\u200b|.", line):
        units -= _units(piece)
        if units < 0:
            break
        kept += piece
    return kept


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
