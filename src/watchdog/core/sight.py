"""What of a pack's words can stand in which sentence, told at one glance, so that few of them are searched for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from watchdog.core.text import Span
from watchdog.lang import Pack
from watchdog.lang.calendar import DatePattern
from watchdog.lang.clues import Glance
from watchdog.lang.grammar import Trigger
from watchdog.lang.patterns import Words


@dataclass(frozen=True, slots=True)
class Sight:
    """The sentences of a paragraph as the words of its pack are looked for in them."""

    pack: Pack
    text: str
    sentences: Sequence[Span]
    #: By where the sentence begins.
    _seen: dict[int, frozenset[Words | str]] = field(default_factory=dict, compare=False, repr=False)
    _whole: list[frozenset[Words | str]] = field(default_factory=list, compare=False, repr=False)

    def within(self, sentence: Span) -> frozenset[Words | str]:
        """The patterns that may match in one sentence, and the stems that may stand in it."""
        known = self._seen.get(sentence.start)
        if known is None:
            known = self.pack.sieve.likely_in(Glance(self.text[sentence.start : sentence.end]))
            self._seen[sentence.start] = known
        return known

    @property
    def anywhere(self) -> frozenset[Words | str]:
        """The patterns that may match in one sentence or more."""
        if not self._whole:
            self._whole.append(frozenset().union(*map(self.within, self.sentences)))
        return self._whole[0]

    def dates(self, sentence: Span) -> tuple[DatePattern, ...]:
        """The ways to write a date that may be used in one sentence."""
        words = self.within(sentence)
        return tuple(pattern for pattern in self.pack.calendar.patterns if pattern.regex in words)

    def triggers(self, sentence: Span) -> Iterator[Trigger]:
        """The triggers of which a stem stands in one sentence, in the order of their file."""
        grammar, lowered = self.pack.grammar, self.text[sentence.start : sentence.end].lower()
        stems = (stem for stem in self.within(sentence) if isinstance(stem, str) and stem in lowered)
        for number in sorted({number for stem in stems for number in grammar.stems[stem]}):
            yield grammar.triggers[number]
