import io
import json
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

SHIPPED = Path(__file__).parents[3] / "protocols"
UGLY = """protocol   "T"
    language 1


moments
    enrolment

data
    lansky : number

inclusion at enrolment
    I1 "Fit"
        lansky >= 50
"""


@pytest.fixture
def ugly(tmp_path: Path) -> Path:
    path = tmp_path / "ugly.protocol"
    path.write_text(UGLY, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_file_is_rewritten_once(ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--check", str(ugly)]) == 1
    assert capsys.readouterr().out == f"{ugly}\n"
    assert ugly.read_text(encoding="utf-8") == UGLY
    assert main(["fmt", str(ugly)]) == 0
    assert "lansky at least 50" in ugly.read_text(encoding="utf-8")
    assert ugly.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in ugly.parent.iterdir()] == ["ugly.protocol"]
    assert main(["fmt", "--check", str(ugly)]) == 0


def test_a_link_stays_a_link(ugly: Path) -> None:
    link = ugly.with_name("link.protocol")
    link.symlink_to(ugly)
    assert main(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert "at least" in ugly.read_text(encoding="utf-8")


def test_a_difference_is_shown_and_nothing_written(ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--diff", str(ugly)]) == 0
    out = capsys.readouterr().out
    assert "-        lansky >= 50\n+        lansky at least 50\n" in out
    assert ugly.read_text(encoding="utf-8") == UGLY
    assert main(["fmt", "--diff", "--check", str(ugly)]) == 1


def test_a_file_with_mistakes_is_left_alone(ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = ugly.with_name("broken.protocol")
    broken.write_text(UGLY.replace(">= 50", ">= >= 50"), encoding="utf-8")
    assert main(["fmt", str(broken), str(ugly)]) == 2
    assert ">= >= 50" in broken.read_text(encoding="utf-8")
    assert f"{broken}:13:" in capsys.readouterr().err
    assert "at least" in ugly.read_text(encoding="utf-8")  # the others are still formatted


def test_a_shipped_protocol_is_not_rewritten(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "nk_ped_01"]) == 2
    assert "ships with the package" in capsys.readouterr().err


def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UGLY.encode())))
    assert main(["fmt", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith('protocol "T"\n')
    assert "lansky at least 50" in out


def test_what_would_change_as_json(ugly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--check", "--format", "json", str(ugly)]) == 1
    assert json.loads(capsys.readouterr().out) == {"changed": [str(ugly)]}


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.protocol")), ids=lambda path: path.relative_to(SHIPPED))
def test_what_ships_is_laid_out_as_the_formatter_has_it(path: Path) -> None:
    assert main(["fmt", "--check", str(path)]) == 0
