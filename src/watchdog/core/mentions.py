"""Finds who is named in a document: full names, initials, and family names alone once it is clear whose they are.

Precision comes first: a relative, a namesake or a town is no mention. What was seen and not accepted is kept, with the
reason, in ``unsure``. Per document: words with a watched key are candidates; a name is accepted where all its parts
stand together in order; names under ``not`` take their spans first; a family name alone counts only after a full
mention, while nobody else of that name is in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import chain

from watchdog.core.atoms import Shape, simplified
from watchdog.core.candidates import ALONE, Candidates
from watchdog.core.cut import Scan, is_joint, scan
from watchdog.core.fold import fold
from watchdog.core.fullnames import Finder, Found, How
from watchdog.core.likeness import similarity
from watchdog.core.names import ListedName, NameIndex, NameKind
from watchdog.core.phrases import begins_sentence, literals_in, phrases_in, stands_as_word
from watchdog.model.article import Document, TextField
from watchdog.model.mention import Mention, MentionKind, MentionsFound

_TIE = 0.04  # two cases nearer than this on one span: nobody can tell
#: Ends the reason of an unsure mention that several cases have an equal right to.
TIED = "two or more cases have this name, and nothing here tells which of them is meant; it counts for none"
_OF_FAMILY_ALONE = 0.95  # a family name alone says less than a full name
_ALONE = "the family name alone, and no full name in this text"
_OF_PLACE = "a place, prize or institution of that name"
_WORD = re.compile(r"[^\W_]+")
_CONTEXT_REACH = 150  # code points on either side of a weak alias: about a sentence


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """One field of the document."""

    name: TextField
    scan: Scan


@dataclass(frozen=True, slots=True, eq=False)
class _Hit:
    """A name found: the folded span, how sure, and why."""

    name: ListedName
    field: _Field
    start: int
    end: int
    kind: MentionKind
    score: float
    note: str
    #: Where it is not to be accepted, why not.
    refusal: str = ""
    #: Somebody else bears the family name here.
    is_shared: bool = False
    #: That person's given names, as written.
    other: str = ""


def find_mentions(document: Document, index: NameIndex) -> MentionsFound:
    """Find every case that the title or the text names; some 3 ms for an English article of 4,000 code points."""
    search = _Search(document, index)
    fields = [search.field(name, document.field(name)) for name in TextField]
    named = [hit for field in fields for hit in search.named(field)]
    claimed = [hit for hit in named if hit.name.kind is NameKind.NOT]
    taken = _Taken(claimed)
    accepted = list(taken.take(hit for hit in named if hit.name.kind is not NameKind.NOT and not hit.refusal))
    refused = list(taken.take(hit for hit in named if hit.refusal))
    full = {hit.name.case_id for hit in accepted}
    families = [hit for field in fields for hit in taken.take(search.families(field, full))]
    accepted = [search.resolved(hit, accepted, (*families, *refused)) for hit in accepted]
    settled = [*accepted, *refused, *_settle_families(families, accepted, claimed)]
    return _as_found(_between_cases(settled))


def may_name_several(document: Document, index: NameIndex) -> bool:
    """Whether two cases or more may be named: for most documents that name one, a third of ``find_mentions``."""
    search = _Search(document, index)
    found: set[str] = set()
    for number in chain.from_iterable(search.numbers(search.field(one, document.field(one))) for one in TextField):
        found.add(index.names[number].case_id)
        if len(found) > 1:
            return True
    return False


class _Search:
    """Turns what is found in one document's fields into hits."""

    def __init__(self, document: Document, index: NameIndex) -> None:
        self._index = index
        self._lang = document.lang
        self._candidates = Candidates(document.lang, index)
        self._finder = Finder(document.lang, index, self._candidates)

    def field(self, name: TextField, text: str) -> _Field:
        """Cut a text."""
        return _Field(name, scan(text, self._index.letters, is_headline=name is TextField.TITLE))

    def named(self, field: _Field) -> Iterator[_Hit]:
        """Every place where a listed name stands whole, shared, with initials, or literally."""
        yield from self._literal_hits(field)
        tried: set[tuple[int, int]] = set()
        for number, start in self._candidates.starts(field.scan):
            if (number, start) not in tried:
                tried.add((number, start))
                name = self._index.names[number]
                if found := self._finder.find_at(name, field.scan, start):
                    yield self._named_hit(name, field, found)

    def numbers(self, field: _Field) -> Iterator[int]:
        """Of the names that ``named`` looks at more closely."""
        yield from (number for number, _, _ in phrases_in(field.scan, self._index, self._lang))
        yield from literals_in(simplified(field.scan.folded.text, self._index.letters), field.scan, self._index)
        yield from (number for number, _ in self._candidates.starts(field.scan))

    def families(self, field: _Field, full: AbstractSet[str]) -> Iterator[_Hit]:
        """Every family name of a case in ``full``, and of others while few have it; ``refusal``: somebody else's."""
        for position, head, numbers in self._candidates.families(field.scan, full):
            for found in self._finder.part_at(head, field.scan, position):
                for number in numbers:
                    yield self._judged(self._hit(self._index.names[number], field, found, MentionKind.SHORT), found)

    def resolved(self, hit: _Hit, accepted: Sequence[_Hit], others: Sequence[_Hit]) -> _Hit:
        """Initials, refused where somebody else of that name, not the case, is named in full."""
        case_id = hit.name.case_id
        is_full = any(one.name.case_id == case_id and one.kind is not MentionKind.INITIALS for one in accepted)
        if hit.kind is not MentionKind.INITIALS or is_full:
            return hit
        givens = [part for part in hit.name.parts if not part.is_family]
        named = [one for one in others if one.name.case_id == case_id]
        words = ((one, word) for one in named for word in re.split(r"[\s-]+", one.other) if word)
        givens_of_others = [
            word for one, word in words if len(word.strip(".")) > 1 or one.kind is not MentionKind.SHORT
        ]
        fitting = (word for word in givens_of_others if self._finder.begins(givens[0], fold(word).text[0]))
        other = next(fitting, "")
        return replace(hit, refusal=f"the initial may be that of {other}") if other else hit

    def _judged(self, hit: _Hit, found: Found) -> _Hit:
        """Say why a family name alone is not the watched person's, if it is not."""
        atoms = hit.field.scan.atoms
        follower = atoms[found.last + 1] if found.last + 1 < len(atoms) else None
        is_shouted = hit.field.scan.is_shouted
        if not is_shouted and (other := self._finder.other_given(hit.field.scan, found.first)):
            others = self._finder.other_givens(hit.field.scan, found.first)
            return replace(hit, refusal=f"another given name, {other}", is_shared=True, other=others)
        if refusal := self._refusal_of_word(hit, found):
            return replace(hit, refusal=refusal)
        if follower is None or follower.gap not in {" ", "-"}:
            return hit
        if follower.shape is Shape.CAPITAL and not is_shouted:
            return replace(hit, refusal="part of a longer name")
        return hit

    def _refusal_of_word(self, hit: _Hit, found: Found) -> str:
        """Why a word is no person's family name, whoever bears it; empty where it may be."""
        if hit.name.family and hit.name.family.is_shared:
            return "many people are called so"
        if hit.field.scan.atoms[found.first].text in self._index.letters.words.openers:
            return "a common word"
        return _OF_PLACE if self._is_place(hit.field.scan, found) else ""

    def _is_place(self, scan: Scan, found: Found) -> bool:
        """Whether a street, prize or institution is named: "Vaclav Havel Airport", "Mandela Bay Stadium"."""
        words = self._index.letters.words
        before = scan.atoms[found.first - 1] if found.first else None
        if before is not None and is_joint(before, scan.atoms[found.first]) and before.text in words.places_before:
            return True
        for atom in scan.atoms[found.last + 1 : found.last + 3]:
            if atom.gap not in {" ", "-"}:
                return False
            if atom.text in words.places:
                return True
            if atom.shape is not Shape.CAPITAL or scan.is_shouted:
                return False
        return False

    def _named_hit(self, name: ListedName, field: _Field, found: Found) -> _Hit:
        kind = MentionKind.INITIALS if found.how is How.INITIALS else _kind_of(name)
        hit = self._hit(name, field, found, kind)
        if found.how is How.SHARED:
            return replace(hit, note=f"shares the family name that follows; {hit.note}", is_shared=True)
        if found.how is How.INITIALS and not found.doubt:
            return replace(hit, note=f"initial and family name; {hit.note}")
        if self._is_place(field.scan, found):
            return replace(hit, refusal=_OF_PLACE)
        if found.doubt:
            return replace(hit, refusal=found.doubt, is_shared=True, other=field.scan.as_written(hit.start, hit.end))
        if begins_sentence(name, field.scan, found.first, self._index.letters):
            return replace(hit, refusal="a common word, which begins a sentence")
        return self._weighed(hit)

    def _hit(self, name: ListedName, field: _Field, found: Found, kind: MentionKind) -> _Hit:
        first, last = field.scan.atoms[found.first], field.scan.atoms[found.last]
        form = field.scan.folded.text[first.start : last.end]
        note = self._note(name, form, found.case, is_short=kind is MentionKind.SHORT)
        return _Hit(name, field, first.start, last.end, kind, found.score, note)

    def _note(self, name: ListedName, form: str, case: str, *, is_short: bool) -> str:
        """Why it is the name, for people: "genitive, Russian spelling of Mehman Huseynov"."""
        letters = self._index.letters
        listed = name.family.text if is_short and name.family else fold(name.text).text
        written = letters.alphabet(form[0])
        what = f"{case} of" if case else _relation(form, listed)
        if form == listed:
            what = "as listed:"
        elif written and written is not letters.alphabet(listed[0]):
            own = letters.languages.get(self._lang or "")
            origin = own.name if own and own.script == written.script else written.script
            what = f"{case}, {origin} spelling of" if case else f"{origin} spelling of"
        of_case = "" if name.text == name.case_name else f", a name of {name.case_name}"
        return f"{'family name alone, ' if is_short else ''}{what} {name.text}{of_case}"

    def _literal_hits(self, field: _Field) -> Iterator[_Hit]:
        for number, first, last in phrases_in(field.scan, self._index, self._lang):
            name = self._index.names[number]
            hit = self._hit(name, field, Found(first, last, 1.0, ""), _kind_of(name))
            yield self._weighed(hit)
        text = simplified(field.scan.folded.text, self._index.letters)
        for number in literals_in(text, field.scan, self._index):
            yield from self._literal_hits_of(self._index.names[number], field, text)

    def _literal_hits_of(self, name: ListedName, field: _Field, text: str) -> Iterator[_Hit]:
        start = text.find(name.literal)
        while start >= 0:
            end = start + len(name.literal)
            if self._is_written_so(name, field, start, end) and self._stands_alone(text, start, end):
                yield self._weighed(_Hit(name, field, start, end, _kind_of(name), 1.0, f"as listed: {name.text}"))
            start = text.find(name.literal, end)

    def _weighed(self, hit: _Hit) -> _Hit:
        """Refuse a weak alias without its context."""
        is_refused = hit.name.kind is NameKind.WEAK and not _has_context(hit)
        return replace(hit, refusal="no word of its context stands beside it") if is_refused else hit

    def _is_written_so(self, name: ListedName, field: _Field, start: int, end: int) -> bool:
        """An acronym in capitals and as a word of its own; a phrase with its first capital."""
        form = field.scan.as_written(start, end)
        if name.is_acronym:
            return form.isupper() and stands_as_word(field.scan.folded.text, start, end)
        return not (name.words and form[0].islower())

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Not inside a longer word: 扩张展望 does not name 张展."""
        before, after = text[:start][-1:], text[end : end + 1]
        if not "\u3400" <= text[start] <= "\u9fff":
            return not (before.isalnum() and text[start].isascii()) and not (
                after.isalnum() and text[end - 1].isascii()
            )
        han = self._index.letters.han
        return before + text[start] not in han.ends and text[end - 1] + after not in han.starts


def _relation(form: str, listed: str) -> str:
    """What a form is of the listed name, both folded, that stands there in the same script and in no case."""
    words, of = (_WORD.findall(text) for text in (form, listed))
    if sorted(words) == sorted(of) and words[0] != of[0]:
        return "in another order:"
    return "shorter form of" if {word for word in words if len(word) > 1} < {*of} else "another spelling of"


def _has_context(hit: _Hit) -> bool:
    text = hit.field.scan.folded.text
    beside = f" {text[max(0, hit.start - _CONTEXT_REACH) : hit.end + _CONTEXT_REACH]}"
    places = ((word, beside.find(word)) for word in hit.name.context if word)
    return any(place > 0 and not beside[place - 1].isalnum() for _, place in places)


def _kind_of(name: ListedName) -> MentionKind:
    return MentionKind.FULL if name.kind is NameKind.NAME else MentionKind.ALIAS


class _Taken:
    """The text that each case's hits have taken; linear, however often a hostile text repeats a name."""

    def __init__(self, hits: Iterable[_Hit]) -> None:
        self._places: set[tuple[str, TextField, int]] = {place for hit in hits for place in _places(hit)}

    def take(self, hits: Iterable[_Hit]) -> Iterator[_Hit]:
        """Those that overlap no hit of their case so far: the surest first, then the longest, then its name."""
        kinds = list(MentionKind)
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.start - hit.end, kinds.index(hit.kind), hit.start)):
            places = set(_places(hit))
            if self._places.isdisjoint(places):
                self._places |= places
                yield hit


