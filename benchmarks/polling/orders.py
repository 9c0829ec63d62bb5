"""How a side of the benchmark is told what to do: a line of JSON in, a line of JSON back."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable


async def serve(poll_all: Callable[[list[str]], Awaitable[int]]) -> None:
    """Poll the addresses of each line so often as it says, until the input ends; answer with the new items."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        new = 0
        for _ in range(order["times"]):
            new += await poll_all(order["urls"])
        print(json.dumps({"new": new}), flush=True)
