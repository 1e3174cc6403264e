"""The protocol to read first: its examples hold, and so do its statements."""

import protocol_dsl


def test_every_example_in_the_file_holds() -> None:
    results = protocol_dsl.load("nk_ped_01").test()
    assert [True] * 4 == [result.passed for result in results]


def test_every_statement_holds_over_all_histories() -> None:
    findings = protocol_dsl.load("nk_ped_01").verify()
    assert {"A1", "A2", "A3"} <= {finding.id for finding in findings}
    assert [] == [finding.id for finding in findings if finding.holds is not True]
