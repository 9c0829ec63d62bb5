"""Parts of the claim engine that can be left out, to measure what each is worth; the service always runs with all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Which parts of the engine are on."""

    #: Words that say how an event is told: negation, calls, plans, rumour, background, who says so.
    cues: bool = True
    #: Who fills a trigger's role; off: every watched person whom the sentence names.
    roles: bool = True
    #: Pronouns, groups and headlines over the next sentences, and what sentences of one text lend one another.
    carry_over: bool = True
    #: The day that a text gives for an event.
    dates: bool = True
    #: Whether a claim is new against the timeline; off: every asserted one is.
    novelty: bool = True


ALL_ON = Switches()
