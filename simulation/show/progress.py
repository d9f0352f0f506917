"""How far it is: a bar where there is a terminal or a notebook, a word of what takes long elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from simulation.behaviour.compiling import is_compiled
from simulation.model.weeks import live_weeks
from simulation.runs.runner import Watcher
from simulation.show.screen import Screen


@contextmanager
def progress(weeks: int) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on standard error until all is done; elsewhere than on a terminal, say only what takes long once."""
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        announce_compiling()
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Screen(stderr=True), transient=True) as bar:
        task = bar.add_task(
            "simulating" if is_compiled(live_weeks) else "compiling, once; then simulating", total=weeks
        )

        def advance(done: int) -> None:
            bar.update(task, advance=done, description="simulating")

        yield advance


def announce_compiling() -> None:
    """Say on standard error that compiling comes first, if it does."""
    if not is_compiled(live_weeks):
        print("Compiling, once: about half a minute.", file=sys.stderr)


class Bar(Watcher):
    """Tells on standard error what is to come, and shows a bar there."""

    def say(self, text: str) -> None:
        """Print a sentence about what is to come."""
        print(text, file=sys.stderr)

    def progress(self, total: int) -> AbstractContextManager[Callable[[int], None] | None]:
        """Show a bar until all is done."""
        return progress(total)
