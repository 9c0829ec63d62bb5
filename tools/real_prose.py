"""Makes articles about real people, none of them watched: ``python tools/real_prose.py --texts 3``.

The measure of false alarms as the news are (tests/core/test_real_names.py): names from a public list, in
``real_names.tsv``; half a dozen people in an article of about 4,000 characters in 17 languages, each in full, then
alone, with initials or bent, among sentences that name nobody. ``tools/make_prose.py`` is the harder measure.

People come in two halves: rules of the matcher were mended on ``seen``, ``fresh`` shows what they are worth. Both have
been looked at since; the parts ``held-1`` and ``held-2`` of a second list, ``held_names``, have not. Whether
two people have one name, in two spellings or shortened, is decided here by a rule of its own: romanised, without
double letters, long vowels and the choices of romanisation (c k q kh x gh h; w v; y i j e; o u; sh s sch; ph f), two
parts of it are equal; in Arabic, Persian and Hebrew, when their consonants are. Such people are not put into a text:
nobody could tell from it that they are not meant.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final, Literal, get_args

import held_names
import make_prose
from anyascii import anyascii

Half = Literal["seen", "fresh", "mend", "held-1", "held-2"]
SEED: Final = 4
_LENGTH, _PEOPLE = 4_000, 6
_FOLDER = Path(__file__).parent
_PLAIN: dict[str, list[str]] = tomllib.loads((_FOLDER / "real_plain.toml").read_text("utf-8"))
_NATIVE = held_names.NATIVE
_LONE_GIVEN = re.compile(r"\{g\}(?! \{[fh]\})")  # "Mark and Margaret Mitchell" do name Mark Mitchell
_SCRIPTS = frozenset(("ru", "uk", "bg", "el", "ka", "hy", "ar", "fa", "he"))
_LOOSE = frozenset(("ar", "fa", "he"))
_ARTICLE = re.compile("^(?:ال|אל|al[- ]?|el[- ]?)(?=..)")
_OPEN_E = str.maketrans("əƏ", "aA")
_MAYBE_VOWELS = re.compile("[اأإآءئؤىيیوةهעאויהvw]|(?<=[aeiou])h$")
_SAME = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("ph", "f"),
        ("ch(?=[lr])", "k"),
        ("dzh|dj", "j"),
        ("tsch|sch|tch|sh|zh|ch|ts|cz|sz|c(?=[eiy])|z|x$", "s"),
        ("kh|gh|ck|[cqxg]", "k"),
        ("th|dt|d", "t"),
        ("(?<=.)h(?![aeiouy])", ""),
        ("h", "k"),
        ("[vw]", "f"),
        ("[yje]", "i"),
        ("o", "u"),
        (r"(.)\1+", r"\1"),
        ("['`i]+$|['`]", ""),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """A person and the name in each language that has its own; ``native`` in Latin letters."""

    item: str
    names: dict[str, str]
    #: Whose names they are, where the list says: "slav", "viet".
    group: str = ""

    def name_in(self, lang: str) -> str | None:
        """As an article in that language writes it; None where nobody says."""
        if lang not in _SCRIPTS:
            return self.names.get(lang, self.names.get(_NATIVE))
        russian = self.names.get("ru") if self.group else None
        return self.names.get(lang) or (russian and held_names.derived(russian, lang))


@cache
def people(half: Half) -> tuple[Real, ...]:
    """Everybody of one half, in the order of its list."""
    if half in held_names.PARTS:
        return tuple(Real(item, names, group) for part, item, group, names in held_names.read() if part == half)
    found: list[Real] = []
    for line in (_FOLDER / "real_names.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            item, native, *others = line.split("\t")
            is_fresh = hashlib.sha256(item.encode()).digest()[0] % 2
            if is_fresh == (half == "fresh"):
                found.append(Real(item, {_NATIVE: native} | dict(one.split(" ", 1) for one in others)))
    return tuple(found)


def watched(half: Half, count: int = 2_000, turn: int = 1, seed: int = SEED) -> dict[str, str]:
    """Items of people to watch, and their names: every second who has one in another alphabet is listed by that.

    In turn 2, others of the half than in turn 1; with another seed, another draw.
    """
    rng = random.Random(seed)
    everybody = people(half)
    chosen = rng.sample(everybody, count)
    if turn > 1:
        first = {one.item for one in chosen}
        chosen = rng.sample([one for one in everybody if one.item not in first], count)
    return {one.item: one.names[rng.choice((next(iter(one.names)), rng.choice(list(one.names))))] for one in chosen}


def texts(half: Half, count: int, items: dict[str, str], seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Languages and articles about people of one half that name none of the people of these items."""
    rng = random.Random(seed + 1)
    everybody = [one for part in get_args(Half) for one in people(part) if one.item in items]
    taken = {one.item: _pairs(one) for one in everybody}
    whole = {pair for pairs in taken.values() for pair in pairs}
    bare = {pair for one in everybody for pair in _bare(one, taken[one.item])}
    listed_bare = {pair for one in everybody if _is_loose(items[one.item]) for pair in _bare(one, taken[one.item])}
    own = {one: _pairs(one) for one in people(half) if one.item not in items}
    others = [
        one for one, pairs in own.items() if whole.isdisjoint(pairs) and listed_bare.isdisjoint(_bare(one, pairs))
    ]
    named_in = {
        lang: [
            one for one in others if one.name_in(lang) and (lang not in _LOOSE or bare.isdisjoint(_bare(one, own[one])))
        ]
        for lang in _PLAIN
    }
    for number in range(count):
        lang = list(_PLAIN)[number % len(_PLAIN)]
        named = named_in[lang]
        at_home = [one for one in named if one.group in held_names.AT_HOME.get(lang, ())]
        chosen = rng.sample(at_home, min(_PEOPLE // 2, len(at_home)))
        chosen += rng.sample([one for one in named if one not in chosen], _PEOPLE - len(chosen))
        yield lang, _article(rng, lang, [str(one.name_in(lang)) for one in chosen])


def _article(rng: random.Random, lang: str, names: list[str]) -> str:
    lists = [lists.templates[lang] for lists in (make_prose.USUAL, make_prose.FRESH) if lang in lists.templates]
    templates = [template for templates in lists for template in templates if not _LONE_GIVEN.search(template)]
    first = [template for template in templates if "{i}" not in template and "{p}" in template] or templates
    sentences: list[str] = []
    while sum(map(len, sentences)) < _LENGTH:
        sentences += rng.sample(_PLAIN[lang], 2)
        unnamed = [name for name in names if name not in " ".join(sentences)]
        one, other = (*unnamed, *rng.sample(names, 2))[:2]
        told = [name for name in names if name not in unnamed] or [one]
        sentences.append(_filled(rng, rng.choice(first if unnamed else templates), one, other, rng.choice(told)))
    return " ".join(sentences)


def _filled(rng: random.Random, template: str, one: str, other: str, third: str) -> str:
    given, _, family = third.rpartition(" ")
    own, _, own_family = one.rpartition(" ")
    return template.format(
        p=one, P=one.upper(), q=other, i=f"{given[0]}. {family}", f=family if "{g} {f}" in template else own_family,
        g=given, h=family, t=f"{own_family} {own}", b=one, n=rng.randint(2, 900),
    )  # fmt: skip


def _pairs(one: Real) -> set[frozenset[str]]:
    """Every two parts of a name by which its bearer may be called, reduced to what romanisations agree in."""
    pairs: set[frozenset[str]] = set()
    if one.group == "viet":  # every second woman is called Nguyễn Thị, and nobody so alone
        return {frozenset(map(reduced, name.split())) for name in one.names.values()}
    names = [name.translate(_OPEN_E) if one.group else name for name in one.names.values()]
    for name in names:
        parts = [reduced(part) for part in re.split(r"[\s-]+", name)]
        joined = [reduced(part) for part in name.split()]
        for row in (parts, joined):
            pairs |= {frozenset((part, row[-1])) for part in row[:-1]}
            pairs |= {frozenset((row[0], part)) for part in row[1:]}
    return pairs | {pair for each in pairs for pair in _same(each)} if one.group else pairs


def _same(pair: frozenset[str]) -> Iterator[frozenset[str]]:
    """What a pair of parts may stand for, by the declared equivalents of given names."""
    groups = [_SAME_GIVEN.get(part, {part}) for part in (*pair, *pair)[:2]]
    yield from map(frozenset, product(*groups))


def reduced(part: str) -> str:
    """A part of a name, reduced to what its romanisations agree in."""
    letters = anyascii(part).lower()
    for pattern, replacement in _SAME:
        letters = pattern.sub(replacement, letters)
    return letters


#: The declared equivalents of a given name, which make no other person of the same family name.
_SAME_GIVEN: dict[str, set[str]] = {}
for _number, _group in enumerate(make_prose.GROUPS):
    for _form in _group["forms"]:
        _SAME_GIVEN.setdefault(reduced(_form), set()).add(f"={_number}")


def _is_loose(name: str) -> bool:
    return re.match("[\u0590-\u06ff]", name) is not None


def _bare(one: Real, pairs: set[frozenset[str]]) -> set[frozenset[str]]:
    """The same without vowels, as Arabic and Hebrew show them; of the second list also without what may be one."""
    bare = {frozenset(re.sub("[aiu]", "", part) for part in pair) for pair in pairs}
    if one.group:
        rows = [[_bones(part) for part in re.split(r"[\s-]+", name)] for name in one.names.values()]
        bare |= {frozenset((row[0], part)) for row in rows for part in row[1:]}
        bare |= {frozenset((part, row[-1])) for row in rows for part in row[:-1]}
    return bare


def _bones(part: str) -> str:
    """Its consonants, less those that also write vowels and articles."""
    written = _MAYBE_VOWELS.sub("", _ARTICLE.sub("", part.lower()))
    return re.sub("[aiu]", "", reduced(written))


def main() -> None:
    """Print articles, or the people watched."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=3)
    parser.add_argument("--watched", type=int, default=2_000)
    parser.add_argument("--names", action="store_true", help="print the watched names instead")
    parser.add_argument("--half", choices=get_args(Half), default="seen")
    parser.add_argument("--turn", type=int, choices=(1, 2), default=1)
    parser.add_argument("--seed", type=int, default=SEED, help="another draw of who is watched and written about")
    options = parser.parse_args()
    items = watched(options.half, options.watched, options.turn, options.seed)
    if options.names:
        print(*items.values(), sep="\n")
    else:
        print(
            *(f"[{lang}] {text}\n" for lang, text in texts(options.half, options.texts, items, options.seed)), sep="\n"
        )


if __name__ == "__main__":
    main()
