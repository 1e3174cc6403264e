"""Put the parser's tables into the wheel, so that an installed package need not compute them."""

import importlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TABLES = "protocol_dsl/_tables.bin"
WRITER = "protocol_dsl/syntax/tables.py"


class ParserTables(BuildHookInterface):  # type: ignore[type-arg]
    """Writes the tables beside the package; an editable install uses them there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        """Write the tables, if this tree knows how; without them the package works and starts more slowly."""
        root = Path(self.root)
        if not (root / WRITER).exists():
            return
        sys.path.insert(0, str(root))
        try:
            importlib.import_module("protocol_dsl.syntax.tables").write(root / TABLES)
        finally:
            sys.path.remove(str(root))
        build_data["artifacts"].append(TABLES)
