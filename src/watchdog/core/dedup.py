"""What is new: entries that we do not know, and the blocks of a page that no older revision held."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rapidfuzz.distance import Levenshtein

from watchdog.model.article import Block, Entry, PageText

#: A typo corrected: one letter, in words of this many letters two. "8 years" made "9 years" is news, so words with
#: digits must be equal; "lawful" made "unlawful" is news, so the first letter must be equal.
LONG_WORD = 8
SHORT_WORD = 4
#: More corrected words than this in one sentence, or than a third of it, are a rewritten sentence. Judgement.
TYPOS_MAX = 3

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？؟։])[\"'”»)\]]?\s+|(?<=[。！？])")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The entries of one poll, told apart; each group oldest first, entries without a date last."""

    new: tuple[Entry, ...]
    #: Known by key, with another title or text than we hold.
    changed: tuple[Entry, ...]
    #: How many are as we hold them.
    known: int


def text_hash(title: str, text: str) -> str:
    """A hash that does not see white space, case and Unicode forms."""
    return _digest(f"{_plain(title)}\x00{_plain(text)}")


def entry_hash(entry: Entry) -> str:
    """A hash of address, title and text; not of the date, which some feeds set to the time of the poll."""
    return _digest(f"{entry.url or ''}\x00{_plain(entry.title)}\x00{_plain(entry.summary)}\x00{_plain(entry.content)}")


def sift_entries(entries: Sequence[Entry], known: Mapping[str, str]) -> Sifted:
    """Tell new, changed and known entries of one source apart.

    An entry whose key is new but whose address, title and text are those of a known one is known: its publisher gave it
    another id.

    Args:
        entries: As the feed has them.
        known: Key to ``entry_hash`` of the entries that we hold for this source.
    """
    hashes = frozenset(known.values())
    new, changed = [], []
    for entry in reversed(entries):  # feeds are mostly newest first; sorting keeps this order among equals
        now_is = entry_hash(entry)
        if entry.key in known:
            if known[entry.key] != now_is:
                changed.append(entry)
        elif now_is not in hashes:
            new.append(entry)
    return Sifted(new=_by_date(new), changed=_by_date(changed), known=len(entries) - len(new) - len(changed))


def mark_new_blocks(page: PageText, old_paragraphs: Collection[str]) -> PageText:
    """Mark which blocks of a later revision say something that no older one said.

    A block is old if each of its sentences is: the same but for white space, case and punctuation, or with at most
    ``TYPOS_MAX`` words corrected. So a paragraph moved, split, merged or shortened is old; one with one more or another
    sentence, word or number is new.

    Args:
        page: The later revision.
        old_paragraphs: The texts of all blocks of the older revisions, as they are stored.
    """
    old: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for words in (words for text in old_paragraphs for words in _sentences(text)):
        old[len(words)].add(words)

    def is_old(words: tuple[str, ...]) -> bool:
        same_length = old[len(words)]
        return words in same_length or any(_is_correction(one, words) for one in same_length)

    def marked(block: Block) -> Block:
        return replace(block, is_new=not all(map(is_old, _sentences(page.text[block.start : block.end]))))

    return replace(page, blocks=tuple(map(marked, page.blocks)))


def _by_date(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.published or datetime.max.replace(tzinfo=UTC)))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _sentences(text: str) -> Iterable[tuple[str, ...]]:
    """The words of each sentence. Cut wrongly at an abbreviation, both revisions are cut alike, which is enough."""
    for sentence in _SENTENCE_END.split(_plain(text)):
        if words := tuple(_WORD.findall(sentence)):
            yield words


def _is_correction(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether a sentence is another one of as many words, with a few of them spelt differently."""
    allowed = min(TYPOS_MAX, len(new) // 3)
    for one, other in zip(old, new, strict=True):
        if one != other:
            allowed -= 1
            if allowed < 0 or not _is_typo(one, other):
                return False
    return True


def _is_typo(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter < SHORT_WORD or one[0] != other[0] or any(char.isdigit() for char in one + other):
        return False
    return Levenshtein.distance(one, other) <= (2 if shorter >= LONG_WORD else 1)
