"""`eligible implies C`: proved from a criterion that says as much, refuted by a patient, else undecided.

Eligibility means that every criterion clears. One without guard and without policy therefore holds (or, an exclusion,
does not hold) for everyone eligible, and so does each part that it is joined from with `and`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from attrs import frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import Verdict, decide, environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.condition import Both, Compare, Condition, Constant, Either, Not, Sign
from protocol_dsl.model.protocol import Clause, Effect, Example, PatientStatement, Protocol, seen_from
from protocol_dsl.model.record import Record


@frozen
class Claimed:
    """What became of a statement: held (with the criterion that proves it), refuted (by an example), or undecided."""

    statement: PatientStatement
    holds: bool | None
    because: str


def claimed(protocol: Protocol, statement: PatientStatement, examples: Iterable[Example] = ()) -> Claimed:
    """Whether everyone eligible satisfies the statement. A conclusion that is unknown refutes as well."""
    wanted = tuple(_joined(statement.claim.then))
    proofs = [_proof(protocol, part) for part in wanted]
    if all(proof is not None for proof in proofs):
        return Claimed(statement, True, "it follows from " + " and ".join(dict.fromkeys(p for p in proofs if p)))  # noqa: FBT003
    for example in examples:
        if refutes(protocol, statement, example.record, seen_from(example)):
            return Claimed(statement, False, f'example "{example.label}" is eligible and does not satisfy it')  # noqa: FBT003
    return Claimed(statement, None, "no single criterion says as much, and no example speaks against it")


def refutes(protocol: Protocol, statement: PatientStatement, record: Record, as_of: date) -> bool:
    """Whether a record is of somebody eligible of whom the statement does not hold, or is not known to."""
    decision = decide(protocol, record, as_of)
    if decision.verdict is not Verdict.ELIGIBLE:
        return False
    moments, _ = moments_of(protocol, record, {})
    clause = Clause("", Effect.INCLUSION, "", statement.claim.then, moment=read_at(protocol))
    env = environment(protocol, record, as_of, moments, clause)
    return interpret(statement.claim.then, env).truth is not Truth.TRUE


def read_at(protocol: Protocol) -> str | None:
    """Statements about patients are read where the criteria are."""
    return next((clause.moment for clause in protocol.criteria if clause.moment is not None), None)


def _proof(protocol: Protocol, wanted: Condition) -> str | None:
    """The id of a criterion that cannot clear unless `wanted` holds, read at the same moment as the statement."""
    for clause in protocol.criteria:
        if clause.guard is None and clause.moment == read_at(protocol):
            holds = clause.condition if clause.effect is Effect.INCLUSION else Not(clause.condition)
            if any(_implies(part, wanted) for part in _joined(holds)):
                return clause.id
    return None


def _joined(condition: Condition) -> Iterator[Condition]:
    """The parts that all hold when the condition does, with `not` pushed inwards."""
    match condition:
        case Both(parts=parts):
            for part in parts:
                yield from _joined(part)
        case Not(inside=Not(inside=inside)):
            yield from _joined(inside)
        case Not(inside=Either(parts=parts)):
            for part in parts:
                yield from _joined(Not(part))
        case Not(inside=Compare(sign=sign, left=left, right=Constant(value=Fraction()) as right, together=together)):
            # Of numbers only: a day that never came is neither before nor after another.
            yield Compare(_OPPOSITE[sign], left, right, together)
        case _:
            yield condition


_OPPOSITE = {
    Sign.AT_LEAST: Sign.LESS_THAN,
    Sign.LESS_THAN: Sign.AT_LEAST,
    Sign.AT_MOST: Sign.MORE_THAN,
    Sign.MORE_THAN: Sign.AT_MOST,
    Sign.IS: Sign.IS_NOT,
    Sign.IS_NOT: Sign.IS,
}


def _implies(given: Condition, wanted: Condition) -> bool:
    """The same condition, or a tighter limit on the same value."""
    if given == wanted:
        return True
    if not isinstance(given, Compare) or not isinstance(wanted, Compare) or given.left != wanted.left:
        return False
    a, b = given.right, wanted.right
    if not isinstance(a, Constant) or not isinstance(b, Constant):
        return False
    if not isinstance(a.value, Fraction) or not isinstance(b.value, Fraction):
        return False
    return _tighter(given.sign, a.value, wanted.sign, b.value)


def _tighter(given: Sign, limit: Fraction, wanted: Sign, wanted_limit: Fraction) -> bool:
    lower, upper = (Sign.AT_LEAST, Sign.MORE_THAN), (Sign.AT_MOST, Sign.LESS_THAN)
    if wanted in lower and given in (*lower, Sign.IS):
        return limit > wanted_limit or (limit == wanted_limit and (wanted is Sign.AT_LEAST or given is Sign.MORE_THAN))
    if wanted in upper and given in (*upper, Sign.IS):
        return limit < wanted_limit or (limit == wanted_limit and (wanted is Sign.AT_MOST or given is Sign.LESS_THAN))
    return False
