"""Which announced days a text gives, and what ends the wait for them."""

from __future__ import annotations

from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.core.expectations import find_expected, is_reported
from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.core.passages import named_passages
from watchdog.lang import load
from watchdog.model.article import Block, Document
from watchdog.model.dates import PartialDate
from watchdog.model.event import TimelineEvent
from watchdog.model.expectation import Expectation, ExpectedKind
from watchdog.model.status import Status
from watchdog.model.watch import Case

LEXICON = load(("en", "ru", "az", "tr", "de", "fr", "es", "uk", "pl"))
REPORTED = date(2026, 3, 6)  # a Friday
INDEX = build_index(
    [
        Case(id="mh", name="Mehman Huseynov", aliases=("Мехман Гусейнов", "Mehman Hüseynov")),
        Case(id="ea", name="Emma Asasyan"),
    ],
    LEXICON.letters,
)


def expected(text: str, lang: str) -> list[str]:
    blocks = (Block(start=0, end=len(text)),)
    document = Document(title="", text=text, blocks=blocks, lang=lang, reported=REPORTED)
    found = find_mentions(document, INDEX)
    claims = find_claims(document, found, LEXICON)
    told = find_expected(document, found, claims, named_passages(document, found, LEXICON.tongues), LEXICON)
    assert all(one.sentence in text for one in told)
    return [f"{one.case_id} {one.kind} {one.day}" for one in told]


@pytest.mark.parametrize(
    ("lang", "text", "told"),
    [
        ("en", "Mehman Huseynov is due to be released on 3 May, his lawyer said.", ["mh release 2026-05-03"]),
        ("en", "Mehman Huseynov will be released on 15 March.", ["mh release 2026-03-15"]),
        ("en", "The sentence of Mehman Huseynov ends on 2 February 2027.", ["mh release 2027-02-02"]),
        ("en", "Mehman Huseynov was remanded in custody until 3 May by a court in Baku.", ["mh custody 2026-05-03"]),
        ("en", "A court extended the detention of Mehman Huseynov until 12 July 2026.", ["mh custody 2026-07-12"]),
        ("en", "The next hearing in the case of Mehman Huseynov is scheduled for 3 May.", ["mh hearing 2026-05-03"]),
        ("en", "The trial of Mehman Huseynov is due to begin on 3 January.", ["mh hearing 2027-01-03"]),
        ("en", "The verdict on Mehman Huseynov is expected on 12 March.", ["mh hearing 2026-03-12"]),
        ("ru", "Мехман Гусейнов выйдет на свободу 3 мая, сообщил его адвокат.", ["mh release 2026-05-03"]),
        ("ru", "Мехмана Гусейнова должны освободить 3 мая 2026 года.", ["mh release 2026-05-03"]),
        ("ru", "Суд арестовал Мехмана Гусейнова до 3 мая.", ["mh custody 2026-05-03"]),
        ("ru", "Суд продлил арест Мехмана Гусейнова до 12 июля 2026 года.", ["mh custody 2026-07-12"]),
        ("ru", "Следующее заседание по делу Мехмана Гусейнова назначено на 3 мая.", ["mh hearing 2026-05-03"]),
        ("ru", "Суд над Мехманом Гусейновым начнется 3 мая.", ["mh hearing 2026-05-03"]),
        ("az", "Mehman Hüseynov mayın 3-də azadlığa çıxacaq, vəkili deyib.", ["mh release 2026-05-03"]),
        ("az", "Mehman Hüseynov 3 may 2026-cı ildə azadlığa buraxılacaq.", ["mh release 2026-05-03"]),
        ("az", "Məhkəmə Mehman Hüseynov barəsində mayın 3-dək həbs qətimkan tədbiri seçib.", ["mh custody 2026-05-03"]),
        ("az", "Mehman Hüseynovun işi üzrə növbəti məhkəmə iclası mayın 3-nə təyin olunub.", ["mh hearing 2026-05-03"]),
        ("az", "Mehman Hüseynovun məhkəməsi mayın 3-də başlayacaq.", ["mh hearing 2026-05-03"]),
        ("tr", "Mehman Hüseynov 3 Mayıs'ta tahliye edilecek, avukatı açıkladı.", ["mh release 2026-05-03"]),
        ("tr", "Mehman Hüseynov'un duruşması 3 Mayıs'a ertelendi.", ["mh hearing 2026-05-03"]),
        ("de", "Mehman Huseynov soll am 3. Mai freigelassen werden, sagte sein Anwalt.", ["mh release 2026-05-03"]),
        ("de", "Der Prozess gegen Mehman Huseynov beginnt am 3. Mai.", ["mh hearing 2026-05-03"]),
        ("fr", "Mehman Huseynov doit être libéré le 3 mai, selon son avocat.", ["mh release 2026-05-03"]),
        ("fr", "Le procès de Mehman Huseynov a été renvoyé au 3 mai.", ["mh hearing 2026-05-03"]),
        ("es", "Mehman Huseynov será liberado el 3 de mayo, según su abogado.", ["mh release 2026-05-03"]),
        ("es", "La audiencia de Mehman Huseynov fue fijada para el 3 de mayo.", ["mh hearing 2026-05-03"]),
        ("uk", "Мехман Гусейнов вийде на свободу 3 травня, повідомив його адвокат.", ["mh release 2026-05-03"]),
        ("uk", "Засідання у справі Мехмана Гусейнова призначено на 3 травня.", ["mh hearing 2026-05-03"]),
        ("pl", "Mehman Huseynov wyjdzie na wolność 3 maja, mówi jego adwokat.", ["mh release 2026-05-03"]),
        ("pl", "Rozprawa Mehmana Huseynova odbędzie się 3 maja.", ["mh hearing 2026-05-03"]),
    ],
)  # fmt: skip
def test_an_announced_day_is_an_expectation(lang: str, text: str, told: list[str]) -> None:
    assert expected(text, lang) == told


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        pytest.param("en", "Mehman Huseynov was released on 3 March, his lawyer said.", id="what-happened"),
        pytest.param("en", "A court in Baku remanded Mehman Huseynov in custody for two months.", id="a-duration"),
        pytest.param("en", "Mehman Huseynov will be released soon, his lawyer said.", id="no-day"),
        pytest.param("en", "Mehman Huseynov will be released in May, his lawyer said.", id="a-month"),
        pytest.param("en", "A hearing on Mehman Huseynov was held on 3 January.", id="a-hearing-that-was"),
        pytest.param("en", "Mehman Huseynov will be released on 3 May 2026 or on 9 May 2026.", id="two-days"),
        pytest.param("en", "The hearing of Mehman Huseynov and Emma Asasyan is set for 3 May.", id="whose-of-two"),
        pytest.param("en", "Elections are scheduled for 3 May, Mehman Huseynov said.", id="something-else"),
        pytest.param("ru", "Заседание по делу Мехмана Гусейнова прошло 3 марта.", id="a-hearing-that-was-ru"),
        pytest.param("az", "Mehman Hüseynov martın 3-də azadlığa çıxıb.", id="what-happened-az"),
        pytest.param("tr", "Mehman Hüseynov 3 Mart'ta tahliye edildi.", id="what-happened-tr"),
        pytest.param("de", "Mehman Huseynov wurde am 3. März freigelassen.", id="what-happened-de"),
        pytest.param("fr", "Mehman Huseynov a été libéré le 3 mars.", id="what-happened-fr"),
        pytest.param("es", "Mehman Huseynov fue liberado el 3 de marzo.", id="what-happened-es"),
        pytest.param("uk", "Мехман Гусейнов вийшов на свободу 3 березня.", id="what-happened-uk"),
        pytest.param("pl", "Mehman Huseynov wyszedł na wolność 3 marca.", id="what-happened-pl"),
    ],
)
def test_what_announces_no_day(lang: str, text: str) -> None:
    assert expected(text, lang) == []


