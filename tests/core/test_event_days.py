"""On which day a change happened: a day of another sentence, of the speech about it, of an aside."""

from __future__ import annotations

from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.lang import load
from watchdog.model.article import Block, Document
from watchdog.model.claim import Claim
from watchdog.model.status import Status
from watchdog.model.watch import Case

LEXICON = load()
REPORTED = date(2026, 3, 6)  # a Friday


def claims_about(name: str, text: str, title: str = "", lang: str = "en") -> list[Claim]:
    """The asserted claims of a document of one paragraph."""
    block = Block(start=0, end=len(text))
    document = Document(title=title, text=text, blocks=(block,), lang=lang, reported=REPORTED)
    found = find_mentions(document, build_index([Case(id="x", name=name)], LEXICON.letters))
    return [claim for claim in find_claims(document, found, LEXICON) if claim.is_asserted]


def day_of(status: Status, claims: list[Claim]) -> str | None:
    """Of the first such claim."""
    given = next(claim.date for claim in claims if claim.status is status)
    return str(given) if given else None


@pytest.mark.parametrize(
    ("lang", "name", "text", "status", "expected"),
    [
        ("en", "Omar Zadran", "Omar Zadran told us that on Tuesday he was arrested.", Status.DETAINED, "2026-03-03"),
        (
            "en",
            "Omar Zadran",
            "Omar Zadran told us he left prison on Monday.",
            Status.RELEASED,
            "2026-03-02",
        ),
        ("en", "Omar Zadran", "Omar Zadran was freed, his wife said on Thursday.", Status.RELEASED, None),
        ("es", "Luis Peña", "Su esposa dijo que el martes Luis Peña fue detenido.", Status.DETAINED, "2026-03-03"),
        ("fr", "Marc Aubin", "La cour a confirmé lundi la peine de Marc Aubin.", Status.SENTENCE_UPHELD, "2026-03-02"),
        (
            "it",
            "Gino Serra",
            "La Corte ha confermato lunedì la condanna di Gino Serra.",
            Status.SENTENCE_UPHELD,
            "2026-03-02",
        ),
        ("fr", "Marc Aubin", "Marc Aubin a été libéré, a confirmé lundi sa sœur.", Status.RELEASED, None),
    ],
)
def test_the_day_of_what_is_said_is_not_the_day_of_saying_it(
    lang: str, name: str, text: str, status: Status, expected: str | None
) -> None:
    assert day_of(status, claims_about(name, text, lang=lang)) == expected


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        ("Omar Zadran, missing since Monday, has been located in a prison.", Status.LOCATED, None),
        ("Omar Zadran, who was seized on Monday, is in a coma.", Status.HEALTH_CRITICAL, None),
        ("Omar Zadran, arrested on Monday, was freed on Thursday.", Status.RELEASED, "2026-03-05"),
        ('A court jailed Omar Zadran for two years for "insult" on Wednesday.', Status.SENTENCED, "2026-03-04"),
        ("A court jailed Omar Zadran for two years (he wrote a song on Tuesday).", Status.SENTENCED, None),
    ],
)
def test_a_day_in_an_aside_is_of_the_aside(text: str, status: Status, expected: str | None) -> None:
    assert day_of(status, claims_about("Omar Zadran", text)) == expected


@pytest.mark.parametrize(
    ("lang", "name", "text", "status", "expected"),
    [
        (
            "en",
            "Omar Zadran",
            "The judge read it on Tuesday. Thus Omar Zadran was charged.",
            Status.CHARGED,
            "2026-03-03",
        ),
        ("en", "Omar Zadran", "The judge read it on Tuesday. Omar Zadran was charged.", Status.CHARGED, None),
        (
            "ru",
            "Олег Вязов",
            "Во вторник подписали бумагу. Таким образом, Олегу Вязову предъявлено обвинение.",
            Status.CHARGED,
            "2026-03-03",
        ),
        (
            "tr",
            "Ali Demirel",
            "Mahkeme iddianameyi dün kabul etti. Böylece Ali Demirel'e dava açıldı.",
            Status.CHARGED,
            "2026-03-05",
        ),
        ("en", "Omar Zadran", "The judge sat until Tuesday. Thus Omar Zadran was charged.", Status.CHARGED, None),
    ],
)
def test_thus_is_on_the_day_of_the_sentence_before(
    lang: str, name: str, text: str, status: Status, expected: str | None
) -> None:
    assert day_of(status, claims_about(name, text, lang=lang)) == expected


@pytest.mark.parametrize(
    ("lang", "name", "title", "text", "status", "expected"),
    [
        (
            "en",
            "Omar Zadran",
            "Omar Zadran freed",
            "On Tuesday Omar Zadran embraced his sons.",
            Status.RELEASED,
            "2026-03-03",
        ),
        (
            "de",
            "Uwe Brandt",
            "Uwe Brandt frei",
            "Am Dienstag umarmte Uwe Brandt seine Söhne.",
            Status.RELEASED,
            "2026-03-03",
        ),
        (
            "en",
            "Omar Zadran",
            "Omar Zadran freed",
            "Omar Zadran embraced his sons, his wife said on Tuesday.",
            Status.RELEASED,
            None,
        ),
        (
            "en",
            "Omar Zadran",
            "Omar Zadran freed",
            "On Tuesday, not on Monday, Omar Zadran came.",
            Status.RELEASED,
            None,
        ),
        ("en", "Omar Zadran", "Omar Zadran freed", "Omar Zadran was charged on Tuesday.", Status.RELEASED, None),
        (
            "en",
            "Omar Zadran",
            "Omar Zadran freed",
            "Omar Zadran wrote on Tuesday. He was released.",
            Status.RELEASED,
            None,
        ),
    ],
)
def test_a_headline_has_the_one_day_of_a_first_sentence_that_tells_nothing_else(
    lang: str, name: str, title: str, text: str, status: Status, expected: str | None
) -> None:
    assert day_of(status, claims_about(name, text, title, lang)) == expected


def test_a_headline_that_frees_by_a_pardon_is_no_release() -> None:
    pardon = "The president pardoned Omar Zadran on Tuesday."
    assert {claim.status for claim in claims_about("Omar Zadran", pardon, "Decree frees Omar Zadran")} == {
        Status.PARDONED
    }
    both = f"{pardon} Omar Zadran was released at noon."
    assert Status.RELEASED in {claim.status for claim in claims_about("Omar Zadran", both, "Decree frees Omar Zadran")}
