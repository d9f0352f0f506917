"""What asking shoppers first is worth: a survey before a deal, beside not asking and beside knowing everything.

The worlds are the replicates, each with its own draw of the uncertain numbers and equally likely. In each the deal is
worth what the simulation finds, and the survey hears what the same shoppers would say. Nothing ties the two together
but the model: a survey informs only as far as what people say goes with what the deal would cost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.parameters import numbers
from simulation.model.institutions import Retailer
from simulation.model.simulation import Simulation
from simulation.runs.bootstrap import interval, resampled_means
from simulation.runs.lived import outcome_of
from simulation.runs.tasks import Arrays, Carrier, Progress, Work, carry_out, lived
from simulation.runs.variants import first_practice, refuse_unknown
from simulation.scenario.drawn import drawn_numbers
from simulation.scenario.schema import Scenario, as_data, scenario_type

Floats = NDArray[np.float64]

SAMPLES = (30, 100, 300, 1_000, 3_000, 10_000)
"""How many shoppers are asked if nothing else is asked for."""

_MOST_THRESHOLDS = 400
_LUCKY = 2.0  # standard errors, within which answers are as good as the same
_TELLING = 2.0  # standard errors that a worth must be away from nothing
_SPREADS = 5.0  # standard errors, beyond which no answer falls


@dataclass(frozen=True)
class Worlds:
    """What a deal is worth and who says no to it in every world; shape (worlds,).

    `deal` is the policy's value less the baseline's in dollars, for all `households` of the chain, whatever number is
    `simulated`; `refusing` the share of all shoppers who would say that they mind; `leaving` the share of opening
    patrons who leave because of it. `cost` and `cost_per_answer` are what a survey costs, dollars.
    """

    policy: str
    practice: str
    households: int
    simulated: int
    deal: Floats
    refusing: Floats
    leaving: Floats
    cost: float
    cost_per_answer: float
    seed: int

    @property
    def without(self) -> float:
        """What the better of going ahead and not going ahead is worth on average if nobody is asked."""
        return max(0.0, float(self.deal.mean()))

    @property
    def perfect(self) -> float:
        """How much more it is worth to know the world: what no survey's worth can exceed."""
        return float(np.maximum(0.0, self.deal).mean()) - self.without

    @property
    def goes_without(self) -> bool:
        """Whether one goes ahead if nobody is asked: whether the deal gains on average."""
        return bool(self.deal.mean() > 0)

    @property
    def answers_differ(self) -> bool:
        """Whether answers differ between worlds by more than the luck of who is simulated."""
        share = float(self.refusing.mean())
        luck = np.sqrt(share * (1.0 - share) / self.simulated)
        return bool(self.refusing.std() > _LUCKY * luck)

    @property
    def relation(self) -> float:
        """The rank correlation of saying no and the deal's worth; nan where there are no ranks to compare."""
        from scipy.stats import spearmanr

        if np.ptp(self.refusing) == 0 or np.ptp(self.deal) == 0:
            return float("nan")
        return float(spearmanr(self.refusing, self.deal).statistic)


@dataclass(frozen=True)
class Survey:
    """A survey of some shoppers, read by the rule with the highest expected value; dollars.

    The deal is dropped if a share of answers above `stop_above` is a no: 1 never drops it, and below 0 always does.
    `worth` is what it adds to the decision before its cost, with 80 % of resamples of the worlds between `low` and
    `high`. The rule is chosen with the same worlds that it is then tried on, so that `worth` is rather too high;
    `held_out` lets each world be decided by the rule that is best for the others, with its standard error over
    `worlds` worlds; both nan for one world alone.
    """

    sample: int
    stop_above: float
    changed: float  # share of worlds in which the decision is another than without a survey, by expectation
    worth: float
    low: float
    high: float
    held_out: float
    error: float
    worlds: int
    cost: float

    @property
    def net(self) -> float:
        """What is left of its worth after its cost."""
        return self.worth - self.cost

    @property
    def can_tell(self) -> bool:
        """Whether the worlds can tell what it is worth: whether what is held out is no less than its standard error."""
        return bool(abs(self.held_out) >= self.error)

    @property
    def worlds_to_tell(self) -> float:
        """How many worlds would make its standard error half its worth, if both stay as they are; inf for no worth."""
        if not self.held_out:
            return float("inf")
        return float(np.ceil(self.worlds * (_TELLING * self.error / self.held_out) ** 2))


def worlds_of(
    scenario: Scenario,
    policy: str,
    carry: Carrier = carry_out,
) -> Worlds:
    """Return the worlds of a scenario for one policy, a survey among its actions set aside.

    The deal's value is the whole chain's, for a survey costs the same however few are simulated. `carry` simulates the
    worlds. Raises ValueError if the policy is unknown or starts nothing to ask about.
    """
    refuse_unknown(scenario, policy)
    data = as_data(scenario.with_changes(policies=[policy]))
    data["policies"][policy] = [each for each in data["policies"][policy] if each["do"] != "survey_first"]
    case, asked = scenario_type().model_validate(data), first_practice(scenario, policy)
    practice, size = str(asked.practice()), (scenario.chain.households, scenario.population.shoppers)
    found = carry([Asking(case, replicate, practice, asked.week) for replicate in range(case.replicates)])
    deal, refusing, leaving = np.array(found).T
    return Worlds(policy, practice, *size, deal, refusing, leaving, *_costs(case), scenario.seed)


