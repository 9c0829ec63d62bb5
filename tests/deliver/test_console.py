from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from watchdog.core.messages import message_line
from watchdog.deliver import Surroundings
from watchdog.deliver.console import make
from watchdog.model.delivery import Message, SendFailed, SendReason, Sent


async def test_one_block_a_message(
    make_message: Callable[..., Message], surroundings: Surroundings, now: datetime
) -> None:
    out = io.StringIO()
    console = make(replace(surroundings, out=out))
    assert await console.send(make_message("console:"), now) == Sent(receipt="printed")
    assert await console.send(make_message("console:"), now) == Sent(receipt="printed")
    blocks = out.getvalue().split("-" * 72 + "\n")
    assert blocks[0] == ""
    assert blocks[1] == blocks[2]
    assert blocks[1].startswith("[Mehman Huseynov] Ended or suspended a hunger strike\n\nMehman Huseynov: ended")
    assert blocks[1].endswith("\n\n")


async def test_nothing_from_outside_drives_the_terminal(
    hostile: Callable[[str], Message], surroundings: Surroundings, now: datetime
) -> None:
    out = io.StringIO()
    await make(replace(surroundings, out=out)).send(hostile("console:"), now)
    assert not {char for char in out.getvalue() if not char.isprintable()} - {"\n"}
    assert not [line for line in out.getvalue().splitlines() if line.startswith("Bcc")]


async def test_a_terminal_that_knows_only_ascii(
    make_message: Callable[..., Message], surroundings: Surroundings, now: datetime
) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as out:
        sent = await make(replace(surroundings, out=out)).send(make_message("console:", case_name="Мехман"), now)
        assert isinstance(sent, Sent)
        assert rb"[\u041c\u0435\u0445\u043c\u0430\u043d]" in raw.getvalue()


async def test_a_closed_console_is_tried_again(
    make_message: Callable[..., Message], surroundings: Surroundings, now: datetime
) -> None:
    out = io.StringIO()
    out.close()
    failed = await make(replace(surroundings, out=out)).send(make_message("console:"), now)
    assert isinstance(failed, SendFailed)
    assert failed.reason is SendReason.TRANSIENT


async def test_where_a_command_promised_json_lines(
    hostile: Callable[[str], Message], surroundings: Surroundings, now: datetime
) -> None:
    out = io.StringIO()
    message = hostile("console:")
    await make(replace(surroundings, out=out, as_json=True)).send(message, now)
    (line,) = out.getvalue().splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == message_line(message.alert)
