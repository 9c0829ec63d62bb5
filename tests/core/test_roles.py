from __future__ import annotations

import pytest

from watchdog.core.people import Focus, PersonKind, find_people, move_focus
from watchdog.core.roles import fill_role
from watchdog.core.text import Span
from watchdog.lang import load
from watchdog.lang.grammar import Seek
from watchdog.model.article import TextField
from watchdog.model.mention import Mention, MentionKind

WORDS = load(["en"]).packs["en"].grammar.people


def _mentions(text: str, name: str) -> list[Mention]:
    start = text.find(name)
    if start < 0:
        return []
    end = start + len(name)
    kind = MentionKind.FULL
    return [
        Mention(case_id="x", field=TextField.TEXT, start=start, end=end, form=name, kind=kind, score=1.0, reason="")
    ]


def _filled(text: str, trigger: str, seek: Seek, focus: Focus | None = None) -> tuple[str, ...] | None:
    """Whom the trigger happened to; an empty tuple for somebody else, None for nobody in the sentence."""
    focus = focus or Focus()
    sentence = Span(0, len(text))
    people = find_people(text, sentence, _mentions(text, "Ali Veliyev"), (), WORDS, focus)
    start = text.index(trigger)
    filler = fill_role(text, seek, Span(start, start + len(trigger)), people, WORDS, focus)
    return None if filler is None else filler.case_ids


@pytest.mark.parametrize(
    ("text", "trigger", "seek", "expected"),
    [
        pytest.param("Ali Veliyev was freed.", "was freed", Seek.BEFORE, ("x",), id="subject"),
        pytest.param("Ali Veliyev, 54, was freed.", "was freed", Seek.BEFORE, ("x",), id="age between"),
        pytest.param("Ali Veliyev and his driver were freed.", "were freed", Seek.BEFORE, ("x",), id="one of two"),
        pytest.param("Police told Ali Veliyev a man was freed.", "was freed", Seek.BEFORE, (), id="nearer man"),
        pytest.param("According to Ali Veliyev, students were freed.", "were freed", Seek.BEFORE, (), id="oblique"),
        pytest.param("Ali Veliyev's book was freed.", "was freed", Seek.BEFORE, None, id="a thing is the subject"),
        pytest.param("Posters of Ali Veliyev were freed.", "were freed", Seek.BEFORE, None, id="genitive"),
        pytest.param("Ali Veliyev's lawyer was freed.", "was freed", Seek.BEFORE, None, id="lawyer"),
        pytest.param("The husband of Ali Veliyev was freed.", "was freed", Seek.BEFORE, (), id="husband"),
        pytest.param("Police freed the blogger Ali Veliyev.", "freed", Seek.AFTER, ("x",), id="object"),
        pytest.param("Police freed Sara Isa and Ali Veliyev.", "freed", Seek.AFTER, ("x",), id="list of objects"),
        pytest.param("Police freed a lawyer representing Ali Veliyev.", "freed", Seek.AFTER, (), id="his lawyer"),
        pytest.param("Three weeks after being freed, Ali Veliyev spoke.", "freed", Seek.AFTER, None, id="passive"),
        pytest.param("They found Ali Veliyev guilty.", "found Ali Veliyev guilty", Seek.INSIDE, ("x",), id="inside"),
        pytest.param("Ali Veliyev saw it.", "saw", Seek.INSIDE, None, id="nobody inside"),
        pytest.param("The trial of Ali Veliyev began.", "trial", Seek.AROUND, ("x",), id="around"),
        pytest.param("The trial began, his sister said.", "trial", Seek.AROUND, None, id="a speaker is nobody"),
    ],
)
def test_who_fills_the_role(text: str, trigger: str, seek: Seek, expected: tuple[str, ...] | None) -> None:
    assert _filled(text, trigger, seek) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He was freed.", ("x",), id="he"),
        pytest.param("The blogger was freed.", ("x",), id="the blogger"),
        pytest.param("His lawyer was freed.", (), id="his lawyer"),
        pytest.param("Anar Aliyev was ill; he was freed.", (), id="another person"),
    ],
)
def test_the_next_sentence_means_the_person_in_focus(text: str, expected: tuple[str, ...] | None) -> None:
    assert _filled(text, "was freed", Seek.BEFORE, Focus(case_id="x", age=1)) == expected


def test_a_pronoun_does_not_reach_far() -> None:
    assert _filled("He was freed.", "was freed", Seek.BEFORE, Focus(case_id="x", age=3)) == ()


@pytest.mark.parametrize(
    ("text", "case_id", "is_shared"),
    [
        pytest.param("Ali Veliyev spoke.", "x", False, id="alone"),
        pytest.param("Ali Veliyev wrote about Anar Aliyev.", "x", True, id="another beside"),
        pytest.param("Anar Aliyev wrote about Ali Veliyev.", None, True, id="another before"),
    ],
)
def test_focus_moves_to_the_subject(text: str, case_id: str | None, is_shared: bool) -> None:
    people = find_people(text, Span(0, len(text)), _mentions(text, "Ali Veliyev"), (), WORDS, Focus())
    assert move_focus(Focus(), people, text, WORDS) == Focus(case_id=case_id, age=1, is_shared=is_shared)


def test_a_place_is_nobody() -> None:
    text = "Ali Veliyev left Valle Grande prison for the Supreme Court."
    people = find_people(text, Span(0, len(text)), _mentions(text, "Ali Veliyev"), (), WORDS, Focus())
    assert [person.kind for person in people] == [PersonKind.NAME]


def test_a_family_name_that_is_part_of_an_accepted_name_is_nobody_else() -> None:
    """Leyla Ceferov is watched too: "Safarov" might be hers, is refused, and still broke the list of the released."""
    text = "Lale Safarov and Murad Tagiyev were freed."
    family = text.index("Safarov")
    unsure = Mention(
        case_id="y",
        field=TextField.TEXT,
        start=family,
        end=family + len("Safarov"),
        form="Safarov",
        kind=MentionKind.SHORT,
        score=0.8,
        reason="another given name, Lale",
    )
    named = [*_mentions(text, "Lale Safarov"), *_mentions(text, "Murad Tagiyev")]
    sentence, start = Span(0, len(text)), text.index("were freed")
    people = find_people(text, sentence, named, [unsure], WORDS, Focus())
    assert [text[one.span.start : one.span.end] for one in people] == ["Lale Safarov", "Murad Tagiyev"]
    filler = fill_role(text, Seek.BEFORE, Span(start, start + len("were freed")), people, WORDS, Focus())
    assert filler is not None
    assert not filler.is_other


def test_a_full_name_that_holds_its_ending_may_own_somebody() -> None:
    text = "Ali Veliyev's lawyer was freed."
    found = _mentions(text, "Ali Veliyev's")
    (person, *_) = find_people(text, Span(0, len(text)), found, (), WORDS, Focus())
    assert person.case_id == "x"
    assert person.is_relation
