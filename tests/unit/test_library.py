"""The libraries that ship: in their canonical layout, sound, and every formula with what must be said of it."""

from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.face import loads
from protocol_dsl.syntax import defining
from tests.derived import CATEGORIES, LIBRARIES, Case, derived, worked
from tests.library_pages import FOLDER, PAGES, SHELF, Method, methods, pages, substituted
from tests.literate import protocol

FILES = sorted(SHELF.glob("*.protocol"))
FORMULAS = [
    method
    for method in methods()
    if not isinstance(method.definition.body, defining.DefinedByTable)
    and not method.definition.name.text.endswith(("_class", "_grade"))
]
"""Those that reckon: what a class or a grade is of says for whom it holds."""


def call(method: Method) -> str:
    return method.call


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_library_is_sound_and_in_canonical_layout(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (protocol(["check", str(path)]), protocol(["fmt", "--check", str(path)])) == (0, 0), capsys.readouterr().out


@pytest.mark.parametrize("method", methods(), ids=call)
def test_a_formula_says_what_it_is_and_whose(method: Method) -> None:
    assert method.definition.label is not None
    assert method.notes("source")
    taken = [p for p in method.definition.parameters if p.name.text not in {*CATEGORIES, "inr"}]
    assert all(parameter.unit is not None for parameter in taken)


@pytest.mark.parametrize("method", FORMULAS, ids=call)
def test_a_formula_says_for_whom_it_holds(method: Method) -> None:
    assert any(isinstance(line, defining.ValidOnlyFor) for line in method.definition.body.valid)


@pytest.mark.parametrize("method", FORMULAS, ids=call)
def test_a_formula_with_a_number_says_how_it_is_rounded(method: Method) -> None:
    assert any("rounded" in note for note in method.notes("note"))


@pytest.mark.parametrize("method", methods(), ids=call)
def test_a_formula_by_sex_says_so_rather_than_take_one_for_granted(method: Method) -> None:
    if any(parameter.name.text == "sex" for parameter in method.definition.parameters):
        conditions = [v.condition.span.text for v in method.definition.body.valid if isinstance(v, defining.ValidWhen)]
        assert any("sex is one of female, male" in condition for condition in conditions)


TRIAL = """\
protocol "ALL"
    language 1
    uses ucum
{uses}

moments
    enrolment

data
    birth_date     : date
    sex            : one of female, male
    weight         : number in kg; plausible 0.5 to 400
    height         : number in cm; plausible 20 to 250
    creatinine     : number in mg/dL; of creatinine; plausible 0.1 to 20
    qt             : number in ms; plausible 100 to 1000
    rr             : number in ms; plausible 150 to 4000
    heart_rate     : number in /min; plausible 10 to 400
    systolic       : number in mm[Hg]
    diastolic      : number in mm[Hg]
    calcium        : number in mg/dL; of calcium
    albumin        : number in g/dL
    bilirubin      : number in mg/dL; of bilirubin; plausible 0.05 to 60
    inr            : number
    ascites        : one of absent, slight, moderate_or_severe
    encephalopathy : one of absent, grade_1_or_2, grade_3_or_4
    wbc            : number in 10*9/L
    {parts}
    neutrophils    : number in %
    auc            : number in mg.min/mL
    gfr            : number in mL/min
    egfr           : number in mL/min/{{1.73_m2}}
    bsa            : number in m2
    doxorubicin    : number in mg/m2
    daunorubicin   : number in mg/m2
    epirubicin     : number in mg/m2
    idarubicin     : number in mg/m2
    mitoxantrone   : number in mg/m2
    drug           : text
    dose           : number in mg/d

define
    age is completed years from birth_date to enrolment
    asked is {call}
"""
USES = "\n".join(f"    uses library {name}" for name in LIBRARIES)


@pytest.mark.parametrize("method", methods(), ids=call)
def test_a_formula_is_usable_in_a_trial_that_records_what_trials_record(method: Method) -> None:
    """With age in completed years, and all measures in units that are in daily use."""
    measure = "10*9/L" if method.call == "anc by absolute_parts" else "%"
    parts = "\n    ".join(f"{name} : number in {measure}" for name in ("segmented", "bands"))
    text = TRIAL.format(uses=USES, parts=parts, call=method.call)
    assert loads(text).model.definitions["asked"]


# --- the pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "text"), list(pages()), ids=lambda one: one.stem if isinstance(one, Path) else "")
def test_a_page_is_what_is_made_from_the_library(path: Path, text: str) -> None:
    """`python -m tests.library_pages` makes the pages anew."""
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize(
    "case", [case for case in worked() if not case.working], ids=lambda case: f"{case.call}: {case.facts}"
)
def test_the_numbers_put_into_a_rule_come_to_the_value(case: Case) -> None:
    method = next(method for method in methods() if method.call == case.call)
    value = derived(substituted(method, case), (), {})
    assert isinstance(value, Fraction)
    assert abs(value - Fraction(case.value)) <= case.within


def test_there_is_no_page_that_is_not_made() -> None:
    assert {path for path, _ in pages()} == set(FOLDER.iterdir())


def test_every_formula_is_on_one_page() -> None:
    assert sorted(name for page in PAGES for name in page.quantities) == sorted(
        {method.definition.name.text for method in methods()}
    )


def test_every_case_worked_by_hand_is_of_a_formula_and_each_has_one() -> None:
    assert {case.call for case in worked()} == {method.call for method in methods()}
