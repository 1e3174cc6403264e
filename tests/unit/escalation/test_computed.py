"""Designs that compute their decisions: moves worked by hand, settings that cannot be, tables that repeat them."""

from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.source import Source, Span
from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.history import History
from protocol_dsl.pipeline import Loaded, load_text
from tests.escalation_plans import DESIGNS, brief, climbed, shipped


def move(design: str, history: str, levels: int = 3) -> str:
    rungs = climbed(design, levels)
    read = History.read(history, rungs.names)
    assert isinstance(read, History)
    found = advise(shipped(design), rungs, read)
    assert isinstance(found, Advice)
    return brief(found)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("", "treat 3 at 1"),
        ("1NNN", "treat 3 at 2"),  # 0/3 <= 0.236
        ("1NNT", "treat 3 at 1"),  # 1/3 lies between 0.236 and 0.359
        ("1NNN 2NTT", "treat 3 at 1"),  # 2/3 >= 0.359
        ("1NTT", "treat 3 at 1"),  # there is no level below
        ("1TTT", "stop with None"),  # P(p > 0.3 | 3 of 3) = 0.9919 > 0.95
        ("1NNN 2TTT 1NNN", "treat 3 at 1"),  # level 2 is closed: 0/6 goes no higher
        ("1NNN 2NNN 3NNN", "treat 3 at 3"),  # the top
        ("1NN", "treat 1 at 1"),  # the cohort is filled first
        ("1TT", "treat 1 at 1"),  # one more decides whether the level is closed
        ("1NNN 2NNP", "wait"),
        ("1NNN 2NTTP", "wait"),  # a fourth patient: 2/4 de-escalates, 3/4 closes the level
        ("1NNX", "treat 1 at 1"),  # whoever is not evaluable is replaced
        ("1NNN 2NNNT", "treat 3 at 2"),  # 1/4 lies between the limits: a cohort of four is taken as it is
        ("1NNN 2TTTP", "treat 3 at 1"),  # closed whatever becomes of the fourth
        ("1NNN 2NNN 3NNN 3NNN 3NNN 3NNN 3NNN 3NNN 3NNN 3NNN", "stop with 3"),  # thirty patients
        ("1NNN 2NNN 3NTT 2NNN 3NTT 2NNN 3NNN 3NTT 2NNN 2NNN", "stop with 2"),
    ],
)
def test_boin(history: str, expected: str) -> None:
    assert expected == move("boin", history)


@pytest.mark.parametrize(
    ("design", "history", "expected"),
    [
        # Among 6 with 2 DLTs: i3+3 stays, for 2/6 lies from 0.25 to 0.35. With 3: 3/6 above, and 2/6 not below: down.
        ("i3plus3", "1NNN 2NNN 2NTT", "treat 3 at 2"),
        ("i3plus3", "1NNN 2NNT 2NTT", "treat 3 at 1"),
        # Among 2 with 1: above, and 0/2 is below the interval, so it stays.
        ("i3plus3", "1NNN 2NTX", "treat 1 at 2"),
        # CCD: 2/6 lies strictly between 0.20 and 0.40; 1/5 lies on the end and goes up.
        ("ccd", "1NNN 2NNN 2NTT", "treat 3 at 2"),
        ("ccd", "1NNN 2NNNNT", "treat 3 at 3"),
    ],
)
def test_others(design: str, history: str, expected: str) -> None:
    assert expected == move(design, history)


# --- not as planned ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", ["boin", "ccd", "i3plus3", "keyboard", "mtpi", "mtpi2", "tpi", "tite_boin", "crm"])
@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1NNN 5X", "treat 3 at 2"),  # nobody is treated at level 5 because somebody was by mistake
        ("1NNN 5NNN", "treat 3 at 2"),
        ("5X", "treat 3 at 1"),
        ("1NNN 2NTT 3N", "treat 3 at 1"),  # the two of three at level 2 still count
        ("1TTT 1NNNNNNNNN", "stop with None"),  # a trial that was over is not taken up
        ("1TTT 2NNN", "stop with None"),
    ],
)
def test_what_was_not_planned_leads_no_higher(design: str, history: str, expected: str) -> None:
    if design == "crm" and history == "1NNN 5NNN":
        return  # six without a DLT: one more level each time, as below
    assert expected == move(design, history, 5)


