"""Watched names as parts to be recognised by sound, found by the keys of their parts."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, TypeVar

from watchdog.core.atoms import MAX_WORD, Atom, Atoms, Shape, atoms_of, simplified
from watchdog.core.fold import fold
from watchdog.core.givens import equivalents, given_gender
from watchdog.core.natural import has_two_families, in_natural_order
from watchdog.core.sounds import Reading, Sounds, heard_in_english, near_keys, plain_readings, spell
from watchdog.core.syllables import respelled, romanised, syllables_of
from watchdog.lang.letters import Gender, Letters
from watchdog.model.watch import Case

# Scripts without spaces between words, and Ethiopic and Hangul, whose sounds we have no table for: literal forms only.
_LITERAL = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1200-\u139f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ACRONYM = re.compile(r"[^\W\d_][^\W_]{1,4}")  # longer ones are words: "KAVALA"
# A literal form that begins so begins a run of letters, and is that run unless it ends inside one.
_FIRST_WORD = re.compile(r"(?=[a-z0-9])[^\W_]+(?:(?<=[a-z0-9])$|(?=[\W_]))")
_GIVEN_AND_FAMILY = 2
#: References that are remembered: some 64 MB.
MOST_HELD = 2**23


class NameKind(StrEnum):
    """What a listed name does."""

    NAME = "name"
    ALIAS = "alias"
    WEAK = "weak"
    #: Somebody else: claims its spans first.
    NOT = "not"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A given or family name, one for all listed names that have it; hashed by identity."""

    text: str
    #: The spelling as listed first, then its equivalents.
    readings: tuple[Reading, ...]
    #: Of the person; None where the given names do not tell.
    gender: Gender | None
    is_family: bool
    #: Such a name (Abd al-Fattah) never stands for its bearer alone.
    is_shared: bool
    #: Of a Chinese or Korean name, as ``syllables_of`` gives them; else none.
    syllables: frozenset[str] = frozenset()
    #: Of ``readings``, how a western name sounds: the same name, where the letters mislead.
    heard: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ListedName:
    """A name of a case, ready to be compared."""

    case_id: str
    #: What the case is called.
    case_name: str
    #: The name as the operator wrote it.
    text: str
    kind: NameKind
    #: In natural order; empty where only the literal form counts.
    parts: tuple[Part, ...]
    #: The one of ``parts``; None for a name of one part or a literal one.
    family: Part | None
    #: Folded, for scripts and phrases that are compared letter by letter; else empty.
    literal: str
    context: tuple[str, ...]
    #: Of a literal phrase in a script with capitals, where each may bend; else empty.
    words: tuple[str, ...] = ()
    #: A short word in capitals, which is the name in capitals only.
    is_acronym: bool = False

    @property
    def heads(self) -> tuple[Part, ...]:
        """What the name is looked up by: its family name, or its only part."""
        return (self.family,) if self.family else self.parts[:1]


class Like(NamedTuple):
    """How like a part a word is, 0 where it is not, in which case, and how its syllables are written."""

    score: float
    case: str
    #: Where it is no other spelling of the part, in which systems it is the same: those of its syllables, or English.
    systems: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Word:
    """A word of a text in one language, and what it may be of the listed names."""

    text: str
    readings: tuple[Reading, ...]
    keys: frozenset[str]
    #: The given names with a key of its, as bits by their numbers, less those that were compared and are other names.
    givens: int
    #: The given names of all whose family name has a key of its, less those of other family names, once compared.
    partners: int
    #: Family names, and names of one part, with a key of its; None until somebody asks.
    heads: frozenset[Part] | None = None
    #: The names of one part that it may be.
    single: tuple[Part, ...] = ()
    #: The family names that it may be, by a given name that stands with them.
    beside: dict[Part, tuple[Part, ...]] = field(default_factory=dict)
    #: The parts that it was compared with.
    likes: dict[Part, Like] = field(default_factory=dict)
    #: The family names that it may be where it stands alone; None until somebody asks.
    alone: tuple[Part, ...] | None = None


class Memory:
    """Words of earlier documents, bounded; stays behind when its index travels to another process."""

    def __init__(self) -> None:
        self.words: dict[tuple[Hashable, str], Word] = {}
        #: Whether a listed part begins like two words that are written as one.
        self.joined: dict[tuple[str, str], bool] = {}
        #: How often a word was compared with a part.
        self.comparisons = 0
        self._held = 0

    def hold(self, entries: int) -> None:
        """Make room for so many more references to parts."""
        self._held += entries
        if self._held > MOST_HELD:
            self.words.clear()
            self.joined.clear()
            self._held = entries

    def __reduce__(self) -> tuple[type[Memory], tuple[()]]:
        return Memory, ()


