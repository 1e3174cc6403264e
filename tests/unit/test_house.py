"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "protocol_dsl").rglob("*.py"))
HEAVY = {"pandas", "numpy", "pyarrow", "hypothesis", "duckdb", "polars", "z3"}
LIMITS = {"interpret.py": 300}
MACHINE = re.compile(r"(?<![\w.:/])/(?:home|root|work|tmp|opt|Users|mnt)/\w|\.\./shared\b|\b[A-Z]:\\Users")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """The files git keeps; in an unpacked sdist, all the text there is."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
        return [ROOT / name for name in listed.stdout.splitlines()]
    return [path for kind in ("*.py", "*.md", "*.toml", "*.protocol", "*.csv") for path in ROOT.rglob(kind)]


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_fits_its_budget(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LIMITS.get(path.name, 400)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_imports_nothing_heavy_before_it_is_needed(path: Path) -> None:
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    rooms = {"testing": {"hypothesis"}, "symbolic": {"z3"}}  # which are themselves imported only when needed
    allowed = set().union(*(rooms.get(part, ()) for part in path.relative_to(ROOT).parts))
    assert {name.partition(".")[0] for name in names} & (HEAVY - allowed) == set()


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = "import sys, protocol_dsl; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(loaded.stdout.splitlines()) & HEAVY == set()


def test_no_file_names_a_place_on_one_machine() -> None:
    found = [
        f"{relative(path)}: {match.group()}"
        for path in tracked()
        if path.is_file() and b"\0" not in (data := path.read_bytes())
        for match in MACHINE.finditer(data.decode("utf-8", "replace"))
    ]
    assert found == []


LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?!https?:|mailto:|#)(?P<to>[^)#\s]+)[^)\n]*\)")


@pytest.mark.parametrize("page", [path for path in tracked() if path.suffix == ".md" and path.is_file()], ids=relative)
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert [] == [link["to"] for link in LINK.finditer(text) if not (page.parent / link["to"]).exists()]


def test_the_checks_run_the_readmes_own_test_command() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest -n 2"
    readme, checks = (ROOT / name for name in ("README.md", ".ci/run"))
    assert command in readme.read_text(encoding="utf-8")
    assert f"\n{command}\n" in checks.read_text(encoding="utf-8")
