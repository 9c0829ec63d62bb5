from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from watchdog.deliver import Target, new_webhook_secret, parse_target, resolve_secret
from watchdog.errors import UsageError
from watchdog.model.delivery import Channel

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    ("text", "channel", "target"),
    [
        ("console:", Channel.CONSOLE, "console:"),
        (" Console: ", Channel.CONSOLE, "console:"),
        ("atom:alerts.xml", Channel.ATOM, "atom:alerts.xml"),
        ("atom:./feeds//mine.atom", Channel.ATOM, "atom:feeds/mine.atom"),
        ("monitor@ngo.test", Channel.EMAIL, "monitor@ngo.test"),
        ("Monitor+Baku@NGO.Test", Channel.EMAIL, "monitor+baku@ngo.test"),
        ("monitor@bücher.test", Channel.EMAIL, "monitor@xn--bcher-kva.test"),
        ("root@localhost", Channel.EMAIL, "root@localhost"),
        ("webhook+https://example.org", Channel.WEBHOOK, "webhook+https://example.org/"),
        ("WEBHOOK+HTTPS://Example.ORG:443/Hook?a=B#x", Channel.WEBHOOK, "webhook+https://example.org/Hook?a=B"),
        ("webhook+https://bücher.example/", Channel.WEBHOOK, "webhook+https://xn--bcher-kva.example/"),
        ("webhook+http://127.0.0.1:8000/hook", Channel.WEBHOOK, "webhook+http://127.0.0.1:8000/hook"),
        ("webhook+http://localhost:8000/hook", Channel.WEBHOOK, "webhook+http://localhost:8000/hook"),
    ],
)
def test_one_receiver_has_one_spelling(text: str, channel: Channel, target: str) -> None:
    assert parse_target(text, LOOPBACK) == Target(channel=channel, target=target)
    assert parse_target(target, LOOPBACK).target == target


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("ocmedia", id="a word"),
        pytest.param("console:stderr", id="a console with a name"),
        pytest.param("mailto:a@b.test", id="mailto"),
        pytest.param("a@b.test, c@d.test", id="two addresses"),
        pytest.param("a@b.test c@d.test", id="two addresses without a comma"),
        pytest.param("A <a@b.test>", id="a display name"),
        pytest.param('"a b"@b.test', id="quotes"),
        pytest.param("a@b.test\r\nBcc: c@d.test", id="a header"),
        pytest.param("a@b.test\u2028c", id="a Unicode line break"),
        pytest.param("a\u202e@b.test", id="reading order"),
        pytest.param("ä@b.test", id="a local part that needs SMTPUTF8"),
        pytest.param("a..b@b.test", id="two dots"),
        pytest.param("@b.test", id="no local part"),
        pytest.param("a@", id="no domain"),
        pytest.param("a@b@c.test", id="two at signs"),
        pytest.param("a@[127.0.0.1]", id="a domain literal"),
        pytest.param("a@b..test", id="an empty label"),
        pytest.param("a" * 65 + "@b.test", id="a long local part"),
        pytest.param("a@" + ("b" * 60 + ".") * 5 + "test", id="a long address"),
        pytest.param("a@" + "b" * 64 + ".test", id="a long label"),
        pytest.param("atom:", id="atom without a path"),
        pytest.param("atom:/etc/alerts.xml", id="an absolute path"),
        pytest.param("atom:../alerts.xml", id="out of the home"),
        pytest.param("atom:a/../../alerts.xml", id="out of the home later"),
        pytest.param("atom:..\\alerts.xml", id="out of the home on Windows"),
        pytest.param("atom:watchlist.toml", id="a file that is not a feed"),
        pytest.param("webhook+https://", id="no host"),
        pytest.param("webhook+https://user:pw@example.org/", id="a password"),
        pytest.param("webhook+https://[::1/", id="half an address"),
        pytest.param("webhook+https://example.org:99999/", id="no port"),
        pytest.param("webhook+https://example.org/\nX: y", id="a line break"),
        pytest.param("webhook+ftp://example.org/", id="another scheme"),
        pytest.param("webhook+http://example.org/", id="plain http to a name"),
        pytest.param("webhook+http://93.184.216.34/", id="plain http to a public address"),
        pytest.param("webhook+http://10.0.0.1/", id="plain http to a network that is not allowed"),
        pytest.param("webhook+https://10.0.0.1/", id="an address inside"),
        pytest.param("webhook+https://[::1]/", id="this machine by IPv6"),
        pytest.param("https://example.org/", id="an address without webhook+"),
        pytest.param("env:", id="no name"),
        pytest.param("env:WATCHDOG_TEST_NOT_SET", id="a variable that is not set"),
        pytest.param("file:nothing-here", id="a file that is not there"),
        pytest.param("console:" + "x" * 3000, id="too long"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"[a-z ]{10}"):
        parse_target(text, LOOPBACK, tmp_path)


@pytest.mark.parametrize(
    "text", ["webhook+http://127.0.0.1/", "webhook+http://localhost/", "webhook+https://localhost/"]
)
def test_loopback_needs_to_be_allowed(text: str) -> None:
    with pytest.raises(UsageError):
        parse_target(text, ())


def test_a_reference_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_TEST_HOOK", "webhook+https://example.org/secret-token")
    (tmp_path / "box").write_text("monitor@ngo.test\n")
    assert parse_target("env:WATCHDOG_TEST_HOOK") == Target(channel=Channel.WEBHOOK, target="env:WATCHDOG_TEST_HOOK")
    assert parse_target("file:box", home=tmp_path) == Target(channel=Channel.EMAIL, target="file:box")
    assert parse_target(f"file:{tmp_path / 'box'}").channel is Channel.EMAIL


def test_a_reference_to_a_reference_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_TEST_LOOP", "env:WATCHDOG_TEST_LOOP")
    with pytest.raises(UsageError, match="another"):
        parse_target("env:WATCHDOG_TEST_LOOP")


def test_an_error_repeats_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_TEST_HOOK", "webhook+https://user:hush@example.org/hush")
    with pytest.raises(UsageError) as caught:
        parse_target("env:WATCHDOG_TEST_HOOK")
    assert "hush" not in str(caught.value)


def test_resolve_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_TEST_WORD", " word ")
    (tmp_path / "word").write_text("wörd\n", "utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text("\n")
    assert resolve_secret("env:WATCHDOG_TEST_WORD", tmp_path) == "word"
    assert resolve_secret("file:word", tmp_path) == "wörd"
    for reference in ("word", "env:", "file:", "file:bytes", "file:empty", "file:.", "vault:x"):
        with pytest.raises(UsageError):
            resolve_secret(reference, tmp_path)


def test_webhook_secrets_differ() -> None:
    secrets = {new_webhook_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(secret.startswith("whsec_") for secret in secrets)
