"""The command line: arguments to a verb, and a verb to an exit status."""

import errno
import os
import re
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from protocol_dsl.base.diagnostic import Style
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.shelf import names
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.verb import JOBS, Verb

_FRAME: Final = frozenset(  # what is no verb
    {"main", "console", "in_time", "inputs", "outputs", "own_rates", "questions", "verb"}
)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
_LEVELLED: Final = frozenset({"--history", "--level", "--tally"})
_ELSEWHERE: Final = {  # what other programs call it
    "validate": "check",
    "lint": "check",
    "format": "fmt",
    "compare": "diff",
    "run": "test",
    "eligibility": "screen",
    "next": "advise",
    "help": "check",
}
_PAUSED, _BROKEN, _FAULT = 130, 141, 70  # as shells say SIGINT and SIGPIPE; EX_SOFTWARE of sysexits.h

STYLES: Final[dict[str, Style]] = {"human": "human", "plain": "plain", "json": "json"}
EXAMPLES: Final = (
    ("protocol demo", "the whole of it on a trial that ships with the package"),
    ("protocol check trial.protocol", "what is wrong with a file"),
    ("protocol screen trial.protocol --data records/", "who may enter"),
    ("protocol explain PD214", "what a code means"),
)


def run() -> NoReturn:
    """Run as a process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere  # None after `>&-`: there is nobody to tell
    status = main()
    try:
        sys.stdout.flush()
    except OSError as error:
        status = _BROKEN if isinstance(error, BrokenPipeError) else _unwritten(error)
        _let_go()
    if status == _BROKEN:
        _let_go()
    sys.exit(status)


def _let_go() -> None:
    """Nobody reads any more: what is still buffered must not be written on the way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritten(error: OSError) -> int:
    """Standard output that takes no more, as on a full disk, is no mistake of ours."""
    sys.stderr.write(f"error[PD090]: the result cannot be written: {(error.strerror or str(error)).lower()}\n")
    return 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; its exit status. Nothing is raised, and no traceback is shown."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    console = Console.of(_style(arguments), quiet="--quiet" in arguments or "-q" in arguments)
    try:
        return _run(arguments, console)
    except Stop as stop:
        console.diagnose(stop.diagnostics)
        return stop.status
    except SystemExit as end:  # argparse, once it has printed the help
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return _PAUSED
    except BrokenPipeError:
        return _BROKEN
    except Exception as error:
        if os.environ.get("PROTOCOL_DEBUG"):
            raise
        return _fault(error)


def _fault(error: Exception) -> int:
    """Our own mistake: say so in one line, and how to see where. A full disk is none."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return _unwritten(error)
    said = " ".join(str(error).split())[:200]
    sys.stderr.write(
        f"error[PD099]: a fault of the program itself: {type(error).__name__}: {said}\n"
        "  = help: report it with the output of the same command under PROTOCOL_DEBUG=1\n"
    )
    return _FAULT


def _style(arguments: Sequence[str]) -> Style | None:
    """The style asked for, found before anything is parsed, so that even misuse is told in it."""
    for number, argument in enumerate(arguments):
        word = argument.removeprefix("--format=") if "=" in argument else "".join(arguments[number + 1 : number + 2])
        if argument.startswith("--format") and word in STYLES:
            return STYLES[word]
    return None


def _run(arguments: list[str], console: Console) -> int:
    before, word, rest = _split(arguments)
    if word is None:
        if "--version" in before:
            from protocol_dsl.base.version import __version__

            console.result(f"protocol {__version__}")
            return 0
        _top().parse_args(before)  # complains of what is no option; prints the help where it is asked for
        console.result(_top().format_help())
        return 0 if set(before) & {"-h", "--help"} else 2
    verb = _verb(word)
    parser = _parser(verb)
    parsed, unknown = parser.parse_known_args(_with_levels([*before, *rest]))
    if unknown:
        raise _unknown(unknown[0], parser)
    return verb.run(parsed, console)


def _with_levels(words: list[str]) -> list[str]:
    """`--history -1NNN` as `--history=-1NNN`, and `--level -1` likewise: the minus begins a level and no option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in _LEVELLED and re.match(r"-[0-9.]", word):
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined


