"""The evidence: what was read, kept as WARC with its hash; and recordings read back."""

from watchdog.archive.reader import Recorded, Skipped, read_record, read_recording
from watchdog.archive.writer import ArchiveWriter, Stored

__all__ = ["ArchiveWriter", "Recorded", "Skipped", "Stored", "read_record", "read_recording"]
