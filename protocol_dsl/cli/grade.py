"""`protocol grade`: the CTCAE grades of a laboratory table."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.cli.console import Console, Stop, misuse, tabbed, table
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.evaluate.grade_many import Catalogue, GradedRow
    from protocol_dsl.model.record import Value
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
    from protocol_dsl.evaluate.grade_many import grade_rows
    from protocol_dsl.model.grading import System
    from protocol_dsl.readers.laboratory import laboratory

    catalogue = _catalogue(arguments.ctcae)
    rows = list(laboratory(_table(Path(arguments.data), console)))
    system = System(arguments.units) if arguments.units else None
    graded = list(grade_rows(console.progress(rows, "grading"), catalogue, system))
    if console.style == "json":
        console.data({"rows": [_as_data(one) for one in graded]})
        return 0
    lines = [_line(one) for one in graded]
    console.result(tabbed(_HEAD, lines) if console.style == "plain" else table(_HEAD, lines))
    return 0


def _catalogue(version: str) -> "Catalogue":
    from protocol_dsl.elaborate.grading import shipped, versions
    from protocol_dsl.evaluate.grade_many import Catalogue

    known = versions(_NAME)
    asked = shipped(_NAME, version) if version in known else None
    if asked is None:
        raise misuse(f"there is no CTCAE `{version}`", f"the versions are {', '.join(known)}", "--ctcae")
    others = [shipped(_NAME, each) for each in known if each != version]
    return Catalogue(asked, tuple(each for each in others if each is not None))


def _table(path: Path, console: Console) -> "Table":
    """The table of readings in a file, or the one in a folder."""
    from protocol_dsl.readers.cdisc_laboratory import plain
    from protocol_dsl.readers.laboratory import NEEDED, is_laboratory
    from protocol_dsl.readers.rows import load

    loaded = load(path)
    named = [plain(each) or each for each in loaded.tables]
    found = [each for each in named if is_laboratory(each)]
    if loaded.unread and not found:
        raise Stop(loaded.problems)
    console.diagnose(loaded.problems)
    if len(found) != 1:
        message = "no table of readings is here" if not found else f"there are {len(found)} tables of readings here"
        raise misuse(message, f"give one with the columns {NEEDED}; or an SDTM LB, or an ADaM ADLB", str(path))
    return found[0]


def _line(one: "GradedRow") -> tuple[str, ...]:
    grade = "" if one.graded.grade is None else str(one.graded.grade)
    return (one.row.patient, one.term, one.direction or "", one.row.value, one.row.unit, grade, one.graded.because)


def _as_data(one: "GradedRow") -> dict[str, Any]:
    graded = one.graded
    return {
        "patient": one.row.patient,
        "term": one.term,
        "direction": one.direction,
        "value": one.row.value or None,
        "unit": one.row.unit or None,
        "grade": graded.grade,
        "because": graded.because,
        "needs_confirmation": graded.needs_confirmation,
        "confirm": graded.confirm or None,
        "band": None if graded.band is None else graded.band.written,
        "read_in": None if graded.unit is None else graded.unit.code,
        "read": {name: _text(value) for name, value in (graded.inputs or {}).items()},
        "source": None if one.grading is None else one.grading.source,
        "test": one.row.test or None,
        "date": one.row.date or None,
        "row": one.row.number,
    }


def _text(value: "Value") -> str:
    from protocol_dsl.evaluate.grade import number_text

    return number_text(value)


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
