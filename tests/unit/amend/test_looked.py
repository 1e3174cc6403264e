"""An open answer says how far was looked, in text, as data and in the table; and it is never `same`."""

from protocol_dsl.amend.change import ClauseChange, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.promise import promised
from protocol_dsl.amend.report import lines, summary, to_json
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text

TEXT = """
protocol "FAR-1"
    language 1
    version 1.0

moments
    enrolment

data
    weight : number in kg; plausible 2 to 200
    height : number in cm; plausible 40 to 220
    scans  : list of procedure

define
    bsa in m2 with height in cm, weight in kg is 0.007184 * height ^ 0.725 * weight ^ 0.425

inclusion at enrolment
    I1 "Size"
        bsa at least 1.2 m2
    I2 "Scans"
        count of scans where (date is within 28 days before enrolment) at most 4

always
    A1 "Not too big"
        eligible implies bsa at most 100 m2
"""


def read(text: str) -> Protocol:
    found = load_text(Source("far", text), without=RUN).protocol
    assert found is not None
    return found


OLD = read(TEXT)
NEW = read(TEXT.replace("        bsa at least 1.2 m2", "        bsa at least 1.2 m2 and bsa at least 0.1 m2"))
FOUND = diff(OLD, NEW)


def changed() -> ClauseChange:
    return next(one for one in FOUND.clauses if one.id == "I1")


def test_an_open_answer_is_undecided_and_says_how_far_was_looked() -> None:
    assert changed().kind is Kind.UNDECIDED
    assert {one.split()[0] for one in changed().looked} == {"height", "weight"}
    assert all(one.endswith("missing") for one in changed().looked)
    told = "\n".join(lines(FOUND, NEW))
    assert f"undecided ({changed().records} records" in told
    assert f"looked through  {'; '.join(changed().looked)}" in told


def test_it_is_said_as_data_and_in_the_table() -> None:
    data = next(one for one in to_json(FOUND, NEW)["clauses"] if one["id"] == "I1")
    assert data["looked_through"] == list(changed().looked)
    assert data["records"] == changed().records > 0
    row = next(row for row in summary(FOUND, NEW).rows if row[1] == "I1")
    assert "; ".join(changed().looked) in row[4]


def test_lists_say_how_many_entries_were_tried() -> None:
    new = read(TEXT.replace("(date is within 28 days before enrolment)", "(date is within 4 weeks before enrolment)"))
    assert not [one for one in diff(OLD, new).clauses if one.kind is Kind.UNDECIDED]
    apart = "count of scans at most 4 or count of scans where (date is within 28 days before enrolment) at most 4"
    other = diff(
        OLD, read(TEXT.replace(TEXT[TEXT.index("        count") : TEXT.index("\n\nalways")], f"        {apart}"))
    )
    change = next(one for one in other.clauses if one.id == "I2")
    assert not change.proved
    assert any(one.startswith("scans with up to 5 entries") for one in change.looked)


def test_what_is_promised_says_it_too() -> None:
    said = promised(NEW, NEW.statements[0])
    assert said.holds is None
    assert "height 65 cm, missing; weight" in said.because
