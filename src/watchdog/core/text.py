"""Cuts text into sentences and clauses with their offsets, and tells its language.

No parser: punctuation, abbreviations and the packs' clause words. All spans are ``[start, end)`` in the text given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from watchdog.lang.grammar import LanguageMarks
from watchdog.lang.patterns import Words, one_way
from watchdog.lang.tongues import Tongues

#: Less than this many letters may be in any language: the hint or the text round it decides.
_SHORT_LETTERS = 60
#: The share of a text's words that are among those of a pack. Own count over the labelled passages
#: (2026-11): from .1 up in the right language, below .07 in another of the same script.
_LEAST_SHARE = 0.07
#: Languages that share their small words ("de la") come so near one another; the hint decides between them. In a short
#: text it does so whenever anything speaks for it.
_NEAR_SHARE = 0.75
#: What the small words of a short text must weigh to speak against its surroundings: a rare one and another.
_TWO_WORDS = 1.5
#: Languages without a pack are mostly written in this script too, so that it says little.
_SHARED_SCRIPT = "latin"
#: A letter that marks a language makes at least so much of its text: ə is 7 to 9 in 100 letters of Azerbaijani.
_NEEDED_SHARE = 0.03
#: So many words hold a small one of their language; letters alone would make Yoruba of Vietnamese.
_MANY_WORDS = 12
#: Words looked at; more changes nothing.
_WORDS_LOOKED_AT = 400
#: A sentence longer than this is a table or a list without stops; it is cut so that no search runs long.
_LONGEST_SENTENCE = 1200
#: "Twelve people were held. Among them is X": both sentences have so many characters at most.
_LONGEST_LIST = 500

#: "Last year", "In May 2021": more words before the first comma are a clause of their own ("Missing since May").
_LEAD = re.compile(r"\S+(?:\s\S+)?|(?:\S+\s){1,2}(?:19|20)\d\d")

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_STOP = re.compile(r"[.!?…։]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[”’」』）]*|\n+")
_LAST_WORD = re.compile(r"([^\W\d_]+|\b[0-9]{1,3})\.$")
_SCRIPTS = (
    ("latin", re.compile("[A-Za-zÀ-ɏḀ-ỿ]+")),
    ("cyrillic", re.compile("[Ѐ-ӿ]+")),
    ("han", re.compile("[㐀-鿿]+")),
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+")),
    ("armenian", re.compile("[Ա-֏]+")),
    ("georgian", re.compile("[Ⴀ-ჿᲐ-Ჿ]+")),
    ("other", re.compile("[Ͱ-Ͽ֐-႟ᄀ-᏿ぁ-ヿ가-힣]+")),
)


_UNSPACED = re.compile("[㐀-鿿]{1,2}")


@dataclass(frozen=True, slots=True)
class Span:
    """``[start, end)`` in a text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


def split_sentences(text: str, start: int, end: int, abbreviations: frozenset[str]) -> tuple[Span, ...]:
    """The sentences of ``text[start:end]``, without the white space round them; offsets are those of ``text``."""
    found: list[Span] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop[0][0] != "\n" and not _ends_sentence(text, begin, stop, end, abbreviations):
            continue
        _add(found, text, begin, stop.end())
        begin = stop.end()
    _add(found, text, begin, end)
    return tuple(found)


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST_SENTENCE:
        cut = text.rfind(" ", start, start + _LONGEST_SENTENCE)
        cut = cut if cut > start else start + _LONGEST_SENTENCE
        found.append(Span(start, cut))
        start = cut + (text[cut] == " ")
    if start < end:
        found.append(Span(start, end))


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int, abbreviations: frozenset[str]) -> bool:
    rest = text[stop.end() : min(end, stop.end() + 4)].lstrip(" \t\"'“‘«(—–-")
    if rest and rest[0] != rest[0].title():  # Georgian letters are lower case to Unicode and begin sentences
        return False
    if stop[0] != ".":
        return True
    word = _LAST_WORD.search(text, max(begin, stop.start() - 24), stop.start() + 1)
    if word is None:
        return True
    if word[1].isdigit():  # an ordinal, where the language writes it so: "am 2. März"
        return word[1] not in abbreviations
    return len(word[1]) > 1 and word[1].lower() not in abbreviations


def count_words(text: str) -> int:
    """How many words a gap holds; where a script puts no spaces between them, two characters are about one."""
    return len(_UNSPACED.sub(" x ", text).split())


