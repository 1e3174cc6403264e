"""Run the Markdown of tests/cases, docs and README.md: every block on every page holds.

- A block with a file name (`file=NAME` after the language, or a first line `# NAME`) is written to the page's folder.
- `protocol`: without a name, or with the word `check`, it checks without error; `bad`, with one; `fragment` is not run.
  With `in=NAME` it takes the place of the lines that say `# here` in that file, one after another: a part of a file is
  checked inside a whole one. A part that begins with the head of a section is added at the end. With `file=` too, the
  whole is kept under that name, so that a page can build up a file.
- `console`: `$ protocol VERB ...` (or `$ cat FILE`; `< FILE` gives standard input), then exactly what is printed, then
  `[exit status N]` unless N is 0. With the word `terminal`, what a person at a terminal sees. `pytest --accept` writes
  into the page what was printed.
- `python`: run with one memory for the page; where there are prompts, as a doctest.
- Any other block without a name is prose.
"""

import contextlib
import difflib
import doctest
import io
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field, frozen

Command = Callable[[list[str]], int]

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"\A# (?P<name>[\w./-]+\.\w+)\n")
PROMPT = re.compile(r"^\$ ", re.MULTILINE)
FAULT = "error[PD099]: a fault of the program itself"  # never accepted
COMMAND = re.compile(r"(?P<line>(?:[^\n]*\\\n)*[^\n]*)\n(?P<printed>.*)", re.DOTALL)


@frozen
class Block:
    """A fenced block: its language, the words after it, what it holds, and the line it begins on."""

    language: str
    words: tuple[str, ...]
    body: str
    line: int

    @property
    def file(self) -> str | None:
        """The name the block is to be written under, if it has one."""
        named = [word.removeprefix("file=") for word in self.words if word.startswith("file=")]
        first = NAMED.match(self.body)
        return named[0] if named else first["name"] if first else None

    @property
    def frame(self) -> str | None:
        """The file that the block is a part of, if it says so."""
        return next((word.removeprefix("in=") for word in self.words if word.startswith("in=")), None)

    @property
    def content(self) -> str:
        """What the file holds: a protocol keeps the comment that names it, so that line numbers are those seen."""
        return self.body if self.language == "protocol" else NAMED.sub("", self.body)


@define
class Page:
    """A page being run in a folder; `complaints` gathers what did not hold."""

    folder: Path
    command: Command
    memory: dict[str, Any] = field(factory=dict)
    complaints: list[str] = field(factory=list)

    def run(self, text: str) -> str:
        """Run every block in turn; return the page as it would read if all that was printed were accepted."""
        return FENCE.sub(lambda match: self._block(match, text.count("\n", 0, match.start()) + 1), text)

    def _block(self, match: re.Match[str], line: int) -> str:
        language, *words = match["info"].split() or [""]
        block = Block(language, tuple(words), match["body"], line)
        if block.file:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._framed(block) if block.frame else block.content, encoding="utf-8")
        body = block.body
        if language == "console":
            body = "".join(self._console(block))
        elif language == "python":
            self._python(block)
        elif language == "protocol":
            self._protocol(block)
        return f"{match['fence']}{match['info']}\n{body}{match['fence']}"

    def _console(self, block: Block) -> Iterator[str]:
        before, *turns = PROMPT.split(block.body)
        if before:
            self.complaints.append(f"{block.line}: a console block begins with `$ `")
        for turn in filter(None, map(COMMAND.fullmatch, turns)):
            printed = self._shell(turn["line"].replace("\\\n", " "), "human" if "terminal" in block.words else None)
            if printed != turn["printed"]:
                lines = difflib.ndiff(turn["printed"].splitlines(), printed.splitlines())
                self.complaints.append("\n".join([f"{block.line}: $ {turn['line']}", *lines]))
            yield f"$ {turn['line']}\n{printed}"

    def _shell(self, line: str, style: str | None) -> str:
        """What a line prints, standard error included, and its exit status."""
        line, _, source = line.partition(" < ")
        program, *arguments = shlex.split(line)
        if program == "cat":
            return "".join((self.folder / name).read_text(encoding="utf-8") for name in arguments)
        assert program == "protocol", f"a page cannot run `{program}`"
        given = (self.folder / source).read_bytes() if source else b""
        arguments += ["--format", style] if style else []
        status, printed = run_inside(self.folder, self.command, arguments, given)
        ended = printed if printed.endswith("\n") or not printed else printed + "\n"
        return ended + (f"[exit status {status}]\n" if status else "")

    def _protocol(self, block: Block) -> None:
        if "fragment" in block.words or not (block.file is None or {"check", "bad"} & set(block.words)):
            return
        name = block.file or f"line_{block.line}.protocol"
        if block.file is None:
            (self.folder / name).write_text(self._framed(block), encoding="utf-8")
        status, printed = run_inside(self.folder, self.command, ["check", name])
        if status != (1 if "bad" in block.words else 0):
            self.complaints.append(f"{block.line}: check ends with status {status}\n{printed}")

    def _framed(self, block: Block) -> str:
        """The block, inside the file it names."""
        if block.frame is None:
            return block.body
        frame = (self.folder / block.frame).read_text(encoding="utf-8")
        if not block.body.startswith(" "):
            return f"{frame}\n{block.body}"
        before, mark, after = frame.partition("    # here\n")
        assert mark, f"{block.frame} has no line `# here`"
        return before + block.body + after

    def _python(self, block: Block) -> None:
        with contextlib.chdir(self.folder):
            if ">>> " not in block.body:
                exec(compile(block.body, f"block at line {block.line}", "exec"), self.memory)  # noqa: S102 - our pages
                return
            test = doctest.DocTestParser().get_doctest(block.body, self.memory, "block", None, block.line)
            runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
            runner.run(test, out=self.complaints.append, clear_globs=False)
            self.memory.update(test.globs)


