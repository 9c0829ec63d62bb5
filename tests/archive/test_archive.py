"""What is written can be read by us and by others, byte for byte; what is damaged is never read as whole."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from watchdog.archive import ArchiveWriter, Recorded, Skipped, Stored, read_record, read_recording
from watchdog.errors import ArchiveError
from watchdog.model.answer import Fetched

SEEN_AT = datetime(2026, 5, 23, 14, 5, 6, 789000, tzinfo=timezone(timedelta(hours=4)))
PAGE = Fetched(
    url="https://example.org/old",
    final_url="https://example.org/news/1",
    status=200,
    headers=(
        ("content-type", "text/html; charset=cp1251"),
        ("content-encoding", "gzip"),
        ("transfer-encoding", "chunked"),
        ("content-length", "7"),
        ("etag", '"\xe9"'),
        ("x-a", "1"),
        ("x-a", "2"),
    ),
    body="<p>Он на свободе</p>\r\n\r\nWARC/1.1\r\n".encode("cp1251"),
    fetched_at=SEEN_AT,
)


def response(
    body: bytes = b"text",
    head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html",
    url: str = "https://example.org/1",
    date: str = "2026-05-23T10:05:06Z",
    version: str = "WARC/1.0",
    kind: str = "response",
) -> bytes:
    block = head.encode("latin-1") + b"\r\n\r\n" + body
    lines = [
        version,
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {date}",
        "Content-Type: application/http;",
        " msgtype=response",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def plain(*records: bytes) -> bytes:
    return b"".join(records)


def member_each(*records: bytes) -> bytes:
    return b"".join(map(gzip.compress, records))


def one_member(*records: bytes) -> bytes:
    return gzip.compress(b"".join(records))


@pytest.fixture
def recording(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "recording.warc.gz"
        path.write_bytes(data)
        return path

    return write


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there yet"
    writer = ArchiveWriter(folder)
    first, second = writer.append(PAGE), writer.append(replace(PAGE, body=b""))
    assert (first.file, first.offset + first.length) == (second.file, second.offset)
    back = read_record(folder, first)
    assert (back.url, back.date, back.status, back.body) == (PAGE.final_url, SEEN_AT, 200, PAGE.body)
    assert back.date.utcoffset() == timedelta(0)
    assert back.headers == (PAGE.headers[0], *PAGE.headers[4:], ("content-length", str(len(PAGE.body))))
    assert back.as_fetched().header("ETag") == '"\xe9"'
    assert read_record(folder, second).body == b""
    writer.close()


def test_others_can_read_what_we_write(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path)
    stored = writer.append(PAGE)
    writer.close()
    with (tmp_path / stored.file).open("rb") as file:
        reader = ArchiveIterator(file, check_digests="raise")
        kinds = [
            (record.rec_type, record.content_stream().read()[-10:], reader.get_record_offset()) for record in reader
        ]
    assert [kind for kind, _, _ in kinds] == ["warcinfo", "response"]
    assert kinds[1][1:] == (PAGE.body[-10:], stored.offset)


def test_it_is_on_the_disk_when_append_returns(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path)
    stored = writer.append(PAGE)
    assert (tmp_path / stored.file).stat().st_size == stored.offset + stored.length
    assert [type(found) for found in read_recording(tmp_path / stored.file)] == [Skipped, Recorded]
    writer.close()


def test_after_a_crash_in_the_middle_a_new_file_is_begun(tmp_path: Path) -> None:
    crashed = ArchiveWriter(tmp_path)
    before = crashed.append(PAGE)
    half = crashed.append(PAGE)
    crashed.close()
    path = tmp_path / half.file
    path.write_bytes(path.read_bytes()[: half.offset + half.length // 2])
    writer = ArchiveWriter(tmp_path)
    after = writer.append(PAGE)
    writer.close()
    assert after.file != before.file
    assert read_record(tmp_path, before).body == read_record(tmp_path, after).body == PAGE.body
    with pytest.raises(ArchiveError, match="not what was stored"):
        read_record(tmp_path, half)


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, max_file_bytes=1000)
    stored = [writer.append(PAGE) for _ in range(5)]
    writer.close()
    assert len({record.file for record in stored}) > 1
    assert [read_record(tmp_path, record).body for record in stored] == [PAGE.body] * 5


def test_a_header_cannot_begin_another(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path)
    hostile = replace(PAGE, final_url="https://e.org/\r\nWARC-Date: 1999-01-01", headers=(("x", "1\r\n\r\n<p>"),))
    back = read_record(tmp_path, writer.append(hostile))
    writer.close()
    assert (back.date, back.body) == (SEEN_AT, PAGE.body)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", "."])
def test_a_record_lies_inside_the_archive(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError):
        read_record(tmp_path / "archive", Stored(file=name, offset=0, length=10, sha256="0"))


def test_an_archive_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file, not a folder")
    with pytest.raises(ArchiveError, match="cannot be written"):
        ArchiveWriter(tmp_path / "archive").append(PAGE)


@pytest.mark.parametrize("wrap", [plain, member_each, one_member])
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_recordings_of_both_versions_and_all_wrappings(
    recording: Callable[[bytes], Path], wrap: Callable[..., bytes], version: str
) -> None:
    path = recording(wrap(*(response(body=b"%d" % i * 50_000, version=version) for i in range(5))))
    found = list(read_recording(path))
    assert [item.body for item in found if isinstance(item, Recorded)] == [b"%d" % i * 50_000 for i in range(5)]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (response(kind="request"), "not a response"),
        (response(kind="warcinfo"), "not a response"),
        (response(head="HTTP/1.1 404 Not Found"), "not of status 200"),
        (response(head="HTTP/2 304"), "not of status 200"),
        (response(head="no http"), "not an HTTP response"),
        (response(url="dns:example.org"), "not an HTTP response"),
        (response(date="once"), "without a date"),
        (response(head="HTTP/1.1 200 OK\r\nContent-Encoding: br"), "an encoding other than gzip"),
        (response(b"5\r\nab", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"), "damaged chunks"),
        (response(bytes(12_000_000)), "too large"),
        (
            response(gzip.compress(bytes(50_000_000)), "HTTP/1.1 200 OK\r\nContent-Encoding: gzip"),
            "too large or damaged when unpacked",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_usable_response_is_skipped_by_name(
    recording: Callable[[bytes], Path], record: bytes, reason: str
) -> None:
    skipped, followed = read_recording(recording(member_each(record, response())))
    assert isinstance(skipped, Skipped)
    assert skipped.reason == reason
    assert isinstance(followed, Recorded)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"text")),
        ("Content-Encoding: gzip", b"text"),
        ("Transfer-Encoding: chunked", b"2\r\nte\r\n2;x=y\r\nxt\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"text"),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", b"%x\r\n%s\r\n0\r\n\r\n"),
    ],
    ids=["gzip", "gzip untrue", "chunked", "chunked untrue", "both"],
)
def test_bodies_are_decoded_where_they_are_coded(recording: Callable[[bytes], Path], head: str, body: bytes) -> None:
    packed = gzip.compress(b"text")
    whole = body % (len(packed), packed) if b"%x" in body else body
    (found,) = read_recording(recording(member_each(response(whole, f"HTTP/1.1 200 OK\r\n{head}"))))
    assert isinstance(found, Recorded)
    assert found.body == b"text"


@pytest.mark.parametrize(
    ("date", "seen"),
    [
        ("2026-05-23T10:05:06Z", datetime(2026, 5, 23, 10, 5, 6, tzinfo=UTC)),
        ("2026-05-23T10:05:06.789Z", datetime(2026, 5, 23, 10, 5, 6, 789000, tzinfo=UTC)),
        ("2026-05-23T14:05:06+04:00", datetime(2026, 5, 23, 10, 5, 6, tzinfo=UTC)),
    ],
)
def test_dates_are_utc(recording: Callable[[bytes], Path], date: str, seen: datetime) -> None:
    (found,) = read_recording(recording(member_each(response(date=date))))
    assert isinstance(found, Recorded)
    assert (found.date, found.as_fetched().fetched_at) == (seen, seen)


@pytest.mark.parametrize("wrap", [plain, member_each, one_member])
def test_every_early_end_is_an_error_that_names_file_and_offset(
    recording: Callable[[bytes], Path], wrap: Callable[..., bytes]
) -> None:
    whole = wrap(response(b"a" * 50), response(b"b" * 50))
    boundary = len(wrap(response(b"a" * 50)))
    last_needed = len(whole) - (4 if wrap is plain else 0)  # the blank lines behind a plain record carry nothing
    for end in range(1, last_needed):
        if wrap is not one_member and boundary - 4 <= end <= boundary:
            continue
        with pytest.raises(ArchiveError, match=r"recording\.warc\.gz, offset \d+: "):
            list(read_recording(recording(whole[:end])))


def test_damage_is_an_error_at_its_offset_and_what_came_before_is_kept(recording: Callable[[bytes], Path]) -> None:
    first = gzip.compress(response())
    second = bytearray(gzip.compress(response(b"other" * 100)))
    second[len(second) // 2] ^= 0xFF
    found = read_recording(recording(first + bytes(second)))
    assert isinstance(next(found), Recorded)
    with pytest.raises(ArchiveError, match=f"offset {len(first)}: "):
        list(found)


@pytest.mark.parametrize(
    "data",
    [
        b"<html>no</html>\r\n\r\n",
        b"\0" * 1_000_000,
        b"x" * 1_000_000,
        b"WARC/1.1\r\nContent-Length: -1\r\n\r\n",
        gzip.compress(b"no"),
    ],
    ids=["html", "zeros", "one line", "length", "gzip"],
)
def test_another_kind_of_file_is_an_error(recording: Callable[[bytes], Path], data: bytes) -> None:
    with pytest.raises(ArchiveError, match="offset 0"):
        list(read_recording(recording(data)))


def test_a_missing_recording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be read"):
        list(read_recording(tmp_path / "missing.warc.gz"))


def test_a_bomb_in_a_recording_takes_bounded_memory(recording: Callable[[bytes], Path]) -> None:
    zeros = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 200000000\r\n\r\n" + bytes(200_000_000) + b"\r\n\r\n"
    path = recording(gzip.compress(zeros, 1))
    del zeros
    tracemalloc.start()
    try:
        found = list(read_recording(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [item.reason for item in found if isinstance(item, Skipped)] == ["too large"]
    assert peak < 5_000_000
