"""Makes watched names and long texts that mention none of them: ``python tools/make_prose.py --texts 3``.

For the measures of false alarms (tests/core/test_false_alarms.py) and of speed (benchmarks/names.py). Names are put
together from the parts of 20 cultures in ``prose_names.toml``; texts of about 4,000 characters in 16 languages are full
of other people's names: whole, with initials, in lists and pairs, family name first, bent, as streets, prizes and
firms. Other people share given and family names with watched ones, never both in any spelling. Initials are of people
whom the text names in full too. The same seed gives the same names and texts.
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
_PARTS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "prose_names.toml").read_text("utf-8"),
)
_TEMPLATES: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "prose_texts.toml").read_text("utf-8"))
_LATIN = ("en", "de", "fr", "es", "it", "cs", "tr", "az", "ro", "fi", "hr")
_CYRILLIC = ("ru", "uk", "bg")
_ROMANISED = (*_CYRILLIC, "el", "ka", "hy")
_LENGTH = 4_000


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


def watched(count: int, seed: int = SEED, *, is_mixed: bool = False) -> list[str]:
    """Names to watch, each once: half of those in scripts that are often romanised are.

    Mixed, the head of one family name carries the tail of another: 100,000 people have more than 5,000 family names.
    """
    rng = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        person = _person(rng, rng.choice(tuple(_PARTS)))
        if is_mixed:
            tail = rng.choice(_PARTS[person.culture]["family"])
            family = person.family[: (len(person.family) + 1) // 2] + tail[len(tail) // 2 :]
            person = Person(person.culture, person.given, family)
        is_romanised = person.culture in _ROMANISED and rng.random() < 0.5  # noqa: PLR2004 -- half
        names[anyascii(person.name) if is_romanised else person.name] = None
    return list(names)


def texts(count: int, names: Sequence[str], seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Languages and texts that mention none of the names."""
    rng = random.Random(seed + 1)
    taken = {_sound(order) for name in names for order in (name, " ".join(reversed(name.split())))}
    for number in range(count):
        lang = list(_TEMPLATES)[number % len(_TEMPLATES)]
        yield lang, _text(rng, lang, taken)


def _text(rng: random.Random, lang: str, taken: set[str]) -> str:
    people = _people(rng, lang, taken)
    sentences: list[str] = []
    length = 0
    first = [
        template
        for template in _TEMPLATES[lang]
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
        sentence = rng.choice(first if length >= _LENGTH else _TEMPLATES[lang]).format(
            p=one.name,
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


def _people(rng: random.Random, lang: str, taken: set[str]) -> list[Person]:
    """A dozen people, half of them of the language's own culture, the others of those that share its script."""
    others = _LATIN if lang in _LATIN else _CYRILLIC if lang in _CYRILLIC else (lang,)
    people: list[Person] = []
    while len(people) < 12:  # noqa: PLR2004 -- a dozen
        own = lang if lang in _PARTS else rng.choice(_LATIN)
        person = _person(rng, own if rng.random() < 0.5 else rng.choice(others))  # noqa: PLR2004 -- half
        if _sound(person.name) not in taken:
            people.append(person)
    return people


def _person(rng: random.Random, culture: str) -> Person:
    parts = _PARTS[culture]
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
    ascii_name = anyascii(name).lower().translate(str.maketrans("wqczj", "vkssz"))
    given, _, family = re.sub(r"kh|sh|zh|ch|gh", lambda match: match[0][0], ascii_name).partition(" ")
    bones = [re.sub(r"[aeiouyh'`]", "", re.sub(r"(.)\1+", r"\1", part)) for part in (given, family)]
    return " ".join(bones)


def main() -> None:
    """Print texts, or the watched names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=3)
    parser.add_argument("--watched", type=int, default=2_000)
    parser.add_argument("--names", action="store_true", help="print the watched names instead")
    options = parser.parse_args()
    names = watched(options.watched)
    if options.names:
        print(*names, sep="\n")
    else:
        print(*(f"[{lang}] {text}\n" for lang, text in texts(options.texts, names)), sep="\n")


if __name__ == "__main__":
    main()
