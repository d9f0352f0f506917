"""The rules that the shoppers of a model live by: those shipped, or some of a user's own among them.

Passes that lead to a rule of the user's own are compiled once more around it, and kept under a hash that includes what
the rule comes to. They pass nobody over, because what the shipped rules leave alone another rule may touch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from types import ModuleType, SimpleNamespace
from typing import Any

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import MADE, cache_folder, kept_folder, refuse_replaced
from simulation.behaviour.own_rules import OwnRules, checked, compiled_rule, place_of, texts_of
from simulation.behaviour.plugins import loaded, plugins
from simulation.behaviour.rebuilding import rebuilt
from simulation.model import deciding, hearing, sensed, shopping, weeks
from simulation.model import week as passes
from simulation.model.everybody import always, always_close, any_luck, every_practice, whatever_luck

_REMEMBERED = 8  # rule sets of a process


class Rules(SimpleNamespace):
    """The scalar rules of one module, by name, which a copy of a model shares."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Rules":
        return self


@dataclass(frozen=True)
class RuleSet:
    """The rules of hearing, feeling and talking, the choices, and the pass that lives weeks by them."""

    rules: Rules
    choices: Rules
    live_weeks: Any
    own: Mapping[str, str]  # the texts of the user's own

    def __deepcopy__(self, memo: dict[int, Any]) -> "RuleSet":
        return self


_PASS_NOBODY_OVER = {
    (choices.__name__, "may_act"): whatever_luck,
    (shopping.__name__, "is_close_call"): always_close,
    (hearing.__name__, "known_to_any"): every_practice,
    (hearing.__name__, "decided_by_any"): every_practice,
    (passes.__name__, "_is_in_play"): always,
    (passes.__name__, "_has_begun"): always,
    (passes.__name__, "_has_offers"): always,
    (deciding.__name__, "has_personal_prices"): always,
    (sensed.__name__, "senses"): always,
    (passes.__name__, "_most_hearing"): any_luck,
}


def _rule_set(modules: Mapping[str, ModuleType], own: Mapping[str, str]) -> RuleSet:
    """Return the rule set of some modules, the shipped ones where none is given."""
    ours, chosen, lived = (_functions(each.__name__, modules) for each in (rules, choices, weeks))
    return RuleSet(ours, chosen, lived.live_weeks, own)


def _functions(module: str, modules: Mapping[str, ModuleType]) -> Rules:
    shipped, given = {name: made.compiled for name, made in MADE[module].items()}, modules.get(module)
    return Rules(**{name: getattr(given, name, each) for name, each in shipped.items()})


SHIPPED = _rule_set({}, {})
"""The rules as they are shipped."""


def rules_of(packages: Mapping[str, str]) -> OwnRules:
    """Return the rules of plug-ins, by the shipped rule's name, given the name of the package whose rule is wanted."""
    return {rule: loaded(plugins()[package].rules[rule]) for rule, package in packages.items()}


_known: dict[str, RuleSet] = {}
_LOCK = Lock()


def rule_set(own: OwnRules | None) -> RuleSet:
    """Return the shipped rules with a user's own in the place of those of the same names.

    Raises ValueError for a rule that cannot be used, and if a shipped one was replaced from outside.
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
    return _rule_set(rebuilt({**_PASS_NOBODY_OVER, **replaced}, folder, folder.name), texts_of(own))
