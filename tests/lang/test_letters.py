from __future__ import annotations

import shutil
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from watchdog.core.fold import fold
from watchdog.core.likeness import similarity
from watchdog.core.sounds import Reading, spell
from watchdog.errors import PackError
from watchdog.lang.letters import Letters, read_letters


@pytest.fixture(scope="module")
def letters() -> Letters:
    return read_letters(resources.files("watchdog.lang") / "letters")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = resources.files("watchdog.lang") / "letters"
    with resources.as_file(source) as path:
        return Path(shutil.copytree(path, tmp_path / "letters"))


@pytest.mark.parametrize(
    ("letter", "script"),
    [
        ("ə", "Latin"),
        ("é", "Latin"),
        ("ж", "Cyrillic"),
        ("ü", "Latin"),
        ("ή", "Greek"),
        ("მ", "Georgian"),
        ("Ֆ".lower(), "Armenian"),
    ],
)
def test_a_letter_has_its_alphabet(letter: str, script: str, letters: Letters) -> None:
    alphabet = letters.alphabet(letter)
    assert alphabet is not None
    assert alphabet.script == script


def test_a_letter_of_no_table_has_none(letters: Letters) -> None:
    assert letters.alphabet("ก") is None


def test_scripts_say_what_they_write(letters: Letters) -> None:
    facts = {
        alphabet.script: (alphabet.has_capitals, alphabet.writes_vowels) for alphabet in letters.alphabets.values()
    }
    assert facts["Cyrillic"] == (True, True)
    assert facts["Georgian"] == (False, True)
    assert facts["Arabic"] == (False, False)


def test_all_that_is_compared_is_folded(letters: Letters) -> None:
    words = letters.words
    lists = [
        words.particles,
        words.conjunctions,
        words.inner,
        words.titles,
        words.openers,
        words.places,
        letters.common_given,
        letters.frequent_given,
        letters.frequent_elsewhere,
        letters.frequent_family,
    ]
    entries = {entry for one in lists for entry in one}
    entries |= {letter for alphabet in letters.alphabets.values() for letter in alphabet.sounds}
    entries |= {ending.suffix for language in letters.languages.values() for ending in language.endings}
    entries |= {form for given in letters.given for form in given.forms}
    assert {entry for entry in entries if fold(entry).text != entry} == set()


def test_every_group_of_given_names_has_a_source(letters: Letters) -> None:
    table = tomllib.loads((resources.files("watchdog.lang") / "letters" / "given.toml").read_text("utf-8"))
    assert all(given.source in table["sources"].values() for given in letters.given)
    assert {group["source"] for group in table["group"]} == table["sources"].keys()  # and none stands there unused
    assert all(len(given.forms) == 2 for given in letters.given if given.is_heard)


EXAMPLES = [
    (path.name, example["written"], example["sounds_like"])
    for path in sorted((resources.files("watchdog.lang") / "letters").iterdir(), key=lambda path: path.name)
    for example in tomllib.loads(path.read_text("utf-8")).get("example", ())
]


@pytest.mark.parametrize(("table", "written", "sounds_like"), EXAMPLES, ids=[written for _, written, _ in EXAMPLES])
def test_examples_of_the_tables(table: str, written: str, sounds_like: str, letters: Letters) -> None:
    one, other = (Reading(*spell(fold(word).text, letters)) for word in (written, sounds_like))
    assert similarity(one, other) >= 0.85


def test_every_language_has_the_script_of_a_table(letters: Letters) -> None:
    scripts = {alphabet.script for alphabet in letters.alphabets.values()}
    assert {language.script for language in letters.languages.values()} <= scripts


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("latin.toml", 'b = "b"', 'b = "B"', r"latin.toml: \[letters\] b: 'B' is not a sound"),
        ("latin.toml", "script =", "scripts =", r"latin.toml: \[\] scripts: unknown key"),
        ("endings.toml", 'name = "Russian"', "", r"endings.toml: \[ru\] name: a string is needed"),
        (
            "endings.toml",
            '"я>й", "я>ь", "ого',
            '">й", "я>ь", "ого',
            r"endings.toml: \[ru.masculine\] genitive: '>й' has no ending",
        ),
        ("given.toml", 'gender = "m"', 'gender = "x"', r"given.toml: \[group #1\] gender: it is"),
        (
            "given.toml",
            'source = "slavic"',
            'source = "nobody"',
            r"\[group #1\] source: 'nobody' is none of \[sources\]",
        ),
        ("given.toml", 'source = "slavic"\n', "", r"given.toml: \[group #1\] source: a string is needed"),
        ("english.toml", 'b = "b"', 'b = "B"', r"english.toml: \[groups\] b: 'B' is not a sound"),
        ("words.toml", "places =", "place =", r"words.toml: \[\] place: unknown key"),
        ("han.toml", "starts =", "start =", r"han.toml: \[\] start: unknown key"),
    ],
    ids=["sound", "key", "missing", "ending", "gender", "source", "no source", "English", "words", "han"],
)
def test_a_mistake_names_file_table_and_key(folder: Path, file: str, old: str, new: str, message: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=message):
        read_letters(folder)
