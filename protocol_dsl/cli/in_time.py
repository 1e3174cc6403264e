"""Trials in time, for `simulate`: what is asked about patients who come one by one, and what their calendar shows."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.cli.console import misuse

if TYPE_CHECKING:
    from protocol_dsl.escalation.accrual import Accrual, Calendar, Measure
    from protocol_dsl.escalation.simulate import Scenario
    from protocol_dsl.model.protocol import Protocol

_MOST_TRIALS: Final = 1_000_000
_ONLY: Final = ("window", "arrivals", "waiting", "dlt_times", "late", "not_evaluable")


def add_options(parser: ArgumentParser) -> None:
    """The options of trials in time; none means anything without the first."""
    asked = parser.add_argument_group("patients who come one by one")
    asked.add_argument("--accrual", metavar="TIME", help="the mean time from one patient to the next, as in '10 days'")
    asked.add_argument("--window", metavar="TIME", help="how long a patient is followed (default: the dlt section)")
    asked.add_argument("--arrivals", choices=("poisson", "fixed"), help="gaps by chance (default) or all alike")
    asked.add_argument(
        "--waiting",
        choices=("turned away", "queue"),
        help="what becomes of a patient who comes while nobody may be treated (default: turned away)",
    )
    asked.add_argument("--dlt-times", choices=("uniform", "weibull"), help="when DLTs happen (default: uniform)")
    asked.add_argument(
        "--late", metavar="SHARE", help="weibull: the share of DLTs in the second half of the window (default: 0.5)"
    )
    asked.add_argument(
        "--not-evaluable", metavar="CHANCE", help="the chance that a patient leaves early and is replaced (default: 0)"
    )


def accrual_of(arguments: Namespace, protocol: "Protocol") -> "Accrual | None":
    """How patients come; None where nothing is asked about time."""
    from protocol_dsl.escalation.accrual import Accrual, Arrivals, DltTimes, NoAccrual, Waiting, days

    if arguments.accrual is None:
        given = next((name for name in _ONLY if getattr(arguments, name) is not None), None)
        if given is not None:
            option = "--" + given.replace("_", "-")
            raise misuse(f"{option} is for patients who come one by one", "add --accrual '10 days'", option)
        return None
    if arguments.trials is not None and arguments.trials > _MOST_TRIALS:
        raise misuse(f"in time at most {_MOST_TRIALS} trials are drawn", "as in --trials 10000", "--trials")
    if arguments.window is None and protocol.dlt is None:
        raise misuse("the file has no dlt section, which would tell the window", "add --window '28 days'", "--window")
    # The window runs from its first day through its last, both included.
    from_file = 0 if protocol.dlt is None else protocol.dlt.last_day + 1
    try:
        return Accrual(
            days(arguments.accrual),
            from_file if arguments.window is None else days(arguments.window),
            Arrivals(arguments.arrivals or "poisson"),
            Waiting(arguments.waiting or "turned away"),
            DltTimes(arguments.dlt_times or "uniform"),
            _share(arguments.late, "0.5", "--late"),
            _share(arguments.not_evaluable, "0", "--not-evaluable"),
        )
    except NoAccrual as wrong:
        raise misuse(str(wrong), "as in --accrual '10 days' --window '28 days'", "--accrual") from wrong


def _share(text: str | None, default: str, option: str) -> float:
    from protocol_dsl.escalation.simulate import NotOneRate, rates

    try:
        return float(rates([text or default], ("",))[0])
    except NotOneRate as wrong:
        raise misuse(str(wrong), f"as in {option} 0.5", option) from wrong


# --- what is shown ----------------------------------------------------------------------------------------------------


def how(accrual: "Accrual") -> str:
    """In words how patients came."""
    gaps = "by chance, on average" if accrual.arrivals == "poisson" else "always"
    came = f"a patient comes {gaps} {accrual.gap:g} days after the one before, and is followed for {accrual.window:g}"
    there = {"turned away": "is turned away", "queue": "waits for a place"}[accrual.waiting]
    when = "at any time of the window alike"
    if accrual.dlt_times == "weibull":
        when = f"by a Weibull law, {accrual.late:g} of them in the second half of the window"
    leaving = f"; {accrual.not_evaluable:g} of the patients leave early and are replaced"
    return (
        f"{came}; whoever comes while nobody may be treated {there}; DLTs happen {when}"
        f"{leaving if accrual.not_evaluable else ''}"
    )


def sheet(one: "Scenario") -> Sheet | None:
    """The calendar of a scenario; None where whole cohorts were drawn."""
    from protocol_dsl.escalation.accrual import QUANTILES

    calendar = None if one.drawn is None else one.drawn.calendar
    if calendar is None:
        return None
    head = ("in a trial", "mean", "SD", *(f"{100 * share:g} %" for share in QUANTILES))
    return Sheet("from opening to end", head, tuple(_rows(calendar)), ())


def _rows(calendar: "Calendar") -> Iterator[tuple[str, ...]]:
    for name, one in _measures(calendar):
        yield (
            name.replace("_", " "),
            f"{one.mean:.2f} ±{one.error:.2f}",
            f"{one.sd:.2f}",
            *(f"{value:.{0 if value == int(value) else 1}f}" for value in one.quantiles),
        )


def _measures(calendar: "Calendar") -> "tuple[tuple[str, Measure], ...]":
    return (
        ("days", calendar.duration),
        ("days_closed", calendar.closed),
        ("turned_away", calendar.turned_away),
        ("not_evaluable", calendar.not_evaluable),
        ("dlts_in_all", calendar.dlts),
    )


def flat(found: "list[Scenario]") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """For CSV: the names of more columns, and for each scenario what stands there; nothing without time."""
    calendars = [one.drawn.calendar for one in found if one.drawn is not None and one.drawn.calendar is not None]
    if not calendars:
        return (), [()] * len(found)
    head = tuple(f"{name}{tail}" for name, _ in _measures(calendars[0]) for tail in ("", "_error", "_sd"))
    return head, [
        tuple(repr(part) for _, each in _measures(one) for part in (each.mean, each.error, each.sd))
        for one in calendars
    ]


def data(one: "Scenario") -> dict[str, Any]:
    """For programs: how patients came, and what trials came to in time; null without time."""
    from protocol_dsl.escalation.accrual import QUANTILES

    calendar = None if one.drawn is None else one.drawn.calendar
    if calendar is None:
        return {"accrual": None, "time": None}
    accrual = calendar.accrual
    return {
        "accrual": {
            "days": accrual.gap,
            "window": accrual.window,
            "arrivals": str(accrual.arrivals),
            "waiting": str(accrual.waiting),
            "dlt_times": str(accrual.dlt_times),
            "late": accrual.late if accrual.dlt_times == "weibull" else None,
            "not_evaluable": accrual.not_evaluable,
        },
        "time": {
            name: {
                "mean": each.mean,
                "standard_error": each.error,
                "sd": each.sd,
                "quantiles": {f"{share:g}": value for share, value in zip(QUANTILES, each.quantiles, strict=True)},
            }
            for name, each in _measures(calendar)
        },
    }
