"""Reads evidence back, and recordings that others made (WARC 1.0 and 1.1, gzip or plain)."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader

from watchdog.archive.stream import MAX_HEAD_BYTES, RecordStream
from watchdog.archive.writer import Stored
from watchdog.errors import ArchiveError
from watchdog.fetch.body import Inflater
from watchdog.model.answer import Fetched

#: A body after decoding: the largest that is ever fetched.
MAX_BODY_BYTES = 10_000_000
#: A record's block: HTTP header, and a body whose coding may add a little.
MAX_BLOCK_BYTES = MAX_BODY_BYTES + MAX_BODY_BYTES // 8 + MAX_HEAD_BYTES

_VERSIONS = ("WARC/1.0", "WARC/1.1")
_STATUS_LINE = re.compile(r"HTTP/[0-9.]+ ([0-9]{3})(?: |$)")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(?:;[^\r\n]{0,200})?\r\n")
_GZIP_MAGIC = b"\x1f\x8b"
_OK = 200


#: A date beyond it leaves no room to count from; no record has one.
_LAST_YEAR = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One response of status 200 from a recording, decoded."""

    url: str
    #: When it was recorded; aware UTC.
    date: datetime
    status: int
    #: Names in lower case.
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def as_fetched(self) -> Fetched:
        """The same as if we had just asked for it."""
        return Fetched(
            url=self.url,
            final_url=self.url,
            status=self.status,
            headers=self.headers,
            body=self.body,
            fetched_at=self.date,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A record that is no usable response."""

    #: A fixed phrase, so that a caller can count by it.
    reason: str
    url: str | None


def read_record(folder: Path, stored: Stored) -> Recorded:
    """Read one of our own records back.

    Raises:
        ArchiveError: it is not there, or not what was stored.
    """
    path = folder / stored.file
    if Path(stored.file).name != stored.file:
        raise ArchiveError(f"{stored.file}: not the name of a file in the archive")
    try:
        with path.open("rb") as file:
            file.seek(stored.offset)
            member = file.read(stored.length)
    except OSError as exc:
        raise ArchiveError(f"{path}: cannot be read: {exc.strerror}") from exc
    if hashlib.sha256(member).hexdigest() != stored.sha256:
        raise ArchiveError(f"{path}, offset {stored.offset}: the record is not what was stored")
    for found in _records(RecordStream(io.BytesIO(member), f"{path}, record at {stored.offset}")):
        if isinstance(found, Recorded):
            return found
        raise ArchiveError(f"{path}, offset {stored.offset}: {found.reason}")
    raise ArchiveError(f"{path}, offset {stored.offset}: no record")


def read_recording(path: Path) -> Iterator[Recorded | Skipped]:
    """Read a recording in its order, one record in memory at a time.

    Raises:
        ArchiveError: it cannot be read, is damaged or ends early; what came before has been yielded.
    """
    try:
        with path.open("rb") as file:
            yield from _records(RecordStream(file, str(path)))
    except OSError as exc:
        raise ArchiveError(f"{path}: cannot be read: {exc.strerror}") from exc


def _records(stream: RecordStream) -> Iterator[Recorded | Skipped]:
    while stream.skip_blank_lines():
        version, fields = _parse_head(stream.read_head(), "utf-8")
        if version not in _VERSIONS:
            raise stream.error("not a WARC 1.0 or 1.1 record")
        named = dict(fields)
        length = named.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            raise stream.error("a record without a length")
        kind, url = named.get("warc-type", ""), named.get("warc-target-uri", "").strip("<>") or None
        if kind != "response":
            stream.skip(int(length))
            yield Skipped(reason="not a response", url=url)
        elif int(length) > MAX_BLOCK_BYTES:
            stream.skip(int(length))
            yield Skipped(reason="too large", url=url)
        else:
            yield _response(url, named, stream.read(int(length)))


def _response(url: str | None, fields: Mapping[str, str], block: bytes) -> Recorded | Skipped:
    head, separator, body = block.partition(b"\r\n\r\n")
    status_line, headers = _parse_head(head, "latin-1")
    status = _STATUS_LINE.match(status_line)
    date = _parse_date(fields.get("warc-date", ""))
    if url is None or not url.startswith(("http://", "https://")) or not separator or status is None:
        return Skipped(reason="not an HTTP response", url=url)
    if int(status[1]) != _OK:
        return Skipped(reason="not of status 200", url=url)
    if date is None:
        return Skipped(reason="without a date", url=url)
    decoded = _decode(dict(headers), body)
    if isinstance(decoded, str):
        return Skipped(reason=decoded, url=url)
    return Recorded(url=url, date=date, status=_OK, headers=headers, body=decoded)


def _decode(headers: Mapping[str, str], body: bytes) -> bytes | str:
    """The body as its reader would see it, or why there is none.

    Many recorders store bodies decoded under headers as received; so a header counts only where the body bears it out.
    """
    if headers.get("transfer-encoding", "").lower() == "chunked" and _CHUNK_SIZE.match(body):
        try:
            body = ChunkedDataReader(io.BytesIO(body), raise_exceptions=True).read()
        except ChunkedDataException:
            return "damaged chunks"
    coding = headers.get("content-encoding", "identity").lower()
    gzipped = coding in {"gzip", "x-gzip"} and body.startswith(_GZIP_MAGIC)
    if coding not in {"gzip", "x-gzip", "identity", ""}:
        return "an encoding other than gzip"
    inflater = Inflater(gzipped=gzipped, max_bytes=MAX_BODY_BYTES)
    inflater.feed(body)
    whole = inflater.finish()
    return whole if isinstance(whole, bytes) else "too large or damaged when unpacked"


def _parse_head(head: bytes, encoding: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """First line, and fields with names in lower case; a line that begins with a blank belongs to the one before."""
    first, *lines = head.decode(encoding, "replace").split("\r\n")
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            fields.append((name.strip().lower(), value.strip()))
    return first.strip(), tuple(fields)


def _parse_date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if date.year < _LAST_YEAR else None
