"""The command itself, and its verbs in the order in which help lists them."""

import os
import sys

from cyclopts import App, CycloptsError

from simulation.cli.asking import break_even, mechanisms, reserve
from simulation.cli.auditing import audit
from simulation.cli.benching import bench
from simulation.cli.calibrating import calibrate
from simulation.cli.choosing import BAD_INPUT
from simulation.cli.churn import churn
from simulation.cli.comparing import compare, explain
from simulation.cli.deciding import optimise, robust
from simulation.cli.evidence import odd, parameters, validate
from simulation.cli.fitting import fit
from simulation.cli.judging import asking, screen
from simulation.cli.plotting import plot
from simulation.cli.running import check, run, schema
from simulation.cli.serving import classroom, serve
from simulation.cli.studying import ensemble, sensitivity

VERBS = (
    *(run, check, schema),
    *(compare, explain, churn, plot),
    *(break_even, reserve, ensemble, sensitivity, robust, optimise, asking, screen),
    *(serve, classroom),
    *(mechanisms, validate, calibrate, fit, parameters, odd, audit, bench),
)

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
        return int(app(sys.argv[1:], exit_on_error=False, print_error=True, result_action="return_value") or 0)
    except CycloptsError:  # said already
        return BAD_INPUT
    except BrokenPipeError:  # whoever was reading has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130
