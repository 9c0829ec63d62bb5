"""A feed's bytes cut at its items, without reading them as XML: what is the same as at the last poll needs no parser.

Nothing is decided here that a parser would decide otherwise: where the cut is in doubt there is none, and the whole
document is parsed. Bytes in another alphabet than ASCII's (UTF-16) show no items, which is such a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

#: Larger documents would hold up the caller, who is no worker process.
BODY_MAX_BYTES = 1_000_000
#: Of more items none is remembered: the hashes are written at each poll.
ITEMS_MAX = 200
#: More marks than items of that number have.
_MARKS_MAX = 20 * ITEMS_MAX
_DIGEST_BYTES = 8

_MARK = re.compile(rb"<!\[CDATA\[|\]\]>|<!--|-->|<(/?)(?:item|entry)(?=[\s>/])[^<>]{0,2000}>?")
_CLOSED_BY = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
#: Of an item, in copies of one key: more are looked through by nobody, and are a doubt.
_KEY_BYTES_MAX = 20_000
_SPACES = frozenset((b" ", b"\t", b"\n", b"\r", b"\f", b"\v"))
_BEFORE_KEY = _SPACES | {b">", b"["}
_AFTER_KEY = _SPACES | {b"<", b"]"}
#: What publishers write anew at each request: when the document was made, and what made it how fast.
_MOMENT = re.compile(
    rb"<(lastBuildDate|pubDate|updated|modified|dc:date)(?:\s[^<>]{0,200})?>[^<>]{0,200}</\1\s{0,9}>"
    rb"|<!--[^<>]{0,2000}-->"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A document that is nothing but head, items and tail, one after the other, with white space between items."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes

    def steady_hash(self) -> str:
        """Of everything but the moments that head and tail name."""
        steady = (_MOMENT.sub(b"", self.head), *self.items, _MOMENT.sub(b"", self.tail))
        return blake2b(b"\x00".join(steady), digest_size=2 * _DIGEST_BYTES).hexdigest()

    def hashes(self) -> tuple[str, ...]:
        """Of each item; none where there are more than are remembered."""
        if len(self.items) > ITEMS_MAX:
            return ()
        return tuple(blake2b(item, digest_size=_DIGEST_BYTES).hexdigest() for item in self.items)

    def only(self, numbers: Sequence[int]) -> bytes:
        """The document with no items but these."""
        return b"".join((self.head, *(self.items[number] for number in numbers), self.tail))

    def tells_apart(self, keys: Sequence[str], numbers: Sequence[int]) -> bool:
        """Whether each of these items carries its key as it is, and no other does, for which it would be no key."""
        return all(self._is_only_in(key.encode(), number) for key, number in zip(keys, numbers, strict=True))

    def _is_only_in(self, key: bytes, number: int) -> bool:
        if any(item.count(key) * max(len(key), 1) > _KEY_BYTES_MAX for item in self.items):
            return False
        return [n for n, item in enumerate(self.items) if _holds(item, key)] == [number]


def _holds(item: bytes, key: bytes) -> bool:
    """Whether an item has a key as a field, or as a word of one."""
    at = item.find(key)
    while at >= 0:
        if item[max(at - 1, 0) : at] in _BEFORE_KEY and item[at + len(key) : at + len(key) + 1] in _AFTER_KEY:
            return True
        at = item.find(key, at + 1)
    return False


def cut(body: bytes) -> Parts | None:
    """Cut a feed at its items; None where that is in doubt, or there are no items."""
    spans = _spans(body) if len(body) <= BODY_MAX_BYTES else None
    if not spans or any(body[end:start].strip() for (_, end), (start, _) in pairwise(spans)):
        return None
    items = tuple(body[start:end] for start, end in spans)
    return Parts(head=body[: spans[0][0]], items=items, tail=body[spans[-1][1] :])


def _spans(body: bytes) -> list[tuple[int, int]] | None:
    """Where the items stand; None where a mark is not where it should be."""
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for mark in _marks(body):
        if mark is None or mark[1] is None or not mark[0].endswith(b">") or mark[0].endswith(b"/>"):
            return None
        if (start is None) == bool(mark[1]):
            return None
        if start is None:
            start = mark.start()
        else:
            spans.append((start, mark.end()))
            start = None
    return spans if start is None else None


def _marks(body: bytes) -> Iterator[re.Match[bytes] | None]:
    """Where items begin and end, outside CDATA and comments; None where these do not close, or there are too many."""
    closed_by = b""
    for number, mark in enumerate(_MARK.finditer(body)):
        if number > _MARKS_MAX:
            yield None
            return
        if closed_by:
            closed_by = b"" if mark[0] == closed_by else closed_by
        elif mark[0] in _CLOSED_BY:
            closed_by = _CLOSED_BY[mark[0]]
        else:
            yield mark
    if closed_by:
        yield None
