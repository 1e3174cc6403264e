"""Definitions: formulas, cases, keyed tables and libraries, worked out by hand."""

from fractions import Fraction

import pytest

from protocol_dsl.base.quantity import unit
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.model import condition as c
from protocol_dsl.model.condition import Sign
from protocol_dsl.syntax.parse import parse
from tests.unit.elaborate.trial import TRIAL, codes, meant, written


def inside(condition: c.Condition) -> c.Expression:
    """What the definition on the left of a comparison holds."""
    assert isinstance(condition, c.Compare)
    assert isinstance(condition.left, c.Named)
    return condition.left.inside


def cases(condition: c.Condition) -> tuple[c.Branch, ...]:
    found = inside(condition)
    assert isinstance(found, c.Cases)
    return found.branches


# --- formulas -----------------------------------------------------------------------------------------------------


def test_inside_a_formula_names_are_bare_numbers_and_the_result_takes_the_unit() -> None:
    extra = "    index in mg/dL with weight in kg, score is score / weight\n"
    # A kilogram is 1000 g; 1 mg/dL is 10 g/m3.
    weight = c.Arithmetic(c.Operator.OVER, c.Fetch(c.Series("weight")), c.Constant(Fraction(1000)))
    quotient = c.Arithmetic(c.Operator.OVER, c.Fetch(c.Series("score")), weight)
    expected = c.Arithmetic(c.Operator.TIMES, quotient, c.Constant(Fraction(10)))
    assert expected == inside(meant("index at least 2 mg/dL", extra))


def test_completed_years_are_their_number_inside_a_formula() -> None:
    extra = "    rest with age is 140 - age\n"
    age = inside(meant("age at least 2 years"))
    named = c.Named("age", "", age)
    expected = c.Arithmetic(c.Operator.MINUS, c.Constant(Fraction(140)), named)
    assert expected == inside(meant("rest at least 2", extra))


def test_rounding_is_to_a_step_of_the_declared_unit() -> None:
    extra = "    corrected in mg/dL with score is 0.8 * score rounded to 0.1\n"
    product = c.Arithmetic(c.Operator.TIMES, c.Constant(Fraction(4, 5)), c.Fetch(c.Series("score")))
    sized = c.Arithmetic(c.Operator.TIMES, product, c.Constant(Fraction(10)))
    assert c.Rounded(sized, Fraction(1)) == inside(meant("corrected at least 2 mg/dL", extra))


def test_where_units_cancel_a_bare_number_is_left() -> None:
    assert [] == codes("ratio at least 2", "    ratio is anc / (2 * weight / weight * 1 10*9/L)\n")


@pytest.mark.parametrize(
    ("extra", "condition", "expected"),
    [
        ("    a is score + 1\n    a is score\n", "a at least 2", ["PD102"]),
        ("    a is b + 1\n    b is a + 1\n", "smoker", ["PD105"]),
        ("    a is a\n", "smoker", ["PD105"]),
        ("    half is weight / score\n", "smoker", ["PD210"]),
        ("    half with weight is weight / 2\n", "smoker", ["PD203"]),
        ("    half with weight in cm is weight / 2\n", "smoker", ["PD214"]),
        ("    half in kg is score / 2\n", "smoker", ["PD203"]),
        ("    half in cm is weight / 2\n", "smoker", ["PD214"]),
        ("    wrong is alt + anc\n", "smoker", ["PD214"]),
        ("    wrong is sex + 1\n", "smoker", ["PD211"]),
        ("    wrong is nonsense\n", "smoker", ["PD101"]),
        ("    wrong is smoker when frail\n", "smoker", ["PD020"]),
    ],
)
def test_a_definition_is_refused_even_if_nobody_uses_it(extra: str, condition: str, expected: list[str]) -> None:
    assert expected == codes(condition, extra)


# --- cases --------------------------------------------------------------------------------------------------------

FRAIL = c.Compare(Sign.AT_LEAST, c.Fetch(c.Series("ecog")), c.Constant(Fraction(2)))


def test_cases_are_branches_the_last_without_condition() -> None:
    extra = "    limit is\n        1 when frail\n        score otherwise\n"
    expected = (c.Branch(FRAIL, c.Constant(Fraction(1))), c.Branch(None, c.Fetch(c.Series("score"))))
    assert expected == cases(meant("limit at least 2", extra))


def test_words_as_results_become_members_of_their_own_kind() -> None:
    extra = "    risk is\n        high when frail\n        low otherwise\n"
    expected = (c.Branch(FRAIL, c.Constant("high")), c.Branch(None, c.Constant("low")))
    assert expected == cases(meant("risk is high", extra))
    assert ["PD205"] == codes("risk is medium", extra)


