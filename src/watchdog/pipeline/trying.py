"""What a name would have matched in stored texts, and which alerts would have come of it; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from watchdog.core.fold import fold
from watchdog.core.mentions import TIED, find_mentions, may_name_several
from watchdog.core.names import NameIndex, build_index
from watchdog.core.text import find_language, split_sentences
from watchdog.core.timeline import decide
from watchdog.lang import Lexicon
from watchdog.lang.letters import Letters
from watchdog.model.article import Block, Document, TextField
from watchdog.model.claim import Claim
from watchdog.model.event import Decision, Outcome, TimelineEvent
from watchdog.model.mention import Mention
from watchdog.model.status import Status
from watchdog.model.watch import Case
from watchdog.pipeline.judge import may_alert, reported_day
from watchdog.pipeline.work import Detector, examine
from watchdog.store.texts import StoredText

_MOST_SAMPLES = 10
_A_PAIR = 2
_MONTH_DAYS = 365.25 / 12
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of the name as texts have it, and why it is taken for the name, or is not."""

    form: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sentence that names the case."""

    form: Form
    score: float
    sentence: str
    url: str
    source_id: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """A name of another case that would be taken for this one."""

    case_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A name to which several cases answer equally well, so that none of them is found by it."""

    name: str
    #: Two at least, sorted.
    case_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAlert:
    """An alert that would have been sent."""

    status: Status
    sentence: str
    url: str


class Trial:
    """Looks through texts, oldest first, and keeps count; what it keeps does not grow with the texts."""

    def __init__(self, case: Case, rivals: Sequence[Case], lexicon: Lexicon, detectors: Sequence[Detector]) -> None:
        """Prepare the names.

        Args:
            case: what is tried.
            rivals: the cases that are watched already.
            lexicon: every pack.
            detectors: what finds claims.
        """
        self._case = case
        self._lexicon, self._detectors = lexicon, detectors
        self._alone = build_index([case], lexicon.letters)
        self._among = build_index([case, *rivals], lexicon.letters)
        self._timeline: list[TimelineEvent] = []
        self._counted: set[int] = set()
        self._by_form: dict[str, Sample] = {}
        self._more: dict[str, Sample] = {}
        self.collisions = tuple(_collisions(rivals, self._alone))
        self.texts = 0
        #: Articles that name the case, by source and month ("2026-03").
        self.articles: Counter[tuple[str, str]] = Counter()
        self.forms: Counter[Form] = Counter()
        self.unsure: Counter[Form] = Counter()
        self.alerts: list[ExpectedAlert] = []
        self.first_seen: datetime | None = None

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Sentences that name the case, at most ten: first one of each form."""
        unique: dict[str, Sample] = {}
        for sample in (*self._by_form.values(), *self._more.values()):
            unique.setdefault(sample.sentence, sample)
        return tuple(unique.values())[:_MOST_SAMPLES]

    def days(self, now: datetime) -> float:
        """How long the texts reach back; a day at least, so that few texts promise little."""
        return max(1.0, (now - self.first_seen).total_seconds() / 86_400) if self.first_seen else 1.0

    def alerts_a_month(self, now: datetime) -> float:
        """How many alerts to expect."""
        return len(self.alerts) / self.days(now) * _MONTH_DAYS

    def add(self, stored: StoredText) -> None:
        """Look through one stored text."""
        self.first_seen = self.first_seen or stored.seen_at
        document = _document(stored)
        mine, claims = self.look(document)
        for mention in mine:
            self._keep(mention, document, stored)
        if mine and stored.article_id not in self._counted:
            self._counted.add(stored.article_id)
            self.articles[stored.source.id, f"{stored.published or stored.first_seen_at:%Y-%m}"] += 1
        self._expect(claims, document, stored)

    def look(self, document: Document) -> tuple[tuple[Mention, ...], tuple[Claim, ...]]:
        """Count the forms of one text. Returns the mentions in it, and the claims."""
        self.texts += 1
        seen = find_mentions(document, self._alone)
        if not seen.mentions and not seen.unsure:
            return (), ()
        examined = examine(document, self._among, self._lexicon, self._detectors)
        mine = tuple(mention for mention in examined.found.mentions if mention.case_id == self._case.id)
        unsure = (mention for mention in examined.found.unsure if mention.case_id == self._case.id)
        self.forms.update(map(_form, mine))
        self.unsure.update(map(_form, unsure))
        return mine, tuple(claim for claim in examined.claims if claim.case_id == self._case.id)

    def _keep(self, mention: Mention, document: Document, stored: StoredText) -> None:
        folded = fold(mention.form).text
        kept = self._more if folded in self._by_form else self._by_form
        if len(kept) >= _MOST_SAMPLES:
            return
        sample = Sample(
            form=_form(mention),
            score=mention.score,
            sentence=_sentence(mention, document),
            url=stored.url,
            source_id=stored.source.id,
            published=stored.published,
        )
        kept.setdefault(folded if kept is self._by_form else sample.sentence, sample)

    def _expect(self, claims: Sequence[Claim], document: Document, stored: StoredText) -> None:
        """Decide claims against the timeline that those before them made, from an empty one on."""
        decisions = decide(claims, self._timeline, reported=document.reported, may_alert=may_alert(stored, _BEFORE_ALL))
        for decision in decisions:
            if decision.outcome in {Outcome.NEW, Outcome.BACKGROUND}:
                self._timeline.append(_event(decision, document, len(self._timeline) + 1))
            if decision.outcome is Outcome.NEW:
                claim = decision.claim
                alert = ExpectedAlert(status=claim.status, sentence=claim.evidence.sentence, url=stored.url)
                self.alerts.append(alert)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A name to try, as somebody types it."""

    name: str
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    def as_case(self) -> Case:
        """The case that it would be; its id is none that a file can have."""
        return Case(
            id=f"try {self.name}",
            name=self.name,
            aliases=self.aliases,
            weak_aliases=self.weak_aliases,
            not_names=self.not_names,
            context=self.context,
        )


