"""Fit what shoppers say and what they do, together: `python -m simulation.evidence.attitudes`.

The population is asked, by an instrument of the model, what a survey asked: is it acceptable that a grocer's card data
is passed on, and what if an insurer is the recipient. Whoever would feel a violation of at least `minding_from` says
no, and of at least `unsure_from` that it depends. Then a leak is told to everybody, and the twin without it says how
many leave because of it.

The method is approximate Bayesian computation by rejection: points of a Sobol sequence over stated priors are kept
that answer the survey best, and of these, each tried with several weights of what is said in what is done, those whose
shoppers do not leave more often than people say they did. What is left is the posterior; what the evidence does not
speak of stays as wide as its prior.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, keys_of_week
from simulation.behaviour.parameters import numbers, parameters
from simulation.model.model import LoyaltyModel
from simulation.scenario.population import Shoppers, market_bounds, opening_columns
from simulation.scenario.practices import departure_of_flow
from simulation.scenario.schema import scenario_type

Floats = NDArray[np.float64]

SAID_PRIORS = {
    "attitudes.high_sensitivity": (0.25, 0.55),
    "attitudes.high_sensitivity_at_50_or_over": (0.0, 1.2),
    "attitudes.high_sensitivity_on_low_income": (-1.2, 0.2),
    "attitudes.sensitivity_when_low": (0.05, 0.35),
    "attitudes.sensitivity_when_high": (0.6, 0.95),
    "attitudes.sensitivity_spread": (0.03, 0.2),
    "attitudes.minding_from": (0.15, 0.55),
    "attitudes.unsure_from": (0.02, 0.3),
    "practices.departure_to_broker": (0.3, 1.0),
    "practices.departure_to_insurer": (0.4, 1.2),
}
"""Low and high end of what the survey can speak of."""

DONE_PRIORS = {
    "behaviour.stated_weight_in_action": (0.05, 0.8),  # its size is unknown: drawn evenly in logarithms
    "behaviour.leaving_by_grievance": (20.0, 200.0),
    "behaviour.resignation_dulls": (0.5, 1.0),
    "behaviour.trust_lost_by_violation": (0.5, 1.5),
    "practices.departure_of_a_leak": (0.3, 1.0),
}
"""The same of what stands between saying and doing."""


@dataclass(frozen=True)
class Share:
    """A share that a survey found, and of how many people."""

    name: str
    observed: float
    asked: int

    @property
    def error(self) -> float:
        """The standard error of the share."""
        return float(np.sqrt(self.observed * (1 - self.observed) / self.asked))


SAID = (
    Share("card data sold: acceptable", 0.47, 461),
    Share("card data sold: it depends", 0.20, 461),
    Share("card data sold: not acceptable", 0.32, 461),
    Share("not acceptable, 50 and over", 0.39, 215),
    Share("not acceptable, under 50", 0.27, 246),
    Share("acceptable, low income", 0.56, 125),
    Share("acceptable, other incomes", 0.43, 336),
    Share("insurer: acceptable", 0.37, 461),
    Share("insurer: it depends", 0.16, 461),
    Share("insurer: not acceptable", 0.45, 461),
)
"""Pew Research Center, Privacy and Information Sharing, 2016: loyalty cards; an insurer as recipient. Group sizes are
those of the groups' shares among 461 people."""

LEFT_AFTER_A_LEAK = 0.11
"""Say they stopped dealing with a firm that leaked their data (RAND RR1187, 2016): self-reported, so an upper side."""

_ASKED, _WATCHED, _SEED = 4_000, 1_500, 2016
_WEIGHTS_EACH = 8
_FIRST_STEP, _MOST_TRIED = 0.08, 800


def answers(people: Shoppers, record: NDArray[np.void]) -> dict[str, float]:
    """Return the shares of shoppers who would give each answer, by the names of `SAID`."""
    sold = _answers_about(departure_of_flow("broker", "purchases", "marketing", record), people, record)
    insurer = _answers_about(departure_of_flow("insurer", "purchases", "underwriting", record), people, record)
    older, poor = people.older == 1, people.low_income == 1
    fine, unsure, minds = ([each.mean() for each in found] for found in zip(sold, insurer, strict=True))
    return {
        "card data sold: acceptable": float(fine[0]),
        "card data sold: it depends": float(unsure[0]),
        "card data sold: not acceptable": float(minds[0]),
        "not acceptable, 50 and over": float(sold[2][older].mean()),
        "not acceptable, under 50": float(sold[2][~older].mean()),
        "acceptable, low income": float(sold[0][poor].mean()),
        "acceptable, other incomes": float(sold[0][~poor].mean()),
        "insurer: acceptable": float(fine[1]),
        "insurer: it depends": float(unsure[1]),
        "insurer: not acceptable": float(minds[1]),
    }


