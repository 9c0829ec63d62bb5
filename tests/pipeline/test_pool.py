"""The pool with real processes; the work is functions of the standard library, which every worker can import."""

from __future__ import annotations

import asyncio
import json
import operator
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from watchdog.errors import DeadlineExceeded, WorkerDied, WorkFailed
from watchdog.pipeline.pool import NICENESS, Pool

MEMORY = 1_000_000_000
SECOND = timedelta(seconds=1)


def make_pool(workers: int = 1, deadline: timedelta = 20 * SECOND) -> Pool:
    return Pool(workers, deadline, MEMORY)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def wait_until(condition: Callable[[], bool], limit: float = 15) -> None:
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.02)


async def test_result_comes_back_from_another_process() -> None:
    async with make_pool() as pool:
        assert await pool.run(json.loads, '{"a": [1]}') == {"a": [1]}
        assert await pool.run(os.getpid) != os.getpid()


async def test_nothing_is_started_before_the_first_work() -> None:
    before = time.monotonic()
    async with make_pool():
        pass
    assert time.monotonic() - before < 0.5


async def test_initializer_runs_in_each_worker() -> None:
    async with Pool(1, 20 * SECOND, MEMORY, sys.setrecursionlimit, (777,)) as pool:
        assert await pool.run(sys.getrecursionlimit) == 777


async def test_workers_give_way() -> None:
    async with make_pool() as pool:
        assert await pool.run(os.nice, 0) >= min(os.nice(0) + NICENESS, 19)


async def test_work_that_raises_keeps_its_words_and_its_worker() -> None:
    async with make_pool() as pool:
        pid = await pool.run(os.getpid)
        with pytest.raises(WorkFailed, match="ZeroDivisionError: division by zero") as caught:
            await pool.run(operator.truediv, 1, 0)
        assert "Traceback" in str(caught.value.__cause__)
        assert await pool.run(os.getpid) == pid


async def test_exception_that_cannot_be_unpickled_breaks_nothing() -> None:
    async with make_pool() as pool:
        with pytest.raises(WorkFailed, match="JSONDecodeError"):
            await pool.run(json.loads, "{")
        with pytest.raises(WorkFailed, match="UnicodeDecodeError"):
            await pool.run(bytes.decode, b"\xff", "utf-8")
        assert await pool.run(abs, -1) == 1


async def test_work_that_leaves_the_interpreter_is_a_failure_of_that_work() -> None:
    async with make_pool() as pool:
        with pytest.raises(WorkFailed, match="SystemExit"):
            await pool.run(sys.exit, 3)


async def test_what_cannot_be_pickled_is_said() -> None:
    async with make_pool() as pool:
        with pytest.raises(WorkFailed):
            await pool.run(len, (lambda: None,))
        with pytest.raises(WorkFailed):
            await pool.run(compile, "1", "x", "eval")  # its result is a code object
        assert await pool.run(abs, -1) == 1


async def test_hang_in_c_code_is_killed_at_the_deadline_and_harms_nobody() -> None:
    async with make_pool(workers=2, deadline=SECOND) as pool:
        await asyncio.gather(pool.run(abs, 1), pool.run(abs, 1))
        started = time.monotonic()
        hang = asyncio.create_task(pool.run(re.fullmatch, "(a|a)+b", "a" * 60))
        assert await pool.run(abs, -2) == 2
        with pytest.raises(DeadlineExceeded, match="1 s"):
            await hang
        assert time.monotonic() - started < 10
        assert await pool.run(abs, -3) == 3


async def test_worker_that_dies_takes_only_its_own_work() -> None:
    async with make_pool(workers=2) as pool:
        other = asyncio.create_task(pool.run(time.sleep, 1.0))
        with pytest.raises(WorkerDied):
            await pool.run(os._exit, 7)
        await other
        assert await pool.run(abs, -3) == 3


async def test_idle_worker_killed_from_outside_is_replaced() -> None:
    async with make_pool() as pool:
        pid = await pool.run(os.getpid)
        os.kill(pid, signal.SIGKILL)
        await wait_until(lambda: not is_running(pid))
        for number in range(5):
            assert await pool.run(abs, -number) == number


async def test_workers_end_after_a_while_without_work_and_come_back() -> None:
    async with Pool(2, 20 * SECOND, MEMORY, idle_limit=0.2 * SECOND) as pool:
        first = await pool.run(os.getpid)
        await wait_until(lambda: not is_running(first))
        assert await pool.run(os.getpid) != first


async def test_workers_stay_while_somebody_needs_them() -> None:
    async with Pool(1, 20 * SECOND, MEMORY, idle_limit=0.2 * SECOND) as pool:
        long_work = asyncio.create_task(pool.run(time.sleep, 1))
        first = await pool.run(os.getpid)
        await long_work
        assert await pool.run(os.getpid) == first


async def test_memory_beyond_the_limit_fails_the_work_only() -> None:
    async with make_pool() as pool:
        with pytest.raises(WorkFailed, match="MemoryError"):
            await pool.run(bytes, 2 * MEMORY)
        assert len(await pool.run(bytes, 1_000)) == 1_000


async def test_large_arguments_and_results_pass() -> None:
    body = bytes(10_000_000)
    async with make_pool(workers=2) as pool:
        assert await asyncio.gather(*(pool.run(bytes, body) for _ in range(4))) == [body] * 4


async def test_no_more_than_the_workers_run_at_once() -> None:
    async with make_pool(workers=2) as pool:
        pids = await asyncio.gather(*(pool.run(os.getpid) for _ in range(20)))
    assert len(set(pids)) <= 2


async def test_cancelled_call_kills_its_worker() -> None:
    async with make_pool() as pool:
        pid = await pool.run(os.getpid)
        call = asyncio.create_task(pool.run(time.sleep, 600))
        await wait_until(lambda: len(pool._running) == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await wait_until(lambda: not is_running(pid))
        assert await pool.run(abs, -1) == 1


async def test_close_ends_hanging_workers_at_once_and_says_so() -> None:
    pool = make_pool(workers=2, deadline=600 * SECOND)
    pids = set(await asyncio.gather(*(pool.run(os.getpid) for _ in range(4))))
    calls = [asyncio.create_task(pool.run(re.fullmatch, "(a|a)+b", "a" * 60)) for _ in range(3)]
    await wait_until(lambda: len(pool._running) == 2)
    started = time.monotonic()
    await pool.close()
    assert time.monotonic() - started < 5
    assert all(isinstance(result, WorkerDied) for result in await asyncio.gather(*calls, return_exceptions=True))
    await wait_until(lambda: not any(map(is_running, pids)))
    with pytest.raises(WorkerDied, match="closed"):
        await pool.run(abs, 1)
    await pool.close()


ORPHANS = """
import asyncio, os, re
from datetime import timedelta
from watchdog.pipeline.pool import Pool

async def main():
    pool = Pool(2, timedelta(seconds=600), 1_000_000_000)
    pid, parent = await pool.run(os.getpid), await pool.run(os.getppid)
    calls = [asyncio.create_task(pool.run(re.fullmatch, "(a|a)+b", "a" * 60))]
    await asyncio.sleep(0.3)
    print(pid, parent, flush=True)
    await asyncio.gather(*calls)

asyncio.run(main())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
async def test_workers_busy_or_idle_end_when_the_service_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        worker, fork_server = map(int, service.stdout.readline().split())
        family = set(children_of(fork_server)) | {worker, fork_server}
        assert len(family) >= 3
        service.kill()
    await wait_until(lambda: not any(map(is_running, family)))


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
