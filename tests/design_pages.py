"""The pages of docs/designs, made from the files in protocols/designs and from the families of designs.

`python -m tests.design_pages` writes them anew, with what their commands print; a test holds them equal to what is made
here, and `tests/literate.py` runs their commands.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.elaborate.plan import COMMON, TABLE
from protocol_dsl.escalation import behaviours
from protocol_dsl.escalation.designs import family, known
from protocol_dsl.escalation.rule import Family
from protocol_dsl.model.protocol import Protocol
from tests.escalation_plans import DESIGNS, file, shipped
from tests.literate import Page, protocol

FOLDER = Path(__file__).parent.parent / "docs" / "designs"
FILES = tuple(sorted(path.stem for path in DESIGNS.glob("*.protocol")))
WORDS = {
    "count": "3",
    "number": "0.30",
    "signed": "-1.5",
    "level": "2",
    "name": "grade_2",
    "text": "...",
    "sizes": "...",
    "names": "...",
    "unit": "mg",
    "word": "...",
}
"""What stands for a blank where a phrase is listed."""
OUTPUT = re.compile(r"(^```console[^\n]*\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)


def pages() -> Iterator[tuple[Path, str]]:
    """Each page, without what its commands print."""
    yield FOLDER / "README.md", _index()
    for name in FILES:
        yield FOLDER / f"{name}.md", _page(name)


def bare(text: str) -> str:
    """A page without what its commands print."""
    return OUTPUT.sub(lambda found: found[1] + "".join(_commands(found[2])) + found[3], text)


def _commands(block: str) -> Iterator[str]:
    return (line for line in block.splitlines(keepends=True) if line.startswith("$ "))


# --- a page -------------------------------------------------------------------------------------------------------


def _page(name: str) -> str:
    found = file(name)
    return "\n".join([*_head(found), *_file(name), *_settings(name), *_worked(name, found), *_verified(name)]) + "\n"


def _head(found: Protocol) -> Iterator[str]:
    yield f"# {_title(found)}"
    yield ""
    yield f"Source: {_source(found)}."
    computed = family(shipped(found.header.id).family)
    if computed is not None:
        yield f"It is of the family `{shipped(found.header.id).family}`, {computed.title}: {computed.source}."
    yield "A protocol takes it up line by line, or as a whole:"
    yield ""
    yield "```text"
    yield f'escalation by design "{found.header.id.replace("_", " ")}"'
    yield "```"
    yield ""
    yield "What the lines mean stands under [dose escalation](../language/escalation.md)."
    yield "The other designs are listed [on one page](README.md)."
    yield ""


def _title(found: Protocol) -> str:
    return found.header.title or found.header.id


def _source(found: Protocol) -> str:
    return next(note.text for note in found.notes if note.kind.value == "source")


def _file(name: str) -> Iterator[str]:
    yield "## The file"
    yield ""
    yield f"```protocol file={name}.protocol"
    yield (DESIGNS / f"{name}.protocol").read_text("utf-8").rstrip()
    yield "```"
    yield ""


def _settings(name: str) -> Iterator[str]:
    computed: Family | None = family(shipped(name).family)
    if computed is None:
        return
    yield "## Settings of the family"
    yield ""
    yield "Besides [those that every design has](../language/escalation.md#settings):"
    yield ""
    yield from (f"- `{_shown(phrase)}`" for phrase in computed.phrases)
    yield ""


def _shown(phrase: Phrase) -> str:
    return re.sub(r"\{(\w+)\}", lambda blank: WORDS[blank[1]], phrase.words)


def _worked(name: str, found: Protocol) -> Iterator[str]:
    yield "## What it does"
    yield ""
    if found.cohort_examples:
        yield "The examples in the file say what makes it different from others:"
        yield ""
        yield from _console(f"protocol test {name}.protocol")
    yield "One history, with the reason of the move:"
    yield ""
    yield from _console(f"protocol advise {name}.protocol {_history(found)}")
    if _has_table(name):
        yield "Every decision, by the counts at a level:"
        yield ""
        yield from _console(f"protocol table {name}.protocol", "terminal")


def _history(found: Protocol) -> str:
    """The first example that has a cohort in it, or one DLT in three at the second level."""
    for example in found.cohort_examples:
        if " " in example.history:
            counts = (f" --counts {count}={','.join(map(str, told))}" for count, told in example.counts)
            return f'--history "{example.history}"{"".join(counts)}'
    return '--history "1NNN 2NNT"'


def _has_table(name: str) -> bool:
    computed = family(shipped(name).family)
    return computed is None or (computed.local and not computed.follow_up)


def _verified(name: str) -> Iterator[str]:
    yield "## What is proved of it"
    yield ""
    yield "Over every state that can be reached:"
    yield ""
    yield from _console(f"protocol verify {name}.protocol", "terminal")


def _console(command: str, *words: str) -> Iterator[str]:
    yield " ".join(["```console", *words])
    yield f"$ {command}"
    yield "```"
    yield ""


# --- the index ----------------------------------------------------------------------------------------------------

INTRODUCTION = """\
# Designs

Every design that ships, each with its file, its source, a worked example and what is proved of it.
These pages are made from the files in [`protocols/designs`](../../protocols/README.md), and everything on them is run.
What the lines of a design mean stands under [dose escalation](../language/escalation.md).
Short names such as BOIN and CRM are spelt out in the [glossary](../glossary.md#doses).

| design | is | from |
|---|---|---|
"""

FAMILIES = """
## Families

A family computes its decisions from settings; each has its own file of code, and a design that shows it.

| `escalation by` | is | from |
|---|---|---|
"""


def _index() -> str:
    rows = (f"| [`{name}`]({name}.md) | {_title(file(name))} | {_source(file(name))} |" for name in FILES)
    families = ((name, family(name)) for name in known())
    kinds = (f"| `{name}` | {found.title} | {found.source} |" for name, found in families if found is not None)
    return INTRODUCTION + "\n".join(rows) + "\n" + FAMILIES + "\n".join(kinds) + "\n"


def phrases() -> tuple[str, ...]:
    """The settings that every design has, and those of tables, as they are written."""
    return tuple(_shown(phrase) for phrase in (*COMMON, *behaviours.phrases(), *TABLE))


def _printed(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return Page(Path(folder), protocol).run(text)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages():
        path.write_text(_printed(text), encoding="utf-8")
