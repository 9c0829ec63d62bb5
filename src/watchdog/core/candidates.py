"""Which names may stand where in a text: looked up by the keys of their parts, compared only where two parts meet.

With 100,000 cases, a word sounds a little like hundreds of family names. It costs nothing until a word that may be a
given name of the same person stands near it, or an initial; then each of the two is compared, once for all documents.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from watchdog.core.cut import MAX_ATOMS, Scan, initial_beside
from watchdog.core.givens import SAME_NAME, given_gender
from watchdog.core.likeness import similarity
from watchdog.core.names import Like, NameIndex, NameKind, Part, Word
from watchdog.core.phrases import languages_of
from watchdog.core.sounds import VOWELS, Reading, Sounds, bent_readings, joined_keys, keys, near_keys, spell
from watchdog.lang.letters import Gender

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
        (text, _), *pairs = words
        return (
            self.word(text),
            *(self.word(pair) if self._may_be_part(text, pair.removeprefix(text)) else _NO_WORD for pair, _ in pairs),
        )

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
        found = frozenset[str]().union(*[near_keys(reading) for reading in readings])
        # Without vowels and capitals, a single consonant calls for too many.
        long = frozenset(key for key in found if len(key) >= _KEY_OF_LOOSE) if _has_loose(readings) else found
        givens = partners = 0
        for key in found:
            givens |= index.givens_by_key.get(key, 0)
        for key in long:
            partners |= index.partners_by_key.get(key, 0)
        return Word(text, readings, long, givens, partners)

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

    def _compared(self, word: Word, part: Part) -> Like:
        self._memory.comparisons += 1
        letters = self._index.letters
        if word.text != part.text and letters.words.is_common(word.text):
            return _UNLIKE  # "Prize" is no Bruce
        is_loose_head = part in self._index.by_head and _has_loose(word.readings)
        best = _UNLIKE
        for reading in word.readings:
            for listed in part.readings:
                if is_loose_head and not _share_long_key(reading, listed):
                    continue
                score = _measure(reading, part, listed)
                if score > best.score:
                    best = Like(score, reading.case)
        if best.score < _OF_OWN_SCRIPT and letters.have_one_spelling(word.text[0], part.text[0]):
            return _UNLIKE
        if part.is_shared and best.score and not _serve_one(word.readings[0], part.readings[0]):
            return _UNLIKE
        return _UNLIKE if best.score and self._is_other_gender(word.text, part, best.score) else best

    def _is_other_gender(self, text: str, part: Part, score: float) -> bool:
        """Olga, in whatever case, is nearer to "Ольга" than a bent Oleg."""
        if part.is_family or part.gender is None or score >= SAME_NAME:
            return False
        return given_gender(text, self._index.letters) not in {None, part.gender}

    def starts(self, scan: Scan) -> Iterator[tuple[int, int]]:
        """Numbers of names of which enough stands together to look closer, and the atom at which each may begin."""
        rows = self.rows(scan)
        places = list(rows)
        for position, row in rows.items():
            found = {(number, position) for number in self._alone_or_with_initials(scan, position, row)}
            for word in row:
                if word.partners:
                    first, last = bisect_left(places, position - _REACH), bisect_left(places, position + _REACH)
                    for number, place in self._pairs(word, rows, places[first:last], position):
                        found |= {(number, position), (number, place)}
            if found:
                yield from sorted(found)

    def _pairs(self, word: Word, rows: _Rows, places: Sequence[int], position: int) -> Iterator[tuple[int, int]]:
        """Numbers of names of which a word is the family name and another word a given name, and where that is."""
        index = self._index
        for place, other in [(near, other) for near in places if near != position for other in rows[near]]:
            bits = word.partners & other.givens
            while bits:
                bit = bits & -bits
                bits ^= bit
                given = index.givens[bit.bit_length() - 1]
                if not self.like(other, given).score:
                    other.givens ^= bit
                    continue
                for head in self._heads(word) & index.by_given[given]:
                    if self.like(word, head).score:
                        yield from ((number, place) for number in index.by_pair[head, given])

    def _alone_or_with_initials(self, scan: Scan, position: int, row: Sequence[Word]) -> Iterator[int]:
        index = self._index
        for word, (_, last) in zip(row, scan.words[position], strict=True):
            initial = initial_beside(scan, position, last)
            if initial is None and not index.single:
                continue
            heads = self._heads(word) & index.single
            if initial is not None:
                letter = scan.atoms[initial].text
                sounds = {letter, *"".join(spell(letter, index.letters)[0])}
                fitting = [index.heads_by_initial[sound] for sound in sounds if sound in index.heads_by_initial]
                heads = heads.union(*[self._heads(word) & heads_of_sound for heads_of_sound in fitting])
            for head in heads:
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
                for head in self._alone(word):
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
            if sum(len(by_key.get(key, ())) for key in word.keys) > _CROWD:
                heads = frozenset(head for one in word.readings for head in by_sounds.get(one.sounds, ()))
            else:
                heads = self._heads(word)
            scored = [
                (-self.like(word, head).score, self._index.by_head[head], head) for head in heads if head.is_family
            ]
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
    some, others = (replace(one, sounds=_after_servant(one.sounds)) for one in (reading, listed))
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


def _measure(reading: Reading, part: Part, listed: Reading) -> float:
    """How like a part a word is; 0 below what the part needs."""
    if reading.is_masculine and part.gender is Gender.FEMALE:
        return 0.0
    least = _PART
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
