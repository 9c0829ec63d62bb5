"""Which names may stand where in a text: looked up by the keys of their parts, compared only where two parts meet.

With 100,000 cases, a word sounds a little like hundreds of family names. It costs nothing until a word that may be a
given name of the same person stands near it, or an initial; then each of the two is compared, once for all documents.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

from watchdog.core.cut import MAX_ATOMS, Scan, initial_beside
from watchdog.core.givens import SAME_NAME, given_gender, is_another_given
from watchdog.core.likeness import may_be_similar, similarity
from watchdog.core.names import Like, NameIndex, NameKind, Part, Word
from watchdog.core.phrases import languages_of
from watchdog.core.sounds import VOWELS, Reading, Sounds, bent_readings, joined_keys, keys, near_keys, spell, unbent
from watchdog.core.syllables import fitting
from watchdog.lang.letters import Gender, base_letter

# Agreement that a part needs, and a part that stands alone; found on the development half of the labelled names. Names
# of few sounds need more, because everything is near them.
_PART, ALONE = 0.85, 0.9
_FEW_SOUNDS, _PART_OF_FEW, _LOOSE_OF_FEW, _LOOSE_OF_THREE, _NEVER = 4, 0.9, 0.95, 0.94, 2.0
_OTHERWISE_BEGUN = 0.92  # and of few sounds: Jüri is no Gerry
_TOO_SHORT = 4  # consonants
_OF_EQUIVALENT, _LOOSE_EQUIVALENT = 0.92, 0.98
_OF_OWN_SCRIPT = 0.95  # of scripts in which one language spells a name in one way
_KEY_OF_LOOSE = 2  # classes
_SERVANT = 4  # sounds of "servant of" at most
#: Words between two parts of a name.
MAX_INNER = 3
_REACH = MAX_ATOMS + MAX_INNER + 1
_MANY = 16  # cases that a family name alone may mean, beyond which it says nothing about any
_CROWD = 16  # family names of the same consonants, beyond which only those that sound the same are listed
_UNLIKE = Like(0.0, "")
_HEARD = frozenset({"by sound"})
#: Of those in Latin letters, these write foreign names by their sound: Ostin Tays.
_RESPELLING = frozenset({"az", "lt", "lv", "uz"})
_NO_WORD = Word("", (), frozenset(), 0, 0, heads=frozenset(), alone=())
# What is remembered of a word, a pair of words and a comparison, and numbers as bits, in references.
_WORD_HELD, _PAIR_HELD, _LIKE_HELD, _BITS = 96, 24, 8, 30
_TOLD = (NameKind.NAME, NameKind.ALIAS)


class Candidates:
    """What the words of one document may be, of the names in an index."""

    def __init__(self, lang: str | None, index: NameIndex) -> None:
        self._index = index
        self._memory = index.memory
        self._lang_given = lang
        self._lang = lang if lang in index.letters.languages else "" if lang else None
        self._rows: dict[Scan, _Rows] = {}

    def rows(self, scan: Scan) -> _Rows:
        """The words of a text by the atom at which they begin, atoms without one left out."""
        rows = self._rows.get(scan)
        if rows is None:
            rows = self._rows[scan] = {place: self._row(scan.words[place]) for place in scan.places}
        return rows

    def _row(self, words: Sequence[tuple[str, int]]) -> tuple[Word, ...]:
        """A word, and the pair that it makes with the next one where a listed part begins so."""
        text = words[0][0]
        if len(words) == 1:
            return (self.word(text),)
        pair = words[1][0]
        return self.word(text), self.word(pair) if self._may_be_part(text, pair.removeprefix(text)) else _NO_WORD

    def _may_be_part(self, first: str, second: str) -> bool:
        joined = self._memory.joined
        may_be = joined.get((first, second))
        if may_be is None:
            begun = joined_keys(first, second, self._index.letters)
            may_be = joined[first, second] = not begun.isdisjoint(self._index.beginnings)
            self._memory.hold(_PAIR_HELD)
        return may_be

    def word(self, text: str) -> Word:
        """A word and the parts that share a key with it."""
        words = self._memory.words
        word = words.get((self._lang, text))
        if word is None:
            word = self._looked_up(text)
            self._memory.hold(_WORD_HELD + len(self._index.givens) // _BITS)
            words[self._lang, text] = word
        return word

    def _looked_up(self, text: str) -> Word:
        index = self._index
        readings = tuple([reading for reading in self._read(text) if reading.sounds])
        several = [near_keys(reading) for reading in readings]
        found = several[0] if len(several) == 1 else frozenset[str]().union(*several)
        # Without vowels and capitals, a single consonant calls for too many.
        long = frozenset(key for key in found if len(key) >= _KEY_OF_LOOSE) if _has_loose(readings) else found
        givens = partners = 0
        for key in found:
            givens |= index.givens_by_key.get(key, 0)
        for key in long:
            partners |= index.partners_by_key.get(key, 0)
        word = Word(text, readings, long, givens, partners)
        if index.single:
            single = dict.fromkeys(head for key in long for head in index.single.get(key, ()))
            word.single = tuple([head for head in single if self.like(word, head).score >= ALONE])
        return word

    def _heads(self, word: Word) -> frozenset[Part]:
        if word.heads is None:
            by_key = self._index.heads_by_key
            word.heads = frozenset[Part]().union(*[by_key[key] for key in word.keys if key in by_key])
            self._memory.hold(len(word.heads))
        return word.heads

    def _read(self, text: str) -> tuple[Reading, ...]:
        """With the endings of the document's language where the word is in its script, else of all of that script."""
        letters = self._index.letters
        return bent_readings(text, letters, languages_of(text, self._lang_given, letters))

    def like(self, word: Word, part: Part) -> Like:
        """How like a part a word is, compared once for all documents."""
        if not word.readings:
            return _UNLIKE
        like = word.likes.get(part)
        if like is None:
            like = word.likes[part] = self._compared(word, part)
            self._memory.hold(_LIKE_HELD)
        return like

    def _compared(self, word: Word, part: Part, floor: float = _PART) -> Like:
        """How like a part a word is; 0 below ``floor``."""
        self._memory.comparisons += 1
        alike = self._syllabic(word.text, part) if part.syllables else None
        if alike is not None and alike.score:
            return alike
        # What has other syllables may still be a bent word: "Wangu".
        readings = word.readings if alike is None else tuple(one for one in word.readings if one.case)
        near = _near(readings, part, floor)
        if part.heard and self._lang not in _RESPELLING and "a" <= base_letter(word.text[0]) <= "z":
            near = [(reading, listed) for reading, listed in near if listed not in part.heard]
        return self._heard(word, part, near, floor)

    def _heard(self, word: Word, part: Part, near: Sequence[tuple[Reading, Reading]], floor: float) -> Like:
        """How like a part a word sounds, of the readings of both that may be near; 0 below ``floor``."""
        if not near:
            return _UNLIKE
        letters = self._index.letters
        if word.text != part.text and letters.words.is_common(word.text):
            return _UNLIKE  # "Prize" is no Bruce
        is_loose_head = part in self._index.by_head and _has_loose(word.readings)
        best = _UNLIKE
        for reading, listed in near:
            if is_loose_head and not _share_long_key(reading, listed):
                continue
            score = _measure(reading, part, listed, floor)
            if score > best.score:
                is_same = listed in part.heard and score >= SAME_NAME and not (part.is_family or reading.is_loose)
                best = Like(score, reading.case, _HEARD if is_same else frozenset())
        if best.score < _OF_OWN_SCRIPT and letters.have_one_spelling(word.text[0], part.text[0]):
            return _UNLIKE
        if (
            part.is_shared
            and best.score
            and not any(_serve_one(*pair) for pair in product(word.readings, part.readings))
        ):
            return _UNLIKE
        if best.score and not part.is_family and is_another_given(word.text, part.text, letters):
            return _UNLIKE
        return _UNLIKE if best.score and self._is_other_gender(word.text, part, best.score) else best

    def _syllabic(self, text: str, part: Part) -> Like | None:
        """Whether a word has the syllables of a part; None where it has no syllables as it stands."""
        letters = self._index.letters
        unlike = None
        for form, case in unbent(text, languages_of(text, self._lang_given, letters)):
            systems = fitting(form, part.syllables, is_family=part.is_family, letters=letters)
            if systems:
                return Like(1.0, case, systems)
            if systems is not None and not case:
                unlike = _UNLIKE
        return unlike

    def _is_other_gender(self, text: str, part: Part, score: float) -> bool:
        """Olga, in whatever case, is nearer to "Ольга" than a bent Oleg."""
        if part.is_family or part.gender is None or score >= SAME_NAME:
            return False
        return given_gender(text, self._index.letters) not in {None, part.gender}

    def starts(self, scan: Scan) -> Iterator[tuple[int, int]]:
        """Numbers of names of which enough stands together to look closer, and the atom at which each may begin."""
        index, letters, rows = self._index, scan.letters, self.rows(scan)
        paired = self._paired(scan)
        for position, row in rows.items():
            found = paired.get(position, set())
            if index.single or not letters.isdisjoint(range(position - 1, position + MAX_ATOMS + 2)):
                found |= {(number, position) for number in self._alone_or_with_initials(scan, position, row)}
            if found:
                yield from sorted(found)

    def _paired(self, scan: Scan) -> dict[int, set[tuple[int, int]]]:
        """By the place of a word that is a family name: what it and the given names near it may be of, and where."""
        rows = self.rows(scan)
        paired: dict[int, set[tuple[int, int]]] = {}
        for group in scan.groups:
            givens = [(place, word) for place in group for word in rows[place] if word.givens]
            places = [place for place, _ in givens]
            for position, word in ((place, word) for place in group for word in rows[place] if word.partners):
                first, last = bisect_left(places, position - _REACH), bisect_left(places, position + _REACH)
                for number, place in self._pairs(word, givens[first:last], position):
                    paired.setdefault(position, set()).update(((number, position), (number, place)))
        return paired

    def _pairs(self, word: Word, near: Sequence[tuple[int, Word]], position: int) -> Iterator[tuple[int, int]]:
        """Numbers of names of which a word is the family name and another word a given name, and where that is."""
        index = self._index
        for place, other in near:
            bits = word.partners & other.givens if place != position else 0
            while bits:
                bit = bits & -bits
                bits ^= bit
                given = index.givens[bit.bit_length() - 1]
                if not self.like(other, given).score:
                    other.givens ^= bit
                    continue
                for head in self._beside(word, given, bit):
                    yield from ((number, place) for number in index.by_pair[head, given])

    def _beside(self, word: Word, given: Part, bit: int) -> tuple[Part, ...]:
        """The family names that a word may be, of those that stand with a given name."""
        heads = word.beside.get(given)
        if heads is None:
            both = self._heads(word) & self._index.by_given[given]
            heads = tuple([head for head in both if self.like(word, head).score])
            if heads:
                word.beside[given] = heads
                self._memory.hold(_LIKE_HELD + len(heads))
            else:
                word.partners ^= bit
        return heads

    def _alone_or_with_initials(self, scan: Scan, position: int, row: Sequence[Word]) -> Iterator[int]:
        index = self._index
        for word, (_, last) in zip(row, scan.words[position], strict=True):
            for head in word.single:
                yield from index.by_head[head]
            if position - 1 not in scan.letters and last + 1 not in scan.letters:
                continue
            initial = initial_beside(scan, position, last)
            if initial is None:
                continue
            letter = scan.atoms[initial].text
            sounds = {letter, *"".join(spell(letter, index.letters)[0])}
            fitting = [index.heads_by_initial[sound] for sound in sounds if sound in index.heads_by_initial]
            for head in frozenset[Part]().union(*[self._heads(word) & heads_of_sound for heads_of_sound in fitting]):
                if self.like(word, head).score >= ALONE:
                    yield from index.by_head[head]

    def families(self, scan: Scan, full: AbstractSet[str]) -> Iterator[tuple[int, Part, tuple[int, ...]]]:
        """Every atom that may begin a family name, which, and the numbers of the names of which it may be told.

        For the cases in ``full`` all of them; for others while few cases are meant.
        """
        index = self._index
        wanted: dict[Part, list[int]] = {}
        for case_id in sorted(full):
            for number in self._numbers_of(case_id):
                if (family := index.names[number].family) and index.names[number].kind in _TOLD:
                    wanted.setdefault(family, []).append(number)
        near = {head: frozenset[str]().union(*map(near_keys, head.readings)) for head in wanted}
        for position, row in self.rows(scan).items():
            told: dict[Part, list[int]] = {}
            for word in row:
                for head, shared in near.items():
                    if not shared.isdisjoint(word.keys) and self.like(word, head).score >= ALONE:
                        told[head] = wanted[head]
                for head in self._alone(word) if word.alone is None else word.alone:
                    told[head] = sorted({*told.get(head, ()), *self._told_of(head)})
            yield from ((position, head, tuple(numbers)) for head, numbers in told.items())

    def _numbers_of(self, case_id: str) -> Iterator[int]:
        names = self._index.names
        number = self._index.by_case[case_id]
        while number < len(names) and names[number].case_id == case_id:
            yield number
            number += 1

    def _told_of(self, head: Part) -> Iterable[int]:
        return (number for number in self._index.by_head[head] if self._index.names[number].kind in _TOLD)

    def _alone(self, word: Word) -> tuple[Part, ...]:
        """The family names that a word may be standing alone, the likest first, as long as few cases have them."""
        if word.alone is None:
            by_key, by_sounds = self._index.heads_by_key, self._index.heads_by_sounds
            crowd = sum([len(by_key[key]) for key in word.keys if key in by_key])
            if not crowd:
                word.alone = ()
                return word.alone
            if crowd > _CROWD:
                heads = frozenset([head for one in word.readings for head in by_sounds.get(one.sounds, ())])
            else:
                heads = self._heads(word)
            families = [head for head in heads if head.is_family]
            likes = ((word.likes.get(head) or self._compared(word, head, ALONE), head) for head in families)
            scored = [(-like.score, self._index.by_head[head], head) for like, head in likes if like.score]
            alone: list[Part] = []
            room = _MANY
            for score, numbers, head in sorted(scored, key=lambda row: row[:2]):
                if -score >= ALONE and len(numbers) <= room:
                    alone.append(head)
                    room -= len(numbers)
            word.alone = tuple(alone)
        return word.alone


