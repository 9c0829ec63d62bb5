"""Who is in a sentence, and whom its pronouns and descriptions mean.

People are the mentions of watched cases, other capitalised names, pronouns, "the blogger", and everybody else the pack
knows words for ("her lawyer", "two activists").
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from watchdog.core.text import Span
from watchdog.lang.grammar import PeopleWords
from watchdog.lang.patterns import Part, Words
from watchdog.model.mention import Mention

#: A pronoun reaches this many sentences back.
_FOCUS_REACH = 2

_LETTERS = (*range(0x41, 0x250), *range(0x400, 0x590), *range(0x1E00, 0x1F00))
_UPPER = "".join(letter for letter in map(chr, _LETTERS) if letter.isupper())
_NAME_WORD = rf"(?:[{_UPPER}][\w’'-]*\w|[{_UPPER}]\.)"
_NAME = re.compile(rf"\b{_NAME_WORD}(?: (?:(?:al|bin|ibn|de|del|van|von|el) )?{_NAME_WORD})+")
_OWNER = re.compile(r"['’]s?$")
_QUOTES = re.compile('["“”«»„「」]')


class PersonKind(StrEnum):
    """How a sentence speaks of a person."""

    NAME = "name"
    PRONOUN = "pronoun"
    DESCRIPTOR = "descriptor"
    FIRST = "first_person"
    GROUP = "group"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person-shaped span, and whom it means."""

    span: Span
    kind: PersonKind
    #: The watched case that is meant; None: somebody else, or we cannot tell.
    case_id: str | None = None
    #: The other watched ones that "both" and "all five" mean.
    also: tuple[str, ...] = ()
    #: Neither subject nor object: "according to X".
    is_oblique: bool = False
    #: Only tells whose relative or lawyer is meant.
    is_relation: bool = False
    #: Only reports: "his sister said".
    is_speaker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """Whom the text spoke of last, for the pronouns of the next sentences."""

    case_id: str | None = None
    #: Sentences since the name stood there.
    age: int = 0
    #: Somebody else was named beside it, whom a pronoun may mean as well.
    is_shared: bool = False
    #: The watched ones of a list of people, for "both" and "all five"; empty where it named one person.
    group: tuple[str, ...] = ()
    #: A headline's, before any name: "Reporter freed on bail" over a text that watches one person.
    is_headline: bool = False

    @property
    def is_spent(self) -> bool:
        """Whether no pronoun can mean a watched person any more."""
        return self.age > _FOCUS_REACH or (self.case_id is None and not self.group)


def find_people(
    text: str,
    sentence: Span,
    mentions: Sequence[Mention],
    unsure: Sequence[Mention],
    words: PeopleWords,
    focus: Focus,
    likely: Container[Words | Part | str] | None = None,
) -> tuple[Person, ...]:
    """The people of one sentence in its order, pronouns resolved; ``likely`` are the words that may stand in it."""
    named = [_watched(text, sentence, mention, words) for mention in mentions]
    taken = [person.span for person in named]
    named += [_somebody(text, sentence, span, words) for span in _other_names(text, sentence, unsure, taken, words)]
    named.sort(key=lambda person: person.span.start)
    taken = [person.span for person in named]
    rest: list[Person] = []
    for pattern, kind in (
        (words.groups, PersonKind.GROUP),
        (words.others, PersonKind.OTHER),
        (words.descriptors, PersonKind.DESCRIPTOR),
        (words.pronouns, PersonKind.PRONOUN),
        (words.first_person, PersonKind.FIRST),
    ):
        parts = None if likely is None else pattern.among(likely)
        for hit in pattern.finditer(text, sentence.start, sentence.end, parts):
            span = Span(hit.start(), hit.end())
            if any(span.overlaps(other) for other in taken) or _is_title(text, span, named, words):
                continue
            if kind is PersonKind.GROUP:
                group = _listed(text, [p for p in named if p.span.end <= span.start], words) or focus.group
                if not group or focus.age > _FOCUS_REACH:
                    rest.append(Person(span=span, kind=kind))  # "they" may be anybody, but somebody is spoken of
                    continue
                rest.append(Person(span=span, kind=kind, case_id=group[0], also=group[1:]))
            else:
                case_id = None if kind is PersonKind.OTHER else _meant(text, sentence, span, kind, named, words, focus)
                rest.append(_somebody(text, sentence, span, words, kind=kind, case_id=case_id))
            taken.append(span)
    return tuple(sorted([*named, *rest], key=lambda person: person.span.start))


