"""The pilot study's criteria worked out a second time, straight from the SDTM domains and in plain Python.

It shares with the engine and the conversion nothing but the named sets, which it reads off the text of the protocol.
True, False and None (unknown) stand for met, not met and unknown.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd
from attrs import frozen

Row = dict[str, Any]
Truth = bool | None
Days = tuple[date, date]

STATUS: Mapping[Truth, str] = {True: "met", False: "not met", None: "unknown"}
ABOVE = ("CREAT", "BILI", "AST", "ALT", "ALP", "GGT")
EITHER = ("HGB", "WBC", "PLAT", "SODIUM", "K", "CA")
SYSTEMIC = ("ORAL", "INTRAMUSCULAR", "INTRAVENOUS")


def both(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def either(truths: Iterable[Truth]) -> Truth:
    known = tuple(truths)
    return True if True in known else None if None in known else False


def opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


@cache
def days(text: str | None) -> Days | None:
    """The first and the last day that a date, a month or a year may mean."""
    if text is None:
        return None
    parts = [int(part) for part in text[:10].split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    first, last = (parts[1], parts[1]) if len(parts) == 2 else (1, 12)
    return date(parts[0], first, 1), date(parts[0], last, monthrange(parts[0], last)[1])


def back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def within(span: Days | None, low: date, high: date) -> Truth:
    if span is None:
        return None
    return True if low <= span[0] and span[1] <= high else False if span[1] < low or span[0] > high else None


def sets(text: str) -> dict[str, set[str]]:
    found = re.findall(r'^ +set (\w+)(?: "[^"]*")? version \S+ is (.+)$', text, re.MULTILINE)
    return {name: set(members.split(", ")) for name, members in found}


@cache
def spelt(term: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", term.lower()))


@frozen
class Subject:
    """One subject's rows; `dose` is the day of the first dose, None for a screen failure."""

    row: Row
    screening: date
    dose: date | None
    history: tuple[Row, ...]
    medicines: tuple[Row, ...]
    results: tuple[Row, ...]
    mmse: tuple[Row, ...]
    hachinski: tuple[Row, ...]
    pulses: tuple[Row, ...]

    def had(self, terms: set[str], months: int | None = None, severity: str = "") -> Truth:
        """Whether a condition is in the history: present at screening, or dated within so many months before it."""
        if not self.history:
            return None
        since = None if months is None else back(self.screening, months)
        return either(
            both(
                spelt(row["MHDECOD"] or "") in terms,
                row["MHSEV"] == severity if severity else True,
                since is None
                or row["MHCAT"].startswith("SIGNIFICANT")
                or within(days(row["MHSTDTC"]), since, self.screening),
            )
            for row in self.history
        )

    def took(self, drugs: set[str], since: Callable[[date], date], further: Callable[[Row], Truth]) -> Truth:
        """Whether a medicine was in use from a day to the first dose; unknown where no page of that day lists any."""
        if self.dose is None:
            return None
        found = [
            both(spelt(row["CMTRT"]) in drugs, self._in_use(row, since(self.dose)), further(row))
            for row in self.medicines
        ]
        listed = any(days(row["CMDTC"]) == (self.dose, self.dose) for row in self.medicines)
        return either([*found, False if listed else None])

    def _in_use(self, row: Row, since: date) -> Truth:
        dose = self.dose or date.max
        begun = within(days(row["CMSTDTC"]) or days(row["CMDTC"]), date.min, dose)
        return both(begun, row["CMENDTC"] is None or within(days(row["CMENDTC"]), since, date.max))

    def last(self, code: str) -> Row | None:
        """The last result of a test up to the first dose."""
        if self.dose is None:
            return None
        found = [row for row in self.results if row["LBTESTCD"] == code and row["LBDTC"][:10] <= self.dose.isoformat()]
        return max(found, key=lambda row: row["LBDTC"], default=None)

    def result(self, code: str, holds: Callable[[float], bool]) -> Truth:
        row = self.last(code)
        return None if row is None else holds(float(row["LBORRES"]))

    def beyond(self, code: str, *, above: bool) -> Truth:
        row = self.last(code)
        if row is None:
            return None
        value, low, high = (float(row[name]) for name in ("LBORRES", "LBORNRLO", "LBORNRHI"))
        return value > high if above else value < low


