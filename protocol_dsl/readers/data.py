"""What reading gives: the records, what was wrong, and what became of every row."""

from datetime import date

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.model.record import Record
from protocol_dsl.readers.gathering import Account


@frozen
class CommitteeDecision:
    """What the safety committee decided on a day, beside what was proposed."""

    day: date | None
    proposed: str
    decided: str
    by: str = ""
    reason: str = ""


@frozen
class Approved:
    """That a version of the protocol is in force from a day on at a site; without a site, at every one."""

    site: str
    version: str
    effective: date


@frozen
class Data:
    """What was read: the records in the order of patients.csv, and what was wrong.

    `latest_day` is the latest day in the data, None where there is no day at all. `unread` names the files of which
    nothing, or not all, could be read: what they hold is not known to be missing, so nothing may be decided from the
    rest.
    """

    records: tuple[Record, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    latest_day: date | None = None
    files: tuple[Account, ...] = ()
    decisions: tuple[CommitteeDecision, ...] = ()
    unread: tuple[str, ...] = ()
    approved: tuple[Approved, ...] = ()

    @property
    def rows_in(self) -> int:
        """How many rows the files have."""
        return sum(account.rows for account in self.files)

    @property
    def rows_used(self) -> int:
        """How many of them were used without complaint."""
        return sum(account.used for account in self.files)

    @property
    def rows_diagnosed(self) -> int:
        """How many have a diagnostic."""
        return sum(account.diagnosed for account in self.files)

    @property
    def rows_aside(self) -> int:
        """How many are about what nothing asks for."""
        return sum(sum(account.aside.values()) for account in self.files)
