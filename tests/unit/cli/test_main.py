import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from protocol_dsl.base.shelf import names
from protocol_dsl.cli import main as command
from protocol_dsl.cli.main import main, verbs

ROOT = Path(__file__).parents[3]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def test_no_verb_shows_the_help_and_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = printed(capsys)
    assert status == 2
    assert all(f"\n  {name} " in out for name in verbs())


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"], ["check", "--help"], ["help", "check"]])
def test_help_is_a_result(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = printed(capsys, *arguments)
    assert (status, err) == (0, "")
    assert "examples:\n  protocol " in out


@pytest.mark.parametrize("name", verbs())
def test_every_verb_has_help_with_examples_and_exit_statuses(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, out, _ = printed(capsys, name, "--help")
    assert status == 0
    assert f"examples:\n  protocol {name}" in out
    assert "exit status:\n  0" in out
    assert "  2  misuse" in out


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    import protocol_dsl

    assert printed(capsys, "--version") == (0, f"protocol {protocol_dsl.__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "`protocol check` is near"),
        (["frobnicate"], "the verbs are "),
        (["check"], "`protocol check` needs FILE"),
        (["screen", "x"], "needs --data"),
        (["screen", "x"], "as in `protocol screen "),
        (["validate"], "`protocol check` is near"),
        (["check", "--fromat", "json", "x"], "`--format` is near"),
        (["check", "--format", "yaml", "x"], "yaml"),
        (["check", "nct0663139"], "`nct06631391` is near"),
        (["check", "no/such/file.protocol"], "no file and no shipped protocol"),
        (["check", "a\0b"], "a<U+0000>b"),
        (["check", "."], "is a folder"),
    ],
)
def test_misuse_is_told_with_what_would_do(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    status, out, err = printed(capsys, *arguments)
    assert status == 2
    assert said in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["--format", "json", "chekc"], ["chekc", "--format=json"]])
def test_misuse_is_told_in_the_form_asked_for(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    _, out, err = printed(capsys, *arguments)
    assert out == ""
    (only,) = json.loads(err)["diagnostics"]
    assert only["severity"] == "error"
    assert only["help"] == "`protocol check` is near"


def test_what_is_no_verb_is_listed_as_no_verb() -> None:
    assert set(names("protocol_dsl.cli")) - set(verbs()) == {
        "main",
        "console",
        "in_time",
        "inputs",
        "outputs",
        "own_rates",
        "questions",
        "verb",
    }


def test_only_the_chosen_verb_is_imported() -> None:
    program = "import sys; from protocol_dsl.cli.main import main; main(['check', '/nowhere']); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name for name in ran.stdout.split() if name.startswith("protocol_dsl.cli.")}
    assert loaded == {
        f"protocol_dsl.cli.{name}" for name in ("main", "console", "inputs", "questions", "verb", "check")
    }


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: list[str], __: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_run", interrupted)
    assert printed(capsys, "check", "x") == (130, "", "\n")


def test_our_own_fault_is_said_to_be_ours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(_: list[str], __: object) -> int:
        raise ZeroDivisionError("oh\nno")

    monkeypatch.setattr(command, "_run", failing)
    status, _, err = printed(capsys, "check", "x")
    assert status == 70
    assert err.startswith("error[PD099]: a fault of the program itself: ZeroDivisionError: oh no\n")
    monkeypatch.setenv("PROTOCOL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check", "x"])


@pytest.mark.skipif(os.name == "nt", reason="there is no such pipe")
def test_a_reader_that_goes_away_is_no_fault() -> None:
    line = f"{sys.executable} -m protocol_dsl check nct06631391 --format plain | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    assert "Traceback" not in ran.stderr
    assert "BrokenPipe" not in ran.stderr


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    status, out, _ = printed(capsys, "check", "-")
    assert status == 2
    assert out.startswith("<stdin>:")


def test_colour_is_for_terminals_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = printed(capsys, "check", "nk_ped_01", "--format", "human")
    assert "\x1b" not in out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    _, out, _ = printed(capsys, "check", "nk_ped_01")
    assert "\x1b[" in out
    monkeypatch.setenv("NO_COLOR", "1")
    _, out, _ = printed(capsys, "check", "nk_ped_01")
    assert "\x1b" not in out
    assert "┌─" in out  # human is what a terminal gets


def test_quiet_leaves_results_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    _, loud, told = printed(capsys, "check", "nct06631391")
    _, silent, untold = printed(capsys, "check", "nct06631391", "--quiet")
    assert "note[" in loud
    assert told
    assert "note[" not in silent
    assert untold == ""


def test_check_counts_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.protocol"
    bad.write_text('protocol "T"\n    nonsense here\n', encoding="utf-8")
    status, out, _ = printed(capsys, "check", str(bad), "nk_ped_01", "--format", "json")
    assert status == 1
    found = json.loads(out)["diagnostics"]
    keys = ["code", "severity", "message", "file", "line", "column", "end_line", "end_column", "help"]
    assert all(list(one) == keys for one in found)
    assert {one["file"] for one in found if one["severity"] == "error"} == {str(bad)}
    assert {one["line"] for one in found if one["severity"] == "error"} == {2}


def test_assumptions_may_be_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "check", "nct06631391")[0] == 0
    assert printed(capsys, "check", "nct06631391", "--no-assumptions")[0] == 1
