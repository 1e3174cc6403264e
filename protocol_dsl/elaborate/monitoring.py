"""Stopping rules over all patients, compiled to a table: a chance beyond a limit, or two stages."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.binomial import chance_above, chance_to_pass
from protocol_dsl.elaborate import clauses, conditions
from protocol_dsl.elaborate.phrases import Phrase, Set, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model.protocol import Clause, Effect
from protocol_dsl.syntax import conducting, logic, sections
from protocol_dsl.syntax.defining import Row

CHANCE = (
    Phrase("chance", "when chance of a rate above {number} is more than {number}"),
    Phrase("prior", "prior {count} and {count}"),
    Phrase("from", "from {count} patients"),
    Phrase("up to", "up to {count} patients"),
)
STAGES = Phrase("stages", "at {count} or fewer of {count}, and at {count} or fewer of {count}")
TESTS = (Phrase("tests", "a rate of {number} against {number}, error at most {number}, power at least {number}"),)
MOST = 200
"""A table has no more lines than this."""
_LONGEST = 100
_LINES = (conducting.EachPatient, conducting.StopsLine, conducting.TestsLine, logic.Note, sections.ThenLine)


def is_monitored(written: sections.Clause) -> bool:
    """Whether a stopping clause looks at patients one by one."""
    return any(isinstance(line, conducting.EachPatient | conducting.StopsLine) for line in written.lines)


def clause(written: sections.Clause, scope: Scope) -> Clause | None:
    """A stopping clause with `each patient ...` and `stops ...`; None where it has an error."""
    clauses.take_id(written, scope)
    each = [line for line in written.lines if isinstance(line, conducting.EachPatient)]
    stops = [line for line in written.lines if isinstance(line, conducting.StopsLine)]
    if len(each) != 1 or len(stops) != 1:
        message = f"`{written.id.text}` needs one line `each patient ...` and one line `stops ...`"
        scope.error("PD310", message, written.id.span, help="as in `each patient had_dlt`")
        return None
    if _strange(written, scope):
        return None
    held = conditions.condition(each[0].condition, scope)
    among = None if each[0].where is None else conditions.condition(each[0].where, scope)
    found = list(read_settings((stops[0].phrase,), (STAGES, *CHANCE), scope))
    keys = {one.key: one for one in found}
    if held is None or not keys:
        return None
    made = _stages(keys["stages"], held, scope) if "stages" in keys else _chance(keys, held, stops[0], scope)
    if made is None or (among is None and each[0].where is not None):
        return None
    made = evolve(made, where=among)
    _repeated(stops[0].rows, made, scope)
    _tested(written, keys, scope)
    wording = written.wording.text if written.wording is not None else ""
    before = written.renamed_from.text if written.renamed_from is not None else None
    then = clauses.followed_by(written)
    return Clause(written.id.text, Effect.STOPPING, wording, made, renamed_from=before, then=then, span=written.span)


def _strange(written: sections.Clause, scope: Scope) -> bool:
    """Whether there are lines that such a rule has no place for, each with an error."""
    strange = [line for line in written.lines if not isinstance(line, _LINES)]
    for line in strange:
        cure = "say in `each patient where (...) ...` which patients are looked at and who of them counts"
        scope.error("PD440", "this line has no place in a rule that looks at each patient", line.span, help=cure)
    return bool(strange)


def _chance(
    keys: dict[str, Set], held: core.Condition, line: conducting.StopsLine, scope: Scope
) -> core.Monitored | None:
    """For each number of patients, the fewest with which the chance is beyond the limit."""
    asked = keys.get("chance")
    if asked is None:
        cure = "write `stops when chance of a rate above 0.33 is more than 0.9, prior 1 and 1, from 3 patients`"
        scope.error("PD440", "nothing says when the rule stops", line.span, help=cure)
        return None
    rate, limit = (Fraction(value) for value in asked.values)
    prior = keys.get("prior")
    whole = (1, 1) if prior is None else (int(prior.values[0]), int(prior.values[1]))
    least, most = _number(keys.get("from"), 1), _number(keys.get("up to"), _LONGEST)
    if not 0 < rate < 1 or not 0 < limit < 1 or min(whole) < 1 or not 0 < least <= most <= MOST:
        message = "rates and chances lie between 0 and 1, the numbers of a prior are whole and at least 1"
        scope.error("PD440", message, line.span, help=f"name at most {MOST} patients")
        return None
    limits = ((patients, _fewest(rate, limit, patients, whole)) for patients in range(least, most + 1))
    return core.Monitored(held, tuple((n, count) for n, count in limits if count is not None), span=line.span)


def _number(found: Set | None, otherwise: int) -> int:
    return otherwise if found is None else int(found.values[0])


def _fewest(rate: Fraction, limit: Fraction, patients: int, prior: tuple[int, int]) -> int | None:
    counts = range(patients + 1)
    return next((count for count in counts if chance_above(rate, count, patients, prior) > limit), None)


# --- two stages ---------------------------------------------------------------------------------------------------


def _stages(asked: Set, held: core.Condition, scope: Scope) -> core.Monitored | None:
    """The limit of the first stage stands until the second is full; one that was not kept is never forgotten."""
    early, first, late, whole = (int(value) for value in asked.values)
    if not early < first < whole <= MOST or not early <= late < whole:
        message = "each stage has more patients than its limit, and the second more than the first"
        scope.error("PD440", message, asked.span, help="as in `stops at 1 or fewer of 10, and at 5 or fewer of 29`")
        return None
    limits = (*((patients, early) for patients in range(first, whole)), (whole, late))
    return core.Monitored(held, limits, fewer=True, span=asked.span)


def _tested(written: sections.Clause, keys: dict[str, Set], scope: Scope) -> None:
    """That the two stages keep the error and the power that the protocol states, exactly."""
    lines = [line for line in written.lines if isinstance(line, conducting.TestsLine)]
    for one in read_settings((line.phrase for line in lines), TESTS, scope):
        asked = keys.get("stages")
        if asked is None:
            scope.error("PD440", "only two stages have an error and a power", one.span, help="leave the line out")
            continue
        early, first, late, whole = (int(value) for value in asked.values)
        low, high, error, power = (Fraction(value) for value in one.values)
        found = [chance_to_pass(((early, first), (late, whole)), rate) for rate in (low, high)]
        if found[0] > error or found[1] < power:
            message = f"the stages have an error of {float(found[0]):.4f} and a power of {float(found[1]):.4f}"
            scope.error("PD441", message, one.span, help="mend the stages, or what is said of them")


# --- what is printed ----------------------------------------------------------------------------------------------


def _repeated(rows: tuple[Row, ...], made: core.Monitored, scope: Scope) -> None:
    """The table as the protocol prints it, held against what the rule comes to."""
    limits = dict(made.limits)
    for row in rows[1:] if rows else ():
        cells = [cell.text for cell in row.cells]
        ends = cells[0].split(" to ") if len(cells) == 2 else []  # noqa: PLR2004 - two columns
        if not ends or not all(end.isdigit() for end in ends) or not (cells[1].isdigit() or cells[1] == "never"):
            cure = "write `| patients | stop at |`, and below it lines such as `| 4 to 5 | 3 |` or `| 1 to 2 | never |`"
            scope.error("PD441", "this line of the table cannot be read", row.span, help=cure)
            continue
        printed = int(cells[1]) if cells[1].isdigit() else None
        numbers = range(int(ends[0]), min(int(ends[-1]), MOST) + 1)
        wrong = [number for number in numbers if limits.get(number) != printed]
        if wrong:
            right = limits.get(wrong[0])
            message = f"of {wrong[0]} patients the rule stops at {'no number' if right is None else right}"
            scope.error(
                "PD441", f"{message}, and the table says {cells[1]}", row.span, help="mend the table or the rule"
            )