_Rows = dict[int, tuple[Word, ...]]


def _has_loose(readings: Sequence[Reading]) -> bool:
    return any(reading.is_loose for reading in readings)


def _serve_one(reading: Reading, listed: Reading) -> bool:
    """Whether the names after "servant of" are one: "Abdul Ahad" is no Abdul Wahid."""
    some, others = (one._replace(sounds=_after_servant(one.sounds)) for one in (reading, listed))
    return not (some.sounds and others.sounds) or similarity(some, others) > 0


def _after_servant(sounds: Sounds) -> Sounds:
    """The sounds after "abd", a vowel and the article; all of them where there is no "abd"."""
    place = next((place for place, sound in enumerate(sounds[:_SERVANT]) if "d" in sound), -1) + 1
    rest = sounds[place:]
    if place and rest and not VOWELS.isdisjoint(rest[0]):
        rest = rest[1:]
    return rest[1:] if place and rest[:1] == ("l",) else rest


def _share_long_key(reading: Reading, listed: Reading) -> bool:
    return any(len(key) >= _KEY_OF_LOOSE for key in near_keys(reading) & near_keys(listed))


def _told_by(listed: Reading) -> int:
    """The most consonants that a spelling may have."""
    return max(map(len, keys(listed.sounds)), default=0)