def test_crm_skips_no_level_where_one_far_up_was_given_by_mistake() -> None:
    assert move("crm", "1NNN 5NNN", 5) == "treat 3 at 2"
    assert move("crm", "1NNN 3NNN 2NNN", 5) == "treat 3 at 4"  # by now 1, 2 and 3 were given


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1NNN 2NNT 3NNN", "treat 3 at 2"),  # 1/3 stays; three higher up change nothing of that
        ("1NNN 1N 2NNN", "treat 3 at 3"),  # one more below, and the trial goes on
        ("1NNN 2N 1N 2N", "treat 2 at 2"),  # whatever was treated below, a cohort of three is due at level 2
        ("1NNP 2NNN", "wait"),
        ("5TTT 1NNN 2NNN 3NNN 4NNN", "treat 3 at 4"),  # level 5 is closed by its counts
    ],
)
def test_boin_goes_on_from_where_it_was(history: str, expected: str) -> None:
    assert expected == move("boin", history, 5)


def test_a_dlt_that_comes_late_at_a_level_below_counts() -> None:
    """The trial went on with patients pending at level 1; four of six with a DLT close it, whatever level 2 shows."""
    assert move("tite_boin", "1NNN 1TTT 2NNN", 5) == "treat 3 at 1"
    assert move("tite_boin", "1NNT 1TTT 2NNN", 5) == "stop with None"


def test_nobody_is_treated_yet_where_the_trial_starts_and_somebody_is_pending_elsewhere() -> None:
    rungs = climbed("tite_boin", 3)
    read = History.read("2TPNT", rungs.names)
    assert isinstance(read, History)
    found = advise(shipped("tite_boin"), rungs, read, followed=(Fraction(1, 5),))
    assert isinstance(found, Advice)
    assert brief(found) == "treat 3 at 1"


def test_a_wait_names_all_who_are_pending_where_none_of_them_alone_makes_the_difference() -> None:
    """The level is closed with 4 of 6 and not with 3: only if both who are pending have a DLT."""
    rungs = climbed("boin", 1)
    read = History.read("1NTT 1NPP", rungs.names)
    assert isinstance(read, History)
    found = advise(shipped("boin"), rungs, read)
    assert isinstance(found, Advice)
    assert (found.move, len(found.waiting_for)) == ("wait", 2)


def test_a_level_filled_to_a_cohort_is_full() -> None:
    """Level 2 had one patient of the accelerated phase: two more make three, and none of three goes up."""
    rungs = climbed("boin_accelerated", 4)
    read = History.read("1N 2N 3T 3TN 2NN", rungs.names)
    assert isinstance(read, History)
    found = advise(shipped("boin_accelerated"), rungs, read, ((0,),) * 5)
    assert isinstance(found, Advice)
    assert brief(found) == "treat 3 at 3"


# --- settings ---------------------------------------------------------------------------------------------------------

TEXT = (DESIGNS / "boin.protocol").read_text("utf-8")
COHORT = "    cohort of 3\n"
DECIDE = """\
    decide, exactly one row applies
        | treated | with_dlt | then                        |
        | 3       | 0        | escalate                    |
        | 3       | 1        | stay                        |
        | 3       | 2        | de-escalate                 |
        | 3       | 3        | de-escalate and close level |
"""


def place_of(found: Loaded) -> str:
    """What the first diagnostic points at."""
    where = found.diagnostics[0].primary.where
    assert isinstance(where, Span)
    return where.text


def changed(*swaps: tuple[str, str]) -> Loaded:
    text = TEXT
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return load_text(Source("boin.protocol", text))


