"""What statuses are called: a label in each language for each, and a wrong file told by its place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.daemon import Home
from watchdog.errors import PackError
from watchdog.lang import codes, load
from watchdog.lang.labels import read_labels
from watchdog.model.status import STATUS_TYPES, Status

#: Scripts by the word that begins the Unicode name of their letters; every other language is written in Latin.
SCRIPTS = {"ru": "CYRILLIC", "uk": "CYRILLIC", "be": "CYRILLIC", "ka": "GEORGIAN", "hy": "ARMENIAN", "ar": "ARABIC",
           "fa": "ARABIC", "zh": "CJK"}  # fmt: skip


@pytest.mark.parametrize("code", codes())
def test_each_status_has_a_label_of_its_own_in_the_language_s_script(code: str) -> None:
    labels = load([code]).packs[code].labels
    assert list(labels) == list(STATUS_TYPES)
    assert len(set(labels.values())) == len(Status)
    scripts = {unicodedata.name(letter).split()[0] for label in labels.values() for letter in label if letter.isalpha()}
    assert scripts == {SCRIPTS.get(code, "LATIN")}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param(("died =", "dead ="), "[statuses] dead: unknown key", id="unknown"),
        pytest.param(('died = "Tod"\n', ""), "[statuses] died: a string is needed", id="missing"),
        pytest.param(('"Tod"', '""'), "[statuses] died: 1 to 60 characters", id="empty"),
        pytest.param(('"Tod"', f'"{"o" * 61}"'), "[statuses] died: 1 to 60 characters", id="long"),
        pytest.param(('"Tod"', '"Angriff"'), "[statuses] died: is the label of attacked, too", id="twice"),
        pytest.param(("[statuses]", "[labels]"), "labels: unknown key", id="table"),
    ],
)
def test_a_wrong_file_is_refused_in_words(change: tuple[str, str], complaint: str, tmp_path: Path) -> None:
    good = (load(["de"]).packs["de"].folder / "labels.toml").read_text("utf-8")
    assert change[0] in good
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "labels.toml").write_text(good.replace(*change), "utf-8")
    with pytest.raises(PackError) as caught:
        read_labels(tmp_path / "de")
    assert complaint in str(caught.value)
    assert "labels.toml" in str(caught.value)


def test_the_command_prints_every_type_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    home = Home(folder=tmp_path)
    rows = home.json("statuses", "--lang", "ru")
    assert [row["status"] for row in rows] == [status.value for status in STATUS_TYPES]
    assert {
        "status": "hunger_strike_began",
        "track": "health",
        "label": "начало голодовки",
        "lang": "ru",
    }.items() <= next(row for row in rows if row["status"] == "hunger_strike_began").items()
    assert "ended or suspended a hunger strike" in home.run("statuses").stdout
