"""`--truth-of grade_2=0.1,0.2,0.4`: the true rates of what a protocol counts besides DLTs."""

from typing import TYPE_CHECKING

from protocol_dsl.cli.console import misuse

if TYPE_CHECKING:
    from protocol_dsl.escalation.characteristics import Own
    from protocol_dsl.escalation.simulate import Simulator

_OPTION = "--truth-of"


def read(given: list[str], simulator: "Simulator", scenarios: int) -> "list[Own]":
    """The rates for each scenario. What is said once of a count holds for all of them."""
    from protocol_dsl.escalation.simulate import NotOneRate

    said: dict[str, list[list[str]]] = {}
    for text in given:
        name, equals, listed = text.partition("=")
        if not equals:
            raise misuse(f"`{text}` names no count", f"as in {_OPTION} {_example(simulator)}", _OPTION)
        said.setdefault(name.strip(), []).append(listed.split(","))
    for name, each in said.items():
        if len(each) not in (1, scenarios):
            cure = "say it once, or once for each --truth"
            raise misuse(f"there are {scenarios} --truth, and {len(each)} times the rates of `{name}`", cure, _OPTION)
    try:
        return [
            simulator.own({name: each[number if len(each) > 1 else 0] for name, each in said.items()})
            for number in range(scenarios)
        ]
    except NotOneRate as wrong:
        wanted = f"write a rate from 0 to 1 for each level, lowest first ({', '.join(simulator.ladder.names)})"
        cure = f"{wanted}, as in {_OPTION} {_example(simulator)}"
        raise misuse(str(wrong), cure if simulator.plan.extra else None, _OPTION) from wrong


def _example(simulator: "Simulator") -> str:
    name = next(iter(simulator.plan.extra), "grade_2")
    return f"{name}={','.join(f'0.{min(2 * place, 9)}' for place in range(1, len(simulator.ladder.names) + 1))}"
