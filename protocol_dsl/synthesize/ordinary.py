"""What values usually are, in round figures, where neither examples nor limits of the protocol say so.

They are made up for rehearsals, near what adults have. They are no laboratory's reference ranges, and decide nothing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from attrs import frozen

from protocol_dsl.base.analyte import convert
from protocol_dsl.base.quantity import ONE, Quantity, unit
from protocol_dsl.model.vocabulary import Item, Number


@frozen
class Ordinary:
    """From where to where values usually lie, and the limits that a laboratory might print; in the item's own unit."""

    low: Fraction
    high: Fraction
    lln: Fraction
    uln: Fraction


_KNOWN: Final = {  # low, high, LLN, ULN, unit
    "neutrophils anc": ("2", "6", "1.8", "7.5", "10*9/L"),
    "platelets": ("170", "340", "150", "400", "10*9/L"),
    "leukocytes wbc": ("4.5", "9", "4", "11", "10*9/L"),
    "lymphocytes": ("1.2", "3", "1", "4", "10*9/L"),
    "haemoglobin hemoglobin": ("11", "15", "12", "17", "g/dL"),
    "alt ast": ("12", "38", "5", "40", "U/L"),
    "alkaline_phosphatase": ("45", "110", "35", "130", "U/L"),
    "ggt": ("12", "45", "5", "60", "U/L"),
    "bilirubin": ("0.3", "0.9", "0.2", "1.2", "mg/dL"),
    "albumin": ("3.6", "4.6", "3.5", "5", "g/dL"),
    "creatinine": ("0.6", "1", "0.5", "1.2", "mg/dL"),
    "calcium": ("8.8", "10", "8.6", "10.3", "mg/dL"),
    "potassium": ("3.7", "4.8", "3.5", "5.1", "mmol/L"),
    "sodium": ("137", "144", "135", "145", "mmol/L"),
    "glucose": ("80", "105", "70", "100", "mg/dL"),
    "hba1c": ("5", "6", "4", "6", "%"),
    "tsh": ("1", "3", "0.4", "4", "m[IU]/L"),
    "temperature": ("36.4", "37.1", "36", "37.5", "Cel"),
    "heart_rate pulse ecg_rate": ("58", "88", "60", "100", "/min"),
    "respiration": ("12", "18", "12", "20", "/min"),
    "systolic": ("110", "135", "90", "140", "mm[Hg]"),
    "diastolic": ("65", "85", "60", "90", "mm[Hg]"),
    "qtcf qtc": ("395", "435", "350", "450", "ms"),
    "ejection_fraction": ("56", "66", "50", "75", "%"),
    "oxygen_saturation": ("95", "99", "92", "100", "%"),
    "weight": ("55", "90", "40", "120", "kg"),
    "height": ("155", "185", "140", "200", "cm"),
    "inr": ("0.9", "1.1", "0.8", "1.2", ""),
    "lansky karnofsky": ("70", "100", "0", "100", ""),
    "ecog": ("0", "1", "0", "5", ""),
}


def ordinary(item: Item) -> Ordinary | None:
    """What is usual for an item, by its analyte or its name; None where nothing is known, or not in its unit."""
    declared = (item.kind.unit if isinstance(item.kind, Number) else None) or ONE
    for names, (*numbers, code) in _KNOWN.items():
        if not {item.analyte, item.name} & {*names.split()}:
            continue
        given = unit(code) if code else ONE
        found = (
            [convert(Quantity(Fraction(one), given), declared, item.analyte) for one in numbers] if given else [None]
        )
        sure = [one.number for one in found if one is not None]
        return Ordinary(*sure) if len(sure) == len(numbers) else None
    return None
