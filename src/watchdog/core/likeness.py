"""How alike two words sound: an edit distance with graded costs.

Vowels and consonants of one class are cheap to confuse, a foreign consonant makes another name.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import accumulate, pairwise

from rapidfuzz.distance import Levenshtein

from watchdog.core.sounds import SHORTEST, VOWELS, Reading, Sounds, keys

_Costs = list[float]

_GENDERS = {"a", "o"}
_STOPS = {"t", "d"}
_STOP = "t"  # before which a nasal is lost the soonest
_SEAT = 4  # signs of more sounds than hamza's seat
_PAIR = 2  # sounds, of which the last may be the first past a silent y
_BREATHS = frozenset("hgk-")
_ENDS = {"h", "t"}  # he and ta marbuta, a last vowel
# Arabic alif with its seats and ayn without, ta marbuta and ha, waw and ya with their seats (arabic.toml).
_SAME_LETTERS = {"aeiou": "a", "ie": "a", "aet-": "h-", "iye-": "iye"}

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


_MEMORY = 2**14  # words remembered


def may_be_alike(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether consonants are of the same classes; of many, one may differ: a nasal before a stop, a slip of the pen."""
    if not some.isdisjoint(others):
        return True
    one, other = (max(sorted(keys), key=len, default="") for keys in (some, others))  # in every process the same
    return min(len(one), len(other)) > SHORTEST and Levenshtein.distance(one, other, score_cutoff=1) <= 1


def similarity(first: Reading, second: Reading, least: float = _LEAST) -> float:
    """How alike two readings sound: 1 for the same, 0 for two names and for what is below ``least``."""
    if first.sounds == second.sounds:
        return 1.0
    weight = max(_weight_of(first.sounds), _weight_of(second.sounds), 1.0)
    worst = min(_FOREIGN, weight * (1.0 - least) + _ROUNDING)
    start, end = _ends(first, second)
    if start + end >= worst:
        return 0.0
    if first.is_loose and second.is_loose:  # both spelled without vowels: what is written is meant
        distance = _letter_distance(first.sounds, second.sounds)
    else:
        distance = _distance(first, second, worst, end)
    is_near = distance < worst and may_be_alike(keys(first.sounds), keys(second.sounds))
    return 1.0 - distance / weight if is_near else 0.0


def may_be_similar(first: Reading, second: Reading, least: float) -> bool:
    """Whether the ends and the lengths of two readings leave open that they are so alike; enough for most."""
    start, end = _ends(first, second)
    far = start + end
    if far >= _FOREIGN:
        return False
    worst = max(_weight_of(first.sounds), _weight_of(second.sounds), 1.0) * (1.0 - least) + _ROUNDING
    surplus = len(first.sounds) - len(second.sounds)
    if far >= worst or not surplus or (first.is_loose and second.is_loose):
        return far < worst
    longer, is_left_out = (first.sounds, second.is_loose) if surplus > 0 else (second.sounds, first.is_loose)
    return _least_losses(longer, is_left_out)[abs(surplus) - 1] < worst + _ROUNDING


def _ends(one: Reading, two: Reading) -> tuple[float, float]:
    """What the first and what the last sounds of two readings cost at least; nothing where they are too short."""
    first, second = one.sounds, two.sounds
    loose, other_loose = one.is_loose, two.is_loose
    if not len(first) > 1 < len(second) or (loose and other_loose):
        return 0.0, 0.0
    start = end = 0.0
    if first[0] != second[0]:
        start = _start_cost(first[0], second[0], loose, other_loose)
    last, other_last = first[-1], second[-1]
    if last != other_last and len(first) > _PAIR < len(second):
        is_swap = last == second[-2] and other_last == first[-2] and not (loose or other_loose)
        end = 0.0 if is_swap else _end_cost(last, other_last, loose, other_loose)
    return start, end


@cache
def _start_cost(sound: str, other: str, loose: bool, other_loose: bool) -> float:
    """The least that it costs to change, to lose, or to gain the first sound, whatever follows."""
    loss, gain = _loss_before(sound, _STOP, True, other_loose), _loss_before(other, _STOP, True, loose)
    return min(loss, gain, _change_at((sound, ""), (other, ""), 0, 0, loose or other_loose))


@cache
def _end_cost(sound: str, other: str, loose: bool, other_loose: bool) -> float:
    """The least that it costs to change, to lose, or to gain the last sound of three or more."""
    loss, gain = _loss_before(sound, "", False, other_loose), _loss_before(other, "", False, loose)
    return min(loss, gain, _change_at(("n", sound), ("n", other), 1, 1, loose or other_loose))


def _letter_distance(first: Sounds, second: Sounds) -> float:
    """How much two spellings without vowels differ: a consonant makes another name, as the last letter does."""
    some, others = ([_SAME_LETTERS.get(sound, sound) for sound in sounds] for sounds in (first, second))
    bones, other_bones = ([sound for sound in row if VOWELS.isdisjoint(sound)] for row in (some, others))
    changes = Levenshtein.distance(some, others)
    if bones != other_bones or some[-1:] != others[-1:] or changes > abs(len(some) - len(others)):
        return _FOREIGN
    return _OTHER_LETTER * changes


