"""The molar mass of what is measured, so that mg/dL and umol/L of one analyte can be told to be equal."""

from fractions import Fraction
from typing import Final

from protocol_dsl.base.quantity import Quantity, Unit

# In g/mol. From the formulas and the standard atomic weights (IUPAC 2021), as PubChem rounds them; urea nitrogen is
# N2, phosphate is reported as phosphorus, haemoglobin is the monomer with haem (IFCC).
MOLAR_MASS: Final = {
    "bilirubin": Fraction("584.66"),
    "calcium": Fraction("40.078"),
    "cholesterol": Fraction("386.65"),
    "creatinine": Fraction("113.12"),
    "glucose": Fraction("180.156"),
    "haemoglobin": Fraction("16114.5"),
    "magnesium": Fraction("24.305"),
    "phosphate": Fraction("30.974"),
    "urate": Fraction("168.11"),
    "urea_nitrogen": Fraction("28.014"),
    "vitamin_b12": Fraction("1355.37"),
}


def convert(quantity: Quantity, unit: Unit, analyte: str | None = None) -> Quantity | None:
    """The quantity in another unit, between mass and amount by the analyte's molar mass; None where it cannot be.

    >>> from protocol_dsl.base.quantity import unit
    >>> str(convert(Quantity(Fraction("1.1312"), unit("mg/dL")), unit("umol/L"), "creatinine"))
    '100 umol/L'
    """
    same = quantity.to(unit)
    mass = MOLAR_MASS.get(analyte or "")
    if same is not None or mass is None:
        return same
    gone, come = _exchanged(quantity.unit, unit)
    if (gone, come) == ("g", "mol"):
        factor = 1 / mass
    elif (gone, come) == ("mol", "g"):
        factor = mass
    else:
        return None
    return Quantity(quantity.number * quantity.unit.factor * factor / unit.factor, unit)


def _exchanged(left: Unit, right: Unit) -> tuple[str, str]:
    """The one base unit that each has and the other has not; empty where they differ otherwise."""
    mine, other = set(left.dimension) - set(right.dimension), set(right.dimension) - set(left.dimension)
    if len(mine) == len(other) == 1:
        (gone, power), (come, same) = mine.pop(), other.pop()
        if power == same == 1:
            return gone, come
    return "", ""
