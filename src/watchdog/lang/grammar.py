"""How a language tells a status change: triggers with the person's role, and the cues round them, as data.

``triggers.toml`` says which words state which status and where the person stands; ``cues.toml`` holds the rest: how the
language is known, where clauses end, who is another person, and what makes it a demand, a plan, a denial. Patterns are
regular expressions, matched without regard to case; ``{name}`` in one stands for the macro of that name. They must be
linear: no nested repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from watchdog.lang.patterns import Words, one_way, read_macros, read_pattern
from watchdog.lang.reading import Table, read_table
from watchdog.model.claim import Detail, Modality
from watchdog.model.expectation import ExpectedKind
from watchdog.model.status import Status

_T = TypeVar("_T", bound=StrEnum)


class Seek(StrEnum):
    """Where the person stands who fills a trigger's role."""

    BEFORE = "before"  # subject of "was released"
    AFTER = "after"  # object of "police arrested"
    EITHER = "either"  # free word order
    INSIDE = "inside"  # "found NAME guilty"
    AROUND = "around"  # "the trial of NAME opened", "NAME's trial opened"


class CueKind(StrEnum):
    """What a cue says about the event that it reaches."""

    OTHER_SENSE = "other_sense"
    RETRACTED = "retracted"
    DENIED = "denied"
    NEGATED = "negated"
    REFUSED = "refused"
    RUMOUR = "rumour"
    HYPOTHETICAL = "hypothetical"
    CALLED_FOR = "called_for"
    PLANNED = "planned"
    CONTINUES = "continues"
    BACKGROUND = "background"
    ATTRIBUTION = "attribution"
    DISPUTED = "disputed"


class Direction(StrEnum):
    """On which side of the trigger the cue stands."""

    BEFORE = "before"
    AFTER = "after"
    ANY = "any"


class Scope(StrEnum):
    """How far a cue reaches."""

    INSIDE = "inside"  # what its own words hold: "the journalist who was jailed"
    NEAR = "near"  # a few words, within the clause
    CLAUSE = "clause"
    COMPLEMENT = "complement"  # from the cue on, until a terminator
    SENTENCE = "sentence"
    NEXT = "next"  # also from the sentence after: "The ministry denied it."
    PARAGRAPH = "paragraph"  # all that follows in the paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Words that state one status of the person in one place."""

    #: ``en.released.freed``.
    rule: str
    status: Status
    #: Lower-case fragments, one of which is in every sentence that the pattern can match; they save the search.
    stems: tuple[str, ...]
    pattern: Words
    #: Other senses of the same words: what this covers is no event.
    unless: Words
    seek: Seek
    #: Headlines drop auxiliaries: such a trigger counts in titles and headings only.
    title_only: bool = False
    #: The words say by themselves that it did not happen: "denied bail".
    modality: Modality = Modality.ASSERTED
    #: Kinds of cue that are part of the words themselves: "left unchanged" holds a negation.
    immune: frozenset[CueKind] = frozenset()
    #: "Left prison" is no release where the text tells of a hospital or another prison.
    is_weak: bool = False
    #: A noun ("the arrest of") names an event mostly to speak of something else; it counts with a date right after it.
    needs_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cue:
    """Words that say how an event is told."""

    #: ``en.cue.called_for``.
    rule: str
    kind: CueKind
    pattern: Words
    direction: Direction
    scope: Scope
    #: Empty: every status.
    only: frozenset[Status] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageMarks:
    """By what a text of this language is known."""

    script: str
    frequent: frozenset[str]
    #: Letters of which a text of some length has at least one; none needed where empty.
    needed: frozenset[str]
    #: Letters that few others write: a text with enough of them is in the language, whatever its words.
    telling: frozenset[str]
    #: Letters that the language does not have.
    alien: frozenset[str]
    #: Letters to the ones that the patterns are written with, as ``str.translate`` takes them: traditional Chinese.
    variants: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWords:
    """How the language speaks of people without their name."""

    pronouns: Words
    #: Those that cannot mean the subject of their own verb: "sentenced her".
    object_pronouns: Words
    #: "the blogger": one person spoken of before.
    descriptors: Words
    #: "two activists", "her lawyer": somebody else, or more than the watched person.
    others: Words
    #: "I", "me" in quoted speech.
    first_person: Words
    #: A capitalised sequence with such a word, or right before the second, is a court, a place, a paper.
    not_person: Words
    not_person_after: Words
    #: A capitalised word that begins no name: where nouns are capitalised, or as the first word of a sentence.
    name_lead: Words
    #: Ends right before a verb that is passive, so that no object follows.
    passive_before: Words
    #: Ends right before a name that only tells whose relative, lawyer or friend is meant.
    relation_before: Words
    relation_after: Words
    #: Ends right before a name that is neither subject nor object.
    oblique_before: Words
    oblique_after: Words
    #: All that may stand between the names of a list.
    joined: Words
    #: Right after a name that begins a clause of its own: "sentenced X to a year and Y was cleared".
    acts_after: Words
    #: A trigger that begins so, or has such a word right before it, has one subject: "held X and Y was freed".
    singular: Words
    singular_before: Words
    #: What may stand beside each name of a list, with its commas: "X, a lawyer, and Y, 34, were freed".
    aside: Words
    #: "both", "all five activists": the people of the list named before.
    groups: Words
    #: All that may stand between a description and the name that it describes: "редактора сайта «Кёрпю» NAME".
    title_gap: Words
    #: Right after "a lawyer" where that only describes the name before it: "NAME, a lawyer,".
    apposition_after: Words
    #: Begins a sentence that names some of those of whom the sentence before tells: "Among them is X".
    among: Words
    #: A word that may stand between a subject and its verb.
    transparent: Words
    #: A trigger that begins so takes its subject from an earlier verb: "was tried and given a year".
    conjunction: Words
    #: Ends right before a relative clause: what it tells happened to the name before it, whatever its case.
    relative: Words
    #: Right after or before somebody who only reports: "his sister said".
    speaks_after: Words
    speaks_before: Words
    #: Whether a sentence may leave its subject out.
    drops_subject: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text with the watched person in square brackets, and what it states."""

    name: str
    text: str
    expect: frozenset[Status]
    refuse: frozenset[Status] = frozenset()
    #: ``expect`` is all that the text newly states.
    is_whole: bool = False
    is_title: bool = False
    known_failure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Triggers and cues of one language."""

    code: str
    abbreviations: frozenset[str]
    #: Matches where a clause begins; the match belongs to the clause that it opens.
    clause_start: Words
    #: Ends what a governing verb reaches.
    terminator: Words
    people: PeopleWords
    triggers: tuple[Trigger, ...]
    #: For each stem the numbers of its triggers: a sentence is searched once a stem, not once a trigger.
    stems: Mapping[str, tuple[int, ...]]
    cues: tuple[Cue, ...]
    #: Ends right before a date that is not the event's: "said on", "until", "born in".
    foreign_date: Words
    #: Begins a side clause, behind the event, whose date is another event's: "over words that he wrote in January".
    apart: Words
    #: A whole aside between commas, whose date is not that of what the sentence tells: ", missing since May,".
    aside_date: Words
    #: Begins a sentence that only draws the sum of the one before, and happened on its day: "Thus X was charged".
    so: Words
    #: How a sentence announces one for a day that it gives.
    expected: Mapping[ExpectedKind, Words]
    #: What tells events of one type apart; the first group is the value.
    details: Mapping[Detail, tuple[Words, frozenset[Status]]]
    examples: tuple[Example, ...]


