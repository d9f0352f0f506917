"""The command itself, and its verbs in the order in which help lists them."""

import os
import sys

from cyclopts import App, CycloptsError, Group

from simulation.cli.auditing import audit
from simulation.cli.benching import bench
from simulation.cli.calibrating import calibrate
from simulation.cli.common import BAD_INPUT
from simulation.cli.evidence import mechanisms, odd, parameters, validate
from simulation.cli.plotting import plot
from simulation.cli.questions import QUESTIONS, compare
from simulation.cli.running import check, run, schema
from simulation.cli.serving import classroom, serve

VERBS = {
    "Run": (run, check, schema, plot),
    "Ask": (compare, *QUESTIONS),
    "Teach": (serve, classroom),
    "Evidence": (mechanisms, validate, calibrate, parameters, odd),
    "Maintain": (audit, bench),
}
"""The verbs, in groups as help shows them."""

app = App(
    name="aislefour",
    help="Simulate a loyalty programme, and the backlash when its data is misused, before anybody signs.",
    help_epilogue="First command: aislefour run scenarios/shopsense_ifa.yaml --quick",
    version_flags=["--version"],
)
for place, (title, verbs) in enumerate(VERBS.items()):
    group = Group(title, sort_key=place)
    for verb in verbs:
        app.command(verb, group=group)
app.register_install_completion_command(name="completion", group=group)


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
