"""From a document and its mentions to claims: what the text says happened to whom, and how it is said.

Every trigger that meets a watched person becomes a claim, the blocked ones with the modality that blocks them, so that
each silence has a reason. Old blocks give names and antecedents, claims come from new ones only.

A claim's confidence begins with how the role was filled and whether it is a rumour; ``core/agreement.py`` adds the
other factors of ``core/confidence.py``, and makes the sentences of one text agree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from watchdog.core.agreement import agree
from watchdog.core.asides import Hidden, hide_asides
from watchdog.core.bare import bare_document
from watchdog.core.confidence import doubts, factor, weigh
from watchdog.core.dated import Reference
from watchdog.core.days import Days, day_of_event, own_dates
from watchdog.core.modality import Around, Reading, read_modality
from watchdog.core.people import Focus, Person, find_people, move_focus
from watchdog.core.roles import Filler, fill_role
from watchdog.core.sentences import Passage, passages_of, sentences_of, written_as
from watchdog.core.text import Span
from watchdog.lang import Lexicon
from watchdog.lang.grammar import Grammar, Trigger
from watchdog.lang.meanings import Meant
from watchdog.lang.patterns import Part, Words
from watchdog.model.article import Block, Document, TextField
from watchdog.model.claim import Claim, Detail, Evidence, Factor, FactorName, Modality
from watchdog.model.dates import PartialDate, Precision
from watchdog.model.mention import Mention, MentionsFound
from watchdog.model.status import STATUS_TYPES, Status
from watchdog.model.switches import ALL_ON, Switches

#: A page that names hundreds of changes is a database dump; more claims than this are not read.
_MOST_CLAIMS = 200
#: A sentence that holds the same words more often is no sentence.
_MOST_HITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence in its passage, with its people."""

    passage: Passage
    around: Around
    people: tuple[Person, ...]
    focus: Focus
    switches: Switches
    days: Days
    #: The sentence read over what stands beside its names.
    hidden: tuple[Hidden, ...]


def find_claims(
    document: Document, found: MentionsFound, lexicon: Lexicon, switches: Switches = ALL_ON
) -> tuple[Claim, ...]:
    """Everything that the document says happened to a watched person, asserted or not.

    Args:
        document: what to judge.
        found: where it names watched people; without a mention there is no claim.
        lexicon: the packs; a passage in a language without one says nothing to us.
        switches: what is left out where the worth of a part is measured.

    Returns:
        At most one claim per case, status and sentence, in the order of the text, title first.
    """
    doubted = (claim for meant in found.in_doubt() for claim in _doubted(document, meant, lexicon, switches))
    return (*_told_of(document, found, lexicon, switches), *doubted)


def _doubted(document: Document, meant: MentionsFound, lexicon: Lexicon, switches: Switches) -> Iterator[Claim]:
    """What is told of somebody who may be a namesake: it matters where it is a death, release or disappearance."""
    for claim in _told_of(document, meant, lexicon, switches):
        if claim.is_asserted and not claim.is_background and STATUS_TYPES[claim.status].critical:
            factors = (factor(FactorName.UNSURE_PERSON, meant.mentions[0].reason), *claim.factors)
            yield replace(
                claim,
                modality=Modality.UNSURE_PERSON,
                factors=factors,
                confidence=weigh(factors),
                doubts=doubts(factors),
            )


def _told_of(document: Document, found: MentionsFound, lexicon: Lexicon, switches: Switches) -> tuple[Claim, ...]:
    if not found.mentions:
        return ()
    plain = bare_document(document, found)
    if plain is None:
        return _find(document, found, lexicon, switches)
    return tuple(plain.told(claim) for claim in _find(plain.document, plain.found, lexicon, switches))


