"""What operators say that words mean reaches the worker processes, and what they judge is kept with those words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from tests.daemon import put_outlet
from tests.pipeline.test_trip import NOW, RELEASE, opening, trip
from tests.servers import Site
from watchdog.config.settings import WorkSettings
from watchdog.model.meaning import Meaning
from watchdog.model.status import Status
from watchdog.store import tables

_TEXT = (
    "Блогер Мехман Гусейнов арестован в субботу.\n\nУ здания суда в этот вечер собрались его коллеги. Они ждали там с "
    "самого утра и говорили с прессой."
)


async def test_a_worker_judges_by_them(tmp_path: Path) -> None:
    meanings = (Meaning(language="ru", words="арестован*", status=Status.DETAINED),)
    with Site() as site:
        put_outlet(site, "oc", [replace(RELEASE, title="Новости дня", text=_TEXT)])
        async with opening(tmp_path, "sqlite:///w.db", WorkSettings(workers=1), meanings)(site, "/oc/feed") as ctx:
            await trip(ctx, NOW)
            rows = ctx.db.read_now(lambda connection: connection.execute(select(tables.claims)).all())
    assert [(row.definition["status"], row.outcome) for row in rows] == [("detained", "new")]
    assert rows[0].definition["evidence"]["cues"] == ["meaning:арестован*"]
