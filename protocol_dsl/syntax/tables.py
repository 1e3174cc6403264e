"""The parsing tables of the grammar: built once when the package is built, and again where the grammar differs."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import lark
from lark import Token

from protocol_dsl.base.shipped import shipped

STARTS = (
    "section_head",
    "section_note",
    "header_line",
    "amendment_line",
    "moment",
    "item",
    "definition",
    "clause",
    "setting_line",
    "dlt_line",
    "stopping_clause",
    "modification",
    "always_clause",
    "example_line",
    "condition",
)
RESERVED = frozenset({
    "after", "and", "at", "baseline", "before", "between", "by", "completed", "cube", "first", "from", "has", "highest",
    "if", "in", "includes", "is", "latest", "least", "less", "ln", "log10", "lowest", "mean", "more", "most", "not",
    "of", "on", "one", "or", "otherwise", "over", "recorded", "square", "than", "the", "to", "together", "unless",
    "when", "where", "with", "within",
})  # fmt: skip
"""Words that go before or after a value: no name and no unit is one of them."""
STEP = 4
SAVED = Path(__file__).parent.parent / "_tables.bin"
_FILES = ("protocol.lark", "condition.lark", "lexical.lark")


class Layout:
    """What the grammar leaves to the layout of a text: margins as tokens, and words that stand apart.

    Margins are counted from that of the entry itself, which is why an entry is read from the end of the line before it;
    that first token is left out. There is no state between parses, so that one parser serves many threads.
    """

    always_accept = ("_NL",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens with `_INDENT` and `_DEDENT` after the ends of lines, and `_REFUSED` for what is no word."""
        levels: list[int] = []
        before = end = None
        for token in stream:
            if token.type != "_NL":
                levels = levels or [0]
                yield _checked(before, token)
                before = token
                continue
            before = None
            margin = len(token.rpartition("\n")[2].expandtabs(STEP))
            if not levels:
                levels = [margin]
                continue
            end = token
            yield token
            if margin > levels[-1]:
                levels.append(margin)
                yield Token.new_borrow_pos("_INDENT", "", token)
            while margin < levels[-1] and len(levels) > 1:
                levels.pop()
                yield Token.new_borrow_pos("_DEDENT", "", token)
        for _ in levels[1:]:
            yield Token.new_borrow_pos("_DEDENT", "", end) if end is not None else Token("_DEDENT", "")


def _checked(before: Token | None, token: Token) -> Token:
    """The token, or one that no rule takes: for a reserved word as a name, or a word that runs on from the last.

    `isactive` is not `is active`.
    """
    if token.type in ("NAME", "UNIT") and token in RESERVED:
        return Token.new_borrow_pos("_REFUSED", token, token)
    if before is None or before.end_pos != token.start_pos or not (_is_letter(before[-1]) and _is_letter(token[0])):
        return token
    return Token("_REFUSED", before + token, before.start_pos, end_pos=token.end_pos)


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


@cache
def parser() -> lark.Lark:
    """The parser for every start rule: from the saved tables where they belong to this grammar, else built anew."""
    digest = _digest()
    if SAVED.is_file():
        with SAVED.open("rb") as saved:
            if saved.read(len(digest)) == digest:
                return lark.Lark.load(saved)
    return build(strict=False)


def build(*, strict: bool) -> lark.Lark:
    """The parser built from grammar/; `strict` also checks that no two terminals collide (needs `interegular`).

    Raises lark.exceptions.GrammarError where the grammar has a conflict, strict or not.
    """
    folder = shipped("grammar")
    return lark.Lark(
        (folder / "protocol.lark").read_text(encoding="utf-8"),
        parser="lalr",
        start=list(STARTS),
        strict=strict,
        propagate_positions=True,
        maybe_placeholders=True,
        postlex=Layout(),
        import_paths=[str(folder)],
        source_path=str(folder / "protocol.lark"),
    )


def write(path: Path) -> None:
    """Save the tables with the digest of what they were built from."""
    saved = io.BytesIO()
    built = build(strict=False)
    # Where the grammar lay when it was built is nobody's business afterwards.
    built.options.options.update(import_paths=[], source_path=None)
    built.save(saved)
    path.write_bytes(_digest() + saved.getvalue())


def _digest() -> bytes:
    """Grammar, Lark and Python: tables belong to all three."""
    folder = shipped("grammar")
    digest = hashlib.sha256(f"{lark.__version__} {sys.version_info[:2]}".encode())
    for name in _FILES:
        digest.update((folder / name).read_bytes())
    return digest.digest()
