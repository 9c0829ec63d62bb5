"""By what a text is known to be in a language: its script, its small words, its letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from types import MappingProxyType

from watchdog.lang.patterns import NEVER, Words, expression, one_way
from watchdog.lang.reading import Table, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageMarks:
    """By what a text of this language is known."""

    script: str
    frequent: frozenset[str]
    #: Letters of which a text of some length has at least one; none needed where empty.
    needed: frozenset[str]
    #: Letters that few others write: a text with enough of them is in the language, whatever its words.
    telling: frozenset[str]
    #: Letters that the language does not have.
    alien: frozenset[str]
    #: Letters to the ones that the patterns are written with, as ``str.translate`` takes them: traditional Chinese.
    variants: Mapping[int, str]
    #: One of these letters.
    variant: Words

    def plain(self, text: str) -> str:
        """A text in the letters of the patterns, as long as before."""
        if not self.variants or not self.variant.search(text):
            return text
        return self.variant.regex.sub(lambda hit: self.variants[ord(hit[0])], text)


def read_marks(folder: Traversable) -> LanguageMarks:
    """How texts of one language are known, from its ``cues.toml``; raises PackError where that is wrong."""
    table = read_table(folder / "cues.toml").table("language")
    table.refuse_unknown("script", "frequent", "needed", "telling", "alien", "variants")
    variants = _variants(table.table("variants"))
    return LanguageMarks(
        script=table.text("script"),
        frequent=frozenset(one_way(table.text("frequent")).split()),
        needed=frozenset(table.text("needed", "")),
        telling=frozenset(table.text("telling", "")),
        alien=frozenset(table.text("alien", "")),
        variants=variants,
        variant=expression(f"[{re.escape(''.join(map(chr, variants)))}]") if variants else NEVER,
    )


def _variants(table: Table) -> Mapping[int, str]:
    """For each letter the ones that stand for it; one for one, so that offsets stay."""
    found: dict[int, str] = {}
    for letter in table.values:
        others = table.text(letter)
        if len(letter) != 1 or letter in others:
            raise table.error(letter, "one letter is needed, and others that stand for it")
        found |= dict.fromkeys(map(ord, others), letter)
    return MappingProxyType(found)
