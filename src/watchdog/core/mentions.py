"""Finds who is named in a document: full names, initials, and family names alone once it is clear whose they are.

Precision comes first: a relative, a namesake or a town is no mention. What was seen and not accepted is kept, with the
reason, in ``unsure``. Per document: words with a watched key are candidates; a name is accepted where all its parts
stand together in order; names under ``not`` take their spans first; a family name alone counts only after a full
mention, while nobody else of that name is in the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from watchdog.core.fold import Folded, fold
from watchdog.core.names import (
    MAX_WORD,
    Atom,
    ListedName,
    NameIndex,
    NameKind,
    Part,
    Reading,
    Shape,
    atoms_of,
    bent_readings,
    fold_literal,
    keys,
    similarity,
    spell,
)
from watchdog.lang.letters import Gender, Language
from watchdog.model.article import Document, TextField
from watchdog.model.mention import Mention, MentionKind, MentionsFound

# Agreement that a part needs, the mean of all parts, and a part that stands alone; found on the development half of the
# labelled names. Names of few sounds need more, because everything is near them.
_PART, _MEAN, _ALONE = 0.8, 0.87, 0.9
_FEW_SOUNDS, _PART_OF_FEW = 4, 0.88
_TIE = 0.04  # two cases nearer than this on one span: nobody can tell
_MAX_ATOMS, _MAX_INNER = 4, 3
_CONTEXT_REACH = 150  # code points on either side of a weak alias: about a sentence
_JOINTS = frozenset({"", "-", "_", "\n", "\r\n", "·", "•", "・", "'", '"'})


@dataclass(frozen=True, slots=True)
class _Scan:
    """One field of the document, folded and cut."""

    field: TextField
    original: str
    folded: Folded
    atoms: tuple[Atom, ...]
    #: Capitals tell nothing: a headline in capitals, or Every Word With One.
    is_shouted: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name found: the folded span, how sure, and why."""

    name: ListedName
    scan: _Scan
    start: int
    end: int
    kind: MentionKind
    score: float
    note: str
    #: Where it is not to be accepted, why not.
    refusal: str = ""

    def overlaps(self, other: _Hit) -> bool:
        return self.scan is other.scan and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Match:
    """A word that may be a part of a name: its last atom, how like, and in which case."""

    last: int
    score: float
    case: str


def find_mentions(document: Document, index: NameIndex) -> MentionsFound:
    """Find every case that the title or the text names; about 1 ms for 1,000 code points."""
    finder = _Finder(document, index)
    scans = [_scan(field, document.field(field), index) for field in TextField]
    claimed: list[_Hit] = []
    hits: list[_Hit] = []
    for scan in scans:
        for hit in finder.named(scan):
            (claimed if hit.name.kind is NameKind.NOT else hits).append(hit)
    hits = [hit for hit in hits if not _is_claimed(hit, claimed)]
    accepted = _one_each([hit for hit in hits if not hit.refusal])
    family_hits = [hit for scan in scans for hit in finder.families(scan, [*accepted, *claimed])]
    settled = [*accepted, *(hit for hit in hits if hit.refusal), *_settle_families(family_hits, accepted, claimed)]
    return _as_found(_between_cases(settled), document)


def _scan(field: TextField, original: str, index: NameIndex) -> _Scan:
    folded = fold(original)
    atoms = tuple(atoms_of(original, folded.text, folded.origins, index.letters))
    cased = [atom for atom in atoms if len(atom.text) > 3 and atom.shape is not Shape.CASELESS]  # noqa: PLR2004 -- of, the, for
    capitals = sum(atom.shape is Shape.CAPITAL for atom in cased)
    return _Scan(field, original, folded, atoms, len(cased) > 3 and capitals > 0.7 * len(cased))  # noqa: PLR2004 -- most of at least four


