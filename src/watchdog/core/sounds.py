"""How words sound, whatever their script: rows of sounds, the keys of their consonants, and how alike two words are.

A sound is a set of possibilities (``lang/letters/latin.toml`` says which), so that an ambiguous letter costs nothing.
Vowels and consonants of one class are cheap to confuse, a foreign consonant makes another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from watchdog.lang.letters import Alphabet, Language, Letters, base_letter

Sounds = tuple[str, ...]
_Costs = tuple[float, ...]

# The classes of each consonant; a vowel has none, and h, which some alphabets drop, may have none.
_CLASSES = {
    **dict.fromkeys("pb", ("P",)),
    **dict.fromkeys("fv", ("F",)),
    **dict.fromkeys("td", ("T",)),
    **dict.fromkeys("cszSZCJ", ("S",)),
    **dict.fromkeys("kgq", ("K",)),
    **{letter: (letter.upper(),) for letter in "mnlr"},
    "X": ("KS",),
    "h": ("K", ""),
}
# What may be missing in the other: a nasal before a stop, v where it is u, one of the two of x; and p or b for f or v.
_LOST, _LOST_AFTER_K = re.compile("N(?=[TK])|F|K(?=S)"), re.compile("K(?=S)")
_TURNED = {"P": "F", "F": "P"}
VOWELS = frozenset("aeiou")
_GENDERS = {"a", "o"}
_STOPS = {"t", "d"}
_SEAT = 4  # signs of more sounds than hamza's seat
_BREATHS = frozenset("hgk-")
_ENDS = {"h", "t"}  # he and ta marbuta, a last vowel
# Arabic alif with its seats and ayn without, ta marbuta and ha, waw and ya with their seats (arabic.toml).
_SAME_LETTERS = {"aeiou": "a", "ie": "a", "aet-": "h-", "iye-": "iye"}
_MAX_KEYS = 48
_SHORTEST = 3  # letters; nothing shorter is left of a name when an ending or prefix is off
_SHORTEST_AFTER_ARTICLE = 4
_MEMORY = 2**14  # words remembered: the vocabulary of names of a few hundred articles, a few MB

# Costs, on the scale of one foreign consonant. Set by hand, then tried on the development half of the labelled names,
# where the result is flat in most of them.
_LEAST = 0.7  # nobody who asks how alike two readings are takes less
_ROUNDING = 1e-9
_FOREIGN = 0.95  # with a whole foreign consonant it is another name, however long: Stankevich is not Statkevich
_SWAP = 0.5
_OTHER_VOWEL = 0.4
_OTHER_CONSONANT = 0.3
_FIRST_VOWEL = 0.8
_OTHER_LETTER = 0.6  # a long vowel more, where short ones are not written
_AT_THE_EDGE = 2.5  # times: Osypenko is not Yesypenko, Evgeny not Evgenia
_NEAR = {
    0.1: ("iy",),
    0.15: ("gh",),
    0.2: ("sz",),
    0.25: ("ei", "ao", "ou", "ae", "iu", "ey"),
    0.3: ("hJ", "fv", "SZ", "CJ", "CS", "cC", "cs", "JZ"),
    0.35: ("zc", "uv"),
    0.4: ("kh",),
    0.55: ("oe",),
    0.6: ("bv", "kX", "sX", "pf", "zJ", "ov"),
    0.7: ("pb", "td", "kg", "sS", "zZ"),
}
_COSTS = {order: cost for cost, pairs in _NEAR.items() for pair in pairs for order in (pair, pair[::-1])}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a word: its sounds, once a case ending or prefix is off."""

    sounds: Sounds
    #: Its script leaves vowels out.
    is_loose: bool
    #: In words; empty for the form as listed.
    case: str = ""
    is_masculine: bool = False


@lru_cache(maxsize=_MEMORY)
def spell(word: str, letters: Letters) -> tuple[Sounds, bool]:
    """The sounds of a folded word, and whether its script leaves vowels out; unknown scripts are read by anyascii."""
    sounds: list[str] = []
    is_loose = False
    position = 0
    while position < len(word):
        row, length, writes_vowels = _sounds_at(word, position, letters)
        is_loose = is_loose or not writes_vowels
        for sound in row:
            if not sounds or sounds[-1] != sound:
                sounds.append(sound)
        position += length
    return tuple(sounds), is_loose


