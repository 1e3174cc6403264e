"""TITE-CRM: how much a patient counts whose DLT window is still open.

Cheung & Chappell (2000), Biometrics 56, 1177-1182. A patient with a DLT counts in full, and so does one whose window
has passed; the others count by one of two schemes. The fit is that of CRM with these weights.
"""

from bisect import bisect_right

from protocol_dsl.escalation.estimates.crm_model import Data


def linear(followed: float, window: float) -> float:
    """Give the weight of a patient without a DLT followed for so long: the part of the window that has passed."""
    return min(followed / window, 1.0)


def adaptive(followed: float, window: float, dlt_times: tuple[float, ...]) -> float:
    """Give the weight by the times at which DLTs were seen, of all patients: the part of DLTs expected by then.

    Each of the `z` times, and the end of the window, takes 1/(z+1) of the weight, spread evenly since the one before.
    Without any it is the linear weight. The times lie within the window.
    """
    times = sorted(dlt_times)
    passed = bisect_right(times, followed)
    edges = [0.0, *times, window]
    if passed + 1 >= len(edges):
        return 1.0
    since, until = edges[passed], edges[passed + 1]
    part = (followed - since) / (until - since) if until > since else 1.0
    return min((passed + part) / (len(times) + 1), 1.0)


def weigh(levels: int, patients: tuple[tuple[int, bool, float], ...]) -> Data:
    """Give what CRM fits, from each patient's level (from 0), whether there was a DLT, and weight if there was none."""
    treated, dlts = [0] * levels, [0] * levels
    partial = []
    for level, dlt, weight in patients:
        if dlt or weight >= 1:
            treated[level] += 1
            dlts[level] += dlt
        else:
            partial.append((level, weight))
    return Data(tuple(zip(treated, dlts, strict=True)), tuple(sorted(partial)))
