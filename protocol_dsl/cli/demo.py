"""`protocol demo`: the main job on a trial and records that ship with the package."""

import io
import shlex
from argparse import ArgumentParser, Namespace
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, Final

from protocol_dsl.cli.console import Console
from protocol_dsl.cli.verb import Verb

_TRIAL: Final = "nct06631391"
_ANSWERS: Final = (0, 1, 3)
_STEPS: Final = (
    ("A real trial's public text, written as a protocol: is it sound?", ("check", "--quiet", _TRIAL)),
    ("Who of fourteen invented children may enter?", ("screen", _TRIAL, "--data", _TRIAL)),
    ("Why not this one?", ("explain", _TRIAL, "--data", _TRIAL, "--patient", "SYN-03")),
    ("Who had a dose-limiting toxicity?", ("dlt", _TRIAL, "--data", _TRIAL)),
    ("What is to be done next? (N no DLT, T DLT, P pending, X not evaluable)", ("advise", _TRIAL, "--data", _TRIAL)),
    ("And had the fourteenth child been well?", ("advise", _TRIAL, "--history", "1NNN 2NTN 2NXNN")),
    ("Does the design keep its promises, whatever happens?", ("verify", _TRIAL)),
)


def _configure(_: ArgumentParser) -> None:
    """There is nothing to say."""


def _run(_: Namespace, console: Console) -> int:
    from protocol_dsl.cli.main import main

    if console.style == "json":
        steps = [_captured(title, words) for title, words in _STEPS]
        console.data({"steps": steps})
        return _worst([step["status"] for step in steps])
    statuses = []
    for number, (title, words) in enumerate(_STEPS):
        console.result(("\n" if number else "") + console.paint(f"{number + 1}. {title}", "1"))
        console.result(console.paint(f"$ protocol {shlex.join(words)}", "2") + "\n")
        statuses.append(main([*words, "--format", console.style]))
    console.result("\nEvery step is a command of its own; `protocol --help` lists them all.")
    return _worst(statuses)


def _worst(statuses: list[int]) -> int:
    """Zero, unless a step could not be done; a verdict that somebody is ineligible is no failure here."""
    return max((status for status in statuses if status not in _ANSWERS), default=0)


def _captured(title: str, words: tuple[str, ...]) -> dict[str, Any]:
    from protocol_dsl.cli.main import main

    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        status = main([*words, "--format", "plain"])
    return {"title": title, "command": f"protocol {shlex.join(words)}", "status": status, "output": out.getvalue()}


verb = Verb(
    "demo",
    "show the main steps on records that ship with the package",
    _configure,
    _run,
    ("protocol demo",),
    ("0  done",),
    job="try",
)
