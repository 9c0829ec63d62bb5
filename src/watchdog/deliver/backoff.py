"""When a message that was not accepted is tried again, and when we stop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from watchdog.model.delivery import SendReason

#: Short at first, for grey-listing (RFC 6647) lets a second try in after minutes; the last one repeats. No jitter: a
#: home's deliveries are few, and the send step's limit spreads them.
STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
#: Sooner than the four to five days of RFC 5321, section 4.5.4.1: the operator must hear of it while it is news.
GIVE_UP_AFTER = timedelta(days=3)
#: A wrong password is nobody's mailbox: asked again soon, so that a mended setting is noticed without a restart.
CONFIG_STEP = timedelta(minutes=15)


def next_try(
    reason: SendReason, attempts: int, created_at: datetime, now: datetime, retry_after: timedelta | None = None
) -> timedelta | None:
    """How long to wait from now before the next try; None where there is none, and the delivery is dead.

    Args:
        reason: Why the last try failed.
        attempts: Tries so far, the last one included.
        created_at: When the delivery was written; three days later it is given up.
        now: The time of the failure.
        retry_after: What the receiver asked for; it can make a wait longer, up to the longest step, never shorter.
    """
    match reason:
        case SendReason.BAD_ADDRESS | SendReason.POLICY:
            return None
        case SendReason.CONFIG:
            wait = CONFIG_STEP
        case SendReason.TRANSIENT | SendReason.AMBIGUOUS:
            wait = STEPS[min(max(attempts, 1), len(STEPS)) - 1]
        case _:
            assert_never(reason)
    if now - created_at >= GIVE_UP_AFTER:
        return None
    return max(wait, min(retry_after or wait, STEPS[-1]))
