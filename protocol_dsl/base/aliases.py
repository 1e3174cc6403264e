"""How laboratories, data standards and spreadsheets spell units: one table for each source.

Spellings are read as they stand, case and all: `mg` and `Mg`, `g/L` and `G/L` differ by many powers of ten. What is
upper case throughout is read only where it is listed here. Sources: the code list UNIT of CDISC controlled terminology;
the units of the laboratory records of the CDISC pilot study (LBORRESU and LBSTRESU, in pharmaversesdtm 1.2, and their
legacy units in admiral 1.1); the spellings that PharmaForest's ctcae5_grader lists; and what is typed into REDCap
fields and spreadsheets.
"""

import re
from itertools import product
from typing import Final

from protocol_dsl.base.ucum import PLURAL

# --- one symbol ---------------------------------------------------------------------------------------------------

SYMBOLS: Final = {
    "mcL": "uL", "mcl": "uL", "mcg": "ug", "mcmol": "umol", "cc": "mL", "cumm": "mm3", "cmm": "mm3",
    "sec": "s", "secs": "s", "msec": "ms", "mins": "min", "hr": "h", "hrs": "h", "yr": "a", "yrs": "a",
    "IU": "[IU]", "mIU": "m[IU]", "uIU": "u[IU]", "kIU": "k[IU]", "PFU": "[PFU]", "mmHg": "mm[Hg]",
    "degC": "Cel", "degF": "[degF]", "°C": "Cel", "ºC": "Cel", "℃": "Cel", "°F": "[degF]",
    "ºF": "[degF]", "mEq": "meq", "uEq": "ueq", "mOsm": "mosm", "lb": "[lb_av]", "lbs": "[lb_av]", "kcals": "kcal",
    "gm": "g", "gms": "g", "Kg": "kg", "kgs": "kg", "mosmol": "mosm", "mval": "meq", "mSec": "ms", "mMol": "mmol",
    "uMol": "umol", "mcMol": "umol", "iu": "[IU]", "oz": "[oz_av]", "HPF": "[HPF]", "hpf": "[HPF]", "LPF": "[LPF]",
    "lpf": "[LPF]",
}  # fmt: skip

# --- a whole unit -------------------------------------------------------------------------------------------------

# CDISC controlled terminology, code list UNIT: submission values that are no UCUM code, or another one.
_CDISC: Final = {
    "C": "Cel", "F": "[degF]", "LB": "[lb_av]", "BEATS/MIN": "/min", "BREATHS/MIN": "/min", "RATIO": "1",
    "FRACTION": "1", "fraction of 1": "1", "pH": "[pH]", "in": "[in_i]", "mg/L FEU": "mg/L{FEU}",
    "ug/mL FEU": "ug/mL{FEU}", "ng/mL FEU": "ng/mL{FEU}",
}  # fmt: skip
# Units of the CDISC pilot study's laboratory records that the rules below do not read. Iron stands for haemoglobin
# counted by its single chains: one iron atom each.
_PILOT: Final = {"fmol(Fe)": "fmol", "mmol(Fe)/L": "mmol/L", "NO UNITS": "1"}
# ctcae5_grader.
_GRADER: Final = {"g%": "g/dL", "mg%": "mg/dL", "ug%": "ug/dL", "MMHG": "mm[Hg]", "MSEC": "ms", "bpm": "/min"}
# REDCap and spreadsheets.
_TYPED: Final = {
    "beats/min": "/min", "breaths/min": "/min", "beats/minute": "/min", "#": "1", "percent": "%", "Percent": "%",
    "PERCENT": "%", "deg C": "Cel", "degrees C": "Cel", "deg F": "[degF]", "degrees F": "[degF]", "mm Hg": "mm[Hg]",
    "sq m": "m2", "cms": "cm", "inch": "[in_i]", "inches": "[in_i]", "mm HG": "mm[Hg]", "mm/Hg": "mm[Hg]",
    "BPM": "/min", "Beats/min": "/min", "pct": "%", "Ratio": "1", "mM": "mmol/L", "uM": "umol/L", "nM": "nmol/L",
    "fraction": "1", "ratio": "1", "SEC": "s", "IU/ML": "[IU]/mL",
}  # fmt: skip
# Of these the upper case is meant wherever it stands, as SAS data sets have it; `G/L` is not among them.
_UPPER: Final = (
    "mg/dL", "g/dL", "ug/dL", "ng/dL", "mg/L", "ug/L", "ng/L", "mg/mL", "ug/mL", "ng/mL", "pg/mL", "mmol/L", "umol/L",
    "nmol/L", "pmol/L", "meq/L", "mL/min", "mL", "dL", "uL", "kg", "mg", "ug", "ng", "pg", "cm", "mm", "kg/m2", "mg/kg",
    "mg/m2", "ug/kg", "mosm/kg", "u[IU]/mL", "fL", "/min", "mmol", "umol",
)  # fmt: skip
SOURCES: Final = {
    "CDISC controlled terminology, UNIT": _CDISC,
    "CDISC pilot study, laboratory": _PILOT,
    "ctcae5_grader": _GRADER,
    "typed": _TYPED,
    "upper case": {code.replace("[", "").replace("]", "").upper(): code for code in _UPPER},
}
WHOLE: Final = {written: code for table in SOURCES.values() for written, code in table.items()}

