"""Data of a standard, whatever they are: nothing is raised, no row is dropped in silence, no file is changed."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.quantity import unit
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Reason
from protocol_dsl.model.vocabulary import Date, Item, ListOf, Moment, Number, OneOf, Text
from protocol_dsl.readers.choose import read
from protocol_dsl.readers.mapping import read_mapping, read_text
from protocol_dsl.readers.rows import load
from tests.xport import written

ITEMS = (
    Item("sex", OneOf(("female", "male"))),
    Item("age", Number(unit("a"))),
    Item("birth_date", Date()),
    Item("creatinine", Number(unit("mg/dL")), analyte="creatinine", uln=True),
    Item("pulse", Number(unit("/min"))),
    Item("ecog", Number()),
    Item("response", Text()),
    Item("adverse_events", ListOf("adverse_event")),
    Item("medications", ListOf("medication")),
)
PROTOCOL = Protocol(Header("T"), moments={"enrolment": Moment("enrolment")}, items={item.name: item for item in ITEMS})
FINDINGS = (
    "DOMAIN",
    "USUBJID",
    "{}SEQ",
    "{}TESTCD",
    "{}ORRES",
    "{}ORRESU",
    "{}STRESC",
    "{}STRESN",
    "{}STAT",
    "{}DTC",
    "{}DY",
)
COLUMNS = {
    "dm": ("USUBJID", "SEX", "AGE", "AGEU", "BRTHDTC", "RFSTDTC", "RFICDTC", "ARMCD"),
    "adsl": ("USUBJID", "SEX", "AGE", "BRTHDT", "TRTSDT"),
    "lb": (*(name.format("LB") for name in FINDINGS), "LBSPEC", "LBORNRHI", "LBCAT"),
    "vs": tuple(name.format("VS") for name in FINDINGS),
    "rs": tuple(name.format("RS") for name in FINDINGS),
    "adlb": ("USUBJID", "PARAMCD", "PARAM", "AVAL", "AVALC", "ADT", "ADTF", "ADY", "DTYPE"),
    "ae": ("DOMAIN", "USUBJID", "AESEQ", "AETERM", "AETOXGR", "AESTDTC", "AEENDTC", "AEENRF", "AEREL", "AELNKID"),
    "adae": ("USUBJID", "AEDECOD", "AETOXGR", "ASTDT", "ASTDTF", "AEREL"),
    "ex": ("USUBJID", "EXTRT", "EXDOSE", "EXDOSU", "EXSTDTC", "EXENDTC"),
    "cm": ("USUBJID", "CMTRT", "CMSTDTC", "CMENDTC", "CMDTC"),
    "suppae": ("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "QVAL"),
    "faae": ("DOMAIN", "USUBJID", "FASEQ", "FATESTCD", "FAOBJ", "FAORRES", "FALNKID"),
    "ti": ("IETESTCD",),
}
WORDS = [
    "", "P1", "P2", "F", "CREAT", "PULSE", "ECOG101", "LBALL", "LB", "AE", "AESEQ", "1", "2", "-1", "0", "2026-01-02",
    "2026-13-01", "2026---02", "2026-01-02/2026-01-01", "2026", "24258", "2026-01-02T10:00Z", "<0.1", "1.5", "1,5",
    "99e99", "mg/dL", "furlong", "NOT DONE", "ONGOING", "RELATED", "POSSIBLE", "YEARS", "URINE", "D", "Y", "=1+1",
    "nan", "a\nb", "\U0001f600", "CREATININE (mg/dL)", "9" * 40,
]  # fmt: skip
cells = st.sampled_from(WORDS) | st.text(max_size=5)
MAPPINGS = (
    "",
    '[moments]\nenrolment = "DM.RFSTDTC"\n[lists.medications]\ncomplete = "CMDTC"\nsame = ["CMTRT"]\n',
    '[items]\nresponse = "RS.OVRLRESP"\npulse = { unless = { VSSTAT = "x" }, values = { "1" = "60" } }\n',
    'blank = "0"\n[lists.adverse_events.columns]\naction = "FA.CREAT"\noutcome = "AETERM"\n[patients]\nlevel = "ARMCD"',
)


@st.composite
def studies(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    found = {}
    for name in [
        "dm" if draw(st.booleans()) else "adsl",
        *draw(st.lists(st.sampled_from(sorted(COLUMNS)), unique=True)),
    ]:
        columns = draw(st.sampled_from([COLUMNS[name], COLUMNS[name], COLUMNS[name][1:]]))
        rows = draw(st.lists(st.lists(cells, min_size=len(columns), max_size=len(columns)), max_size=5))
        found[name] = pd.DataFrame(rows, columns=list(columns), dtype="str")
    return found


@given(study=studies(), mapping=st.sampled_from(MAPPINGS))
@settings(max_examples=100, deadline=None)
def test_no_row_is_dropped_in_silence(study: dict[str, pd.DataFrame], mapping: str) -> None:
    data = read(PROTOCOL, study, read_text(mapping, "mapping.toml"))
    filled = {name: int((frame.fillna("").map(str.strip) != "").any(axis=1).sum()) for name, frame in study.items()}
    if "0" not in mapping:  # a row of blanks alone holds nothing
        assert not data.files or filled == {one.file: one.rows for one in data.files}
    for one in data.files:
        assert min(one.used, one.diagnosed, *one.aside.values(), 0) == 0
        assert one.rows == one.used + one.diagnosed + sum(one.aside.values())
    told = sum(one.severity is not Severity.NOTE for one in data.diagnostics)
    assert told >= (data.rows_diagnosed > 0)


@given(study=studies())
@settings(max_examples=60, deadline=None)
def test_a_reading_without_a_value_says_why(study: dict[str, pd.DataFrame]) -> None:
    for record in read(PROTOCOL, study).records:
        for reading in (one for those in record.readings.values() for one in those):
            assert (reading.value is None) is (reading.missing is not None)
            assert reading.missing is None or isinstance(reading.missing, Reason)


@given(text=st.text(alphabet="[]{}=\"'.,#abct\n \\itemsLB1", max_size=60))
@settings(max_examples=100, deadline=None)
def test_a_mapping_may_be_any_text(text: str) -> None:
    found = read_text(text, "mapping.toml")
    assert all(one.code == "PD750" for one in found.problems)
    data = read(PROTOCOL, {"dm": pd.DataFrame({"USUBJID": ["P1"]})}, found)
    assert data.unread or data.records


WHOLE = written(
    "LB", ("USUBJID", "LBTESTCD", "LBORRES", "LBSEQ"), [["P1", "CREAT", "1.1", number] for number in range(9)]
)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_transport_file_may_be_any_bytes(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tmp_path_factory.mktemp("xpt"))
    changed = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    bent = bytes(changed[: data.draw(st.integers(0, len(WHOLE)))])
    (folder / "lb.xpt").write_bytes(bent)
    loaded = load(folder)
    assert loaded.tables or loaded.unread
    assert bool(loaded.unread) <= bool(loaded.problems)
    assert bent == (folder / "lb.xpt").read_bytes()


@given(text=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("ending", ["json", "ndjson", "dsjc", "xpt"])
def test_a_file_may_be_any_bytes(ending: str, text: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tmp_path_factory.mktemp("any"))
    for content in (text, b'{"datasetJSONVersion": "1.1.0", "columns": [{"name": "A"}], "rows": ' + text):
        (folder / f"lb.{ending}").write_bytes(content)
        loaded = load(folder)
        assert loaded.tables or loaded.unread


def test_a_mapping_may_be_any_bytes(tmp_path: Path) -> None:
    for content in (b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"a=" * 10_000, b"[" * 10_000, b'a = "' + b"x" * 10_000):
        (tmp_path / "mapping.toml").write_bytes(content)
        assert all(one.code == "PD750" for one in read_mapping(tmp_path / "mapping.toml").problems)
