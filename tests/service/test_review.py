"""The person who must decide, with the real service: a doubtful release, a notice, a decision, a retraction."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from tests.daemon import Home, Story, put_outlet, wait_until
from tests.servers import Site

RELEASE = Story(
    path="/oc/released",
    title="Blogger Mehman Huseynov released from prison",
    text="Azerbaijani blogger Mehman Huseynov was released on Saturday after two years in prison, his lawyer said.\n\n"
    "He was met at the gate of the prison by friends and colleagues, who had waited there since the early morning. "
    "The blogger said that he would go on with his work and thanked everybody who had written to him.",
)
SECRET = "whsec_" + base64.b64encode(b"o" * 32).decode()


@dataclass
class Box:
    """What a mail server was given."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd calls it so
        mail = message_from_bytes(envelope.content, policy=default_policy)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 2.0.0 queued"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    box = Box()
    with socket.socket() as listening, asyncio.Runner() as runner:
        listening.bind(("127.0.0.1", 0))
        loop, stop, up = runner.get_loop(), asyncio.Event(), threading.Event()

        async def serve() -> None:
            async with await loop.create_server(lambda: SMTP(box, hostname="mx.test", loop=loop), sock=listening):
                up.set()
                await stop.wait()

        thread = threading.Thread(target=runner.run, args=(serve(),))
        thread.start()
        assert up.wait(10)
        try:
            yield box, f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()


def texts(mails: list[EmailMessage]) -> list[str]:
    return [mail.get_content() for mail in mails]


def test_a_doubtful_release_waits_is_accepted_is_retracted(tmp_path: Path, box: tuple[Box, str]) -> None:
    """Told to be dead, then released: operators hear at once, monitors only when a person has decided."""
    mails, smtp = box
    known = [{"status": "died", "date": "2020-01-01"}]
    home = Home(folder=tmp_path / "home", cases=[])
    with Site() as site:
        home.sources.append({"id": "oc", "url": put_outlet(site, "oc", [RELEASE])})
        site.put("/op", b"")
        home.settings = (
            f'[mail]\nsmtp = "{smtp}"\nsender = "alerts@watch.test"\n'
            f'[[operator]]\nname = "Anna"\ntarget = "webhook+{site.url("/op")}"\nsecret = "file:hook.secret"\n'
            '[[operator]]\nname = "Boris"\ntarget = "boris@watch.test"\n'
        )
        home.write()
        (home.folder / "hook.secret").write_text(SECRET, "utf-8")
        listed = "".join(f'{{ status = "{row["status"]}", date = "{row["date"]}" }}' for row in known)
        (home.folder / "watchlist.toml").write_text(
            f'[[case]]\nid = "mehman"\nname = "Mehman Huseynov"\nknown = [{listed}]\n', "utf-8"
        )
        home.run("apply")
        home.run("subscribe", "early@watch.test", "--all")
        with home.daemon() as daemon:
            (notice,) = site.wait_for("/op", 1, limit=60)
            wait_until(lambda: bool(mails.to("boris@watch.test")), "Boris's mail")
            assert mails.to("early@watch.test") == []
            assert "waiting=0" in daemon.logged()

            (row,) = home.json("review", "list")
            assert (row["status"], row["critical"], row["reason"]) == ("released", True, "after_death")
            number = str(row["claim"])
            (shown,) = home.json("review", "show", number)
            assert shown["accepting"] == {"outcome": "new", "band": "sure", "deliveries": 1}
            (done,) = home.json("review", "accept", number, "--by", "anna", "--note", "called the lawyer")
            assert (done["outcome"], done["deliveries"]) == ("new", 1)
            wait_until(lambda: bool(mails.to("early@watch.test")), "the alert")

            home.run("unsubscribe", "early@watch.test")
            home.run("subscribe", "late@watch.test", "--all")
            home.run("events", "retract", str(done["event"]), "--by", "anna", "--note", "It was his brother.")
            wait_until(lambda: len(mails.to("early@watch.test")) == 2, "the correction")
            assert daemon.stop() == 0

    line = json.loads(notice.body)
    assert (line["kind"], line["notice"], line["claims"]) == ("notice", "waiting", [row["claim"]])
    assert notice.header("webhook-signature")
    assert len(site.requests_to("/op")) == 1
    first, correction = mails.to("early@watch.test")
    assert mails.to("late@watch.test") == []
    assert first["References"] == correction["References"]
    assert first["Message-ID"] != correction["Message-ID"]
    assert "accepted it" in first.get_content()
    assert "It was his brother." in correction.get_content()
    assert "called the lawyer" not in "".join(texts(mails.mails))
    assert home.json("review", "list") == []
    again = home.run("review", "accept", number, ok=False)
    assert again.returncode == 2
    assert "was accepted by anna" in again.stderr
    twice = home.run("events", "retract", str(done["event"]), ok=False)
    assert twice.returncode == 2
    assert "was retracted by anna" in twice.stderr
    (history,) = home.json("explain", site.url(RELEASE.path))
    assert '"reviewed": "accepted"' in json.dumps(history)


def test_run_refuses_an_operator_who_cannot_be_reached(tmp_path: Path) -> None:
    home = Home(folder=tmp_path / "home", settings='[[operator]]\nname = "Anna"\ntarget = "nonsense"\n')
    home.write()
    done = home.run("run", "--once", ok=False)
    assert done.returncode == 2
    assert 'operator "Anna": this is no target' in done.stderr
    home.settings = '[[operator]]\nname = "Anna"\ntarget = "webhook+http://127.0.0.1:9/x"\n'
    home.write()
    assert "a webhook needs a secret" in home.run("run", "--once", ok=False).stderr