class _Finder:
    """Compares the words of one document with the index; remembers each comparison."""

    def __init__(self, document: Document, index: NameIndex) -> None:
        self._index = index
        self._words = index.letters.words
        self._lang = document.lang
        self._readings: dict[str, tuple[Reading, ...]] = {}
        self._numbers: dict[str, frozenset[int]] = {}
        self._compared: dict[tuple[str, Part, Gender | None], tuple[float, str] | None] = {}

    def named(self, scan: _Scan) -> Iterator[_Hit]:
        """Every place where a listed name stands in full, with initials, shared with another given name, or literally."""
        for number in self._index.literals:
            yield from self._literal_hits(self._index.names[number], scan)
        tried: set[tuple[int, int]] = set()
        for number, position in self._candidates(scan):
            name = self._index.names[number]
            first = max(0, position - _MAX_ATOMS - _MAX_INNER) if len(name.parts) > 1 else position
            for start in range(first, position + 1):
                if (number, start) not in tried:
                    tried.add((number, start))
                    if hit := self._hit_at(name, scan, start):
                        yield hit

    def families(self, scan: _Scan, known: Sequence[_Hit]) -> Iterator[_Hit]:
        """Every family name outside the known hits; ``refusal`` says where it is somebody else's."""
        seen: set[tuple[str, int]] = set()
        for number, position in self._candidates(scan):
            name = self._index.names[number]
            if name.family is None or name.kind in {NameKind.NOT, NameKind.WEAK} or (name.case_id, position) in seen:
                continue
            for match in self._matches(scan, position, name.family, name.gender):
                hit = self._hit(name, scan, position, match, MentionKind.SHORT)
                if match.score >= _ALONE and not any(
                    hit.name.case_id == one.name.case_id and hit.overlaps(one) for one in known
                ):
                    seen.add((name.case_id, position))
                    yield replace(hit, refusal=self._whose(scan, position, match.last, name.family))
                    break

    def _candidates(self, scan: _Scan) -> Iterator[tuple[int, int]]:
        for position, atom in enumerate(scan.atoms):
            if atom.shape is not Shape.LOWER or atom.text in self._words.particles:
                for text, _ in self._words_at(scan, position)[:1]:
                    for number in self._numbers_of(text):
                        yield number, position

    def _numbers_of(self, text: str) -> frozenset[int]:
        if text not in self._numbers:
            found = {key for reading in self._read(text) for key in keys(reading.sounds)}
            by_key = self._index.by_key
            self._numbers[text] = frozenset(number for key in found for number in by_key.get(key, ()))
        return self._numbers[text]

    def _read(self, text: str) -> tuple[Reading, ...]:
        if text not in self._readings:
            self._readings[text] = bent_readings(text, self._index.letters, self._languages(text))
        return self._readings[text]

    def _languages(self, text: str) -> Iterable[Language]:
        """The document's language where it is written in the word's script, else all of that script."""
        languages = self._index.letters.languages
        alphabet = self._index.letters.alphabet(text[0])
        if alphabet is None:
            return ()
        own = languages.get(self._lang or "")
        if own is not None and own.script == alphabet.script:
            return (own,)
        if self._lang is not None and alphabet.script == "Latin":
            return ()
        return tuple(language for language in languages.values() if language.script == alphabet.script)

    def _words_at(self, scan: _Scan, position: int) -> list[tuple[str, int]]:
        """The words that may begin at an atom, each with its last atom: with what hyphens and particles join, and as a pair."""
        atoms, particles = scan.atoms, self._words.particles
        atom = atoms[position]
        if (
            position
            and atom.gap == "-"
            and atoms[position - 1].shape is not Shape.LOWER
            and atoms[position - 1].text not in particles
        ):
            return []
        text, last = atom.text, position
        if atom.shape is Shape.LOWER and text not in particles:
            return []
        while last + 1 < len(atoms) and last - position < _MAX_ATOMS - 1:
            follower = atoms[last + 1]
            is_name = follower.shape is not Shape.LOWER or follower.text in particles
            if not is_name or not (
                follower.gap == "-" or (atoms[last].text in particles and _is_joint(atoms[last], follower))
            ):
                break
            text, last = text + follower.text, last + 1
        words = [(text, last)]
        if last + 1 < len(atoms):
            follower = atoms[last + 1]
            if follower.gap == "-" or (follower.gap == " " and follower.shape is Shape.CAPITAL is atom.shape):
                words.append((text + follower.text, last + 1))
        return [(word, end) for word, end in words if len(word) <= MAX_WORD]

    def _matches(self, scan: _Scan, position: int, part: Part, gender: Gender | None) -> list[_Match]:
        found = []
        for text, last in self._words_at(scan, position):
            if outcome := self._compare(text, part, gender):
                found.append(_Match(last, *outcome))
        return found

    def _compare(self, text: str, part: Part, gender: Gender | None) -> tuple[float, str] | None:
        """How like a part a word is, and its case; None below what the part needs."""
        key = (text, part, gender)
        if key not in self._compared:
            best: tuple[float, str] | None = None
            for reading in self._read(text):
                if reading.is_masculine and gender is Gender.FEMALE:
                    continue
                for listed in part.readings:
                    score = similarity(reading, listed)
                    least = _PART_OF_FEW if len(listed.sounds) <= _FEW_SOUNDS else _PART
                    if score >= least and (best is None or score > best[0]):
                        best = score, reading.case
            self._compared[key] = best
        return self._compared[key]

    def _hit_at(self, name: ListedName, scan: _Scan, start: int) -> _Hit | None:
        if len(name.parts) == 1:
            return self._lone_hit(name, scan, start)
        family_first = tuple(sorted(name.parts, key=lambda part: not part.is_family))
        match = self._row(scan, start, name.parts, name.gender) or self._turned(scan, start, family_first, name.gender)
        if match:
            return self._hit(name, scan, start, match, _kind_of(name))
        return self._shared_hit(name, scan, start) or self._initials_hit(name, scan, start)

    def _lone_hit(self, name: ListedName, scan: _Scan, start: int) -> _Hit | None:
        matches = [match for match in self._matches(scan, start, name.parts[0], name.gender) if match.score > _ALONE]
        if not matches:
            return None
        hit = self._hit(name, scan, start, matches[0], _kind_of(name))
        if name.kind is NameKind.WEAK and not self._has_context(hit):
            return replace(hit, refusal="no word of its context stands beside it")
        return hit

    def _row(
        self, scan: _Scan, start: int, parts: Sequence[Part], gender: Gender | None, *, comma: bool = False
    ) -> _Match | None:
        """All parts in this order from an atom on, with little between them."""
        for match in self._matches(scan, start, parts[0], gender):
            if len(parts) == 1:
                return match
            for following in self._after(scan, match.last, comma=comma):
                rest = self._row(scan, following, parts[1:], gender)
                if rest and self._agrees(match, rest, scan, following, gender):
                    score = (match.score + rest.score * (len(parts) - 1)) / len(parts)
                    if score >= _MEAN:
                        return _Match(rest.last, score, rest.case or match.case)
        return None

    def _agrees(self, given: _Match, family: _Match, scan: _Scan, position: int, gender: Gender | None) -> bool:
        """In Slavic languages a man's names are bent together: "Евгения Беркович" is no man."""
        own = self._index.letters.languages.get(self._lang or "")
        bends = own is not None and any(ending.is_masculine for ending in own.endings)
        ends_in_consonant = scan.atoms[position].text[-1] not in "аеёиоуыэюяіїєaeiouy"
        return not (bends and gender is Gender.MALE and given.case and not family.case and ends_in_consonant)

    def _after(self, scan: _Scan, last: int, *, comma: bool) -> Iterator[int]:
        """Where the next part may begin: at once, or after a patronymic, an initial, an honorific or one other name."""
        others = 0
        for position in range(last + 1, min(last + 2 + _MAX_INNER, len(scan.atoms))):
            before, atom = scan.atoms[position - 1], scan.atoms[position]
            if not (_is_joint(before, atom) or (comma and position == last + 1 and atom.gap.strip() in {",", "،"})):
                return
            yield position
            if atom.text in self._words.inner or atom.text in self._words.particles or len(atom.text) == 1:
                continue
            is_patronymic = atom.text.endswith(self._words.patronymics)
            others += not is_patronymic
            if others > 1 or atom.shape is not Shape.CAPITAL or scan.is_shouted or atom.text in self._words.titles:
                return

    def _turned(self, scan: _Scan, start: int, parts: Sequence[Part], gender: Gender | None) -> _Match | None:
        """Family name first, as in lists; not where either belongs to somebody else's name."""
        if scan.atoms[start].shape is Shape.CASELESS:
            return None
        match = self._row(scan, start, parts, gender, comma=True)
        if match is None or parts[0].is_family is False:
            return None
        has_comma = any("," in scan.atoms[position].gap for position in range(start + 1, match.last + 1))
        if has_comma and self._other_given(scan, start):
            return None
        follower = scan.atoms[match.last + 1] if match.last + 1 < len(scan.atoms) else None
        if follower is None or follower.gap != " " or follower.shape is not Shape.CAPITAL or scan.is_shouted:
            return match
        after = scan.atoms[match.last + 2].text if match.last + 2 < len(scan.atoms) else ""
        is_patronymic = after in self._words.inner or follower.text.endswith(self._words.patronymics)
        return match if is_patronymic else None

    def _shared_hit(self, name: ListedName, scan: _Scan, start: int) -> _Hit | None:
        """ "Mehman and Emin Huseynov": the given name, a conjunction, another given name, the family name."""
        if len(name.parts) != 2 or name.family is not name.parts[1]:  # noqa: PLR2004 -- given and family
            return None
        for match in self._matches(scan, start, name.parts[0], name.gender):
            atoms = scan.atoms[match.last + 1 : match.last + 4]
            if len(atoms) < 3 or atoms[0].text not in self._words.conjunctions or atoms[1].shape is not Shape.CAPITAL:  # noqa: PLR2004
                continue
            if not all(_is_joint(scan.atoms[match.last + step], atom) for step, atom in enumerate(atoms)):
                continue
            for family in self._matches(scan, match.last + 3, name.parts[1], name.gender):
                if family.score >= _ALONE:
                    hit = self._hit(name, scan, start, replace(match, score=family.score), _kind_of(name))
                    return replace(hit, note=f"shares the family name of {atoms[1].text.title()}; {hit.note}")
        return None

    def _initials_hit(self, name: ListedName, scan: _Scan, start: int) -> _Hit | None:
        """ "M. Huseynov", "M.R. Huseynov", "Huseynov M."; one initial must be the given name's."""
        if name.family is None:
            return None
        for match in self._matches(scan, start, name.family, name.gender):
            before = start
            while before and start - before < 2 and _is_initial(scan.atoms, before - 1):  # noqa: PLR2004 -- given name and patronymic
                before -= 1
            after = match.last + 1
            is_before = before < start
            if match.score < _ALONE or not (is_before or (after < len(scan.atoms) and _is_initial_after(scan, after))):
                continue
            initial = scan.atoms[before if is_before else after].text
            if self._is_initial_of(initial, name.parts[0] if name.parts[0] is not name.family else name.parts[-1]):
                last = match.last if is_before else after
                hit = self._hit(
                    name, scan, before, replace(match, last=last, score=match.score * 0.9), MentionKind.INITIALS
                )
                return replace(hit, note=f"initial and family name; {hit.note}")
        return None

    def _is_initial_of(self, initial: str, given: Part) -> bool:
        sounds = spell(initial, self._index.letters)[0]
        heard = set("".join(sounds))
        return any(heard & set("".join(reading.sounds[:1])) for reading in given.readings) or any(
            "y" in "".join(reading.sounds[:1]) and heard & set("".join(reading.sounds[1:2]))
            for reading in given.readings
        )

    def _literal_hits(self, name: ListedName, scan: _Scan) -> Iterator[_Hit]:
        simplified = self._index.letters.han.simplified
        text = scan.folded.text
        if any(letter in simplified for letter in text):
            text = fold_literal(text, self._index.letters)
        start = text.find(name.literal)
        while start >= 0:
            end = start + len(name.literal)
            if self._stands_alone(text, start, end):
                yield _Hit(name, scan, start, end, _kind_of(name), 1.0, f"as listed: {name.text}")
            start = text.find(name.literal, end)

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Not inside a longer word: 扩张展望 does not name 张展."""
        before, after = text[start - 1 : start], text[end : end + 1]
        if not "\u3400" <= text[start] <= "\u9fff":
            return not (before.isalnum() and text[start].isascii()) and not (
                after.isalnum() and text[end - 1].isascii()
            )
        han = self._index.letters.han
        return before + text[start] not in han.ends and text[end - 1] + after not in han.starts

    def _has_context(self, hit: _Hit) -> bool:
        text = hit.scan.folded.text
        beside = f" {text[max(0, hit.start - _CONTEXT_REACH) : hit.end + _CONTEXT_REACH]}"
        return any(
            not beside[place - 1].isalnum() for word in hit.name.context if word and (place := beside.find(word)) > 0
        )

    def _whose(self, scan: _Scan, start: int, last: int, family: Part) -> str:
        """Why a family name alone is not the watched person's; empty where nothing speaks against it."""
        if other := self._other_given(scan, start):
            return f"another given name: {other}"
        if family.is_shared:
            return "many people are called so"
        follower = scan.atoms[last + 1] if last + 1 < len(scan.atoms) else None
        if follower is None or follower.gap not in {" ", "-"}:
            return ""
        if follower.text in self._words.places:
            return "a place or prize of that name"
        if follower.shape is Shape.CAPITAL and not scan.is_shouted:
            return "part of a longer name"
        return ""

    def _other_given(self, scan: _Scan, start: int) -> str:
        """The given name or initial before a family name, as written; empty where there is none."""
        if not start or not _is_joint(scan.atoms[start - 1], scan.atoms[start]):
            return ""
        before = scan.atoms[start - 1]
        if before.shape is Shape.CASELESS:
            return before.text if before.text in self._index.letters.common_given else ""
        is_role = before.text in self._words.titles or before.text in self._words.openers
        if scan.is_shouted or before.shape is Shape.LOWER or is_role or before.text.startswith(self._long_titles):
            return ""
        return _original(scan, before.start, before.end)

    @property
    def _long_titles(self) -> tuple[str, ...]:
        return tuple(title for title in self._words.titles if len(title) > 4)  # noqa: PLR2004 -- bent: "адвокату"

    def _hit(self, name: ListedName, scan: _Scan, start: int, match: _Match, kind: MentionKind) -> _Hit:
        first, last = scan.atoms[start], scan.atoms[match.last]
        form = scan.folded.text[first.start : last.end]
        return _Hit(name, scan, first.start, last.end, kind, match.score, self._note(name, form, match.case, kind))

    def _note(self, name: ListedName, form: str, case: str, kind: MentionKind) -> str:
        letters = self._index.letters
        listed = name.family.text if kind is MentionKind.SHORT and name.family else fold(name.text).text
        what = f"{case} of" if case else "another spelling of"
        if form == listed:
            what = "as listed:"
        elif (written := letters.alphabet(form[0])) != letters.alphabet(listed[0]) and written:
            own = letters.languages.get(self._lang or "")
            origin = own.name if own and own.script == written.script else written.script
            what = f"{case}, {origin} spelling of" if case else f"{origin} spelling of"
        of_case = "" if name.text == name.case_name else f", a name of {name.case_name}"
        return (
            f"{what} {name.text}{of_case}"
            if kind is not MentionKind.SHORT
            else f"family name alone, {what} {name.text}"
        )


