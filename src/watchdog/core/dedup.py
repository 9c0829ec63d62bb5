"""What is new: entries that we do not know, and the blocks of a page that no older revision held."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from rapidfuzz.distance import Levenshtein

from watchdog.core.dates import find_dates
from watchdog.core.furniture import is_date
from watchdog.lang.calendar import Calendar
from watchdog.model.article import Block, Entry, PageText
from watchdog.model.dates import PartialDate, Precision

#: A typo corrected: one letter, in words of this many letters two. "8 years" made "9 years" is news, so words with
#: digits must be equal; "lawful" made "unlawful" is news, so the first letter must be equal.
LONG_WORD = 8
SHORT_WORD = 4
#: More corrected words than this in one sentence, or than a third of it, are a rewritten sentence. Judgement.
TYPOS_MAX = 3
#: Sentences with the same first letters that one is compared with: real ones have no two, hostile pages all.
ALIKE_MAX = 50
#: A date put right: the timeline takes so near days for one (design, section 7), and a wrong year for a slip. One
#: farther away is news: "the arrest ends on 12 May" made "12 July".
NEAR_DAYS = timedelta(days=3)
#: Sentences that are gone from a page and are looked through for dates; each costs a millisecond.
GONE_MAX = 60
#: A line with at most so many words whose numbers alone changed is a counter ("1,234 views").
COUNTER_WORDS = 6
#: Revisions that are kept of one page within a day, and those among them that say nothing new. Pages of cases in
#: motion are asked once an hour at most; beyond that, a feed wakes them.
REVISIONS_A_DAY, IDLE_REVISIONS_A_DAY = 24, 4

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A later revision beside the older ones of its article."""

    page: PageText
    title_is_new: bool
    #: More than lines moved, words corrected and counters ticked on.
    is_news: bool


def compare(
    page: PageText, old_paragraphs: Collection[str], calendars: Collection[Calendar] = (), reference: date = date.min
) -> Compared:
    """Mark what a later revision says that no older one said: see ``mark_new_blocks``; the title is held to the same.

    Args:
        page: The later revision.
        old_paragraphs: Titles and blocks of the older revisions, as they are stored; none for a first one.
        calendars: To know dates by.
        reference: The day that dates without a year are near.
    """
    old = _Old.of(old_paragraphs, page, calendars, reference)
    marked = _mark(page, old)
    title_is_new = not old_paragraphs or not old.has_all_of(page.title)
    new = (page.text[block.start : block.end] for block in marked.blocks if block.is_new)
    return Compared(
        page=marked, title_is_new=title_is_new, is_news=title_is_new or not all(old.is_counter(text) for text in new)
    )


def is_kept(kept_today: int, *, is_news: bool) -> bool:
    """Whether one more revision of a page is stored, after so many within a day."""
    return kept_today < (REVISIONS_A_DAY if is_news else IDLE_REVISIONS_A_DAY)


def mark_new_blocks(
    page: PageText, old_paragraphs: Collection[str], calendars: Collection[Calendar] = (), reference: date = date.min
) -> PageText:
    """Mark which blocks of a later revision say something that no older one said.

    A block is old if each of its sentences is: the same but for white space, case and punctuation, or with at most
    ``TYPOS_MAX`` words corrected, or in the place of one that is gone from the page, with a near date. So a paragraph
    moved, split, merged or shortened is old; one with one more or another sentence, word or number is new. A line that
    is a date and nothing else says nothing. What is marked as old already stays so.
    """
    return _mark(page, _Old.of(old_paragraphs, page, calendars, reference))


def _mark(page: PageText, old: _Old) -> PageText:
    def marked(block: Block) -> Block:
        return replace(block, is_new=block.is_new and not old.has_all_of(page.text[block.start : block.end]))

    return replace(page, blocks=tuple(map(marked, page.blocks)))


