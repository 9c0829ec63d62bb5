"""Cuts a text into the words that may be names or parts of them, joined by hyphens and particles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchdog.core.atoms import MAX_WORD, Atom, Shape, atoms_of
from watchdog.core.fold import Folded, fold
from watchdog.lang.letters import Letters

_GIVEN_AND_PATRONYMIC = 2  # initials before a family name
MAX_ATOMS = 4  # of a name that hyphens and particles join
_LONG, _MOST = 4, 0.7  # letters; the share of long words with capitals that makes a headline of a text
_JOINTS = frozenset({"", "-", "_", "\n", "\r\n", "·", "•", "・", "'", '"'})


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A text, folded and cut."""

    original: str
    folded: Folded
    atoms: tuple[Atom, ...]
    #: For each atom the words that may begin there, each with its last atom, the likeliest first.
    words: tuple[tuple[tuple[str, int], ...], ...]
    #: The atoms at which words begin.
    places: tuple[int, ...]
    #: Capitals tell nothing: a headline in capitals, or Every Word With One.
    is_shouted: bool

    def as_written(self, start: int, end: int) -> str:
        """The original of a folded span."""
        first, last = self.folded.span(start, end)
        return self.original[first:last]


def scan(original: str, letters: Letters, *, is_headline: bool) -> Scan:
    """Fold and cut a text; in a headline Every Word May Have a Capital and mean nothing by it."""
    folded = fold(original)
    atoms = tuple(atoms_of(original, folded.text, folded.origins, letters))
    particles, common = letters.words.particles, letters.words.openers
    words: list[tuple[tuple[str, int], ...]] = [()] * len(atoms)
    lower, caseless = Shape.LOWER, Shape.CASELESS  # looked up hundreds of times
    named = [
        position for position, (text, _, _, shape, _) in enumerate(atoms) if shape is not lower or text in particles
    ]
    for position in named:
        if atoms[position].shape is not caseless or atoms[position].text not in common:
            words[position] = tuple(_words_from(atoms, position, particles))
    return Scan(
        original=original,
        folded=folded,
        atoms=atoms,
        words=tuple(words),
        places=tuple([position for position in named if words[position]]),
        is_shouted=original.isupper() or (is_headline and _has_capitals(atoms)),
    )


def _has_capitals(atoms: Sequence[Atom]) -> bool:
    """Whether Every Word Has One."""
    long = [atom for atom in atoms if len(atom.text) >= _LONG and atom.shape is not Shape.CASELESS]
    capitals = sum(atom.shape is Shape.CAPITAL for atom in long)
    return len(long) >= _LONG and capitals > _MOST * len(long)


def _words_from(atoms: Sequence[Atom], position: int, particles: frozenset[str]) -> Iterator[tuple[str, int]]:
    """A name as hyphens and particles join it, and as a pair: "Abd el-Fattah", "Kara Murza"."""
    text, last = atoms[position].text, position
    if _is_inside(atoms, position, particles):
        return
    while last + 1 < len(atoms) and last - position < MAX_ATOMS - 1:
        follower = atoms[last + 1]
        is_joined = follower.gap == "-" or (atoms[last].text in particles and is_joint(atoms[last], follower))
        if not is_joined or not _is_name(follower, particles):
            break
        text, last = text + follower.text, last + 1
    if 1 < len(text) <= MAX_WORD:
        yield text, last
    if last + 1 < len(atoms):
        follower = atoms[last + 1]
        are_capital = follower.shape is Shape.CAPITAL is atoms[position].shape
        if (follower.gap == "-" or (follower.gap == " " and are_capital)) and len(text + follower.text) <= MAX_WORD:
            yield text + follower.text, last + 1


def _is_name(atom: Atom, particles: frozenset[str]) -> bool:
    return atom.shape is not Shape.LOWER or atom.text in particles


def _is_inside(atoms: Sequence[Atom], position: int, particles: frozenset[str]) -> bool:
    """Whether a hyphen ties the atom to a name before it; "pro-Navalny" and "al-Khawaja" do not."""
    before = atoms[position - 1] if position else None
    is_tied = before is not None and atoms[position].gap == "-"
    return is_tied and before is not None and before.shape is not Shape.LOWER and before.text not in particles


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
