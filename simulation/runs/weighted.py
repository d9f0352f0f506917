"""One replicate for a study, each policy's two lives weighted by the chance of its first story."""

from dataclasses import replace
from functools import partial

from simulation.model.simulation import Simulation
from simulation.runs.findings import Finding, finding_of
from simulation.runs.lived import outcome_of, replicate_of
from simulation.runs.splitting import lives_of, with_both_lives
from simulation.runs.tasks import Progress, Task, lived


class Weighted(Task):
    """A task whose measures do not hang on whether luck exposed a policy; lines by week are as luck lived them."""

    def live(self, threads: int, progress: Progress) -> Finding:
        """Return the measures, each the mean of both lives, and the weekly lines of the replicate."""
        numbered = partial(Simulation, self.scenario, overrides=self.numbers)
        open_model = partial(numbered, replicate=self.replicate, threads=threads)
        model = lived(open_model(), progress)
        found = finding_of(outcome_of(model))
        if "press" not in self.scenario.institutions:
            return found
        split = with_both_lives(replicate_of(model), lives_of(model), self.scenario, open_model).split
        assert split is not None
        return replace(found, measures={name: split.lives(name).by_replicate() for name in found.measures})
