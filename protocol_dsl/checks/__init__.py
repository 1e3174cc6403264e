"""Opinions about a sound protocol, one file each: every module exposes `check`; docs/diagnostics tells of its codes.

A check takes a protocol and returns diagnostics. It must not know any other check. What exposes `prove` instead asks
about all records at once: it takes longer, needs the solver, and is run by `protocol check` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol as Interface

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.shelf import shelf
from protocol_dsl.model.protocol import Protocol


class Check(Interface):
    """What a module on this shelf offers."""

    def __call__(self, protocol: Protocol) -> Iterable[Diagnostic]:
        """What it has to say of a protocol."""


@cache
def checks() -> dict[str, Check]:
    """Every check by the name of its module."""
    return shelf(__name__, "check")


@cache
def proofs() -> dict[str, Check]:
    """Every check that asks about all records, by the name of its module."""
    return {name: item for name, item in shelf(__name__, "prove").items() if item is not checks().get(name)}