def test_a_condition_by_cases_holds_where_all_that_may_apply_do() -> None:
    extra = "    unfit is\n        smoker when frail\n        sex is male otherwise\n"
    smoker = c.Compare(Sign.IS, c.Fetch(c.Series("smoker")), c.Constant(True))  # noqa: FBT003
    male = c.Compare(Sign.IS, c.Fetch(c.Series("sex")), c.Constant("male"))
    expected = c.Either((c.Both((FRAIL, smoker)), c.Both((c.Not(FRAIL), male)), c.Both((smoker, male))))
    assert expected == meant("unfit", extra)


# --- tables -------------------------------------------------------------------------------------------------------


def table(*rows: str, head: str = "limit") -> str:
    return f"    {head} is by table\n" + "".join(f"        {row}\n" for row in rows)


def test_a_table_is_cases_over_its_keys() -> None:
    extra = table(
        "| age in years    | sex    | limit in mg/dL |",
        "| under 2         | any    | 0.5            |",
        "| from 2 to under 6 | female | 0.75         |",
        "| from 2 to under 6 | male   | 1            |",
        "| 6 or more       | any    | 1.5            |",
    )
    age = c.Named("age", "", inside(meant("age at least 2 years")))
    years = c.Constant(Fraction(2), None), c.Constant(Fraction(6), None)
    branches = cases(meant("limit at least 1 mg/dL", extra))
    mg = unit("mg/dL")
    assert [c.Constant(Fraction(n), mg) for n in (5, Fraction(15, 2), 10, 15)] == [b.result for b in branches]
    female = c.Compare(Sign.IS, c.Fetch(c.Series("sex")), c.Constant("female"))
    second = branches[1].when
    assert isinstance(second, c.Both)
    within = second.parts[0]
    assert isinstance(within, c.Both)
    signs = [(part.sign, part.left) for part in within.parts if isinstance(part, c.Compare)]
    assert [(Sign.AT_LEAST, age), (Sign.LESS_THAN, age)] == signs
    values = [
        part.right.value for part in within.parts if isinstance(part, c.Compare) and isinstance(part.right, c.Constant)
    ]
    assert [year.value for year in years] == values
    assert female == second.parts[1]
    assert [True, True, True, True] == [branch.when is not None for branch in branches]


def test_the_narrower_of_two_sets_wins_wherever_it_stands() -> None:
    extra = "    set all_statins version 1 is atorvastatin, simvastatin, lovastatin\n" + table(
        "| drug | wait |", "| all_statins | 7 days |", "| statins | 14 days |", "| otherwise | 1 day |", head="wait"
    )
    branches = cases(meant("wait at least 3 days", extra))
    sets = [branch.when.set if isinstance(branch.when, c.Member) else None for branch in branches]
    assert ["statins", "all_statins", None] == sets


def test_sets_that_overlap_without_one_holding_the_other_clash() -> None:
    extra = "    set others version 1 is simvastatin, lovastatin\n" + table(
        "| drug | wait |", "| others | 7 days |", "| statins | 14 days |", "| otherwise | 1 day |", head="wait"
    )
    assert ["PD215"] == codes("wait at least 3 days", extra)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("| ecog | limit |", "| 0 to 1 | 3 |", "| 2 or more | 4 |"), []),
        (("| ecog | limit |", "| 0 to 1 | 3 |", "| 3 or more | 4 |"), ["PD212"]),
        (("| ecog | limit |", "| 1 or more | 4 |"), ["PD212"]),
        (("| ecog | limit |", "| 0 to 2 | 3 |", "| 2 or more | 4 |"), ["PD215"]),
        (("| ecog | limit |", "| 0 to 2 | 3 |", "| 2 or more | 3 |"), []),
        (("| weight in kg | limit |", "| 2 to under 50 | 3 |", "| 50 to 200 | 4 |"), []),
        (("| weight in kg | limit |", "| 2 to 50 | 3 |", "| over 50 | 4 |"), []),
        (("| weight in kg | limit |", "| under 50 | 3 |", "| over 50 | 4 |"), ["PD212"]),
        (("| weight in kg | limit |", "| 2 to 50 | 3 |", "| 50 or more | 4 |"), ["PD215"]),
        (("| weight | limit |", "| 2 to 50 | 3 |", "| over 50 | 4 |"), ["PD203"]),
        (("| stage | limit |", "| i | 3 |", "| ii, iii | 4 |", "| iv | 5 |"), []),
        (("| stage | limit |", "| i | 3 |", "| ii, iii | 4 |"), ["PD212"]),
        (("| stage | limit |", "| v | 3 |", "| otherwise | 4 |"), ["PD205"]),
        (("| stage | limit |", "| otherwise | 4 |", "| i | 3 |"), ["PD217"]),
        (("| smoker | limit |", "| yes | 4 |", "| no | 3 |"), []),
        (("| smoker | limit |", "| yes | 4 days |", "| no | 3 |"), ["PD203"]),
        (("| nobody | limit |", "| yes | 4 |"), ["PD101"]),
        (("| ecog | limit |", "| 6 to 2 | 4 |", "| otherwise | 3 |"), ["PD213"]),
    ],
)
def test_a_table_leaves_no_gap_and_says_one_thing(rows: tuple[str, ...], expected: list[str]) -> None:
    assert expected == codes("smoker", table(*rows))


