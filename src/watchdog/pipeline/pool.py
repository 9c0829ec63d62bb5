"""Worker processes for outside bytes: each piece of work has a deadline and a memory limit, and dies alone.

The only importer of pebble. Workers come from a fork server, so that they share no thread, lock or connection with the
service, and they end with it, even if it ends by kill -9.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import multiprocessing
import os
import pickle
import resource
import select
import signal
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from watchdog.errors import DeadlineExceeded, WorkerDied, WorkFailed
from watchdog.points import point

T = TypeVar("T")

#: Then a worker is replaced: libxml2 and trafilatura grow over hundreds of pages (444 to 522 MB over 1,151 of them).
TASKS_PER_WORKER = 1_000
#: For a worker to start and to import what it needs, beside the work's own deadline.
START_LIMIT = timedelta(seconds=60)
#: A quiet night keeps no worker: each holds over 60 MB of packs, tables and parsers, and starts in a second.
IDLE_LIMIT = timedelta(minutes=2)
#: Workers give way to the process that polls and sends.
NICENESS = 5


@dataclass(frozen=True, slots=True)
class _Raised:
    """An exception of the work, as text: one that cannot be unpickled here would break the pool for all."""

    summary: str
    trace: str


class Pool:
    """Runs functions in other processes; an asynchronous context manager.

    Workers start with the first piece of work, and end when there was none for a while. Functions, arguments and
    results are pickled; a function is named by its module, so it must stand at the top of one. No more than
    ``workers`` pieces run at once, the others wait here.
    """

    def __init__(
        self,
        workers: int,
        deadline: timedelta,
        memory_max_bytes: int,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[object, ...] = (),
        idle_limit: timedelta = IDLE_LIMIT,
    ) -> None:
        """Prepare a pool; nothing is started yet.

        Args:
            workers: How many processes.
            deadline: For one piece of work; then its worker is killed.
            memory_max_bytes: Address space of a worker; above it the work sees a MemoryError.
            initializer: Called with ``initargs`` in each worker when it starts.
            initargs: See there.
            idle_limit: After so long without work all workers end; the next work starts them again.
        """
        self._workers = workers
        self._deadline = deadline
        self._setup = (memory_max_bytes, initializer, initargs)
        self._slots = asyncio.Semaphore(workers)
        self._pool: ProcessPool | None = None
        #: The pool that has had work; handing it more waits for nothing.
        self._started: ProcessPool | None = None
        self._starting = asyncio.Lock()
        self._running: set[asyncio.Future[Any]] = set()
        self._idle_limit = idle_limit
        self._callers = 0
        self._rest_timer: asyncio.TimerHandle | None = None
        self._rest: asyncio.Task[None] | None = None
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def run(self, work: Callable[..., T], *args: object) -> T:
        """Run ``work(*args)`` in a worker. Cancelling the call kills the worker.

        Raises:
            DeadlineExceeded: it took too long.
            WorkerDied: its process ended, or the pool was closed.
            WorkFailed: it raised, or cannot be pickled.
        """
        point("before a worker does", work)
        with self._kept():
            async with self._slots:
                answer = await self._run_twice(work, args)
        point("after a worker did", work)
        if isinstance(answer, _Raised):
            raise WorkFailed(answer.summary) from RuntimeError(answer.trace)
        return answer

    async def close(self) -> None:
        """End all workers at once; work under way and waiting fails with WorkerDied. Safe to call twice."""
        self._is_closed = True
        self._wake()
        if self._rest is not None:
            await self._rest
        for outcome in tuple(self._running):
            if not outcome.done():
                outcome.set_exception(WorkerDied("the pool was closed"))
        if self._pool is not None:
            await self._discard(self._pool)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """Keep the workers while somebody needs them; the last one to leave sets the time until they end."""
        self._callers += 1
        self._wake()
        try:
            yield
        finally:
            self._callers -= 1
            if self._callers == 0 and not self._is_closed:
                loop = asyncio.get_running_loop()
                self._rest_timer = loop.call_later(self._idle_limit.total_seconds(), self._begin_rest)

    def _wake(self) -> None:
        if self._rest_timer is not None:
            self._rest_timer.cancel()
            self._rest_timer = None

    def _begin_rest(self) -> None:
        """End the workers; work that comes meanwhile finds no pool and starts another one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            self._rest = asyncio.create_task(asyncio.to_thread(_stop, pool))

    async def _run_twice(self, work: Callable[..., T], args: tuple[object, ...]) -> T | _Raised:
        """Once more where an idle worker was killed from outside: pebble gives up, we do not."""
        try:
            return await self._run_once(work, args)
        except BrokenProcessPool:
            pass
        try:
            return await self._run_once(work, args)
        except BrokenProcessPool as exc:
            raise WorkerDied("no worker could be started") from exc

    async def _run_once(self, work: Callable[..., T], args: tuple[object, ...]) -> T | _Raised:
        pool, future = await self._schedule(work, args)
        outcome: asyncio.Future[T | _Raised] = asyncio.get_running_loop().create_future()
        future.add_done_callback(partial(_hand_over, outcome))
        self._running.add(outcome)
        try:
            async with asyncio.timeout((self._deadline + START_LIMIT).total_seconds()):
                return await outcome
        except TimeoutError as exc:
            raise DeadlineExceeded(
                f"no answer within {self._deadline.total_seconds():g} s; its worker was killed"
            ) from exc
        except BrokenProcessPool:
            await self._discard(pool)
            raise
        except ProcessExpired as exc:
            raise WorkerDied(f"its worker ended with exit code {exc.exitcode}") from exc
        except (pickle.PicklingError, AttributeError, TypeError) as exc:
            raise WorkFailed(f"cannot be handed to a worker: {exc}") from exc
        finally:
            self._running.discard(outcome)
            future.cancel()

    async def _schedule(
        self, work: Callable[..., T], args: tuple[object, ...]
    ) -> tuple[ProcessPool, Future[T | _Raised]]:
        async with self._starting:
            if self._is_closed:
                raise WorkerDied("the pool was closed")
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=TASKS_PER_WORKER,
                    initializer=_prepare_worker,
                    initargs=self._setup,
                    context=multiprocessing.get_context("forkserver"),
                )
            pool = self._pool
            submit = partial(pool.schedule, _guarded, (work, *args), timeout=self._deadline.total_seconds())
            try:
                # The first one waits for the fork server.
                future = submit() if self._started is pool else await asyncio.to_thread(submit)
            except RuntimeError as exc:  # pebble's word for a pool that broke
                self._pool = None
                await asyncio.to_thread(_stop, pool)
                raise BrokenProcessPool(str(exc)) from exc
            self._started = pool
            return pool, future

    async def _discard(self, pool: ProcessPool) -> None:
        """Stop this pool, unless somebody else did."""
        async with self._starting:
            if self._pool is pool:
                self._pool = None
                await asyncio.to_thread(_stop, pool)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble's types have gaps
    pool.join()


