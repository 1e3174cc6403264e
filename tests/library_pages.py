"""The pages of docs/library, made from the library files and from the cases worked by hand.

`python -m tests.library_pages` writes them anew; a test holds them equal to what is made here, and `tests/literate.py`
runs their examples.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

from attrs import frozen

from protocol_dsl.base.analyte import convert
from protocol_dsl.base.quantity import Quantity, unit
from protocol_dsl.base.source import Source
from protocol_dsl.syntax import defining, logic
from protocol_dsl.syntax.parse import parse
from tests.derived import ANALYTES, CATEGORIES, LIBRARIES, Case, plain, worked

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "library"
SHELF = ROOT / "protocols" / "library"


@frozen
class Page:
    """A page: its file name, its title, and the quantities whose methods stand on it."""

    name: str
    title: str
    quantities: tuple[str, ...]


PAGES = (
    Page("body_surface", "Body surface area", ("bsa",)),
    Page("body_mass_index", "Body mass index", ("bmi",)),
    Page("body_weight", "Ideal and adjusted body weight", ("ideal_weight", "adjusted_weight")),
    Page("creatinine_clearance", "Creatinine clearance", ("crcl",)),
    Page("glomerular_filtration", "Glomerular filtration rate", ("egfr", "gfr")),
    Page("qt_interval", "QT interval corrected for heart rate", ("qtc",)),
    Page("arterial_pressure", "Mean arterial pressure", ("mean_arterial_pressure",)),
    Page("corrected_calcium", "Calcium corrected for albumin", ("corrected_calcium",)),
    Page("neutrophils", "Absolute neutrophil count", ("anc",)),
    Page(
        "child_pugh",
        "Child-Pugh score and class",
        (
            "child_pugh",
            "child_pugh_class",
            "bilirubin_points",
            "albumin_points",
            "inr_points",
            "ascites_points",
            "encephalopathy_points",
        ),
    ),
    Page("albi", "ALBI score and grade", ("albi", "albi_grade")),
    Page("carboplatin", "Carboplatin dose by AUC", ("carboplatin",)),
    Page("anthracyclines", "Anthracyclines as doxorubicin", ("doxorubicin_equivalent",)),
    Page("glucocorticoids", "Glucocorticoids as prednisone", ("prednisone_equivalent", "glucocorticoid_mg")),
)

ABOUT = ("valid ", "source ", "note ", "rounded ")
"""How the lines below a rule begin that say something of it."""


@frozen
class Method:
    """A method as the library has it."""

    library: str
    definition: defining.Definition

    @property
    def call(self) -> str:
        """How it is called."""
        assert self.definition.method is not None
        return f"{self.definition.name.text} by {self.definition.method.text}"

    @property
    def rule(self) -> tuple[str, ...]:
        """The rule as it is written, without what is said about it."""
        if isinstance(self.definition.body, defining.DefinedAs):
            return (self.definition.body.condition.span.text,)
        lines = (line.strip() for line in self.definition.span.text.strip("\n").split("\n")[1:])
        return tuple(line for line in lines if not line.startswith(ABOUT))

    def notes(self, kind: str) -> tuple[str, ...]:
        """What is said about it under `source` or `note`."""
        written: tuple[logic.Note, ...] = self.definition.body.notes
        return tuple(note.text.text for note in written if note.kind == kind)

    @property
    def unit(self) -> str:
        """The unit of the result; empty where it is a bare number or a word."""
        return "" if self.definition.unit is None else self.definition.unit.text


@cache
def methods() -> tuple[Method, ...]:
    """Every method of the libraries, in their order."""
    found = []
    for library in LIBRARIES:
        path = SHELF / f"{library}.protocol"
        for section in parse(Source(path.name, path.read_text("utf-8"))).file.sections:
            named = [entry for entry in section.entries if isinstance(entry, defining.Definition)]
            found += [Method(library, entry) for entry in named if entry.method is not None]
    return tuple(found)


# --- a page -------------------------------------------------------------------------------------------------------


def pages() -> Iterator[tuple[Path, str]]:
    """Each page: where it stands, and its text."""
    yield FOLDER / "README.md", _index()
    for page in PAGES:
        yield FOLDER / f"{page.name}.md", _page(page)


TAKEN_UP = (
    "From the library [`{library}`](../../protocols/library/{library}.protocol), "
    "which a protocol takes up with `uses library {library}`."
)

CARBOPLATIN = """\
## A clearance of another kind is refused