@pytest.mark.parametrize(
    ("swap", "code", "place"),
    [
        (("    target dlt rate 0.30\n", ""), "PD430", "escalation by boin"),
        (("rate 0.30", "rate 1.30"), "PD430", "target dlt rate 1.30"),
        (("overdosing 0.42", "overdosing 0.29"), "PD430", "underdosing 0.18 and overdosing 0.29"),
        (("than 0.95 from", "than 95 from"), "PD430", "close level when"),
        (("    at most 30 patients\n", ""), "PD430", "escalation by boin"),
        (("    mtd is isotonic estimate closest to target\n", ""), "PD430", "escalation by boin"),
        (("below 0.2365", "below 0.2364"), "PD431", "escalate at or below 0.2364"),
        (("above 0.3585", "above 0.36"), None, ""),  # to the digits that are written
        (("above 0.3585", "above 0.35"), "PD431", "de-escalate at or above 0.35"),
        (("    cohort of 3\n", ""), "PD412", "escalation by boin"),
        (("at most 30", "at most 2"), "PD430", "escalation by boin"),
        (("at most 30 patients", "stop at 0 on one level"), "PD430", "escalation by boin"),
        (("    cohort of 3\n", "    cohort of 3, up to 6 per level\n"), "PD430", "escalation by boin"),
        (("below 0.2365", "below 0.2365" + "0" * 90), "PD431", "escalate at or below 0.2365"),
        (("underdosing 0.18", "under-dosing 0.18"), "PD407", "under-dosing 0.18 and overdosing 0.42"),
    ],
)
def test_a_setting_that_cannot_be_is_told_at_its_place(swap: tuple[str, str], code: str | None, place: str) -> None:
    found = changed(swap)
    assert [code] * bool(code) == [one.code for one in found.diagnostics]
    if code:
        assert place_of(found).startswith(place)


def test_a_printed_table_that_agrees_is_accepted() -> None:
    assert changed((COHORT, COHORT + DECIDE)).diagnostics == ()


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("| 3       | 1        | stay        ", "| 3       | 1        | escalate    "),
        ("| 3       | 2        | de-escalate ", "| 3       | 2        | stay        "),
        (
            "| 3       | 3        | de-escalate and close level |",
            "| 3       | 3        | de-escalate                 |",
        ),
    ],
)
def test_a_printed_row_that_differs_is_told(row: str, wrong: str) -> None:
    found = changed((COHORT, COHORT + DECIDE), (row, wrong))
    assert ["PD431"] == [one.code for one in found.diagnostics]
    assert wrong.strip("| ") in place_of(found)


@pytest.mark.parametrize(
    ("design", "old", "new", "message"),
    [
        ("crm", "halfwidth 0.06 and prior mtd at level 2", "halfwidth 0.06 and prior mtd at level 9", "no level `9`"),
        ("crm", "halfwidth 0.06", "halfwidth 0.25", "this makes no skeleton"),
        ("crm", "skeleton with halfwidth 0.06 and prior mtd at level 2", "skeleton a, b", "`a` is no rate"),
        ("crm", "skeleton with halfwidth 0.06 and prior mtd at level 2", "skeleton nan, 0.1, 0.2", "`nan` is no rate"),
        ("crm", "skeleton with halfwidth 0.06 and prior mtd at level 2", "skeleton 0.1, 0.2", "2 rates"),
        ("crm", "empiric model", "empiric model, logistic model with intercept 3", "two ways"),
        ("crm", "mtd is given level", "mtd is level closest to target\n    mtd is given level", "two ways"),
        ("crm", "prior variance 1.34", "prior variance 1e400", "1e400 cannot be fitted with"),
        ("crm", "prior variance 1.34", "prior variance 1e-300", "1e-300 cannot be fitted with"),
        ("crm", "empiric model", "logistic model with intercept 1e400", "1e400 cannot be fitted with"),
        ("blrm", "reference dose 40", "reference dose 0", "0 makes no prior"),
        ("blrm", "reference dose 40", "reference dose 1e400", "1e400 makes no prior"),
        ("blrm", "deviation 2", "deviation 1e-300", "1e-300 makes no prior"),
        ("blrm", "mean -1.1", "mean -99999999999999999999999", "makes no prior"),
        ("blrm", "reference dose 40", "reference dose 40\n    prior correlation 1", "1 makes no prior"),
        ("blrm", "cohort of 3", "cohort of 3\n    dose rises by at most 0.5 fold", "0.5 fold is no rise"),
        ("blrm", "next is the", "next is the highest level allowed\n    next is the", "two ways"),
        ("mtpi2", "rates from 0.25 to 0.35", "rates from 0.29999999 to 0.30000001", "too narrow"),
    ],
)
def test_a_setting_that_cannot_be_fitted_with_is_told(design: str, old: str, new: str, message: str) -> None:
    text = (DESIGNS / f"{design}.protocol").read_text("utf-8")
    assert old in text
    found = load_text(Source(f"{design}.protocol", text.replace(old, new)))
    assert [("PD430", True)] == [(one.code, message in one.message) for one in found.diagnostics]


