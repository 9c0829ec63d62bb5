"""Where a text names a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from watchdog.model.article import TextField

#: A text is read once more for each case that it may mean; for more than these at once it says nothing of any.
_MOST_IN_DOUBT = 4


class MentionKind(StrEnum):
    """How a case is named."""

    FULL = "full"
    ALIAS = "alias"
    INITIALS = "initials"
    #: The family name, or the given name, alone after a full mention.
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The span ``[start, end)`` of a field that names a case, in code points of the text as stored."""

    case_id: str
    field: TextField
    start: int
    end: int
    #: The text of the span.
    form: str
    kind: MentionKind
    #: 0 to 1.
    score: float
    #: In words, for people: "Мехмана Гусейнова: genitive, Russian spelling of Mehman Huseynov".
    reason: str
    #: Not accepted only because nobody can tell whether the case or a namesake is meant.
    is_doubtful: bool = False

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.form) or not self.form:
            raise ValueError("a mention's span and form differ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A passage that names a case and that we cannot read: it is in a language without a pack."""

    case_id: str
    field: TextField
    #: The first sentence of the passage that names the case is ``[start, end)`` of the field, in code points.
    start: int
    end: int
    sentence: str
    #: As page or feed give it; None where they give one that has a pack, or none.
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionsFound:
    """All that names a case in one document, in the order of the text, title first."""

    mentions: tuple[Mention, ...] = ()
    #: Seen and not accepted: namesakes, relatives of that surname, ambiguous ones; each with its reason.
    unsure: tuple[Mention, ...] = ()

    def in_doubt(self) -> tuple[MentionsFound, ...]:
        """What it would be if a case were meant that only doubtful mentions name; one a case, the first few."""
        sure = {mention.case_id for mention in self.mentions}
        cases = dict.fromkeys(one.case_id for one in self.unsure if one.is_doubtful and one.case_id not in sure)
        return tuple(self._meaning(case_id) for case_id in list(cases)[:_MOST_IN_DOUBT])

    def _meaning(self, case_id: str) -> MentionsFound:
        meant = tuple(one for one in self.unsure if one.is_doubtful and one.case_id == case_id)
        return MentionsFound(mentions=meant, unsure=(*self.mentions, *(one for one in self.unsure if one not in meant)))