def read_marks(folder: Traversable) -> LanguageMarks:
    """How texts of one language are known, from its ``cues.toml``; raises PackError where that is wrong."""
    table = read_table(folder / "cues.toml").table("language")
    table.refuse_unknown("script", "frequent", "needed", "telling", "alien", "variants")
    return LanguageMarks(
        script=table.text("script"),
        frequent=frozenset(one_way(table.text("frequent")).split()),
        needed=frozenset(table.text("needed", "")),
        telling=frozenset(table.text("telling", "")),
        alien=frozenset(table.text("alien", "")),
        variants=_variants(table.table("variants")),
    )


def read_grammar(folder: Traversable, code: str) -> Grammar:
    """Read ``triggers.toml`` and ``cues.toml`` of one pack in about 15 ms; raises PackError where one is wrong."""
    cues = read_table(folder / "cues.toml")
    triggers = read_table(folder / "triggers.toml")
    cues.refuse_unknown("macros", "language", "sentences", "people", "dates", "expected", "details", "cue", "example")
    triggers.refuse_unknown("macros", "trigger", "example")
    shared = read_macros(cues.table("macros"), {})
    own = read_macros(triggers.table("macros"), shared)
    sentences = cues.table("sentences")
    sentences.refuse_unknown("abbreviations", "clause_start", "terminator")
    dates = cues.table("dates")
    dates.refuse_unknown("foreign", "apart", "aside", "so")
    expected = cues.table("expected")
    expected.refuse_unknown(*ExpectedKind)
    rows = triggers.tables("trigger")
    read = tuple(_trigger(row, code, own) for row in rows)
    return Grammar(
        code=code,
        abbreviations=frozenset(word.lower() for word in sentences.texts("abbreviations")),
        clause_start=read_pattern(sentences, "clause_start", shared),
        terminator=read_pattern(sentences, "terminator", shared),
        people=_people(cues.table("people"), shared),
        triggers=read,
        stems=MappingProxyType(
            {
                stem: tuple(number for number, trigger in enumerate(read) if stem in trigger.stems)
                for stem in sorted({stem for trigger in read for stem in trigger.stems})
            }
        ),
        cues=tuple(_cue(row, code, shared) for row in cues.tables("cue")),
        foreign_date=read_pattern(dates, "foreign", shared, tail=True),
        apart=read_pattern(dates, "apart", shared),
        aside_date=read_pattern(dates, "aside", shared),
        so=read_pattern(dates, "so", shared),
        expected=MappingProxyType({ExpectedKind(key): read_pattern(expected, key, shared) for key in expected.values}),
        details=_details(cues, shared),
        examples=(
            *(example for row in rows for example in _own_examples(row)),
            *(_example(row) for table in (cues, triggers) for row in table.tables("example")),
        ),
    )