def _split(arguments: list[str]) -> tuple[list[str], str | None, list[str]]:
    """The options before the verb, the verb, and what follows it; `help VERB` is `VERB --help`."""
    number = 0
    while number < len(arguments) and arguments[number].startswith("-"):
        number += 2 if arguments[number] == "--format" else 1
    before, rest = arguments[:number], arguments[number + 1 :]
    word = arguments[number] if number < len(arguments) else None
    if word == "help":
        return ["--help"], (rest[0] if rest else None), []
    return before, word, rest


def verbs() -> tuple[str, ...]:
    """The verbs there are; none is imported."""
    return tuple(name for name in names("protocol_dsl.cli") if name not in _FRAME)


def _verb(word: str) -> Verb:
    known = verbs()
    if word not in known:
        near = _ELSEWHERE.get(word) or nearest(word, known)
        raise misuse(
            f"there is no verb `{word}`",
            f"`protocol {near}` is near" if near else f"the verbs are {', '.join(known)}",
        )
    found: Verb = import_module(f"protocol_dsl.cli.{word}").verb
    return found


def _unknown(argument: str, parser: ArgumentParser) -> Stop:
    if not argument.startswith("-"):
        return misuse(f"`{argument}` is one argument too many", f"see `{parser.prog} --help`")
    options = [option for action in parser._actions for option in action.option_strings]  # noqa: SLF001 - no other way
    near = nearest(argument.partition("=")[0], options)
    cure = f"`{near}` is near" if near else f"see `{parser.prog} --help`"
    return misuse(f"`{parser.prog}` has no option `{argument.partition('=')[0]}`", cure)


class _Parser(ArgumentParser):
    """Says what is wrong as everything else here does, instead of printing usage."""

    tried: tuple[str, ...] = ()  # calls that are as they should be

    def error(self, message: str) -> NoReturn:
        required = message.partition("the following arguments are required: ")[2]
        if not required:
            raise misuse(message.replace("'", "`"), f"see `{self.prog} --help`")
        first = required.partition(",")[0].split("/")
        shown = next((one for one in self.tried if first[0][:1] != "-" or {*first} & {*one.split()}), None)
        raise misuse(f"`{self.prog}` needs {required}", f"as in `{shown}`" if shown else f"see `{self.prog} --help`")


def _parser(verb: Verb) -> ArgumentParser:
    closing = [f"examples:\n{_listed(verb.examples)}" if verb.examples else ""]
    statuses = {text[0]: text for text in ("2  misuse, or input that cannot be used", *verb.statuses)}
    closing += [f"exit status:\n{_listed(sorted(statuses.values()))}"]
    parser = _Parser(
        prog=f"protocol {verb.name}",
        description=verb.help,
        epilog="\n\n".join(filter(None, closing)),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.tried = verb.examples
    verb.configure(parser)
    _manner(parser, verb.formats)
    return parser


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


def _manner(parser: ArgumentParser, formats: Sequence[str] = ()) -> None:
    more = f"; or {' or '.join(formats)}, for a document" if formats else ""
    parser.add_argument(
        "--format",
        choices=(*STYLES, *formats),
        help=f"how to print: for a person (on a terminal), a line each (elsewhere), or for a program{more}",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but results and errors")


def _top() -> ArgumentParser:
    width = max(map(len, verbs()))
    there = [_verb(name) for name in verbs()]
    listed = [
        f"{said}:\n{_listed([f'{verb.name:<{width}}  {verb.help}' for verb in there if verb.job == job])}"
        for job, said in JOBS.items()
    ]
    tried = [f"{command:<48} {what}" for command, what in EXAMPLES]
    parser = _Parser(
        prog="protocol",
        usage="protocol VERB [arguments]   (`protocol VERB --help` for each)",
        description="Write, check, run and explain protocols of phase I trials. It informs; people decide.",
        epilog="\n\n".join([*listed, f"examples:\n{_listed(tried)}"]),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="show the version")
    _manner(parser)
    return parser
