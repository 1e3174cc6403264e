"""`protocol simulate`: how a design behaves if these were the true DLT rates."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.sheet import Sheet
from protocol_dsl.base.source import Source, Span
from protocol_dsl.cli import in_time, own_rates
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import RUN, add_file, sound
from protocol_dsl.cli.outputs import (
    FORMATS,
    add_out,
    csv_text,
    ending,
    markdown_text,
    named,
    png,
    print_sheet,
    write_out,
)
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.escalation.characteristics import Characteristics, Own
    from protocol_dsl.escalation.simulate import Drawn, Scenario, Simulator
    from protocol_dsl.model.protocol import Protocol

_ENDINGS: Final = (".csv", ".json", ".md", ".svg", ".html", ".png")
_WHOLE: Final = "every cohort is followed to its end before the next is treated"
_MOST_TRIALS: Final = 100_000_000
_PLACES: Final = 4
_SHOWN: Final = 0.00005  # what rounds to nothing in so many places


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--truth",
        metavar="RATES",
        action="append",
        required=True,
        help="the true DLT rate of each level, lowest first, as in 0.05,0.12,0.25; may be given again",
    )
    parser.add_argument(
        "--truth-of",
        metavar="COUNT=RATES",
        action="append",
        default=[],
        help="the same of a count of the protocol's own, as in grade_2=0.1,0.2,0.4; once, or once for each --truth",
    )
    parser.add_argument("--trials", metavar="N", type=_whole, help="draw so many trials at random")
    parser.add_argument("--seed", metavar="S", type=_whole, default=1, help="what fixes the trials drawn (default: 1)")
    parser.add_argument(
        "--limit", metavar="RATE", help="say how often a level with a higher rate is used (default: the target rate)"
    )
    in_time.add_options(parser)
    add_out(parser, _ENDINGS, "a table or a picture")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(1 << 63)) else -1


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.escalation.automaton import watched
    from protocol_dsl.escalation.simulate import Simulator

    _sure(arguments)
    protocol = sound(arguments.file, without=RUN)
    plan, ladder = protocol.escalation, protocol.ladder
    if plan is None or ladder is None:
        raise misuse("the file has no doses with an escalation, so that nothing is simulated", None, arguments.file)
    truths = [_truth(text, ladder.names, console) for text in arguments.truth]
    limit = _limit(arguments, protocol)
    simulator = Simulator(plan, ladder, protocol.timing)
    own = own_rates.read(arguments.truth_of, simulator, len(truths))
    with console.counting("states") as told, watched(told):
        found = _found(arguments, protocol, simulator, list(zip(truths, own, strict=True)), console)
    sheets = [sheet for one in found for sheet in (_sheet(one, limit), in_time.sheet(one)) if sheet is not None]
    data = {"scenarios": [_data(one, limit) for one in found]}
    write_out(
        arguments.out,
        {
            ".csv": lambda: csv_text(_flat(found)),
            ".json": lambda: json.dumps(data, indent=2) + "\n",
            ".md": lambda: "\n".join(map(markdown_text, sheets)),
            ".svg": lambda: _svg(found, protocol),
            ".html": lambda: _html(found, protocol, sheets),
            ".png": lambda: png(_svg(found, protocol)),
        },
    )
    _print(arguments, console, sheets, data, found)
    return 0


def _found(
    arguments: Namespace,
    protocol: "Protocol",
    simulator: "Simulator",
    truths: "list[tuple[tuple[Fraction, ...], Own]]",
    console: Console,
) -> "list[Scenario]":
    from protocol_dsl.escalation.simulate import TRIALS, TRIALS_IN_TIME

    accrual, trials, seed = in_time.accrual_of(arguments, protocol), arguments.trials, arguments.seed
    if accrual is not None:
        if protocol.escalation is not None and protocol.escalation.extra:
            named = ", ".join(f"`{name}`" for name in protocol.escalation.extra)
            raise misuse(f"the design also counts {named}, and when that is seen is not said", None, "--accrual")
        trials = TRIALS_IN_TIME if trials is None else trials
        return [simulator.in_time(truth, accrual, trials=trials, seed=seed) for truth, _ in truths]
    if simulator.endings_under(truths[0][1]) is None and trials is None:
        console.note(f"the design has too many states to be worked out: {TRIALS} trials are drawn, with seed {seed}")
    return [simulator.scenario(truth, trials=trials, seed=seed, own=own) for truth, own in truths]


def _print(
    arguments: Namespace, console: Console, sheets: list[Sheet], data: dict[str, Any], found: "list[Scenario]"
) -> None:
    if console.style == "json":
        console.data(data)
    elif arguments.format == "csv":
        print_sheet(_flat(found), console, "csv")
    else:
        for number, sheet in enumerate(sheets):
            console.result("\n" if number else "")
            print_sheet(sheet, console, arguments.format)


# --- what was asked ---------------------------------------------------------------------------------------------------


def _sure(arguments: Namespace) -> None:
    if arguments.out:
        ending(arguments.out, _ENDINGS)
    if arguments.trials is not None and not 0 < arguments.trials <= _MOST_TRIALS:
        raise misuse(f"trials are drawn by a whole number from 1 to {_MOST_TRIALS}", "as in --trials 10000", "--trials")
    if arguments.seed < 0:
        raise misuse("a seed is a whole number of at most 18 digits", "as in --seed 1", "--seed")


def _truth(text: str, names: tuple[str, ...], console: Console) -> tuple[Fraction, ...]:
    """The rates in `0.05,0.12,0.25`. Stops where they do not fit the ladder, and says where they fall."""
    from protocol_dsl.escalation.simulate import NotOneRate, rates

    parts = text.split(",")
    spans = _spans("--truth", text, parts)
    try:
        found = rates(parts, names)
    except NotOneRate as wrong:
        span = Span(spans[0].source, 0, len(text)) if wrong.at is None else spans[wrong.at]
        cure = f"write a rate from 0 to 1 for each level, lowest first: {', '.join(names)}"
        raise Stop([Diagnostic("PD090", Severity.ERROR, str(wrong), Label(span), help=cure)]) from wrong
    for at, (low, high) in enumerate(pairwise(found), start=1):
        if high < low:
            said = f"the rate falls from level {names[at - 1]} to level {names[at]}"
            console.diagnose([Diagnostic("PD090", Severity.WARNING, said, Label(spans[at]))])
    return found


def _spans(name: str, text: str, parts: list[str]) -> list[Span]:
    source, start, found = Source(name, text), 0, []
    for part in parts:
        found.append(Span(source, start, start + len(part)))
        start += len(part) + 1
    return found


def _limit(arguments: Namespace, protocol: "Protocol") -> Fraction | None:
    """The rate above which a level is too toxic: as given, or the target of the design, or not known."""
    from protocol_dsl.escalation.simulate import NotOneRate, rates

    if arguments.limit is None:
        return None if protocol.escalation is None else protocol.escalation.number("target")
    try:
        return rates([arguments.limit], ("",))[0]
    except NotOneRate as wrong:
        raise misuse(str(wrong), "as in --limit 0.33", "--limit") from wrong


# --- for people -------------------------------------------------------------------------------------------------------


def _sheet(one: "Scenario", limit: Fraction | None) -> Sheet:
    head: tuple[str, ...] = ("level", "true rate", "recommended", "patients", "DLTs")
    if one.drawn is not None and one.exact is not None:
        head = (*head, "exactly", "patients", "DLTs")
    notes = [_how(one), *_of_own(one), _patients(one.found), *_above(one, limit)]
    own = "".join(f"; {name} {', '.join(map(_number, rates))}" for name, rates in one.own)
    return Sheet(f"true DLT rates {', '.join(map(_number, one.truth))}{own}", head, tuple(_rows(one)), tuple(notes))


def _rows(one: "Scenario") -> Iterator[tuple[str, ...]]:
    found, drawn = one.found, one.drawn
    beside = one.exact if drawn is not None else None
    for rung, name in enumerate(one.names):
        yield (
            name,
            _number(one.truth[rung]),
            _with(found.selected[rung], None if drawn is None else drawn.error.selected[rung]),
            _with(found.treated[rung], None if drawn is None else drawn.error.treated[rung], 2),
            _with(found.dlts[rung], None if drawn is None else drawn.error.dlts[rung], 2),
            *(() if beside is None else _columns(beside.selected[rung], beside.treated[rung], beside.dlts[rung])),
        )
    none = None if drawn is None else drawn.error.selected[-1]
    exactly = () if beside is None else (_with(beside.selected[-1]), "", "")
    yield ("none", "", _with(found.selected[-1], none), "", "", *exactly)
    if found.undecided or (beside is not None and beside.undecided):
        error = None if drawn is None else drawn.error.undecided
        exactly = () if beside is None else (_with(beside.undecided), "", "")
        yield ("undecided", "", _with(found.undecided, error), "", "", *exactly)
    error = None if drawn is None else drawn.error_of_patients
    total = () if beside is None else ("", _with(beside.mean_patients, None, 2), _with(beside.mean_dlts, None, 2))
    yield ("all", "", "", _with(found.mean_patients, error, 2), _with(found.mean_dlts, None, 2), *total)


def _columns(chance: Fraction | float, treated: Fraction | float, dlts: Fraction | float) -> tuple[str, ...]:
    return _with(chance), _with(treated, None, 2), _with(dlts, None, 2)


def _with(value: Fraction | float, error: float | None = None, places: int = _PLACES) -> str:
    shown = f"{float(value):.{places}f}"
    return shown if error is None else f"{shown} ±{error:.{places}f}"


def _number(value: Fraction) -> str:
    return f"{float(value):g}"


def _how(one: "Scenario") -> str:
    if one.drawn is None:
        return f"worked out exactly, over all courses that a trial can take; {_WHOLE}"
    found = f"{one.drawn.trials} trials drawn with seed {one.drawn.seed}; ± is the Monte Carlo standard error"
    if one.drawn.calendar is not None:
        beside = f"; beside it stands what is exact if {_WHOLE}" if one.exact is not None else ""
        return f"{found}; {in_time.how(one.drawn.calendar.accrual)}{beside}"
    beside = ", and beside it stands what is exact" if one.exact is not None else ""
    return f"{found}{beside}; {_WHOLE}"


def _of_own(one: "Scenario") -> Iterator[str]:
    if one.own:
        named = ", ".join(name for name, _ in one.own)
        yield f"{named}: so often in each patient of a level, whether or not there is a DLT"


def _patients(found: "Characteristics[float] | Characteristics[Fraction]") -> str:
    seen = [f"{number} with chance {_with(chance)}" for number, chance in found.patients if chance >= _SHOWN]
    return f"patients in all: {', '.join(seen)}"


def _above(one: "Scenario", limit: Fraction | None) -> Iterator[str]:
    if limit is None:
        return
    chance, mean = one.found.recommends_above(one.truth, limit), one.found.treats_above(one.truth, limit)
    yield f"a level with a rate above {_number(limit)} is recommended with chance {_with(chance)}"
    yield f"patients at such levels: {_with(mean, None, 2)} on average"


def _flat(found: "list[Scenario]") -> Sheet:
    """A row for each scenario and level, every digit there is."""
    head = ("scenario", "level", "true_rate", "recommended", "patients", "dlts", "exact", "trials", "seed")
    errors = ("recommended_error", "patients_error", "dlts_error")
    counts = tuple(f"true_rate_{name}" for name, _ in found[0].own) if found else ()
    more, in_days = in_time.flat(found)
    rows = []
    for number, one in enumerate(found, start=1):
        drawn, shown = one.drawn, one.found
        trials, seed = ("", "") if drawn is None else (str(drawn.trials), str(drawn.seed))
        tail = ("yes" if drawn is None else "no", trials, seed)
        for rung, name in enumerate((*one.names, "none", "undecided")):
            chances = (*shown.selected, shown.undecided)
            means = [repr(float(part[rung])) if rung < len(one.names) else "" for part in (shown.treated, shown.dlts)]
            rate = repr(float(one.truth[rung])) if rung < len(one.names) else ""
            row = (str(number), name, rate, repr(float(chances[rung])), *means, *tail)
            own = [repr(float(rates[rung])) if rung < len(one.names) else "" for _, rates in one.own]
            rows.append((*row, *_errors(drawn, rung), *in_days[number - 1], *own))
    return Sheet("", (*head, *errors, *more, *counts), tuple(rows))


def _errors(drawn: "Drawn | None", rung: int) -> tuple[str, ...]:
    if drawn is None:
        return ("", "", "")
    error = drawn.error
    chances = (*error.selected, error.undecided)
    means = [repr(part[rung]) if rung < len(error.treated) else "" for part in (error.treated, error.dlts)]
    return (repr(chances[rung]), *means)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _svg(found: "list[Scenario]", protocol: "Protocol") -> str:
    from protocol_dsl.figures.characteristics import characteristics
    from protocol_dsl.figures.svg import TooLarge

    plan = protocol.escalation
    drawn = characteristics(found, named(protocol), None if plan is None else plan.number("target"))
    if isinstance(drawn, TooLarge):
        raise misuse(drawn.why, "write .csv, .md or .json", "--out")
    return drawn


def _html(found: "list[Scenario]", protocol: "Protocol", sheets: list[Sheet]) -> str:
    from protocol_dsl.figures.page import page

    return page(f"{named(protocol)}: operating characteristics", [_svg(found, protocol)], sheets)


# --- for programs -----------------------------------------------------------------------------------------------------


def _data(one: "Scenario", limit: Fraction | None) -> dict[str, Any]:
    drawn, found = one.drawn, one.found
    beside = None if drawn is None or one.exact is None else _numbers(one.names, one.exact)
    error = None if drawn is None else _numbers(one.names, drawn.error) | {"patients": drawn.error_of_patients}
    above = None
    if limit is not None:
        above = {
            "limit": float(limit),
            "selected": float(found.recommends_above(one.truth, limit)),
            "treated": float(found.treats_above(one.truth, limit)),
        }
    return {
        "truth": [float(rate) for rate in one.truth],
        "truth_of": {name: [float(rate) for rate in rates] for name, rates in one.own},
        **_numbers(one.names, found),
        "exact": drawn is None,
        "trials": None if drawn is None else drawn.trials,
        "seed": None if drawn is None else drawn.seed,
        "standard_error": error,
        "exactly": beside,
        "above": above,
        **in_time.data(one),
    }


def _numbers(names: tuple[str, ...], found: "Characteristics[float] | Characteristics[Fraction]") -> dict[str, Any]:
    return {
        "selected": {
            "none": float(found.selected[-1]),
            **{name: float(found.selected[rung]) for rung, name in enumerate(names)},
        },
        "treated": [float(mean) for mean in found.treated],
        "dlts": [float(mean) for mean in found.dlts],
        "patients": float(found.mean_patients),
        "undecided": float(found.undecided),
        "patients_in_all": {str(number): float(chance) for number, chance in found.patients},
    }


verb = Verb(
    "simulate",
    "show how a design behaves under given DLT rates",
    _configure,
    _run,
    (
        "protocol simulate three_plus_three_korn6 --truth 0.05,0.12,0.25,0.40,0.55",
        "protocol simulate trial.protocol --truth 0.1,0.2,0.3 --truth 0.3,0.4,0.5 --out table.md",
        "protocol simulate trial.protocol --truth 0.1,0.2,0.3 --trials 100000 --seed 7",
        "protocol simulate rolling_six --truth 0.05,0.15,0.3 --accrual '10 days' --window '28 days'",
        "protocol simulate boin --truth 0.05,0.12,0.30,0.45,0.6 --truth 0.3,0.4,0.5,0.6,0.7 --out chances.svg",
    ),
    ("0  always",),
    FORMATS,
    job="design",
)
