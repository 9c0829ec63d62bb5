"""Every example that a pack carries: each trigger's own, its counter-example, and the longer ones."""

from __future__ import annotations

import re
from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.lang import Lexicon, codes, load
from watchdog.lang.grammar import Example
from watchdog.model.article import Block, Document, TextField
from watchdog.model.mention import Mention, MentionKind, MentionsFound

LEXICON = load()
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
    new = {claim.status for claim in claims if claim.is_asserted and not claim.is_background}
    told = [(claim.status, claim.modality, claim.evidence.rule, claim.evidence.cues) for claim in claims]
    assert example.expect <= new, told
    assert not example.refuse & new, told


@pytest.mark.parametrize("code", codes())
def test_a_pack_covers_every_status_it_has_words_for(code: str, lexicon: Lexicon = LEXICON) -> None:
    from watchdog.model.status import Status

    have = {trigger.status for trigger in lexicon.packs[code].grammar.triggers}
    assert set(Status) - have <= {Status.LOCATED}
