"""The pages of docs/ctcae, made from the library files: what each version of CTCAE grades from a number.

`python -m tests.ctcae_pages` writes them anew; a test holds them equal to what is made here, and `tests/literate.py`
runs their examples.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from protocol_dsl.elaborate.grading import shipped, versions
from protocol_dsl.elaborate.printed import family_of
from protocol_dsl.elaborate.terms import name_of, terms
from protocol_dsl.model.grading import Bands, Grading, System
from tests.literate import protocol, run_inside

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "ctcae"
VERSIONS = versions("ctcae")
COLUMNS = ("patient", "term", "value", "unit", "lln", "uln", "baseline", "baseline_flag")


@frozen
class Worked:
    """A reading with its grade in each version, worked out by hand from the printed wording; `-` is no grade."""

    reading: tuple[str, ...]
    grades: tuple[str, str, str]


@frozen
class Family:
    """A page: its file name, its title, its terms, and readings graded by hand."""

    name: str
    title: str
    terms: tuple[str, ...]
    worked: tuple[Worked, ...]


def _row(reading: str, grades: str) -> Worked:
    first, second, third = grades.split()
    return Worked(tuple(cell.strip() for cell in f"P1, {reading}".split(",")), (first, second, third))


FAMILIES = (
    Family(
        "blood_counts",
        "Blood counts",
        (
            "Anemia",
            "CD4 lymphocytes decreased",
            "Eosinophilia",
            "Hemoglobin increased",
            "Leukocytosis",
            "Lymphocyte count decreased",
            "Lymphocyte count increased",
            "Neutrophil count decreased",
            "Platelet count decreased",
            "Thrombocytopenia",
            "White blood cell decreased",
        ),
        (
            _row("Anemia, 75, g/L, 120, 160, , ", "3 3 3"),
            _row("Neutrophil count decreased, 400, /uL, 1800, 7500, , ", "4 4 3"),
            _row("Platelet count decreased, 49, 10*9/L, 150, 400, , ", "3 3 -"),
            _row("Thrombocytopenia, 49, 10*9/L, 150, 400, , ", "- - 3"),
        ),
    ),
    Family(
        "coagulation",
        "Coagulation",
        (
            "Activated partial thromboplastin time prolonged",
            "Fibrinogen decreased",
            "Haptoglobin decreased",
            "INR increased",
        ),
        (
            _row("Activated partial thromboplastin time prolonged, 90, s, 25, 35, , ", "3 3 3"),
            _row("Haptoglobin decreased, 0.2, g/L, 0.3, 2.0, , ", "1 1 1"),
        ),
    ),
    Family(
        "liver",
        "Liver",
        (
            "Alanine aminotransferase increased",
            "Alkaline phosphatase increased",
            "Aspartate aminotransferase increased",
            "Blood bilirubin increased",
            "GGT increased",
            "Hypoalbuminemia",
        ),
        (
            _row("Alanine aminotransferase increased, 250, U/L, , 40, , NORMAL", "3 3 3"),
            _row("Alanine aminotransferase increased, 250, U/L, , 40, 90, HIGH", "3 1 3"),
            _row("Blood bilirubin increased, 2.0, mg/dL, , 1.2, , NORMAL", "2 2 2"),
        ),
    ),
    Family(
        "pancreas_and_muscle",
        "Pancreas, muscle and tissue",
        ("Blood lactate dehydrogenase increased", "CPK increased", "Lipase increased", "Serum amylase increased"),
        (
            _row("Lipase increased, 130, U/L, , 50, , ", "3 3 2"),
            _row("Blood lactate dehydrogenase increased, 300, U/L, , 250, , ", "- 1 1"),
        ),
    ),
    Family(
        "kidney",
        "Kidney",
        ("Chronic kidney disease", "Creatinine clearance decreased", "Creatinine increased", "Hyperuricemia"),
        (
            _row("Chronic kidney disease, 45, mL/min/{1.73_m2}, 90, , , ", "2 2 2"),
            _row("Chronic kidney disease, 29.5, mL/min/{1.73_m2}, 90, , , ", "- - 3"),
            _row("Creatinine clearance decreased, 20, mL/min, , , , ", "- - 3"),
        ),
    ),
    Family(
        "electrolytes",
        "Electrolytes, acids and bases",
        (
            "Acidosis",
            "Alkalosis",
            "Hypercalcemia",
            "Hyperkalemia",
            "Hypermagnesemia",
            "Hypernatremia",
            "Hypocalcemia",
            "Hypokalemia",
            "Hypomagnesemia",
            "Hyponatremia",
            "Hypophosphatemia",
        ),
        (
            _row("Hypokalemia, 2.9, mmol/L, 3.5, 5.1, , ", "3 3 3"),
            _row("Hyponatremia, 129, mmol/L, 135, 145, , ", "3 3 3"),
            _row("Hyperkalemia, 5.6, mmol/L, 3.5, 5.1, , ", "2 2 2"),
        ),
    ),
    Family(
        "metabolism",
        "Sugar and fats",
        (
            "Cholesterol high",
            "HDL decreased",
            "Hyperglycemia",
            "Hypertriglyceridemia",
            "Hypoglycemia",
            "LDL increased",
        ),
        (
            _row("Hypoglycemia, 2.0, mmol/L, 3.9, 6.1, , ", "3 3 3"),
            _row("Cholesterol high, 320, mg/dL, , 200, , ", "2 2 2"),
            _row("HDL decreased, 0.8, mmol/L, 1.0, , , ", "- - 1"),
        ),
    ),
    Family(
        "heart",
        "Heart",
        (
            "Ejection fraction decreased",
            "Electrocardiogram QT corrected interval prolonged",
            "Left ventricular dysfunction",
        ),
        (
            _row("Electrocardiogram QT corrected interval prolonged, 490, ms, , , , ", "2 2 2"),
            _row("Electrocardiogram QT corrected interval prolonged, 500.5, ms, , , , ", "- - 3"),
            _row("Ejection fraction decreased, 39, %, , , , ", "3 3 -"),
            _row("Left ventricular dysfunction, 39, %, , , , ", "- - 3"),
        ),
    ),
    Family(
        "vital_signs",
        "Vital signs and weight",
        ("Fever", "Hypertension", "Hypothermia", "Weight gain", "Weight loss"),
        (
            _row("Fever, 39.1, Cel, , , , ", "2 2 2"),
            _row("Hypertension (systolic), 150, mm[Hg], , , , ", "2 2 2"),
            _row("Hypertension (systolic), 130, mm[Hg], , , , ", "1 1 0"),
            _row("Weight loss, 88, kg, , , 100, ", "2 2 2"),
        ),
    ),
)


def pages() -> Iterator[tuple[Path, str]]:
    """Each page: where it stands, and its text."""
    yield FOLDER / "README.md", _index()
    for family in FAMILIES:
        yield FOLDER / f"{family.name}.md", _page(family)


def gradings(term: str, version: str) -> tuple[Grading, ...]:
    """How a version grades a term from a number."""
    shelf = shipped("ctcae", version)
    assert shelf is not None
    return tuple(one for one in shelf.gradings if family_of(one) == term)


# --- the index ----------------------------------------------------------------------------------------------------

INDEX = f"""\
# What CTCAE grades from a number

