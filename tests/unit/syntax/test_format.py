"""The canonical layout, by example."""

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.syntax.format import format_text

HEAD = 'protocol "P"\n\n'


def formatted(text: str) -> str | None:
    return format_text(Source("file", text))


def body(section: str, text: str) -> str:
    """How an entry of a section looks when formatted."""
    laid_out = formatted(f"{HEAD}{section}\n    {text}\n")
    assert laid_out is not None
    return laid_out.removeprefix(f"{HEAD}{section}\n    ").removesuffix("\n")


CONDITIONS = {
    "anc>=1.5 10^9/L": "anc at least 1.5 10*9/L",
    "anc ≥ 1.5 x 10^9/L": "anc at least 1.5 10*9/L",
    "anc <= 3": "anc at most 3",
    "anc is ≤ 3": "anc is at most 3",
    "anc > 3": "anc more than 3",
    "anc<3": "anc less than 3",
    "stage = iv": "stage is iv",
    "stage ≠ iv": "stage is not iv",
    "stage != iv": "stage is not iv",
    "diagnosis is one of aml ,mds,jmml": "diagnosis is one of aml, mds, jmml",
    "alt at most 2.5 × ULN": "alt at most 2.5 x ULN",
    "( a   or b )and not(c)": "(a or b) and not (c)",
    "any events where(grade>=3)": "any events where (grade at least 3)",
    "a+b*c - d / 2 at most 5 μg/L": "a + b * c - d / 2 at most 5 ug/L",
    "temperature at least −1": "temperature at least -1",
    "never_given is never": "never_given is never",
}


@pytest.mark.parametrize("written", CONDITIONS)
def test_a_condition_has_one_spelling(written: str) -> None:
    laid_out = body("inclusion", f'I1 "Wording"\n        {written}')
    assert laid_out == f'I1 "Wording"\n        {CONDITIONS[written]}'


def test_a_wording_is_kept_letter_for_letter() -> None:
    assert body("inclusion", "I1 “ANC  ≥ 1.5 – 3 × 10⁹/L”\n        a") == 'I1 "ANC  ≥ 1.5 – 3 × 10⁹/L"\n        a'


def test_a_given_value_keeps_its_sign() -> None:
    assert body('example "e"', "given a=5 ,b = 3 mg/dl") == "given a = 5, b = 3 mg/dL"


def test_items_stand_in_columns() -> None:
    text = f'{HEAD}data\n    age:number in years;plausible 0 to 120\n    last_visit "seen"   :   date\n'
    expected = f'{HEAD}data\n    age        : number in years; plausible 0 to 120\n    last_visit "seen" : date\n'
    assert formatted(text) == expected


def test_a_very_long_name_moves_no_other() -> None:
    name = "a_name_that_goes_on_and_on"
    text = f"{HEAD}data\n    age: date\n    {name}: date\n"
    assert formatted(text) == f"{HEAD}data\n    age : date\n    {name} : date\n"


def test_tables_stand_in_columns() -> None:
    text = f'{HEAD}doses of a\n    |level|a|\n    | 1|3.0e6  |\n        source "x"\n    |10 | 1 |\n'
    expected = (
        f'{HEAD}doses of a\n    | level | a     |\n    | 1     | 3.0e6 |\n        source "x"\n    | 10    | 1     |\n'
    )
    assert formatted(text) == expected


def test_one_empty_line_stands_between_sections() -> None:
    text = 'protocol "P"\nmoments\n\n\n    consent\n\n\n    enrolment\n    infusion\n\n\n\ndlt\n\n'
    expected = 'protocol "P"\n\nmoments\n    consent\n\n    enrolment\n    infusion\n\ndlt\n'
    assert formatted(text) == expected


def test_comments_stay_with_what_they_precede() -> None:
    text = (
        '# the file\n\n# the head\nprotocol "P"   # its name\n# the moments\nmoments\n# first\n    consent#here\n'
        "        # of the section\n\ndlt\n# the end\n"
    )
    expected = (
        '# the file\n\n# the head\nprotocol "P"  # its name\n\n# the moments\nmoments\n    # first\n'
        "    consent  #here\n"
        "    # of the section\n\ndlt\n# the end\n"
    )
    assert formatted(text) == expected


@pytest.mark.parametrize("step", ["\t", "  ", "   ", "        "])
def test_other_margins_are_mended(step: str) -> None:
    text = f'protocol "P"\n{step}language 1\n\ninclusion\n{step}I1\n{step * 2}all of\n{step * 3}- a\n{step * 3}- b\n'
    expected = 'protocol "P"\n    language 1\n\ninclusion\n    I1\n        all of\n            - a\n            - b\n'
    assert formatted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "moments\n",
        'protocol "P"\n    langage 1\n',
        'protocol "P"\n    language 1\n     phase 1\n',
        'protocol "P"\n\x1b\n',
    ],
)
def test_a_text_with_mistakes_is_left_alone(text: str) -> None:
    assert formatted(text) is None


def test_what_later_editions_bring_keeps_its_words() -> None:
    text = f"{HEAD}schedule\n\tpalbociclib   daily,days 1\n\t\tand more # later\n"
    expected = f"{HEAD}schedule\n    palbociclib   daily,days 1\n        and more  # later\n"
    assert formatted(text) == expected


def test_windows_line_ends_and_a_byte_order_mark_leave_no_trace() -> None:
    assert formatted('\ufeffprotocol "P"\r\n\r\nmoments\r\n    consent\r\n') == f"{HEAD}moments\n    consent\n"


def test_a_row_with_a_cell_too_many_keeps_it() -> None:
    text = 'protocol "X"\n\ndoses of a in mg\n    | level | a |\n    | 1 | 2 | 3 |\n    start at level 1\n'
    assert "    | 1     | 2 | 3 |\n" in str(format_text(Source("ragged.protocol", text)))
