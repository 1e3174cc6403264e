"""`protocol grade`: the CTCAE grades of a laboratory table."""

import gc
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.cli.console import Console, Stop, misuse, no_formula, tabbed, table
from protocol_dsl.cli.outputs import apart
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.evaluate.grade_many import Catalogue, GradedRow
    from protocol_dsl.readers.rows import Table

_HEAD: Final = ("patient", "term", "direction", "value", "unit", "grade", "because")
_NAME: Final = "ctcae"
_OUT: Final = (".csv", ".json", ".parquet")
_AT_ONCE: Final = 1000  # lines that are printed together


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
    parser.add_argument("--out", metavar="FILE", help="write a table instead, by its ending: .csv, .parquet or .json")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.evaluate.grade_many import grade_rows
    from protocol_dsl.model.grading import System
    from protocol_dsl.readers.laboratory import laboratory

    if arguments.out and Path(arguments.out).suffix.casefold() not in _OUT:
        raise misuse(f"`{arguments.out}` ends in none of {', '.join(_OUT)}", None, "--out")
    apart(arguments.out, arguments.data)
    catalogue = _catalogue(arguments.ctcae)
    gc.disable()  # hundreds of thousands of rows, none of which refers back to another
    try:
        readings, whole = _table(Path(arguments.data), console)
        rows = laboratory(readings)
        system = System(arguments.units) if arguments.units else None
        graded = grade_rows(rows, catalogue, system)
        held = Counter[bool | None]()
        _give(_counted(graded, held), arguments.out, console)
        _say_printed(held, console)
    finally:
        gc.enable()
    return 0 if whole else 2


def _give(graded: "Iterator[GradedRow]", out: str | None, console: Console) -> None:
    if out:
        _write(Path(out), graded)
    elif console.style == "json":
        for part in _json(graded):
            console.result(part)
    elif console.style == "plain":
        console.result(tabbed(_HEAD, ()))
        lines = map(_line, graded)
        while some := list(islice(lines, _AT_ONCE)):
            console.result(tabbed(some[0], some[1:]))
    else:
        console.result(table(_HEAD, [_line(one) for one in graded]))


def _counted(graded: "Iterator[GradedRow]", held: Counter[bool | None]) -> "Iterator[GradedRow]":
    """The rows as they come; those with a printed grade are counted by whether it agrees."""
    for one in graded:
        if one.printed:
            held[one.agrees] += 1
        yield one


def _say_printed(held: Counter[bool | None], console: Console) -> None:
    """How the grades that the table has compare with ours."""
    if held:
        said = f"grades in the table: {held[True]:,} agree, {held[False]:,} differ"
        console.note(f"{said}, {held[None]:,} cannot be compared; rows that do not agree say so")


def _json(graded: "Iterable[GradedRow]") -> Iterator[str]:
    """The rows as one JSON object, in lines that need not all be held at once."""
    import json

    from protocol_dsl.evaluate.grade_many import as_data

    encode = json.JSONEncoder(ensure_ascii=False).encode
    rows = (encode(as_data(one)) for one in graded)
    first = next(rows, None)
    yield '{"rows": ['
    while some := list(islice(rows, _AT_ONCE)):
        yield f"{first},\n" + ",\n".join(some[:-1]) + (",\n" if some[1:] else "")
        first = some[-1]
    yield f"{first}\n]}}\n" if first else "]}\n"


def _write(path: Path, graded: "Iterable[GradedRow]") -> None:
    try:
        if path.suffix.casefold() == ".json":
            with path.open("w", encoding="utf-8") as file:
                file.writelines(_json(graded))
        elif path.suffix.casefold() == ".parquet":
            _write_parquet(path, graded)
        else:
            _write_csv(path, graded)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise misuse(f"`{path}` cannot be written: {why}", None, "--out") from error
    except ImportError as error:
        raise misuse(
            f"writing `{path.suffix}` needs {error.name or 'pyarrow'}", "pip install pyarrow", "--out"
        ) from error


def _write_csv(path: Path, graded: "Iterable[GradedRow]") -> None:
    import csv

    from protocol_dsl.evaluate.grade_many import KEYS

    written = [KEYS.index(name) for name in ("patient", "term", "value", "unit", "printed", "test", "date")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(KEYS)
        for one in graded:
            cells = _flat(one)
            for place in written:
                cells[place] = no_formula(cells[place])
            writer.writerow(cells)


def _write_parquet(path: Path, graded: "Iterable[GradedRow]") -> None:
    import pandas as pd

    from protocol_dsl.evaluate.grade_many import KEYS

    frame = pd.DataFrame([_flat(one) for one in graded], columns=list(KEYS)).replace("", None)
    frame.astype({"grade": "Int64", "agrees": "boolean"}).to_parquet(path, index=False)


def _flat(one: "GradedRow") -> list[Any]:
    """What the row has under each key, texts that are missing empty; the numbers it was read with are one text."""
    row, graded = one.row, one.graded
    direction = "" if one.direction is None else one.direction.value
    band = "" if graded.band is None else graded.band.written
    read_in = "" if graded.unit is None else graded.unit.code
    source = "" if one.grading is None else one.grading.source
    return [
        row.patient, one.term, direction, row.value, row.unit, graded.grade, one.because, graded.needs_confirmation,
        graded.confirm, band, read_in, graded.read_as_text, one.printed, one.agrees, source, row.test, row.date,
        row.number,
    ]  # fmt: skip


def _catalogue(version: str) -> "Catalogue":
    from protocol_dsl.evaluate.grade_many import catalogue

    found = catalogue(_NAME, version)
    if isinstance(found, tuple):
        raise misuse(f"there is no CTCAE `{version}`", f"the versions are {', '.join(found)}", "--ctcae")
    return found


def _table(path: Path, console: Console) -> "tuple[Table, bool]":
    """The table of readings in a file, or the one in a folder, and whether all of the files could be read."""
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
    return found[0], not loaded.unread


def _line(one: "GradedRow") -> tuple[str, ...]:
    grade = "" if one.graded.grade is None else str(one.graded.grade)
    return (one.row.patient, one.term, one.direction or "", one.row.value, one.row.unit, grade, one.because)


verb = Verb(
    "grade",
    "grade a laboratory table by CTCAE",
    _configure,
    _run,
    (
        "protocol grade --ctcae 5.0 --data readings.csv",
        "protocol grade --ctcae 4.03 --units si --data readings.csv --format json",
        "protocol grade --ctcae 6.0 --data adlb.parquet --out grades.csv",
    ),
    (
        "0  done; a row that cannot be graded has no grade, and says why",
        "2  misuse, or nothing, or not all, of the data could be read",
    ),
    job="patients",
)
