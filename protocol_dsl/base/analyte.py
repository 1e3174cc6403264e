"""What is known of analytes: mg/dL and umol/L of one can be equal, and there are never 75,000 10*9/L platelets.

The facts are in `protocols/library/analytes.tsv`, with their sources.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.base.quantity import Quantity, Unit, decimal_text, unit
from protocol_dsl.base.shipped import shipped


@frozen
class Analyte:
    """An analyte: its molar mass in g/mol, the charge of its ion, whether its [IU] are U, and its plausible range.

    `limits` are the least lower limit of normal, the least upper one, and the most of either: None where not known.
    """

    name: str
    also: tuple[str, ...] = ()
    formula: str = ""
    molar_mass: Fraction | None = None
    charge: int | None = None
    iu_is_u: bool = False
    plausible: tuple[Quantity, Quantity] | None = None
    limits: tuple[Quantity | None, Quantity | None, Quantity | None] = (None, None, None)


@frozen
class Bridge:
    """What a quantity is multiplied by, in base units, to come to another kind; `factor` says it: `113.12 g/mol`."""

    base: Fraction
    factor: str


@cache
def analytes() -> Mapping[str, Analyte]:
    """All that are known, by each of their names."""
    text = (shipped("protocols") / "library" / "analytes.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found = [_analyte(dict(zip(lines[0], line, strict=True))) for line in lines[1:]]
    return MappingProxyType({name: one for one in found for name in (one.name, *one.also)})


def _analyte(row: Mapping[str, str]) -> Analyte:
    measured = unit(row["unit"]) if row["unit"] else None
    low, high, *limits = (
        Quantity(Fraction(row[name]), measured) if measured and row[name] else None
        for name in ("low", "high", "lln_least", "uln_least", "limit_most")
    )
    return Analyte(
        row["analyte"],
        tuple(filter(None, row["also"].split(", "))),
        row["formula"],
        Fraction(row["molar_mass"]) if row["molar_mass"] else None,
        int(row["charge"]) if row["charge"] else None,
        row["iu_is_u"] == "yes",
        (low, high) if low and high else None,
        (limits[0], limits[1], limits[2]),
    )


MOLAR_MASS: Final[Mapping[str, Fraction]] = MappingProxyType(
    {name: one.molar_mass for name, one in analytes().items() if one.molar_mass is not None}
)
"""In g/mol."""


def convert(quantity: Quantity, unit: Unit, analyte: str | None = None) -> Quantity | None:
    """The quantity in another unit, by what is known of the analyte where the kinds differ; None where it cannot be.

    Where `unit` is one of differences, degrees are taken as a difference.

    >>> from protocol_dsl.base.quantity import unit
    >>> str(convert(Quantity(Fraction("1.1312"), unit("mg/dL")), unit("umol/L"), "creatinine"))
    '100 umol/L'
    """
    same = quantity.apart(unit) if unit == unit.difference else quantity.to(unit)
    crossing = bridge(quantity.unit, unit, analyte) if same is None else None
    return same if crossing is None else Quantity(unit.of_base(quantity.base * crossing.base), unit)


@lru_cache(maxsize=1024)
def bridge(given: Unit, wanted: Unit, analyte: str | None) -> Bridge | None:
    """How one kind of unit comes to another for an analyte: by its molar mass, charge or convention; None if not."""
    known = analytes().get(analyte or "")
    if known is None or given.same_kind(wanted):
        return None
    for factor in _factors(known):
        told = f"{decimal_text(factor.number)} {factor.unit.code}"
        if given.times(factor.unit).same_kind(wanted):
            return Bridge(factor.base, told)
        if given.over(factor.unit).same_kind(wanted):
            return Bridge(1 / factor.base, told)
    return None


def _factors(analyte: Analyte) -> list[Quantity]:
    mass, charge = analyte.molar_mass, analyte.charge
    found = [
        (mass, "g/mol"),
        (None if charge is None else Fraction(charge), "eq/mol"),
        (None if mass is None or charge is None else mass / charge, "g/eq"),
        (Fraction(1) if analyte.iu_is_u else None, "U/[IU]"),
    ]
    made = ((number, unit(code)) for number, code in found)
    return [Quantity(number, of) for number, of in made if number is not None and of is not None]


def bridged(given: Unit, wanted: Unit, analyte: str | None) -> Unit | None:
    """The given unit as one of the wanted kind for an analyte, which says how: `umol/L (113.12 g/mol)`."""
    crossing = bridge(given, wanted, analyte)
    if crossing is None:
        return None
    code = f"{given.code} ({crossing.factor})"
    return evolve(given, code=code, dimension=wanted.dimension, factor=given.factor * crossing.base)


def wanting(given: Unit, wanted: Unit) -> str | None:
    """What would have to be known of an analyte to come from one unit to the other: `molar mass`; None if nothing."""
    for code, what in _WANTING:
        factor = unit(code)
        if factor and (given.times(factor).same_kind(wanted) or given.over(factor).same_kind(wanted)):
            return what
    return None


_WANTING: Final = (
    ("g/mol", "molar mass"),
    ("eq/mol", "charge"),
    ("g/eq", "molar mass and charge"),
    ("U/[IU]", "convention on international units"),
)


@lru_cache(maxsize=1024)
def plausible(analyte: str | None, measured: Unit | None) -> tuple[Fraction, Fraction] | None:
    """Between which values in a unit an analyte lies in blood; None where that is not known."""
    known = analytes().get(analyte or "")
    if known is None or known.plausible is None or measured is None:
        return None
    low, high = (convert(end, measured, analyte) for end in known.plausible)
    return None if low is None or high is None else (low.number, high.number)


@lru_cache(maxsize=1024)
def is_measured_in(analyte: str | None, measured: Unit) -> bool:
    """Whether an analyte can be told in a unit: no enzyme is in mmol/L. True where nothing is known of the analyte."""
    known = analytes().get(analyte or "")
    usual = None if known is None else next(filter(None, known.limits), None)
    return usual is None or convert(Quantity(Fraction(1), measured), usual.unit, analyte) is not None


@lru_cache(maxsize=1 << 14)
def is_limit(analyte: str | None, measured: Unit, which: str, number: Fraction) -> bool:
    """Whether a laboratory may print this number as `lln` or `uln` of an analyte in a unit; True where not known.

    >>> from protocol_dsl.base.quantity import unit
    >>> [is_limit("haemoglobin", unit("g/L"), "uln", Fraction(limit)) for limit in (160, 16)]
    [True, False]
    """
    known = analytes().get(analyte or "")
    lower, upper, most = (None, None, None) if known is None else known.limits
    given = Quantity(number, measured)
    return not (_below(given, lower if which == "lln" else upper, analyte) or _above(given, most, analyte))


def _below(given: Quantity, least: Quantity | None, analyte: str | None) -> bool:
    same = None if least is None else convert(given, least.unit, analyte)
    return least is not None and same is not None and same.number < least.number


def _above(given: Quantity, most: Quantity | None, analyte: str | None) -> bool:
    same = None if most is None else convert(given, most.unit, analyte)
    return most is not None and same is not None and same.number > most.number
