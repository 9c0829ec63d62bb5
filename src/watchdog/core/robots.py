"""robots.txt by RFC 9309: which pages of a host we may read, and how slowly.

Our own reader: the standard library's takes the first rule that fits, not the longest, and knows no ``*`` and ``$``
(Python 3.11, ``urllib.robotparser``), so it would ask for pages that sections 2.2.2 and 2.2.3 exclude. Matching walks
each rule once, without regular expressions, whose back-tracking a hostile file could choose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from watchdog.core.address import clean_escapes

#: RFC 9309, section 2.5: at least this much is read; what lies beyond is not.
MAX_BYTES = 500 * 1024
#: A longer Crawl-delay is taken as this: a page has to come in time.
MAX_CRAWL_DELAY = timedelta(seconds=60)
#: Real files have some hundreds; a file of 500 KiB can hold 40,000, which cost 40 ms a page.
MAX_RULES = 10_000

_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[a-z_-]+")
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What one file says to us."""

    #: Path pattern and whether it allows; the longest first, of equals the one that allows.
    rules: tuple[tuple[str, bool], ...] = ()
    crawl_delay: timedelta | None = None


def parse_robots(body: bytes, agent: str) -> Robots:
    """Read a file: all groups that name us, else all that name ``*``; what makes no sense is skipped.

    Args:
        body: cut at ``MAX_BYTES`` here.
        agent: our product token, in lower case.
    """
    text = body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    groups: dict[str, list[tuple[str, str]]] = {agent: [], "*": []}
    named: set[str] = set()
    members: list[list[tuple[str, str]]] = []
    is_heading = False
    for key, value in _lines(text):
        if key == "user-agent":
            name = _agent(value)
            named.add(name)
            if not is_heading:
                members = []
            if name in groups and groups[name] not in members:
                members.append(groups[name])
            is_heading = True
        elif key in {"allow", "disallow", "crawl-delay"}:
            is_heading = False
            for group in members:
                group.append((key, value))
    return _build(groups[agent] if agent in named else groups["*"])


def may_read(robots: Robots, path: str) -> bool:
    """Whether a path, with its query, may be asked for."""
    wanted = clean_escapes(path) or "/"
    return next((allows for pattern, allows in robots.rules if _matches(pattern, wanted)), True)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in _LINE_END.split(text):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _agent(value: str) -> str:
    if value.startswith("*"):
        return "*"
    found = _TOKEN.match(value.lower())
    return found[0] if found else ""


def _build(lines: list[tuple[str, str]]) -> Robots:
    rules = {(clean_escapes(value), key == "allow") for key, value in lines if key != "crawl-delay" and value}
    delays = [float(value) for key, value in lines if key == "crawl-delay" and _NUMBER.fullmatch(value)]
    ordered = sorted(rules, key=lambda rule: (-len(rule[0]), not rule[1], rule[0]))
    delay = min(timedelta(seconds=max(delays)), MAX_CRAWL_DELAY) if delays else None
    return Robots(rules=tuple(ordered[:MAX_RULES]), crawl_delay=delay)


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern fits the start of a path; ``*`` is any text, ``$`` at its end is the path's end."""
    is_anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not is_anchored or at == len(path)
    *middle, last = rest
    for piece in middle:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if is_anchored:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
