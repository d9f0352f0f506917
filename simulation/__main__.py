"""Lets `python -m simulation` do what `aislefour` does."""

import sys

from simulation.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
