"""Questions about all records, written for another solver: `--smt`."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from protocol_dsl.cli.console import misuse


def add_smt(parser: ArgumentParser) -> None:
    """The folder that questions are written to."""
    parser.add_argument("--smt", metavar="FOLDER", help="also write every question in SMT-LIB 2, for another solver")


def needs_solver(folder: str | None) -> None:
    """Stop where questions are to be written and there is no solver to write them."""
    from protocol_dsl.amend.solver import available

    if folder is not None and not available():
        raise misuse("SMT-LIB needs `z3-solver`", 'install it with `pip install "protocol-dsl[solver]"`', "--smt")


def write_questions(folder: str, questions: Iterable[tuple[str, str]]) -> None:
    """A file for each question, by its name."""
    try:
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, text in questions:
            (place / f"{name}.smt2").write_text(text, encoding="utf-8")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise misuse(f"`{folder}` cannot be written: {why}", None, "--smt") from error
