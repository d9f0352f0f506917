"""The answer: one sentence and one row a policy, with intervals, definitions and caveats."""

from dataclasses import asdict, dataclass
from typing import Any

from simulation.runs.caveats import caveat
from simulation.runs.estimates import Estimate, Share, blocks_of, mean, quantiles, share
from simulation.runs.first_story import Lives
from simulation.runs.formats import beside, dollars
from simulation.runs.outcome import DEFINITIONS, Outcome
from simulation.runs.ranking import Ranking, ranked
from simulation.runs.readings import YEAR
from simulation.runs.secrecy import Secrecy, secrecy
from simulation.scenario.drawn import size_of_block

_ROUNDING = 1e-6
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
    answer: str
    simulated: str
    replicates: int
    blocks: int  # whole blocks of replicates; under four there are no standard errors and nothing is ranked
    block_size: int  # replicates of a block
    split: bool  # whether every policy was lived with its first story untold and told
    clauses: tuple[str, ...]
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
    clauses = _clauses(rows, scenario.replicates)
    return Headline(
        title=scenario.title,
        question=scenario.question,
        answer=f"Against {rows[0].policy}: {'; '.join(clauses) or 'there is no other policy to compare'}.",
        simulated=scenario.simulated,
        replicates=scenario.replicates,
        blocks=blocks_of(scenario.replicates, size),
        block_size=size,
        split=outcome.split is not None,
        clauses=clauses,
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


def _clauses(rows: tuple[Row, ...], replicates: int) -> tuple[str, ...]:
    """Return what to say of each policy but the baseline, the best on average first."""
    return tuple(_clause(row, replicates) for row in sorted(rows[1:], key=lambda row: -row.difference_mean.value))


def _clause(row: Row, replicates: int) -> str:
    if row.loses.value == row.gains.value == 0.0:
        return f"{row.policy} changes nothing"
    per_year, of_value = beside(row.difference_mean_per_household_year, row.difference_mean_share)
    apiece = f"{per_year} a household and year, {of_value} of value"
    if replicates == 1:
        verb = "gains" if row.difference > 0 else "loses"
        return f"{row.policy} {verb} {dollars(abs(row.difference))} ({apiece}; one replicate, so no interval)"
    middle = f"median {dollars(row.difference, True)}; mean {in_words(row.difference_mean)}: {apiece}"
    interval = f"80 % lie between {dollars(row.difference_low, True)} and {dollars(row.difference_high, True)}"
    return f"{row.policy} {_verdict(row.gains.value, row.loses.value, replicates)} ({middle}; {interval})"


def _verdict(gaining: float, losing: float, replicates: int) -> str:
    """Return in how many replicates a policy gains, loses and changes nothing; the most first.

    A replicate of which one life gains and the other loses counts in part for both: then shares stand for numbers.
    """
    shares = {"gains": gaining, "loses": losing, "changes nothing": max(0.0, 1.0 - gaining - losing)}
    told = sorted((name for name in shares if shares[name] > _ROUNDING), key=lambda name: -shares[name])
    if len(told) == 1:
        return f"{told[0]} in every replicate"
    counts = {name: shares[name] * replicates for name in told}
    whole = all(abs(count - round(count)) < _ROUNDING for count in counts.values())
    said = {name: f"{counts[name]:.0f}" if whole else f"{shares[name]:.0%}" for name in told}
    first, *others = told
    rest = " and ".join(f"{name} in {said[name]}" for name in others)
    return f"{first} in {said[first]} of {f'{replicates} replicates' if whole else 'worlds'}, {rest}"


def in_words(mean: Estimate) -> str:
    """Return a mean amount with its standard error, if there is one."""
    error = f" ± {dollars(mean.error)}" if mean.error else ""
    return f"{dollars(mean.value, signed=True)}{error}"
