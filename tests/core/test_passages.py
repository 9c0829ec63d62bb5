"""Which passages name a watched person and are in a language without a pack."""

from __future__ import annotations

from datetime import date

import pytest

from watchdog.core.claims import find_claims
from watchdog.core.mentions import find_mentions
from watchdog.core.names import build_index
from watchdog.core.passages import find_unread, named_passages
from watchdog.lang import load
from watchdog.model.article import Block, Document
from watchdog.model.watch import Case

LEXICON = load()
NAME = "Mehman Huseynov"
INDEX = build_index([Case(id="mh", name=NAME, aliases=("مهمان حسينوف",))], LEXICON.letters)

ENGLISH = f"The blogger {NAME} was released from prison on Saturday, his lawyer said after the hearing in Baku."
DUTCH = f"Niemand wist waar hij was. De blogger {NAME} is gisteren na twee jaar vrijgelaten uit de gevangenis in Bakoe."
FINNISH = f"Bloggaaja {NAME} vapautettiin lauantaina vankilasta kahden vuoden jälkeen, kertoi hänen asianajajansa."
FINNISH_TOO = f"Ystävät ja työtoverit odottivat miestä portilla aamusta asti. {NAME} kiitti kaikkia tuesta."
NOBODY = "Poliisi ei vastannut kysymyksiin, eikä oikeusministeriö kommentoinut asiaa lauantaina iltapäivällä."
THAI = f"บล็อกเกอร์ {NAME} ได้รับการปล่อยตัวจากเรือนจำเมื่อวันเสาร์ ทนายความของเขากล่าวกับผู้สื่อข่าวที่หน้าเรือนจำ"
URDU = "بلاگر مهمان حسينوف کو ہفتے کے روز جیل سے رہا کر دیا گیا ہے، ان کے وکیل نے صحافیوں کو بتایا۔"


def document(*paragraphs: str, title: str = "", lang: str | None = None, old: int = 0) -> Document:
    blocks, start = [], 0
    for number, text in enumerate(paragraphs):
        blocks.append(Block(start=start, end=start + len(text), is_new=number >= old))
        start += len(text) + 2
    text = "\n\n".join(paragraphs)
    return Document(title=title, text=text, blocks=tuple(blocks), lang=lang, reported=date(2026, 3, 2))


def unread(given: Document) -> list[tuple[str, str, str | None]]:
    seen = find_mentions(given, INDEX)
    found = find_unread(given, seen, named_passages(given, seen, LEXICON.tongues), LEXICON.packs)
    for one in found:
        assert given.field(one.field)[one.start : one.end] == one.sentence
    return [(one.case_id, one.sentence, one.lang) for one in found]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(document(ENGLISH, lang="en"), [], id="a-language-with-a-pack"),
        pytest.param(document(FINNISH, NOBODY, FINNISH_TOO, lang="fi"),
                     [("mh", FINNISH, "fi"), ("mh", FINNISH_TOO.partition(". ")[2], "fi")],
                     id="each-paragraph-that-names-somebody-once"),
        pytest.param(document(FINNISH), [("mh", FINNISH, None)], id="a-language-that-nobody-names"),
        pytest.param(document(ENGLISH, FINNISH, lang="en"), [("mh", FINNISH, None)], id="a-mixed-page-by-paragraph"),
        pytest.param(document(ENGLISH, FINNISH, lang="fi"), [("mh", FINNISH, "fi")], id="which-is-what-the-page-says"),
        pytest.param(document(NOBODY, lang="fi", title="Bloggaaja vapautui"), [], id="nobody-whom-we-watch"),
        pytest.param(document(FINNISH, lang="fi", old=1), [], id="an-old-paragraph-was-told-before"),
        pytest.param(document(NOBODY, title=f"{NAME} vapautettiin vankilasta", lang="fi"),
                     [("mh", f"{NAME} vapautettiin vankilasta", "fi")], id="a-title"),
        pytest.param(document(ENGLISH, title=NAME, lang="en"), [], id="a-short-title-is-in-the-language-of-its-text"),
        pytest.param(document(THAI, lang="th"), [("mh", THAI, "th")], id="a-script-without-a-pack"),
        pytest.param(document(*(f"{FINNISH} {n}" for n in range(40)), lang="fi"),
                     [("mh", FINNISH, "fi")] * 20, id="the-first-few-of-a-long-page"),
    ],
)  # fmt: skip
def test_what_names_a_watched_person_and_has_no_pack(
    given: Document, expected: list[tuple[str, str, str | None]]
) -> None:
    assert unread(given) == expected


def test_a_passage_is_claimed_from_or_unread_never_both() -> None:
    given = document(ENGLISH, FINNISH, DUTCH, THAI, URDU, lang="en")
    found = find_mentions(given, INDEX)
    claimed = {claim.evidence.start for claim in find_claims(given, found, LEXICON)}
    unread_at = {
        one.start for one in find_unread(given, found, named_passages(given, found, LEXICON.tongues), LEXICON.packs)
    }
    assert claimed
    assert unread_at
    assert claimed.isdisjoint(unread_at)


def test_the_sentence_stands_as_the_text_writes_it() -> None:
    """The packs of the Arabic script read a text without its marks."""
    marked = URDU.replace("مهمان", "مَهمان")
    assert unread(document(marked, lang="ur")) == [("mh", marked, "ur")]
