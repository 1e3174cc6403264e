"""`protocol synthesize`: a whole invented trial, to rehearse with."""

import json
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol_dsl.base.quantity import read_number
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import RUN, add_file, day, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.model.protocol import Protocol
    from protocol_dsl.synthesize.trial import Plan, Trial

_MOST: Final = 1000
_OURS: Final = re.compile(r"(plain|sdtm)/[a-z0-9_]+\.(csv|xpt|json|toml)")


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("--patients", metavar="N", default="30", help="how many patients come (default: 30)")
    parser.add_argument(
        "--seed", metavar="S", default="1", help="a whole number; each gives another trial (default: 1)"
    )
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder to write")
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="write into DIR though it is not empty; what an earlier run wrote there is taken away",
    )
    parser.add_argument(
        "--as", dest="forms", metavar="FORMS", default="plain", help="plain, sdtm, or plain,sdtm (default: plain)"
    )
    parser.add_argument(
        "--sets",
        choices=("xpt", "json"),
        default="xpt",
        help="SDTM as SAS transport files or Dataset-JSON (default: xpt)",
    )
    parser.add_argument(
        "--truth", metavar="RATES", help="the chance of a DLT at each level, lowest first, as in 0.05,0.12,0.25"
    )
    parser.add_argument(
        "--eligible", metavar="SHARE", default="0.75", help="the share of patients who are eligible (default: 0.75)"
    )
    parser.add_argument(
        "--every", metavar="DAYS", default="7", help="a patient comes every so many days, on average (default: 7)"
    )
    parser.add_argument(
        "--start", metavar="DATE", default="2026-01-05", help="when the first may come (default: 2026-01-05)"
    )
    parser.add_argument(
        "--missing", metavar="RATE", default="0", help="the share of entries that are missing (default: 0)"
    )
    parser.add_argument("--dirty", metavar="RATE", default="0", help="the share of entries that are dirty (default: 0)")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.synthesize.files import files
    from protocol_dsl.synthesize.trial import invent

    protocol = sound(arguments.file, without=RUN)
    _inventable(protocol)
    plan = _plan(arguments, protocol)
    forms = _forms(arguments.forms)
    missing, dirty = (_share(getattr(arguments, name), f"--{name}") for name in ("missing", "dirty"))
    folder = _folder(arguments.output, overwrite=arguments.overwrite)
    trial = invent(protocol, plan)
    made = files(protocol, trial, plan, forms=forms, missing=missing, dirty=dirty, sets=arguments.sets)
    _clear(folder, made)
    _write(folder, made)
    _tell(protocol, trial, made, arguments.output, console)
    return 0


def _inventable(protocol: "Protocol") -> None:
    """Stop where no trial can be invented: a section that is not whole clears nobody, and nothing may be asked."""
    from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity

    if protocol.incomplete:
        note = protocol.incomplete[0]
        message = "no patient can be eligible by a section that is not complete, so that no trial can be invented"
        cure = "complete the section, or keep a copy without the line"
        raise Stop([Diagnostic("PD090", Severity.ERROR, message, Label(note.span), help=cure)])
    if not protocol.criteria and protocol.dlt is None:
        raise misuse(
            f"{protocol.header.id} asks nothing of a patient: it has neither criteria nor DLT rules", None, "FILE"
        )


def _plan(arguments: Namespace, protocol: "Protocol") -> "Plan":
    from protocol_dsl.synthesize.trial import Plan

    return Plan(
        patients=_whole(arguments.patients, "--patients", 0, _MOST),
        seed=_whole(arguments.seed, "--seed", 0, 10**18),
        start=day(arguments.start, "--start"),
        every=_whole(arguments.every, "--every", 1, 365),
        eligible=_share(arguments.eligible, "--eligible"),
        rates=_rates(arguments.truth, protocol),
    )


def _whole(text: str, option: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:20]) <= most:
        raise misuse(f"`{text}` is no whole number from {least} to {most}", None, option)
    return int(text)


def _share(text: str, option: str) -> Fraction:
    number = read_number(text)
    if number is None or not 0 <= number <= 1:
        raise misuse(f"`{text}` is no share", "write a number from 0 to 1, as in 0.05", option)
    return number


