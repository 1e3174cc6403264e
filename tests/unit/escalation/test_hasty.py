"""After a history that is not as planned, nothing is done that a pending patient may yet forbid (law M12)."""

import pytest

import protocol_dsl


@pytest.mark.parametrize(
    ("history", "settled"),
    [
        # Two DLTs among the pending at level 1 would close it and all above, long before level 3 was given.
        ("2NNXNNX 1TN 1XPNNP 3XNN 1NPPT 1NXTTN 3N", "2NNXNNX 1TN 1XTNNT 3XNN 1NTTT 1NXTTN 3N"),
        ("3XNPNPP 4PT 4TNPT 3NTXXT 5NNT", "3XNNNTT 4TT 4TNTT 3NTXXT 5NNT"),
    ],
)
def test_neither_a_rise_nor_a_stop_that_depends_on_the_pending(history: str, settled: str) -> None:
    design = protocol_dsl.load("three_plus_three_korn6")
    now, then = design.advise(history), design.advise(settled)
    assert (now.move, now.level) == ("wait", None)
    assert "the move depends on the patients who are pending" in now.because
    assert now.waiting_for
    assert then.move != "wait"