# --- a shipped design, taken up and changed ---------------------------------------------------------------------------

FRAME = """\
protocol "TRIAL"

doses of agent
    | level |
    | -1    |
    | 1     |
    | 2     |
    start at level 1

"""


def by_design(name: str, *lines: str) -> Loaded:
    section = "".join(f"    {line}\n" for line in lines)
    return load_text(Source("trial.protocol", f'{FRAME}escalation by design "{name}"\n{section}'))


def test_a_design_by_name_is_that_design_on_the_ladder_of_the_file() -> None:
    found = by_design("three plus three korn6").protocol
    assert found is not None
    assert found.escalation is not None
    assert shipped("three_plus_three_korn6").rows == found.escalation.rows
    assert found.ladder is not None
    assert ("-1", "1", "2") == found.ladder.names


def test_a_line_of_the_file_goes_before_that_of_the_design() -> None:
    found = by_design("mtpi", "at most 24 patients", "target dlt rate 0.28").protocol
    assert found is not None
    assert found.escalation is not None
    assert (24, 3) == (found.escalation.patients, found.escalation.cohort)
    assert ("0.28",) == next(one.values for one in found.escalation.settings if one.key == "target")


@pytest.mark.parametrize(
    ("patients", "history", "free", "bounded"),
    [
        (3, "1NTT", "stop with 1", "stop with None"),  # 2.05 of 3.1 is 0.66, which is not below 0.3585
        (3, "1NNT", "stop with 1", "stop with 1"),  # 1.05 of 3.1 is 0.339
        (9, "1NNN 2NNT 2NTT", "stop with 2", "stop with 1"),  # 3.05 of 6.1 is 0.5, closer to 0.3 than 0.05 of 3.1
    ],
)
def test_what_is_recommended_may_have_to_lie_below_the_limit(
    patients: int, history: str, free: str, bounded: str
) -> None:
    """The option `boundMTD` of the package BOIN."""
    told = []
    for more in ((), ("mtd estimate lies below the de-escalation boundary",)):
        found = by_design("boin", f"at most {patients} patients", *more).protocol
        assert found is not None
        assert found.escalation is not None
        assert found.ladder is not None
        read = History.read(history, found.ladder.names)
        assert isinstance(read, History)
        advice = advise(found.escalation, found.ladder, read)
        assert isinstance(advice, Advice)
        told.append(brief(advice))
    assert [free, bounded] == told


def test_the_last_cohort_is_full_with_what_is_left() -> None:
    """One of four patients is left for the second cohort; 3 of 4 close the level, by the table of the paper."""
    rungs = climbed("boin", 2)
    read = History.read("1NTT 1T", rungs.names)
    assert isinstance(read, History)
    found = advise(evolve(shipped("boin"), patients=4), rungs, read)
    assert isinstance(found, Advice)
    assert ("stop with None", ("1", "2")) == (brief(found), found.closed)


