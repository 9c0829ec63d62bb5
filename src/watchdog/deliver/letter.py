"""The message as a mail: headers that keep a case in one thread, and the same bytes at every try."""

from __future__ import annotations

from datetime import UTC
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime

from watchdog.core.alerts import list_of, thread_of
from watchdog.core.messages import message_subject, message_text
from watchdog.model.delivery import Message

# Python's header folding turns References and List-Id longer than a line into encoded words, which breaks threads
# (https://github.com/python/cpython/issues/85725, seen with 3.11.7); some releases join two encoded words of a subject
# without a space, which Yahoo refuses (144156 there). So ids are never encoded, and the older Header encodes subjects.


class _Verbatim(UnstructuredHeader, BaseHeader):
    """Ids: one line, as it is."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Encoded(UnstructuredHeader, BaseHeader):
    """Words of any script."""

    def fold(self, *, policy: Policy) -> str:
        words = Header(str(self), "us-ascii" if self.isascii() else "utf-8", header_name=self.name)
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    factory = HeaderRegistry()
    for name in ("message-id", "references", "in-reply-to", "list-id"):
        factory.map_to_type(name, _Verbatim)
    factory.map_to_type("subject", _Encoded)
    return SMTP.clone(header_factory=factory)


_POLICY = _policy()


def compose(message: Message, *, recipient: str, sender: str) -> bytes:
    """The mail as it travels: ASCII only, the same bytes for the same arguments.

    Args:
        message: What to say; its dates come from ``created_at``.
        recipient: Exactly one address, as ``parse_target`` gives it.
        sender: The operator's address, of the same form; its domain makes the ids.
    """
    domain = sender.rpartition("@")[2]
    thread = message.thread or thread_of(message.alert)
    # The thread's root is a mail that was never sent, so that it holds whichever message came first to this subscriber.
    root = f"<{thread}@{domain}>"
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address("Watchdog", addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = message_subject(message.alert).replace("=?", "= ?")  # a name must not decode into something else
    mail["Date"] = format_datetime(message.created_at.astimezone(UTC))
    mail["Message-ID"] = f"<{message.key}@{domain}>"
    mail["In-Reply-To"] = root
    mail["References"] = root
    mail["List-Id"] = f"<{list_of(message.alert)}.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "list"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message_text(message.alert), cte="quoted-printable")
    return mail.as_bytes()