def _costs(scenario: Scenario) -> tuple[float, float]:
    """Return what a survey and one of its answers cost, on average over worlds."""
    drawn = [numbers({**scenario.overrides, **drawn_numbers(scenario, each)}) for each in range(scenario.replicates)]
    survey = np.mean([float(numbers["survey_cost"]) for numbers in drawn])
    return float(survey), float(np.mean([float(numbers["survey_cost_per_answer"]) for numbers in drawn]))


Asked = tuple[float, float, float]
"""By how much the policy's value exceeds the baseline's, who minds, and who leaves because of it."""


@dataclass(frozen=True)
class Asking(Work[Asked]):
    """One replicate: what the second policy is worth in it, and how many shoppers would say that they mind it."""

    practice: str = ""
    week: int = 1

    def live(self, threads: int, progress: Progress) -> Asked:
        """Ask all shoppers as they open, and see what the policy comes to."""
        model = Simulation(self.scenario, replicate=self.replicate, threads=threads)
        retailer = model.institutions(Retailer)[1]
        refusing = float(retailer.minding(self.practice, self.week).mean())
        outcome = outcome_of(lived(model, progress))
        staying = outcome.staying()[0, -1]
        return float(outcome.difference()[0, 1]), refusing, float(staying[0] - staying[1])

    def packed(self, found: Asked) -> Arrays:
        """Return all three."""
        return {"asked": np.array(found)}

    def unpacked(self, arrays: Arrays) -> Asked:
        """Return all three."""
        difference, refusing, leaving = arrays["asked"].tolist()
        return difference, refusing, leaving


def survey(worlds: Worlds, sample: int) -> Survey:
    """Return what a survey of so many shoppers is worth."""
    thresholds = _thresholds(worlds.refusing, sample)
    going = _chances_of_going(worlds.refusing, sample, thresholds)
    gains = worlds.deal[:, None] * going
    best = _best(gains.mean(axis=0))
    changed = 1.0 - going[:, best] if worlds.goes_without else going[:, best]
    low, high = _resampled(worlds, gains)
    held_out, error = _held_out(worlds, gains)
    return Survey(
        sample=sample,
        stop_above=float(thresholds[best] / sample),
        changed=float(changed.mean()),
        worth=float(gains.mean(axis=0)[best]) - worlds.without,
        low=low,
        high=high,
        held_out=held_out,
        error=error,
        worlds=len(worlds.deal),
        cost=worlds.cost + worlds.cost_per_answer * sample,
    )


def _thresholds(refusing: Floats, sample: int) -> NDArray[np.int64]:
    """Return the counts of noes above which a deal may be dropped: never, always, and those that tell worlds apart."""
    spread = _SPREADS * 0.5 / np.sqrt(sample)
    ends = np.clip([refusing.min() - spread, refusing.max() + spread], 0.0, 1.0) * sample
    between = np.unique(np.linspace(np.floor(ends[0]), np.ceil(ends[1]), _MOST_THRESHOLDS).round())
    return np.unique(np.concatenate([[-1], between, [sample]])).astype(np.int64)


def _chances_of_going(refusing: Floats, sample: int, thresholds: NDArray[np.int64]) -> Floats:
    """Return how likely no more than so many of a random sample say no in each world. Shape (worlds, thresholds)."""
    from scipy.stats import binom

    return np.asarray(binom.cdf(thresholds[None, :], sample, refusing[:, None]))


def _best(expected: Floats) -> int:
    """Return the place of the highest value: the middle one of neighbours that are as high."""
    highest = int(expected.argmax())
    level = expected >= expected[highest] - 1e-9 * max(1.0, abs(float(expected[highest])))
    last = highest
    while last + 1 < len(expected) and level[last + 1]:
        last += 1
    return (highest + last) // 2


def _resampled(worlds: Worlds, gains: Floats) -> tuple[float, float]:
    """Return the ends between which 80 % of resamples of the worlds put the survey's worth, its rule chosen anew."""
    without = np.maximum(0.0, resampled_means(worlds.deal, worlds.seed))
    return interval(resampled_means(gains, worlds.seed).max(axis=1) - without)


def _held_out(worlds: Worlds, gains: Floats) -> tuple[float, float]:
    """Return a survey's worth if each world is decided by the rule that is best for the others, and its error."""
    count = len(gains)
    if count == 1:
        return float("nan"), float("nan")
    others = (gains.sum(axis=0) - gains) / (count - 1)
    decided = np.array([gains[world, _best(others[world])] for world in range(count)])
    added = decided - worlds.deal * worlds.goes_without
    return float(added.mean()), float(added.std(ddof=1) / np.sqrt(count))