def _sounds_at(word: str, position: int, letters: Letters) -> tuple[Sounds, int, bool]:
    """The sounds of the longest letter group at a position, its length, and whether the script writes vowels."""
    letter = word[position]
    alphabet = letters.alphabets.get(letter)
    if alphabet is not None and alphabet.is_syllabic:
        return _of_syllable(letter, alphabet), 1, alphabet.writes_vowels
    if alphabet is not None:
        sounds, end = alphabet.sounds, len(word) - position
        for length in _group_lengths(letters).get(letter, ()):
            if length <= end and (row := sounds.get(word[position : position + length])) is not None:
                return row, length, alphabet.writes_vowels
    base = base_letter(letter)
    if base != letter and (alphabet := letters.alphabets.get(base)):
        return alphabet.sounds.get(base, ()), 1, alphabet.writes_vowels
    if letter.isascii():
        return (), 1, True
    ascii_form = "".join(filter(str.isalpha, anyascii(letter).lower()))
    return (spell(ascii_form, letters)[0] if ascii_form.isascii() else ()), 1, False


@lru_cache(maxsize=2)
def _group_lengths(letters: Letters) -> dict[str, list[int]]:
    """How long the groups are that begin with a letter, the longest first."""
    groups = {group for alphabet in letters.alphabets.values() for group in alphabet.sounds}
    lengths: dict[str, set[int]] = {}
    for group in groups:
        lengths.setdefault(group[0], set()).add(len(group))
    return {letter: sorted(found, reverse=True) for letter, found in lengths.items()}


def _of_syllable(sign: str, alphabet: Alphabet) -> Sounds:
    """The sounds of a syllable, by its romanisation."""
    romanised = anyascii(sign).lower()
    sounds: list[str] = []
    while romanised:
        length = next((size for size in range(alphabet.longest, 0, -1) if romanised[:size] in alphabet.sounds), 0)
        sounds += alphabet.sounds.get(romanised[:length], ())
        romanised = romanised[max(length, 1) :]
    return tuple(sounds)


def plain_readings(word: str, letters: Letters) -> tuple[Reading, ...]:
    """A word as it stands, and without the article that it begins with."""
    if not word.startswith(letters.words.attached_articles):
        return (Reading(*spell(word, letters)),)
    stems = (word.removeprefix(article) for article in letters.words.attached_articles)
    forms = [word, *(stem for stem in stems if _SHORTEST_AFTER_ARTICLE <= len(stem) < len(word))]
    return tuple(Reading(*spell(form, letters)) for form in forms)


@lru_cache(maxsize=_MEMORY)
def bent_readings(word: str, letters: Letters, languages: tuple[Language, ...]) -> tuple[Reading, ...]:
    """A word of a text as it stands, and with each case ending and prefix of the languages taken off."""
    readings = dict.fromkeys(plain_readings(word, letters))
    head, apostrophe, tail = word.partition("'")
    alphabet = letters.alphabet(word[0])
    is_sign = alphabet is not None and alphabet.script == "Cyrillic"  # "Г'юм": hard, and no ending follows
    if apostrophe and len(head) >= _SHORTEST and not is_sign:  # "O'Brien" is whole
        if any(tail == ending.suffix for language in languages for ending in language.endings):
            readings.clear()  # "Gül'ün" is no Gülün
        readings[Reading(*spell(head, letters), "with an ending")] = None
    for language in languages:
        if word.endswith(_suffixes(language)) or word.startswith(language.prefixes):
            readings |= dict.fromkeys(_unbent(word, letters, language))
    return tuple(readings)


def _unbent(word: str, letters: Letters, language: Language) -> Iterator[Reading]:
    for ending in language.endings:
        stem = word.removesuffix(ending.suffix)
        if len(stem) != len(word) and len(stem) + len(ending.restored) >= _SHORTEST:
            yield Reading(*spell(stem + ending.restored, letters), ending.case, ending.is_masculine)
    for prefix in language.prefixes:
        stem = word.removeprefix(prefix)
        if len(stem) != len(word) and len(stem) >= _SHORTEST:
            yield Reading(*spell(stem, letters), "with a prefix")


@lru_cache(maxsize=2**8)
def _suffixes(language: Language) -> tuple[str, ...]:
    return tuple(ending.suffix for ending in language.endings)


@lru_cache(maxsize=_MEMORY)
def keys(sounds: Sounds) -> frozenset[str]:
    """The consonant classes of a row of sounds, in every way it may be read (at most 48)."""
    found = [""]
    for options in map(_classes, sounds):
        if options == ("",):
            continue
        longer = [key if option and key.endswith(option) else key + option for key, option in product(found, options)]
        found = list(dict.fromkeys(longer))[:_MAX_KEYS]
    return frozenset(found)


@cache
def _classes(sound: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(option for letter in sound for option in _CLASSES.get(letter, ("",))))


def joined_keys(first: str, second: str, letters: Letters) -> frozenset[str]:
    """How the keys begin of two words that are written as one, as far as no ending of the second reaches."""
    ends = {key[: 2 if len(key) > 2 else 1] for key in keys(spell(second, letters)[0])}  # noqa: PLR2004 -- see above
    whole = keys(spell(first, letters)[0])
    return frozenset(key + (end[1:] if key[-1:] == end[:1] else end) for key, end in product(whole, ends))


