"""The rules that the shoppers of a model live by: those shipped, or some of a user's own among them.

Passes that lead to a rule of the user's own are compiled once more around it, and kept under a hash that includes what
the rule comes to. They pass nobody over, because what the shipped rules leave alone another rule may touch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import MADE, cache_folder, inner, kept_folder, refuse_replaced
from simulation.behaviour.own_rules import OwnRules, checked, compiled_rule, place_of
from simulation.behaviour.rebuilding import rebuilt
from simulation.model import hearing
from simulation.model import week as passes
from simulation.model.kinds import Record

_REMEMBERED = 8  # rule sets of a process


class Rules(SimpleNamespace):
    """The scalar rules of one module, by name, which a copy of a model shares."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Rules":
        return self


@dataclass(frozen=True)
class RuleSet:
    """The rules of hearing, feeling and talking, the choices, and the pass that lives a week by them."""

    rules: Rules
    choices: Rules
    live_a_week: Any

    def __deepcopy__(self, memo: dict[int, Any]) -> "RuleSet":
        return self


@inner
def _every_practice(n: int, lives: Record) -> int:
    return -1


@inner
def _always(practices: NDArray[np.void]) -> bool:
    return True


@inner
def _every_luck(policy: int, k: int, week: passes.Week) -> float:
    return 2.0


_PASS_NOBODY_OVER = {
    (hearing.__name__, "known_to_any"): _every_practice,
    (hearing.__name__, "decided_by_any"): _every_practice,
    (passes.__name__, "_is_in_play"): _always,
    (passes.__name__, "_has_begun"): _always,
    (passes.__name__, "_most_hearing"): _every_luck,
}


def _rule_set(modules: Mapping[str, ModuleType]) -> RuleSet:
    """Return the rule set of some modules, the shipped ones where none is given."""
    given = {each.__name__: modules.get(each.__name__, each) for each in (rules, choices, passes)}
    by_name = {name: Rules(**{rule: getattr(module, rule) for rule in MADE[name]}) for name, module in given.items()}
    return RuleSet(by_name[rules.__name__], by_name[choices.__name__], by_name[passes.__name__].live_a_week)


SHIPPED = _rule_set({})
"""The rules as they are shipped."""

_known: dict[str, RuleSet] = {}
_LOCK = Lock()


def rule_set(own: OwnRules | None) -> RuleSet:
    """Return the shipped rules with a user's own in the place of those of the same names.

    Raises ValueError for a rule that cannot be used, and if a module of compiled functions was changed from outside.
    """
    refuse_replaced()
    if not own:
        return SHIPPED
    text = repr(checked(own))
    with _LOCK:
        if text not in _known:
            while len(_known) >= _REMEMBERED:
                _known.pop(next(iter(_known)))
            _known[text] = _with(own, text)
        return _known[text]


def _with(own: OwnRules, text: str) -> RuleSet:
    folder = kept_folder(cache_folder() / "own", text)
    replaced = {place_of(name): compiled_rule(name, each) for name, each in own.items()}
    return _rule_set(rebuilt({**_PASS_NOBODY_OVER, **replaced}, folder, folder.name))