def _near(readings: Sequence[Reading], part: Part, floor: float) -> list[tuple[Reading, Reading]]:
    """Readings of a word and of a part that may be as like as ``_measure`` asks for at least."""
    is_short = len(part.readings[0].sounds) <= _FEW_SOUNDS
    near: list[tuple[Reading, Reading]] = []
    for reading in readings:
        least = max(floor, _PART_OF_FEW) if is_short else floor
        for listed in part.readings:
            if may_be_similar(reading, listed, least):
                near.append((reading, listed))
            least = _OF_EQUIVALENT
    return near


def _measure(reading: Reading, part: Part, listed: Reading, floor: float) -> float:
    """How like a part a word is; 0 below what the part needs."""
    if reading.is_masculine and part.gender is Gender.FEMALE:
        return 0.0
    least = floor
    if len(part.readings[0].sounds) <= _FEW_SOUNDS:
        is_begun = reading.sounds[:1] == listed.sounds[:1]
        least = _LOOSE_OF_FEW if reading.is_loose else _PART_OF_FEW if is_begun else _OTHERWISE_BEGUN
    elif part.is_family and reading.is_loose is not listed.is_loose and _told_by(listed) < _TOO_SHORT:
        least = _LOOSE_OF_THREE
    if listed is not part.readings[0]:
        least = max(least, _OF_EQUIVALENT)
    if reading.is_loose is not listed.is_loose and listed is not part.readings[0]:
        # Without vowels, short forms are like anything: "شارع" is a street and no Sasha.
        least = _LOOSE_EQUIVALENT if len(listed.sounds) > _FEW_SOUNDS else _NEVER
    score = similarity(reading, listed, least)
    return score if score >= least else 0.0