def subjects(domains: Mapping[str, pd.DataFrame]) -> tuple[Subject, ...]:
    rows = {name: _by_subject(frame) for name, frame in domains.items() if "USUBJID" in frame}
    return tuple(_subject(row, rows) for per_subject in rows["dm"].values() for row in per_subject)


def _by_subject(frame: pd.DataFrame) -> dict[str, tuple[Row, ...]]:
    plain = frame.astype(object).where(frame.notna(), None)
    found: dict[str, list[Row]] = {}
    for values in plain.itertuples(index=False):
        row = dict(zip(plain.columns, values, strict=True))
        found.setdefault(row["USUBJID"], []).append(row)
    return {one: tuple(rows) for one, rows in found.items()}


def _subject(row: Row, rows: Mapping[str, Mapping[str, tuple[Row, ...]]]) -> Subject:
    def of(domain: str) -> tuple[Row, ...]:
        return rows[domain].get(row["USUBJID"], ())

    first = next(visit["SVSTDTC"] for visit in of("sv") if visit["VISITNUM"] == 1)
    return Subject(
        row,
        date.fromisoformat(first),
        None if row["RFSTDTC"] is None else date.fromisoformat(row["RFSTDTC"]),
        of("mh"),
        of("cm"),
        (*of("lbch"), *of("lbhe"), *of("lbur")),
        of("qsmm"),
        of("qshi"),
        tuple(one for one in of("vs") if one["VSTESTCD"] == "PULSE" and one["VSPOS"] == "SUPINE"),
    )


def criteria(one: Subject, named: Mapping[str, set[str]]) -> dict[str, str]:
    """The status of every criterion of one subject, as it is written."""
    truths = {**_inclusions(one), **_histories(one, named), **_laboratory(one, named), **_medicines(one, named)}
    found = {criterion: STATUS[truth] for criterion, truth in truths.items()}
    if both(opposite(one.had(named["diabetes"])), opposite(_sugar(one))):
        found["E30"] = "not applicable"
    return found


def _inclusions(one: Subject) -> dict[str, Truth]:
    mmse = sum(int(row["QSORRES"]) for row in one.mmse)
    hachinski = sum(int(row["QSSTRESC"]) for row in one.hachinski)
    return {
        "I01": both(one.row["AGE"] >= 50, one.row["SEX"] == "M" or one.had({"menopause"}) or None),
        "I03": 10 <= mmse <= 23 if one.mmse else None,
        "I04": hachinski <= 4 if one.hachinski else None,
        **dict.fromkeys(("I02", "I05", "I06", "I07", "I08", "E09", "E11", "E16", "E26", "E29")),
    }


def _histories(one: Subject, named: Mapping[str, set[str]]) -> dict[str, Truth]:
    """A trailing None is the judgement that nobody recorded."""
    strokes = next((row["QSSTRESC"] != "0" for row in one.hachinski if row["QSTESTCD"] == "MHITM10"), None)
    rates = [row["VSORRES"] for row in one.pulses if row["VISITNUM"] == 1]
    untreated = opposite(one.took(named["thyroid_hormones"], lambda dose: dose - timedelta(1), lambda _: True))
    insulin = one.took(named["insulins"], lambda dose: dose - timedelta(30), lambda _: True)
    return {
        "E12": either(
            (
                one.had(named["neurological_named"]),
                both(one.had(named["neurological_possible"]), None),
                both(strokes, None),
            )
        ),
        "E13": both(one.had(named["depression"], 3), None),
        "E14": one.had(named["mental_illness"], 60),
        "E15": either((one.had({"syncope"}, 60), both(one.had({"loss_of_consciousness"}, 60), None))),
        "E17": either(
            (
                both(one.had(named["cardiovascular"], 60), None),
                either(not 50 <= float(rate) <= 100 for rate in rates) if rates else None,
            )
        ),
        "E18": either(
            (one.had(named["gastrointestinal_named"], 60), both(one.had(named["gastrointestinal_possible"], 60), None))
        ),
        "E19": either(
            (
                one.had({"diabetic_ketoacidosis"}, 60),
                both(one.had(named["thyroid_deficiency"], 60), untreated),
                both(one.had(named["endocrine_possible"], 60), None),
                both(one.had(named["diabetes"]), insulin, None),
            )
        ),
        "E20": both(one.had(named["airways"], 60), None),
        "E21": either(
            (
                one.had({"renal_failure", "renal_failure_acute", "renal_failure_chronic"}, 60),
                both(one.had(named["genitourinary_possible"], 60), None),
            )
        ),
        "E22": either(
            (
                one.had({"systemic_lupus_erythematosus", "temporal_arteritis"}, 60),
                one.had({"rheumatoid_arthritis"}, severity="SEVERE"),
            )
        ),
        "E23": one.had(
            {"hiv_infection", "human_immunodeficiency_virus_infection", "acquired_immunodeficiency_syndrome"}
        ),
        "E24": one.had({"neurosyphilis", "meningitis", "encephalitis"}, 60),
        "E25": either((one.had(named["malignant"], 60), both(one.had(named["malignant_possible"], 60), None))),
    }


