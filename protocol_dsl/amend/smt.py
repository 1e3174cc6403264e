"""Questions about all records in SMT-LIB 2, each with the answer that was found, for another solver to check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from attrs import frozen

_ANSWERS = {True: "sat", False: "unsat", None: "unknown"}


@frozen(eq=False)
class Question:
    """Whether there is a record of some kind. `about` is whose question it is, `asked` says it in words.

    `possible` is the answer, None where the solver did not settle it. Of the parts that are `free` the solver was told
    nothing: they may come out in any way, so that a record which it finds need not be one.
    """

    about: str
    asked: str
    possible: bool | None
    terms: tuple[Any, ...]
    free: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The question in SMT-LIB 2, with the answer as its `:status`."""
        import z3

        solver = z3.Solver()
        solver.add(*self.terms)
        lines = solver.to_smt2().splitlines()
        body = [line for line in lines if not line.startswith((";", "(set-info :status"))]
        head = [f"; {self.about}: is there a record on which {self.asked}?"]
        head += [f"; may come out in any way, so that `sat` need not be right: {why}" for why in self.free]
        return "\n".join([*head, f"(set-info :status {_ANSWERS[self.possible]})", *body]) + "\n"


_LOG: ContextVar[list[Question] | None] = ContextVar("questions", default=None)


@contextmanager
def overheard() -> Iterator[list[Question]]:
    """Every question that is asked of the solver meanwhile, in order."""
    heard: list[Question] = []
    token = _LOG.set(heard)
    try:
        yield heard
    finally:
        _LOG.reset(token)


def ask_aloud(question: Question) -> None:
    """Let a question be overheard, if anybody listens."""
    heard = _LOG.get()
    if heard is not None and (question.about, question.asked) not in {(one.about, one.asked) for one in heard}:
        heard.append(question)


def listening() -> bool:
    """Whether anybody does."""
    return _LOG.get() is not None


def numbered(questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """A name for each question, whose it is and the how manieth, with its text."""
    counts: dict[str, int] = {}
    for one in questions:
        counts[one.about] = counts.get(one.about, 0) + 1
        yield f"{one.about.replace(' ', '_')}_{counts[one.about]}", one.text