def test_what_no_longer_fits_the_changed_line_is_told() -> None:
    found = by_design("boin", "target dlt rate 0.25")
    assert ["PD431", "PD431"] == [one.code for one in found.diagnostics]


def test_a_design_that_is_not_there_is_told_with_one_that_may_be_meant() -> None:
    found = by_design("three plus three korn")
    assert ["PD410"] == [one.code for one in found.diagnostics]
    assert "three_plus_three_korn6" in (found.diagnostics[0].help or "")


# --- follow-up --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "followed", "expected"),
    [
        ("1NNN 2NNP", None, "wait"),  # how long the third was followed is not said
        ("1NNN 2NNP", "0", "treat 3 at 3"),  # two settled without: as in the published tables, one pending escalates
        ("1NNN 2NPP", "0.9 0.9", "wait"),  # more than half are pending
        ("1NNN 2TTP", "0", "treat 3 at 1"),  # 2/3 de-escalates whatever comes
        ("1NNN 2TNP", "0.99", "treat 3 at 2"),  # 1/3 is at least the target, so never up, and under 0.3585
        ("1NNN 2NNNNNP", "0.5", "treat 3 at 3"),
    ],
)
def test_tite_boin(history: str, followed: str | None, expected: str) -> None:
    rungs = climbed("tite_boin", 3)
    read = History.read(history, rungs.names)
    assert isinstance(read, History)
    parts = None if followed is None else tuple(Fraction(part) for part in followed.split())
    found = advise(shipped("tite_boin"), rungs, read, followed=parts)
    assert isinstance(found, Advice)
    assert expected == brief(found)


def test_a_pending_patient_followed_to_the_end_counts_as_one_without_dlt_for_tite_crm() -> None:
    rungs = climbed("tite_crm", 3)
    pending, settled = (History.read(text, rungs.names) for text in ("1NNN 2NTP", "1NNN 2NTN"))
    assert isinstance(pending, History)
    assert isinstance(settled, History)
    by_part = advise(shipped("tite_crm"), rungs, pending, followed=(Fraction(1),))
    whole = advise(shipped("tite_crm"), rungs, settled)
    assert isinstance(by_part, Advice)
    assert isinstance(whole, Advice)
    assert brief(whole) == brief(by_part)
    assert "estimated rates" in by_part.because
    assert whole.because.partition("estimated rates")[2] == by_part.because.partition("estimated rates")[2]


# --- how far down -----------------------------------------------------------------------------------------------------

# Three levels clean, then three of three with a DLT at the fourth: the likelihood under an empiric model with this
# skeleton puts the target far down.
DEEP = (
    "target dlt rate 0.20",
    "skeleton 0.05, 0.10, 0.20, 0.35",
    "empiric model",
    "prior variance 1.34",
    "cohort of 1",
    "at most 12 patients",
    "mtd is given level closest to target",
)
LADDER = """\
protocol "TRIAL"

doses of agent
    | level |
    | 1     |
    | 2     |
    | 3     |
    | 4     |
    start at level 4

"""


def deep(*more: str) -> str:
    lines = "".join(f"    {line}\n" for line in (*DEEP, *more))
    found = load_text(Source("trial.protocol", f"{LADDER}escalation by crm\n{lines}"), without=("refuted_property",))
    assert found.protocol is not None
    assert found.protocol.escalation is not None
    assert found.protocol.ladder is not None
    read = History.read("4T", found.protocol.ladder.names)
    assert isinstance(read, History)
    advice = advise(found.protocol.escalation, found.protocol.ladder, read)
    assert isinstance(advice, Advice)
    return brief(advice)


def test_a_model_may_go_down_by_several_levels_and_no_further_than_it_is_let() -> None:
    assert deep() in {"treat 1 at 1", "treat 1 at 2"}
    assert deep("go down by at most 1 level") == "treat 1 at 3"
    assert deep("go down by at most 2 levels") == "treat 1 at 2"
    assert deep("go down by at most 3 levels") == deep()
