"""``console:``: one block (or JSON line) a message, to the terminal that the service runs in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from watchdog.core.messages import message_line, message_subject, message_text
from watchdog.deliver.notifier import Surroundings
from watchdog.model.delivery import Message, SendFailed, SendReason, SendResult, Sent

_RULE = "-" * 72


def make(surroundings: Surroundings) -> Console:
    """The factory of the plug-in ``console``."""
    return Console(out=surroundings.out, as_json=surroundings.as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A repeat prints the block again; nothing is lost by that."""

    out: TextIO
    as_json: bool = False

    async def send(self, message: Message, now: datetime) -> SendResult:  # noqa: ARG002 -- the protocol's signature
        """Write the whole block at once, so that blocks of two messages do not mix."""
        if self.as_json:
            block = json.dumps(message_line(message.alert), ensure_ascii=True) + "\n"
        else:
            block = f"{_RULE}\n{message_subject(message.alert)}\n\n{message_text(message.alert)}\n\n"
        encoding = self.out.encoding or "utf-8"  # a terminal in the C locale cannot show everything; it must not fail
        try:
            self.out.write(block.encode(encoding, "backslashreplace").decode(encoding))
            self.out.flush()
        except (OSError, ValueError) as exc:  # ValueError: the stream is closed
            return SendFailed(reason=SendReason.TRANSIENT, detail=f"the console takes nothing: {type(exc).__name__}")
        return Sent(receipt="printed")