def document_of(text: str, lexicon: Lexicon) -> Document:
    """A text of one paragraph that somebody typed."""
    return replace(
        _plain_document(text, find_language(text, None, lexicon.tongues)), blocks=(Block(start=0, end=len(text)),)
    )


def watched_as(name: str, cases: Sequence[Case]) -> Case | None:
    """The case that has this very name already."""
    folded = fold(name).text
    return next((case for case in cases if folded in {fold(one).text for one in case.names}), None)


def is_recognised(text: str, lang: str, index: NameIndex) -> bool:
    """Whether a spelling is taken for a listed name without being listed itself."""
    return bool(find_mentions(_plain_document(text, lang), index).mentions)


def find_ties(suspects: Sequence[Case], cases: Sequence[Case], letters: Letters) -> tuple[Tie, ...]:
    """The names of some cases that others have as well; about 0.7 ms a name among 10,000 cases.

    Args:
        suspects: whose names are tried.
        cases: all that are watched, those among them.
        letters: of the lexicon.

    Returns:
        The first such name of each group of cases.
    """
    if len(cases) < _A_PAIR or not suspects:
        return ()
    index = build_index(cases, letters)
    ties: dict[tuple[str, ...], Tie] = {}
    for case in suspects:
        for name in case.names:
            document = _plain_document(name)
            if not may_name_several(document, index):
                continue
            found = find_mentions(document, index)
            tied = {mention.case_id for mention in found.unsure if mention.reason.endswith(TIED)}
            if case.id in tied and all(mention.case_id != case.id for mention in found.mentions):
                ids = tuple(sorted(tied))
                ties.setdefault(ids, Tie(name=name, case_ids=ids))
    return tuple(ties.values())


def _collisions(rivals: Sequence[Case], index: NameIndex) -> list[Collision]:
    found = []
    for rival in rivals:
        for name in rival.names:
            here = find_mentions(_plain_document(name), index).mentions
            if here:
                found.append(Collision(case_id=rival.id, name=name, reason=here[0].reason))
    return found


def _plain_document(text: str, lang: str | None = None) -> Document:
    return Document(title="", text=text, blocks=(), lang=lang, reported=_BEFORE_ALL.date())


def _document(stored: StoredText) -> Document:
    return Document(
        title=stored.title,
        text=stored.text,
        blocks=stored.blocks,
        title_is_new=stored.title_is_new,
        lang=stored.lang or next(iter(stored.source.lang), None),
        reported=reported_day(stored),
    )


def _form(mention: Mention) -> Form:
    return Form(form=mention.form, reason=mention.reason.removeprefix(f"{mention.form}: "))


def _sentence(mention: Mention, document: Document) -> str:
    """The sentence that holds a mention; of a title, all of it."""
    if mention.field is TextField.TITLE:
        return document.title
    blocks = (block for block in document.blocks if block.start <= mention.start < block.end)
    for block in blocks:
        for sentence in split_sentences(document.text, block.start, block.end, frozenset()):
            if sentence.end > mention.start:
                return document.text[sentence.start : sentence.end]
    return mention.form


def _event(decision: Decision, document: Document, number: int) -> TimelineEvent:
    claim = decision.claim
    return TimelineEvent(
        id=number,
        status=claim.status,
        date=claim.date,
        reported=claim.reported or document.reported,
        details=claim.details,
    )