def test_a_gap_is_told_by_what_is_missing() -> None:
    extra = table("| age in years | limit |", "| under 6 | 3 |", "| 16 or more | 4 |")
    _, found = written(f"{TRIAL}{extra}")
    assert ["the table says nothing for `age` from 6 to 15 years"] == [one.message for one in found]


# --- on events ----------------------------------------------------------------------------------------------------


def test_a_definition_is_read_on_the_event_where_it_is_used() -> None:
    extra = "    wide is width at least 10 mm\n"
    wide = c.Compare(Sign.AT_LEAST, c.FieldOf("width"), c.Constant(Fraction(1, 100), unit("mm")))
    assert c.AnyEvent("scans", wide) == meant("any scans where (wide)", extra)
    assert ["PD101"] == codes("wide", extra)


# --- libraries ----------------------------------------------------------------------------------------------------

LIBRARY = """\
library "kidney"
    language 1

define
    clearance by halves "half of it" in mL/min with amount in mg/dL is 0.5 * amount
    slow is clearance by halves with creatinine less than 30 mL/min
"""


def with_library(condition: str) -> tuple[c.Condition | None, list[str]]:
    text = TRIAL.replace("    uses ctcae 5.0\n", "    uses ctcae 5.0, library kidney\n")
    parsed = parse(Source("t", f"{text}\nexclusion\n    E1\n        {condition}\n"))
    library = parse(Source("kidney.protocol", LIBRARY)).file
    protocol, found = elaborate(parsed.file, {"kidney": library})
    return (protocol.criteria[0].condition if protocol else None), [one.code for one in found]


def test_a_method_of_a_library_takes_its_values_in_order() -> None:
    condition, found = with_library("clearance by halves with creatinine less than 30 mL/min")
    assert [] == found
    assert isinstance(condition, c.Compare)
    assert isinstance(condition.left, c.Named)
    assert ("clearance", "half of it") == (condition.left.name, condition.left.label)


def test_a_condition_of_a_library_is_in_reach() -> None:
    method, _ = with_library("clearance by halves with creatinine less than 30 mL/min")
    assert (method, []) == with_library("slow")


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ("organ_function", "`organ_function` is a library, and is not named as one"),
        ("ctcea 5.0", "the standard `ctcea` is not known"),
        ("meddra 27", "the standard `meddra` is not known"),
    ],
)
def test_what_a_file_uses_is_never_passed_over(used: str, told: str) -> None:
    text = TRIAL.replace("    uses ctcae 5.0\n", f"    uses ctcae 5.0, {used}\n")
    assert [("PD106", told)] == [(one.code, one.message) for one in written(text)[1]]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("    uses ctcae 5.0, ctcae 4.03\n", "ctcae"),
        ("    uses ctcae 5.0\n    uses ctcae 6.0\n", "ctcae"),
        ("    version 1.0\n    uses ctcae 5.0\n    version 2.0\n", "version"),
    ],
)
def test_the_head_of_a_file_says_nothing_twice(lines: str, what: str) -> None:
    found = written(TRIAL.replace("    uses ctcae 5.0\n", lines))[1]
    assert [("PD102", f"the head of the file says `{what}` twice")] == [(one.code, one.message) for one in found]


def test_a_method_of_a_library_that_is_not_used_names_the_library() -> None:
    (found,) = written(f"{TRIAL}\nexclusion\n    E1\n        bsa by mosteller with weight, weight more than 2 m2\n")[1]
    told = "the method `bsa by mosteller` is in the library `body_size`, which is not used"
    assert ("PD101", told, "add `uses library body_size` to the header") == (found.code, found.message, found.help)


def test_a_library_that_is_not_there_is_told() -> None:
    text = TRIAL.replace("    uses ctcae 5.0\n", "    uses ctcae 5.0, library kidney\n")
    assert ["PD106"] == [one.code for one in written(text)[1]]
