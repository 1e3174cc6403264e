"""What a derived value of the shipped libraries comes to, and the cases of it that are worked by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from attrs import frozen

from protocol_dsl.base.quantity import unit
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.face import Protocol, loads
from protocol_dsl.model.condition import Named
from protocol_dsl.model.record import Range

LIBRARIES = ("body_size", "organ_function", "circulation", "laboratory", "liver", "drug_doses")
"""The libraries of formulas."""

WORKED = Path(__file__).parent / "oracles" / "derived_values_worked.tsv"

CLOSE = Fraction(1, 10**9)
"""Relative: what double precision leaves of a result."""

WIDEST = 10 * CLOSE
"""Relative: how far the ends of a value may lie apart, since each power and root gives a little away."""

ABOVE_ZERO = {
    "age": "0 to 120",
    "weight in kg": "0.5 to 400",
    "weight in g": "500 to 400000",
    "height in cm": "20 to 250",
    "height in m": "0.2 to 2.5",
    "creatinine in mg/dL": "0.1 to 20",
    "creatinine in umol/L": "10 to 2000",
    "rr": "150 to 4000",
    "heart_rate": "10 to 400",
    "bilirubin in umol/L": "1 to 1000",
}
"""Plausible ranges of what is divided by, or raised to a power."""

ANALYTES = ("creatinine", "bilirubin", "calcium")

CATEGORIES = {
    "drug": "text",
    "sex": "one of female, male",
    "ascites": "one of absent, slight, moderate_or_severe",
    "encephalopathy": "one of absent, grade_1_or_2, grade_3_or_4",
}


@frozen
class Case:
    """A case worked by hand. `given` has each item with its number and unit, or its word."""

    call: str
    given: tuple[tuple[str, str, str], ...]
    value: str
    unit: str
    within: Fraction
    working: str
    source: str

    @property
    def data(self) -> tuple[str, ...]:
        """How the items are declared."""
        width = max(len(name) for name, _, _ in self.given)
        return tuple(f"{name:<{width}} : {declared(name, measure)}" for name, _, measure in self.given)

    @property
    def facts(self) -> dict[str, str]:
        """The record, as texts by item."""
        return {name: f"{value} {measure}".rstrip() for name, value, measure in self.given}

    @property
    def condition(self) -> str:
        """What the case says of the value."""
        if not self.within:
            return f"{self.call} is {self.value} {self.unit}".rstrip()
        low, high = (f"{plain(Fraction(self.value) + sign * self.within)} {self.unit}".rstrip() for sign in (-1, 1))
        return f"{self.call} is between {low} and {high}"


@cache
def worked() -> tuple[Case, ...]:
    """The cases worked by hand, in the order of their file; its first line says what they are."""
    _, head, *rest = WORKED.read_text("utf-8").splitlines()
    return tuple(_case(dict(zip(head.split("\t"), line.split("\t"), strict=True))) for line in rest)


def _case(row: Mapping[str, str]) -> Case:
    value, _, measure = row["value"].partition(" ")
    given = tuple(_given(part) for part in row["given"].split("; "))
    return Case(row["call"], given, value, measure, Fraction(row["within"]), row["working"], row["from"])


def _given(part: str) -> tuple[str, str, str]:
    name, _, told = part.partition("=")
    value, _, measure = told.partition(" ")
    return name, value, measure


def declared(name: str, measure: str) -> str:
    """How an item that is measured so is declared."""
    if name in CATEGORIES:
        return CATEGORIES[name]
    written = "number" if measure in ("", "1") else f"number in {measure}"
    of = f"; of {name}" if name in ANALYTES else ""
    plausible = ABOVE_ZERO.get(f"{name} in {measure}", ABOVE_ZERO.get(name))
    return written + of + (f"; plausible {plausible}" if plausible else "")


def plain(exact: Fraction) -> str:
    """A number in decimals, without an exponent."""
    return f"{(Decimal(exact.numerator) / Decimal(exact.denominator)).normalize():f}"


@cache
def asking(call: str, data: tuple[str, ...]) -> Protocol:
    """A protocol that asks for one derived value of some items. Raises ProtocolError where it cannot."""
    lines = [f'protocol "{call}"', "    language 1", "    uses ucum"]
    lines += [f"    uses library {name}" for name in LIBRARIES]
    lines += ["", "data", *(f"    {line}" for line in data), "", "define", f"    derived is {call}", ""]
    return loads("\n".join(lines))


def derived(call: str, data: tuple[str, ...], facts: Mapping[str, str], measure: str = "") -> Fraction | str | None:
    """The value on a record, in a unit, or the middle of the narrow range it lies in; None where it is not known."""
    protocol = asking(call, data)
    inside = protocol.model.definitions["derived"].inside
    assert isinstance(inside, Named)
    found = evaluate(inside, Environment(protocol.model, protocol.record(facts), date.max, {}), interpret)
    (option,) = found if len(found) == 1 else (ANYTHING,)
    if not isinstance(option, Fraction | Range):
        return option if isinstance(option, str) else None
    ends = (option.low, option.high) if isinstance(option, Range) else (option, option)
    asked = unit(measure or "1")
    assert asked is not None
    assert inside.unit is None if not measure else inside.unit is not None and inside.unit.same_kind(asked)
    low, high = (asked.of_base(end) for end in ends)
    assert high - low <= WIDEST * abs(low)
    return (low + high) / 2
