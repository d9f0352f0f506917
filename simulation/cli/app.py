"""The command itself, and its verbs in the order in which help lists them."""

import os
import sys
import threading

from cyclopts import App, CycloptsError, Group

from simulation.behaviour.plugins import plugins
from simulation.cli.auditing import audit
from simulation.cli.beginning import new, scenarios
from simulation.cli.benching import bench
from simulation.cli.calibrating import calibrate
from simulation.cli.common import BAD_INPUT, refused
from simulation.cli.documentation import docs
from simulation.cli.evidence import mechanisms, odd, parameters, validate
from simulation.cli.fitting import fit
from simulation.cli.plotting import plot, report
from simulation.cli.questions import QUESTIONS, compare
from simulation.cli.running import check, run, schema
from simulation.cli.serving import classroom, serve
from simulation.cli.speaking import UnheardError, heard
from simulation.cli.stopping import StoppedError, stoppable
from simulation.runs.room import NoRoomError, refuse_too_little

VERBS = {
    "Run": (run, scenarios, new, check, schema, plot, report, docs),
    "Ask": (compare, *QUESTIONS),
    "Teach": (serve, classroom),
    "Evidence": (mechanisms, validate, calibrate, fit, parameters, odd),
    "Maintain": (audit, bench),
}
"""The verbs, in groups as help shows them."""


def _added() -> str:
    """Return which packages of other people add to the program, for its help."""
    return f"\n\nPlug-ins that are installed: {', '.join(map(str, plugins().values()))}" if plugins() else ""


app = App(
    name="aislefour",
    help="Simulate a loyalty programme, and the backlash when its data is misused, before anybody signs.",
    help_epilogue="First command: aislefour run shopsense_ifa --quick. Documentation: aislefour docs" + _added(),
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,  # main says what has become of it
)
for place, (title, verbs) in enumerate(VERBS.items()):
    group = Group(title, sort_key=place)
    for verb in verbs:
        app.command(verb, group=group)
app.register_install_completion_command(name="completion", group=group)


_UNHEARD = 1
_INTERRUPTED = 130


def main() -> int:
    """Run the command line; return the exit code."""
    try:
        with stoppable(), heard():
            refuse_too_little()
            return _run()
    except NoRoomError as error:
        return refused(error)
    except UnheardError as error:
        return 0 if error.has_gone else _unheard(error)  # whoever was reading has read enough
    except StoppedError as error:
        return _stopped(error.code)
    except KeyboardInterrupt:
        return _stopped(_INTERRUPTED)


def _run() -> int:
    try:
        return int(app(sys.argv[1:], exit_on_error=False, print_error=True, result_action="return_value") or 0)
    except CycloptsError:  # said already
        return BAD_INPUT


def _unheard(error: UnheardError) -> int:
    with heard():
        print(
            f"standard output cannot be written: {error}; results, where there are any, are in their files",
            file=sys.stderr,
        )
    return _UNHEARD


def _stopped(code: int) -> int:
    """Say so and return the exit code, or end at once if threads are still at work that nobody waits for."""
    with heard():
        print("stopped; nothing is left half-written", file=sys.stderr)
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        os._exit(code)
    return code
