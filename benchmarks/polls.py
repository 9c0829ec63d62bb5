"""What polling costs, beside lemon24/reader and a plain script: ``python benchmarks/polls.py [WORD...]``.

CPU time of whole process trees, workers and all, over one loopback server with many hosts, 20 sources at once where
nothing else is said. The sides take turns; each figure is the median of their rounds, and the ratios are what counts.
Ends with 1 where a bar is missed. WORD names a part: unmodified, same, dated, news, many, memory, idle; all where
there is none. ``reader`` gets an environment of its own, made at the first run from ``requirements/benchmark.txt``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "polling"))
from idle import Idle, tree, tree_pss_mb  # noqa: E402 -- stands beside this script
from outlets import address  # noqa: E402 -- the same

_CORPUS = "article-extraction-benchmark.tar.xz"
_FOLDER = Path(os.environ.get("WATCHDOG_CORPORA") or ROOT.parent / "shared" / "corpora")
_READER_HOME = ROOT / ".venv" / "benchmark"
_TICKS = os.sysconf("SC_CLK_TCK")
_HOSTS = 1_000
_FEW = 20
#: Of an article with its page, in ms, outside extraction.
_OUTSIDE_MAX = 3.0
#: What a median may grow in 20,000 polls, in MB: less is the allocator's.
_GROWTH_MAX = 4.0
_IDLE_MAX = 150.0


def tree_cpu(pid: int) -> float:
    """Seconds of CPU of a process and all that came of it, the ended ones as well."""
    spent = 0
    for one in tree(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        spent += sum(map(int, fields[11:15]))
    return spent / _TICKS


class Side:
    """A process that polls as it is told."""

    def __init__(self, name: str, python: Path, script: str, *arguments: Path | str) -> None:
        self.name = name
        command = [str(python), str(HERE / "polling" / script), *map(str, arguments)]
        self._process = subprocess.Popen(  # noqa: S603 -- our own scripts
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid

    def poll(self, urls: Sequence[str], times: int) -> float:
        """Poll all of them so many times. Returns ms of CPU for one poll."""
        before = tree_cpu(self.pid)
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 -- pipes
        self._process.stdin.write(json.dumps({"urls": urls, "times": times}) + "\n")
        self._process.stdin.flush()
        if not self._process.stdout.readline():
            raise SystemExit(f"{self.name} ended")
        return 1_000 * (tree_cpu(self.pid) - before) / (times * len(urls))

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@dataclass(slots=True)
class Bench:
    """The sides, the server, and what was found."""

    port: int
    start: Callable[[str], Side]
    missed: list[str] = field(default_factory=list)
    sides: dict[str, Side] = field(default_factory=dict)

    def urls(self, side: str, kind: str, count: int = _FEW) -> list[str]:
        """The sources of one side."""
        return [f"http://{address(n)}:{self.port}/{side}/{kind}/{n}" for n in range(count)]

    def side(self, name: str) -> Side:
        """A side, started when it is first asked for."""
        if name not in self.sides:
            self.sides[name] = self.start(name)
        return self.sides[name]

    def compare(self, kind: str, times: dict[str, int], rounds: int = 5) -> dict[str, float]:
        """The median cost of a poll for each side; the first two polls of each, which store what is there, are free."""
        spent: dict[str, list[float]] = {name: [] for name in times}
        for name in times:
            self.side(name).poll(self.urls(name, kind), 2)
        for _ in range(rounds):
            for name, often in times.items():
                spent[name].append(self.side(name).poll(self.urls(name, kind), often))
        return {name: median(costs) for name, costs in spent.items()}

    def hold(self, what: str, figure: float, bar: float, words: str) -> None:
        """Print one line of the table, and remember a bar that was missed."""
        is_met = figure <= bar
        print(f"{what:34} {figure:8.2f} <= {bar:6.2f}  {'met   ' if is_met else 'MISSED'}  {words}", flush=True)
        if not is_met:
            self.missed.append(what)

    def ratio(self, what: str, kind: str, bar: float, against: str, times: dict[str, int]) -> None:
        """One ratio of ours to another side's."""
        cost = self.compare(kind, times)
        words = f"{cost['ours']:.2f} ms a poll, {against} {cost[against]:.2f}"
        self.hold(what, cost["ours"] / cost[against], bar, words)


def unmodified(bench: Bench) -> None:
    """304."""
    bench.ratio("304, to reader", "unmodified", 0.6, "reader", {"ours": 20, "reader": 10})


def same(bench: Bench) -> None:
    """200 with the body that we hold."""
    bench.ratio("200, identical, to plain", "same", 0.15, "plain", {"ours": 20, "plain": 2})


def dated(bench: Bench) -> None:
    """200 with another build date."""
    bench.ratio("200, other build date, to plain", "dated", 0.25, "plain", {"ours": 10, "plain": 2})


