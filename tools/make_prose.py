"""Makes watched names and long texts that mention none of them: ``python tools/make_prose.py --texts 3``.

For the measures of false alarms (tests/core/test_false_alarms.py) and of speed (benchmarks/names.py). Names are put
together from the parts of 20 cultures in ``prose_names.toml``; texts of about 4,000 characters in 16 languages are full
of other people's names: whole, with initials, in lists and pairs, family name first, bent, as streets, prizes and
firms. Other people share given and family names with watched ones, never both in any spelling or declared equivalent.
Initials are of people whom the text names in full too. The same seed gives the same names and texts.

With ``FRESH``, other names of 22 cultures and other sentences in as many languages (``prose_*_fresh.toml``), which the
rules of the matcher were made without: what holds there was not learnt by heart.
"""

from __future__ import annotations

import argparse
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyascii import anyascii

SEED: Final = 4
_LATIN = ("en", "de", "fr", "es", "it", "cs", "tr", "az", "ro", "fi", "hr", "pl", "nl", "pt", "sv", "sk", "hu")
_CYRILLIC = ("ru", "uk", "bg", "mk")
_ROMANISED = (*_CYRILLIC, "el", "ka", "hy")
_LENGTH = 4_000


@dataclass(frozen=True, slots=True)
class Lists:
    """What names and texts are made of, by culture and language."""

    parts: dict[str, dict[str, list[str]]]
    templates: dict[str, list[str]]


def _read(kind: str) -> Lists:
    names, sentences = (
        tomllib.loads((Path(__file__).parent / f"prose_{part}{kind}.toml").read_text("utf-8"))
        for part in ("names", "texts")
    )
    return Lists(names, sentences)


USUAL, FRESH = _read(""), _read("_fresh")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and whence it is."""

    culture: str
    given: str
    family: str

    @property
    def name(self) -> str:
        """In natural order."""
        return f"{self.given} {self.family}"


def watched(count: int, seed: int = SEED, lists: Lists = USUAL, *, is_mixed: bool = False) -> list[str]:
    """Names to watch, each once: half of those in scripts that are often romanised are.

    Mixed, the head of one family name carries the tail of another: 100,000 people have more than 5,000 family names.
    """
    rng = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        person = _person(rng, lists, rng.choice(tuple(lists.parts)))
        if is_mixed:
            tail = rng.choice(lists.parts[person.culture]["family"])
            family = person.family[: (len(person.family) + 1) // 2] + tail[len(tail) // 2 :]
            person = Person(person.culture, person.given, family)
        is_romanised = person.culture in _ROMANISED and rng.random() < 0.5  # noqa: PLR2004 -- half
        names[anyascii(person.name) if is_romanised else person.name] = None
    return list(names)


def texts(count: int, names: Sequence[str], seed: int = SEED, lists: Lists = USUAL) -> Iterator[tuple[str, str]]:
    """Languages and texts that mention none of the names."""
    rng = random.Random(seed + 1)
    taken = {_sound(order) for name in names for order in (name, " ".join(reversed(name.split())))}
    for number in range(count):
        lang = list(lists.templates)[number % len(lists.templates)]
        yield lang, _text(rng, lists, lang, taken)


def _text(rng: random.Random, lists: Lists, lang: str, taken: set[str]) -> str:
    people = _people(rng, lists, lang, taken)
    sentences: list[str] = []
    length = 0
    first = [
        template
        for template in lists.templates[lang]
        if "{p}" in template and "{i}" not in template and "{f}" not in template
    ]
    while length < _LENGTH or any(person.name not in " ".join(sentences) for person in people):
        one, other = rng.choices(people, k=2)
        if length >= _LENGTH:  # initials are of people whom the text names in full too
            one = next(person for person in people if person.name not in " ".join(sentences))
        givens = [
            person
            for person in people
            if not any(_sound(f"{person.given} {named.family}") in taken for named in (one, other))
        ]
        third = rng.choice(givens or [one])
        sentence = rng.choice(first if length >= _LENGTH else lists.templates[lang]).format(
            p=one.name,
            P=one.name.upper(),
            q=other.name,
            i=f"{one.given[0]}. {one.family}",
            f=one.family,
            g=third.given,
            h=third.family,
            t=f"{one.family} {one.given}",
            b=_bent(one, lang),
            n=rng.randint(2, 900),
        )
        sentences.append(sentence)
        length += len(sentence) + 1
    return " ".join(sentences)


def _people(rng: random.Random, lists: Lists, lang: str, taken: set[str]) -> list[Person]:
    """A dozen people, half of them of the language's own culture, the others of those that share its script."""
    latin, cyrillic = ([culture for culture in group if culture in lists.parts] for group in (_LATIN, _CYRILLIC))
    others = latin if lang in latin else cyrillic if lang in cyrillic else [lang]
    people: list[Person] = []
    while len(people) < 12:  # noqa: PLR2004 -- a dozen
        own = lang if lang in lists.parts else rng.choice(latin)
        person = _person(rng, lists, own if rng.random() < 0.5 else rng.choice(others))  # noqa: PLR2004 -- half
        if _sound(person.name) not in taken:
            people.append(person)
    return people


