"""Makes what operators say that words mean ready for a search: a trigger that meets such words states their status."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from watchdog.lang.patterns import LOOSE, Words, is_arabic, one_way
from watchdog.model.meaning import Meaning
from watchdog.model.status import Status

#: Scripts that put no space between words, where a word has no edges to look for.
_RUNS_ON = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The words of one meaning as they are found in a text, bent or not."""

    words: str
    pattern: Words
    status: Status


def meanings_in(language: str, meanings: Iterable[Meaning]) -> tuple[Meant, ...]:
    """Those of one language, the longest first: it says most precisely what is meant."""
    own = [one for one in meanings if one.language == language]
    return tuple(
        Meant(words=one.words, pattern=_pattern(one.words), status=one.status)
        for one in sorted(own, key=lambda one: -len(one.words))
    )


def _pattern(words: str) -> Words:
    """As the bare texts of ``core.bare`` are searched, where they are of the Arabic script."""
    written = [
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
        for word in (LOOSE.sub("", words) if is_arabic(words) else words).split()
    ]
    joined = r"\s+".join(one_way(word) for word in written)
    return Words(joined if _RUNS_ON.search(words) else rf"\b{joined}(?!\w)")
