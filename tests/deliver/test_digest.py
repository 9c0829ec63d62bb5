"""A digest, and an article on a topic, travel by every channel that an alert travels by."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy

import feedparser
import pytest

from tests.core.test_digests import ARTICLE, DIGEST, TAKEN_BACK
from tests.core.test_render import ALERT
from watchdog.core.digests import digest_subject, digest_text
from watchdog.deliver import Surroundings, atom, console
from watchdog.deliver.chat import SERVICES, chat_text
from watchdog.deliver.letter import compose
from watchdog.deliver.webhook import webhook_body
from watchdog.model.delivery import Content, DigestItem, Message, Sent

KEY = "e" * 32
SUBJECT = digest_subject(DIGEST)


def message(told: Content = DIGEST, *, key: str = KEY, thread: str | None = None) -> Message:
    return Message(
        key=key, alert_id=None, target="atom:day.xml", alert=told, created_at=DIGEST.raised_at, thread=thread
    )


def mail(sent: Message) -> EmailMessage:
    made = message_from_bytes(compose(sent, recipient="o@ngo.test", sender="w@watch.test"), policy=default_policy)
    assert isinstance(made, EmailMessage)
    return made


def test_by_mail_with_its_correction_on_its_thread() -> None:
    digest, correction = mail(message()), mail(message(TAKEN_BACK, key="f" * 32, thread=DIGEST.thread))
    assert digest["Subject"] == SUBJECT
    assert digest.get_content().replace("\r\n", "\n").strip() == digest_text(DIGEST)
    assert digest["References"] == correction["References"] == "<digest-1@watch.test>"
    assert digest["List-Id"] == "<digest-day.watch.test>"
    assert digest["Message-ID"] == f"<{KEY}@watch.test>"
    by_itself = mail(message(TAKEN_BACK))
    assert correction["List-Id"] == by_itself["List-Id"]
    assert correction["References"] != by_itself["References"]


def test_two_digests_are_two_threads_of_one_list() -> None:
    one, two = mail(message()), mail(message(replace(DIGEST, thread="digest-2"), key="f" * 32))
    assert one["List-Id"] == two["List-Id"]
    assert one["References"] != two["References"]


def test_all_articles_on_a_topic_are_one_thread() -> None:
    one, two = mail(message(ARTICLE)), mail(message(replace(ARTICLE, url="https://x.example/"), key="f" * 32))
    assert one["Subject"] == "[strikes] Prisoners in the north"
    assert one["References"] == two["References"]
    assert "strikes" not in one["References"]


async def test_into_an_atom_file_as_one_entry(surroundings: Surroundings, now: datetime) -> None:
    channel = atom.make(surroundings)
    for sent in (message(), message(), message(ARTICLE, key="f" * 32)):
        assert isinstance(await channel.send(sent, now), Sent)
    article, digest = feedparser.parse((surroundings.home / "day.xml").read_bytes()).entries
    assert digest.title == SUBJECT
    assert [tag.term for tag in digest.tags] == ["digest", "mehman-huseynov", "strikes", "ob"]
    assert "== Topic strikes ==" in digest.content[0].value
    assert not digest.get("links")
    assert (article.link, [tag.term for tag in article.tags]) == (ARTICLE.url, ["strikes"])


@pytest.mark.parametrize(("told", "kind"), [(DIGEST, "digest"), (ARTICLE, "topic")])
async def test_to_the_console_in_both_forms(
    told: Content, kind: str, surroundings: Surroundings, now: datetime
) -> None:
    for as_json in (False, True):
        out = io.StringIO()
        await console.make(replace(surroundings, out=out, as_json=as_json)).send(message(told), now)
        assert "Nine prisoners are on hunger strikes" in out.getvalue()
        assert not as_json or json.loads(out.getvalue())["kind"] == kind


def test_as_a_webhooks_body() -> None:
    body = json.loads(webhook_body(message()))
    assert (body["id"], body["kind"], body["every"]) == (KEY, "digest", "day")
    assert [line["kind"] for line in body["alerts"]] == ["alert", "topic", "alert"]
    article = json.loads(webhook_body(message(ARTICLE)))
    assert " ".join(article) == "id kind topic url source lang published raised_at matched evidence"


@pytest.mark.parametrize("name", sorted(SERVICES))
@pytest.mark.parametrize("count", [1, 3, 40])
def test_to_a_chat_cut_to_as_many_lines_as_fit(name: str, count: int) -> None:
    service = SERVICES[name]
    alerts = (replace(ALERT, event=number, url=f"https://oc.example/a_{number}@") for number in range(count))
    text = chat_text(replace(DIGEST, items=tuple(DigestItem(told=alert) for alert in alerts)), service)
    assert len(text.encode("utf-16-le")) // 2 <= service.most
    shown = text.count("https://oc.example/a_")
    assert shown >= min(count, 5)
    assert text.count("%40") == shown, "an address stays one that can be clicked"
    assert (f"and {count - shown} more" in text) is (shown < count)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_chat_gets_something_even_of_a_digest_of_endless_words(name: str) -> None:
    service = SERVICES[name]
    long = replace(ALERT, case_name="𐐀" * 300, source_name="_" * 300, url="https://oc.example/" + "a" * 1_900)
    text = chat_text(replace(DIGEST, items=(DigestItem(told=long),) * 3), service)
    assert text.startswith("Daily digest: 3 changes in 1 case.")
    assert len(text.encode("utf-16-le")) // 2 <= service.most


def test_an_article_on_a_topic_in_a_chat() -> None:
    text = chat_text(replace(ARTICLE, evidence="Ж" * 2_000), SERVICES["ntfy"])
    assert len(text) <= SERVICES["ntfy"].most
    assert text.endswith("… more at https://one.example/strike\n[strikes] Prisoners in the north")