def _distance(one: Reading, two: Reading, worst: float, end: float) -> float:
    """Edit distance with graded costs and a swap of neighbours; ``worst`` once it is beyond that.

    A row of its table holds only what is below ``worst``, by column: one or two of them. Whatever is not the end itself
    is so far below it as the end costs at least.
    """
    first, second = one.sounds, two.sounds
    size, is_loose = len(second), one.is_loose or two.is_loose
    # Only the one that writes vowels has some that the other leaves out.
    losses, gains = _losses(first, two.is_loose), _losses(second, one.is_loose)
    last, most = len(first) - 1, worst - end + _ROUNDING
    above: dict[int, float] = {}
    row = _with_gains({0: 0.0}, gains, most)
    for line, sound in enumerate(first):
        before, above, row = above, row, {}
        loss = losses[line]
        if line == last:
            most = worst
        for column, cost in above.items():
            if (lost := cost + loss) < row.get(column, most):
                row[column] = lost
            if column < size:
                is_same = sound == second[column]
                changed = cost if is_same else cost + _change_at(first, second, line, column, is_loose)
                if changed < row.get(column + 1, most):
                    row[column + 1] = changed
        if line > 1 and before and not is_loose:
            _add_swaps(row, before, (sound, first[line - 1]), second, most)
        if not (row or above):
            return worst
        _with_gains(row, gains, most)
    return row.get(size, worst)


def _add_swaps(row: dict[int, float], before: dict[int, float], swapped: Sounds, second: Sounds, worst: float) -> None:
    """To a row, what two sounds cost that stand the other way round in the second."""
    for column, cost in before.items():
        is_swap = column and second[column : column + 2] == swapped
        if is_swap and cost + _SWAP < row.get(column + 2, worst):
            row[column + 2] = cost + _SWAP


def _with_gains(row: dict[int, float], gains: _Costs, worst: float) -> dict[int, float]:
    """A row, and what follows in it by sounds that only the second has."""
    for column in range(min(row, default=len(gains)), len(gains)):
        if column in row and (gained := row[column] + gains[column]) < row.get(column + 1, worst):
            row[column + 1] = gained
    return row


def _change_at(first: Sounds, second: Sounds, line: int, column: int, is_loose: bool) -> float:
    """The cost of one sound for another, at their places in two rows."""
    sound, other = first[line], second[column]
    is_last = line == len(first) - 1 and column == len(second) - 1
    # Past a silent y, the first vowel is still the first; where vowels are left out, the first sign bears any of them.
    is_edge = is_last or (line + column <= 1 and not is_loose)
    if is_edge and line and {sound, other} == _GENDERS and not is_loose:  # Angelo is not Angela
        return _FOREIGN
    change = _change(sound, other, is_edge, is_loose)
    if change == _COSTS["gh"] and line == column == 0:
        return change * _AT_THE_EDGE  # Guibert is not Hubert; Guseynov is Huseynov still
    if is_loose and line == column == 0 and change >= _OTHER_CONSONANT:
        return 2 * change  # without vowels, the first consonant tells most: Jordan is no Sheridan
    if line and column and {sound, other} == _STOPS and "n" in {first[line - 1][0], second[column - 1][0]}:
        return change / 2  # in Greek, one letter is d and, after n, t
    return change


class _Weights(dict[str, float]):
    """Of each sound that was seen."""

    def __missing__(self, sound: str) -> float:
        weight = self[sound] = 0.4 if VOWELS.issuperset(sound) or "-" in sound else 0.3 if "y" in sound else 1.0
        return weight


_WEIGHTS = _Weights()


def _weight_of(sounds: Sounds) -> float:
    return sum(map(_WEIGHTS.__getitem__, sounds))


@cache
def _change(sound: str, other: str, is_edge: bool, is_loose: bool) -> float:
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
def _losses(sounds: Sounds, is_left_out: bool) -> _Costs:
    """The cost of each sound that only one of the two has."""
    firsts = 2 if sounds and "y" in sounds[0] else 1  # past a silent y too: Johansen is not Hansen
    return [
        _loss_before(sound, follower[-1:], place < firsts, is_left_out)
        for place, (sound, follower) in enumerate(pairwise((*sounds, "")))
    ]


@lru_cache(maxsize=_MEMORY)
def _least_losses(sounds: Sounds, is_left_out: bool) -> _Costs:
    """What it costs at least that one of two has one, two or more sounds more than the other."""
    return [*accumulate(sorted(_losses(sounds, is_left_out)))]


@cache
def _loss_before(sound: str, follower: str, is_first: bool, is_left_out: bool) -> float:
    """The cost of a sound before another one, or at the end."""
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
