"""A sentence that only names some of those of whom the one before it tells: "Among them is X"."""

from __future__ import annotations

import pytest

from tests.core.test_claims import claims_of
from watchdog.model.status import Status


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Police said twelve people were detained on Monday. Among them is journalist [Lena Marsh].",
            {Status.DETAINED},
        ),
        ("A decree pardoned 12 convicts on Monday. Among them is political prisoner [Lena Marsh].", {Status.PARDONED}),
        ("Twelve people came. Among them was [Lena Marsh], who was arrested at the door.", {Status.DETAINED}),
        ("Reporters stood where 12 people were jailed on Monday. Among them was [Lena Marsh].", set()),
        ("The court freed five men. [Lena Marsh] wrote about them.", set()),
    ],
)
def test_who_is_named_among_them_had_it_happen(text: str, told: set[Status]) -> None:
    assert {claim.status for claim in claims_of(text) if claim.is_asserted} == told


@pytest.mark.parametrize(
    ("lang", "text", "status"),
    [
        ("ru", "В пятницу задержали десять человек. Среди них журналист [Алесь Крупеня].", Status.DETAINED),
        ("uk", "У п'ятницю затримали десять людей. Серед них журналіст [Олесь Крупеня].", Status.DETAINED),
        ("be", "У пятніцу затрымалі дзесяць чалавек. Сярод іх журналіст [Алесь Крупеня].", Status.DETAINED),
        ("es", "La policía detuvo a doce personas. Entre ellas está la periodista [Lena Marsh].", Status.DETAINED),
        ("fr", "La police a arrêté douze personnes. Parmi elles figure la journaliste [Lena Marsh].", Status.DETAINED),
        ("de", "Die Polizei nahm zwölf Menschen fest. Unter ihnen ist die Journalistin [Lena Marsh].", Status.DETAINED),
        ("it", "La polizia ha arrestato dodici persone. Tra loro c'è la giornalista [Lena Marsh].", Status.DETAINED),
        ("pt", "A polícia deteve doze pessoas. Entre elas está a jornalista [Lena Marsh].", Status.DETAINED),
        ("pl", "Policja zatrzymała dwanaście osób. Wśród nich jest dziennikarka [Lena Marsh].", Status.DETAINED),
    ],
)
def test_in_other_languages(lang: str, text: str, status: Status) -> None:
    assert {claim.status for claim in claims_of(text, lang=lang) if claim.is_asserted} == {status}
    denied = text.replace(" está ", " no está ").replace(" figure ", " ne figure pas ").replace(" ist ", " ist nicht ")
    if denied != text:
        assert not {claim.status for claim in claims_of(denied, lang=lang) if claim.is_asserted}
