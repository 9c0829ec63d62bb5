"""A death, release or disappearance that a text guesses at, or tells of a possible namesake, waits for a person.

The sentences are our own, in the words of news. What is only wanted, planned or imagined stays silent, and what a text
states stays an alert, whatever it guesses about the cause.
"""

from __future__ import annotations

import json

import pytest

from watchdog.lang import load
from watchdog.pipeline.analyse import answer_line
from watchdog.pipeline.work import load_detectors

LEXICON = load()
DETECTORS = load_detectors()


def answered(
    lang: str, names: tuple[str, ...], text: str, title: str = "", prior: tuple[tuple[str, str], ...] = ()
) -> dict[str, list[dict[str, object]]]:
    question = {
        "id": 1,
        "lang": lang,
        "published": "2026-03-05",
        "title": title,
        "text": text,
        "watched": [{"case": name, "names": [name]} for name in names],
        "prior": [{"case": names[0], "status": status, "date": date} for status, date in prior],
    }
    answer = answer_line(json.dumps(question), LEXICON, DETECTORS)
    assert "error" not in answer
    return answer  # type: ignore[return-value]  # the shape is the contract of docs/commands.md


def kinds(answer: dict[str, list[dict[str, object]]]) -> list[tuple[str, object]]:
    return [(kind, one["status"]) for kind in ("alerts", "review") for one in answer[kind]]


DIED, FREED = [("review", "died")], [("review", "released")]


@pytest.mark.parametrize(
    ("lang", "name", "text", "expected"),
    [
        ("en", "Karim Mansour", "It was reported that Karim Mansour may have died in custody.", DIED),
        ("en", "Karim Mansour", "Karim Mansour is believed to have been released on Monday.", FREED),
        ("en", "Karim Mansour", "Relatives fear that Karim Mansour has died in prison.", DIED),
        ("en", "Karim Mansour", "Karim Mansour is feared dead.", DIED),
        ("en", "Karim Mansour", "Unconfirmed reports say that Karim Mansour was released on Monday.", FREED),
        ("ru", "Рустам Каримов", "Рустам Каримов, возможно, умер в колонии.", DIED),
        ("ru", "Рустам Каримов", "Рустам Каримов мог быть освобождён во вторник.", FREED),
        ("uk", "Рустам Карімов", "Рустам Карімов, можливо, помер у колонії.", DIED),
        ("be", "Рустам Карымаў", "Рустам Карымаў, магчыма, памёр у калоніі.", DIED),
        ("az", "Rüstəm Kərimov", "Ola bilsin ki, Rüstəm Kərimov həbsxanada ölüb.", DIED),
        ("tr", "Murat Demir", "Murat Demir serbest bırakılmış olabilir.", FREED),
        ("de", "Nadia Haddad", "Nadia Haddad könnte in der Haft gestorben sein.", DIED),
        ("de", "Nadia Haddad", "Nadia Haddad ist möglicherweise in der Haft gestorben.", DIED),
        ("fr", "Nadia Haddad", "Nadia Haddad pourrait être morte en prison.", DIED),
        ("es", "Julián Ortega", "Julián Ortega podría haber muerto en prisión.", DIED),
        ("pt", "João Mendes", "João Mendes poderá ter sido libertado na segunda-feira.", FREED),
        ("it", "Marco Bellini", "Marco Bellini potrebbe essere morto in carcere.", DIED),
        ("pl", "Adam Nowicki", "Adam Nowicki prawdopodobnie zmarł w więzieniu.", DIED),
        ("ar", "كريم منصور", "ربما توفي كريم منصور في السجن.", DIED),
        ("fa", "کریم منصوری", "احتمالا کریم منصوری در زندان درگذشت.", DIED),
        ("zh", "白若琳", "白若琳可能已在狱中去世。", DIED),
        ("vi", "Nguyễn Văn Hòa", "Nguyễn Văn Hòa có thể đã chết trong tù.", DIED),
    ],
)
def test_a_guess_about_what_has_happened_waits(
    lang: str, name: str, text: str, expected: list[tuple[str, str]]
) -> None:
    answer = answered(lang, (name,), text)
    assert kinds(answer) == expected
    assert "guess" in str(answer["review"][0]["why"])


