"""A notice to an operator travels by every channel that an alert travels by."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default as default_policy

import feedparser
import pytest

from tests.core.test_notices import ITEM, SINCE
from watchdog.core.notices import waiting_notice
from watchdog.deliver import Surroundings, atom, console
from watchdog.deliver.letter import compose
from watchdog.deliver.webhook import webhook_body
from watchdog.model.delivery import Message, Sent

KEY = "e" * 32
SUBJECT = "[Watchdog] Waits for your decision: Mehman Huseynov: released, 28 February 2026"


@pytest.fixture
def message() -> Message:
    notice = waiting_notice(ITEM, 0, is_reminder=False, now=SINCE)
    return Message(key=KEY, alert_id=None, target="atom:ops.xml", alert=notice, created_at=SINCE)


def test_by_mail_with_its_reminder_in_one_thread(message: Message) -> None:
    again = replace(message, key="f" * 32, alert=waiting_notice(ITEM, 1, is_reminder=True, now=SINCE))
    one, two = (
        message_from_bytes(compose(each, recipient="o@ngo.test", sender="w@watch.test"), policy=default_policy)
        for each in (message, again)
    )
    assert one["Subject"] == SUBJECT
    assert one["References"] == two["References"] == "<review-9@watch.test>"
    assert one["Message-ID"] != two["Message-ID"]


async def test_into_an_atom_file_without_a_link(message: Message, surroundings: Surroundings, now: datetime) -> None:
    assert isinstance(await atom.make(surroundings).send(message, now), Sent)
    (entry,) = feedparser.parse((surroundings.home / "ops.xml").read_bytes()).entries
    assert entry.title == SUBJECT
    assert "watchdog review accept 12" in entry.content[0].value
    assert not entry.get("links")


async def test_to_the_console_in_both_forms(message: Message, surroundings: Surroundings, now: datetime) -> None:
    for as_json in (False, True):
        out = io.StringIO()
        await console.make(replace(surroundings, out=out, as_json=as_json)).send(message, now)
        assert "Mehman Huseynov: released" in out.getvalue()
        assert not as_json or json.loads(out.getvalue())["kind"] == "notice"


def test_as_a_webhooks_body(message: Message) -> None:
    body = json.loads(webhook_body(message))
    assert (body["id"], body["kind"], body["claims"]) == (KEY, "notice", [12])
