"""Who fills the role of a trigger: which of the people of a sentence an event happened to.

The nearest one in the trigger's direction fills the role; a nearer other person, a relative or a lawyer blocks it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from watchdog.core.confidence import factor
from watchdog.core.people import Focus, Person, PersonKind, cases_of, listed_with
from watchdog.core.text import Span, count_words
from watchdog.lang.grammar import PeopleWords, Seek
from watchdog.model.claim import Factor, FactorName

#: An object stands at most this many words after its verb, descriptions of the person included.
_FARTHEST_OBJECT = 14
#: An auxiliary stands within so many characters before its participle.
_PASSIVE_REACH = 40
_PARTS = re.compile("[,;:，；：]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """Who fills a role, and how sure that is."""

    #: Several where a list of names fills it.
    case_ids: tuple[str, ...]
    #: The nearest person is not a watched one, or only their relative.
    is_other: bool
    #: None where the person is named.
    doubt: Factor | None = None


def fill_role(
    text: str, seek: Seek, match: Span, people: Sequence[Person], words: PeopleWords, focus: Focus
) -> Filler | None:
    """Find who fills the role of a trigger.

    Returns:
        None where nobody in the sentence does, so that it tells nothing about a person.
    """
    known = [one for one in people if one.kind is not PersonKind.GROUP or one.case_id]
    person = _sought(text, seek, match, known, words)
    if person is None:
        return _unspoken(seek, people, words, focus)
    is_one = words.singular.match(text, match.start, match.end) or words.singular_before.search(
        text[max(0, match.start - _PASSIVE_REACH) : match.start]
    )
    alone = person.span.end <= match.start and is_one and person.kind is PersonKind.NAME
    group = [person] if alone else listed_with(text, person, known, words, is_object=person.span.start >= match.end)
    cases = cases_of(group)
    if not cases:
        return Filler(case_ids=(), is_other=True)
    if person.kind is PersonKind.NAME or (len(group) > 1):
        return Filler(case_ids=cases, is_other=False)
    named = [one for one in people if one.kind is PersonKind.NAME]
    inside = any(one.case_id in cases for one in named)
    is_shared = not inside and (focus.is_shared or any(one.is_speaker for one in named))
    name = FactorName.SHARED if is_shared else FactorName.CARRIED
    doubt = factor(name, f"“{text[person.span.start : person.span.end]}” is taken to mean the watched person")
    return Filler(case_ids=cases, is_other=False, doubt=doubt)


def _unspoken(seek: Seek, people: Sequence[Person], words: PeopleWords, focus: Focus) -> Filler | None:
    """The person spoken of before, where a sentence names nobody: "The trial began on Monday"."""
    silent = words.drops_subject or seek is Seek.AROUND or focus.is_headline
    free = seek is not Seek.INSIDE and all(person.kind is PersonKind.PRONOUN or person.is_speaker for person in people)
    if not (silent and free and focus.case_id and focus.age <= 1):
        return None
    doubt = factor(FactorName.UNSPOKEN, "the sentence names nobody; the person of the sentence before is meant")
    return Filler(case_ids=(focus.case_id,), is_other=False, doubt=doubt)


def _sought(text: str, seek: Seek, match: Span, people: Sequence[Person], words: PeopleWords) -> Person | None:
    able = [person for person in people if not person.is_speaker or _is_told_of(text, person, people, match, words)]
    inside = [person for person in able if person.span.overlaps(match)]
    left = [person for person in able if person.span.end <= match.start]
    right = [person for person in able if person.span.start >= match.end]
    if seek is Seek.AFTER:  # who did it may be part of the words: "two men threatened to kill"
        inside = [one for one in inside if one.kind is not PersonKind.OTHER or one.span.end > match.end]
    elif seek is Seek.BEFORE:  # and may end them: "beaten by masked men"
        inside = [one for one in inside if one.kind is not PersonKind.OTHER or one.span.end < match.end]
    if inside:
        return inside[0]
    match seek:
        case Seek.INSIDE:
            return None
        case Seek.BEFORE:
            return _subject(text, match, left, words)
        case Seek.AFTER:
            return _object(text, match, right, words)
        case Seek.EITHER:
            told = [p for p in left if words.relative.search(text[p.span.end : match.start])]
            return _nearest(text, match, [p for p in (*left, *right) if not p.is_oblique or p in told])
        case Seek.AROUND:
            return _nearest(text, match, [*left, *right])
    assert_never(seek)


def _is_told_of(text: str, speaker: Person, people: Sequence[Person], match: Span, words: PeopleWords) -> bool:
    """Whether the trigger stands in the speaker's own side clause: "said Y, who was released"."""
    gap = text[speaker.span.end : match.start]
    if any(speaker.span.end <= person.span.start and person.span.end <= match.start for person in people):
        return False
    return speaker.span.end <= match.start and words.relative.fullmatch(gap) is not None


def _nearest(text: str, match: Span, people: Sequence[Person]) -> Person | None:
    """The nearest one, of those first that no comma parts from the trigger."""

    def order(person: Person) -> tuple[bool, int]:
        start, end = min(person.span.end, match.end), max(person.span.start, match.start)
        return _PARTS.search(text, start, end) is not None, end - start

    return min(people, key=order, default=None)


def _subject(text: str, match: Span, left: Sequence[Person], words: PeopleWords) -> Person | None:
    """The nearest person to the left that can be a subject; a thing right before the verb is the subject itself."""
    carried = words.conjunction.match(text, match.start, match.end)
    for person in reversed(left):
        gap = text[person.span.end : match.start]
        last = gap.split()[-1] if gap.split() else ""
        if last.isalpha() and last.islower() and not carried and not words.transparent.fullmatch(last):
            return None
        if not person.is_oblique or words.relative.search(gap):
            return person
    return None


def _object(text: str, match: Span, right: Sequence[Person], words: PeopleWords) -> Person | None:
    """The nearest person to the right, within the object's reach."""
    if not right or words.passive_before.search(text[max(0, match.start - _PASSIVE_REACH) : match.start]):
        return None
    person, end = right[0], right[0].span.end
    gap = text[match.end : person.span.start]
    is_far = count_words(gap) > _FARTHEST_OBJECT or ";" in gap
    is_owner = words.oblique_after.match(text, end) and person.kind is PersonKind.NAME
    only_tells = (
        gap.endswith(", ") and text[end : end + 1] == " " and words.speaks_after.match(text, end)
    )  # ", X wrote"
    return None if is_far or is_owner or only_tells or words.oblique_before.search(gap) else person
