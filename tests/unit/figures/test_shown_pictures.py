"""The pictures that the guide shows are those that its commands draw; each page names its own."""

import re
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
COMMANDS = [
    command
    for page in sorted(GUIDE.glob("*.md"))
    for command in re.findall(r"^`protocol ([^`]* --out (\w+\.svg))`", page.read_text("utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize(("command", "name"), COMMANDS)
def test_the_picture_is_what_its_command_draws(
    command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a picture has changed for good, run the command again in `docs/guide/pictures`."""
    monkeypatch.chdir(tmp_path)
    assert main(command.split(" ")) == 0
    assert (GUIDE / "pictures" / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8")


def test_every_picture_has_its_command() -> None:
    assert {path.name for path in (GUIDE / "pictures").iterdir()} == {name for _, name in COMMANDS}


@pytest.mark.parametrize(("ending", "start"), [("html", b"<!DOC"), ("png", b"\x89PNG")])
def test_operating_characteristics_are_written_by_the_ending(tmp_path: Path, ending: str, start: bytes) -> None:
    if ending == "png":
        pytest.importorskip("resvg_py")
    out = tmp_path / f"chances.{ending}"
    assert main(["simulate", "three_plus_three_korn6", "--truth", "0.1,0.2,0.3,0.4,0.5", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(start)


def test_too_many_scenarios_are_not_drawn_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "chances.svg"
    truth = ["--truth", "0.1,0.2,0.3,0.4,0.5"]
    assert main(["simulate", "three_plus_three_korn6", *truth * 13, "--out", str(out)]) == 2
    assert "at most 12" in capsys.readouterr().err
    assert not out.exists()
