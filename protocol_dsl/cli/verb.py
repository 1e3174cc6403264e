"""What each file of this package offers: a verb."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Final, Literal

from attrs import frozen

from protocol_dsl.cli.console import Console

Job = Literal["try", "write", "patients", "trial", "design", "amend"]
JOBS: Final[dict[Job, str]] = {
    "try": "to try it out, and to rehearse",
    "write": "to write a protocol",
    "patients": "about patients",
    "trial": "about the trial",
    "design": "about a design",
    "amend": "about an amendment",
}
"""What verbs are for, in the order in which a trial comes to them; the help lists them so."""


@frozen
class Verb:
    """A word of the command line, what it does, and how; `run` gives the exit status.

    `formats` are what it prints besides the styles that all verbs have; what `statuses` say of 2 is all of it.
    """

    name: str
    help: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Console], int]
    examples: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    job: Job = "write"
