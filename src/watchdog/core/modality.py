"""How a sentence speaks of an event: asserted, demanded, planned, denied, told as background, and who says so.

After ConText (Harkema and others, 2009, https://doi.org/10.1016/j.jbi.2009.05.002): a cue has a direction and a scope;
a negation reaches its clause, a governing verb ("calls for", "said he might") its complement. What a pack's cue reaches
is decided here; what the words are, in the pack.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from watchdog.core.sight import Sight
from watchdog.core.text import Span, count_words
from watchdog.lang.grammar import Cue, CueKind, Direction, Grammar, Scope, Trigger
from watchdog.model.claim import Certainty, Modality
from watchdog.model.switches import ALL_ON, Switches

#: "Near" is this many words between the cue and the trigger.
_NEAR_WORDS = 4
#: A speaker's name in words is cut to this.
_LONGEST_SPEAKER = 80
#: A paragraph's cue is looked for so many characters before the sentence, and matched so often: a text of any length
#: takes time in proportion.
_PARAGRAPH_REACH = 2_000
_MOST_HITS = 40
#: The kinds that silence, the one that decides first: a wrong sense is wrong whoever demands it. A rumour of what may
#: come is no doubt about what has happened.
_SILENCING = (
    CueKind.OTHER_SENSE,
    CueKind.RETRACTED,
    CueKind.DENIED,
    CueKind.NEGATED,
    CueKind.REFUSED,
    CueKind.HYPOTHETICAL,
    CueKind.CALLED_FOR,
    CueKind.PLANNED,
    CueKind.RUMOUR,
    CueKind.CONTINUES,
)

#: These look at more than one sentence.
_WIDE = frozenset({Scope.NEXT, Scope.PARAGRAPH})

_Hits = tuple[tuple[Span, re.Match[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one event is told."""

    modality: Modality
    certainty: Certainty
    attributed_to: str | None
    is_background: bool
    #: ``en.cue.called_for:demanded``, the deciding one first.
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A sentence with what stands round it."""

    text: str
    sentence: Span
    clauses: tuple[Span, ...]
    #: The paragraph from its start to this sentence.
    before: Span
    #: The sentence after it in the paragraph; empty at its end.
    after: Span
    #: What can stand in it.
    sight: Sight
    #: The watched names in it: what looks like a cue inside one is none ("若" in 白若琳, "Will").
    names: tuple[Span, ...] = ()
    #: What was found already: one search a cue, not one a cue and trigger.
    hits: dict[Cue, _Hits] = field(default_factory=dict, compare=False, repr=False)


def read_modality(
    around: Around, trigger: Trigger, match: Span, grammar: Grammar, switches: Switches = ALL_ON
) -> Reading:
    """Tell how the sentence speaks of the event that the trigger's match names."""
    reached: dict[CueKind, tuple[Cue, re.Match[str]]] = {}
    for cue in _likely(around, grammar) if switches.cues else ():
        if cue.kind in reached or cue.kind in trigger.immune or (cue.only and trigger.status not in cue.only):
            continue
        hit = _reaching(cue, around, match, grammar)
        if hit is not None:
            reached[cue.kind] = (cue, hit)
    if CueKind.ATTRIBUTION in reached and CueKind.BACKGROUND in reached:
        _forgive_backshift(reached)
    if CueKind.RUMOUR in reached:
        _read_guess(reached)
    blocking = next((kind for kind in _SILENCING if kind in reached), None)
    modality = trigger.modality
    if modality is Modality.ASSERTED and blocking is not None:
        modality = Modality(blocking.value)
    certainty = Certainty.REPORTED if CueKind.ATTRIBUTION in reached else Certainty.ASSERTED
    if CueKind.DISPUTED in reached:
        certainty = Certainty.DISPUTED
    return Reading(
        modality=modality,
        certainty=certainty,
        attributed_to=_speaker(reached[CueKind.ATTRIBUTION][1]) if CueKind.ATTRIBUTION in reached else None,
        is_background=CueKind.BACKGROUND in reached,
        cues=_named(reached, blocking),
    )


def _likely(around: Around, grammar: Grammar) -> Sequence[Cue]:
    """The cues that may stand there, most of which reach no farther than their sentence."""
    here, anywhere = around.sight.within(around.sentence), around.sight.anywhere
    return [cue for cue in grammar.cues if cue.pattern in (anywhere if cue.scope in _WIDE else here)]


