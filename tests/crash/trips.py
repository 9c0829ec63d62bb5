"""The trips that are crashed: what is known, what is published or typed then, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.daemon import Story
from watchdog.model.delivery import Every

RELEASE = Story(
    path="/oc/released",
    title="Blogger Mehman Huseynov released from prison",
    text="Azerbaijani blogger Mehman Huseynov was released from prison today after two years, his lawyer said.\n\n"
    "He was met at the gate of the prison by friends and colleagues, who had waited there since the early morning. "
    "The blogger said that he would go on with his work and thanked everybody who had written to him.",
)
SAME_NEWS = Story(
    path="/nw/free",
    title="Mehman Huseynov walks free",
    text="Mehman Huseynov was released from prison today, his family told reporters.\n\n"
    "The family said that they were happy and that they would say more when they had spoken with him at home.",
)
TAKEN_BACK = Story(
    path="/nw/correction",
    title="Correction: Mehman Huseynov",
    text="Correction: an earlier version of this report wrongly stated that Mehman Huseynov was released.\n\n"
    "The lawyer had spoken of another man of that name. We are sorry for the mistake and for the hope that it gave.",
)
EDITED = replace(
    RELEASE,
    text=RELEASE.text + "\n\nMehman Huseynov was hospitalised a few hours later, his lawyer said in the evening.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One path."""

    name: str
    #: What is known before the trip.
    before: Story | None
    #: What is published then, by another outlet where it is another article; None where a command is typed instead.
    then: Story | None
    #: (kind, status) of the alerts that must come of it.
    alerts: tuple[tuple[str, str], ...]
    #: The subscriber's kind.
    channel: str = "webhook"
    #: How often the subscriber wants to hear; what was told before the trip has waited long enough.
    every: Every = Every.NOW
    #: Phrases of a topic that is watched as well.
    topic: tuple[str, ...] = ()
    #: Messages that must come of it, where they are not one an alert.
    messages: int | None = None
    #: What is typed then; once more where it was killed.
    command: tuple[str, ...] = ()
    #: The case is known to have died, so that its release waits for a person, and an operator is told.
    waits: bool = False
    #: Notices that must come of it.
    notices: int = 0
    #: Answers of the receiver that leave us in doubt: it has the message, we do not know it.
    lost_answers: int = 0


#: In a command, the claim that waits.
CLAIM = "CLAIM"

TRIPS = (
    Trip(name="new event", before=None, then=RELEASE, alerts=(("alert", "released"),)),
    Trip(name="new event, Atom file", before=None, then=RELEASE, alerts=(("alert", "released"),), channel="atom"),
    Trip(name="new event, answer lost", before=None, then=RELEASE, alerts=(("alert", "released"),), lost_answers=1),
    Trip(name="confirmation", before=RELEASE, then=SAME_NEWS, alerts=()),
    Trip(name="correction", before=RELEASE, then=TAKEN_BACK, alerts=(("correction", "released"),)),
    Trip(name="page edited in place", before=RELEASE, then=EDITED, alerts=(("alert", "hospitalised"),)),
    # What waited is told in a digest; what comes now waits for the next one.
    Trip(
        name="digest row",
        before=RELEASE,
        then=EDITED,
        alerts=(("alert", "hospitalised"),),
        every=Every.WEEK,
        messages=1,
        lost_answers=1,
    ),
    Trip(
        name="topic",
        before=None,
        then=RELEASE,
        alerts=(("alert", "released"),),
        topic=("gate of the prison",),
        messages=2,
    ),
    Trip(name="new event, e-mail", before=None, then=RELEASE, alerts=(("alert", "released"),), channel="email"),
    Trip(name="operator told", before=None, then=RELEASE, alerts=(), waits=True, notices=1),
    Trip(
        name="review accept",
        before=RELEASE,
        then=None,
        alerts=(("alert", "released"),),
        waits=True,
        command=("review", "accept", CLAIM, "--by", "anna", "--note", "called the lawyer"),
    ),
    Trip(
        name="events retract",
        before=RELEASE,
        then=None,
        alerts=(("correction", "released"),),
        command=("events", "retract", "1", "--by", "anna", "--note", "it was his brother"),
    ),
    Trip(
        name="events correct",
        before=RELEASE,
        then=None,
        alerts=(("correction", "released"),),
        command=("events", "correct", "1", "--status", "released_conditionally", "--by", "anna"),
    ),
)