def _choice(table: Table, key: str, kind: type[_T], default: _T | None = None) -> _T:
    value = table.text(key, default)
    if value not in set(kind):
        raise table.error(key, f"{value!r} is none of {', '.join(kind)}")
    return kind(value)


def _members(table: Table, key: str, kind: type[_T]) -> frozenset[_T]:
    for value in table.texts(key):
        if value not in set(kind):
            raise table.error(key, f"{value!r} is none of {', '.join(kind)}")
    return frozenset(kind(value) for value in table.texts(key))


def _variants(table: Table) -> Mapping[int, str]:
    """For each letter the ones that stand for it; one for one, so that offsets stay."""
    found: dict[int, str] = {}
    for letter in table.values:
        others = table.text(letter)
        if len(letter) != 1 or letter in others:
            raise table.error(letter, "one letter is needed, and others that stand for it")
        found |= dict.fromkeys(map(ord, others), letter)
    return MappingProxyType(found)


def _people(table: Table, macros: Mapping[str, str]) -> PeopleWords:
    plain = ("pronouns", "descriptors", "others", "first_person", "not_person", "not_person_after", "aside", "groups")
    after = ("relation_after", "oblique_after", "apposition_after", "acts_after", "singular", "among")
    bound = ("relation_before", "oblique_before", "relative", "speaks_before", "passive_before", "singular_before")
    whole = ("name_lead", "joined", "title_gap", "transparent", "conjunction", "speaks_after", "object_pronouns")
    table.refuse_unknown(*plain, *after, *bound, *whole, "drops_subject")
    return PeopleWords(
        **{key: read_pattern(table, key, macros) for key in (*plain, *after, *whole)},
        **{key: read_pattern(table, key, macros, tail=True) for key in bound},
        drops_subject=table.flag("drops_subject"),
    )


def _trigger(row: Table, code: str, macros: Mapping[str, str]) -> Trigger:
    known = "status name stems pattern unless seek title_only modality immune weak needs_date example counter"
    row.refuse_unknown(*known.split())
    status = _choice(row, "status", Status)
    if not row.texts("stems") or not row.texts("pattern"):
        raise row.error("stems", "stems and pattern are both needed")
    return Trigger(
        rule=f"{code}.{status}.{row.text('name')}",
        status=status,
        stems=tuple(map(one_way, row.texts("stems"))),
        pattern=read_pattern(row, "pattern", macros),
        unless=read_pattern(row, "unless", macros),
        seek=_choice(row, "seek", Seek),
        title_only=row.flag("title_only"),
        modality=_choice(row, "modality", Modality, Modality.ASSERTED),
        immune=_members(row, "immune", CueKind),
        is_weak=row.flag("weak"),
        needs_date=row.flag("needs_date"),
    )


def _cue(row: Table, code: str, macros: Mapping[str, str]) -> Cue:
    row.refuse_unknown("kind", "name", "pattern", "direction", "scope", "only")
    kind = _choice(row, "kind", CueKind)
    return Cue(
        rule=f"{code}.cue.{row.text('name', kind)}",
        kind=kind,
        pattern=read_pattern(row, "pattern", macros),
        direction=_choice(row, "direction", Direction, Direction.BEFORE),
        scope=_choice(row, "scope", Scope, Scope.CLAUSE),
        only=_members(row, "only", Status),
    )


def _details(cues: Table, macros: Mapping[str, str]) -> Mapping[Detail, tuple[Words, frozenset[Status]]]:
    found = {}
    for row in cues.tables("details"):
        row.refuse_unknown("detail", "pattern", "only")
        found[_choice(row, "detail", Detail)] = (read_pattern(row, "pattern", macros), _members(row, "only", Status))
    return MappingProxyType(found)


def _own_examples(row: Table) -> tuple[Example, ...]:
    """Each trigger's own example and counter-example."""
    status = frozenset({Status(row.text("status"))})
    named, is_title = f"{row.text('status')}.{row.text('name')}", row.flag("title_only")
    fixed = row.text("modality", Modality.ASSERTED) != Modality.ASSERTED
    none: frozenset[Status] = frozenset()
    yes, no = row.text("example"), row.text("counter")
    return (
        Example(
            name=f"{named}: example",
            text=yes,
            expect=none if fixed else status,
            refuse=status if fixed else none,
            is_title=is_title,
        ),
        Example(name=f"{named}: counter", text=no, expect=none, refuse=status, is_title=is_title),
    )


def _example(row: Table) -> Example:
    row.refuse_unknown("text", "expect", "title", "known_failure")
    return Example(
        name=row.text("text")[:60],
        text=row.text("text"),
        expect=_members(row, "expect", Status),
        is_whole=True,
        is_title=row.flag("title"),
        known_failure=row.flag("known_failure"),
    )
