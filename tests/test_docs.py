"""The papers name what there is, and lead where they say."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pytest
import structlog
from click.testing import CliRunner

from tests.daemon import Home
from watchdog import lang
from watchdog.cli import cli
from watchdog.config import files, starter_files
from watchdog.config.settings import Settings
from watchdog.config.tables import Table
from watchdog.core.topics import build_topics, find_topics
from watchdog.engine.metrics import Metrics
from watchdog.model.article import Document
from watchdog.model.watch import Topic
from watchdog.store.health import Waiting

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAPERS = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md")), *sorted((ROOT / "changelog.d").glob("*.md"))]


def keys_of(read: Callable[[Table], object]) -> list[str]:
    """The keys that a table of a file may have, as its reader asks for them."""
    table = Table({}, (), [])
    read(table)
    return list(dict.fromkeys(table._asked))


def commands_of(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def section_of(page: str, heading: str) -> str:
    """The part of a page below a heading of the second level."""
    return page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


#: The tables of ``watchdog.toml`` that stand there once; ``[[operator]]`` is a list.
SECTIONS = [section.name for section in fields(Settings) if is_dataclass(getattr(Settings(), section.name))]


@pytest.mark.parametrize("name", SECTIONS)
def test_each_setting_is_documented(name: str) -> None:
    page = section_of((DOCS / "configuration.md").read_text("utf-8"), "watchdog.toml")
    rows = page.split(f"### `[{name}]`", 1)[1].split("###", 1)[0]

    documented = re.findall(r"^\| `(\w+)` \|", rows, flags=re.MULTILINE)
    assert documented == [setting.name for setting in fields(getattr(Settings(), name))]


def test_each_setting_is_documented_with_the_default_of_the_starter_file() -> None:
    defaults = re.findall(
        r'^# (\w+) = ("[^"]*"|\[\]|\d+|true|false)', starter_files()["watchdog.toml"], flags=re.MULTILINE
    )
    page = (DOCS / "configuration.md").read_text("utf-8")

    assert len(defaults) == sum(len(fields(getattr(Settings(), name))) for name in SECTIONS)
    assert [default for default in defaults if f"| `{default[0]}` | `{default[1]}` |" not in page] == []


@pytest.mark.parametrize(
    ("file", "read"),
    [
        pytest.param("watchdog.toml", files._operator, id="operator"),
        pytest.param("watchdog.toml", files._meaning, id="meaning"),
        pytest.param("feeds.toml", files._source, id="source"),
        pytest.param("watchlist.toml", files._case, id="case"),
        pytest.param("watchlist.toml", files._topic, id="topic"),
    ],
)
def test_each_key_is_documented_and_in_the_starter_file(file: str, read: Callable[[Table], object]) -> None:
    page = section_of((DOCS / "configuration.md").read_text("utf-8"), file)

    for key in keys_of(read):
        assert f"\n| `{key}` |" in page
        assert re.search(rf"\b{key} = ", starter_files()[file])


def test_each_command_and_option_is_documented() -> None:
    page = (DOCS / "commands.md").read_text("utf-8")
    headings = re.findall("^### (.*)", page, flags=re.MULTILINE)
    found = dict(commands_of(cli))

    assert {name for heading in headings for name in re.findall(r"`([a-z]+(?: [a-z]+)?)", heading)} == set(found)
    options = {
        option for command in (cli, *found.values()) for parameter in command.params for option in parameter.opts
    }
    assert [option for option in options if option.startswith("--") and option not in page] == ["--version"]


def test_each_metric_is_documented_with_its_type_and_labels() -> None:
    page = (DOCS / "metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*)\|", page, flags=re.MULTILINE)
    metrics = Metrics()
    metrics.page({"send": Waiting(depth=0, oldest=timedelta(0))}, {"send": 0}, {"a": datetime.now(UTC)})
    exported = {
        family.name + ("_total" if family.type == "counter" else ""): (
            family.type,
            {name for sample in family.samples for name in sample.labels} - {"le"},
        )
        for family in metrics.registry.collect()
    }

    assert {name: (kind, set(re.findall(r"\w+", labels))) for name, kind, labels in rows} == exported


def test_each_plugin_group_is_documented() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("entry-points", {})

    assert [group for group in groups if f"`{group}`" not in (DOCS / "plugins.md").read_text("utf-8")] == []


@pytest.mark.parametrize(("tool", "page"), [("make_status_table", "statuses.md"), ("make_http_table", "http.md")])
def test_a_page_that_a_tool_makes_is_what_it_would_make_now(tool: str, page: str) -> None:
    spec = importlib.util.spec_from_file_location(tool, ROOT / "tools" / f"{tool}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    assert (DOCS / page).read_text("utf-8") == made.table(), f"run python tools/{tool}.py"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_paper_leads_where_it_says(paper: Path) -> None:
    text = re.sub(r"```.*?```", "", paper.read_text("utf-8"), flags=re.DOTALL)

    links = re.findall(r"\]\(([^)#\s]+)", text)
    assert [link for link in links if "://" not in link and not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_paper_needs_nothing_outside_the_project(paper: Path) -> None:
    text = paper.read_text("utf-8")

    assert (
        re.findall(r"\.\./(?!tests/)|/wor[k]/|/roo[t]/|/hom[e]/|reference/|CONVENTIONS|https?://[^/ ]*py[p]i", text)
        == []
    )
    # CONTRIBUTING.md names files of other projects as examples.
    named = re.findall(r"`((?:src|docs|tools|tests|deploy)/[\w./-]+)`", text) if paper.name != "CONTRIBUTING.md" else []
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_decisions_are_numbered_and_say_what_was_rejected() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))

    for number, decision in enumerate(decisions, 1):
        text = decision.read_text("utf-8")
        assert decision.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Choice", "Rejected", "Why"))


def test_a_change_fragment_says_what_it_is() -> None:
    kinds = "added|changed|fixed|deprecated|removed|security"

    assert all(re.fullmatch(rf"\d+(\.\w+)?\.({kinds})\.md", path.name) for path in (ROOT / "changelog.d").iterdir())


CONSOLE = re.compile(r"```console\n\$ watchdog (.*)\n((?:.*\n)*?)```")
WATCHLIST_PAGE = (DOCS / "watchlist.md").read_text("utf-8")


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """A command sets up the log of its process, which is ours here; the tests after it want theirs."""
    yield
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)


@pytest.mark.usefixtures("logging_as_it_was")
@pytest.mark.parametrize(("command", "shown"), CONSOLE.findall(WATCHLIST_PAGE))
def test_an_example_of_the_watchlist_page_is_true(command: str, shown: str, tmp_path: Path) -> None:
    home = Home(folder=tmp_path)
    home.write()

    done = CliRunner().invoke(cli, ["--home", str(tmp_path), *shlex.split(command)])
    assert done.exit_code == 0, done.output
    said = iter([line.split() for line in done.stdout.splitlines()])
    first, *later = ([line.split() for line in part.splitlines()] for part in shown.split("...\n"))
    for line in first:
        assert next(said) == line
    assert all(line in said for part in later for line in part)
    assert later or list(said) == []


def test_the_phrases_of_the_watchlist_page_match_as_it_says() -> None:
    rows = re.findall(r"^\| `(.*)` \| (.*) \| (yes|no) \|$", WATCHLIST_PAGE, flags=re.MULTILINE)
    lexicon = lang.load()

    assert len(rows) > 10
    for phrase, text, answer in rows:
        index = build_topics([Topic(id="t", any=(phrase,))], lexicon)
        document = Document(title=text, text="", blocks=(), reported=date(2026, 3, 2))
        assert bool(find_topics(document, index, lexicon)) == (answer == "yes"), (phrase, text)


NAME = re.compile(r"`((?:archive|config|core|deliver|engine|fetch|model|pipeline|service|store)(?:\.\w+)+)`")


def test_the_trip_names_real_functions() -> None:
    names = NAME.findall((DOCS / "trip.md").read_text("utf-8"))
    assert len(names) > 30
    for name in names:
        assert exists(f"watchdog.{name}"), name


def exists(name: str) -> bool:
    """Whether a dotted name is a module, or something inside one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False
