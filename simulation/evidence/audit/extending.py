"""What must hold of a plug-in: the promises that policies keep, made from the list of its actions."""

from collections.abc import Iterator
from typing import Any, get_args

from simulation.behaviour.plugins import broken, plugins
from simulation.behaviour.spelling import unknown
from simulation.evidence.audit.claims import BooksClose, NoDifference, SameBits, SameUntilItActs
from simulation.evidence.audit.proofs import Proof, proof_of
from simulation.scenario.policies import kinds
from simulation.scenario.schema import Institution, Scenario, scenario_type

_AFTER = 30  # weeks that are lived after all has begun
_WAYS = ("three threads", "agents", "plain Python", "two processes")
_IDLE = " (idle)"


def proofs_of(name: str) -> Iterator[Proof]:
    """Yield the proof of every promise that a plug-in's actions, institutions and rules must keep.

    Raises ValueError for a plug-in that there is not, that cannot be used, or that has no action.
    """
    scenario = scenario_of(name)
    return (proof_of(claim, scenario) for claim in _claims(scenario))


def scenario_of(name: str) -> Scenario:
    """Return a small scenario with a policy for each action of a plug-in, and for each that does nothing.

    All institutions act, those of the plug-in too, and shoppers live by its rules.
    """
    if name not in plugins():
        raise ValueError(unknown("plug-in", name, plugins()))
    plugin, found = plugins()[name], {do: kind for do, kind in kinds().items() if do in plugins()[name].actions}
    if why := broken(name):
        raise ValueError(f"the plug-in {plugin} cannot be used: {why}")
    if not found:
        raise ValueError(f"the plug-in {plugin} adds no action; there is nothing to check")
    policies: dict[str, Any] = {"status quo": []}
    policies |= {do: [{"do": do, **kind.example}] for do, kind in found.items()}
    policies |= {f"{do}{_IDLE}": [{"do": do, **kind.idle}] for do, kind in found.items() if kind.idle}
    data = {
        "title": f"What {plugin} promises",
        "question": "Does it hold?",
        "weeks": max(action["week"] for each in policies.values() for action in each) + _AFTER,
        "replicates": 2,
        "population": {"shoppers": 300},
        "policies": policies,
        "institutions": [*get_args(Institution), *plugin.institutions],
        "rules": dict.fromkeys(plugin.rules, name),
        "uncertain": "chance",
    }
    return scenario_type().model_validate(data)


def _claims(scenario: Scenario) -> Iterator[Any]:
    idle = [policy for policy in scenario.policies if policy.endswith(_IDLE)]
    for way in _WAYS:
        label = way.lower().replace(" ", "-")
        yield SameBits(name=label, claim=f"The same numbers to the bit: {way}.", check="same_bits", way=way)
    yield SameUntilItActs(
        name="twins",
        claim="Until its week an action changes nothing, then something.",
        check="same_until_it_acts",
        but_for=tuple(idle),
    )
    yield BooksClose(name="books", claim="People and money add up.", check="books_close")
    for policy in idle:
        label = f"null-{policy.removesuffix(_IDLE).replace('_', '-')}"
        claim = "Terms that are said to change nothing change nothing."
        yield NoDifference(name=label, claim=claim, check="no_difference", policy=policy)