@dataclass(frozen=True, slots=True)
class NameIndex:
    """All listed names, found by the keys of their parts. A value, but for what it remembers; may be pickled."""

    names: tuple[ListedName, ...]
    #: Family names and names of one part, by key, with a class left out of long keys too.
    heads_by_key: Mapping[str, tuple[Part, ...]]
    givens: tuple[Part, ...]
    #: Numbers of ``givens`` as bits: those with a key, and those that stand with a family name that has the key.
    givens_by_key: Mapping[str, int]
    partners_by_key: Mapping[str, int]
    #: How the keys of all parts begin.
    beginnings: AbstractSet[str]
    #: Family names by how they sound as listed.
    heads_by_sounds: Mapping[Sounds, tuple[Part, ...]]
    #: Family names by each sound, and by the letter, that may be the initial of a given name.
    heads_by_initial: Mapping[str, frozenset[Part]]
    #: Names of one part, by key.
    single: Mapping[str, tuple[Part, ...]]
    #: Family names by the given names that stand with them.
    by_given: Mapping[Part, frozenset[Part]]
    #: Numbers of names, by family name or only part.
    by_head: Mapping[Part, tuple[int, ...]]
    #: Numbers of names, by family name and each given name.
    by_pair: Mapping[tuple[Part, Part], tuple[int, ...]]
    #: The number of a case's first name; the others follow it.
    by_case: Mapping[str, int]
    #: Numbers of the names with a literal form, by its ``beginning``.
    literals: Mapping[str, tuple[int, ...]]
    #: The first characters of those that begin in the midst of a run of letters.
    literal_signs: AbstractSet[str]
    #: Numbers of the phrases whose words may bend, by the first letter.
    phrases: Mapping[str, tuple[int, ...]]
    letters: Letters
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)


def build_index(cases: Sequence[Case], letters: Letters) -> NameIndex:
    """Prepare the names of all cases for ``find_mentions``; about 0.1 ms a name."""
    part_of = _Parts(letters)
    names: list[ListedName] = []
    for case in cases:
        for kind, texts in (
            (NameKind.NAME, (case.name,)),
            (NameKind.ALIAS, case.aliases),
            (NameKind.WEAK, case.weak_aliases),
            (NameKind.NOT, case.not_names),
        ):
            for text in filter(str.strip, texts):
                names.extend(_listed_names(case, kind, text, letters, part_of))
    heads = ((part, number) for number, name in enumerate(names) for part in name.heads)
    by_head = _grouped(heads)
    by_pair = _grouped(
        ((head, part), number)
        for head, numbers in by_head.items()
        for number in numbers
        for part in names[number].parts
        if part is not head
    )
    families = [head for head in by_head if head.is_family]
    initials = ((initial, name.family) for name in names if name.family for initial in _initials(name))
    by_given = _grouped((given, head) for head, given in by_pair)
    bits = {given: 1 << number for number, given in enumerate(by_given)}
    partners = _united((head, bits[given]) for head, given in by_pair)
    heads_by_key, givens_by_key = _by_key(by_head, letters), _by_key(by_given, letters)
    return NameIndex(
        names=tuple(names),
        heads_by_key=heads_by_key,
        givens=tuple(by_given),
        givens_by_key=_united((key, bits[given]) for key, givens in givens_by_key.items() for given in givens),
        partners_by_key=_united(
            (key, partners[head]) for key, heads in heads_by_key.items() for head in heads if head in partners
        ),
        beginnings={key[:end] for key in (*heads_by_key, *givens_by_key) for end in range(1, len(key) + 1)},
        by_given={given: frozenset(heads) for given, heads in by_given.items()},
        heads_by_sounds=_grouped((head.readings[0].sounds, head) for head in families),
        heads_by_initial={initial: frozenset(heads) for initial, heads in _grouped(initials).items()},
        single=_by_key((head for head in by_head if not head.is_family), letters),
        by_head=by_head,
        by_pair=by_pair,
        by_case={name.case_id: number for number, name in reversed(list(enumerate(names)))},
        literals=_grouped((beginning(name.literal), number) for number, name in enumerate(names) if name.literal),
        literal_signs={name.literal[0] for name in names if name.literal and not _FIRST_WORD.match(name.literal)},
        phrases=_grouped((name.words[0][0], number) for number, name in enumerate(names) if name.words),
        letters=letters,
    )


def beginning(literal: str) -> str:
    """What a text must hold where a literal form stands: its first word, or two characters of one without spaces."""
    word = _FIRST_WORD.match(literal)
    return word.group() if word else literal[:2]


_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


