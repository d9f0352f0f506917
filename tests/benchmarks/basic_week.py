"""What the plain versions of the basic week start from: the shoppers of the engine, and the model's numbers."""

from typing import Any

from simulation.behaviour.parameters import numbers
from simulation.evidence.bench.cases import SALE_WEEK, STORY_WEEK
from simulation.scenario.opening import week_shapes
from simulation.scenario.population import Lives, Shoppers, market_bounds, opening_columns

__all__ = ["SALE_WEEK", "STORY_WEEK", "STORY_WEEKS", "opening", "plain_opening", "terms_of_the_sale"]

STORY_WEEKS = 6


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


def plain_opening(shoppers: int) -> dict[str, Any]:
    """Return the same as plain Python values, one mapping of traits a household."""
    people, lives, p = opening(shoppers)
    columns = {name: column.tolist() for name, column in people._asdict().items()}
    columns |= {name: getattr(lives, name)[0].tolist() for name in ("trust", "resignation", "patron", "card")}
    traits = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    shapes = [tuple(row) for row in week_shapes(numbers()).T.tolist()]
    return {"p": p, "traits": traits, "shapes": shapes, **terms_of_the_sale(p)}