def news(bench: Bench) -> None:
    """A new article with its page."""
    cost = bench.compare("news", {"ours": 1, "plain": 1, "extraction": 1, "thrifty": 1}, rounds=6)
    words = f"{cost['ours']:.1f} ms, plain {cost['plain']:.1f}, extraction {cost['extraction']:.1f}"
    bench.hold("new article with page, to plain", cost["ours"] / cost["plain"], 0.6, words)
    bench.hold("ms of it outside extraction", cost["ours"] - cost["extraction"], _OUTSIDE_MAX, "")
    print(
        f"{'the same, to plain that asks as we do':34} {cost['ours'] / cost['thrifty']:5.2f}, which costs "
        f"{cost['thrifty']:.1f} ms, {cost['thrifty'] - cost['extraction']:.1f} of it outside extraction"
    )


def many(bench: Bench) -> None:
    """A thousand sources due at once beside fifty."""
    few, all_of_them = bench.urls("ours", "unmodified", 50), bench.urls("ours", "unmodified", _HOSTS)
    ours, spent = bench.side("ours"), ([], [])  # type: tuple[Side, tuple[list[float], list[float]]]
    for urls in (few, all_of_them):
        ours.poll(urls, 2)
    for _ in range(5):
        spent[0].append(ours.poll(few, 20))
        spent[1].append(ours.poll(all_of_them, 1))
    fifty, thousand = map(median, spent)
    bench.hold("1,000 due, to 50 due", thousand / fifty, 1.2, f"{thousand:.2f} ms a poll, {fifty:.2f}")


def memory(bench: Bench) -> None:
    """Memory over 20,000 polls of feeds that do not change, are sent again, and get another date."""
    kinds = [url for kind in ("unmodified", "same", "dated") for url in bench.urls("memory", kind, 200)]
    ours, sizes = bench.start("ours"), []
    for _ in range(20):
        ours.poll(kinds, 2)  # 1,200 polls
        sizes.append(tree_pss_mb(ours.pid))
    ours.close()
    early, late = median(sizes[3:8]), median(sizes[-5:])
    bench.hold(
        "MB grown in 20,000 polls", late - early, _GROWTH_MAX, f"from {early:.1f} to {late:.1f} MB, 24,000 polls"
    )


def idle(bench: Bench, service: Idle) -> None:
    """The service at rest."""
    parts = service.at_rest_mb()
    words = " + ".join(f"{part:.0f}" for part in parts)
    bench.hold("MB, idle, 10,000 sources", sum(parts), _IDLE_MAX, f"its processes: {words}; 1,000 cases")


PARTS = {part.__name__: part for part in (unmodified, same, dated, news, many, memory)}


def reader_python() -> Path:
    """The interpreter of reader's environment."""
    python = _READER_HOME / "bin" / "python"
    done = _READER_HOME / "done"
    if not done.exists():
        print("setting up lemon24/reader", flush=True)
        venv.create(_READER_HOME, clear=True, with_pip=True)
        pip = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ]
        subprocess.run([*pip, "-r", str(ROOT / "requirements" / "benchmark.txt")], check=True)  # noqa: S603 -- pip
        done.touch()
    return python


@contextmanager
def serving() -> Iterator[int]:
    """The outlets, in a process of their own. Yields their port."""
    command = [sys.executable, str(HERE / "polling" / "outlets.py"), str(_HOSTS), str(_FOLDER / _CORPUS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- ours
        assert process.stdout is not None  # noqa: S101 -- a pipe
        yield int(process.stdout.readline())
        process.communicate()


def main() -> int:
    """Measure, print the table, and say whether every bar is met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS, "idle"], metavar="WORD")
    wanted = parser.parse_args().parts or [*PARTS, "idle"]
    if not (_FOLDER / _CORPUS).exists():
        raise SystemExit(f"no {_CORPUS} in {_FOLDER}; set WATCHDOG_CORPORA to the folder that holds it")
    with ExitStack() as held:
        scratch = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="watchdog-polls-")))
        port = held.enter_context(serving())

        def start(name: str) -> Side:
            folder = Path(tempfile.mkdtemp(dir=scratch))
            corpus = _FOLDER / _CORPUS
            match name:
                case "reader":
                    return Side(name, reader_python(), "lemon24.py", folder)
                case "extraction":
                    return Side(name, Path(sys.executable), "cut.py", corpus)
                case "thrifty":
                    return Side(name, Path(sys.executable), "plain.py", folder, "fast")
                case _:
                    return Side(name, Path(sys.executable), f"{name}.py", folder)

        bench = Bench(port=port, start=start)
        service = held.enter_context(Idle(scratch / "idle", port, ROOT)) if "idle" in wanted else None
        for name, part in PARTS.items():
            if name in wanted:
                part(bench)
        if service is not None:
            idle(bench, service)
        for side in bench.sides.values():
            side.close()
    print(f"missed: {', '.join(bench.missed)}" if bench.missed else "every bar is met")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
