"""The answer in numbers: one row a policy, with intervals, how the policies rank, definitions and caveats."""

from dataclasses import asdict, dataclass
from typing import Any

from simulation.runs.caveats import caveat
from simulation.runs.estimates import Estimate, Share, blocks_of, mean, quantiles, share
from simulation.runs.first_story import Lives
from simulation.runs.outcome import DEFINITIONS, Outcome
from simulation.runs.ranking import Ranking, ranked
from simulation.runs.readings import YEAR
from simulation.runs.secrecy import Secrecy, secrecy
from simulation.scenario.drawn import size_of_block

_MEDIANS = ("card_use", "churn", "revenue", "value")


@dataclass(frozen=True)
class Row:
    """One policy: medians over replicates, and its difference from the baseline; dollars of the whole chain.

    Beside amounts stand dollars a household of the chain and year, and shares of the baseline's median value, None if
    that is nothing. Where first stories were split off, every number weighs both lives of a replicate by their chances.
    Medians and tenths are values of replicates, nothing between two of them.
    """

    policy: str
    card_use: float
    churn: float
    revenue: float
    value: float
    value_per_patron_year: float
    value_per_household_year: float
    difference: float  # median
    difference_per_household_year: float
    difference_share: float | None
    difference_low: float  # 10 % lie below
    difference_high: float  # 10 % lie above
    difference_mean: Estimate
    difference_mean_per_household_year: float
    difference_mean_share: float | None
    loses: Share
    gains: Share
    exposed: int  # replicates in which a story ran, as lived by plain luck
    secrecy: Secrecy | None  # None where nothing can come out by itself, or the run did not split it off

    def as_columns(self) -> dict[str, Any]:
        """Return it as one flat row, empty where a number is not known."""
        flat = {name: value for name, value in vars(self).items() if name != "secrecy"}
        for name in ("difference_mean", "loses", "gains"):
            flat |= _spelled_out(name, flat[name])
        for name in ("chance", "if_secret", "if_exposed", "break_even_chance"):
            estimate = getattr(self.secrecy, name, None) or Estimate(float("nan"))
            flat |= _spelled_out({"chance": "exposure_chance"}.get(name, name), estimate)
        return {**flat, "verdict": self.secrecy.verdict if self.secrecy else ""}


def _spelled_out(name: str, of: Estimate | Share) -> dict[str, Any]:
    """Return an estimate as columns: its value under its own name, what else is known of it under longer ones."""
    known = {part: float("nan") if value is None else value for part, value in vars(of).items()}
    return {name if part == "value" else f"{name}_{part}": value for part, value in known.items()}


@dataclass(frozen=True)
class Headline:
    """What a run says first; `simulated` says in words how many shoppers were, and for how many households."""

    title: str
    question: str
    simulated: str
    replicates: int
    blocks: int  # whole blocks of replicates; under four there are no standard errors and nothing is ranked
    block_size: int  # replicates of a block
    split: bool  # whether every policy was lived with its first story untold and told
    rows: tuple[Row, ...]
    ranking: Ranking | None  # None under four blocks, or without another policy
    caveat: str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, with what the measures mean."""
        return {**asdict(self), "definitions": DEFINITIONS}


def headline(outcome: Outcome) -> Headline:
    """Return the answer that an outcome gives to its scenario's question."""
    scenario, size = outcome.scenario, size_of_block(outcome.scenario)
    differences = outcome.differences()
    rows = tuple(_row(outcome, differences, policy, size) for policy in range(len(outcome.policies)))
    return Headline(
        title=scenario.title,
        question=scenario.question,
        simulated=scenario.simulated,
        replicates=scenario.replicates,
        blocks=blocks_of(scenario.replicates, size),
        block_size=size,
        split=outcome.split is not None,
        rows=rows,
        ranking=ranked(outcome.policies, differences.by_replicate(), size),
        caveat=caveat(scenario),
    )


def _row(outcome: Outcome, differences: Lives, policy: int, size: int) -> Row:
    on_average = mean(differences.by_replicate()[:, policy], size)
    middle, low, high = quantiles(*differences.of(policy), (0.5, 0.1, 0.9))
    medians = {name: quantiles(*outcome.lives(name).of(policy), (0.5,))[0] for name in _MEDIANS}
    patrons, years = float(outcome.opening_patrons()[:, policy].mean()), outcome.scenario.weeks / YEAR
    return Row(
        policy=outcome.policies[policy],
        **medians,
        value_per_patron_year=medians["value"] / patrons / years,
        value_per_household_year=medians["value"] / outcome.household_years,
        difference=middle,
        difference_per_household_year=middle / outcome.household_years,
        difference_share=_share_of_the_baseline(outcome, middle),
        difference_low=low,
        difference_high=high,
        difference_mean=on_average,
        difference_mean_per_household_year=on_average.value / outcome.household_years,
        difference_mean_share=_share_of_the_baseline(outcome, on_average.value),
        loses=share(differences.parts(policy, -1)),
        gains=share(differences.parts(policy, 1)),
        exposed=int(outcome.exposed()[:, policy].sum()),
        secrecy=secrecy(outcome, policy, size),
    )


def _share_of_the_baseline(outcome: Outcome, amount: float) -> float | None:
    baseline = abs(quantiles(*outcome.lives("value").of(0), (0.5,))[0])
    return amount / baseline if baseline else None
