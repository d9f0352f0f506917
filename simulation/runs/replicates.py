"""Whole replicates, kept so that a question that was stopped goes on from them, and put together to an outcome."""

import time
from collections.abc import Iterable, Sequence

import numpy as np

from simulation.model.simulation import Simulation
from simulation.runs.lived import nobody, replicate_of
from simulation.runs.outcome import Groups, Outcome, Replicate
from simulation.runs.spool import Spool
from simulation.runs.tasks import Arrays, Progress, Work, lived


class WholeReplicate(Work[Replicate]):
    """One replicate as it is: books, accounts, groups, the numbers drawn."""

    def live(self, threads: int, progress: Progress) -> Replicate:
        """Return the replicate."""
        model = Simulation(self.scenario, replicate=self.replicate, threads=threads)
        found = replicate_of(lived(model, progress))
        model.__dict__.clear()  # institutions refer to their model: all shoppers would stay until garbage is collected
        return found

    def packed(self, found: Replicate) -> Arrays:
        """Return books, accounts and groups by name, and the numbers drawn."""
        return {
            "weekly": found.weekly,
            "accounts": found.accounts,
            **{name: getattr(found.groups, name) for name in Groups.__annotations__},
            "numbers": np.array(list(found.overrides.values()), np.float64),
            "addresses": np.array(list(found.overrides), np.str_),
            "exposed_week": found.exposed_week,
        }

    def unpacked(self, arrays: Arrays) -> Replicate:
        """Return the replicate."""
        drawn = dict(zip(arrays["addresses"].tolist(), arrays["numbers"].tolist(), strict=True))
        groups = Groups(**{name: arrays[name] for name in Groups.__annotations__})
        books = arrays["weekly"], arrays["accounts"]
        return Replicate(self.replicate, *books, groups, drawn, arrays["exposed_week"])


def outcome_of_kept(works: Sequence[WholeReplicate], found: Iterable[tuple[str, Replicate]], command: str) -> Outcome:
    """Return the replicates found by works as an outcome without shoppers; their books are put away as they come."""
    began, spool, scenario = time.perf_counter(), Spool(), works[0].scenario
    replicates = {key: each.put_away(spool) for key, each in found}
    ordered = tuple(replicates[work.key] for work in works)
    seconds = time.perf_counter() - began
    return Outcome(scenario, ordered, nobody(len(scenario.policies)), "columns", seconds, command)
