"""SAS transport files for tests."""

from protocol_dsl.synthesize.transport import from_frame, written

__all__ = ["from_frame", "written"]
