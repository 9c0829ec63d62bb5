"""A death of somebody who may be another waits, and a report that gives the full name closes the review."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.daemon import put_outlet
from tests.pipeline.test_trip import HOUR, NOW, RELEASE, column, opening, trip
from tests.servers import Site
from watchdog.model.claim import FactorName
from watchdog.store import tables
from watchdog.store.histories import article_history

_REST = "\n\nColleagues gathered in front of the prison in the evening. They had waited there since the early morning."
NAMESAKE = replace(
    RELEASE,
    path="/oc/namesake",
    title="Prison news",
    text=f"Huseynov died in prison late on Saturday, the prison service said in a statement.{_REST}",
)
STATED = replace(
    RELEASE,
    path="/oc/stated",
    title="Blogger Mehman Huseynov dies in prison",
    text=f"Azerbaijani blogger Mehman Huseynov died in prison on Saturday, his lawyer said.{_REST}",
    published=NOW + HOUR,
)


async def test_a_doubtful_death_waits_until_a_report_states_it(tmp_path: Path) -> None:
    with Site() as site:
        put_outlet(site, "oc", [NAMESAKE])
        async with opening(tmp_path, "sqlite:///w.db")(site, "/oc/feed") as ctx:
            assert await trip(ctx, NOW) == (1, 1, 1, 0)
            assert column(ctx.db, tables.claims, "outcome") == ["review"]
            assert column(ctx.db, tables.claims, "reason") == ["unsure_person"]
            assert column(ctx.db, tables.deliveries, "state") == []
            history = ctx.db.read_now(article_history, site.url(NAMESAKE.path))
            assert history is not None
            (row,) = history.revisions[0].claims
            assert [factor.name for factor in row.claim.factors] == [FactorName.UNSURE_PERSON]
            assert "family name alone" in row.claim.factors[0].reason
            put_outlet(site, "oc", [STATED, NAMESAKE])
            await trip(ctx, NOW + 2 * HOUR + timedelta(minutes=1))
            assert column(ctx.db, tables.events, "status") == ["died"]
            assert column(ctx.db, tables.reviews, "decision") == ["closed"]
            assert column(ctx.db, tables.deliveries, "state") == ["sent"]
