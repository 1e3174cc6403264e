"""Frames as text."""

import pandas as pd
import pytest

from protocol_dsl.readers.frames import table


@pytest.mark.parametrize(
    ("held", "text"),
    [
        (5.199999999999999, "5.2"),  # as the CDISC pilot study's LBSTRESN has it for 5.2
        (0.30000000000000004, "0.3"),
        (1500.0, "1500"),
        (0.1, "0.1"),
        (1.23456789012, "1.23456789012"),
        (float("nan"), ""),
    ],
)
def test_a_binary_fraction_is_the_decimal_that_was_meant(held: float, text: str) -> None:
    rows = table(pd.DataFrame({"patient": ["P1"], "value": [held]}), "observations", "frame").rows
    assert ("P1", text) == rows[0].cells
