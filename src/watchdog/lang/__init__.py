"""The words: language packs and letter tables, read once into one value.

A pack is a folder ``packs/<code>/`` of TOML files; a linguist adds a language without Python. Each file carries
examples that run as tests. ``load`` is called by the service and by each worker process when it starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from watchdog.errors import PackError
from watchdog.lang.calendar import Calendar, read_calendar
from watchdog.lang.clues import Sieve, clues_of_stem
from watchdog.lang.grammar import Grammar, LanguageMarks, read_grammar, read_marks
from watchdog.lang.inflections import Inflections, inflections_of_names, read_inflections
from watchdog.lang.labels import read_labels
from watchdog.lang.letters import Letters, read_letters
from watchdog.lang.meanings import Meant, meanings_in
from watchdog.lang.patterns import Words, compile_all
from watchdog.lang.spellings import Writing, read_spellings
from watchdog.lang.tongues import Tongues, read_tongues
from watchdog.model.meaning import Meaning
from watchdog.model.status import Status

__all__ = ["Lexicon", "Pack", "codes", "load"]


@dataclass(frozen=True, kw_only=True)
class Pack:
    """All that we know of one language; its grammar, by far the largest part, is read when a text first needs it."""

    #: ISO 639-1.
    code: str
    marks: LanguageMarks
    calendar: Calendar
    folder: Traversable
    #: What operators say that words mean, before what the triggers say.
    meanings: tuple[Meant, ...] = ()

    @cached_property
    def grammar(self) -> Grammar:
        """Triggers and cues.

        Raises:
            PackError: a file is wrong.
        """
        return read_grammar(self.folder, self.code)

    @cached_property
    def sieve(self) -> Sieve[Words | str]:
        """The patterns that are searched for in every sentence, and the stems of the triggers, told by their clues."""
        people, grammar = self.grammar.people, self.grammar
        searched = (
            *(people.groups, people.others, people.descriptors, people.pronouns, people.first_person),
            *(cue.pattern for cue in grammar.cues),
            *(pattern for pattern, _ in grammar.details.values()),
            *(pattern.regex for pattern in self.calendar.patterns),
            *(grammar.foreign_date, grammar.aside_date),
        )
        stems = {stem: clues_of_stem(stem) for stem in grammar.stems}
        return Sieve({**{one: one.clues for one in searched}, **stems})

    def check(self) -> None:
        """Read and compile all of it, which the reading of a text does as far as it needs it; about 0.2 s.

        Raises:
            PackError: a file is wrong.
        """
        compile_all(self.calendar)
        compile_all(self.grammar)

    @cached_property
    def labels(self) -> Mapping[Status, str]:
        """What each status is called; read when somebody asks.

        Raises:
            PackError: the file is wrong.
        """
        return read_labels(self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The packs that were asked for, and all letter tables."""

    packs: Mapping[str, Pack]
    #: By what a text's language is known, with or without a pack.
    tongues: Tongues
    letters: Letters
    #: By ISO 639-1 code: of every language that the letter tables know how to bend, packs or not.
    inflections: Mapping[str, Inflections]
    #: How languages write the sounds of a foreign name.
    writings: tuple[Writing, ...]


def codes() -> tuple[str, ...]:
    """The languages that have a pack, in alphabetical order."""
    folder = resources.files(__name__) / "packs"
    return tuple(sorted(item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith("_")))


def load(wanted: Iterable[str] | None = None, meanings: Sequence[Meaning] = ()) -> Lexicon:
    """Read packs (None: every one that we have) and letter tables, but no grammar yet; about 5 ms a pack.

    Args:
        wanted: codes of languages.
        meanings: what operators say that words mean; those of other languages are left aside.

    Raises:
        PackError: a language has no pack, or a file is wrong.
    """
    here = resources.files(__name__)
    have = codes()
    packs = {}
    for code in have if wanted is None else sorted(set(wanted)):
        if code not in have:
            raise PackError(f"no pack for the language {code!r}; there are {', '.join(have)}")
        folder = here / "packs" / code
        calendar = read_calendar(folder / "calendar.toml", code)
        own = meanings_in(code, meanings)
        packs[code] = Pack(code=code, marks=read_marks(folder), calendar=calendar, folder=folder, meanings=own)
    letters = read_letters(here / "letters")
    inflections = {code: inflections_of_names(code, language) for code, language in letters.languages.items()}
    for code in packs:
        path = here / "packs" / code / "inflections.toml"
        if path.is_file():
            inflections[code] = read_inflections(path, code)
    return Lexicon(
        packs=MappingProxyType(packs),
        tongues=read_tongues(here / "strangers.toml", {code: pack.marks for code, pack in packs.items()}),
        letters=letters,
        inflections=MappingProxyType(inflections),
        writings=read_spellings(here / "spellings.toml", letters.languages),
    )
