"""Examples run, covered and mutated: a small file in which every answer can be counted by hand."""

import pytest
from attrs import evolve

from protocol_dsl.examples.cover import Site, cover
from protocol_dsl.examples.mutate import Mutant, mutate
from protocol_dsl.examples.run import Outcome, run
from protocol_dsl.face import loads
from protocol_dsl.model.protocol import Protocol

RULES = """\
protocol "EX-1"
    language 1
    version 1.0

moments
    enrolment

data
    birth_date : date
    sex        : one of female, male
    pregnant   : yes/no
    anc        : number in 10*9/L; recorded to 0.1

define
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "Adults"
        age at least 18 years
    I2 "Enough neutrophils"
        anc at least 1.5 10*9/L

exclusion at enrolment
    E1 "Pregnant"
        applies when sex is female
        pregnant
        if missing treat as not met because "asked of everyone"
"""
WOMAN = """
example "a woman of 18"
    given birth_date = 2008-06-01, enrolment = 2026-06-01, sex = female, pregnant = no, anc = 1.5 10*9/L
    then eligible
"""
GIRL = """
example "a day younger"
    like "a woman of 18"
    given birth_date = 2008-06-02
    then not eligible because I1
"""
MAN = """
example "a man"
    like "a woman of 18"
    given sex = male, pregnant = yes, anc = 1.4 10*9/L
    then not eligible because I2
"""
PREGNANT = """
example "a pregnant woman"
    like "a woman of 18"
    given pregnant = yes
    then not eligible because E1
"""


def protocol(*examples: str) -> Protocol:
    return loads(RULES + "".join(examples)).model


def expecting(found: Protocol, outcome: Outcome) -> Protocol:
    """The protocol with another outcome expected of its last example; as a text it would be refused where it fails."""
    *others, last = found.examples
    return evolve(found, examples=(*others, evolve(last, expected=(outcome,))))


# --- run --------------------------------------------------------------------------------------------------------------


def test_examples_that_come_out_as_expected_pass() -> None:
    assert [True] * 4 == [result.passed for result in run(protocol(WOMAN, GIRL, MAN, PREGNANT))]


@pytest.mark.parametrize(
    ("expected", "passes"),
    [
        (("not eligible", ()), True),
        (("not eligible", ("I2",)), True),
        (("not eligible", ("I1",)), False),
        (("not eligible", ("I1", "I2")), False),
        (("undetermined", ()), False),
        (("eligible", ()), False),
    ],
)
def test_ids_are_compared_where_they_are_named(expected: Outcome, passes: bool) -> None:  # noqa: FBT001 - the case itself
    result = run(expecting(protocol(WOMAN, MAN), expected))[1]
    assert (passes, ("not eligible", ("I2",))) == (result.passed, result.found)


# --- cover ------------------------------------------------------------------------------------------------------------


def sides(site: Site) -> tuple[str, str, list[str]]:
    return site.clause, site.kind, sorted(status.value for status in site.wanting)


def test_one_example_shows_one_side_of_everything_it_reaches() -> None:
    assert [
        ("I1", "criterion", ["not met"]),
        ("I2", "criterion", ["not met"]),
        ("E1", "criterion", ["met"]),
        ("E1", "guard", ["not met"]),
    ] == [sides(site) for site in cover(protocol(WOMAN)).wanting if site.kind in ("criterion", "guard")]


def test_both_sides_of_everything() -> None:
    coverage = cover(protocol(WOMAN, GIRL, MAN, PREGNANT))
    assert ((), 2 * len(coverage.sites)) == (coverage.wanting, coverage.shown)


def test_what_does_not_apply_is_not_exercised() -> None:
    """The man is pregnant in the record, and E1 is never asked of him."""
    (site,) = (site for site in cover(protocol(WOMAN, MAN)).sites if (site.clause, site.kind) == ("E1", "criterion"))
    assert ["met"] == sides(site)[2]


# --- mutate -----------------------------------------------------------------------------------------------------------


def told(mutant: Mutant) -> tuple[tuple[str, ...], str, str, str | None]:
    return mutant.clauses, mutant.change, mutant.now, mutant.killed_by


def test_without_examples_every_mutant_survives() -> None:
    mutation = mutate(protocol())
    assert (0, 0.0, mutation.mutants) == (mutation.killed, mutation.score, mutation.survivors)


def test_an_example_on_the_limit_notices_a_limit_that_rises_and_one_below_it_a_limit_that_falls() -> None:
    found = {told(mutant) for mutant in mutate(protocol(WOMAN, GIRL, MAN, PREGNANT)).mutants}
    assert {
        (("I1",), "limit shifted", "age at least 17 years", "a day younger"),
        (("I1",), "limit shifted", "age at least 19 years", "a woman of 18"),
        (("I2",), "limit shifted", "anc at least 1.4 10*9/L", "a man"),
        (("I2",), "limit shifted", "anc at least 1.6 10*9/L", "a woman of 18"),
        (("I1",), "comparison changed", "age more than 18 years", "a woman of 18"),
        (("I2",), "comparison changed", "anc less than 1.5 10*9/L", "a woman of 18"),
    } <= found


def test_what_survives_is_what_no_example_stands_on() -> None:
    survivors = mutate(protocol(WOMAN, GIRL, MAN, PREGNANT)).survivors
    assert [(("E1",), "policy dropped")] == [(mutant.clauses, mutant.change) for mutant in survivors]


def test_a_missing_answer_notices_the_policy() -> None:
    silent = WOMAN.replace("a woman of 18", "nobody asked").replace("pregnant = no", "pregnant = missing")
    assert () == mutate(protocol(WOMAN, GIRL, MAN, PREGNANT, silent)).survivors


def test_a_failing_example_notices_nothing() -> None:
    assert 0 == mutate(expecting(protocol(WOMAN), ("undetermined", ()))).killed
