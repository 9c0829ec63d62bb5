"""Letter tables: how the letters of an alphabet sound, and what may stand at and around a name, as data.

Every alphabet has a file of its own; those that ``_OTHER_FILES`` names hold the rest.
All letters and words in them are folded (``core.fold``). How a sound is written stands at the top of ``latin.toml``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources.abc import Traversable

from watchdog.lang.reading import Table, read_table
from watchdog.lang.syllables import Syllables, read_syllables

_SOUNDS = frozenset("pbfvtdcszSZCJkgqhmnlrXyaeiou-")
_BENT_TITLE = 5  # letters of a title that are enough in its bent forms: "адвокату"
_OTHER_FILES = tuple(
    f"{name}.toml" for name in ("endings", "english", "given", "families", "frequent", "words", "han", "syllables")
)


class Gender(StrEnum):
    """The grammatical gender of a given name."""

    MALE = "m"
    FEMALE = "f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """A script with a table of its own."""

    #: As people call it: "Cyrillic".
    script: str
    #: A sign is read as anyascii romanises it, and ``sounds`` are those of the romanised groups.
    is_syllabic: bool
    has_capitals: bool
    #: False where short vowels are left out.
    writes_vowels: bool
    #: Letters and letter groups to their sounds; each sound is a set of possibilities, as a string of one letter each.
    sounds: Mapping[str, tuple[str, ...]]
    #: Length of the longest letter group.
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A case ending, and what stands in its place in the name as listed."""

    suffix: str
    restored: str
    #: In words: "genitive".
    case: str
    #: Only men's names take it.
    is_masculine: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """How one language bends names; hashed by identity."""

    #: In English, for reasons: "Russian".
    name: str
    script: str
    endings: tuple[Ending, ...]
    #: Written together with the name: Arabic and Hebrew "and", "to", "the".
    prefixes: tuple[str, ...]
    #: A given name before the family name never takes an ending.
    bends_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenName:
    """One given name in all its national and short forms."""

    gender: Gender
    forms: tuple[str, ...]
    #: In scripts without vowels: a word that is one of these is of no other group.
    unvowelled: tuple[str, ...]
    #: Whence it is.
    source: str
    #: The second form is how the first sounds, in Cyrillic.
    is_heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWords:
    """Words that stand in and around names; ``words.toml`` says what each list is."""

    particles: frozenset[str]
    attached_articles: tuple[str, ...]
    servant: tuple[str, ...]
    conjunctions: frozenset[str]
    inner: frozenset[str]
    patronymics: tuple[str, ...]
    family_first: frozenset[str]
    #: Of these, those of names that are told by all their syllables.
    syllables_first: frozenset[str]
    titles: frozenset[str]
    openers: frozenset[str]
    places: frozenset[str]
    places_before: frozenset[str]
    common_nouns: frozenset[str]

    def is_common(self, word: str) -> bool:
        """Whether a word begins a sentence or names a place more often than it is a name."""
        return word in self.places or word in self.places_before or word in self.openers

    def is_no_name(self, word: str) -> bool:
        """Whether a word with a capital is a title, bent or not, or only begins a sentence."""
        return word in self.openers or self.is_title(word)

    def is_title(self, word: str) -> bool:
        """Whether a word is a title, bent or not."""
        return word in self.titles or any(word[:length] in self.titles for length in range(_BENT_TITLE, len(word)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Han:
    """What Chinese names need: words of which a name's outer characters may be part, and simplified forms."""

    ends: frozenset[str]
    starts: frozenset[str]
    #: What foreign names are written with.
    transliteration: frozenset[str]
    #: Traditional to simplified, as ``str.translate`` takes it.
    simplified: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class English:
    """How English names are heard."""

    #: Given names that tell an English name.
    given: frozenset[str]
    #: Letter groups to their sounds; ``english.toml`` says what their signs mean.
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Letters:
    """All letter tables; plain values that travel to worker processes, hashed by identity so that they can be a key."""

    #: By letter.
    alphabets: Mapping[str, Alphabet]
    #: By ISO 639-1 code.
    languages: Mapping[str, Language]
    given: tuple[GivenName, ...]
    #: Without marks: given names of people who have two family names and go by the first.
    spanish_given: frozenset[str]
    #: Those that other languages have too.
    also_spanish: frozenset[str]
    #: Western given names to how they sound.
    heard: Mapping[str, tuple[str, ...]]
    #: A family name to its forms in other languages.
    families: Mapping[str, tuple[str, ...]]
    #: Frequent given names of scripts without capitals.
    common_given: frozenset[str]
    #: Given names that many have, in Latin letters: of one spelling there, and those that are transliterated, too.
    frequent_given: frozenset[str]
    frequent_elsewhere: frozenset[str]
    #: Family names that many have.
    frequent_family: frozenset[str]
    #: Given names that stand as family names, too, because they are fathers'; each in its spellings.
    fathers: tuple[tuple[str, ...], ...]
    words: NameWords
    han: Han
    syllables: Syllables
    english: English

    def alphabet(self, letter: str) -> Alphabet | None:
        """The alphabet of a folded letter, with or without marks; None where no table has it."""
        return self.alphabets.get(letter) or self.alphabets.get(base_letter(letter))

    def have_one_spelling(self, one: str, other: str) -> bool:
        """Whether two folded letters are of one script that a single language writes: Greek, Georgian, Armenian."""
        return _have_one_spelling(self, one, other)


@lru_cache(maxsize=2**12)
def _have_one_spelling(letters: Letters, one: str, other: str) -> bool:
    alphabet = letters.alphabet(one)
    if alphabet is None or not alphabet.writes_vowels or alphabet is not letters.alphabet(other):
        return False
    return sum(language.script == alphabet.script for language in letters.languages.values()) == 1


def base_letter(letter: str) -> str:
    """A letter without its marks; the stroke of đ is one, though Unicode takes it for a part of the letter."""
    return "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[:1]


def read_letters(folder: Traversable) -> Letters:
    """Read every letter table of a folder.

    Raises:
        PackError: a table is wrong.
    """
    alphabets: dict[str, Alphabet] = {}
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".toml") and path.name not in _OTHER_FILES:
            table = read_table(path)
            alphabet = _read_alphabet(table)
            alphabets |= dict.fromkeys(_signs(table) if alphabet.is_syllabic else "".join(alphabet.sounds), alphabet)
    given, han = read_table(folder / "given.toml"), read_table(folder / "han.toml")
    given.refuse_unknown("common", "spanish", "spanish_too", "sources", "group")
    groups = tuple(_read_given(table, given.table("sources")) for table in given.tables("group"))
    han.refuse_unknown("ends", "starts", "transliteration", "simplified")
    simplified = han.table("simplified")
    frequent = read_table(folder / "frequent.toml")
    frequent.refuse_unknown("given", "given_elsewhere", "family", "fathers")
    return Letters(
        alphabets={letter: alphabet for letter, alphabet in alphabets.items() if letter != "'"},
        languages=_read_languages(read_table(folder / "endings.toml")),
        given=groups,
        spanish_given=frozenset(given.texts("spanish")),
        also_spanish=frozenset(given.texts("spanish_too")),
        heard=_grouped(group.forms for group in groups if group.is_heard),
        families=_read_families(read_table(folder / "families.toml")),
        common_given=frozenset(given.texts("common")),
        frequent_given=frozenset(frequent.texts("given")),
        frequent_elsewhere=frozenset(frequent.texts("given_elsewhere")),
        frequent_family=frozenset(frequent.texts("family")),
        fathers=tuple(tuple(forms.split()) for forms in frequent.texts("fathers")),
        words=_read_words(read_table(folder / "words.toml")),
        han=Han(
            ends=frozenset(han.texts("ends")),
            starts=frozenset(han.texts("starts")),
            transliteration=frozenset("".join(han.texts("transliteration"))),
            simplified={ord(letter): simplified.text(letter) for letter in simplified.values},
        ),
        english=_read_english(read_table(folder / "english.toml")),
        syllables=read_syllables(read_table(folder / "syllables.toml")),
    )


def _signs(table: Table) -> Iterator[str]:
    for span in table.texts("ranges"):
        first, _, last = span.partition("-")
        yield from map(chr, range(ord(first), ord(last) + 1))


def _read_alphabet(table: Table) -> Alphabet:
    table.refuse_unknown("script", "ranges", "capitals", "vowels", "letters", "example")
    sounds = _read_sounds(table.table("letters"))
    return Alphabet(
        script=table.text("script"),
        is_syllabic="ranges" in table.values,
        has_capitals="capitals" not in table.values or table.flag("capitals"),
        writes_vowels="vowels" not in table.values or table.flag("vowels"),
        sounds=sounds,
        longest=max(map(len, sounds), default=0),
    )


def _read_sounds(letters: Table) -> dict[str, tuple[str, ...]]:
    sounds: dict[str, tuple[str, ...]] = {}
    for letter in letters.values:
        row = tuple(letters.text(letter).split())
        for unknown in sorted(set("".join(row)) - _SOUNDS):
            raise letters.error(letter, f"{unknown!r} is not a sound")
        sounds[letter] = row
    return sounds


def _read_english(table: Table) -> English:
    table.refuse_unknown("given", "groups")
    return English(given=frozenset(table.texts("given")), groups=_read_sounds(table.table("groups")))


def _read_languages(root: Table) -> dict[str, Language]:
    languages = {}
    for code in root.values:
        table = root.table(code)
        table.refuse_unknown("name", "script", "masculine", "common", "prefixes", "bends_last")
        languages[code] = Language(
            name=table.text("name"),
            script=table.text("script"),
            endings=(
                *_read_endings(table.table("masculine"), is_masculine=True),
                *_read_endings(table.table("common"), is_masculine=False),
            ),
            prefixes=table.texts("prefixes"),
            bends_last="bends_last" in table.values and table.flag("bends_last"),
        )
    return languages


def _read_endings(table: Table, *, is_masculine: bool) -> Iterator[Ending]:
    for case in table.values:
        for entry in table.texts(case):
            suffix, _, restored = entry.partition(">")
            if not suffix:
                raise table.error(case, f"{entry!r} has no ending")
            yield Ending(suffix=suffix, restored=restored, case=case, is_masculine=is_masculine)


def _grouped(rows: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """By their first entry, all others of the rows that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for first, *others in rows:
        found[first] = (*found.get(first, ()), *others)
    return found


def _read_given(table: Table, sources: Table) -> GivenName:
    table.refuse_unknown("gender", "forms", "unvowelled", "source", "heard")
    try:
        gender = Gender(table.text("gender"))
    except ValueError as exc:
        raise table.error("gender", 'it is "m" or "f"') from exc
    if (source := table.text("source")) not in sources.values:
        raise table.error("source", f"{source!r} is none of [sources]")
    return GivenName(
        gender=gender,
        forms=table.texts("forms"),
        unvowelled=table.texts("unvowelled"),
        source=sources.text(source),
        is_heard=table.flag("heard"),
    )


def _read_families(root: Table) -> dict[str, tuple[str, ...]]:
    root.refuse_unknown("group")
    families: dict[str, tuple[str, ...]] = {}
    for table in root.tables("group"):
        table.refuse_unknown("forms")
        forms = table.texts("forms")
        for form in forms:
            families[form] = tuple(
                dict.fromkeys((*families.get(form, ()), *(other for other in forms if other != form)))
            )
    return families


def _read_words(table: Table) -> NameWords:
    lists = NameWords.__slots__
    table.refuse_unknown(*lists)
    sets = {name: frozenset(table.texts(name)) for name in lists}
    return NameWords(
        particles=sets["particles"],
        attached_articles=table.texts("attached_articles"),
        servant=table.texts("servant"),
        conjunctions=sets["conjunctions"],
        inner=sets["inner"],
        patronymics=table.texts("patronymics"),
        family_first=sets["family_first"],
        syllables_first=sets["syllables_first"],
        titles=sets["titles"],
        openers=sets["openers"],
        places=sets["places"],
        places_before=sets["places_before"],
        common_nouns=sets["common_nouns"],
    )
