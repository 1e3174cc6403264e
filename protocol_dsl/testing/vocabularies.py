"""Vocabularies: a protocol with its moments, items and one record type, and no clauses yet.

The names are always the same, so that a condition of any kind finds an item; how an item is read is drawn.
"""

from hypothesis import strategies as st

from protocol_dsl.base.quantity import Unit, unit
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.vocabulary import (
    AnyOf,
    BaselineRule,
    Choice,
    Completeness,
    Count,
    Date,
    Grade,
    Item,
    Kind,
    ListOf,
    Moment,
    Number,
    OneOf,
    RecordType,
    Rule,
    Text,
    Time,
    YesNo,
)

STAGES = ("i", "ii", "iii")
SIGNS = ("fever", "chills", "rash")
TERMS = ("fever", "nausea", "colitis")
LEVELS = ("1", "2")
JUDGED = ("active inflammation", "fit for treatment")
_FIELDS: dict[str, Kind] = {
    "term": Text(),
    "grade": Grade(),
    "start": Date(),
    "end": Date(),
    "related": YesNo(),
}


def _unit(code: str) -> Unit:
    found = unit(code)
    if found is None:
        raise LookupError(code)
    return found


def vocabularies() -> st.SearchStrategy[Protocol]:
    """A protocol of moments (`consent`, `enrolment`, `infusion`), an item of every kind, and a list `events`."""
    return st.builds(_protocol, _moments(), st.tuples(*_items()))


def _protocol(moments: tuple[Moment, ...], items: tuple[Item, ...]) -> Protocol:
    record = RecordType("happening", {name: Item(name, kind) for name, kind in _FIELDS.items()})
    return Protocol(
        Header("DRAWN", uses={"ctcae": "5.0"}),
        moments={moment.name: moment for moment in moments},
        items={item.name: item for item in items},
        records={record.name: record},
    )


def _moments() -> st.SearchStrategy[tuple[Moment, ...]]:
    at_most = st.none() | st.integers(0, 40)
    return st.tuples(
        st.just(Moment("consent")),
        st.builds(lambda most: Moment("enrolment", after="consent", at_most_days=most), at_most),
        st.just(Moment("infusion", after="enrolment", study_day=0)),
    )


def _items() -> tuple[st.SearchStrategy[Item], ...]:
    any_rule = st.none() | st.sampled_from(Rule).flatmap(_choice)
    one_of_them = st.sampled_from((None, Choice(Rule.LATEST), Choice(Rule.FIRST)))
    valid = st.none() | st.none() | st.integers(8, 40)
    return (
        _item("score", Number(None), any_rule, valid),
        _item("anc", Number(_unit("10*9/L")), any_rule, valid, uln=True, lln=True),
        _item("alt", Number(_unit("U/L")), any_rule, valid, uln=True, lln=True, baseline=BASELINE),
        _item("visits", Count(), any_rule, valid),
        _item("flag", YesNo(), one_of_them, valid),
        _item("stage", OneOf(STAGES), one_of_them, valid),
        _item("signs", AnyOf(SIGNS), one_of_them, valid),
        _item("birth_date", Date(), st.none(), st.none()),
        _item("last_therapy", Date(), one_of_them, valid),
        _item("given_at", Time(), one_of_them, valid),
        _item("last_visit", Date(), st.none(), st.none()),
        st.builds(lambda complete: Item("events", ListOf("happening"), complete=complete), _completeness()),
    )


BASELINE = BaselineRule(Choice(Rule.LATEST), "infusion")


def _choice(rule: Rule) -> st.SearchStrategy[Choice]:
    last = st.none() | st.integers(1, 2)
    return st.builds(Choice, st.just(rule), last if rule is Rule.MEAN else st.none())


def _item(  # noqa: PLR0913 - what an item is declared with
    name: str,
    kind: Kind,
    choice: st.SearchStrategy[Choice | None],
    valid: st.SearchStrategy[int | None],
    *,
    uln: bool = False,
    lln: bool = False,
    baseline: BaselineRule | None = None,
) -> st.SearchStrategy[Item]:
    def item(rule: Choice | None, days: int | None) -> Item:
        return Item(name, kind, choice=rule, valid_days=days, uln=uln, lln=lln, baseline=baseline)

    return st.builds(item, choice, valid)


def _completeness() -> st.SearchStrategy[Completeness | None]:
    return st.none() | st.sampled_from(
        (Completeness(to="last_visit", because="entered at every visit"), Completeness(within_days=14))
    )
