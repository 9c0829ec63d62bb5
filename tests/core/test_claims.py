"""What a text says happened: documents with the watched people in square brackets."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.core.timeline import decide
from watchdog.lang import Lexicon, load
from watchdog.model.article import Block, BlockRole, Document, TextField
from watchdog.model.claim import Certainty, Claim, Modality
from watchdog.model.dates import PartialDate
from watchdog.model.event import Outcome, TimelineEvent
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


def claims_of(
    text: str, title: str = "", *, lang: str | None = "en", old: int = 0, lexicon: Lexicon = LEXICON
) -> tuple[Claim, ...]:
    """The claims of a document whose first ``old`` paragraphs were there before."""
    head, in_title = _unmark(title, TextField.TITLE)
    body, in_text = _unmark(text, TextField.TEXT)
    blocks, start = [], 0
    for number, part in enumerate(body.split("\n\n") if body else []):
        if part:
            blocks.append(Block(start=start, end=start + len(part), role=BlockRole.PARAGRAPH, is_new=number >= old))
        start += len(part) + 2
    document = Document(title=head, text=body, blocks=tuple(blocks), title_is_new=not old, lang=lang, reported=REPORTED)
    claims = find_claims(document, MentionsFound(mentions=(*in_title, *in_text)), lexicon)
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
        pytest.param("De blogger [Ali Veliyev] werd maandag released, meldde zijn advocaat aan de krant.", id="Dutch"),
        pytest.param("Bloggaren [Ali Veliyev] släpptes i måndags, han är released och är hemma igen.", id="Swedish"),
    ],
)
@pytest.mark.parametrize("lang", ["sv", "hu", None])
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


MONDAY, FRIDAY = "2026-03-02", "2026-03-06"


def asserted(text: str, title: str = "", lang: str = "en") -> set[tuple[str, str]]:
    return {(c.case_id, str(c.status)) for c in claims_of(text, title, lang=lang) if c.is_asserted}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[Ali Veliyev], a lawyer, and [Rosa Luna:y], a blogger, were freed.", "x y", id="descriptions"),
        pytest.param("[Ali Veliyev], 34, and [Rosa Luna:y] (29) were freed.", "x y", id="ages"),
        pytest.param("Five people were freed on Friday: [Ali Veliyev], Jan Mika and [Rosa Luna:y].", "x y", id="colon"),
        pytest.param("[Ali Veliyev] and [Rosa Luna:y] were held. Both were freed on Friday.", "x y", id="both"),
        pytest.param(
            "[Ali Veliyev], Jan Mika and [Rosa Luna:y] sang. All three men were freed.", "x y", id="all three"
        ),
        pytest.param("[Ali Veliyev] and Jan Mika were held. They were freed.", "x", id="they, one of them watched"),
        pytest.param("[Ali Veliyev] and [Rosa Luna:y] were held. Two of them were freed.", "", id="which two?"),
        pytest.param("The mayor praised [Ali Veliyev]. They were freed.", "", id="no list before"),
        pytest.param("Police held [Ali Veliyev] and [Rosa Luna:y] was freed.", "y", id="a verb for one"),
        pytest.param(
            "A court fined [Ali Veliyev], and [Rosa Luna:y] said that Jan Mika was freed.", "", id="a speaker"
        ),
        pytest.param("[Ali Veliyev]: how I was freed", "", id="a speaker about himself"),
    ],
)
def test_who_of_a_list_is_meant(text: str, expected: str) -> None:
    assert {case for case, status in asserted(text) if status == Status.RELEASED} == set(expected.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "[Ali Veliyev] was jailed for five years on Monday, [Rosa Luna:y] was fined and Jan Mika acquitted.",
            {("x", "sentenced"), ("y", "sentenced")},
            id="one fate each",
        ),
        pytest.param(
            "A court sentenced [Ali Veliyev] to five years and [Rosa Luna:y] to three.",
            {("x", "sentenced"), ("y", "sentenced")},
            id="two terms",
        ),
        pytest.param(
            "A court sentenced [Ali Veliyev] to five years and [Rosa Luna:y] was acquitted.",
            {("x", "sentenced"), ("y", "acquitted")},
            id="a term and an acquittal",
        ),
    ],
)
def test_fates_of_a_list_stay_apart(text: str, expected: set[tuple[str, str]]) -> None:
    assert asserted(text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Reporter freed on bail", "[Ali Veliyev] left prison.", "released_conditionally", id="finer"),
        pytest.param("Reporter freed on bail", "[Ali Veliyev] gave a speech.", "", id="nothing to make finer"),
        pytest.param("Reporter freed on bail", "[Ali Veliyev] left prison. [Rosa Luna:y] sang.", "released", id="two"),
        pytest.param("Jan Mika freed on bail", "[Ali Veliyev] left prison.", "released", id="somebody else's headline"),
        pytest.param(
            "Court frees [Ali Veliyev]", "A court ordered [Ali Veliyev] freed; he remains in prison.", "", id="not out"
        ),
    ],
)
def test_a_headline_without_a_name_and_one_that_says_too_much(title: str, text: str, expected: str) -> None:
    assert {status for case, status in asserted(text, title) if case == "x"} == set(expected.split())


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        pytest.param("[Ali Veliyev] was detained at dawn.", Status.DETAINED, FRIDAY, id="a time of day is today"),
        pytest.param(
            "[Ali Veliyev] was detained at dawn on Monday.", Status.DETAINED, MONDAY, id="unless a day is named"
        ),
        pytest.param("Two days earlier [Ali Veliyev] was detained.", Status.DETAINED, "2026-03-04", id="days earlier"),
        pytest.param(
            "[Ali Veliyev] was jailed for a year over words that he wrote in January.",
            Status.SENTENCED,
            None,
            id="side clause",
        ),
        pytest.param(
            "[Rosa Luna:y] was sentenced on Monday. [Ali Veliyev] was acquitted.",
            Status.ACQUITTED,
            MONDAY,
            id="one sitting",
        ),
        pytest.param(
            "[Ali Veliyev] was released on Monday. He was freed on bail.",
            Status.RELEASED_CONDITIONALLY,
            MONDAY,
            id="finer word",
        ),
    ],
)
def test_the_day_of_a_change(text: str, status: Status, expected: str | None) -> None:
    claim = next(one for one in claims_of(text) if (one.case_id, one.status) == ("x", status) and one.is_asserted)
    assert (str(claim.date) if claim.date else None) == expected


def test_what_follows_a_recalled_year_is_recalled() -> None:
    claims = claims_of("In 2015 [Ali Veliyev] was sentenced to two years. He was released early.")
    assert all(claim.is_background for claim in claims)
    fresh = claims_of("In 2015 [Ali Veliyev] was sentenced to two years. He was released on Monday.")
    assert not fresh[-1].is_background


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param(
            "[Ali Veliyev] was freed on Friday but police arrested him again on Friday.", Outcome.NEW, id="again"
        ),
        pytest.param("[Ali Veliyev] was arrested on Friday and freed on Friday.", Outcome.CONFIRMATION, id="the same"),
    ],
)
def test_a_second_arrest_on_the_day_of_the_release_is_new(text: str, outcome: Outcome) -> None:
    known = TimelineEvent(id=1, status=Status.DETAINED, date=PartialDate.parse("2026-03-04"), reported=None)
    decisions = decide(claims_of(text), [known], reported=date(2026, 3, 6))
    assert next(one.outcome for one in decisions if one.claim.status is Status.DETAINED) is outcome


def test_a_cue_after_the_trigger_stops_at_its_clause() -> None:
    claims = claims_of("Суд отпустил [Дарью Ким] под домашний арест, а жалобу Олега Вязова отклонил.", lang="ru")
    assert [(claim.status, claim.modality) for claim in claims] == [(Status.HOUSE_ARREST, Modality.ASSERTED)]


def test_a_long_paragraph_takes_time_in_proportion() -> None:
    """One paragraph of 400,000 characters that is all triggers and cues; cues were searched once a trigger before."""
    text = (
        "[Ali Veliyev] was arrested, anniversary or not, and he was never released. " + "He was not released. " * 20_000
    )
    start = time.process_time()
    claims_of(text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "name", ["Ana María de la Cruz López", "Ahmed bin Said al-Harbi", "J. R. R. Tolkien-Smith", "Su Li"]
)
@pytest.mark.parametrize(
    ("text", "lang", "status"),
    [
        pytest.param("Die Untersuchungshaft der Reporterin [NAME] ist verlängert worden.", "de", "remanded", id="de"),
        pytest.param("Vermummte führten die Anwältin [NAME] aus ihrem Büro ab.", "de", "detained", id="de-apart"),
        pytest.param("El tribunal concedió a [NAME] el arresto domiciliario.", "es", "house_arrest", id="es"),
        pytest.param("La Sala Penal anuló la sentencia contra [NAME].", "es", "verdict_overturned", id="es-after"),
    ],
)
def test_a_name_of_many_words_is_read_as_one_of_two(name: str, text: str, lang: str, status: str) -> None:
    assert asserted(text.replace("NAME", name), lang=lang) == {("x", status)}


def test_an_age_with_a_noun_describes_the_name_before_it() -> None:
    text = "She spoke of [Mate Devidze], the 21-year-old protester who was sentenced on Monday to four years in prison."
    assert asserted(text) == {("x", "sentenced")}
