"""The bytes of a recording, gzip or plain, read piece by piece; damage and early ends are errors, never silence.

warcio's own reader prints a damaged member to standard error and goes on as if the file ended there.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

from watchdog.errors import ArchiveError

PIECE_BYTES = 65_536
#: All header lines of one record together.
MAX_HEAD_BYTES = 262_144

_GZIP_MAGIC = b"\x1f\x8b"


class RecordStream:
    """Reads forward; holds a piece at a time."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._raw = file.read(PIECE_BYTES)
        #: Where the bytes that are not yet decoded begin.
        self._position = 0
        self._member_at = 0
        self._record_at = 0
        self._ready = bytearray()
        self._decoder = zlib.decompressobj(16 + zlib.MAX_WBITS) if self._raw.startswith(_GZIP_MAGIC) else None

    def error(self, message: str) -> ArchiveError:
        """An error that names the file, and the offset of the record (in gzip, of the member that it begins in)."""
        return ArchiveError(f"{self._name}, offset {self._record_at}: {message}")

    def skip_blank_lines(self) -> bool:
        """Go to the next record; False at the end of the file."""
        while self._ready or self._fill():
            blanks = len(self._ready) - len(self._ready.lstrip(b"\r\n"))
            del self._ready[:blanks]
            if self._ready:
                self._record_at = self._position - len(self._ready) if self._decoder is None else self._member_at
                return True
        return False

    def read_head(self) -> bytes:
        """Everything up to and including the first empty line."""
        while (end := self._ready.find(b"\r\n\r\n")) < 0:
            if len(self._ready) > MAX_HEAD_BYTES:
                raise self.error("a record's header is too long, or this is not a WARC file")
            if not self._fill():
                raise self.error("the file ends inside a record's header, or this is not a WARC file")
        return self._take(end + 4)

    def read(self, length: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._ready) < length:
            if not self._fill():
                raise self.error("the file ends inside a record")
        return self._take(length)

    def skip(self, length: int) -> None:
        """Go past so many bytes without holding them."""
        while length > 0:
            length -= len(self.read(min(length, PIECE_BYTES)))

    def _take(self, length: int) -> bytes:
        taken = bytes(self._ready[:length])
        del self._ready[:length]
        return taken

    def _fill(self) -> bool:
        """Decode some more; False at the end of the file."""
        raw = self._raw or self._file.read(PIECE_BYTES)
        if self._decoder is None:
            self._ready += raw
            self._raw, self._position = b"", self._position + len(raw)
            return bool(raw)
        if self._decoder.eof:
            if not raw:
                return False
            self._decoder, self._member_at = zlib.decompressobj(16 + zlib.MAX_WBITS), self._position
            if not self._ready:
                self._record_at = self._member_at
        return self._inflate(self._decoder, raw)

    def _inflate(self, decoder: zlib._Decompress, raw: bytes) -> bool:
        try:
            decoded = decoder.decompress(raw, PIECE_BYTES)
        except zlib.error as exc:
            raise self.error("the gzip data is damaged") from exc
        if not raw and not decoded and not decoder.eof:
            raise self.error("the file ends inside a gzip member")
        self._raw = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
        self._position += len(raw) - len(self._raw)
        self._ready += decoded
        return True