The formula takes the clearance of the patient.
One per 1.73 m2 of body surface would give a dose that is too high for small patients and too low for large ones, and is no value of that kind:

```protocol bad
protocol "carboplatin"
    language 1
    uses library drug_doses, ucum

data
    auc  : number in mg.min/mL
    egfr : number in mL/min/{1.73_m2}

define
    dose is carboplatin by calvert_gfr_capped_at_125 with auc, egfr
```

With the body surface it becomes one: 69.2 mL/min for 1.73 m2 is 80 mL/min for 2 m2.

```protocol file=carboplatin_by_egfr.protocol
protocol "carboplatin"
    language 1
    uses library drug_doses, library organ_function, library body_size, ucum

data
    auc    : number in mg.min/mL
    height : number in cm; plausible 20 to 250
    weight : number in kg; plausible 0.5 to 400
    egfr   : number in mL/min/{1.73_m2}

define
    surface in m2 is bsa by mosteller rounded to 0.01
    clearance is gfr by deindexing with egfr, surface
    dose "carboplatin dose" is carboplatin by calvert_gfr_capped_at_125 with auc, clearance

inclusion
    I1 "The dose that is worked out: 5 * (80 + 25)"
        dose is 525 mg

example "worked out"
    given auc = 5 mg.min/mL, height = 160 cm, weight = 90 kg, egfr = 69.2 mL/min/{1.73_m2}
    then eligible
```

```console
$ protocol test carboplatin_by_egfr.protocol
ok	worked out	eligible	eligible
carboplatin_by_egfr.protocol: 1 expectation, none failing
```
"""  # noqa: E501 - a sentence a line

FURTHER = {"carboplatin": CARBOPLATIN}
"""What a page says after its methods."""


def _page(page: Page) -> str:
    found = [method for name in page.quantities for method in methods() if method.definition.name.text == name]
    library = found[0].library
    head = [
        f"# {page.title}",
        "",
        TAKEN_UP.format(library=library),
        "All formulas are listed [on one page](README.md).",
        "",
    ]
    body = [line for method in found for line in (*_method(method), "")]
    return "\n".join([*head, *body, FURTHER.get(page.name, "")]).rstrip() + "\n"


def _method(method: Method) -> Iterator[str]:
    yield f"## `{method.call}`"
    yield ""
    yield _sentence(method.definition.label.text if method.definition.label is not None else method.call)
    yield ""
    yield "```text"
    yield from method.rule
    yield "```"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for key, value in _facts(method):
        yield f"| {key} | {value} |"
    yield ""
    yield _worked(method, next(case for case in worked() if case.call == method.call))


def _facts(method: Method) -> Iterator[tuple[str, str]]:
    taken = (f"`{p.name.text}`" + (f" in `{p.unit.text}`" if p.unit else "") for p in method.definition.parameters)
    yield "takes", ", ".join(taken)
    yield "gives", f"`{method.unit}`" if method.unit else "a number without a unit, or a word"
    for line in method.definition.body.valid:
        if isinstance(line, defining.ValidWhen):
            yield "valid when", f"`{line.condition.span.text}`; elsewhere the value is unknown"
        else:
            yield "valid for", f"{line.text.text}; this is said, not computed"
    for kind in ("source", "note"):
        yield from ((kind, text) for text in method.notes(kind))


EXAMPLE = """\
With {told}: {working}.
That is {value}.

```protocol file={file}
protocol "{call}"
    language 1
    uses library {library}, ucum

data
{data}

inclusion
    I1 "The value that is worked out"
        {condition}

example "worked out"
    given {given}
    then eligible
```