def _watched(text: str, sentence: Span, mention: Mention, words: PeopleWords) -> Person:
    before, after = text[sentence.start : mention.start], text[mention.end : sentence.end]
    owner = _OWNER.search(text, mention.start, mention.end)  # a mention of a full name holds its "'s"
    owned = text[owner.start() : sentence.end] if owner else after
    related = words.relation_before.search(f"{before}{mention.form}") or words.relation_after.match(owned)
    return Person(
        span=Span(mention.start, mention.end),
        kind=PersonKind.NAME,
        case_id=mention.case_id,
        is_oblique=bool(words.oblique_before.search(before) or words.oblique_after.match(after)),
        is_relation=bool(related),
    )


def _somebody(
    text: str,
    sentence: Span,
    span: Span,
    words: PeopleWords,
    *,
    kind: PersonKind = PersonKind.NAME,
    case_id: str | None = None,
) -> Person:
    before, after = text[sentence.start : span.start], text[span.end : sentence.end]
    return Person(
        span=span,
        kind=kind,
        case_id=case_id,
        is_oblique=bool(words.oblique_before.search(before) or words.oblique_after.match(after)),
        is_speaker=case_id is None and bool(words.speaks_after.match(after) or words.speaks_before.search(before)),
    )


def _other_names(
    text: str, sentence: Span, unsure: Sequence[Mention], taken: Sequence[Span], words: PeopleWords
) -> Iterable[Span]:
    """Spans of names that are not the watched people's."""
    spans = (Span(mention.start, mention.end) for mention in unsure)
    found = [span for span in spans if not any(span.overlaps(other) for other in taken)]
    for hit in _NAME.finditer(text, sentence.start, sentence.end):
        span = _without_lead(hit, words)
        if span is None:
            continue
        said = text[span.start : span.end]
        is_thing = words.not_person.search(said) or words.not_person_after.match(text, span.end, sentence.end)
        if not is_thing and not any(span.overlaps(other) for other in (*taken, *found)):
            found.append(span)
    return found


def _without_lead(hit: re.Match[str], words: PeopleWords) -> Span | None:
    """The name without the capitalised words before it ("Der Anwalt NAME"); None where a single word is left."""
    start, rest = hit.start(), hit[0].split(" ")
    while rest and words.name_lead.fullmatch(rest[0]):
        start += len(rest.pop(0)) + 1
    return Span(start, hit.end()) if len(rest) > 1 else None


def _is_title(text: str, span: Span, named: Sequence[Person], words: PeopleWords) -> bool:
    """Whether a span only describes the name beside it: "journalist NAME", "NAME, a lawyer"."""
    for person in named:
        is_before = span.end <= person.span.start and words.title_gap.fullmatch(text, span.end, person.span.start)
        if is_before and not words.oblique_after.match(text, person.span.end):
            return True
        if text[person.span.end : span.start] in {", ", "，"} and words.apposition_after.match(text, span.end):
            return True
    return False


