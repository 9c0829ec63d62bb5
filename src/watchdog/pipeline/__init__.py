"""The steps poll, read, judge, send: claim rows, gather, ask the core, write in one transaction. Knows no engine.

Every step is ``async def step(ctx, now, limit)`` and may run twice or be killed at any point: the rows are the queue.
"""
