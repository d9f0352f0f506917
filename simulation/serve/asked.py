"""What somebody asks for on a page: a scenario with policies kept, numbers set and a size, within bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from urllib.parse import urlencode

from simulation.behaviour.parameters import Parameter, parameters
from simulation.scenario.drawn import drawn_alone, drawn_together, range_of
from simulation.scenario.schema import Scenario
from simulation.serve.pages import Form

MOST = {"shoppers": 100_000, "weeks": 520, "replicates": 8, "policies": 8}
"""How large a run that somebody asks for on a page may be."""

LEAST = {"shoppers": 100, "weeks": 1, "replicates": 1, "policies": 1}
MOST_WORK = 1_000_000_000
"""How many shoppers x weeks x policies x replicates one run may take."""

USUAL = {"shoppers": 10_000, "replicates": 8}
STEPS = 100
"""Steps of a slider from one end of a number's range to the other."""

MATTERING = (
    "behaviour.trust_loss_ratio",
    "behaviour.stated_weight_in_action",
    "behaviour.leaving_by_grievance",
    "behaviour.resignation_dulls",
    "behaviour.believing_word_of_mouth",
    "behaviour.talking_at_full_violation",
    "practices.noticing_own_data_per_year",
    "practices.with_opt_in",
    "world.press_hazard_per_year",
    "world.story_reach",
)
"""The guesses that the case of the scenario shopsense_ifa leans on most; offered beside a scenario's own."""


class AskedError(ValueError):
    """Why what somebody asks for cannot be run, in a sentence."""


@dataclass(frozen=True)
class Slider:
    """A number that may be set, with its ends and where it stands; `drawn` says from what, if replicates draw it."""

    parameter: Parameter
    low: float
    high: float
    drawn: str  # "range", "set", or "" for a number that is not drawn
    value: float
    is_set: bool = False

    @property
    def step(self) -> int:
        """Where the slider stands."""
        low, high, value = self.low, self.high, self.value
        if self.is_logarithmic:
            low, high, value = log(low), log(high), log(value)
        return round(STEPS * (value - low) / (high - low))

    @property
    def is_logarithmic(self) -> bool:
        """Whether equal steps multiply the number rather than adding to it."""
        return self.parameter.distribution == "log-uniform" and self.low > 0

    def at(self, step: int) -> float:
        """Return the number at a step, to three digits."""
        return float(f"{self.parameter.drawn(step / STEPS, (self.low, self.high)):.3g}")


def sliders(scenario: Scenario) -> dict[str, Slider]:
    """Return the numbers that a page offers to set: those with ranges of their own, and those that usually matter."""
    alone, together = dict.fromkeys(drawn_alone(scenario), "range"), dict.fromkeys(drawn_together(scenario), "set")
    offered, drawn = dict.fromkeys([*scenario.uncertain.ranges, *MATTERING]), alone | together
    return {address: _slider(scenario, address, drawn.get(address, "")) for address in offered}


def _slider(scenario: Scenario, address: str, drawn: str) -> Slider:
    parameter, (low, high) = parameters()[address], range_of(scenario, address)
    value = scenario.overrides.get(address, parameter.value)
    if address in scenario.uncertain.ranges:
        value = min(max(value, low), high)
    return Slider(parameter, min(low, value), max(high, value), drawn, value)


@dataclass(frozen=True)
class Asked:
    """A scenario of the shelf, by name, with what is asked of it otherwise; numbers by address and step."""

    name: str
    base: Scenario
    policies: tuple[str, ...]
    shoppers: int
    weeks: int
    replicates: int
    steps: Mapping[str, int]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario to be run; raises AskedError where it is too large or does not hang together."""
        self._refuse_too_large()
        try:
            size = {"weeks": self.weeks, "replicates": self.replicates}
            return self.base.with_changes(self.policies, self.shoppers, self.numbers, **size)
        except ValueError as error:
            raise AskedError(str(error)) from error

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that are set, by address."""
        offered = sliders(self.base)
        return {address: offered[address].at(step) for address, step in self.steps.items()}

    @property
    def query(self) -> str:
        """The same as the query of a page's address."""
        pairs = [("policy", name) for name in self.policies]
        pairs += [(name, str(getattr(self, name))) for name in ("shoppers", "weeks", "replicates")]
        for address, step in self.steps.items():
            pairs += [("set", address), (address, str(step))]
        return urlencode(pairs)

    def _refuse_too_large(self) -> None:
        sizes = {name: getattr(self, name) for name in ("shoppers", "weeks", "replicates")}
        sizes["policies"] = len(self.policies)
        for name, size in sizes.items():
            if not LEAST[name] <= size <= MOST[name]:
                raise AskedError(
                    f"{name}: {size:,} asked for; from {LEAST[name]:,} to {MOST[name]:,} are possible here"
                )
        work = self.shoppers * self.weeks * self.replicates * len(self.policies)
        if work > MOST_WORK:
            raise AskedError(
                f"too large a run: {self.shoppers:,} shoppers x {self.weeks:,} weeks x {len(self.policies)} policies x "
                f"{self.replicates} replicates are {work:,} weeks of a shopper's life, and {MOST_WORK:,} are possible "
                "here; take fewer of one, or run the scenario from the command line"
            )


def asked(name: str, base: Scenario, form: Form) -> Asked:
    """Return what a form asks of a scenario; what it leaves out is as usual. Raises AskedError."""
    names = tuple(base.policies)
    wanted = form.getlist("policy") or names[: MOST["policies"]]
    if unknown := [each for each in wanted if each not in names]:
        raise AskedError(f"there is no policy '{unknown[0]}' in this scenario")
    policies = tuple(each for each in names if each in wanted or each == names[0])
    usual = USUAL | {"weeks": min(base.weeks, MOST["weeks"])}
    sizes = {key: _whole(key, form.get(key) or str(otherwise)) for key, otherwise in usual.items()}
    return Asked(name, base, policies, steps=_steps(base, form), **sizes)


def _steps(base: Scenario, form: Form) -> dict[str, int]:
    offered, chosen = sliders(base), form.getlist("set")
    if unknown := [address for address in chosen if address not in offered]:
        raise AskedError(f"the number '{unknown[0]}' cannot be set here")
    steps = {address: _whole(address, form.get(address, "")) for address in offered if address in chosen}
    for address, step in steps.items():
        if not 0 <= step <= STEPS:
            raise AskedError(f"{address}: a slider has steps from 0 to {STEPS}, not {step}")
    return steps


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len(str(MOST_WORK))):
        raise AskedError(f"{name}: must be a whole number")
    return int(text)


def shown(asked: Asked) -> Sequence[Slider]:
    """Return the sliders as they stand in what is asked."""
    from dataclasses import replace

    offered = sliders(asked.base)
    numbers = asked.numbers
    return [
        replace(slider, value=numbers[address], is_set=True) if address in numbers else slider
        for address, slider in offered.items()
    ]
