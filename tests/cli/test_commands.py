"""The commands as a person types them, and as a script reads them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Home, watchdog

#: Design, section 6.
KEYS = (
    "kind case status event event_date date_precision certainty attributed_to band confidence url source lang"
    " published raised_at evidence field start end rule"
)
FIVE = ["sentenced", "charged", "hunger_strike_began", "charges_dropped", "released"]


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_demo_gives_exactly_five_alerts_and_shows_the_silent_ones(tmp_path: Path) -> None:
    done = watchdog("demo", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = lines(done.stdout)
    assert [line["status"] for line in told if line["kind"] == "alert"] == FIVE
    silent = {line["reason"] for line in told if line["kind"] == "silence"}
    assert {"called_for_not_done", "other_person"} <= silent
    assert list(tmp_path.iterdir()) == []


def test_the_demo_reads_well_for_people(tmp_path: Path) -> None:
    done = watchdog("demo", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("ALERT ") == 5
    assert "5 alerts" in done.stdout
    assert "silent:" in done.stdout
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare: cannot take the network away")
def test_the_demo_needs_no_network(tmp_path: Path) -> None:
    without = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*without, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system does not let us take the network away")
    command = [*without, sys.executable, "-m", "watchdog", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_replay_tells_each_decision_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    demo = Path(__file__).parents[2] / "src/watchdog/demo"
    done = watchdog(
        "replay", str(demo / "recording.warc.gz"), "--feeds", str(demo / "feeds.toml"), "--watchlist",
        str(demo / "watchlist.toml"), "--json", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = lines(done.stdout)
    assert {line["kind"] for line in told} <= {"alert", "review", "correction", "confirmation", "dispute"}
    for line in told:
        assert " ".join(line) == KEYS
        assert str(line["raised_at"]).endswith("Z")
    assert "records skipped" in done.stderr


def test_a_damaged_recording_is_told_in_words(tmp_path: Path) -> None:
    demo = Path(__file__).parents[2] / "src/watchdog/demo"
    (tmp_path / "half.warc.gz").write_bytes((demo / "recording.warc.gz").read_bytes()[:9_000])
    done = watchdog(
        "replay", "half.warc.gz", "--feeds", str(demo / "feeds.toml"), "--watchlist", str(demo / "watchlist.toml"),
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "half.warc.gz" in done.stderr
    assert "Traceback" not in done.stderr


DOCUMENT = {
    "id": "one",
    "published": "2026-03-02",
    "title": "Blogger freed",
    "text": "Mehman Huseynov was released on Saturday, his lawyer said.",
    "watched": [{"case": "mh", "names": ["Mehman Huseynov"], "not": ["Emin Huseynov"]}],
    "prior": [{"case": "mh", "status": "sentenced", "date": "2024-03"}],
}


def test_analyse_answers_a_line_each_and_goes_on_after_one_that_cannot_be_read(tmp_path: Path) -> None:
    broken = [
        "{",
        '{"id": 7}',
        "[]",
        json.dumps({**DOCUMENT, "id": "bad", "prior": [{"case": "mh", "status": "freed"}]}),
    ]
    questions = [json.dumps(DOCUMENT), *broken, json.dumps({**DOCUMENT, "id": "two", "published": "soon"}), ""]
    done = watchdog("analyse", "--jsonl", cwd=tmp_path, stdin="\n".join([*questions, json.dumps(DOCUMENT)]))
    assert done.returncode == 1
    answers = lines(done.stdout)
    assert len(answers) == 7
    assert [answer["id"] for answer in answers] == ["one", None, 7, None, "bad", "two", "one"]
    assert all("error" in answer for answer in answers[1:6])
    assert answers[0] == answers[6]
    assert set(answers[0]) == {"id", "mentions", "unsure", "alerts", "corrected", "confirmed", "review", "silenced"}
    (alert,) = first_alerts(answers[0])
    assert (alert["status"], alert["event_date"], alert["certainty"]) == ("released", "2026-02-28", "reported")
    text = str(DOCUMENT["text"])
    assert text[alert["start"] : alert["end"]] == alert["evidence"]


def test_analyse_survives_every_line_that_json_allows(tmp_path: Path) -> None:
    """Nested beyond any stack, a moment before the year 1, half of a surrogate pair: each is answered."""
    questions = [
        '{"id": "deep", "text": ' + "[" * 100_000 + "]" * 100_000 + "}",
        json.dumps({**DOCUMENT, "id": "early", "published": "0001-01-01T00:00:00+14:00"}),
        json.dumps({**DOCUMENT, "id": "late", "published": "9999-12-31T23:00:00-14:00"}),
        json.dumps({**DOCUMENT, "id": "half \ud83d", "text": f"\ud83d {DOCUMENT['text']}"}),
        "null",
        json.dumps({**DOCUMENT, "watched": None}),
        json.dumps(DOCUMENT),
    ]
    done = watchdog("analyse", "--jsonl", cwd=tmp_path, stdin="\n".join(questions))
    assert "Traceback" not in done.stderr
    answers = lines(done.stdout)
    assert [answer["id"] for answer in answers] == [None, "early", "late", "half \ud83d", None, "one", "one"]
    assert ["error" in answer for answer in answers] == [True, True, True, False, True, True, False]
    (alert,) = first_alerts(answers[3])
    assert f"\ud83d {DOCUMENT['text']}"[alert["start"] : alert["end"]] == alert["evidence"]


def test_analyse_alerts_once_on_a_case_that_is_listed_twice(tmp_path: Path) -> None:
    watched = DOCUMENT["watched"]
    assert isinstance(watched, list)
    done = watchdog("analyse", "--jsonl", cwd=tmp_path, stdin=json.dumps({**DOCUMENT, "watched": [*watched, *watched]}))
    (answer,) = lines(done.stdout)
    assert len(first_alerts(answer)) == 1


def first_alerts(answer: dict[str, object]) -> list[dict[str, Any]]:
    alerts = answer["alerts"]
    assert isinstance(alerts, list)
    return alerts


def test_analyse_knows_what_was_known(tmp_path: Path) -> None:
    known = {**DOCUMENT, "prior": [{"case": "mh", "status": "released", "date": "2026-02-28"}]}
    done = watchdog("analyse", "--jsonl", cwd=tmp_path, stdin=json.dumps(known))
    (answer,) = lines(done.stdout)
    assert answer["alerts"] == []
    assert "released" in str(answer["confirmed"])


def test_a_new_home_works_at_once_and_keeps_what_was_there(tmp_path: Path) -> None:
    home = Home(folder=tmp_path)
    first = home.json("init")
    assert first[0]["written"] == ["watchdog.toml", "feeds.toml", "watchlist.toml"]
    (tmp_path / "watchlist.toml").write_text('[[case]]\nid = "a"\nname = "Ali Aliyev"\n', "utf-8")
    assert home.json("init")[0]["written"] == []
    assert [row["id"] for row in home.json("cases", "list") if not row["retired"]] == ["a"]
    assert home.json("subscribe", "console:", "--all") == [{"subscriber": 1, "added": 0, "changed": 0, "secret": None}]
    assert home.json("unsubscribe", "console:") == [{"ended": 1}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["subscribe", "console:"], "--case ID"),
        (["subscribe", "console:", "--case", "nobody"], "no case 'nobody'"),
        (["subscribe", "nonsense", "--all"], "no target"),
        (["subscribe", "webhook+http://10.0.0.1/x", "--all"], "use https"),
        (["unsubscribe", "atom:other.xml"], "has no subscription"),
        (["cases", "show", "nobody"], "no case 'nobody'"),
        (["explain", "javascript:alert(1)"], "not an address"),
        (["explain", "https://never.example/seen"], "never seen"),
        (["analyse"], "--jsonl"),
        (["review", "show", "9"], "no claim 9"),
        (["review", "accept", "9"], "no claim 9"),
        (["review", "reject", "9"], "no claim 9"),
        (["events", "list", "--case", "nobody"], "no case 'nobody'"),
        (["events", "show", "9"], "no event 9"),
        (["events", "retract", "9"], "no event 9"),
        (["events", "correct", "9"], "--date DATE"),
        (["events", "correct", "9", "--date", "soon"], "not a date"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_wrong_use_is_told_in_words_with_exit_code_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    home = Home(folder=tmp_path)
    home.run("init")
    done = home.run(*arguments, ok=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    as_json = home.run("--json", *arguments, ok=False)
    assert as_json.returncode == 2
    assert words in str(lines(as_json.stdout)[0]["error"])


def test_a_home_without_files_says_what_to_do(tmp_path: Path) -> None:
    done = watchdog("--home", str(tmp_path), "run", cwd=tmp_path)
    assert done.returncode == 2
    assert "watchdog init" in done.stderr


def test_feed_text_reaches_no_terminal_unescaped(tmp_path: Path) -> None:
    home = Home(folder=tmp_path, cases=[{"id": "a", "name": "Ali \\u001b[31mAliyev"}])
    home.write()
    done = home.run("apply", ok=False)
    assert "\x1b" not in done.stdout + done.stderr


def test_a_mistyped_home_gets_no_empty_database(tmp_path: Path) -> None:
    done = watchdog("--home", str(tmp_path / "nope"), "sources", "list", cwd=tmp_path)
    assert done.returncode == 2
    assert "is no home" in done.stderr
    assert list(tmp_path.iterdir()) == []
