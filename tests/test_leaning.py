"""What a result leans on: rank correlations against scipy's, and the right numbers first."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import spearmanr

from simulation.report.drawn_numbers import FEWEST_REPLICATES, leanings
from simulation.runs.bootstrap import chance_correlation, rank_correlations
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario


def test_rank_correlation_is_spearmans_with_ties_too() -> None:
    one, other = np.array([3.0, 1.0, 2.0, 2.0, 9.0]), np.array([0.1, 0.7, 0.2, 0.2, -1.0])
    found = rank_correlations(np.array([one, np.ones(5)]), np.array([other, -one]))
    assert found == pytest.approx(np.array([[float(spearmanr(one, other).statistic), -1.0], [0.0, 0.0]]))


def test_the_more_numbers_are_looked_at_the_stronger_one_must_be() -> None:
    assert chance_correlation(17) == pytest.approx(1.959964 / 4)
    assert chance_correlation(17, 10) == pytest.approx(2.807034 / 4)  # the normal quantile at 1 - .05 / 20
    assert chance_correlation(5, 500) == 1.0


def test_a_fee_that_is_paid_over_years_leans_on_the_discount_rate(make_scenario: Callable[..., Scenario]) -> None:
    sale = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 1.0}
    case = make_scenario(
        weeks=60,
        replicates=12,
        population={"shoppers": 400},
        practices={"noticing_own_data_per_year": 0},  # the fee is all that differs
        policies={"sale": [sale]},
        uncertain={"money.discount_rate_per_year": [0.01, 0.9], "world.fine_per_concerned_shopper": [1, 2]},
        institutions=[],
    )
    found = leanings(run_scenario(case))
    assert found[0].address == "money.discount_rate_per_year"
    (sale_leans,) = found[0].correlations
    assert sale_leans < -0.8
    assert leanings(run_scenario(case.with_changes(replicates=FEWEST_REPLICATES - 1))) == []
