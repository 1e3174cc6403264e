"""A law is a test over generated input: tried a few times with every run, and at length with `-m slow`."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

Test = Callable[..., None]
_USUAL: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


def law(*strategies: SearchStrategy[Any], times: int = 40, at_length: int = 3000) -> Callable[[Test], Test]:
    """A test over what the strategies draw, and beside it a slow one of the same name that ends in `at_length`."""

    def stated(test: Test) -> Test:
        longer = pytest.mark.slow(settings(max_examples=at_length, **_USUAL)(given(*strategies)(test)))
        longer.__name__ = f"{test.__name__}_at_length"
        setattr(sys.modules[test.__module__], longer.__name__, longer)
        return settings(max_examples=times, **_USUAL)(given(*strategies)(test))

    return stated