def _places(hit: _Hit) -> Iterator[tuple[str, TextField, int]]:
    return ((hit.name.case_id, hit.field.name, place) for place in range(hit.start, hit.end))


def _settle_families(families: Sequence[_Hit], accepted: Sequence[_Hit], claimed: Sequence[_Hit]) -> Iterator[_Hit]:
    """Accept family names alone for cases that are named in full and whose family name nobody shares here."""
    full = {hit.name.case_id for hit in accepted if hit.kind is not MentionKind.INITIALS}
    shared = {hit.name.case_id for hit in (*families, *accepted) if hit.is_shared}
    shared |= {hit.name.case_id for hit in families for claim in claimed if _is_namesake(hit.name, claim.name)}
    for hit in families:
        case_id = hit.name.case_id
        if hit.refusal:
            yield hit
        elif case_id in shared:
            yield replace(hit, refusal="somebody else of that family name is in this text")
        elif case_id not in full:
            yield replace(hit, refusal=_ALONE)
        else:
            yield replace(hit, score=hit.score * _OF_FAMILY_ALONE)


def _is_namesake(name: ListedName, other: ListedName) -> bool:
    """Whether somebody who is not the case has its family name."""
    if name.case_id != other.case_id or name.family is None or other.family is None:
        return False
    return similarity(name.family.readings[0], other.family.readings[0]) >= ALONE


