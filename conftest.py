"""Let pytest run the Markdown of this repository; it stands here because docs/ and README.md are outside tests/."""

pytest_plugins = ("tests.literate",)
