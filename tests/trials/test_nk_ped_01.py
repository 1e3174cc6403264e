"""The protocol to read first: its four examples hold."""

import protocol_dsl


def test_every_example_in_the_file_holds() -> None:
    results = protocol_dsl.load("nk_ped_01").test()
    assert [True] * 4 == [result.passed for result in results]