_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """The sentences of older revisions."""

    #: By the first letters of their words, which no correction changes.
    alike: Mapping[str, Sequence[_Words]]
    known: frozenset[_Words]
    #: Those that the later revision has no longer.
    gone: tuple[str, ...]
    calendars: Collection[Calendar]
    reference: date
    #: ``gone`` by calendar, without their dates; made when first needed.
    undated: dict[str, dict[_Words, list[tuple[PartialDate, ...]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, paragraphs: Collection[str], page: PageText, calendars: Collection[Calendar], reference: date) -> _Old:
        """Cut the older paragraphs into sentences."""
        alike: dict[str, list[_Words]] = defaultdict(list)
        spoken = {words: sentence for text in paragraphs for sentence, words in _sentences(text)}
        for words in spoken:
            alike[_letters(words)].append(words)
        still = {words for text in (page.title, *page.text.split("\n\n")) for _, words in _sentences(text)}
        gone = (sentence for words, sentence in spoken.items() if words not in still)
        return cls(alike=alike, known=frozenset(spoken), gone=tuple(gone), calendars=calendars, reference=reference)

    def has_all_of(self, text: str) -> bool:
        """Whether each sentence of a later text is an old one."""
        if is_date(text) and self.known:
            return True
        return all(self._has(sentence, words) for sentence, words in _sentences(text))

    def is_counter(self, text: str) -> bool:
        """Whether a short line is one that is gone, but for its numbers."""
        bare = _without_numbers(text)
        return len(bare) <= COUNTER_WORDS and any(bare == _without_numbers(sentence) for sentence in self.gone)

    def _has(self, sentence: str, words: _Words) -> bool:
        if words in self.known:
            return True
        alike = islice(self.alike.get(_letters(words), ()), ALIKE_MAX)
        return any(_is_correction(one, words) for one in alike) or self._has_near_date(sentence)

    def _has_near_date(self, sentence: str) -> bool:
        if not self.gone:
            return False
        for calendar in self.calendars:
            bare, dates = _without_dates(sentence, calendar, self.reference)
            if dates and any(_all_near(old, dates) for old in self._undated(calendar).get(bare, ())):
                return True
        return False

    def _undated(self, calendar: Calendar) -> Mapping[_Words, list[tuple[PartialDate, ...]]]:
        if calendar.code not in self.undated:
            found = self.undated.setdefault(calendar.code, {})
            for sentence in self.gone[:GONE_MAX]:
                bare, dates = _without_dates(sentence, calendar, self.reference)
                found.setdefault(bare, []).append(dates)
        return self.undated[calendar.code]


def _by_date(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.published or datetime.max.replace(tzinfo=UTC)))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _sentences(text: str) -> Iterator[tuple[str, _Words]]:
    """Each sentence with its words. Cut wrongly at an abbreviation, both revisions are cut alike, which is enough."""
    for sentence in _SENTENCE_END.split(" ".join(unicodedata.normalize("NFC", text).split())):
        if words := tuple(_WORD.findall(sentence.casefold())):
            yield sentence, words


def _letters(words: _Words) -> str:
    return "".join(word[0] for word in words)


def _without_numbers(text: str) -> _Words:
    return tuple(word for word in _WORD.findall(text.casefold()) if not word.isdigit())


def _without_dates(sentence: str, calendar: Calendar, reference: date) -> tuple[_Words, tuple[PartialDate, ...]]:
    """The words of a sentence round its days, and the days."""
    parts, days, end = [], [], 0
    for found in find_dates(sentence, 0, len(sentence), calendar, reference):
        if found.date.precision is Precision.DAY and not found.is_relative:
            parts += [sentence[end : found.start], "0"]
            days.append(found.date)
            end = found.end
    return tuple(_WORD.findall("".join((*parts, sentence[end:])).casefold())), tuple(days)


def _all_near(ones: Sequence[PartialDate], others: Sequence[PartialDate]) -> bool:
    return len(ones) == len(others) and all(map(_is_near, ones, others))


def _is_near(one: PartialDate, other: PartialDate) -> bool:
    is_same_day = (one.month, one.day) == (other.month, other.day)
    return is_same_day or abs(one.first_day - other.first_day) <= NEAR_DAYS


def _is_correction(old: _Words, new: _Words) -> bool:
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