def _find(document: Document, found: MentionsFound, lexicon: Lexicon, switches: Switches) -> tuple[Claim, ...]:
    claims: list[Claim] = []
    headlines: list[Claim] = []
    focus = Focus()
    cases = {mention.case_id for mention in found.mentions}
    sole = next(iter(cases)) if len(cases) == 1 else None
    starts = sorted(mention.start for mention in found.mentions if mention.field is TextField.TEXT)

    def is_wanted(block: Block) -> bool:
        """Whether a watched person is named in it, or a pronoun can still mean one."""
        return not focus.is_spent or bisect_left(starts, block.start) < bisect_left(starts, block.end)

    grammars: dict[str, Grammar] = {}
    leads: dict[str, PartialDate | None] = {}
    texts: dict[tuple[TextField, str], str] = {}
    references = Reference(document, {code: pack.calendar for code, pack in lexicon.packs.items()})
    for passage in passages_of(document, lexicon, is_wanted):
        grammars[passage.pack.code] = passage.pack.grammar
        text = written_as(document, passage, found, texts)
        reference = references.at(passage.field, passage.span.start)
        for around in sentences_of(text, passage):
            mentions = _inside(found.mentions, passage.field, around.sentence)
            if not mentions and focus.is_spent:
                if passage.field is not TextField.TITLE or sole is None:
                    continue  # nobody whom we watch, and no pronoun can mean one
                told = Focus(case_id=sole, age=1, is_headline=True)
            else:
                told = focus
            unsure = _inside(found.unsure, passage.field, around.sentence)
            words = passage.pack.grammar.people
            likely = around.sight.within(around.sentence)
            people = find_people(text, around.sentence, mentions, unsure, words, told, likely)
            if passage.is_new:
                named = replace(around, names=tuple(Span(mention.start, mention.end) for mention in mentions))
                days = Days(around=named, pack=passage.pack, reference=reference)
                sentence = _Sentence(
                    passage=passage,
                    around=named,
                    people=people,
                    focus=told,
                    switches=switches,
                    days=days,
                    hidden=tuple(hide_asides(text, named.sentence, named.names)),
                )
                found_here = _claims_of(document, sentence)
                (headlines if told.is_headline else claims).extend(found_here)
                _note_lead(sentence, found_here, leads)
            focus = move_focus(focus, people, text, words) if switches.carry_over else focus
            if len(claims) > _MOST_CLAIMS:
                break
        if len(claims) > _MOST_CLAIMS:
            break
    weak = frozenset(one.rule for grammar in grammars.values() for one in grammar.triggers if one.is_weak)
    told_claims = _dated_by_lead(claims[:_MOST_CLAIMS], leads)
    return agree(told_claims, headlines, weak, found.mentions) if switches.carry_over else tuple(told_claims)


def _note_lead(sentence: _Sentence, told: Sequence[Claim], leads: dict[str, PartialDate | None]) -> None:
    """Keep the one day of the first sentence of the text about each case, where it tells no change in known words."""
    if not sentence.switches.dates:
        return
    new = {person.case_id for person in sentence.people} - {None, *leads}
    if sentence.passage.is_heading or not new:
        return
    days = set() if told else {one.date for one in own_dates(sentence.days) if not one.is_soft}
    day = days.pop() if len(days) == 1 else None
    for case_id in new:
        if case_id is not None:
            leads[case_id] = day if day and day.precision is Precision.DAY else None


def _dated_by_lead(claims: Sequence[Claim], leads: Mapping[str, PartialDate | None]) -> list[Claim]:
    """A headline's change that no sentence repeats in words we know happened on the one day of the first sentence."""
    said = {(one.case_id, one.status) for one in claims if one.evidence.field is TextField.TEXT}
    return [
        replace(claim, date=leads.get(claim.case_id))
        if claim.date is None and not claim.is_background and (claim.case_id, claim.status) not in said
        else claim
        for claim in claims
    ]


def _inside(mentions: Iterable[Mention], field: TextField, span: Span) -> list[Mention]:
    return [one for one in mentions if one.field is field and span.start <= one.start and one.end <= span.end]


def _claims_of(document: Document, sentence: _Sentence) -> list[Claim]:
    """The claims of one sentence, as told: one per case and status, the asserted one first, the most specific only."""
    best: dict[tuple[str, Status], tuple[int, Claim]] = {}
    for trigger, parts in sentence.around.sight.triggers(sentence.around.sentence):
        if trigger.title_only and not sentence.passage.is_heading:
            continue
        for start, claim in _claims_by(document, sentence, trigger, parts):
            key = (claim.case_id, claim.status)
            known = best[key][1] if key in best else None
            if known is None or (claim.is_asserted, claim.confidence) > (known.is_asserted, known.confidence):
                best[key] = (start, claim)
    return _most_specific([claim for _, claim in sorted(best.values(), key=lambda told: told[0])])


def _most_specific(claims: Sequence[Claim]) -> list[Claim]:
    """Without those that a more specific one of the same case says better; two dates are two events."""
    return [
        claim
        for claim in claims
        if not any(
            claim.status in STATUS_TYPES[other.status].more_specific_than
            and other.case_id == claim.case_id
            and other.is_asserted >= claim.is_asserted
            and (claim.date is None or other.date is None or claim.date == other.date)
            for other in claims
        )
    ]


def _claims_by(
    document: Document, sentence: _Sentence, trigger: Trigger, parts: Sequence[Part]
) -> Iterator[tuple[int, Claim]]:
    around, grammar = sentence.around, sentence.passage.pack.grammar
    for match, other_sense in _hits(sentence, trigger, parts):
        filler = _filler(sentence, trigger, match)
        if filler is None:
            continue
        meant = _meant(sentence, match)
        stated = replace(trigger, status=meant.status) if meant else trigger
        reading = read_modality(around, stated, match, grammar, sentence.switches)
        if other_sense:
            reading = replace(reading, modality=Modality.OTHER_SENSE)
        elif filler.is_other:
            reading = replace(reading, modality=Modality.OTHER_PERSON)
        if meant:
            reading = replace(reading, cues=(*reading.cues, f"meaning:{meant.words}"))
        for claim in _told(document, sentence, stated, match, filler, reading):
            yield match.start, claim


