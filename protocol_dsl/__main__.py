"""`python -m protocol_dsl` is `protocol`."""

from protocol_dsl.cli.main import run

if __name__ == "__main__":
    run()
