"""Cuts a text into the words that may be names or parts of them, joined by hyphens and particles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watchdog.core.atoms import MAX_WORD, Atom, Atoms, Shape, atoms_of
from watchdog.core.fold import Folded, fold
from watchdog.lang.letters import Letters

_GIVEN_AND_PATRONYMIC = 2  # initials before a family name
_Words = tuple[tuple[str, int], ...]
MAX_ATOMS = 4  # of a name that hyphens and particles join
_LONG, _MOST = 4, 0.7  # letters; the share of long words with capitals that makes a headline of a text
_COMMAS = {",", "،"}
_JOINTS = frozenset({"", "-", "_", "\n", "\r\n", "·", "•", "・", "'", '"'})


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A text, folded and cut."""

    original: str
    folded: Folded
    atoms: Atoms
    #: For each atom the words that may begin there, each with its last atom, the likeliest first.
    words: tuple[_Words, ...]
    #: The atoms at which words begin.
    places: tuple[int, ...]
    #: Those that words of one name may begin at: nothing between them ends every name.
    groups: tuple[tuple[int, ...], ...]
    #: The atoms that may be initials.
    letters: frozenset[int]
    #: Capitals tell nothing: a headline in capitals, or Every Word With One.
    is_shouted: bool

    def as_written(self, start: int, end: int) -> str:
        """The original of a folded span."""
        first, last = self.folded.span(start, end)
        return self.original[first:last]


def scan(original: str, letters: Letters, *, is_headline: bool) -> Scan:
    """Fold and cut a text; in a headline Every Word May Have a Capital and mean nothing by it."""
    folded = fold(original)
    atoms = atoms_of(original, folded.text, folded.origins, letters)
    particles, common = letters.words.particles, letters.words.openers
    small = _particles_in_capitals(letters)
    words: list[_Words] = [()] * len(atoms)
    places: list[int] = []
    single: list[int] = []
    lower, caseless = Shape.LOWER, Shape.CASELESS  # looked up hundreds of times
    for position, (text, shape) in enumerate(zip(atoms.texts, atoms.shapes, strict=True)):
        if shape is lower and text not in particles:
            continue
        if len(text) == 1 and shape is not lower:
            single.append(position)
        if shape is not caseless or text not in common:
            found = words[position] = _words_from(atoms, position, particles if shape is lower else small)
            if found:
                places.append(position)
    return Scan(
        original=original,
        folded=folded,
        atoms=atoms,
        words=tuple(words),
        places=tuple(places),
        groups=tuple(_groups(atoms, places, letters)),
        letters=frozenset(single),
        is_shouted=original.isupper() or (is_headline and _has_capitals(atoms)),
    )


def _groups(atoms: Atoms, places: Sequence[int], letters: Letters) -> Iterator[tuple[int, ...]]:
    """Places between which no gap and no word is that stands in no name; those that stand alone left out."""
    first, inside = 0, _inside_names(letters)
    for number in range(1, len(places) + 1):
        if number == len(places) or _are_parted(atoms, places[number - 1], places[number], inside, letters):
            if number - first > 1:
                yield tuple(places[first:number])
            first = number


def _are_parted(atoms: Atoms, place: int, following: int, inside: frozenset[str], letters: Letters) -> bool:
    """Whether no name reaches from one atom to another: what may stand inside of one is said by ``fullnames``."""
    for position in range(place + 1, following + 1):
        gap, text = atoms.gaps[position], atoms.texts[position]
        is_lower = atoms.shapes[position] is Shape.LOWER and gap != "-"
        if is_lower and text not in inside and not text.endswith(letters.words.patronymics):
            return True
        is_plain = gap in {" ", "-"} or gap.strip() in _COMMAS
        if not is_plain and not is_joint(atoms[position - 1], atoms[position]):
            return True
    return False


@lru_cache(maxsize=2)
def _inside_names(letters: Letters) -> frozenset[str]:
    """Words without a capital that stand between the parts of a name, or between two names that share one."""
    words = letters.words
    return words.particles | words.inner | words.conjunctions | letters.common_given


