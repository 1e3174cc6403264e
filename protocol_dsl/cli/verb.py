"""What each file of this package offers: a verb."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from attrs import frozen

from protocol_dsl.cli.console import Console


@frozen
class Verb:
    """A word of the command line, what it does, and how; `run` gives the exit status.

    `formats` are what it prints besides the styles that all verbs have.
    """

    name: str
    help: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Console], int]
    examples: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