def _kind_of(name: ListedName) -> MentionKind:
    return MentionKind.FULL if name.kind is NameKind.NAME else MentionKind.ALIAS


def _is_joint(before: Atom, atom: Atom) -> bool:
    """Whether two atoms can be of one name: nothing but space, a hyphen or the full stop of an initial between them."""
    gap = atom.gap.strip(" \t\u3000")
    return gap in _JOINTS or (gap == "." and len(before.text) == 1)


def _is_initial(atoms: Sequence[Atom], position: int) -> bool:
    atom, follower = atoms[position], atoms[position + 1]
    return len(atom.text) == 1 and atom.shape is not Shape.LOWER and follower.gap.strip() in {".", ".-"}


def _is_initial_after(scan: _Scan, position: int) -> bool:
    atom = scan.atoms[position]
    is_single = len(atom.text) == 1 and atom.shape is not Shape.LOWER and atom.gap.strip() in {"", ","}
    return is_single and scan.folded.text[atom.end : atom.end + 1] == "."


def _original(scan: _Scan, start: int, end: int) -> str:
    first, last = scan.folded.span(start, end)
    return scan.original[first:last]


def _is_claimed(hit: _Hit, claimed: Sequence[_Hit]) -> bool:
    return any(hit.name.case_id == other.name.case_id and hit.overlaps(other) for other in claimed)


