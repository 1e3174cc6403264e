"""Two versions compared, for the Python user: what differs, told or as data."""

from __future__ import annotations

from html import escape
from typing import Any, Protocol

from attrs import frozen

from protocol_dsl.amend import diff as two
from protocol_dsl.amend.change import ClauseChange, Diff, Whole
from protocol_dsl.amend.intent import Held, held
from protocol_dsl.amend.report import lines, to_json
from protocol_dsl.model import protocol as model


class Loaded(Protocol):
    """A protocol as `protocol_dsl.load` gives it."""

    @property
    def model(self) -> model.Protocol: ...  # noqa: D102


@frozen
class Comparison:
    """What the newer version changes. `intent` is what it says of itself, held against that, if anything."""

    new: model.Protocol
    found: Diff
    intent: Held | None

    @property
    def clauses(self) -> tuple[ClauseChange, ...]:
        """The clauses that changed, each with its class and the records that show it."""
        return self.found.clauses

    @property
    def whole(self) -> Whole:
        """What changes in who is eligible."""
        return self.found.whole

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return self.found.empty

    def to_json(self) -> dict[str, Any]:
        """All of it as data, with the keys of `protocol diff --format json`."""
        return to_json(self.found, self.new, self.intent)

    def __str__(self) -> str:
        return "\n".join(lines(self.found, self.new, self.intent))

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def diff(old: Loaded, new: Loaded) -> Comparison:
    """What the newer of two protocols changes: of every clause, of who is eligible, of the rest of the file."""
    found = two.diff(old.model, new.model)
    return Comparison(new.model, found, held(new.model.amendment, found))
