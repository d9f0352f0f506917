"""The command itself, and its verbs in the order in which help lists them."""

import sys

from cyclopts import App, CycloptsError

from simulation.cli.asking import break_even, mechanisms, reserve
from simulation.cli.choosing import BAD_INPUT
from simulation.cli.deciding import optimise, robust
from simulation.cli.evidence import odd, parameters
from simulation.cli.running import check, run, schema

VERBS = (run, check, schema, break_even, reserve, robust, optimise, mechanisms, parameters, odd)

app = App(
    name="aislefour",
    help="Simulate a loyalty programme, and the backlash when its data is misused, before anybody signs.",
    version_flags=["--version"],
)
for verb in VERBS:
    app.command(verb)


def main() -> int:
    """Run the command line; return the exit code."""
    try:
        return int(app(exit_on_error=False, print_error=True, result_action="return_value") or 0)
    except CycloptsError:  # said already
        return BAD_INPUT
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130
