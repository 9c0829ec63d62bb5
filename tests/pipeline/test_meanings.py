"""What operators say that words mean reaches the worker processes, and changes what is told and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.daemon import put_outlet
from tests.pipeline.test_trip import NOW, RELEASE, opening, trip
from tests.servers import Site
from watchdog.config.settings import WorkSettings
from watchdog.model.meaning import Meaning
from watchdog.model.status import Status
from watchdog.store import tables

_REST = "\n\nУ здания суда в этот вечер собрались его коллеги. Они ждали там с самого утра и говорили с прессой."
_ARRESTED = "Блогер Мехман Гусейнов арестован в субботу."
_AS_DETAINED = Meaning(language="ru", words="арестован*", status=Status.DETAINED)
_LONGER = Meaning(language="ru", words="Арестован*  в субботу", status=Status.HOUSE_ARREST)


@pytest.mark.parametrize(
    ("text", "meanings", "told"),
    [
        pytest.param(_ARRESTED, (), ("remanded", "new"), id="the-pack"),
        pytest.param(_ARRESTED, (_AS_DETAINED,), ("detained", "new"), id="the-operators"),
        pytest.param(_ARRESTED, (_AS_DETAINED, _LONGER), ("house_arrest", "new"), id="the-longer-words"),
        pytest.param(_ARRESTED, (replace(_AS_DETAINED, language="uk"),), ("remanded", "new"), id="another-language"),
        pytest.param(_ARRESTED, (replace(_AS_DETAINED, words="арест"),), ("remanded", "new"), id="part-of-a-word"),
        pytest.param(
            "Блогер Мехман Гусейнов не был арестован.",
            (_AS_DETAINED,),
            ("detained", "silence"),
            id="a-denial-stays-one",
        ),
    ],
)
async def test_words_mean_what_operators_say(
    tmp_path: Path, text: str, meanings: tuple[Meaning, ...], told: tuple[str, str]
) -> None:
    story = replace(RELEASE, title="Новости дня", text=f"{text}{_REST}")
    with Site() as site:
        put_outlet(site, "oc", [story])
        async with opening(tmp_path, "sqlite:///w.db", WorkSettings(workers=1), meanings)(site, "/oc/feed") as ctx:
            await trip(ctx, NOW)
            rows = ctx.db.read_now(lambda connection: connection.execute(select(tables.claims)).all())
    assert [(row.definition["status"], row.outcome) for row in rows] == [told]
    cues = [cue for row in rows for cue in row.definition["evidence"]["cues"] if cue.startswith("meaning:")]
    changed = [one for one in meanings if one.status == told[0]]
    assert cues == [f"meaning:{one.words}" for one in changed]
