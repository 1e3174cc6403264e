"""The CDISC pilot study's 306 subjects screened, and the verdicts held against who was in truth enrolled.

What is expected is worked out from the SDTM domains themselves, here by a few lines of pandas and in full by
cdisc_by_hand.py, or read off the data by eye; nothing of it shares code with the reader or the engine.
protocols/trials/cdisc_pilot/README.md tells the outcome in words.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

import protocol_dsl
from protocol_dsl.readers.data import Data
from tests.trials import cdisc_by_hand, cdisc_pilot

HERE = Path("protocols/trials/cdisc_pilot")
DATA_CUT = "2015-03-31"  # TS, DCUTDTC

# Medicines of the list in protocol section 3.4.2.2, item 31b, that the pages show within their washout before the
# first dose, with the washout in days; read off CM by hand. None is taken as needed only.
WITHIN_WASHOUT = {
    "01-703-1182": ("PREDNISONE", 14),
    "01-705-1382": ("LUPRON", 14),
    "01-708-1158": ("DILTIAZEM", 14),
    "01-708-1253": ("PSEUDO-CHLOR", 3),
    "01-708-1286": ("ADALAT", 14),
    "01-709-1168": ("PROCARDIA", 14),
    "01-709-1285": ("LOPRESSOR", 14),
    "01-718-1355": ("LUPRON", 14),
}
# Oestrogen must have been stable for three months; hers began on the day of the first dose.
NEW_OESTROGEN = {"01-704-1017": "PREMARIN"}

# Of these the data set holds nothing, or nothing that could clear them.
NEVER_CLEAR = {"I02", "I05", "I06", "I07", "I08", "E09", "E10", "E11", "E16", "E26", "E28", "E29"}

# What of a criterion, as written, bars and what clears, by the first letter of its id.
BARS = {"I": "not met", "E": "met"}
CLEARS = {"I": "met", "E": "not met"}
CRITERIA = [f"I{number:02}" for number in range(1, 9)] + [f"E{number:02}" for number in range(9, 32)]


@pytest.fixture(scope="module")
def domains() -> dict[str, pd.DataFrame]:
    return cdisc_pilot.sdtm()


@pytest.fixture(scope="module")
def data(domains: Mapping[str, pd.DataFrame]) -> Data:
    return protocol_dsl.load("cdisc_pilot").read(domains, cdisc_pilot.MAPPING)


def screen(domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    face = protocol_dsl.load("cdisc_pilot")
    return face.screen_many(domains, as_of=DATA_CUT, mapping=cdisc_pilot.MAPPING).set_index("patient")


@pytest.fixture(scope="module")
def screened(domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return screen(domains)


@pytest.fixture(scope="module")
def first_dose(domains: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Day of randomisation and first dose of those who were enrolled."""
    return domains["dm"].set_index("USUBJID")["RFSTDTC"].dropna()


# --- independent readings of the domains ---------------------------------------------------------------------------


def last_result(rows: pd.DataFrame, code: str, first_dose: pd.Series) -> pd.Series:
    """Each enrolled subject's last result of a test up to the first dose."""
    rows = rows[(rows["LBTESTCD"] == code) & (rows["LBDTC"].str[:10] <= rows["USUBJID"].map(first_dose))]
    return rows.sort_values("LBDTC").groupby("USUBJID")["LBORRES"].last().astype(float)


def with_medicine(rows: pd.DataFrame, *fragments: str) -> set[str]:
    return set(rows[rows["CMTRT"].str.contains("|".join(fragments))]["USUBJID"])


def mmse_out_of_range(domains: Mapping[str, pd.DataFrame]) -> set[str]:
    total = domains["qsmm"].assign(points=lambda rows: rows["QSORRES"].astype(int)).groupby("USUBJID")["points"].sum()
    return set(total[(total < 10) | (total > 23)].index)