def _answers_about(
    flow: float, people: Shoppers, record: NDArray[np.void]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who calls a flow acceptable, who says that it depends, and who calls it not acceptable."""
    felt = flow * people.sensitivity.astype(np.float64)
    minds, fine = felt >= record["minding_from"], felt < record["unsure_from"]
    return fine & ~minds, ~fine & ~minds, minds


def distance(found: Mapping[str, float]) -> float:
    """Return how far answers lie from the survey's: root mean square, in standard errors."""
    return float(np.sqrt(np.mean([((found[each.name] - each.observed) / each.error) ** 2 for each in SAID])))


def asked(overrides: Mapping[str, float]) -> dict[str, float]:
    """Return what a population with these numbers answers."""
    record = numbers(overrides)
    people, _ = opening_columns(market_bounds(_ASKED, [1.0]), 1, record, _SEED, 0)
    return answers(people, record)


def leaving_because_of_a_leak(overrides: Mapping[str, float]) -> float:
    """Return the share of opening patrons told of a leak who leave within a year and whose twin does not, net."""
    leak = {"week": 2, "do": "leak", "reach": 1.0}
    data = {"title": "A leak", "question": "Who leaves?", "weeks": 54, "seed": _SEED, "institutions": []}
    case = data | {
        "uncertain": "chance",
        "population": {"shoppers": _WATCHED},
        "policies": {"no leak": [], "leak": [leak]},
    }
    model = LoyaltyModel(scenario_type().model_validate(case), overrides=dict(overrides)).run()
    told = (model.lives.aware[1] != 0) & (model.people.opening_patron == 1)
    left = model.lives.left_week[:, told] > 0
    return float((left[1].astype(int) - left[0]).mean())


def points(priors: Mapping[str, tuple[float, float]], count: int, stream: int) -> list[dict[str, float]]:
    """Return points spread evenly over priors, the same for the same stream: a scrambled Sobol sequence."""
    from scipy.stats import qmc

    key = int(keys_of_week(_SEED, stream, 0)[Purpose.NOT_KNOWING])
    unit = qmc.Sobol(len(priors), rng=np.random.default_rng(key)).random(count)
    return [
        {
            address: parameters()[address].drawn(float(point), ends)
            for (address, ends), point in zip(priors.items(), row, strict=True)
        }
        for row in unit
    ]


def fit_said(count: int = 4096, kept: int = 64) -> list[dict[str, float]]:
    """Return the points that answer the survey best, the best first."""
    tried = points(SAID_PRIORS, count, 0)
    order = np.argsort([distance(asked(point)) for point in tried], kind="stable")
    return [tried[place] for place in order[:kept]]


def likeliest(said: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the point nearest to the survey, found from the best of some; drawn to their middle where it says nothing.

    The pull is that of a normal prior as wide as the prior's whole range.
    """
    from scipy.optimize import minimize

    low, high = np.array(list(SAID_PRIORS.values())).T
    middle = np.array([of[0] for of in posterior(said).values()])

    def miss(values: Floats) -> float:
        """Return how far values lie from the answers, and from where they are most likely."""
        inside = bool(((low <= values) & (values <= high)).all())
        pull = float((((values - middle) / (high - low)) ** 2).sum()) / len(SAID)
        return distance(asked(_point(values))) ** 2 + pull if inside else np.inf

    start = np.array(list(said[0].values()))
    corners = np.vstack([start, start + np.diag(_FIRST_STEP * (high - low))])
    found = minimize(miss, start, method="Nelder-Mead", options={"initial_simplex": corners, "maxfev": _MOST_TRIED})
    return _point(found.x)


def _point(values: Floats) -> dict[str, float]:
    return dict(zip(SAID_PRIORS, values.tolist(), strict=True))


def fit_done(said: Sequence[Mapping[str, float]], each: int = _WEIGHTS_EACH) -> tuple[list[dict[str, float]], Floats]:
    """Return each point joined with several ways from saying to doing, and how many leave because of a leak."""
    ways = points(DONE_PRIORS, _power_of_two(len(said) * each), 1)
    joined = [{**said[place % len(said)], **way} for place, way in enumerate(ways[: len(said) * each])]
    return joined, np.array([leaving_because_of_a_leak(point) for point in joined])


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()


def posterior(kept: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float, float]]:
    """Return the median, 10 % and 90 % of each number over the points that were kept."""
    return {
        address: tuple(np.quantile([point[address] for point in kept], [0.5, 0.1, 0.9]).tolist()) for address in kept[0]
    }


def main() -> None:
    """Print the fit: what is said, what is done, and the numbers that bring both about."""
    said = fit_said()
    nearest = likeliest(said)
    best = asked(nearest)
    print(f"{'said':36s}{'observed':>10s}{'model':>10s}{'errors':>10s}")
    for share in SAID:
        off = (best[share.name] - share.observed) / share.error
        print(f"{share.name:36s}{share.observed:10.2f}{best[share.name]:10.3f}{off:+10.1f}")
    print("\nlikeliest: " + ", ".join(f"{address} {value:.3g}" for address, value in nearest.items()))
    joined, leaving = fit_done(said)
    kept: list[Any] = [point for point, left in zip(joined, leaving, strict=True) if left <= LEFT_AFTER_A_LEAK]
    print(
        f"\nof {len(joined)} points that fit what is said, {len(kept)} leave at most {LEFT_AFTER_A_LEAK:.0%} of those"
    )
    print("who are told of a leak; without that limit and with it, the numbers are (median, 10 %, 90 %):")
    before, after = posterior(joined), posterior(kept)
    for address in before:
        print(f"{address:42s}" + "   ".join("{:.3g} ({:.3g} to {:.3g})".format(*of[address]) for of in (before, after)))


if __name__ == "__main__":
    main()