def run_inside(folder: Path, command: Command, arguments: list[str], given: bytes = b"") -> tuple[int, str]:
    """Run a command with `folder` as the working one; its exit status, and what it printed in the order printed."""
    out, keyboard = (
        io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="", write_through=True) for data in (b"", given)
    )
    before, sys.stdin = sys.stdin, keyboard
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = command(arguments)
    except SystemExit as end:  # argparse, at `--help` and at misuse
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdin = before
    out.seek(0)
    return status, out.read()


def protocol(arguments: list[str]) -> int:
    """The command itself, in this process."""
    from protocol_dsl.cli.main import main

    return main(arguments)


class MarkdownFile(pytest.File):
    """A page is one test, because its later blocks stand on its earlier ones."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the one test, if the page has a block at all."""
        if FENCE.search(self.path.read_text(encoding="utf-8")):
            yield MarkdownPage.from_parent(self, name="page")


class MarkdownPage(pytest.Item):
    """Runs the page in a new folder and reports everything that did not hold."""

    def runtest(self) -> None:
        """Run the page; with `--accept` write back what the commands printed, and run what is then written."""
        said, complaints = self._run()
        if self.config.getoption("accept") and said != self.path.read_text(encoding="utf-8") and FAULT not in said:
            self.path.write_text(said, encoding="utf-8")
            said, complaints = self._run()
        if complaints:
            raise AssertionError("\n".join(f"{self.path.name}:{complaint}" for complaint in complaints))

    def _run(self) -> tuple[str, list[str]]:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", "100")
            patch.setenv("NO_COLOR", "1")
            page = Page(Path(folder), protocol)
            return page.run(self.path.read_text(encoding="utf-8")), page.complaints

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Say what did not hold, and nothing of how it was found."""
        return str(excinfo.value) if excinfo.errisinstance(AssertionError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the page."""
        return self.path, None, self.nodeid


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--accept`."""
    parser.addoption("--accept", action="store_true", help="write what the commands print into the pages")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> MarkdownFile | None:
    """Take the pages of tests/cases and docs, and README.md."""
    place = file_path.relative_to(parent.config.rootpath)
    ours = place.parts[0] == "docs" or place.parts[:2] == ("tests", "cases") or place == Path("README.md")
    return MarkdownFile.from_parent(parent, path=file_path) if ours and place.suffix == ".md" else None
