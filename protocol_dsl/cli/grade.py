"""`protocol grade`: the CTCAE grades of a laboratory table."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol_dsl.cli.console import Console, Stop, misuse, tabbed, table
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.evaluate.grade_many import Catalogue, GradedRow
    from protocol_dsl.readers.rows import Table

_HEAD: Final = ("patient", "term", "direction", "value", "unit", "grade", "because")
_NAME: Final = "ctcae"


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--ctcae", metavar="VERSION", required=True, help="the version, as in 5.0")
    parser.add_argument(
        "--data",
        metavar="PATH",
        required=True,
        help="readings, an SDTM LB or an ADaM ADLB: CSV, Parquet, XPT, JSON or Excel",
    )
    bands = "the printed bands to use; by default those of each row's unit"
    parser.add_argument("--units", choices=("si", "us"), help=bands)


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.evaluate.grade_many import as_data, grade_rows
    from protocol_dsl.model.grading import System
    from protocol_dsl.readers.laboratory import laboratory

    catalogue = _catalogue(arguments.ctcae)
    rows = list(laboratory(_table(Path(arguments.data), console)))
    system = System(arguments.units) if arguments.units else None
    graded = list(grade_rows(console.progress(rows, "grading"), catalogue, system))
    if console.style == "json":
        console.data({"rows": [as_data(one) for one in graded]})
        return 0
    lines = [_line(one) for one in graded]
    console.result(tabbed(_HEAD, lines) if console.style == "plain" else table(_HEAD, lines))
    return 0


def _catalogue(version: str) -> "Catalogue":
    from protocol_dsl.evaluate.grade_many import catalogue

    found = catalogue(_NAME, version)
    if isinstance(found, tuple):
        raise misuse(f"there is no CTCAE `{version}`", f"the versions are {', '.join(found)}", "--ctcae")
    return found


def _table(path: Path, console: Console) -> "Table":
    """The table of readings in a file, or the one in a folder."""
    from protocol_dsl.readers.cdisc_laboratory import readings
    from protocol_dsl.readers.laboratory import NEEDED
    from protocol_dsl.readers.rows import load

    loaded = load(path)
    found = readings(loaded.tables)
    if loaded.unread and not found:
        raise Stop(loaded.problems)
    console.diagnose(loaded.problems)
    if len(found) != 1:
        message = "no table of readings is here" if not found else f"there are {len(found)} tables of readings here"
        cure = f"give one with the columns {NEEDED}; or an SDTM LB, or an ADaM ADLB"
        raise misuse(message, cure, str(path))
    return found[0]


def _line(one: "GradedRow") -> tuple[str, ...]:
    grade = "" if one.graded.grade is None else str(one.graded.grade)
    return (one.row.patient, one.term, one.direction or "", one.row.value, one.row.unit, grade, one.graded.because)


verb = Verb(
    "grade",
    "grade a laboratory table by CTCAE",
    _configure,
    _run,
    (
        "protocol grade --ctcae 5.0 --data readings.csv",
        "protocol grade --ctcae 4.03 --units si --data readings.csv --format json",
    ),
    ("0  done; a row that cannot be graded has no grade, and says why",),
)
