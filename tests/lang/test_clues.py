"""Clues of patterns: small letters and capitals as expressions see them, and no clue where one is not understood."""

from __future__ import annotations

import re

import pytest

from watchdog.lang.clues import Glance, Sieve, clues_of, clues_of_stem, fold


@pytest.mark.parametrize(
    ("pattern", "text", "may"),
    [
        (r"\bnot\b", "It is not so.", True),
        (r"\bnot\b", "Not.", True),
        (r"\bnot\b", "A knot", False),
        (r"\b(?:was|were)\s(?:not )?(?:freed|released)\b", "they were FREED", True),
        (r"\b(?:was|were)\s(?:not )?(?:freed|released)\b", "they were held", False),
        (r"[0-9]{1,2} maja", "12 MAJA", True),
        (r"\x6eever", "never", True),
        (r"\u0439од", "Йод", True),
        (r"(?<!x)only(?! here)", "only here", True),  # not so, but what must not stand there costs nothing to ignore
        (r"(?-i:Free) Ana", "FREE ANA", True),
        (r"hapis(?:te|ten)?", "HAPİSTEN", True),
        (r"tutsak kald[ıi]", "TUTSAK KALDI", True),
        (r"已经|被捕", "他被捕了", True),
        (r"已经|被捕", "他获释了", False),
        (r"\w+ly", "anything", True),
        (r"(a)\1", "anything", True),  # not understood: searched
        (r"(?:open", "anything", True),
        (r"(?!)", "anything", False),
        (r"\barrest\w+\s\w+\sorder\b", "arrested by order", True),
        (r"\barrest\w+\s\w+\sorder\b", "arrested by them", False),  # each of several runs is needed
        (r"\bheld\b(?=[^.]*\bsaid\b)", "held, he said", True),
        (r"\bheld\b(?=[^.]*\bsaid\b)", "held, we think", False),  # what follows is in the same text
        (r"\bheld\b(?=[^.]*\bsaid\b)?", "held, we think", True),
        (r"(?<=\bof)her\b", "ofher", True),
        (r"(?<=\bof)her\b", "her", False),  # what stands right before a match does so as well
        (r"a(?:n|(?<=a)b)", "ab", True),
        (r"stra(?:ß|ss)e", "STRASSE", True),
        (r"prison", "pri\u017fon", True),  # a letter that re takes for another one
    ],
)
def test_a_pattern_is_looked_for_where_it_may_match(pattern: str, text: str, may: bool) -> None:
    assert (pattern in Sieve({pattern: clues_of(pattern)}).likely_in(Glance(text))) is may


def test_clues_compare_letters_as_expressions_do() -> None:
    letters = [chr(code) for code in range(0x20, 0x2FFF) if chr(code).lower() != chr(code).upper()]
    every = "".join(letters)
    for letter in letters:
        for other in re.findall(letter, every, re.IGNORECASE):
            assert fold(letter) == fold(other) or Glance(letter).is_open or Glance(other).is_open, (letter, other)


def test_a_stem_is_found_in_the_lower_case_of_a_dotted_capital() -> None:
    stem = "İşgəncə".lower()
    assert stem in Sieve({stem: clues_of_stem(stem)}).likely_in(Glance("Ona İŞGƏNCƏ verilib"))


def test_folding_keeps_every_place() -> None:
    text = "".join(map(chr, range(0x3000)))
    assert len(fold(text)) == len(text)