def _rates(text: str | None, protocol: "Protocol") -> tuple[Fraction, ...]:
    if text is None:
        return ()
    rates = tuple(_share(one.strip(), "--truth") for one in text.split(","))
    levels = len(protocol.ladder.names) if protocol.ladder else 1
    if len(rates) != levels:
        raise misuse(f"there are {len(rates)} rates for {levels} levels", "give one for each, lowest first", "--truth")
    return rates


def _forms(text: str) -> tuple[str, ...]:
    from protocol_dsl.synthesize.files import FORMS

    asked = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    wrong = [one for one in asked if one not in FORMS]
    if wrong or not asked:
        raise misuse(f"there is no form `{wrong[0] if wrong else text}`", f"there are {', '.join(FORMS)}", "--as")
    return asked


def _folder(name: str, *, overwrite: bool) -> Path:
    """The folder to write. Stops where it is something else, or holds what would lie beside the new files."""
    folder = Path(name)
    try:
        if folder.exists() and not folder.is_dir():
            raise misuse(f"`{name}` is no folder", None, "-o")
        if folder.is_dir() and any(folder.iterdir()) and not overwrite:
            raise misuse(f"`{name}` is not empty", "name another folder, or write into it with --overwrite", "-o")
    except OSError as error:
        raise misuse(f"`{name}` cannot be read: {(error.strerror or str(error)).lower()}", None, "-o") from error
    return folder


def _clear(folder: Path, made: dict[str, bytes]) -> None:
    """Take away what an earlier run wrote and this one does not: it would be read too. Stop where there is more."""
    try:
        for name in _written_before(folder):
            if name not in made:
                (folder / name).unlink(missing_ok=True)
        parts = {Path(name).parts[0] for name in made if "/" in name}
        there = [path.relative_to(folder).as_posix() for part in parts for path in (folder / part).glob("*")]
    except OSError as error:
        raise misuse(f"`{folder}` cannot be cleared: {(error.strerror or str(error)).lower()}", None, "-o") from error
    strange = sorted(name for name in there if name not in made)
    if strange:
        raise misuse(f"`{folder / strange[0]}` would be read as a part of the trial", "take it away", "-o")


def _written_before(folder: Path) -> list[str]:
    """The files that the truth of an earlier run lists; none where there is no such file, or it says anything else."""
    try:
        held = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        names = held["files"]
        return [name for name in names if isinstance(name, str) and _OURS.fullmatch(name)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _write(folder: Path, made: dict[str, bytes]) -> None:
    try:
        for name, content in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise misuse(f"`{folder}` cannot be written: {why}", None, "-o") from error


def _tell(protocol: "Protocol", trial: "Trial", made: dict[str, bytes], where: str, console: Console) -> None:
    treated = [one for one in trial.patients if one.dlt is not None]
    counts = {
        "patients": len(trial.patients),
        "eligible": sum(one.eligible is True for one in trial.patients),
        "treated": len(treated),
        "with_dlt": sum(one.dlt == "yes" for one in treated),
        "not_evaluable": sum(one.dlt == "not evaluable" for one in treated),
    }
    if console.style == "json":
        told = {"id": protocol.header.id, **counts, "history": trial.history, "as_of": trial.as_of.isoformat()}
        console.data({**told, "files": sorted(made), "uncovered": list(trial.uncovered)})
        return
    lines = [", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items())]
    lines += [f"history {trial.history}"] if trial.history else []
    lines += [
        f"as of {trial.as_of.isoformat()}",
        *_listed(where, sorted(made)),
        *(f"not covered: {one}" for one in trial.uncovered),
    ]
    console.result("\n".join(lines) + "\n")


def _listed(where: str, names: Sequence[str]) -> list[str]:
    return [f"written: {Path(where).name}/{name}" for name in names]


verb = Verb(
    "synthesize",
    "invent a whole trial's records, for a rehearsal",
    _configure,
    _run,
    (
        "protocol synthesize trial.protocol --patients 30 --seed 1 -o rehearsal",
        "protocol synthesize trial.protocol -o rehearsal --truth 0.05,0.12,0.25 --missing 0.05 --dirty 0.02",
        "protocol synthesize trial.protocol -o rehearsal --as plain,sdtm",
    ),
    ("0  written", "2  misuse, a file with errors, or one of which no trial can be invented"),
    job="try",
)
