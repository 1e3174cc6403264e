"""`protocol diff`: what an amendment means."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from protocol_dsl.cli.console import Console, misuse
from protocol_dsl.cli.inputs import FILE_HELP, RUN, add_records, bytes_of, records, sound
from protocol_dsl.cli.outputs import add_out, markdown_text, print_sheet, write_out
from protocol_dsl.cli.questions import add_smt, needs_solver, write_questions
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from fractions import Fraction

    from protocol_dsl.amend.change import Diff
    from protocol_dsl.amend.impact import Judged
    from protocol_dsl.amend.intent import Held
    from protocol_dsl.model.protocol import Protocol

_OUT: Final = (".md", ".html", ".json")


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help=FILE_HELP)
    parser.add_argument("new", metavar="NEW", help="the version that amends it, named in the same way")
    add_records(parser, required=False)
    parser.add_argument(
        "--truth", metavar="RATES", help="how probable it is that the escalations part, given a DLT rate for each level"
    )
    parser.add_argument(
        "--truth-of",
        metavar="NAME=RATES",
        action="append",
        default=[],
        help="the same for something else that an escalation counts, as grade_2=0.1,0.2,0.4; for each count of its own",
    )
    add_smt(parser)
    add_out(parser, _OUT, "the summary of changes, a page with both texts side by side, or all of it as data")


def _run(arguments: Namespace, console: Console) -> int:
    import json

    from protocol_dsl.amend.diff import diff
    from protocol_dsl.amend.intent import held
    from protocol_dsl.amend.page import side_by_side
    from protocol_dsl.amend.report import lines, summary, to_json

    old, new = (sound(name, without=RUN) for name in (arguments.old, arguments.new))
    for strange in _strangers(old, new):
        console.note(f"note: {strange}")
    found = diff(old, new)
    intent = held(new.amendment, found)
    judged = _judged(arguments, old, new, found, console)
    console.diagnose((*found.problems, *found.defects))
    chance = _chance(arguments, old, new)
    told = [*lines(found, new, intent), *([] if judged is None else _impact_lines(judged)), *_chance_lines(chance)]
    data = to_json(found, new, intent) | ({} if judged is None else {"impact": _impact_data(judged)}) | chance
    sheet = summary(found, new, intent)
    writers = {
        ".md": lambda: markdown_text(sheet),
        ".html": lambda: side_by_side(
            sheet, "\n".join(told), (found.old, _text(arguments.old)), (found.new, _text(arguments.new))
        ),
        ".json": lambda: json.dumps(data, indent=2, ensure_ascii=False) + "\n",
    }
    write_out(arguments.out, writers)
    _asked(arguments.smt, old, new, console)
    if arguments.format == "markdown":
        print_sheet(sheet, console, "markdown")
    elif console.style == "json":
        console.data(data)
    else:
        console.result("\n".join(told))
    return _status(found, intent)


def _text(name: str) -> str:
    return bytes_of(name).decode("utf-8", "replace")


def _strangers(old: "Protocol", new: "Protocol") -> Iterator[str]:
    """What speaks against the newer being an amendment of the older."""
    earlier, later = old.header, new.header
    if later.amends is not None and earlier.id != later.id:
        yield f"{earlier.id} and {later.id} are different protocols"
    elif earlier.amends is not None and earlier.amends == later.version:
        yield f"version {earlier.version} amends {later.version}: the older file is to be named first"
    elif later.amends is not None and later.amends != earlier.version:
        yield f"version {later.version} says that it amends {later.amends}; it is compared with {earlier.version}"


def _asked(folder: str | None, old: "Protocol", new: "Protocol", console: Console) -> None:
    """A file for each question, and a note of those that cannot be written."""
    if folder is None:
        return
    from protocol_dsl.amend.diff import questions

    needs_solver(folder)
    found = questions(old, new)
    write_questions(folder, found.texts.items())
    for name, why in found.refused.items():
        about = "to be looked at" if name in found.texts else "not written in SMT-LIB"
        console.note(f"{about}: {name}, {why}")


def _chance(arguments: Namespace, old: "Protocol", new: "Protocol") -> dict[str, object]:
    """How probable it is that the escalations part: exact, and to six places; nothing without rates."""
    from protocol_dsl.amend.escalations import chance_of_parting, counted_besides

    if arguments.truth is None:
        if arguments.truth_of:
            raise misuse("the DLT rates are not said", "as in --truth 0.05,0.12,0.25", "--truth-of")
        return {}
    truth = _rates(arguments.truth, "--truth")
    own: dict[str, list[Fraction]] = {}
    for text in arguments.truth_of:
        name, equals, listed = text.partition("=")
        if not equals:
            raise misuse(f"`{text}` names no count", "as in --truth-of grade_2=0.1,0.2,0.4", "--truth-of")
        own[name.strip()] = _rates(listed, "--truth-of")
    try:
        found = chance_of_parting(old, new, truth, own)
    except ValueError as error:
        cure = "give one rate for each level of the older version, lowest level first"
        if besides := counted_besides(old, new):
            cure += f", and with --truth-of those of {', '.join(besides)}"
        raise misuse(str(error), cure, "--truth") from error
    if isinstance(found, str):
        return {"parting": None, "why_not": found}
    return {"parting": {"exact": str(found), "probability": round(float(found), 6)}}


def _rates(written: str, option: str) -> "list[Fraction]":
    from protocol_dsl.base.quantity import read_number

    rates = [read_number(word.strip()) for word in written.split(",")]
    known = [rate for rate in rates if rate is not None and 0 <= rate <= 1]
    if len(known) != len(rates):
        raise misuse(f"`{written}` holds what is no rate", "write rates from 0 to 1, as in 0.05,0.12,0.25", option)
    return known


def _chance_lines(chance: dict[str, object]) -> list[str]:
    if "parting" not in chance:
        return []
    found = chance["parting"]
    known = f"{found['probability']:g}, exactly {found['exact']}" if isinstance(found, dict) else ""
    return ["", f"chance that the escalations part, at these rates: {known or 'not known, ' + str(chance['why_not'])}"]


def _judged(
    arguments: Namespace, old: "Protocol", new: "Protocol", found: "Diff", console: Console
) -> "tuple[Judged, ...] | None":
    """Who on record would be judged differently; None without records."""
    if arguments.data is None:
        return None
    from protocol_dsl.amend.impact import impact

    before = records(arguments, old, console, by_consent=True)
    known = before.data.diagnostics  # said once, not for each version
    after = records(arguments, new, console, known=known, by_consent=True)
    theirs = {record.patient: record for record in after.data.records}
    read = [(one, theirs[one.patient]) for one in before.data.records if one.patient in theirs]
    return impact(old, new, found, read, max(before.as_of, after.as_of), after.at)


def _impact_lines(judged: "Sequence[Judged]") -> list[str]:
    told = [f"  {one.patient}: {one.old} -> {one.new}; {', '.join(one.clauses)}" for one in judged]
    differing = sum(one.differs for one in judged)
    many = f"{differing} patient{'s' * (differing != 1)} on record would be judged differently"
    return ["", f"{many}, {len(judged) - differing} more with a clause that comes out otherwise", *told]


def _impact_data(judged: "Sequence[Judged]") -> list[dict[str, object]]:
    return [{"patient": one.patient, "old": one.old, "new": one.new, "clauses": list(one.clauses)} for one in judged]


def _status(found: "Diff", intent: "Held | None") -> int:
    if intent is not None:
        return 0 if intent.matched else 3 if found.undecided else 1
    if found.empty:
        return 0
    shown = (
        any(one.kind != "undecided" for one in found.clauses) or found.said or found.whole.witnesses or found.problems
    )
    parted = found.escalation is not None and found.escalation.departure is not None
    return 1 if shown or parted else 3


verb = Verb(
    "diff",
    "say what an amendment means, with records that show it",
    _configure,
    _run,
    (
        "protocol diff nct06631391@1.0 nct06631391@2.0",
        "protocol diff --out changes.md old.protocol new.protocol",
        "protocol diff --format json old.protocol new.protocol",
    ),
    (
        "0  no difference, or the stated intent is matched",
        "1  a difference, or one that is not as stated",
        "3  undecided",
    ),
    ("markdown",),
    job="amend",
)
