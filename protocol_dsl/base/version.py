"""The version of the program, which every decision names."""

__version__ = "0.1.0"