def _hits(sentence: _Sentence, trigger: Trigger, parts: Sequence[Part]) -> Iterator[tuple[Span, bool]]:
    """Where the words of a trigger stand, also with an aside in between, and whether they mean something else.

    What may stand in the sentence read over its asides is among what may stand in all of it.
    """
    around = sentence.around
    start, end = around.sentence.start, around.sentence.end
    for match in _matches(trigger.pattern, around.text, start, end, parts):
        yield match, _is_trap(sentence, trigger, match, around.text, start, end)
    for hidden in sentence.hidden:
        for match in _matches(trigger.pattern, hidden.words, 0, end - start, parts):
            if hidden.crossed_by(match):
                other_sense = _is_trap(sentence, trigger, match, hidden.words, 0, end - start)
                yield Span(start + match.start, start + match.end), other_sense


def _matches(pattern: Words, text: str, start: int, end: int, parts: Sequence[Part]) -> Iterator[Span]:
    return (Span(*hit.span()) for hit in islice(pattern.finditer(text, start, end, parts), _MOST_HITS))


def _is_trap(sentence: _Sentence, trigger: Trigger, match: Span, text: str, start: int, end: int) -> bool:
    parts = sentence.around.sight.among(trigger.unless, sentence.around.sentence)
    return any(match.overlaps(Span(*trap.span())) for trap in trigger.unless.finditer(text, start, end, parts))


def _meant(sentence: _Sentence, match: Span) -> Meant | None:
    """What operators say that these words mean, if anything."""
    text, span = sentence.around.text, sentence.around.sentence
    for one in sentence.passage.pack.meanings:
        if any(match.overlaps(Span(*hit.span())) for hit in one.pattern.finditer(text, span.start, span.end)):
            return one
    return None


def _filler(sentence: _Sentence, trigger: Trigger, match: Span) -> Filler | None:
    if sentence.switches.roles:
        words = sentence.passage.pack.grammar.people
        return fill_role(sentence.around.text, trigger.seek, match, sentence.people, words, sentence.focus)
    cases = tuple(dict.fromkeys(one.case_id for one in sentence.people if one.case_id is not None))
    return Filler(case_ids=cases, is_other=False) if cases else None


def _told(
    document: Document,
    sentence: _Sentence,
    trigger: Trigger,
    match: Span,
    filler: Filler,
    reading: Reading,
) -> Iterator[Claim]:
    """One claim for each person who fills the role; where somebody else does, for each who is named beside them."""
    around, field = sentence.around, sentence.passage.field
    beside = dict.fromkeys(person.case_id for person in sentence.people if person.case_id is not None)
    date = None
    if not filler.is_other and sentence.switches.dates:
        date = day_of_event(sentence.days, trigger, match, is_background=reading.is_background)
    if trigger.needs_date and date is None:
        return
    written = document.field(field)
    factors = tuple(doubt for doubt in (_rumour(reading), filler.doubt) if doubt)
    for case_id in filler.case_ids or tuple(beside):
        yield Claim(
            case_id=case_id,
            status=trigger.status,
            modality=reading.modality,
            certainty=reading.certainty,
            attributed_to=_as_written(reading.attributed_to, around, written),
            date=date,
            is_background=reading.is_background or (date is not None and date.precision is not Precision.DAY),
            details=_details(sentence, trigger),
            evidence=Evidence(
                field=field,
                start=around.sentence.start,
                end=around.sentence.end,
                sentence=written[around.sentence.start : around.sentence.end],
                rule=trigger.rule,
                cues=reading.cues,
            ),
            confidence=weigh(factors),
            factors=factors,
        )


def _rumour(reading: Reading) -> Factor | None:
    if reading.modality is not Modality.RUMOUR:
        return None
    words = reading.cues[0].partition(":")[2] if reading.cues else ""
    said = f"as a rumour or a guess (“{words}”)" if words else "as a guess"
    return factor(FactorName.RUMOUR, f"the text gives it {said}")


def _as_written(words: str | None, around: Around, written: str) -> str | None:
    """Words of the text that was read, in the letters of the text as it stands."""
    start = around.text.find(words, around.sentence.start) if words else -1
    return written[start : start + len(words)] if words and start >= 0 else words


def _details(sentence: _Sentence, trigger: Trigger) -> tuple[tuple[Detail, str], ...]:
    around = sentence.around
    found, likely = [], around.sight.within(around.sentence)
    for detail, (pattern, only) in sentence.passage.pack.grammar.details.items():
        if only and trigger.status not in only:
            continue
        parts = pattern.among(likely)
        hit = next(pattern.finditer(around.text, around.sentence.start, around.sentence.end, parts), None)
        value = next((group for group in hit.groups() if group), hit[0]) if hit else None
        if value:
            found.append((detail, " ".join(value.lower().split())))
    return tuple(found)