@pytest.mark.parametrize(
    ("lang", "name", "text"),
    [
        ("en", "Karim Mansour", "Karim Mansour may be released on Monday."),
        ("en", "Karim Mansour", "Karim Mansour might have been released if he had signed the letter."),
        ("en", "Karim Mansour", "Rumours that Karim Mansour will be released on Monday are spreading."),
        ("en", "Karim Mansour", "Unconfirmed reports say Karim Mansour could be released on Monday."),
        ("en", "Karim Mansour", "Karim Mansour, feared dead for a week, telephoned his mother."),
        ("en", "Karim Mansour", "Reports that Karim Mansour may have died are false, his brother said."),
        ("en", "Karim Mansour", "Karim Mansour may have been charged on Monday."),
        ("ru", "Рустам Каримов", "Рустам Каримов, возможно, будет освобождён во вторник."),
        ("de", "Nadia Haddad", "Nadia Haddad wird möglicherweise bald freigelassen."),
        ("fr", "Nadia Haddad", "Nadia Haddad pourrait être libérée lundi."),
        ("es", "Julián Ortega", "Julián Ortega podría ser liberado el lunes."),
        ("it", "Marco Bellini", "Marco Bellini potrebbe essere scarcerato lunedì."),
    ],
)
def test_what_may_come_and_what_is_denied_stays_silent(lang: str, name: str, text: str) -> None:
    assert kinds(answered(lang, (name,), text)) == []


@pytest.mark.parametrize(
    ("lang", "name", "text"),
    [
        ("en", "Karim Mansour", "Karim Mansour died in prison on Monday, possibly of pneumonia."),
        ("ru", "Рустам Каримов", "Рустам Каримов умер в колонии, похоже, от побоев."),
        ("de", "Nadia Haddad", "Nadia Haddad starb am Montag in der Haft, vermutlich an einer Lungenentzündung."),
        ("fr", "Nadia Haddad", "Nadia Haddad est morte lundi en prison, probablement d’une pneumonie."),
    ],
)
def test_a_guess_about_the_cause_is_no_doubt_about_the_death(lang: str, name: str, text: str) -> None:
    assert kinds(answered(lang, (name,), text)) == [("alerts", "died")]


GUESS = "Karim Mansour may have died in custody."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{GUESS}\n\nKarim Mansour died on Monday.", [("alerts", "died")], id="the text states it too"),
        pytest.param(f"{GUESS}\n\nHis brother denied that Karim Mansour had died.", [], id="the text denies it"),
        pytest.param(f"{GUESS}\n\nIt is feared that he has died.\n\n{GUESS}", DIED, id="told twice"),
    ],
)
def test_one_text_about_one_death(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(answered("en", ("Karim Mansour",), text)) == expected


def test_a_guess_at_what_is_known_is_silent() -> None:
    assert kinds(answered("en", ("Karim Mansour",), GUESS, prior=(("died", "2026-03-03"),))) == []


def test_a_family_name_alone_is_somebody_who_may_be_meant() -> None:
    answer = answered("en", ("Karim Mansour",), "Mansour died in prison on Monday, state television said.")
    assert kinds(answer) == DIED
    assert "the family name alone" in str(answer["review"][0]["why"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mansour was charged with treason on Monday.", id="not critical"),
        pytest.param("Leyla Mansour is ill. Mansour died in prison on Monday.", id="somebody else of that name"),
        pytest.param("Amnesty called for Mansour to be released.", id="called for"),
        pytest.param("Mansour may have died in prison.", id="doubt about both"),
        pytest.param("The Mansour prize was released on Monday.", id="no person"),
    ],
)
def test_a_family_name_alone_that_says_nothing(text: str) -> None:
    assert kinds(answered("en", ("Karim Mansour",), text)) == []


def test_two_watched_people_of_one_name_wait_both() -> None:
    tied = json.dumps(
        {
            "id": 1,
            "lang": "en",
            "published": "2026-03-05",
            "text": "Karim Mansour was released on Monday.",
            "watched": [{"case": case, "names": ["Karim Mansour"]} for case in ("one", "two")],
        }
    )
    reviews = answer_line(tied, LEXICON, DETECTORS)["review"]
    assert [one["case"] for one in reviews] == ["one", "two"]  # type: ignore[attr-defined]  # a list, by contract
