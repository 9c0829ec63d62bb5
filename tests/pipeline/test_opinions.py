"""A second opinion, as an installed distribution, through the real steps; a hostile one is as if nobody was asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.daemon import put_outlet
from tests.pipeline.test_trip import NOW, RELEASE, opening, trip
from tests.servers import Site
from watchdog.config.settings import WorkSettings
from watchdog.store import tables

_PLUGIN = """
import time
from types import SimpleNamespace
from watchdog.model.opinion import Opinion, Verdict


def opinion(asked):
    said = asked.sentence
    if "pending" in said:
        time.sleep(600)
    if "charged" in said:
        raise RuntimeError("no")
    if "hunger" in said:
        return {"verdict": "doubts", "pad": "x" * 100_000}
    if "leaving the country" in said:
        return SimpleNamespace(verdict="raise", confidence=5.0, reason="")
    if "transferred" in said:
        return Opinion(verdict=Verdict.DOUBTS, reason="it may be another colony")
    if "hospital" in said or "released" in said:
        return Opinion(verdict=Verdict.REVIEW, reason="look first")
    return Opinion(verdict=Verdict.AGREES, reason="")
"""
#: A busy machine is no hanging plug-in.
_LONG = timedelta(minutes=1)
_REST = "\n\nColleagues gathered in front of the prison in the evening. They had waited there since the early morning."
_SAID = {
    "charged": "Blogger Mehman Huseynov was charged with fraud on Saturday.",
    "hunger_strike_began": "Blogger Mehman Huseynov began a hunger strike on Saturday.",
    "travel_ban_imposed": "A court banned the blogger Mehman Huseynov from leaving the country on Saturday.",
    "transferred": "Blogger Mehman Huseynov was transferred to another prison on Saturday.",
    "hospitalised": "Blogger Mehman Huseynov was taken to a hospital on Saturday.",
    "released": "Blogger Mehman Huseynov was released from prison on Saturday.",
}


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "site"
    info = folder / "cautious-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "cautious_opinion.py").write_text(_PLUGIN, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cautious\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[watchdog.opinions]\ncautious = cautious_opinion:opinion\n", "utf-8")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


async def told(
    tmp_path: Path, said: dict[str, str], name: str, deadline: timedelta = _LONG
) -> dict[str, tuple[str, str | None, str | None]]:
    """By status: outcome, reason and band, after one trip of one story each."""
    stories = [
        replace(RELEASE, path=f"/oc/{status}", title="News of the day", text=f"{text}{_REST}")
        for status, text in said.items()
    ]
    work = WorkSettings(workers=1, second_opinion=name, deadline=deadline)
    with Site() as site:
        put_outlet(site, "oc", stories)
        async with opening(tmp_path, "sqlite:///w.db", work)(site, "/oc/feed") as ctx:
            await trip(ctx, NOW)
            rows = ctx.db.read_now(lambda connection: connection.execute(select(tables.claims)).all())
    return {row.definition["status"]: (row.outcome, row.reason, row.band) for row in rows}


@pytest.mark.usefixtures("installed")
async def test_an_opinion_lowers_and_nothing_else(tmp_path: Path) -> None:
    sure = ("new", None, "sure")
    assert await told(tmp_path, _SAID, "cautious") == {
        "charged": sure,  # it raised
        "hunger_strike_began": sure,  # junk
        "travel_ban_imposed": sure,  # it tried to raise confidence
        "transferred": ("new", None, "unconfirmed"),
        "hospitalised": ("review", "second_opinion", "review"),
        "released": ("new", None, "unconfirmed"),  # critical: never kept back
    }


async def test_one_that_is_not_installed_changes_nothing(tmp_path: Path) -> None:
    said = {"hospitalised": _SAID["hospitalised"]}
    assert await told(tmp_path, said, "cautious") == {"hospitalised": ("new", None, "sure")}


@pytest.mark.long
@pytest.mark.usefixtures("installed")
async def test_one_that_hangs_is_ended_and_the_alert_goes_out(tmp_path: Path) -> None:
    said = {"charged": "Blogger Mehman Huseynov was charged with fraud on Saturday, the case is pending."}
    assert await told(tmp_path, said, "cautious", timedelta(seconds=10)) == {"charged": ("new", None, "sure")}
