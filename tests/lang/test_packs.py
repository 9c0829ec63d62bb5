"""Every example that a pack carries: each trigger's own, its counter-example, and the longer ones."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from watchdog.core.claims import find_claims
from watchdog.errors import PackError
from watchdog.lang import codes, load
from watchdog.lang.clues import Glance
from watchdog.lang.grammar import Example, read_grammar
from watchdog.lang.marks import read_marks
from watchdog.lang.patterns import Part, check_all
from watchdog.model.article import Block, Document, TextField
from watchdog.model.claim import Claim
from watchdog.model.mention import Mention, MentionKind, MentionsFound
from watchdog.model.status import Status

LEXICON = load()
PASSAGES = Path(__file__).parents[1] / "passages"
_MARKED = re.compile(r"\[([^\]]+)\]")


def _document(example: Example, code: str) -> tuple[Document, MentionsFound]:
    """The example as a title or a one-block text, with the names in square brackets as mentions."""
    field = TextField.TITLE if example.is_title else TextField.TEXT
    mentions, plain, last = [], "", 0
    for hit in _MARKED.finditer(example.text):
        plain += example.text[last : hit.start()]
        mentions.append(
            Mention(
                case_id="watched",
                field=field,
                start=len(plain),
                end=len(plain) + len(hit[1]),
                form=hit[1],
                kind=MentionKind.FULL,
                score=1.0,
                reason="marked",
            )
        )
        plain += hit[1]
        last = hit.end()
    plain += example.text[last:]
    document = Document(
        title=plain if example.is_title else "",
        text="" if example.is_title else plain,
        blocks=() if example.is_title else (Block(start=0, end=len(plain)),),
        lang=code,
        reported=date(2026, 3, 6),
    )
    return document, MentionsFound(mentions=tuple(mentions))


def _examples() -> list[object]:
    rows: list[object] = []
    for code, pack in LEXICON.packs.items():
        for example in pack.grammar.examples:
            marks = [pytest.mark.xfail(strict=True, reason="known failure")] if example.known_failure else []
            rows.append(pytest.param(code, example, id=f"{code}:{example.name}", marks=marks))
    return rows


@pytest.mark.parametrize(("code", "example"), _examples())
def test_an_example_of_a_pack(code: str, example: Example) -> None:
    document, found = _document(example, code)
    claims = find_claims(document, found, LEXICON)
    new = {claim.status for claim in claims if claim.is_asserted and not _is_old(claim, document.reported)}
    told = [(claim.status, claim.modality, claim.evidence.rule, claim.evidence.cues) for claim in claims]
    assert example.expect <= new, told
    assert not (new - example.expect if example.is_whole else new & example.refuse), told


def _is_old(claim: Claim, reported: date) -> bool:
    """Told as background, and not of the last fortnight (design, section 7)."""
    return claim.is_background and (claim.date is None or (reported - claim.date.last_day).days > 14)


@pytest.mark.parametrize("code", codes())
def test_a_pack_covers_every_status(code: str) -> None:
    assert {trigger.status for trigger in LEXICON.packs[code].grammar.triggers} == set(Status)


@pytest.mark.parametrize("code", codes())
def test_stems_are_lower_case_as_the_text_they_are_searched_in(code: str) -> None:
    for trigger in LEXICON.packs[code].grammar.triggers:
        assert all(stem == stem.lower() for stem in trigger.stems), trigger.rule


@pytest.mark.parametrize("code", codes())
def test_every_pattern_of_a_pack_is_one(code: str) -> None:
    LEXICON.packs[code].check()


@pytest.mark.parametrize("code", codes())
def test_what_is_left_out_of_a_passage_does_not_match_in_it(code: str) -> None:
    pack = LEXICON.packs[code]
    rows = (PASSAGES / f"{code}.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(row)["text"].translate(pack.marks.variants) for row in rows[::20]]
    everything = pack.sieve.likely_in(Glance("\u0307"))
    assert len(everything) > 150  # stems, cues, dates and words for people
    for text in texts:
        absent = everything - pack.sieve.likely_in(Glance(text))
        found = [part for part in absent if isinstance(part, Part) and part.regex.search(text)]
        seldom = [part for one in pack.grammar.triggers[::4] for part in one.pattern.parts]
        found += [part for part in {*seldom}.difference(Glance(text).among(seldom)) if part.regex.search(text)]
        assert not found, [part.source for part in found]
        assert not [word for word in absent if isinstance(word, str) and word in text.lower()]


_GOOD_CUES = """
[language]
script = "latin"
frequent = "the of"
[people]
[sentences]
"""
_GOOD_TRIGGERS = """
[[trigger]]
status = "released"
name = "freed"
seek = "before"
stems = ["freed"]
pattern = ["freed"]
example = "[A B] was freed."
counter = "[A B] was not freed."
"""


def _pack(folder: Path, cues: str, triggers: str) -> Path:
    (folder / "cues.toml").write_text(cues, "utf-8")
    (folder / "triggers.toml").write_text(triggers, "utf-8")
    return folder


def test_a_small_pack_can_be_read(tmp_path: Path) -> None:
    grammar = read_grammar(_pack(tmp_path, _GOOD_CUES, _GOOD_TRIGGERS), "xx")
    assert [trigger.rule for trigger in grammar.triggers] == ["xx.released.freed"]


@pytest.mark.parametrize(
    ("cues", "triggers", "named"),
    [
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS.replace("released", "relased"), "status", id="no such status"),
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS.replace('"before"', '"befor"'), "seek", id="no such place"),
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS.replace('["freed"]', '["fre(ed"]'), "pattern", id="broken pattern"),
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS.replace('["freed"]', "[]"), "stems", id="no stems"),
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS.replace('["freed"]', '["{was}"]'), "was", id="no such macro"),
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS + "stem = 3", "stem", id="unknown key"),
        pytest.param(_GOOD_CUES, _GOOD_TRIGGERS.replace("counter", "#"), "counter", id="no counter-example"),
        pytest.param(_GOOD_CUES + '[[cue]]\nkind = "maybe"', _GOOD_TRIGGERS, "kind", id="no such kind of cue"),
        pytest.param(_GOOD_CUES.replace("script", "scrip"), _GOOD_TRIGGERS, "scrip", id="misspelt key"),
    ],
)
def test_a_mistake_in_a_pack_is_named(tmp_path: Path, cues: str, triggers: str, named: str) -> None:
    folder = _pack(tmp_path, cues, triggers)
    with pytest.raises(PackError, match=rf"\.toml: \[.*{named}"):
        check_all((read_marks(folder), read_grammar(folder, "xx")))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"cues\.toml"):
        read_grammar(tmp_path, "xx")
