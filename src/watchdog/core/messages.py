"""What a message says, whatever it carries: its subject, its words for people, its line for machines."""

from __future__ import annotations

import html as markup
from typing import assert_never

from watchdog.core.digests import digest_line, digest_subject, digest_text
from watchdog.core.notices import notice_line, notice_subject, notice_text
from watchdog.core.render import Line, alert_line, plain_text, subject, topic_line, topic_subject, topic_text
from watchdog.model.delivery import Alert, Content, Digest, Notice, TopicAlert


def message_subject(told: Content) -> str:
    """One line; safe to show."""
    match told:
        case Alert():
            return subject(told)
        case TopicAlert():
            return topic_subject(told)
        case Digest():
            return digest_subject(told)
        case Notice():
            return notice_subject(told)
        case _:
            assert_never(told)


def message_text(told: Content) -> str:
    """The whole message; paragraphs apart by a blank line, what matters first, no line break at the end."""
    match told:
        case Alert():
            return plain_text(told)
        case TopicAlert():
            return topic_text(told)
        case Digest():
            return digest_text(told)
        case Notice():
            return notice_text(told)
        case _:
            assert_never(told)


def message_html(told: Content) -> str:
    """The same words as ``message_text``, as paragraphs with every special character escaped."""
    paragraphs = message_text(told).split("\n\n")
    return "".join(f"<p>{'<br>'.join(map(markup.escape, lines.splitlines()))}</p>" for lines in paragraphs)


def message_line(told: Content) -> dict[str, Line]:
    """The line for machines; its ``kind`` says what it is."""
    match told:
        case Alert():
            return alert_line(told)
        case TopicAlert():
            return topic_line(told)
        case Digest():
            return digest_line(told)
        case Notice():
            return notice_line(told)
        case _:
            assert_never(told)
