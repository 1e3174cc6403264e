"""Phase I trial protocols as data: written, checked, screened, decided and explained."""

from typing import TYPE_CHECKING, Any

from protocol_dsl.base.version import __version__

if TYPE_CHECKING:
    from protocol_dsl.amend.compared import diff
    from protocol_dsl.elaborate.printed import term
    from protocol_dsl.evaluate.screening import Screening
    from protocol_dsl.face import Protocol, ProtocolError, grade, load, loads
    from protocol_dsl.pipeline import Loaded, load_text
    from protocol_dsl.versions import screen_in_force

__all__ = [
    "Loaded",
    "Protocol",
    "ProtocolError",
    "Screening",
    "__version__",
    "diff",
    "grade",
    "load",
    "load_text",
    "loads",
    "screen_in_force",
    "term",
]

_HOMES = {
    "diff": "amend.compared",
    "Loaded": "pipeline",
    "Screening": "evaluate.screening",
    "load_text": "pipeline",
    "screen_in_force": "versions",
    "term": "elaborate.printed",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a door to names of many types
    """The public names, imported when first asked for, so that importing the package costs next to nothing."""
    if name not in __all__:
        message = f"protocol_dsl has no {name}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(f"protocol_dsl.{_HOMES.get(name, 'face')}"), name)