def _forgive_backshift(reached: dict[CueKind, tuple[Cue, re.Match[str]]]) -> None:
    """Drop a pluperfect that reported speech asks for: "relatives learned that he had been moved"."""
    cue, hit = reached[CueKind.BACKGROUND]
    speech = reached[CueKind.ATTRIBUTION][1]
    if cue.scope is Scope.NEAR and speech.end() <= hit.start():
        del reached[CueKind.BACKGROUND]


def _read_guess(reached: dict[CueKind, tuple[Cue, re.Match[str]]]) -> None:
    """Drop the modal that is part of a guess about the past: "may have died", "is believed to have been freed"."""
    guess = reached[CueKind.RUMOUR][1]
    for kind in (CueKind.HYPOTHETICAL, CueKind.PLANNED):
        if kind in reached and reached[kind][1].start() < guess.end() and guess.start() < reached[kind][1].end():
            del reached[kind]


def _named(reached: dict[CueKind, tuple[Cue, re.Match[str]]], first: CueKind | None) -> tuple[str, ...]:
    kinds = sorted(reached, key=lambda kind: kind is not first)
    return tuple(f"{reached[kind][0].rule}:{reached[kind][1][0].strip()[:40]}" for kind in kinds)


def _speaker(hit: re.Match[str]) -> str | None:
    who = next((group for group in hit.groups() if group), None)
    return who.strip(' ,"“”«»')[:_LONGEST_SPEAKER] or None if who else None


def _reaching(cue: Cue, around: Around, match: Span, grammar: Grammar) -> re.Match[str] | None:
    """The first match of the cue that reaches the trigger, else None; its offsets count in its own window."""
    for span, hit in _hits(cue, around):
        if _reaches(cue, span, around, match, grammar):
            return hit
    return None


def _hits(cue: Cue, around: Around) -> _Hits:
    """Where a cue's words stand, looked for once a sentence however many triggers ask."""
    known = around.hits.get(cue)
    if known is None:
        start, end = around.sentence.start, around.sentence.end
        if cue.scope is Scope.PARAGRAPH:
            start = max(around.before.start, start - _PARAGRAPH_REACH)
        elif cue.scope is Scope.NEXT:
            end = max(end, around.after.end)
        found = islice(cue.pattern.finditer(around.text[start:end]), _MOST_HITS)
        spans = ((Span(hit.start() + start, hit.end() + start), hit) for hit in found)
        known = tuple(
            (span, hit)
            for span, hit in spans
            if not any(name.start <= span.start and span.end <= name.end for name in around.names)
        )
        around.hits[cue] = known
    return known


def _reaches(cue: Cue, span: Span, around: Around, match: Span, grammar: Grammar) -> bool:
    if cue.scope is Scope.INSIDE:
        return span.start <= match.start < span.end
    if not _on_its_side(cue.direction, span, match):
        return False
    if span.overlaps(match) or cue.scope in {Scope.SENTENCE, Scope.NEXT, Scope.PARAGRAPH}:
        return True
    if cue.scope is Scope.COMPLEMENT:
        begin, end = (span.end, match.start) if span.end <= match.start else (match.end, span.start)
        ending = grammar.terminator.search(around.text, begin, max(span.end, match.end))
        return ending is None or ending.start() >= end  # it may hold the trigger's first word: "and extended"
    first = Span(match.start, match.start + 1)  # "has not confirmed that it holds": words of two clauses
    if _clause_of(around.clauses, span) not in {_clause_of(around.clauses, one) for one in (first, match)}:
        return False
    gap = around.text[min(span.end, match.end) : max(span.start, match.start)]
    return cue.scope is Scope.CLAUSE or count_words(gap) <= _NEAR_WORDS


def _on_its_side(direction: Direction, cue: Span, match: Span) -> bool:
    if direction is Direction.BEFORE:
        return cue.start < match.end
    if direction is Direction.AFTER:
        return cue.end > match.start
    return True


def _clause_of(clauses: Sequence[Span], span: Span) -> int:
    """The number of the clause in which the span ends."""
    return max((number for number, clause in enumerate(clauses) if clause.start < span.end), default=0)
