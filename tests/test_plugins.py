"""Plug-ins, with real distributions on the path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from watchdog import plugins
from watchdog.errors import PluginError

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Puts a distribution with one entry point of the group ``watchdog.test`` on the path."""

    def add(distribution: str, line: str) -> None:
        info = tmp_path / f"{distribution}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[watchdog.test]\n{line}\n")

    sys.path.insert(0, str(tmp_path))
    yield add
    sys.path.remove(str(tmp_path))


def test_every_plugin_of_a_group_is_loaded_by_name(install: Install) -> None:
    install("good", "join = os.path:join")
    install("better", "base = os.path:basename")

    assert plugins.names("watchdog.test") == ("base", "join")
    assert [getattr(part, "__name__", "") for part in plugins.load("watchdog.test").values()] == ["basename", "join"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("bad = watchdog_no_such_module", id="no module"),
        pytest.param("bad = os.path:no_such_name", id="no such name in it"),
    ],
)
def test_a_broken_plugin_is_named(install: Install, line: str) -> None:
    install("broken", line)

    with pytest.raises(PluginError, match=r"watchdog\.test: bad of broken cannot be loaded: .*no_such"):
        plugins.load("watchdog.test")


def test_two_plugins_of_one_name_are_refused(install: Install) -> None:
    install("first", "join = os.path:join")
    install("second", "join = os.path:basename")

    with pytest.raises(PluginError, match="two plug-ins are named join; the second is from"):
        plugins.load("watchdog.test")


def test_an_empty_group_has_no_plugins() -> None:
    assert plugins.load("watchdog.test") == {}
