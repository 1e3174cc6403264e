"""Let pytest run the Markdown of this repository; it stands here because docs/ and README.md are outside tests/."""

from hypothesis import settings

pytest_plugins = ("tests.literate",)

settings.register_profile("untimed", deadline=None)  # a machine that is busy with something else is no failure
settings.load_profile("untimed")
