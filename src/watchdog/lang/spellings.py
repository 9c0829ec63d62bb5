"""How a language writes the sounds of a foreign name, as data: ``spellings.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from watchdog.lang.letters import Language
from watchdog.lang.reading import read_table

#: Every sound that a name can be read as has a row; ``letters.py`` has the list.
_SOUNDS = frozenset("pbfvtdcszSZCJkgqhmnlrXyaeiou")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How one language writes sounds."""

    #: ISO 639-1.
    code: str
    #: Of the language and the script: "Russian", "Cyrillic".
    name: str
    script: str
    #: A row of one or two sounds to letters, the usual way first; "#" is a word's edge.
    letters: Mapping[tuple[str, ...], tuple[str, ...]]
    #: Letters that change at the end of a word.
    finals: Mapping[str, str]
    #: Letters that tell a name of this language, all of an entry.
    own: tuple[str, ...]
    #: Folded words to how they are written as a whole, and whether the next word is tied to it.
    words: Mapping[str, tuple[str, bool]]


def read_spellings(path: Traversable, languages: Mapping[str, Language]) -> tuple[Writing, ...]:
    """Read the table.

    Raises:
        PackError: it is wrong.
    """
    root = read_table(path)
    found = []
    for code in root.values:
        table = root.table(code)
        table.refuse_unknown("sounds", "finals", "own", "words")
        if code not in languages:
            raise root.error(code, "endings.toml has no such language")
        sounds = table.table("sounds")
        rows = {tuple(key.split()): sounds.texts(key) for key in sounds.values}
        for missing in sorted(_SOUNDS - {sound for row in rows for sound in row if len(row) == 1}):
            raise table.error("sounds", f"{missing!r} has no letter")
        language, finals, words = languages[code], table.table("finals"), table.table("words")
        found.append(
            Writing(
                code=code,
                name=language.name,
                script=language.script,
                letters=rows,
                finals={letter: finals.text(letter) for letter in finals.values},
                own=table.texts("own"),
                words={word: (words.text(word).rstrip("+"), words.text(word).endswith("+")) for word in words.values},
            )
        )
    return tuple(found)