def central_laboratory_out_of_range(domains: Mapping[str, pd.DataFrame], first_dose: pd.Series) -> set[str]:
    b12 = last_result(domains["lbur"], "VITB12", first_dose)
    tsh = last_result(domains["lbur"], "TSH", first_dose)
    treated = with_medicine(domains["cm"], "SYNTHROID", "LEVOTHROID", "LEVOX", "THYROID")
    far_off = (tsh < 0.03) | (tsh > 6.2)
    off_untreated = ((tsh < 0.32) | (tsh > 5.0)) & ~tsh.index.isin(treated)
    return set(b12[b12 < 130].index) | set(tsh[far_off | off_untreated].index)


# --- the data -------------------------------------------------------------------------------------------------------


def test_every_row_is_used_or_counted_as_not_asked_for(data: Data, domains: Mapping[str, pd.DataFrame]) -> None:
    assert {name: len(frame) for name, frame in domains.items()} == {one.file: one.rows for one in data.files}
    for one in data.files:
        assert (one.rows, 0) == (one.used + sum(one.aside.values()), one.diagnosed), one.file
        assert (one.used > 0) is (one.file in cdisc_pilot.DOMAINS), one.file


def test_all_that_there_is_to_say_is_where_the_age_comes_from(data: Data) -> None:
    assert ["PD755"] == [one.code for one in data.diagnostics]
    assert () == data.unread


def test_readings_are_those_of_the_tests_that_are_asked_for(data: Data, domains: Mapping[str, pd.DataFrame]) -> None:
    counted = {name: sum(len(one.readings.get(name, ())) for one in data.records) for name in ("alt", "tsh", "pulse")}
    lying = (domains["vs"]["VSTESTCD"] == "PULSE") & (domains["vs"]["VSTPT"] == "AFTER LYING DOWN FOR 5 MINUTES")
    assert {
        "alt": int((domains["lbch"]["LBTESTCD"] == "ALT").sum()),
        "tsh": int((domains["lbur"]["LBTESTCD"] == "TSH").sum()),
        "pulse": int(lying.sum()),
    } == counted


def test_an_empty_end_of_a_medicine_means_still_in_use(
    domains: Mapping[str, pd.DataFrame], first_dose: pd.Series
) -> None:
    """Whatever is listed before the first dose without an end is listed again at or after it."""
    rows = domains["cm"].assign(dose=lambda cm: cm["USUBJID"].map(first_dose))
    entry = ["USUBJID", "CMTRT", "CMSTDTC"]
    open_before = rows[rows["CMENDTC"].isna() & (rows["CMDTC"] < rows["dose"])][entry].drop_duplicates()
    listed_later = rows[rows["CMDTC"] >= rows["dose"]][entry].drop_duplicates()
    assert len(open_before) == len(open_before.merge(listed_later, on=entry)) > 300


def test_screen_failures_left_nothing_but_demographics(domains: Mapping[str, pd.DataFrame]) -> None:
    failed = set(domains["dm"].query("ARMCD == 'Scrnfail'")["USUBJID"])
    assert len(failed) == 52
    for domain in set(cdisc_pilot.DOMAINS) - {"dm", "sv"}:
        assert not failed & set(domains[domain]["USUBJID"])


# --- the verdicts ---------------------------------------------------------------------------------------------------


def test_nobody_is_called_eligible_and_no_screen_failure_ineligible(
    screened: pd.DataFrame, first_dose: pd.Series
) -> None:
    enrolled = screened.index.isin(first_dose.index)
    assert len(screened) == 306
    assert set(screened[enrolled]["verdict"]) == {"ineligible", "undetermined"}
    assert set(screened[~enrolled]["verdict"]) == {"undetermined"}


def test_every_status_agrees_with_the_reading_by_hand(
    screened: pd.DataFrame, domains: Mapping[str, pd.DataFrame]
) -> None:
    named = cdisc_by_hand.sets((HERE / "v1.protocol").read_text(encoding="utf-8"))
    for one in cdisc_by_hand.subjects(domains):
        expected = cdisc_by_hand.criteria(one, named)
        assert set(CRITERIA) == set(expected)
        found = screened.loc[one.row["USUBJID"]]
        assert not {c: (expected[c], found[c]) for c in CRITERIA if expected[c] != found[c]}, one.row["USUBJID"]