```console
$ protocol test {file}
ok\tworked out\teligible\teligible
{file}: 1 expectation, none failing
```"""


def _worked(method: Method, case: Case) -> str:
    *before, last = (_told(*one) for one in case.given)
    return EXAMPLE.format(
        told=f"{', '.join(before)} and {last}" if before else last,
        working=case.working or f"`{substituted(method, case)}`",
        value=f"{case.value} {case.unit}".rstrip() + _credit(case),
        file=case.call.replace(" ", "_") + ".protocol",
        call=case.call,
        library=method.library,
        data="\n".join(f"    {line}" for line in case.data),
        condition=case.condition,
        given=", ".join(f"{name} = {told}" for name, told in case.facts.items()),
    )


def _credit(case: Case) -> str:
    if case.source == "by hand":
        return ""
    within = f", to within {plain(case.within)}" if case.within else ""
    return f", as published ({case.source}){within}"


def _told(name: str, value: str, measure: str) -> str:
    return f"`{name}` {value} {'' if measure == '1' else measure}".rstrip()


def substituted(method: Method, case: Case) -> str:
    """The rule with the numbers put in the places of the names, in the units that it takes."""
    rule = _branch(method, case)
    for parameter in method.definition.parameters:
        name = parameter.name.text
        value, measure = next((value, measure) for item, value, measure in case.given if item == name)
        if name in CATEGORIES:
            continue
        taken = parameter.unit.text if parameter.unit else ""
        rule = re.sub(rf"\b{name}\b", _in_unit(name, value, measure, taken), rule)
    return rule


def _branch(method: Method, case: Case) -> str:
    """The expression that applies: the only one, or that of the case whose word is given."""
    body = method.definition.body
    if isinstance(body, defining.DefinedAs):
        return body.condition.span.text
    assert isinstance(body, defining.DefinedByCases), f"{method.call}: give the working"
    words = {f"{name} is {value}" for name, value, _ in case.given}
    applies = (one for one in body.cases if one.when is None or one.when.span.text in words)
    return next(applies).result.span.text


def _in_unit(name: str, value: str, given: str, taken: str) -> str:
    mine, theirs = unit(given or "1"), unit(taken or "1")
    assert mine is not None
    assert theirs is not None
    found = convert(Quantity(Fraction(value), mine), theirs, name if name in ANALYTES else None)
    assert found is not None, f"{name}: {given} is no {taken}"
    return plain(found.number)


def _sentence(label: str) -> str:
    return label[0].upper() + label[1:] + "."


# --- the index ----------------------------------------------------------------------------------------------------

INTRODUCTION = """\
# Formulas

Derived values that a protocol may call by name, each with its method, its source and its units.
These pages are made from the files in [`protocols/library`](../../protocols/README.md); every worked example on them is run.

A formula is called with the values of its parameters' names, or with others after `with`:

```text
crcl by cockcroft_gault_actual_weight
egfr by bedside_schwartz with height, creatinine
```

- The method is spelt at the call, because formulas of one name differ.
- A value enters in any unit of its kind and is converted, and mass and amount convert where the item says `of` which analyte.
- Another kind is refused: `mL/min/{1.73_m2}` is no `mL/min`.
- What is missing leaves the value unknown, and so does a value outside the line `valid when`.
- What stands after `valid for` cannot be computed; `protocol check` says it where the formula is used.
- No formula here rounds; a protocol that rounds says so in a definition of its own, with `rounded to`.
- Sums, products and quotients are exact; a power, a root or a logarithm is known to a few parts in 1,000,000,000 unless it is rational, and what is compared with a limit so near is unknown.
"""  # noqa: E501 - a sentence a line


def _index() -> str:
    lines = [INTRODUCTION]
    for page in PAGES:
        lines += [f"## [{page.title}]({page.name}.md)", "", "| call | gives | library |", "|---|---|---|"]
        for method in methods():
            if method.definition.name.text in page.quantities:
                gives = f"`{method.unit}`" if method.unit else ""
                lines.append(f"| `{method.call}` | {gives} | `{method.library}` |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
