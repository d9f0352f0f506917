"""One replicate lived again and again as terms and numbers change, and no more of it than has changed."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from simulation.behaviour.parameters import refuse_wrong
from simulation.model.simulation import Simulation
from simulation.runs.lived import nobody, replicate_of
from simulation.runs.outcome import Groups, Outcome, Replicate
from simulation.scenario.schema import Scenario, as_data

_MOST = 64  # policies that are kept: 0.4 MB each of 260 weeks in one market


class Again:
    """Lives one replicate of a scenario as often as it is asked to, and only those of its policies that have changed.

    What was lived is kept, policy by policy, the latest that were asked for: a change of one policy's terms costs one
    policy's life, a change of a number that of all. It serves one thread at a time.

    Examples
    --------
    >>> import aislefour as a4
    >>> from simulation.runs.again import Again
    >>> case = a4.read("shopsense_ifa").with_changes(["quiet sale"], shoppers=300, weeks=104)
    >>> again = Again()
    >>> base, sale = again(case).difference()[0].tolist()
    >>> likelier = again(case, {"world.story_reach": 0.9}).difference()[0].tolist()
    >>> base == likelier[0] == 0.0
    True
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Replicate] = OrderedDict()

    def __call__(self, scenario: Scenario, numbers: Mapping[str, float] | None = None, replicate: int = 0) -> Outcome:
        """Return the outcome of one replicate, without its shoppers: to the bit what a run finds of that replicate.

        `numbers`, by address, go before the scenario's own and what the replicate draws. Raises ValueError for a number
        that there is not, or that cannot have this value.
        """
        refuse_wrong(numbers or {})
        keys = _keys(scenario, numbers or {}, replicate)
        changed = [policy for policy, key in keys.items() if key not in self._kept]
        if changed:
            lived = replicate_of(Simulation(scenario, replicate=replicate, overrides=numbers, policies=changed).run())
            self._kept |= {keys[policy]: _alone(lived, place) for place, policy in enumerate(changed)}
        parts = [self._asked_for(key) for key in keys.values()]
        while len(self._kept) > max(_MOST, len(keys)):
            self._kept.popitem(last=False)
        return Outcome(scenario, (_together(parts),), nobody(len(parts)), "columns", 0.0, "")

    def _asked_for(self, key: str) -> Replicate:
        self._kept.move_to_end(key)  # those whom nobody asks for go first
        return self._kept[key]


def _keys(scenario: Scenario, numbers: Mapping[str, float], replicate: int) -> dict[str, str]:
    """Return, by policy, all that its life depends on; what practices the others have counts, as it decides on luck."""
    data = as_data(scenario)
    own = data.pop("policies")
    shared = json.dumps([data, scenario.practice_names, sorted(numbers.items()), replicate])
    return {policy: shared + json.dumps(actions) for policy, actions in own.items()}


def _alone(lived: Replicate, place: int) -> Replicate:
    """Return a replicate as if only one of its policies had been lived."""
    one = slice(place, place + 1)
    groups = Groups(*(getattr(lived.groups, each.name)[one] for each in fields(Groups)))
    books, accounts = lived.weekly[:, one].copy(), lived.accounts[:, one].copy()
    return replace(lived, books=books, accounts=accounts, groups=groups, exposed_week=lived.exposed_week[one])


def _together(parts: Sequence[Replicate]) -> Replicate:
    """Return the policies of several lives of a replicate side by side."""
    groups = Groups(*(np.concatenate([getattr(each.groups, name.name) for each in parts]) for name in fields(Groups)))
    return replace(
        parts[0],
        books=np.concatenate([each.weekly for each in parts], axis=1),
        accounts=np.concatenate([each.accounts for each in parts], axis=1),
        groups=groups,
        exposed_week=np.concatenate([each.exposed_week for each in parts]),
    )