def _one_each(hits: Sequence[_Hit]) -> list[_Hit]:
    """The best of overlapping hits of one case: the surest, then the longest."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.start - hit.end)):
        if not _is_claimed(hit, kept):
            kept.append(hit)
    return kept


def _settle_families(families: Sequence[_Hit], accepted: Sequence[_Hit], claimed: Sequence[_Hit]) -> Iterator[_Hit]:
    """Accept family names alone for cases that are named in full and whose family name nobody shares here."""
    full = {hit.name.case_id for hit in accepted if hit.kind is not MentionKind.INITIALS}
    shared = {hit.name.case_id for hit in families if hit.refusal.startswith("another")}
    shared |= {hit.name.case_id for hit in claimed} | {hit.name.case_id for hit in accepted if "shares the" in hit.note}
    for hit in families:
        case_id = hit.name.case_id
        if hit.refusal:
            yield hit
        elif case_id not in full:
            yield replace(hit, refusal="the family name alone, and no full name in this text")
        elif case_id in shared:
            yield replace(hit, refusal="somebody else of that family name is in this text")
        else:
            yield replace(hit, score=hit.score * 0.95)


def _between_cases(hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """Where two cases want one span, the surer one gets it; nobody where it is a tie."""
    for hit in hits:
        rivals = (
            []
            if hit.refusal
            else [one for one in hits if not one.refusal and hit.overlaps(one) and one.name.case_id != hit.name.case_id]
        )
        best = max((rival.score for rival in rivals), default=0.0)
        if best > hit.score + _TIE:
            continue
        yield (
            replace(hit, refusal="another watched person has the same name")
            if rivals and best > hit.score - _TIE
            else hit
        )


def _as_found(hits: Iterable[_Hit], document: Document) -> MentionsFound:
    mentions: list[Mention] = []
    unsure: list[Mention] = []
    for hit in hits:
        start, end = hit.scan.folded.span(hit.start, hit.end)
        form = document.field(hit.scan.field)[start:end]
        reason = f"{form}: {hit.refusal or hit.note}"
        mention = Mention(
            case_id=hit.name.case_id,
            field=hit.scan.field,
            start=start,
            end=end,
            form=form,
            kind=hit.kind,
            score=round(min(1.0, hit.score), 3),
            reason=reason,
        )
        (unsure if hit.refusal else mentions).append(mention)
    return MentionsFound(mentions=_in_order(mentions), unsure=_in_order(unsure))


def _in_order(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    fields = list(TextField)
    return tuple(sorted(mentions, key=lambda one: (fields.index(one.field), one.start, one.end, one.case_id)))