def event(status: Status, day: date | None) -> TimelineEvent:
    given = PartialDate.of(day) if day else None
    return TimelineEvent(id=1, status=status, date=given, reported=None if day is None else day)


@pytest.mark.parametrize(
    ("kind", "status", "day", "ends"),
    [
        pytest.param(ExpectedKind.RELEASE, Status.RELEASED, date(2026, 5, 3), True, id="as-announced"),
        pytest.param(ExpectedKind.RELEASE, Status.RELEASED, date(2026, 4, 1), True, id="free-early"),
        pytest.param(ExpectedKind.RELEASE, Status.REMANDED, date(2026, 5, 2), True, id="held-on"),
        pytest.param(ExpectedKind.RELEASE, Status.REMANDED, date(2026, 4, 1), False, id="another-order-before"),
        pytest.param(ExpectedKind.RELEASE, Status.HOSPITALISED, date(2026, 5, 3), False, id="another-track"),
        pytest.param(ExpectedKind.CUSTODY, Status.REMANDED, date(2026, 5, 3), True, id="extended"),
        pytest.param(ExpectedKind.CUSTODY, Status.SENTENCED, date(2026, 5, 3), False, id="a-verdict-ends-no-order"),
        pytest.param(ExpectedKind.HEARING, Status.SENTENCED, date(2026, 5, 4), True, id="the-verdict"),
        pytest.param(ExpectedKind.HEARING, Status.SENTENCED, None, False, id="nobody-knows-when"),
        pytest.param(ExpectedKind.HEARING, Status.DIED, None, True, id="a-death-ends-all"),
    ],
)
def test_what_ends_the_wait(kind: ExpectedKind, status: Status, day: date | None, ends: bool) -> None:
    awaited = Expectation(case_id="mh", kind=kind, day=date(2026, 5, 3), sentence="s")
    assert is_reported(awaited, event(status, day)) is ends