def _sugar(one: Subject) -> Truth:
    dose = "" if one.dose is None else one.dose.isoformat()
    found = [row for row in one.results if row["LBTESTCD"] == "GLUC" and row["LBDTC"][:10] <= dose]
    return any(float(row["LBORRES"]) > 200 for row in found) if found else None


def _laboratory(one: Subject, named: Mapping[str, set[str]]) -> dict[str, Truth]:
    off = one.result("TSH", lambda tsh: tsh < 0.32 or tsh > 5.0)
    untreated = opposite(one.took(named["thyroid_hormones"], lambda dose: dose - timedelta(1), lambda _: True))
    beyond = (
        *(one.beyond(code, above=True) for code in (*ABOVE, *EITHER)),
        *(one.beyond(code, above=False) for code in EITHER),
    )
    return {
        "E27": both(either(beyond), None),
        "E28": either(
            (
                one.result("VITB12", lambda b12: b12 < 130),
                one.result("TSH", lambda tsh: tsh < 0.03 or tsh > 6.2),
                both(off, untreated),
                None,
            )
        ),
        "E30": one.result("HBA1C", lambda a1c: a1c > 9.5),
    }


def _medicines(one: Subject, named: Mapping[str, set[str]]) -> dict[str, Truth]:
    washouts: tuple[tuple[str, Callable[[date], date]], ...] = (
        ("stop_3_days", lambda dose: dose - timedelta(3)),
        ("stop_1_week", lambda dose: dose - timedelta(7)),
        ("stop_2_weeks", lambda dose: dose - timedelta(14)),
        ("stop_1_month", lambda dose: back(dose, 1)),
    )

    def regular(row: Row) -> Truth:
        return None if row["CMDOSFRQ"] is None else row["CMDOSFRQ"] != "PRN"

    def systemic(row: Row) -> Truth:
        return None if row["CMROUTE"] is None else row["CMROUTE"] in SYSTEMIC

    def begun_lately(row: Row) -> Truth:
        dose = one.dose or date.max
        return within(days(row["CMSTDTC"]) or days(row["CMDTC"]), back(dose, 3), dose)

    return {
        "E10": either(
            (one.took(named["alzheimer_medicines"], lambda dose: dose - timedelta(30), lambda _: True), None)
        ),
        "E31": either(
            (
                *(one.took(named[name], since, regular) for name, since in washouts),
                one.took(named["corticosteroids"], lambda dose: dose - timedelta(14), systemic),
                one.took(named["antiarrhythmics"], lambda dose: back(dose, 1), lambda _: True),
                one.took(named["estrogens"], lambda _: date.min, begun_lately),
                *(
                    both(one.took(named[name], since, lambda row: opposite(regular(row))), None)
                    for name, since in washouts[:3]
                ),
                both(one.took(named["case_by_case"], lambda dose: dose - timedelta(14), lambda _: True), None),
            )
        ),
    }
