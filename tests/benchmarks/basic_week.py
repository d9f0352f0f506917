"""The week that all engines of the benchmark live: a sale that is told of in week 5, on shoppers opened alike."""

from typing import Any

from simulation.behaviour.parameters import numbers
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns
from simulation.scenario.schema import Scenario, scenario_type

SALE = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none", "fee_per_member_year": 0.5}
STORY = {"week": 5, "do": "press_story", "about": "share_data"}
STORY_WEEK, SALE_WEEK, STORY_WEEKS = 5, 2, 6


def basic_case(shoppers: int, policies: int = 1, weeks: int = 2600) -> Scenario:
    """Return the exposed sale under so many names, so that each policy has the same to do."""
    data = {"title": "the basic week", "question": "How fast?", "weeks": weeks, "institutions": [], "seed": 1}
    sales = {f"sale {place}": [SALE | {"fee_per_member_year": 0.5 + place}, STORY] for place in range(policies)}
    return scenario_type().model_validate(data | {"population": {"shoppers": shoppers}, "policies": sales})


def opening(shoppers: int) -> tuple[Shoppers, Lives, dict[str, float]]:
    """Return the shoppers, how they stand, and the model's numbers as plain values by name."""
    record = numbers()
    people, lives = opening_columns(market_bounds(shoppers, [1.0]), 1, record, 1, 0)
    values: dict[str, float] = dict(zip(record.dtype.names, record.item(), strict=True))
    return people, lives, values


def terms_of_the_sale(p: dict[str, float]) -> dict[str, Any]:
    """Return how far the sale departs from its context, and how often a customer of the buyer notices it."""
    flow = p["departure_to_insurer"] * p["purpose_underwriting"] * (1 - p["blame_on_the_buyer"])
    noticing = p["insurer_market_share"] * p["noticing_own_data_per_year"] / 52
    return {"departure": flow * p["without_asking"], "noticing": noticing}
