"""How laws are run against mutants: always with the same examples, fewer of them, and none made smaller."""

from hypothesis import Phase, settings

settings.register_profile(
    "mutation",
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
)
