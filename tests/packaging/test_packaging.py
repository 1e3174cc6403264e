"""Build the archives, look inside, install the wheel elsewhere and run it there."""

import importlib
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
SHIPPED = ("grammar", "protocols")
DEPENDENCIES = ("lark", "attr", "attrs", "cattrs", "pandas")
TABLES = "protocol_dsl/_tables.bin"
NEVER = ("__pycache__", ".pyc", ".venv", ".git/", "_cache", ".hypothesis", ".coverage")


@frozen
class Archives:
    """What a build left behind."""

    sdist: Path
    wheel: Path

    def inside(self) -> tuple[set[str], set[str]]:
        """The names in the sdist, without the folder they all stand in, and in the wheel."""
        with tarfile.open(self.sdist) as sdist, zipfile.ZipFile(self.wheel) as wheel:
            return {name.partition("/")[2] for name in sdist.getnames()}, set(wheel.namelist())


def run(*words: str | Path, folder: Path) -> str:
    """Run a program in a folder, without what this process's environment says of Python; return what it prints."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    done = subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    return Archives(*folder.glob("*.tar.gz"), *folder.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; the dependencies are those of the running one, so that no network is needed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", archives.wheel, folder=folder)
    [packages] = folder.glob("[Ll]ib/**/site-packages")
    homes = {str(Path(importlib.import_module(name).__path__[0]).parent) for name in DEPENDENCIES}
    (packages / "dependencies.pth").write_text("\n".join(homes), encoding="utf-8")
    return scripts


def test_both_archives_carry_grammar_and_protocols(archives: Archives) -> None:
    sdist, wheel = archives.inside()
    files = {path for shelf in SHIPPED for path in (ROOT / shelf).rglob("*") if path.is_file()}
    names = {path.relative_to(ROOT).as_posix() for path in files if path.name != ".gitkeep"}
    assert names
    assert names - sdist == set()
    assert {f"protocol_dsl/_shipped/{name}" for name in names} - wheel == set()


def test_the_archives_carry_nothing_stray(archives: Archives) -> None:
    sdist, wheel = archives.inside()
    assert [name for name in sdist | wheel if any(part in name for part in NEVER)] == []
    assert {name.partition("/")[0] for name in wheel} == {"protocol_dsl", "protocol_dsl-0.1.0.dist-info"}


def test_the_parsers_tables_are_in_the_wheel_alone(archives: Archives) -> None:
    sdist, wheel = archives.inside()
    known = (ROOT / "protocol_dsl/syntax/tables.py").exists()
    assert (TABLES in sdist, TABLES in wheel) == (False, known)


def test_the_sdist_can_run_its_own_tests(archives: Archives) -> None:
    sdist, _ = archives.inside()
    names = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    assert names | {"conftest.py", "pyproject.toml", "hatch_build.py", "LICENSE"} <= sdist


def test_the_wheel_says_that_it_is_typed_and_licensed(archives: Archives) -> None:
    _, wheel = archives.inside()
    assert {"protocol_dsl/py.typed", "protocol_dsl-0.1.0.dist-info/licenses/LICENSE"} <= wheel


def test_the_installed_package_is_the_one_imported(elsewhere: Path, tmp_path: Path) -> None:
    place = run(elsewhere / "python", "-c", "import protocol_dsl; print(protocol_dsl.__file__)", folder=tmp_path)
    assert Path(place.strip()).is_relative_to(elsewhere.parent)


def test_the_installed_command_runs_its_demonstration(elsewhere: Path, tmp_path: Path) -> None:
    assert "protocol screen" in run(elsewhere / "protocol", "demo", folder=tmp_path)
