"""Where a text is about a topic, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from watchdog.model.article import TextField
from watchdog.model.delivery import TopicAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMatch:
    """A document matches a topic; the evidence is the first sentence of what is new in it that says so."""

    topic_id: str
    #: The phrases as the text has them, in the order of the topic: "hunger strikes".
    matched: tuple[str, ...]
    evidence: str
    field: TextField
    #: Of the evidence in ``field``, in code points.
    start: int
    end: int


class TopicOutcome(StrEnum):
    """What a match comes to; only a new one is told."""

    NEW = "new"
    #: The article was told before.
    KNOWN = "known"
    #: Another article with the same title and text matched before.
    COPY = "copy"
    #: The article is old news.
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDecision:
    """What a match comes to, and what a message about it says."""

    outcome: TopicOutcome
    alert: TopicAlert