def _between_cases(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Where two cases want one span, the surer one gets it; nobody where it is a tie."""
    wanted: dict[tuple[TextField, int], list[_Hit]] = {}
    hits = list(hits)
    for hit in hits:
        if not hit.refusal:
            for place in range(hit.start, hit.end):
                wanted.setdefault((hit.field.name, place), []).append(hit)
    for hit in hits:
        places = () if hit.refusal else range(hit.start, hit.end)
        rivals = (rival for place in places for rival in wanted[hit.field.name, place])
        best = max((rival.score for rival in rivals if rival.name.case_id != hit.name.case_id), default=0.0)
        if best > hit.score - _TIE:
            if best <= hit.score + _TIE:
                yield replace(hit, refusal=TIED)
        else:
            yield hit


def _as_found(hits: Iterable[_Hit]) -> MentionsFound:
    mentions: list[Mention] = []
    unsure: list[Mention] = []
    for hit in hits:
        start, end = hit.field.scan.folded.span(hit.start, hit.end)
        form = hit.field.scan.original[start:end]
        mention = Mention(
            case_id=hit.name.case_id,
            field=hit.field.name,
            start=start,
            end=end,
            form=form,
            kind=hit.kind,
            score=round(hit.score, 3),
            reason=f"{form}: {hit.refusal or hit.note}",
            is_doubtful=hit.refusal in {_ALONE, TIED},
        )
        (unsure if hit.refusal else mentions).append(mention)
    return MentionsFound(mentions=_in_order(mentions), unsure=_in_order(unsure))


def _in_order(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    fields = list(TextField)
    return tuple(sorted(mentions, key=lambda one: (fields.index(one.field), one.start, one.end, one.case_id)))
