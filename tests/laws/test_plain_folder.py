"""The plain folder: no row is dropped in silence, and nothing is raised whatever the bytes."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base.quantity import unit
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Reason
from protocol_dsl.model.vocabulary import AnyOf, Date, Item, ListOf, Moment, Number, OneOf, Time, YesNo
from protocol_dsl.readers.plain import Data, gather
from protocol_dsl.readers.rows import Loaded, read_csv

ITEMS = (
    Item("sex", OneOf(("female", "male"))),
    Item("anc", Number(unit("10*9/L")), plausible=(Fraction(0), Fraction(100))),
    Item("lansky", Number()),
    Item("pregnant", YesNo()),
    Item("history", AnyOf(("cough", "fever"))),
    Item("taken", Time()),
    Item("scan_date", Date()),
    Item("adverse_events", ListOf("adverse_event")),
)
PROTOCOL = Protocol(Header("T"), moments={"enrolment": Moment("enrolment")}, items={item.name: item for item in ITEMS})
COLUMNS = {
    "patients": ["patient", "sex", "anc [10*9/L]", "anc", "anc_unit", "anc_date", "anc_uln", "level", "adverse_events"],
    "observations": ["patient", "item", "date", "value", "unit", "uln", "lln"],
    "adverse_events": ["patient", "term", "grade", "start", "end", "attributed"],
    "doses": ["patient", "product", "date", "level", "amount", "unit"],
    "attested": ["patient", "list", "complete_as_of"],
    "missing": ["patient", "item", "reason", "date"],
    "judgements": ["patient", "criterion", "date", "holds"],
    "decisions": ["date", "proposed", "decided"],
    "other": ["patient"],
}
WORDS = [
    "", "P1", "P2", "P3", "anc", "sex", "lansky", "ancs", "2026-01-02", "2026-13-01", "2026-01", "never", "none",
    "ongoing", "1.5", "1,5", "<0.1", "> 500", "99e99", "10*9/L", "mg", "furlong", "male", "yes", "ND", "pending",
    "not done", "adverse_events", "I1", "=1+1", "3", "grade 9", "1" * 50, "\U0001f600", "a\nb", ' "q" ',
]  # fmt: skip
cells = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))


def line(values: list[str]) -> str:
    quoted = ['"' + value.replace('"', '""') + '"' for value in values]
    return ",".join(quoted) + "\n"


@st.composite
def tables(draw: st.DrawFn) -> dict[str, bytes]:
    files = {}
    for name in draw(st.lists(st.sampled_from(sorted(COLUMNS)), unique=True)):
        columns = draw(st.lists(st.sampled_from([*COLUMNS[name], "else"]), min_size=1, max_size=8))
        columns = draw(st.sampled_from([columns, COLUMNS[name]]))
        width = st.integers(len(columns), len(columns)) | st.integers(1, 10)
        rows = draw(st.lists(width.flatmap(lambda n: st.lists(cells, min_size=n, max_size=n)), max_size=6))
        files[name] = (line(columns) + "".join(map(line, rows))).encode("utf-8", "replace")
    return files


def read(files: dict[str, bytes]) -> tuple[Data, Loaded]:
    loaded = Loaded()
    for name, content in files.items():
        loaded += read_csv(content, name, f"{name}.csv")
    return gather(PROTOCOL, loaded), loaded


@settings(max_examples=100, deadline=None)
@given(tables())
def test_every_row_is_used_or_diagnosed(files: dict[str, bytes]) -> None:
    data, loaded = read(files)
    accounts = {account.file: account for account in data.files}
    for table in loaded.tables:
        account = accounts[table.file]
        assert account.rows == len(table.rows)
        assert account.used + account.diagnosed == account.rows
        if account.diagnosed:
            assert any(d.primary.where.file == table.file for d in data.diagnostics)  # type: ignore[union-attr]
    assert data.rows_in == sum(len(table.rows) for table in loaded.tables)


@settings(max_examples=100, deadline=None)
@given(tables())
def test_a_complaint_names_a_row_that_is_there(files: dict[str, bytes]) -> None:
    data, _ = read(files)
    for diagnostic in data.diagnostics:
        where = diagnostic.primary.where
        if getattr(where, "row", None):
            content = files[where.file.removesuffix(".csv")].decode()  # type: ignore[union-attr]
            assert 1 <= where.row <= len(content.splitlines(keepends=True))  # type: ignore[operator, union-attr]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.binary(max_size=200)))
def test_no_bytes_raise(files: dict[str, bytes]) -> None:
    data, _ = read(files)
    assert data.rows_in == data.rows_used + data.rows_diagnosed


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["1.5", "x", "1,5", "200", "ND", "<2"]), min_size=1, max_size=6))
def test_every_observation_keeps_its_place(values: list[str]) -> None:
    body = "".join(line(["P1", "anc", f"2026-01-{day:02}", v, "10*9/L"]) for day, v in enumerate(values, start=1))
    files = {
        "patients": b"patient\nP1\n",
        "observations": ("patient,item,date,value,unit\n" + body).encode(),
    }
    data, _ = read(files)
    found = data.records[0].readings["anc"]
    assert [reading.date.first.day for reading in found if reading.date] == list(range(1, len(values) + 1))
    faulty = [reading for reading in found if reading.missing is Reason.UNREADABLE]
    assert len(faulty) == data.rows_diagnosed == sum(value in {"x", "1,5", "200"} for value in values)
