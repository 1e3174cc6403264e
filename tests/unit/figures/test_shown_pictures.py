"""The pictures that the guide shows are those that its commands draw; `docs/guide/decision_tables.md` names them."""

import re
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
COMMANDS = re.findall(
    r"^`protocol ([^`]* --out (\w+\.svg))`", (GUIDE / "decision_tables.md").read_text("utf-8"), re.MULTILINE
)


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
