"""What a text says happened: documents with the watched people in square brackets."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.lang import load
from watchdog.model.article import Block, BlockRole, Document, TextField
from watchdog.model.claim import Certainty, Claim, Modality
from watchdog.model.mention import Mention, MentionKind, MentionsFound
from watchdog.model.status import Status

LEXICON = load()
REPORTED = date(2026, 3, 6)  # a Friday
_MARKED = re.compile(r"\[([^\]:]+)(?::(\w+))?\]")


def _unmark(text: str, field: TextField) -> tuple[str, list[Mention]]:
    """``[Name]`` is a mention of the case ``x``, ``[Name:y]`` of the case ``y``."""
    plain, last, mentions = "", 0, []
    for hit in _MARKED.finditer(text):
        plain += text[last : hit.start()]
        span = (len(plain), len(plain) + len(hit[1]))
        plain, last = plain + hit[1], hit.end()
        mentions.append(
            Mention(
                case_id=hit[2] or "x",
                field=field,
                start=span[0],
                end=span[1],
                form=hit[1],
                kind=MentionKind.FULL,
                score=1.0,
                reason="marked",
            )
        )
    return plain + text[last:], mentions


def claims_of(text: str, title: str = "", *, lang: str | None = "en", old: int = 0) -> tuple[Claim, ...]:
    """The claims of a document whose first ``old`` paragraphs were there before."""
    head, in_title = _unmark(title, TextField.TITLE)
    body, in_text = _unmark(text, TextField.TEXT)
    blocks, start = [], 0
    for number, part in enumerate(body.split("\n\n") if body else []):
        if part:
            blocks.append(Block(start=start, end=start + len(part), role=BlockRole.PARAGRAPH, is_new=number >= old))
        start += len(part) + 2
    document = Document(title=head, text=body, blocks=tuple(blocks), title_is_new=not old, lang=lang, reported=REPORTED)
    claims = find_claims(document, MentionsFound(mentions=(*in_title, *in_text)), LEXICON)
    for claim in claims:
        where = document.field(claim.evidence.field)
        assert where[claim.evidence.start : claim.evidence.end] == claim.evidence.sentence
    return claims


def told(claims: tuple[Claim, ...]) -> list[tuple[str, str]]:
    return [(claim.case_id, str(claim.status)) for claim in claims if claim.is_asserted]


@pytest.mark.parametrize(
    ("text", "status", "modality"),
    [
        pytest.param("[Ali Veliyev] was not released on Monday.", Status.RELEASED, Modality.NEGATED, id="negated"),
        pytest.param("MEPs demanded that [Ali Veliyev] be released.", Status.RELEASED, Modality.CALLED_FOR, id="call"),
        pytest.param("[Ali Veliyev] will be released in May.", Status.RELEASED, Modality.PLANNED, id="planned"),
        pytest.param("[Ali Veliyev] could be charged.", Status.CHARGED, Modality.HYPOTHETICAL, id="hypothetical"),
        pytest.param("Will [Ali Veliyev] be released?", Status.RELEASED, Modality.HYPOTHETICAL, id="question"),
        pytest.param("It is a rumour that [Ali Veliyev] has died.", Status.DIED, Modality.RUMOUR, id="rumour"),
        pytest.param("Reports that [Ali Veliyev] has died are false.", Status.DIED, Modality.DENIED, id="denied"),
        pytest.param("A judge denied bail to [Ali Veliyev].", Status.RELEASED_CONDITIONALLY, Modality.REFUSED, id="no"),
        pytest.param("The wife of [Ali Veliyev] was detained.", Status.DETAINED, Modality.OTHER_PERSON, id="relative"),
        pytest.param(
            "[Ali Veliyev] was charged with leading the desk.", Status.CHARGED, Modality.OTHER_SENSE, id="job"
        ),
        pytest.param(
            "[Ali Veliyev] continues a hunger strike begun; he is on hunger strike still, its fifth day.",
            Status.HUNGER_STRIKE_BEGAN,
            Modality.CONTINUES,
            id="goes on",
        ),
    ],
)
def test_a_blocked_claim_keeps_its_reason(text: str, status: Status, modality: Modality) -> None:
    claims = [claim for claim in claims_of(text) if claim.status is status]
    assert [claim.modality for claim in claims] == [modality]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[Ali Veliyev] was freed on bail on Monday.", ["released_conditionally"], id="in a sentence"),
        pytest.param(
            "[Ali Veliyev] was released on Monday. He was freed on bail.", ["released_conditionally"], id="in a text"
        ),
        pytest.param(
            "[Ali Veliyev] was pardoned on Tuesday and left prison on Wednesday.",
            ["pardoned", "released"],
            id="two dates are two events",
        ),
        pytest.param("A court found [Ali Veliyev] guilty and sentenced him to a year.", ["sentenced"], id="verdict"),
        pytest.param(
            "[Ali Veliyev] left prison on Monday. He was taken to a military hospital.",
            ["hospitalised"],
            id="a way to the hospital is no release",
        ),
    ],
)
def test_the_most_specific_status_wins(text: str, expected: list[str]) -> None:
    assert [status for _, status in told(claims_of(text))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[Ali Veliyev] was freed. [Sara Isa:y] remains in prison.", [("x", "released")], id="two fates"),
        pytest.param(
            "[Ali Veliyev] and [Sara Isa:y] were detained.", [("x", "detained"), ("y", "detained")], id="one list"
        ),
        pytest.param("[Ali Veliyev] appeared in court. He was fined.", [("x", "sentenced")], id="pronoun"),
        pytest.param("[Ali Veliyev] said Anar Aliyev was detained.", [], id="nearer person"),
        pytest.param("Anar Aliyev met [Ali Veliyev]. Sara Isa was detained.", [], id="another sentence"),
        pytest.param("“They charged me with fraud,” [Ali Veliyev] said.", [("x", "charged")], id="first person"),
    ],
)
def test_who_it_happened_to(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(claims_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[Ali Veliyev] was released on Monday.", "2026-03-02", id="weekday"),
        pytest.param("[Ali Veliyev] was released, his lawyer said on Monday.", None, id="the day of the report"),
        pytest.param("[Ali Veliyev] was remanded until 12 May.", None, id="a term"),
        pytest.param("BAKU, March 5 — [Ali Veliyev] was released.", None, id="a dateline"),
        pytest.param("BAKU, March 5 — [Ali Veliyev] was released on Thursday.", "2026-03-05", id="counts from it"),
        pytest.param("[Ali Veliyev] was arrested in 2017.", "2017", id="a year"),
    ],
)
def test_date_of_an_event(text: str, expected: str | None) -> None:
    (claim,) = [claim for claim in claims_of(text) if claim.is_asserted]
    assert (str(claim.date) if claim.date else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[Ali Veliyev] was arrested on Monday.", False, id="news"),
        pytest.param("[Ali Veliyev] had been arrested.", True, id="pluperfect"),
        pytest.param("Relatives learned that [Ali Veliyev] had been arrested.", False, id="reported speech"),
        pytest.param("[Ali Veliyev] was arrested in 2017.", True, id="a year"),
        pytest.param("The case goes back to January. [Ali Veliyev] was arrested.", True, id="recap paragraph"),
    ],
)
def test_background(text: str, expected: bool) -> None:
    assert [claim.is_background for claim in claims_of(text) if claim.is_asserted] == [expected]


def test_a_named_source_makes_it_reported() -> None:
    (claim,) = claims_of("[Ali Veliyev] was beaten by guards, his lawyer said.")
    assert (claim.certainty, claim.attributed_to) == (Certainty.REPORTED, "his lawyer")


def test_a_denial_in_the_next_sentence_makes_it_disputed() -> None:
    (claim,) = claims_of("[Ali Veliyev] was beaten by guards, his lawyer said. The prison administration denied it.")
    assert claim.certainty is Certainty.DISPUTED
    assert claim.confidence < 1


def test_a_headline_alone_is_doubted_and_with_the_text_is_not() -> None:
    (alone,) = claims_of("He waved to friends.", "[Ali Veliyev] arrested in Baku")
    assert alone.confidence == pytest.approx(0.7)
    assert alone.doubts == ("only the headline says so",)
    both = claims_of("[Ali Veliyev] was arrested on Monday.", "[Ali Veliyev] arrested in Baku")
    assert [claim.confidence for claim in both] == [1.0, 1.0]
    assert {str(claim.date) for claim in both} == {"2026-03-02"}


def test_a_pronoun_is_doubted_more_where_another_was_named() -> None:
    sure = claims_of("[Ali Veliyev] appeared in court. He was fined.")
    shared = claims_of("[Ali Veliyev] wrote about Anar Aliyev. He was fined.")
    assert sure[0].confidence > shared[0].confidence


def test_old_blocks_give_antecedents_and_no_claims() -> None:
    claims = claims_of("[Ali Veliyev] was arrested on Monday.\n\nHe was released on Friday.", old=1)
    assert told(claims) == [("x", "released")]


def test_one_claim_per_case_status_and_sentence() -> None:
    claims = claims_of("[Ali Veliyev] was arrested on Monday; police detained [Veliyev] at home.")
    assert [claim.status for claim in claims] == [Status.DETAINED]


def test_titles_come_first_and_the_rule_names_pack_and_trigger() -> None:
    claims = claims_of("[Ali Veliyev] was arrested on Monday.", "[Ali Veliyev] arrested")
    assert [claim.evidence.field for claim in claims] == [TextField.TITLE, TextField.TEXT]
    assert claims[1].evidence.rule == "en.detained.passive"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Der Blogger [Ali Veliyev] wurde am Montag released und ist wieder zu Hause.", id="German"),
        pytest.param("Le blogueur [Ali Veliyev] a été libéré lundi et il est released chez lui.", id="French"),
        pytest.param("Blog yazarı [Ali Veliyev] pazartesi günü tahliye edildi, released dedi.", id="Turkish"),
    ],
)
@pytest.mark.parametrize("lang", ["de", "fr", None])
def test_a_language_without_a_pack_says_nothing(text: str, lang: str | None) -> None:
    assert claims_of(text, "[Ali Veliyev] released", lang=lang) == ()


@pytest.mark.parametrize("text", ["", "\n\n", "[Ali Veliyev]", "a" * 5000, "[Ali Veliyev] " + "was not " * 3000])
def test_odd_texts_are_read_to_their_end(text: str) -> None:
    assert told(claims_of(text)) == []


def test_no_mention_no_claim() -> None:
    assert claims_of("A blogger was released on Monday.") == ()


def test_a_paragraph_is_read_in_its_own_language() -> None:
    claims = claims_of(
        "The blogger [Ali Veliyev] spoke to the press about his case and the state of the media in the country.\n\n"
        "Блогер [Али Велиев] был освобожден в понедельник, и об этом сообщил его адвокат в суде.",
    )
    assert [claim.evidence.rule for claim in claims if claim.is_asserted] == ["ru.released.out"]


def test_a_paragraph_that_repeats_one_sentence_thousands_of_times_is_read_within_the_deadline_of_a_worker() -> None:
    """Cues look at the paragraph before a sentence, so the work grows with its square unless the claims are counted."""
    began = time.process_time()
    claims = claims_of("[Mehman Huseynov] was released from prison on Monday. " * 3_000)
    assert len(claims) > 1
    assert time.process_time() - began < 8