# --- thousands of a volume ----------------------------------------------------------------------------------------

# Only before a volume: elsewhere G is a prefix and K is kelvin.
_THOUSANDS: Final = {
    "K": 3, "k": 3, "THOU": 3, "Thou": 3, "thou": 3, "Th": 3, "th": 3, "Kilo": 3, "thousand": 3, "thousands": 3,
    "M": 6, "MILL": 6, "Mill": 6, "mill": 6, "MIL": 6, "mil": 6, "Mega": 6, "Mpt": 6, "million": 6, "millions": 6,
    "G": 9, "GI": 9, "Giga": 9, "Gpt": 9, "billion": 9, "T": 12, "TI": 12, "Tera": 12, "Tpt": 12,
}  # fmt: skip
_VOLUME: Final = r"(?:[munp]?[Ll]|mc[Ll]|UL|MCL|ML|mm3|MM3|cumm|cmm|CUMM|CMM)"
_HEAD: Final = re.compile(rf"^({'|'.join(_THOUSANDS)})(?=/{_VOLUME}$)")
_SHOUTED: Final = {"UL": "uL", "MCL": "uL", "ML": "mL", "MM3": "mm3", "CUMM": "mm3", "CMM": "mm3"}
_TAIL: Final = re.compile(rf"(?<=/)({'|'.join(_SHOUTED)})$")
_COUNTED: Final = re.compile(rf"^(?:#|[Cc]ells?|CELLS?)(?=/{_VOLUME}$)")
_ENZYME: Final = re.compile(rf"^[Uu]nits?(?=/{_VOLUME}$)")

# --- prose --------------------------------------------------------------------------------------------------------

# In full letters no two units differ by case alone. Mega- and above are left out: see `ucum`.
_PREFIX_WORDS: Final = {
    "": "", "kilo": "k", "deci": "d", "centi": "c", "milli": "m", "micro": "u", "nano": "n", "pico": "p", "femto": "f",
}  # fmt: skip
_UNIT_WORDS: Final = {
    "gram": "g", "gramme": "g", "mol": "mol", "mole": "mol", "liter": "L", "litre": "L", "meter": "m", "metre": "m",
    "equivalent": "eq", "osmole": "osm", "katal": "kat", "pascal": "Pa", "gray": "Gy", "becquerel": "Bq",
    "second": "s", "calorie": "cal",
}  # fmt: skip
_PROSE: Final = {
    f"{prefix}{word}{ending}": f"{mark}{code}"
    for (prefix, mark), (word, code), ending in product(_PREFIX_WORDS.items(), _UNIT_WORDS.items(), ("", "s"))
    if prefix or code != "s"
} | {"celsius": "Cel", "fahrenheit": "[degF]", "pound": "[lb_av]", "pounds": "[lb_av]"}
_WORD: Final = re.compile(r"(?<![A-Za-z{\[])[A-Za-z]{3,}(?![A-Za-z}\]'])")
_PHRASES: Final = (
    (re.compile(r"(?i)(?:^|\s+)per\s+"), "/"),
    (re.compile(r"(?i)\bcu\.? mm\b"), "mm3"),
    (re.compile(r"(?i)(?<=/)24 ?h(?:(?:ou)?rs?)?\b"), "d"),
    (re.compile(r"(?i)(?<=/)100 ?ml\b"), "dL"),
    (re.compile(r"(?i)\bmillimet(?:er|re)s? of mercury\b"), "mm[Hg]"),
    (re.compile(r"(?i)\binternational units?\b"), "[IU]"),
    (re.compile(r"(?i)\bdegrees? (?=celsius|fahrenheit)"), ""),
    (re.compile(r"(?<![A-Za-z])([cm]?m) ?H2O\b"), r"\1[H2O]"),
)


def in_codes(text: str) -> str:
    """A unit with prose and whole spellings turned to codes; `Gram per Deciliter` is `g/dL`."""
    whole = " ".join(text.split())
    for pattern, code in _PHRASES:
        whole = pattern.sub(code, whole)
    return _WORD.sub(_word, WHOLE.get(whole, whole))


def _word(found: re.Match[str]) -> str:
    folded = found[0].casefold()
    return folded if folded in PLURAL else _PROSE.get(folded, found[0])


def of_a_volume(text: str) -> str:
    """A tidy unit with shorthand for thousands, and for what is counted, in a volume: `K/UL` is `10*3/uL`."""
    tidy = _HEAD.sub(lambda found: f"10*{_THOUSANDS[found[1]]}", text)
    tidy = _ENZYME.sub("U", _COUNTED.sub("cells", tidy))
    return _TAIL.sub(lambda found: _SHOUTED[found[1]], tidy)