def test_the_enrolled_found_ineligible_are_those_whose_data_show_a_deviation(
    screened: pd.DataFrame, domains: Mapping[str, pd.DataFrame], first_dose: pd.Series
) -> None:
    expected = {
        "I03": mmse_out_of_range(domains),
        "E28": central_laboratory_out_of_range(domains, first_dose),
        "E31": {*WITHIN_WASHOUT, *NEW_OESTROGEN},
    }
    found = {criterion: set(screened[screened[criterion] == BARS[criterion[0]]].index) for criterion in expected}
    assert expected == found
    assert set().union(*expected.values()) == set(screened[screened["verdict"] == "ineligible"].index)


def test_what_was_read_off_the_medication_pages_is_there(
    domains: Mapping[str, pd.DataFrame], first_dose: pd.Series
) -> None:
    rows = domains["cm"]
    for subject, (medicine, days) in WITHIN_WASHOUT.items():
        dose = pd.Timestamp(first_dose[subject])
        mine = rows[(rows["USUBJID"] == subject) & (rows["CMTRT"] == medicine) & (rows["CMDOSFRQ"] != "PRN")]
        ends = pd.to_datetime(mine["CMENDTC"]).fillna(dose)
        assert ((mine["CMDTC"] <= first_dose[subject]) & (ends >= dose - pd.Timedelta(days=days))).any(), subject
    for subject, medicine in NEW_OESTROGEN.items():
        mine = rows[(rows["USUBJID"] == subject) & (rows["CMTRT"] == medicine)]
        assert {first_dose[subject]} == set(mine["CMSTDTC"])


def test_age_is_known_of_all_and_the_menopause_of_few(
    screened: pd.DataFrame, domains: Mapping[str, pd.DataFrame]
) -> None:
    subjects = domains["dm"].set_index("USUBJID")
    history = domains["mh"]
    known = (subjects["SEX"] == "M") | subjects.index.isin(history[history["MHDECOD"] == "MENOPAUSE"]["USUBJID"])
    assert subjects["AGE"].min() == 50
    assert set(subjects[known].index) == set(screened[screened["I01"] == "met"].index)
    assert set(subjects[~known].index) == set(screened[screened["I01"] == "unknown"].index)


def test_a_screen_failure_leaves_all_but_age_and_sex_open(screened: pd.DataFrame, first_dose: pd.Series) -> None:
    failed = screened[~screened.index.isin(first_dose.index)]
    assert set(failed[CRITERIA].drop(columns="I01").to_numpy().ravel()) == {"unknown"}


def test_laboratory_values_within_range_clear_and_others_wait_for_a_physician(
    screened: pd.DataFrame, domains: Mapping[str, pd.DataFrame], first_dose: pd.Series
) -> None:
    rows = pd.concat([domains["lbch"], domains["lbhe"]])
    above = ["CREAT", "BILI", "AST", "ALT", "ALP", "GGT"]
    both = ["HGB", "WBC", "PLAT", "SODIUM", "K", "CA"]
    rows = rows[rows["LBTESTCD"].isin(above + both) & (rows["LBDTC"].str[:10] <= rows["USUBJID"].map(first_dose))]
    last = rows.sort_values("LBDTC").groupby(["USUBJID", "LBTESTCD"]).last().reset_index()
    value, low, high = (last[name].astype(float) for name in ("LBORRES", "LBORNRLO", "LBORNRHI"))
    clear = (value <= high) & ((value >= low) | last["LBTESTCD"].isin(above))
    counted = last.assign(clear=clear).groupby("USUBJID")["clear"].sum()
    assert set(counted[counted == 12].index) == set(screened[screened["E27"] == "not met"].index)
    assert set(screened["E27"]) == {"not met", "unknown"}


def test_a_recorded_violation_of_an_entry_criterion_is_never_cleared(
    screened: pd.DataFrame, domains: Mapping[str, pd.DataFrame]
) -> None:
    """Three subjects were taken off for an entry criterion that was not met; SUPPDS says which, and is no input."""
    recorded = domains["suppds"].query("QNAM == 'ENTCRIT'").set_index("USUBJID")["QVAL"]
    expected = {"01-703-1175": "16", "01-705-1382": "25", "01-708-1372": "16"}
    assert expected == recorded.to_dict()
    for subject, number in expected.items():
        assert screened[f"E{number}"][subject] == "unknown"