def _hand_over(outcome: asyncio.Future[T], future: Future[T]) -> None:
    """Settle an asyncio future from a pool's thread."""

    def settle() -> None:
        if outcome.done():
            return
        if future.cancelled() or isinstance(error := future.exception(), CancelledError):
            outcome.cancel()
        elif error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(future.result())

    loop = outcome.get_loop()
    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)


# ------------------------------------------------------------------------------------------ in the worker


def _prepare_worker(
    memory_max_bytes: int, initializer: Callable[..., None] | None, initargs: tuple[object, ...]
) -> None:
    _die_with_service()
    logging.getLogger().addHandler(logging.NullHandler())  # what a library says of a document may quote it
    logging.captureWarnings(capture=True)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler in Python would wait for a C library to return
    resource.setrlimit(resource.RLIMIT_AS, (memory_max_bytes, memory_max_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    if initializer is not None:
        initializer(*initargs)


def _die_with_service() -> None:
    """Have the kernel end this process when the service ends, even if it then hangs in C code.

    The service holds the other end of a pipe; its closing raises SIGIO here, which kills by default.
    ``PR_SET_PDEATHSIG`` would not do: the parent is the fork server, and that stays for as long as any worker does.
    """
    service = multiprocessing.parent_process()
    if service is None:
        return
    pipe = service.sentinel
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it ended before we listened
        os._exit(1)


def _guarded(work: Callable[..., T], *args: object) -> T | _Raised:
    try:
        return work(*args)
    except BaseException as exc:  # noqa: BLE001 -- around one document; the service logs it
        return _Raised(f"{type(exc).__name__}: {exc}"[:1_000], traceback.format_exc()[-10_000:])