def split_clauses(text: str, start: int, end: int, clause_start: Words) -> tuple[Span, ...]:
    """The clauses of one sentence, in order; together they cover it.

    A few words before a first comma ("In 2021, X was held") belong to the clause that they lead into.
    """
    cuts = [start, *(match.start() for match in clause_start.finditer(text, start, end) if match.start() > start), end]
    if cuts[1:-1] and text[cuts[1]] == "," and _LEAD.fullmatch(text, start, cuts[1]):
        del cuts[1]
    return tuple(Span(left, right) for left, right in pairwise(cuts))


def with_those_named(text: str, sentences: Sequence[Span], among: Words) -> list[Span]:
    """The sentences, one that only names some of those of whom the one before it tells as a part of that one."""
    joined: list[Span] = []
    for sentence in sentences:
        is_list = joined and among.match(text, sentence.start, sentence.end)
        if is_list and sentence.end - joined[-1].start <= _LONGEST_LIST:
            joined[-1] = Span(joined[-1].start, sentence.end)
        else:
            joined.append(sentence)
    return joined


def find_language(text: str, hint: str | None, tongues: Tongues) -> str | None:
    """The language of a text among those that have a pack.

    Args:
        text: a paragraph or title; the more, the surer.
        hint: the language of what surrounds it; decides where the text is too short to tell. A code without a pack
            means that it is probably none of ours, None that nothing is known.
        tongues: the languages with their marks and small words.

    Returns:
        The code of a pack; None where the text is in none of these languages or nothing can be told.
    """
    known = tongues.marks.get(hint or "")
    script, count = _script(text, known.script if known else _SHARED_SCRIPT)
    if not count:
        return hint if known else None
    lowered = one_way(text.lower())
    is_short = count < _SHORT_LETTERS
    letters = frozenset(lowered)
    words = [match[0] for match in islice(_WORD.finditer(lowered), _WORDS_LOOKED_AT)]
    weights = tongues.weigh(script, words)
    shares = {
        code: _share(marks, lowered, letters, weights.pop(code, 0.0), count, len(words))
        for code, marks in tongues.marks.items()
        if marks.script == script and letters.isdisjoint(marks.alien)
    }
    strangers = (name for name in weights if name in tongues.alien and letters.isdisjoint(tongues.alien[name]))
    stranger = max((weights[name] for name in strangers), default=0.0)
    first, second = (*sorted(shares.values(), reverse=True), 0.0, 0.0)[:2]
    is_foreign = is_short and hint is not None and known is None
    hinted = shares.get(hint or "", 0.0)
    if hinted >= _LEAST_SHARE and (is_short or hinted >= _NEAR_SHARE * max(first, stranger)):
        return hint
    if first >= _LEAST_SHARE and first > max(second, stranger) and not is_foreign:
        best = max(shares, key=lambda code: shares[code])
        is_one_word = first * len(words) < _TWO_WORDS and letters.isdisjoint(tongues.marks[best].telling)
        if not (is_short and hint in shares and is_one_word):  # "Leila Moradi given ten years": "ten" is Polish, too
            return best
    tells_nothing = max(first, stranger) < _LEAST_SHARE
    return hint if hint in shares and (is_short or tells_nothing or script != _SHARED_SCRIPT) else None


def _script(text: str, expected: str) -> tuple[str, int]:
    """The script of most letters, and how many they are; the expected one is looked for first, to save time."""
    best, most = _SCRIPTS[0][0], 0
    for name, pattern in sorted(_SCRIPTS, key=lambda script: script[0] != expected):
        count = sum(map(len, pattern.findall(text)))
        if count > most:
            best, most = name, count
        if 2 * most > len(text):
            break
    return best, most


def _share(marks: LanguageMarks, lowered: str, there: frozenset[str], share: float, letters: int, words: int) -> float:
    """How much speaks for a language: its common words, and the letters that only it has."""
    needed = sum(lowered.count(letter) for letter in marks.needed & there)
    if marks.needed and needed < _NEEDED_SHARE * letters:
        return 0.0
    telling = sum(lowered.count(letter) for letter in marks.telling & there)
    is_told = bool(marks.needed) or (letters >= _SHORT_LETTERS and 0 < telling >= _NEEDED_SHARE * letters)
    has_words = share > 0 or words < _MANY_WORDS or marks.script != _SHARED_SCRIPT
    return share + _LEAST_SHARE if is_told and has_words else share