@lru_cache(maxsize=2)
def _particles_in_capitals(letters: Letters) -> frozenset[str]:
    """Particles less the Chinese family names that look so: "Ван Цюаньчжан" is no "ван Дайк"."""
    return letters.words.particles.difference(*letters.syllables.families.values())


def _has_capitals(atoms: Sequence[Atom]) -> bool:
    """Whether Every Word Has One."""
    long = [atom for atom in atoms if len(atom.text) >= _LONG and atom.shape is not Shape.CASELESS]
    capitals = sum(atom.shape is Shape.CAPITAL for atom in long)
    return len(long) >= _LONG and capitals > _MOST * len(long)


def _words_from(atoms: Atoms, position: int, particles: frozenset[str]) -> _Words:
    """A name as hyphens and particles join it, and as a pair: "Abd el-Fattah", "Kara Murza"."""
    texts, gaps, shapes, end = atoms.texts, atoms.gaps, atoms.shapes, len(atoms.texts)
    text, last = texts[position], position
    if gaps[position] == "-" and _is_inside(atoms, position, particles):
        return ()
    while last + 1 < end and last - position < MAX_ATOMS - 1:
        is_joined = gaps[last + 1] == "-" or (texts[last] in particles and is_joint(atoms[last], atoms[last + 1]))
        if not is_joined or (shapes[last + 1] is Shape.LOWER and texts[last + 1] not in particles):
            break
        text, last = text + texts[last + 1], last + 1
    whole: _Words = ((text, last),) if 1 < len(text) <= MAX_WORD else ()
    if last + 1 == end:
        return whole
    gap, follower = gaps[last + 1], texts[last + 1]
    is_pair = gap == "-" or (gap == " " and shapes[last + 1] is Shape.CAPITAL is shapes[position])
    return (*whole, (text + follower, last + 1)) if is_pair and len(text) + len(follower) <= MAX_WORD else whole


def _is_inside(atoms: Atoms, position: int, particles: frozenset[str]) -> bool:
    """Whether the hyphen before an atom ties it to a name; "pro-Navalny" and "al-Khawaja" it does not."""
    return position > 0 and atoms.shapes[position - 1] is not Shape.LOWER and atoms.texts[position - 1] not in particles


def is_joint(before: Atom, atom: Atom) -> bool:
    """Whether two atoms can be of one name: nothing but space, a hyphen or the full stop of an initial between them."""
    gap = atom.gap.strip(" \t\u3000")
    return gap in _JOINTS or (gap == "." and len(before.text) == 1)


def is_letter(atom: Atom) -> bool:
    """Whether an atom may be an initial."""
    return len(atom.text) == 1 and atom.shape is not Shape.LOWER


def is_initial(atoms: Sequence[Atom], position: int) -> bool:
    """Whether an atom is an initial before a name."""
    atom, follower = atoms[position], atoms[position + 1]
    return len(atom.text) == 1 and atom.shape is not Shape.LOWER and follower.gap.strip() in {".", ".-"}


def initial_beside(scan: Scan, start: int, last: int) -> int | None:
    """The initial of a given name, before a family name that reaches from ``start`` to ``last``, or else after it."""
    first = start
    while first and start - first < _GIVEN_AND_PATRONYMIC and is_initial(scan.atoms, first - 1):
        first -= 1
    if first < start:
        return first
    return last + 1 if is_initial_after(scan, last + 1) else None


def is_initial_after(scan: Scan, position: int) -> bool:
    """Whether an atom is an initial after a family name."""
    if position >= len(scan.atoms):
        return False
    atom = scan.atoms[position]
    is_single = len(atom.text) == 1 and atom.shape is not Shape.LOWER and atom.gap.strip() in {"", ","}
    if not is_single or scan.folded.text[atom.end : atom.end + 1] != ".":
        return False
    # "Brookes, C. Davison" are two people.
    follower = scan.atoms[position + 1] if position + 1 < len(scan.atoms) else None
    is_list = follower is not None and follower.gap == ". " and len(follower.text) > 1
    return not (atom.gap.strip() and is_list and follower is not None and follower.shape is Shape.CAPITAL)
