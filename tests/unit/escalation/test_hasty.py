"""After a history that is not as planned, nothing is done that a pending patient may yet forbid (law M12)."""

import pytest

import protocol_dsl


@pytest.mark.parametrize(
    ("history", "settled"),
    [
        # Two DLTs among the pending close a level that was not due, and those above it.
        ("2NN 3NNPP 1NNN", "2NN 3NNTT 1NNN"),
        ("1NNN 3NTP 2NNN", "1NNN 3NTT 2NNN"),
    ],
)
def test_neither_a_rise_nor_a_stop_that_depends_on_the_pending(history: str, settled: str) -> None:
    design = protocol_dsl.load("three_plus_three_korn6")
    now, then = design.advise(history), design.advise(settled)
    assert (now.move, now.level) == ("wait", None)
    assert "the move depends on the patients who are pending" in now.because
    assert now.waiting_for
    assert then.move != "wait"
