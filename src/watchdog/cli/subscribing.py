"""``subscribe`` and ``unsubscribe``."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from watchdog import service
from watchdog.cli.output import Speaker
from watchdog.errors import UsageError
from watchdog.model.delivery import Every
from watchdog.model.status import Status
from watchdog.store.subscribers import Wish


@click.command()
@click.argument("target")
@click.option("--case", "cases", multiple=True, metavar="ID", help="A case; may be given several times.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="A topic; may be given several times.")
@click.option("--all", "everything", is_flag=True, help="All cases and topics, later ones too.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in Status]),
    help="Only this type of change; may be given several times.",
)
@click.option(
    "--every",
    type=click.Choice([every.value for every in Every]),
    default=Every.NOW.value,
    show_default=True,
    help="At once, or in a digest.",
)
@click.pass_obj
def subscribe(
    speaker: Speaker,
    target: str,
    cases: tuple[str, ...],
    topics: tuple[str, ...],
    everything: bool,
    statuses: tuple[str, ...],
    every: str,
) -> None:
    """Subscribe TARGET: console:, atom:PATH, an e-mail address, webhook+https://..., or env:NAME, file:PATH."""
    if not (cases or topics or everything):
        raise UsageError("say what to subscribe to: --case ID, --topic ID or --all")
    wish = Wish(
        everything=everything,
        case_ids=cases,
        topic_ids=topics,
        statuses=frozenset(Status(status) for status in statuses),
        every=Every(every),
    )
    done = service.subscribe(speaker.home, target, wish, datetime.now(UTC))
    if speaker.as_json:
        facts = {"subscriber": done.subscriber_id, "added": done.added, "changed": done.changed}
        speaker.line({**facts, "secret": done.new_secret})
    if done.added:
        speaker.say("subscribed" if wish.every is Every.NOW else f"subscribed to a digest every {wish.every}")
    elif done.changed:
        speaker.say(
            f"changed: {'at once' if wish.every is Every.NOW else f'in a digest every {wish.every}'} from now on"
        )
    else:
        speaker.say("nothing to add: this target has these subscriptions already")
    if done.new_secret:
        speaker.say(f"signing secret, shown this once: {done.new_secret}")


@click.command()
@click.argument("target")
@click.pass_obj
def unsubscribe(speaker: Speaker, target: str) -> None:
    """End all subscriptions of TARGET; what still waits for it is not sent."""
    ended = service.unsubscribe(speaker.home, target, datetime.now(UTC))
    if speaker.as_json:
        speaker.line({"ended": ended})
    speaker.say(f"{ended} subscription{'' if ended == 1 else 's'} ended")


COMMANDS = (subscribe, unsubscribe)
