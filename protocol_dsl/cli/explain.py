"""`protocol explain`: what a code or a CTCAE term means, or one patient's verdict in full."""

import re
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.shelf import names
from protocol_dsl.base.shipped import find_protocol, shipped
from protocol_dsl.cli.console import Console, misuse
from protocol_dsl.cli.inputs import FILE_HELP, add_records, records, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.elaborate.printed import NoTerm

_CODE: Final = re.compile(r"(?i)PD[0-9]{3}")
_GIVEN: Final = re.compile(r'"(PD[0-9]{3})"')
_STATUS: Final = {"eligible": 0, "ineligible": 1, "undetermined": 3}


def _configure(parser: ArgumentParser) -> None:
    what = f"a code such as PD214, a CTCAE term such as `Anemia`, or {FILE_HELP}"
    parser.add_argument("what", metavar="CODE|TERM|FILE", help=what)
    parser.add_argument(
        "--ctcae", metavar="VERSION", help="the version of the term, as in 5.0; without it, all of them"
    )
    add_records(parser, required=False)
    parser.add_argument("--patient", metavar="ID", help="whose verdict; not needed where there is one patient only")
    parser.add_argument("--full", action="store_true", help="show the criteria that clear as well")


def _run(arguments: Namespace, console: Console) -> int:
    if _CODE.fullmatch(arguments.what):
        return _page(arguments.what.upper(), console)
    if arguments.data is not None:
        return _verdict(arguments, console)
    if arguments.ctcae is None and _is_file(arguments.what):
        cure = "give --data PATH and --patient ID, or a code such as PD214"
        raise misuse("there is nothing to explain without records", cure, arguments.what)
    return _term(arguments.what, arguments.ctcae, console)


def _is_file(what: str) -> bool:
    """Whether a file is meant: one that is there, one of ours, or what is written like a path."""
    return what.endswith(".protocol") or Path(what).is_file() or find_protocol(what) is not None


def _term(name: str, version: str | None, console: Console) -> int:
    """What CTCAE prints for a term."""
    from protocol_dsl.elaborate.printed import NoTerm, as_data, lines, term
    from protocol_dsl.elaborate.terms import versions

    if version is not None and version not in versions():
        raise misuse(f"there is no CTCAE `{version}`", f"the versions are {', '.join(versions())}", "--ctcae")
    found = term(name, version)
    if isinstance(found, NoTerm):
        raise misuse(*_no_term(found, version), name)
    if console.style == "json":
        console.data(as_data(found))
    else:
        heads = [console.paint(line, "1") if line and not line.startswith(" ") else line for line in lines(found)]
        console.result("\n".join(heads))
    return 0


def _no_term(found: "NoTerm", version: str | None) -> tuple[str, str]:
    if found.elsewhere:
        having = " and ".join(found.elsewhere)
        return (
            f"`{found.name}` is no term of CTCAE {version}",
            f"CTCAE {having} {'have' if ' ' in having else 'has'} it",
        )
    meant = " or ".join(f"`{one}`" for one in found.meant)
    cure = f"{meant} may be meant" if meant else "give a code such as PD214, a term such as `Anemia`, or a file"
    return f"`{found.name}` is no code, no term of CTCAE and no file", cure


def _page(code: str, console: Console) -> int:
    found = page(code)
    if found is None:
        near = nearest(code, codes())
        raise misuse(f"there is no code `{code}`", f"`{near}` is near" if near else None)
    if console.style == "json":
        console.data({"code": code, "page": found})
    else:
        heads = (console.paint(line, "1") if line.startswith("#") else line for line in found.splitlines())
        console.result("\n".join(heads))
    return 0


def page(code: str) -> str | None:
    """What a code means, as Markdown: its page, or the docstring of the check that gives it."""
    path = shipped("docs/diagnostics") / f"{code}.md"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    title, _, told = _checks().get(code, "").partition("\n")
    return f"# {code}: {title.removesuffix('.')}\n{told}\n" if title else None


def codes() -> tuple[str, ...]:
    """Every code that has a page."""
    written = (path.name.removesuffix(".md") for path in shipped("docs/diagnostics").iterdir())
    return tuple(sorted({*filter(_CODE.fullmatch, written), *_checks()}))


def _checks() -> dict[str, str]:
    """The docstring of the check behind each code."""
    from importlib import import_module
    from inspect import getsource

    modules = [import_module(f"protocol_dsl.checks.{name}") for name in names("protocol_dsl.checks")]
    return {code: (module.__doc__ or "").strip() for module in modules for code in _GIVEN.findall(getsource(module))}


def _verdict(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.face import Protocol

    protocol = sound(arguments.what)
    found = records(arguments, protocol, console)
    known = {record.patient: record for record in found.data.records}
    patient = arguments.patient or (next(iter(known)) if len(known) == 1 else None)
    if patient not in known:
        near = nearest(patient, known) if patient else None
        cure = f"`{near}` is near" if near else f"there are {', '.join(f'`{name}`' for name in list(known)[:12])}"
        raise misuse(f"there is no patient `{patient}`" if patient else "the patient is not named", cure, "--patient")
    screening = Protocol(protocol).screen(known[patient], as_of=found.as_of, **found.at)
    console.diagnose(screening.decision.problems)
    if console.style == "json":
        console.data(screening.to_json())
    else:
        console.result(screening.explain(full=arguments.full))
    return _STATUS[screening.verdict.value]


verb = Verb(
    "explain",
    "show what a code or a CTCAE term means, or one verdict in full",
    _configure,
    _run,
    (
        "protocol explain PD214",
        'protocol explain "Neutrophil count decreased" --ctcae 5.0',
        "protocol explain nct06631391 --data nct06631391 --patient SYN-03",
    ),
    ("0  a page, a term, or eligible", "1  ineligible", "3  undetermined"),
    job="patients",
)
