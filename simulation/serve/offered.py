"""What a page is told of a scenario that can be changed there: its policies, its numbers by effect, its size."""

from collections.abc import Mapping
from typing import Any

from simulation.behaviour.parameters import Parameter, parameters
from simulation.runs.caveats import drawn_in_words
from simulation.scenario.drawn import drawn_alone, drawn_together, range_of, spread_of
from simulation.scenario.schema import Scenario, as_data
from simulation.serve.asked import LEAST, MOST, SIZES, usual_sizes
from simulation.serve.cards import in_plain_words, kinds
from simulation.serve.slider_ends import ends_in_words

MATTERING = (
    "world.press_hazard_per_year",
    "behaviour.leaving_by_grievance",
    "world.story_reach",
    "behaviour.trust_loss_ratio",
    "practices.noticing_own_data_per_year",
    "practices.with_opt_in",
)
"""What is offered, beside a scenario's own ranges, until its numbers have been screened."""

_SHOWN = 12  # sliders: what moves the answer less is found by name
_NEGLIGIBLE = 0.01  # of the largest effect


def offered(name: str, scenario: Scenario, effects: Mapping[str, float], is_screened: bool) -> dict[str, Any]:
    """Return all that a page needs to show a scenario and to have it changed, as plain data."""
    return {
        "name": name,
        "title": scenario.title,
        "policies": as_data(scenario)["policies"],
        "words": {policy: [in_plain_words(each) for each in actions] for policy, actions in scenario.policies.items()},
        "about": scenario.asks_about or list(scenario.policies)[-1],
        "kinds": kinds(),
        "markets": list(scenario.markets),
        "numbers": [_number(scenario, each, effects) for each in _order(scenario, effects if is_screened else {})],
        "is_screened": is_screened,
        "drawn": drawn_in_words(scenario),
        "usual": usual_sizes(scenario),
        "least": {each: LEAST[each] for each in SIZES},
        "most": MOST,
    }


def _order(scenario: Scenario, effects: Mapping[str, float]) -> list[str]:
    """Return the addresses of the sliders in order of effect, or the usual ones until all effects are known."""
    if not effects:
        return list(dict.fromkeys([*scenario.uncertain.ranges, *MATTERING]))
    largest = next(iter(effects.values()))
    return [address for address, by in effects.items() if by > _NEGLIGIBLE * largest][:_SHOWN]


def _number(scenario: Scenario, address: str, effects: Mapping[str, float]) -> dict[str, Any]:
    parameter, (low, high) = parameters()[address], range_of(scenario, address)
    usual = scenario.overrides.get(address, parameter.value)
    left, right = ends_in_words(parameter, low, high)
    return {
        "address": address,
        "name": parameter.name.replace("_", " "),
        "meaning": parameter.meaning,
        "unit": parameter.unit,
        "low": low,
        "high": high,
        "limits": parameter.limits,
        "usual": usual,
        "logarithmic": parameter.distribution == "log-uniform" and low > 0,
        "drawn": _drawn(scenario, parameter),
        "left": left,
        "right": right,
        "grade": parameter.grade,
        "source": parameter.source,
        "effect": effects.get(address),
    }


def _drawn(scenario: Scenario, parameter: Parameter) -> tuple[float, float] | None:
    """Return between what replicates draw a number, None if they do not."""
    if parameter.address in (*drawn_alone(scenario), *drawn_together(scenario)):
        return spread_of(scenario, parameter.address)
    return None
