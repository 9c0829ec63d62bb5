"""What operators say that words mean changes which status they tell, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.test_claims import claims_of
from watchdog import lang
from watchdog.model.claim import Modality
from watchdog.model.meaning import Meaning
from watchdog.model.status import Status

_ARRESTED = "Блогер [Мехман Гусейнов] арестован в субботу."
_AS_DETAINED = Meaning(language="ru", words="арестован*", status=Status.DETAINED)
_LONGER = Meaning(language="ru", words="Арестован*  в субботу", status=Status.HOUSE_ARREST)


@pytest.mark.parametrize(
    ("text", "meanings", "status", "modality", "words"),
    [
        pytest.param(_ARRESTED, (), Status.REMANDED, Modality.ASSERTED, None, id="the-pack"),
        pytest.param(_ARRESTED, (_AS_DETAINED,), Status.DETAINED, Modality.ASSERTED, "арестован*", id="the-operators"),
        pytest.param(
            _ARRESTED,
            (_AS_DETAINED, _LONGER),
            Status.HOUSE_ARREST,
            Modality.ASSERTED,
            "Арестован*  в субботу",
            id="the-longer-words",
        ),
        pytest.param(
            _ARRESTED,
            (replace(_AS_DETAINED, language="uk"),),
            Status.REMANDED,
            Modality.ASSERTED,
            None,
            id="of-another-language",
        ),
        pytest.param(
            _ARRESTED,
            (replace(_AS_DETAINED, words="арест"),),
            Status.REMANDED,
            Modality.ASSERTED,
            None,
            id="part-of-a-word",
        ),
        pytest.param(
            "Блогер [Мехман Гусейнов] не был арестован.",
            (_AS_DETAINED,),
            Status.DETAINED,
            Modality.NEGATED,
            "арестован*",
            id="a-denial-stays-one",
        ),
    ],
)
def test_words_mean_what_operators_say(
    text: str, meanings: tuple[Meaning, ...], status: Status, modality: Modality, words: str | None
) -> None:
    (claim,) = claims_of(text, lang="ru", lexicon=lang.load(["ru", "uk"], meanings))

    assert (claim.status, claim.modality) == (status, modality)
    assert [cue for cue in claim.evidence.cues if cue.startswith("meaning:")] == [f"meaning:{words}"] * bool(words)


def test_scripts_without_spaces_and_several_ways_to_write_a_letter() -> None:
    told = {
        "zh": ("星期六，[张展]被捕。", "被捕"),
        "ar": ("اعتُقل [محمود الشاذلي] يوم السبت.", "اعتُقل"),
    }
    for code, (text, words) in told.items():
        meaning = Meaning(language=code, words=words, status=Status.HOUSE_ARREST)
        assert {one.status for one in claims_of(text, lang=code)} & {Status.DETAINED, Status.REMANDED}
        claims = claims_of(text, lang=code, lexicon=lang.load([code], [meaning]))
        assert [one.status for one in claims] == [Status.HOUSE_ARREST]
