"""What somebody asks for on a page: a scenario with policies edited, numbers set and a size, within bounds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any
from urllib.parse import urlencode

from simulation.behaviour.parameters import parameters
from simulation.scenario.schema import Scenario, as_data, data_with_policies, scenario_type
from simulation.scenario.strictly import strictly
from simulation.serve.pages import Form

MOST = {"shoppers": 100_000, "weeks": 520, "replicates": 64, "policies": 8, "seed": 2**53}
"""How large a run that somebody asks for on a page may be; of seeds, what a browser can count."""

LEAST = {"shoppers": 100, "weeks": 1, "replicates": 1, "policies": 1, "seed": 0}
MOST_WORK = 1_000_000_000
"""How many shoppers x weeks x policies x replicates one run may take."""

SIZES = ("seed", "shoppers", "weeks", "replicates")
_LONGEST = 20_000  # letters of edited policies

Terms = Mapping[str, list[dict[str, Any]]]
"""The lists of actions of policies that are edited or new, by the policies' names."""


class AskedError(ValueError):
    """Why what somebody asks for cannot be run, in a sentence."""


@dataclass(frozen=True)
class Asked:
    """A scenario of the shelf, by name, with what is asked of it otherwise; numbers by address, as values."""

    name: str
    base: Scenario
    policies: tuple[str, ...]
    terms: Terms
    numbers: Mapping[str, float]
    seed: int
    shoppers: int
    weeks: int
    replicates: int

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario to be run; raises AskedError where it is too large or does not hang together."""
        self._refuse_too_large()
        try:
            size = {"weeks": self.weeks, "replicates": self.replicates, "seed": self.seed}
            sized = self.base.with_changes(None, self.shoppers, self.numbers, **size)
            every = {**as_data(sized)["policies"], **self.terms}
            return strictly(scenario_type(), data_with_policies(sized, {name: every[name] for name in self.policies}))
        except ValueError as error:
            raise AskedError(str(error)) from error

    @property
    def query(self) -> str:
        """The same as the query of a page's address."""
        pairs = [("policy", name) for name in self.policies]
        pairs += [(name, str(getattr(self, name))) for name in SIZES]
        pairs += [(address, f"{value:g}") for address, value in self.numbers.items()]
        if self.terms:
            pairs.append(("terms", json.dumps(self.terms)))
        return urlencode(pairs)

    @property
    def changed(self) -> list[str]:
        """What is not as the file says, in words."""
        numbers = [f"{parameters()[each].name.replace('_', ' ')} {value:g}" for each, value in self.numbers.items()]
        terms = [f"{name} {'edited' if name in self.base.policies else 'added'}" for name in self.terms]
        return [*numbers, *terms]

    def _refuse_too_large(self) -> None:
        sizes = {name: getattr(self, name) for name in SIZES} | {"policies": len(self.policies)}
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
    terms = _terms(form.get("terms", ""))
    names = tuple(dict.fromkeys((*base.policies, *terms)))
    wanted = form.getlist("policy") or names[: MOST["policies"]]
    if unknown := [each for each in wanted if each not in names]:
        raise AskedError(f"there is no policy '{unknown[0]}' in this scenario")
    policies = tuple(each for each in names if each in wanted or each == names[0])
    usual = usual_sizes(base)
    sizes = {key: _whole(key, form.get(key) or str(usual[key])) for key in SIZES}
    kept = {policy: actions for policy, actions in terms.items() if policy in policies}
    return Asked(name, base, policies, kept, _numbers(form), **sizes)


def usual_sizes(base: Scenario) -> dict[str, int]:
    """Return the seed and the size of a run if nothing else is asked for: the scenario's own, within bounds."""
    own = {"seed": base.seed, "shoppers": base.population.shoppers, "weeks": base.weeks, "replicates": base.replicates}
    return {name: min(value, MOST[name]) for name, value in own.items()}


def _terms(text: str) -> Terms:
    """Return the edited policies that a form brings; what their actions say is checked with the scenario."""
    if len(text) > _LONGEST:
        raise AskedError(f"terms: at most {_LONGEST:,} letters are possible here")
    try:
        found = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        raise AskedError("terms: must be policies as JSON") from None
    if not isinstance(found, dict) or not all(_is_policy(actions) for actions in found.values()):
        raise AskedError("terms: must be a list of actions for each policy, each action with its week")
    return found


def _is_policy(actions: object) -> bool:
    return isinstance(actions, list) and all(
        isinstance(action, dict) and isinstance(action.get("week"), int) for action in actions
    )


def _numbers(form: Form) -> dict[str, float]:
    """Return the numbers that a form sets; a scenario says whether they can be what they are set to."""
    addresses = [key for key in form if "." in key]
    if unknown := [address for address in addresses if address not in parameters()]:
        raise AskedError(f"the number '{unknown[0]}' cannot be set here")
    return {address: _number(address, form[address]) for address in addresses}


def _number(address: str, text: str) -> float:
    try:
        value = float(text) if text.isascii() else float("nan")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise AskedError(f"{address}: must be a number")
    return value


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len(str(10**18))):
        raise AskedError(f"{name}: must be a whole number")
    return int(text)
