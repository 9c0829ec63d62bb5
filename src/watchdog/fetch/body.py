"""Reads a response's body within limits; the raw stream is inflated here, because clients inflate without a cap.

One 64 kB piece of gzip holds up to 64 MB, and brotli or zstd block the event loop for seconds; so gzip alone is offered
and taken, and it is inflated step by step (reference: zlib's ``max_length``).
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass

from watchdog.model.answer import FetchReason

#: Text compresses 3 to 20 times; deflate's limit is 1,032. Counted only once the body is larger than the floor.
MAX_RATIO = 100
RATIO_FLOOR_BYTES = 1_000_000

_GZIP_ONLY = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an answer is not taken."""

    reason: FetchReason
    detail: str


class Inflater:
    """Takes pieces of a body that is plain or gzip; ``refusal`` is set as soon as it is over a limit or damaged."""

    def __init__(self, *, gzipped: bool, max_bytes: int) -> None:
        self.refusal: Refusal | None = None
        self._max_bytes = max_bytes
        self._received = 0
        self._taken = bytearray()
        self._stream = zlib.decompressobj(_GZIP_ONLY) if gzipped else None

    def feed(self, piece: bytes) -> bool:
        """Take one piece; False where no more is wanted."""
        self._received += len(piece)
        if self._stream is None:
            self._taken += piece
        elif self._received > self._max_bytes:
            self.refusal = _too_large(self._max_bytes)
        else:
            self._inflate(piece)
        if self.refusal is None and len(self._taken) > self._max_bytes:
            self.refusal = _too_large(self._max_bytes)
        return self.refusal is None

    def finish(self) -> bytes | Refusal:
        """The whole body, once all pieces are in."""
        if self.refusal is None and self._stream is not None and self._received and not self._stream.eof:
            self.refusal = Refusal(reason=FetchReason.ENCODING, detail="the gzip data ends in the middle")
        return self.refusal or bytes(self._taken)

    def start(self) -> bytes | Refusal:
        """What came until a limit of size, at most that much."""
        if self.refusal is not None and self.refusal.reason is FetchReason.TOO_LARGE:
            return bytes(self._taken[: self._max_bytes])
        return self.finish()

    def _inflate(self, piece: bytes) -> None:
        rest = piece
        while rest and self.refusal is None and self._stream is not None:
            if self._stream.eof:
                if rest[:2] not in {_GZIP_MAGIC, _GZIP_MAGIC[:1]}:
                    return  # padding after the last member, which RFC 1952 does not know and servers send
                self._stream = zlib.decompressobj(_GZIP_ONLY)
            try:
                self._taken += self._stream.decompress(rest, max(1, self._max_bytes + 1 - len(self._taken)))
            except zlib.error:
                self.refusal = Refusal(reason=FetchReason.ENCODING, detail="the gzip data is damaged, or is not gzip")
                return
            rest = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            self._check()

    def _check(self) -> None:
        size = len(self._taken)
        if size > RATIO_FLOOR_BYTES and size > MAX_RATIO * self._received:
            self.refusal = Refusal(
                reason=FetchReason.ENCODING, detail=f"a gzip bomb: more than {MAX_RATIO} times its size when unpacked"
            )
        elif size > self._max_bytes:
            self.refusal = _too_large(self._max_bytes)


def _too_large(max_bytes: int) -> Refusal:
    return Refusal(reason=FetchReason.TOO_LARGE, detail=f"the answer is larger than {max_bytes:,} bytes")


def content_coding(values: Iterable[str]) -> bool | Refusal:
    """Whether a body is gzip, from its Content-Encoding headers; anything that was not offered is refused."""
    codings = [coding.strip().lower() for value in values for coding in value.split(",")]
    codings = [coding for coding in codings if coding not in {"", "identity"}]
    if codings in (["gzip"], ["x-gzip"]):
        return True
    if codings:
        return Refusal(
            reason=FetchReason.ENCODING, detail=f"the encoding {', '.join(codings)[:40]!r} was not asked for"
        )
    return False


async def read_body(
    pieces: AsyncIterable[bytes], *, gzipped: bool, max_bytes: int, cut: bool = False
) -> bytes | Refusal:
    """Read to the end or to the first limit; with ``cut`` a body that is too large is its first ``max_bytes``."""
    inflater = Inflater(gzipped=gzipped, max_bytes=max_bytes)
    async for piece in pieces:
        if not inflater.feed(piece):
            break
    return inflater.start() if cut else inflater.finish()