The terms whose grade can be told from a measurement, in the versions {", ".join(VERSIONS[:-1])} and \
{VERSIONS[-1]} of the Common Terminology Criteria for Adverse Events of the National Cancer Institute.
These pages are made from the files in [`protocols/library`](../../protocols/README.md), in which the bands \
stand as tables of the language; every worked example on them is run.

- Bands are read from the top; the first that applies decides. A value that no printed band holds has no \
grade.
- SI and US bands are those that are printed, and are not exact conversions of each other. \
[Grading](../guide/grading.md) says which are used.
- *To be confirmed* is what is printed beside the number. Such a grade counts as a dose-limiting toxicity \
only once a person has confirmed it.
- `baseline_flag` is what the baseline was: `normal`, `low` or `high`. `change` is that from baseline in \
percent. `known` passes a band over where what it asks for is missing.
- `protocol explain "Neutrophil count decreased"` shows a term with the wording of its grades. Of 4.03 the \
names of terms ship, and its bands, but not its wording.

"""


def _index() -> str:
    return INDEX + "\n".join(_listed(family) for family in FAMILIES)


def _listed(family: Family) -> str:
    lines = [f"## [{family.title}]({family.name}.md)", "", f"| term | {' | '.join(VERSIONS)} |"]
    lines.append(f"|---|{'---|' * len(VERSIONS)}")
    for term in family.terms:
        cells = [_in_version(term, version) for version in VERSIONS]
        lines.append(f"| [{term}]({family.name}.md#{name_of(term).replace('_', '-')}) | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _in_version(term: str, version: str) -> str:
    if gradings(term, version):
        return "graded"
    return "words only" if name_of(term) in terms(version) else "no such term"


# --- a page -------------------------------------------------------------------------------------------------------


def _page(family: Family) -> str:
    parts = [
        f"# {family.title}\n",
        "What CTCAE grades from a number, in the versions that ship; [one page](README.md) lists all families.\n",
        *(_term(term) for term in family.terms),
        _example(family),
    ]
    return "\n".join(parts)


def _term(term: str) -> str:
    lines = [f"## {term}", ""]
    missing = [version for version in VERSIONS if not gradings(term, version)]
    for version in missing:
        having = name_of(term) in terms(version)
        told = "prints no numbers that grade it" if having else "has no such term"
        lines += [f"CTCAE {version} {told}.", ""]
    heads = list(dict.fromkeys((one.term, one.direction) for v in VERSIONS for one in gradings(term, v)))
    for name, direction in heads:
        found = {
            v: one for v in VERSIONS for one in gradings(term, v) if (one.term, one.direction) == (name, direction)
        }
        lines += _one(name, direction, found, several=len(heads) > 1)
    return "\n".join(lines)


def _one(name: str, direction: str, found: dict[str, Grading], *, several: bool) -> list[str]:
    """A term in one direction: its tables side by side, what differs, and what is said of it."""
    lines = [f"### {name}", ""] if several else []
    tests = ", ".join(dict.fromkeys(f"`{test}`" for one in found.values() for test in one.tests))
    lines += [f"Graded when {direction}; tests {tests}.", ""]
    for key in dict.fromkeys(_key(table) for one in found.values() for table in one.tables):
        lines += _table(key, found)
    return [*lines, *_differences(found), *_said(found), ""]


def _key(table: Bands) -> tuple[str, str]:
    systems = "" if len(table.systems) > 1 else "SI" if System.SI in table.systems else "US"
    return systems, "any unit" if table.unit is None else f"`{table.unit.code}`"


def _table(key: tuple[str, str], found: dict[str, Grading]) -> list[str]:
    here = {version: next((t for t in one.tables if _key(t) == key), None) for version, one in found.items()}
    system, unit = key
    shown = [version for version, table in here.items() if table is not None]
    head = f"{system + ', ' if system else ''}in {unit}"
    lines = [f"| {head} | {' | '.join(f'CTCAE {version}' for version in shown)} |", f"|---|{'---|' * len(shown)}"]
    for grade in range(5, -1, -1):
        cells = [_bands(table, grade) for table in here.values() if table is not None]
        if any(cells):
            lines.append(f"| grade {grade} | {' | '.join(cell or '-' for cell in cells)} |")
    return [*lines, ""]


def _bands(table: Bands, grade: int) -> str:
    mine = [band for band in table.bands if band.grade == grade]
    return "<br>".join(f"`{band.written}`{f' (to be confirmed: {band.also})' if band.also else ''}" for band in mine)


def _differences(found: dict[str, Grading]) -> list[str]:
    """Where two versions that follow each other differ, by grade."""
    lines = []
    known = [version for version in VERSIONS if version in found]
    for earlier, later in pairwise(known):
        before, after = _by_grade(found[earlier]), _by_grade(found[later])
        grades = sorted(grade for grade in before.keys() | after.keys() if before.get(grade) != after.get(grade))
        word = "grade" if len(grades) == 1 else "grades"
        told = f"differs in {word} {_and([str(grade) for grade in grades])}" if grades else "is the same"
        lines.append(f"- From {earlier} to {later} it {told}.")
    return lines


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _by_grade(one: Grading) -> dict[int, list[object]]:
    found: dict[int, list[object]] = {}
    for table in one.tables:
        for band in table.bands:
            found.setdefault(band.grade, []).append((_key(table), band.written, band.also))
    return found


def _said(found: dict[str, Grading]) -> list[str]:
    lines = []
    flagless = [version for version, one in found.items() if one.flagless_normal]
    if flagless:
        lines.append(f"- A baseline without a flag counts as normal in {_and(flagless)}.")
    for note in dict.fromkeys(note for one in found.values() for note in one.notes):
        where = [version for version, one in found.items() if note in one.notes]
        lines.append(f"- {_and(where)}: {note}.")
    return [*lines, f"- Source: {'; '.join(one.source for one in found.values())}."]


# --- the worked example -------------------------------------------------------------------------------------------


def _example(family: Family) -> str:
    readings = "\n".join(",".join(cells) for cells in (COLUMNS, *(worked.reading for worked in family.worked)))
    name = f"{family.name}.csv"
    lines = ["## Worked example", "", f"```csv file={name}", readings, "```", ""]
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(readings + "\n", encoding="utf-8")
        for version in VERSIONS:
            asked = ["grade", "--ctcae", version, "--data", name]
            _, printed = run_inside(Path(folder), protocol, asked)
            lines += ["```console", f"$ protocol {' '.join(asked)}", printed.rstrip("\n"), "```", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def write() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
