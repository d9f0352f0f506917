"""Lets `python -m simulation` do what `aislefour` does."""

import sys

from simulation.cli.door import main

if __name__ == "__main__":
    sys.exit(main())
