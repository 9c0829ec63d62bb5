"""The running service watches its files: a good change is taken within seconds, a bad one changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.daemon import Home, Story, put_outlet, wait_until
from tests.servers import Site

FIRST = Story(
    path="/oc/first",
    title="Blogger Mehman Huseynov released from prison",
    text="Azerbaijani blogger Mehman Huseynov was released on Saturday after two years in prison, his lawyer said.\n\n"
    "He was met at the gate of the prison by friends and colleagues, who had waited there since the early morning.",
)
SECOND = Story(
    path="/oc/second",
    title="Lawyer Leyla Yunusova released from prison",
    text="Azerbaijani lawyer Leyla Yunusova was released on Saturday after two years in prison, her family said.\n\n"
    "She was met at the gate of the prison by friends and colleagues, who had waited there since the early morning.",
)


def alerted(site: Site) -> set[str]:
    return {str(json.loads(seen.body)["case"]) for seen in site.requests_to("/hook")}


def test_a_case_added_while_it_runs_matches_the_next_article_and_broken_files_change_nothing(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", cases=[{"id": "mehman", "name": "Mehman Huseynov"}])
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [FIRST]), "every": "1s"})
        site.put("/hook", b"")
        home.write()
        home.run("subscribe", f"webhook+{site.url('/hook')}", "--all")
        watchlist = home.folder / "watchlist.toml"
        with home.daemon() as daemon:
            site.wait_for("/hook", 1, limit=60)

            # broken: refused, said once, and the old state stays
            good = watchlist.read_text("utf-8")
            watchlist.write_text(good + '[[case]]\nid = "leyla"\nnmae = "Leyla Yunusova"\n', "utf-8")
            daemon.wait_for_log("files refused", limit=30)
            assert "watchlist.toml:5, watchlist.toml:7" in daemon.logged()
            polls = len(site.requests_to("/oc/feed"))
            wait_until(lambda: len(site.requests_to("/oc/feed")) >= polls + 2, "it goes on for several looks")
            assert daemon.logged().count("files refused") == 1
            assert [row["id"] for row in home.json("cases", "list")] == ["mehman"]

            # repaired: taken over, and the next article is matched
            watchlist.write_text(good + '[[case]]\nid = "leyla"\nname = "Leyla Yunusova"\n', "utf-8")
            daemon.wait_for_log("files applied added=1", limit=30)
            put_outlet(site, "oc", [FIRST, SECOND])
            wait_until(lambda: alerted(site) == {"mehman", "leyla"}, "the new case alerted")

            # a command writes, the service finds nothing left to do; settings are taken over or named
            home.run("cases", "retire", "leyla")
            settings = home.folder / "watchdog.toml"
            text = settings.read_text("utf-8")
            settings.write_text(f'{text}contact = "https://example.org/us"\n[work]\nworkers = 1\n', "utf-8")
            daemon.wait_for_log("settings need a restart", limit=30)
            assert "sections=[work]" in daemon.logged()
            daemon.wait_for_log("settings taken over", limit=30)
            agent = "https://example.org/us"
            wait_until(lambda: agent in (site.requests_to("/oc/feed")[-1].header("user-agent") or ""), "the new agent")
            assert daemon.logged().count("files refused") == 1
            for word in ("Leyla", "leyla", "Mehman", "mehman"):
                assert word not in daemon.logged()
            assert daemon.stop() == 0
            assert daemon.workers() == []
