"""One replicate lived again and again as terms and numbers change, and no more of it than has changed."""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial

import numpy as np

from simulation.behaviour.parameters import refuse_wrong
from simulation.model.simulation import Simulation
from simulation.runs.first_story import side_by_side
from simulation.runs.lived import nobody, replicate_of
from simulation.runs.outcome import Groups, Outcome, Replicate
from simulation.runs.splitting import lives_of, with_both_lives
from simulation.scenario.schema import Scenario, as_data

_MOST = 64


class Again:
    """Lives one replicate of a scenario as often as it is asked to, and only those of its policies that have changed.

    What was lived is kept, policy by policy, the latest that were asked for: a change of one policy's terms costs one
    policy's life, a change of a number that of all. It serves one thread at a time, and keeps at most so many policies,
    0.3 MB each of 260 weeks.

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

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, Replicate] = OrderedDict()

    def __call__(
        self,
        scenario: Scenario,
        numbers: Mapping[str, float] | None = None,
        replicate: int = 0,
        split: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Outcome:
        """Return the outcome of one replicate, without its shoppers: to the bit what a run finds of that replicate.

        Its books are added up over markets and cells. `progress` is called with the number of weeks just lived; what it
        raises ends the life, of which nothing is kept.

        With `split`, which needs a press in the scenario, both lives of each policy are known, as in `run_scenario`.

        `numbers`, by address, go before the scenario's own and what the replicate draws. Raises ValueError for a number
        that there is not, or that cannot have this value.
        """
        refuse_wrong(numbers or {})
        keys = _keys(scenario, numbers or {}, replicate, split)
        changed = [policy for policy, key in keys.items() if key not in self._kept]
        if changed:
            lived = _lived(scenario, numbers, replicate, changed, split, progress)
            self._kept |= {keys[policy]: _alone(lived, place) for place, policy in enumerate(changed)}
        parts = [self._asked_for(key) for key in keys.values()]
        while len(self._kept) > max(self._most, len(keys)):
            self._kept.popitem(last=False)
        return Outcome(scenario, (_together(parts),), nobody(len(parts)), "columns", 0.0, "")

    def _asked_for(self, key: str) -> Replicate:
        self._kept.move_to_end(key)  # those whom nobody asks for go first
        return self._kept[key]


def _lived(
    scenario: Scenario,
    numbers: Mapping[str, float] | None,
    replicate: int,
    policies: Sequence[str],
    split: bool,
    progress: Callable[[int], None] | None,
) -> Replicate:
    open_model = partial(Simulation, scenario, replicate=replicate, overrides=numbers)
    model = open_model(policies=policies).run(progress)
    lived, lives = replicate_of(model).added_up(), lives_of(model) if split else None
    return with_both_lives(lived, lives, scenario, open_model, progress) if lives else lived


def _keys(scenario: Scenario, numbers: Mapping[str, float], replicate: int, split: bool) -> dict[str, str]:
    """Return, by policy, all that its life depends on; what practices the others have counts, as it decides on luck."""
    data = as_data(scenario)
    own = data.pop("policies")
    shared = json.dumps([data, scenario.practice_names, sorted(numbers.items()), replicate, split])
    return {policy: shared + json.dumps(actions) for policy, actions in own.items()}


def _alone(lived: Replicate, place: int) -> Replicate:
    """Return a replicate as if only one of its policies had been lived."""
    one = slice(place, place + 1)
    return replace(
        lived,
        books=lived.weekly[:, one].copy(),
        accounts=lived.accounts[:, one].copy(),
        groups=Groups(*(getattr(lived.groups, each.name)[one] for each in fields(Groups))),
        exposed_week=lived.exposed_week[one],
        split=lived.split.of_policies(one) if lived.split else None,
        expected=_alone(lived.expected, place) if lived.expected else None,
        cells=None if lived.cells is None else lived.cells[one],
    )


def _together(parts: Sequence[Replicate]) -> Replicate:
    """Return the policies of several lives of a replicate side by side."""
    groups = Groups(*(np.concatenate([getattr(each.groups, name.name) for each in parts]) for name in fields(Groups)))
    expected = [each.expected for each in parts if each.expected]
    cells = [each.cells for each in parts if each.cells is not None]
    return replace(
        parts[0],
        books=np.concatenate([each.weekly for each in parts], axis=1),
        accounts=np.concatenate([each.accounts for each in parts], axis=1),
        groups=groups,
        exposed_week=np.concatenate([each.exposed_week for each in parts]),
        split=side_by_side([each.split for each in parts if each.split]),
        expected=_together(expected) if expected else None,
        cells=np.concatenate(cells) if cells else None,
    )
