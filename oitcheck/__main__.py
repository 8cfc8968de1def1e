"""The start of the program, by its command or as `python -m oitcheck`."""

import sys

INTERRUPTED = 7


def main() -> None:
    """Run the command line; exits with its code, and with 7 when it is interrupted before it is even loaded."""
    try:
        from oitcheck.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