def test_where_the_data_say_nothing_the_criterion_stays_open_for_everybody(screened: pd.DataFrame) -> None:
    open_for_all = {criterion for criterion in CRITERIA if "unknown" in set(screened[criterion])}
    cleared = {c for c in CRITERIA if {CLEARS[c[0]], "not applicable"} & set(screened[c])}
    assert cleared | NEVER_CLEAR == set(CRITERIA)
    assert not cleared & NEVER_CLEAR
    assert open_for_all >= NEVER_CLEAR


def test_what_is_measured_after_the_first_dose_changes_nothing(
    domains: Mapping[str, pd.DataFrame], screened: pd.DataFrame, first_dose: pd.Series
) -> None:
    one_site = {name: rows[rows["USUBJID"].str.startswith("01-701-")] for name, rows in domains.items() if name != "ti"}
    before = dict(one_site)
    for name, day in (("lbch", "LBDTC"), ("lbhe", "LBDTC"), ("lbur", "LBDTC"), ("vs", "VSDTC"), ("qsmm", "QSDTC")):
        rows = one_site[name]
        before[name] = rows[rows[day].str[:10] <= rows["USUBJID"].map(first_dose)]
    assert 0 < sum(map(len, before.values())) < sum(map(len, one_site.values()))
    again = screen(before)
    assert len(again) > 40
    pd.testing.assert_frame_equal(screened.loc[again.index], again)


# --- the wording and the document -----------------------------------------------------------------------------------


def document() -> str:
    return (HERE / "README.md").read_text(encoding="utf-8")


def test_the_wording_is_that_of_the_trial(domains: Mapping[str, pd.DataFrame]) -> None:
    text = (HERE / "v1.protocol").read_text(encoding="utf-8")
    for code, wording in zip(domains["ti"]["IETESTCD"], domains["ti"]["IETEST"], strict=True):
        assert f'    {code[0]}{code[-2:]} "{wording}"\n' in text
        assert f'source "TI, IETESTCD {code}' in text


def test_the_document_explains_every_enrolled_patient_found_ineligible(screened: pd.DataFrame) -> None:
    told = dict(re.findall(r"^\| (01-\d{3}-\d{4}) \| ([IE]\d\d) \|", document(), re.MULTILINE))
    assert told == screened[screened["verdict"] == "ineligible"]["because"].to_dict()


def test_the_document_counts_what_is_open(screened: pd.DataFrame, first_dose: pd.Series) -> None:
    enrolled = screened[screened.index.isin(first_dose.index)]
    still_open = (enrolled[CRITERIA] == "unknown").drop(columns=sorted(NEVER_CLEAR))
    told = dict(re.findall(r"^\| ([IE]\d\d) \| (\d+) \|", document(), re.MULTILINE))
    assert {criterion: int(count) for criterion, count in told.items()} == {
        criterion: count for criterion, count in still_open.sum().items() if count
    }
    besides = still_open[enrolled["verdict"] == "undetermined"].sum(axis="columns").value_counts()
    sentence = (
        f"of the {besides.sum()} undetermined patients {besides[0]} have nothing open but these twelve, "
        f"and another {besides[1]} have one criterion open besides"
    )
    assert sentence in document()


def test_the_document_gives_the_table_of_verdicts(screened: pd.DataFrame, first_dose: pd.Series) -> None:
    counts = pd.crosstab(screened.index.isin(first_dose.index), screened["verdict"])
    rows = re.findall(r"^\| (?:enrolled and treated|screen failure) +\|(.*)\|$", document(), re.MULTILINE)
    told = [[int(cell) for cell in row.split("|")] for row in rows]
    for enrolled, row in zip((True, False), told, strict=True):
        of = counts.loc[enrolled]
        assert row == [of.get("eligible", 0), of.get("ineligible", 0), of.get("undetermined", 0), of.sum()]