def near_keys(reading: Reading) -> frozenset[str]:
    """The keys of a reading, and the longest with each class changed that may be: two that are alike share one."""
    return _near_keys(reading.sounds)


@lru_cache(maxsize=_MEMORY)
def _near_keys(sounds: Sounds) -> frozenset[str]:
    """One change of a class at most, and only one that is cheaper than a foreign consonant (``_NEAR``, ``_loss``)."""
    whole = keys(sounds)
    length = max(map(len, whole), default=0)
    if length <= _SHORTEST:
        return whole
    changed = set(whole)
    for key in whole:
        if len(key) == length:
            changed |= {key[: match.start()] + key[match.start() + 1 :] for match in _LOST.finditer(key)}
            changed |= {key[: match.end()] + key[match.end() + 1 :] for match in _LOST_AFTER_K.finditer(key)}
            turned = ((place, _TURNED[one]) for place, one in enumerate(key) if one in _TURNED)
            changed |= {key[:place] + other + key[place + 1 :] for place, other in turned}
    return frozenset(changed)


def may_be_alike(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether consonants are of the same classes; of many, one may differ: a nasal before a stop, a slip of the pen."""
    if not some.isdisjoint(others):
        return True
    one, other = (max(sorted(keys), key=len, default="") for keys in (some, others))  # in every process the same
    return min(len(one), len(other)) > _SHORTEST and Levenshtein.distance(one, other, score_cutoff=1) <= 1


def similarity(first: Reading, second: Reading, least: float = _LEAST) -> float:
    """How alike two readings sound: 1 for the same, 0 for two names and for what is below ``least``."""
    if first.sounds == second.sounds:
        return 1.0
    weight = max(_weight_of(first.sounds), _weight_of(second.sounds), 1.0)
    worst = min(_FOREIGN, weight * (1.0 - least) + _ROUNDING)
    if first.is_loose and second.is_loose:  # both spelled without vowels: what is written is meant
        distance = _letter_distance(first.sounds, second.sounds)
    else:
        distance = _distance(first, second, worst) if worst > 0 else worst
    is_near = distance < worst and may_be_alike(keys(first.sounds), keys(second.sounds))
    return 1.0 - distance / weight if is_near else 0.0


def _letter_distance(first: Sounds, second: Sounds) -> float:
    """How much two spellings without vowels differ: a consonant makes another name, as the last letter does."""
    some, others = ([_SAME_LETTERS.get(sound, sound) for sound in sounds] for sounds in (first, second))
    bones, other_bones = ([sound for sound in row if VOWELS.isdisjoint(sound)] for row in (some, others))
    changes = Levenshtein.distance(some, others)
    if bones != other_bones or some[-1:] != others[-1:] or changes > abs(len(some) - len(others)):
        return _FOREIGN
    return _OTHER_LETTER * changes


def _distance(one: Reading, two: Reading, worst: float) -> float:
    """Edit distance with graded costs and a swap of neighbours; ``worst`` once it is beyond that.

    A row of its table holds only what is below ``worst``, by column: one or two of them.
    """
    first, second = one.sounds, two.sounds
    is_loose = one.is_loose or two.is_loose
    # Only the one that writes vowels has some that the other leaves out.
    losses = _losses(first, is_left_out=two.is_loose)
    gains = _losses(second, is_left_out=one.is_loose)
    if len(first) > 1 < len(second) and _at_ends(first, second, losses, gains, is_loose=is_loose) >= worst:
        return worst
    above: dict[int, float] = {}
    row = _with_gains({0: 0.0}, gains, worst)
    for line, sound in enumerate(first):
        before, above, row = above, row, {}
        for column, cost in above.items():
            _reach(row, column, cost + losses[line], worst)
            if column < len(second):
                change = 0.0 if sound == second[column] else _change_at(first, second, line, column, is_loose=is_loose)
                _reach(row, column + 1, cost + change, worst)
        for column, cost in before.items() if line > 1 and not is_loose else ():
            if column and second[column : column + 2] == (sound, first[line - 1]):
                _reach(row, column + 2, cost + _SWAP, worst)
        row = _with_gains(row, gains, worst)
        if not row and not above:
            return worst
    return row.get(len(second), worst)


def _at_ends(first: Sounds, second: Sounds, losses: _Costs, gains: _Costs, *, is_loose: bool) -> float:
    """What the ends alone cost at least: the first and the last sounds are changed, lost, gained, or swapped."""
    start = 0.0 if first[0] == second[0] else min(losses[0], gains[0], _first_change(first[0], second[0], is_loose))
    if first[-1] == second[-1] or (not is_loose and first[-1] == second[-2] and first[-2] == second[-1]):
        return start
    return start + min(losses[-1], gains[-1], _last_change(first[-1], second[-1], is_loose))


@cache
def _first_change(sound: str, other: str, is_loose: bool) -> float:
    return _change_at((sound, ""), (other, ""), 0, 0, is_loose=is_loose)


@cache
def _last_change(sound: str, other: str, is_loose: bool) -> float:
    return _change_at(("n", sound), ("n", other), 1, 1, is_loose=is_loose)


def _reach(row: dict[int, float], column: int, cost: float, worst: float) -> None:
    if cost < row.get(column, worst):
        row[column] = cost


def _with_gains(row: dict[int, float], gains: _Costs, worst: float) -> dict[int, float]:
    """A row, and what follows in it by sounds that only the second has."""
    for column in range(min(row, default=len(gains)), len(gains)):
        if column in row:
            _reach(row, column + 1, row[column] + gains[column], worst)
    return row


def _change_at(first: Sounds, second: Sounds, line: int, column: int, *, is_loose: bool) -> float:
    """The cost of one sound for another, at their places in two rows."""
    sound, other = first[line], second[column]
    is_last = line == len(first) - 1 and column == len(second) - 1
    # Past a silent y, the first vowel is still the first; where vowels are left out, the first sign bears any of them.
    is_edge = is_last or (line + column <= 1 and not is_loose)
    if is_edge and line and {sound, other} == _GENDERS and not is_loose:  # Angelo is not Angela
        return _FOREIGN
    change = _change(sound, other, is_edge=is_edge, is_loose=is_loose)
    if change == _COSTS["gh"] and line == column == 0:
        return change * _AT_THE_EDGE  # Guibert is not Hubert; Guseynov is Huseynov still
    if is_loose and line == column == 0 and change >= _OTHER_CONSONANT:
        return 2 * change  # without vowels, the first consonant tells most: Jordan is no Sheridan
    if line and column and {sound, other} == _STOPS and "n" in {first[line - 1][0], second[column - 1][0]}:
        return change / 2  # in Greek, one letter is d and, after n, t
    return change


@lru_cache(maxsize=_MEMORY)
def _weight_of(sounds: Sounds) -> float:
    return sum(map(_weight, sounds))


@cache
def _weight(sound: str) -> float:
    if VOWELS.issuperset(sound) or "-" in sound:
        return 0.4
    return 0.3 if "y" in sound else 1.0


@cache
def _change(sound: str, other: str, *, is_edge: bool, is_loose: bool) -> float:
    """The cost of one sound for another: nothing if they can be the same."""
    cost = min(_letter_change(one, two) for one in sound for two in other)
    if VOWELS.isdisjoint(sound) or VOWELS.isdisjoint(other):
        return cost
    if is_edge:
        return min(1.0, cost * _AT_THE_EDGE)
    return cost / 2 if is_loose else cost


def _letter_change(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _COSTS.get(one + other, _OTHER_VOWEL if one in VOWELS and other in VOWELS else 1.0)


@lru_cache(maxsize=_MEMORY)
def _losses(sounds: Sounds, *, is_left_out: bool) -> _Costs:
    return tuple([_loss(sounds, position, is_left_out=is_left_out) for position in range(len(sounds))])


def _loss(sounds: Sounds, position: int, *, is_left_out: bool) -> float:
    """The cost of a sound that only one of the two has."""
    follower = sounds[position + 1][-1] if position + 1 < len(sounds) else ""
    is_first = position == 0 or (position == 1 and "y" in sounds[0])  # past a silent y too: Johansen is not Hansen
    return _loss_before(sounds[position], follower, is_first=is_first, is_left_out=is_left_out)


@cache
def _loss_before(sound: str, follower: str, *, is_first: bool, is_left_out: bool) -> float:
    if "-" in sound:
        if is_first and len(sound) > _SEAT:  # alif, alef and ayn stand for a first vowel
            return _FIRST_VOWEL
        return 0.05 if follower or _ENDS.isdisjoint(sound) else 0.4
    if not follower and not set("aiou").isdisjoint(sound):  # the last vowel tells Mansour from Mansouri
        return 1.0
    if "y" in sound or (is_first and "v" in sound):
        return 0.15 if "y" in sound else _FIRST_VOWEL
    if not VOWELS.isdisjoint(sound):  # the first vowel is left out in no script
        return _FIRST_VOWEL if is_first else 0.05 if is_left_out else 0.3
    is_nasal = sound == "n" and follower and follower in "tdkg"
    is_breath = "h" in sound and _BREATHS.issuperset(sound) and not (is_first and "g" in sound)  # Galina is not Alina
    return 0.5 if is_breath else 0.4 if is_nasal else 1.0