def _person(rng: random.Random, lists: Lists, culture: str) -> Person:
    parts = lists.parts[culture]
    gender = "female" if rng.random() < 0.4 else "male"  # noqa: PLR2004 -- the news is not fair
    family = rng.choice(parts["family"])
    return Person(culture, rng.choice(parts[gender]), _womans(family, culture) if gender == "female" else family)


def _womans(family: str, culture: str) -> str:
    if culture in {*_CYRILLIC, "az"}:
        family = re.sub("(ский|ський)$", lambda match: "ская" if match[1] == "ский" else "ська", family)
        return re.sub("(?<=[оеёє]в|ин|ov|ev)$", "a" if culture == "az" else "а", family)
    return family


def _bent(person: Person, lang: str) -> str:
    """The name in the genitive where that is simple, else as it is."""
    if lang in {"ru", "uk"} and all(word[-1] in "бвгдзклмнпрстф" for word in (person.given, person.family)):
        return f"{person.given}а {person.family}а"
    if lang in {"en", "de"}:
        return person.name if person.name.endswith("s") else person.name + ("'s" if lang == "en" else "s")
    return f"{person.name}'ın" if lang == "tr" else person.name


def _sound(name: str) -> str:
    """Consonants of both names, first to last: what no two spellings of one name differ in, or few."""
    given, _, family = name.partition(" ")
    return f"{_SAME.get(_bones(given), _bones(given))} {_bones(family)}"


def _bones(word: str) -> str:
    letters = anyascii(word).lower().replace("ph", "f").replace("ij", "y").translate(str.maketrans("wqczj", "vkssz"))
    letters = re.sub(r"kh|sh|zh|ch|gh", lambda match: match[0][0], letters)
    return re.sub(r"[aeiouyh'`]", "", re.sub(r"(.)\1+", r"\1", letters))


#: The declared equivalents of a given name, which make no other person of the same family name.
GROUPS = tomllib.loads(
    (Path(__file__).parents[1] / "src/watchdog/lang/letters/given.toml").read_text("utf-8"),
)["group"]
_SAME = {_bones(form): _bones(group["forms"][0]) for group in GROUPS for form in group["forms"]}


def main() -> None:
    """Print texts, or the watched names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=3)
    parser.add_argument("--watched", type=int, default=2_000)
    parser.add_argument("--names", action="store_true", help="print the watched names instead")
    parser.add_argument("--fresh", action="store_true", help="of the lists that no rule was made from")
    options = parser.parse_args()
    lists = FRESH if options.fresh else USUAL
    names = watched(options.watched, lists=lists)
    if options.names:
        print(*names, sep="\n")
    else:
        print(*(f"[{lang}] {text}\n" for lang, text in texts(options.texts, names, lists=lists)), sep="\n")


if __name__ == "__main__":
    main()