def _grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    groups: dict[_K, list[_V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _united(pairs: Iterable[tuple[_K, int]]) -> dict[_K, int]:
    sets: dict[_K, int] = {}
    for key, bits in pairs:
        sets[key] = sets.get(key, 0) | bits
    return sets


def _by_key(parts: Iterable[Part], letters: Letters) -> dict[str, tuple[Part, ...]]:
    return _grouped((key, part) for part in parts for key in _keys_of(part, letters))


def _keys_of(part: Part, letters: Letters) -> frozenset[str]:
    readings: Iterable[Reading] = part.readings
    if part.syllables:
        readings = (*readings, *(Reading(*spell(one, letters)) for one in respelled(part.syllables, letters)))
    return frozenset[str]().union(*map(near_keys, readings))


def _initials(name: ListedName) -> Iterator[str]:
    """Every sound, and the letter, that may be its initial: ``Finder.begins`` decides."""
    given = name.parts[1] if name.parts[0] is name.family else name.parts[0]
    yield given.text[:1]
    yield from {letter for reading in given.readings for sound in reading.sounds[:2] for letter in sound}


def _listed_names(case: Case, kind: NameKind, text: str, letters: Letters, part_of: _Parts) -> Iterator[ListedName]:
    """A name, and it without the second of two Spanish family names: Cristiana Chamorro (Barrios)."""
    name = _listed_name(case, kind, text, letters, part_of)
    yield name
    words = [part.text for part in name.parts]
    if kind is not NameKind.NOT and has_two_families(words, letters):
        parts = _parts(words[:-1], letters, part_of)
        yield replace(name, parts=parts, family=parts[-1])


def _listed_name(case: Case, kind: NameKind, text: str, letters: Letters, part_of: _Parts) -> ListedName:
    folded = fold(text)
    atoms = atoms_of(text, folded.text, folded.origins, letters)
    words = in_natural_order(list(_name_words(atoms, letters)), letters)
    is_phrase = any(
        atom.shape is Shape.LOWER
        and atom.gap != "-"
        and atom.text not in letters.words.particles
        and atom.text not in letters.words.inner
        for atom in atoms
    )
    is_acronym = _ACRONYM.fullmatch(text.strip()) is not None and text.isupper()
    literal = ""
    if is_phrase or is_acronym or _LITERAL.search(text) or not all(spell(word, letters)[0] for word in words):
        literal, words = simplified(folded.text, letters).strip(), []
    parts = _syllabic_parts(atoms, literal, letters, part_of) or _parts(words, letters, part_of)
    return ListedName(
        case_id=case.id,
        case_name=case.name,
        text=text,
        kind=kind,
        parts=parts,
        family=next((part for part in parts if part.is_family), None),
        literal=literal,
        context=tuple(fold(word).text for word in case.context),
        words=tuple(atom.text for atom in atoms) if is_phrase and atoms[0].shape is Shape.CAPITAL else (),
        is_acronym=is_acronym,
    )


def _parts(words: Sequence[str], letters: Letters, part_of: _Parts) -> tuple[Part, ...]:
    """The family name is the last, or the first of two where the language writes it so; a lone name is none."""
    is_turned = len(words) == _GIVEN_AND_FAMILY and words[0] in letters.words.family_first
    family = -1 if len(words) < _GIVEN_AND_FAMILY else 0 if is_turned else len(words) - 1
    givens = words if family < 0 else [*words[:family], *words[family + 1 :]]
    gender = next(filter(None, (given_gender(word, letters) for word in givens)), None)
    is_english = not letters.english.given.isdisjoint(givens)
    return tuple(
        part_of(word, gender, is_family=number == family, is_english=is_english) for number, word in enumerate(words)
    )


def _syllabic_parts(atoms: Atoms, literal: str, letters: Letters, part_of: _Parts) -> tuple[Part, ...]:
    """Family name and given name of a Chinese or Korean name in whatever script; none of another name."""
    words: Sequence[str] = atoms.texts
    if literal:
        words, syllables = romanised(literal, letters) or ((), None)
    else:
        syllables = syllables_of(words, letters)
    if syllables is None:
        return ()
    family, given = words[0], "".join(words[1:])
    return (
        part_of(family, None, is_family=True, syllables=syllables[0]),
        part_of(given, None, is_family=False, syllables=syllables[1]),
    )


class _Parts:
    """Makes each part once."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._made: dict[tuple[str, Gender | None, bool, bool, frozenset[str]], Part] = {}

    def __call__(
        self,
        word: str,
        gender: Gender | None,
        *,
        is_family: bool,
        is_english: bool = False,
        syllables: frozenset[str] = frozenset(),
    ) -> Part:
        key = word, gender, is_family, is_english and word.isascii(), syllables
        made = self._made.get(key)
        if made is None:
            letters = self._letters
            forms = (Reading(*spell(form, letters)) for form in letters.families.get(word.removeprefix("al"), ()))
            readings = (*plain_readings(word, letters), *forms) if is_family else equivalents(word, letters)
            is_shared = word.startswith(letters.words.servant) and word not in letters.words.servant
            heard = heard_in_english(word, letters) if is_english and word.isascii() else ()
            if not is_family:
                heard += tuple(Reading(*spell(form, letters)) for form in letters.heard.get(word, ()))
            heard = tuple(dict.fromkeys(reading for reading in heard if reading != readings[0]))
            readings = tuple(dict.fromkeys((*readings, *heard)))
            made = self._made[key] = Part(word, readings, gender, is_family, is_shared, syllables, heard)
        return made


def _name_words(atoms: Sequence[Atom], letters: Letters) -> Iterator[str]:
    """The parts of a listed name: what a hyphen or a particle joins is one of them."""
    word = ""
    for number, atom in enumerate(atoms):
        word += atom.text
        follower = atoms[number + 1] if number + 1 < len(atoms) else None
        if follower is None or not (follower.gap == "-" or atom.text in letters.words.particles):
            yield word[:MAX_WORD]
            word = ""
