"""What of a pack's words can stand in which sentence, told at one glance, so that few of them are searched for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from watchdog.core.text import Span
from watchdog.lang import Pack
from watchdog.lang.calendar import DatePattern
from watchdog.lang.clues import Glance
from watchdog.lang.grammar import Trigger
from watchdog.lang.patterns import Part, Words


@dataclass(frozen=True, slots=True)
class Sight:
    """The sentences of a paragraph as the words of its pack are looked for in them."""

    pack: Pack
    text: str
    sentences: Sequence[Span]
    #: By where the sentence begins.
    _seen: dict[int, tuple[Glance, frozenset[Words | Part | str]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _whole: list[frozenset[Words | Part | str]] = field(default_factory=list, compare=False, repr=False)

    def _look(self, sentence: Span) -> tuple[Glance, frozenset[Words | Part | str]]:
        known = self._seen.get(sentence.start)
        if known is None:
            glance = Glance(self.text[sentence.start : sentence.end])
            known = self._seen[sentence.start] = (glance, self.pack.sieve.likely_in(glance))
        return known

    def within(self, sentence: Span) -> frozenset[Words | Part | str]:
        """What may match in one sentence of all that is searched for, and the stems that may stand in it."""
        return self._look(sentence)[1]

    def among(self, words: Words, sentence: Span) -> Sequence[Part]:
        """The alternatives that may match in one sentence, of a pattern that is not searched for in every one."""
        return self._look(sentence)[0].among(words.parts)

    @property
    def anywhere(self) -> frozenset[Words | Part | str]:
        """What may match in one sentence or more."""
        if not self._whole:
            self._whole.append(frozenset().union(*map(self.within, self.sentences)))
        return self._whole[0]

    def dates(self, sentence: Span) -> tuple[DatePattern, ...]:
        """The ways to write a date that may be used in one sentence."""
        likely = self.within(sentence)
        return tuple(pattern for pattern in self.pack.calendar.patterns if pattern.regex in likely)

    def triggers(self, sentence: Span) -> Iterator[tuple[Trigger, Sequence[Part]]]:
        """The triggers that may match in one sentence, in the order of their file, and what of their pattern."""
        grammar, lowered = self.pack.grammar, self.text[sentence.start : sentence.end].lower()
        glance, likely = self._look(sentence)
        stems = [stem for stem in likely if isinstance(stem, str) and stem in lowered]
        yield from self.pack.triggers_in({number for stem in stems for number in grammar.stems[stem]}, glance)