def _meant(
    text: str,
    sentence: Span,
    span: Span,
    kind: PersonKind,
    named: Sequence[Person],
    words: PeopleWords,
    focus: Focus,
) -> str | None:
    """Whom a pronoun or description means."""
    if kind is PersonKind.FIRST:
        speakers = {None if person.is_relation else person.case_id for person in named}  # "I", said a friend of X
        inside = len(_QUOTES.findall(text, sentence.start, span.start)) % 2 == 1
        return speakers.pop() if inside and len(speakers) == 1 else None
    before = [person for person in named if person.span.end <= span.start]
    watched = [person for person in before if person.case_id is not None]
    if watched and kind is PersonKind.DESCRIPTOR:
        # A name and "the journalist" in one sentence are mostly two people, but "a friend of X was held after the
        # journalist fled", "X: the journalist is free".
        is_alone = watched[-1].is_relation and len(before) == 1
        return watched[-1].case_id if is_alone or ":" in text[watched[-1].span.end : span.start] else None
    if watched:
        last = watched[-1]
        strangers = [p for p in before if p.case_id is None and not (p.is_oblique or p.is_speaker)]
        nearer = any(person.span.start > last.span.start for person in strangers)
        # "A lawyer representing X was held and charged; he": the lawyer. "The lawyer of X said that he": X.
        silent = last.is_relation and not words.speaks_after.search(text, last.span.end, span.start)
        one = len({person.case_id for person in watched}) == 1
        return last.case_id if one and not nearer and not silent else None
    rivals = [person for person in before if not person.is_oblique]
    is_object = words.object_pronouns.fullmatch(text, span.start, span.end)
    if any(person.is_speaker for person in rivals) if is_object else any(not person.is_speaker for person in rivals):
        return None
    return focus.case_id if focus.age <= _FOCUS_REACH else None


def _listed(text: str, people: Sequence[Person], words: PeopleWords) -> tuple[str, ...]:
    """The watched ones of the last list of two or more people; none where no list holds one."""
    for person in reversed(people):
        if person.kind is PersonKind.NAME and person.case_id is not None and not person.is_relation:
            group = listed_with(text, person, people, words)
            return cases_of(group) if len(group) > 1 else ()
    return ()


def cases_of(group: Iterable[Person]) -> tuple[str, ...]:
    """The watched cases that the people of a list are, each once."""
    every = (case for one in group if not one.is_relation for case in (one.case_id, *one.also))
    return tuple(dict.fromkeys(case for case in every if case is not None))


def move_focus(focus: Focus, people: Sequence[Person], text: str, words: PeopleWords) -> Focus:
    """Whom the next sentence's pronouns mean, after this sentence."""
    named = [person for person in people if person.kind is PersonKind.NAME]
    subjects = [person for person in named if not person.is_relation]
    straight = [person for person in subjects if not person.is_oblique] or subjects
    if not straight:
        resolved = any(person.case_id == focus.case_id for person in people)
        return replace(focus, age=1 if resolved else focus.age + 1)
    shared = any(person.case_id != straight[0].case_id and not person.is_speaker for person in named)
    return Focus(case_id=straight[0].case_id, age=1, is_shared=shared, group=_listed(text, people, words))


def listed_with(
    text: str, person: Person, people: Sequence[Person], words: PeopleWords, *, is_object: bool = False
) -> list[Person]:
    """The person with those who are named beside it in one list."""
    # "Police held X, and Y said that ..."; of objects "... and Y was freed" as well.
    ends = (words.speaks_after, words.acts_after) if is_object else (words.speaks_after,)
    number, group = people.index(person), [person]
    for step in (-1, 1):
        last, at = person, number + step
        while 0 <= at < len(people):
            one = people[at]
            gap = text[min(last.span.end, one.span.end) : max(last.span.start, one.span.start)]
            if not words.joined.fullmatch(words.aside.sub("", gap)) or (one.is_oblique and not person.is_oblique):
                break
            if PersonKind.FIRST in {one.kind, person.kind}:
                break  # "X: how I was held"
            if step > 0 and any(pattern.match(text, one.span.end) for pattern in ends):
                break
            group.append(one)
            last, at = one, at + step
    return sorted(group, key=lambda one: one.span.start)
