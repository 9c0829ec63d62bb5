"""What must hold of the house: the core is pure, no package collides with ours, the evaluation stands unchanged."""

from __future__ import annotations

import ast
import filecmp
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "src/watchdog/core").rglob("*.py")) + sorted((ROOT / "src/watchdog/model").rglob("*.py"))

#: Calls that read a clock, touch a file or write to somewhere; imports of the modules behind most of them are forbidden
#: by import-linter already, these need none.
IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
IMPURE_METHODS = {"now", "utcnow", "today", "read_text", "write_text", "read_bytes", "write_bytes"}


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_core_touches_no_clock_file_or_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_NAMES, f"{path.name}:{node.lineno}: {node.func.id}()"
        elif isinstance(node.func, ast.Attribute):
            assert node.func.attr not in IMPURE_METHODS, f"{path.name}:{node.lineno}: .{node.func.attr}()"


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_core_keeps_no_state_between_calls(path: Path) -> None:
    """A module of the core has no ``global`` and no empty collection at its top that something could fill."""
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        is_empty = isinstance(value, ast.Dict | ast.List) and not ast.unparse(value).strip("{}[]")
        assert not is_empty, f"{path.name}:{node.lineno}: an empty collection waits to be filled"


def test_layers_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_we_install_a_package_named_watchdog() -> None:
    assert importlib.metadata.packages_distributions()["watchdog"] == ["case-watchdog"]


def test_heavy_libraries_are_imported_only_when_needed() -> None:
    script = "import sys, watchdog.cli; print([m for m in ('trafilatura', 'alembic', 'apprise') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_evaluation_is_the_shared_one() -> None:
    shared = ROOT.parent / "shared" / "eval"
    if not shared.is_dir():
        pytest.skip("the shared evaluation is not beside the project: nothing to compare tests/eval with")
    files = [
        path.relative_to(shared) for path in shared.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(files) > 10
    _, differing, missing = filecmp.cmpfiles(shared, ROOT / "tests/eval", map(str, files), shallow=False)
    assert not differing
    assert not missing
