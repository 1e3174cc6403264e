"""A verdict on one patient as the Python face gives it: in words, as data, and for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from protocol_dsl.evaluate.account import account, as_html, as_json
from protocol_dsl.evaluate.decide import Decision, GateDecision, Verdict, decide_gates
from protocol_dsl.evaluate.gaps import Gap
from protocol_dsl.model import protocol as model
from protocol_dsl.model.record import EMPTY, Record
from protocol_dsl.model.serial import digest_of_records


@frozen
class Screening:
    """A verdict on one patient, with its reasons; and what the gates come to, which have no part in it."""

    protocol: model.Protocol
    record: Record
    decision: Decision
    rules: str
    at: Mapping[str, date] = EMPTY
    policies: bool = True

    @property
    def inputs(self) -> str:
        """The digest of what is known of the patient."""
        return digest_of_records((self.record,))

    @property
    def patient(self) -> str:
        """The patient's id."""
        return self.decision.patient

    @property
    def verdict(self) -> Verdict:
        """Eligible, ineligible or undetermined."""
        return self.decision.verdict

    @property
    def because(self) -> tuple[str, ...]:
        """The criteria that bar; if none does, those that are open."""
        return self.decision.because

    @property
    def missing(self) -> tuple[Gap, ...]:
        """The facts that are missing, each with its reason."""
        return self.decision.missing

    @property
    def criteria(self) -> Mapping[str, str]:
        """The status of each criterion, as it is written."""
        return {one.clause.id: one.status.value for one in self.decision.clauses}

    @property
    def gates(self) -> tuple[GateDecision, ...]:
        """Each gate at each dose that is recorded, or at its moment where that has a day."""
        found = decide_gates(self.protocol, self.record, self.decision.as_of, self.at, policies=self.policies)
        return tuple(one for one in found if one.recorded)

    def explain(self, *, full: bool = False) -> str:
        """The verdict in words; `full` lists the clauses that clear as well."""
        return account(self.protocol, self.record, self.decision, **self._rest(), full=full)

    def to_json(self) -> dict[str, Any]:
        """The explanation as data, in the form of docs/language/explanation.schema.json."""
        return as_json(self.protocol, self.record, self.decision, **self._rest())

    def _repr_html_(self) -> str:
        return as_html(self.protocol, self.record, self.decision, **self._rest())

    def _rest(self) -> dict[str, Any]:
        return {"rules": self.rules, "inputs": self.inputs, "gates": self.gates}
