"""Two scenarios compared by what they ask, not by how it is written down."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.behaviour.parameters import parameters
from simulation.scenario.drawn import drawn_addresses, drawn_together
from simulation.scenario.evidence_set import SETS
from simulation.scenario.schema import Scenario
from simulation.scenario.timeline import Action

_WHOLE = ("seed", "weeks", "replicates")
_TEXTS = ("title", "question", "source", "notes")
_USUAL = {"reach": "world.story_reach", "reward_rate": "money.reward_rate"}
_DRAWN = "what the set draws"
_LEFT_OUT = {
    "until": "to the end",
    "markets": "in all markets",
    "fee_per_member_year": "what the possible buyers bid",
    "reach": "the usual reach",
    "reward_rate": "the usual rate",
}


@dataclass(frozen=True)
class Change:
    """One thing that a scenario asks otherwise than another: where it stands, and what has changed there."""

    where: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.where}: {self.what}"


def differences(before: Scenario, after: Scenario) -> tuple[Change, ...]:
    """Return what the second scenario asks otherwise than the first, in the order of a file.

    Formatting, comments and the order of keys do not count, nor does a default that is written out. Actions are
    matched by kind and name.
    """
    return (
        *_settings(before, after),
        *_shares(before.markets, after.markets),
        *_policies(before, after),
        *_actions("events", before.events, after.events, (before, after)),
        *_institutions(before.institutions, after.institutions),
        *_numbers(before, after),
        *_set(before, after),
        *_ranges(before.uncertain.ranges, after.uncertain.ranges),
        *_texts(before, after),
    )


def other_order(before: Scenario, after: Scenario) -> tuple[str, ...]:
    """Return which lists hold the same in another order, where order decides draws: same question, other luck."""
    lists: dict[str, tuple[Iterable[str], Iterable[str]]] = {
        "uncertain numbers stand in another order, which decides what each replicate draws": (
            before.uncertain.ranges,
            after.uncertain.ranges,
        ),
        "markets stand in another order, which decides who lives where": (before.markets, after.markets),
        "practices first appear in another order, which decides whose luck is whose": (
            before.practice_names,
            after.practice_names,
        ),
    }
    return tuple(
        words for words, (one, other) in lists.items() if list(one) != list(other) and sorted(one) == sorted(other)
    )


def _instead(before: Any, after: Any) -> str:
    return f"{_said(after)} instead of {_said(before)}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:.10g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


# --- settings -----------------------------------------------------------------------------------------------------


def _settings(before: Scenario, after: Scenario) -> Iterator[Change]:
    for name in _WHOLE:
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield Change(name, f"{other} instead of {one}")
    if before.population != after.population:
        yield Change("shoppers", _instead(before.population.shoppers, after.population.shoppers))
    scales = before.households_per_shopper, after.households_per_shopper
    if before.chain != after.chain and scales != (1.0, 1.0):
        yield Change("households of the chain", _instead(before.chain.households, after.chain.households))


def _texts(before: Scenario, after: Scenario) -> Iterator[Change]:
    for name in _TEXTS:
        one, other = (" ".join(getattr(each, name).split()) for each in (before, after))
        if one != other:
            yield Change(name, f"'{other}' instead of '{one}'" if one and other else f"'{other}'" if other else "gone")


def _shares(before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[Change]:
    for name, share in after.items():
        if name not in before:
            yield Change(f"market '{name}'", f"added, with a share of {_said(share)}")
        elif share != before[name]:
            yield Change(f"market '{name}'", f"a share of {_instead(before[name], share)}")
    yield from (Change(f"market '{name}'", "removed") for name in before if name not in after)


def _institutions(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    yield from (
        Change("institutions", f"the {_spaced(name)} now acts of its own accord")
        for name in after
        if name not in before
    )
    yield from (
        Change("institutions", f"the {_spaced(name)} no longer acts of its own accord")
        for name in before
        if name not in after
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _numbers(before: Scenario, after: Scenario) -> Iterator[Change]:
    of_a_set = _of_a_set(before, after), _of_a_set(after, before)
    for address, parameter in parameters().items():
        one, other = (
            _DRAWN if address in drawn else each.overrides.get(address, parameter.value)
            for each, drawn in zip((before, after), of_a_set, strict=True)
        )
        if one != other:
            ends = [_said(end) + (" (the usual)" if end == parameter.value else "") for end in (other, one)]
            yield Change(f"number {address}", " instead of ".join(ends))


def _of_a_set(one: Scenario, other: Scenario) -> set[str]:
    """Return what one scenario draws from a set, if both draw from the same, and the other has no range for it."""
    if one.uncertain.others != other.uncertain.others:
        return set()
    return set(drawn_together(one)) - set(other.uncertain.ranges)


def _set(before: Scenario, after: Scenario) -> Iterator[Change]:
    one, other = before.uncertain.others, after.uncertain.others
    if one != other:
        yield Change("uncertain", f"drawn from the set '{other}' ({SETS[other]}) instead of '{one}'")


def _ranges(before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]) -> Iterator[Change]:
    for address, ends in after.items():
        drawn = f"drawn between {_said(ends[0])} and {_said(ends[1])}"
        if address not in before:
            yield Change(f"uncertain {address}", f"{drawn}, where it had no range")
        elif ends != before[address]:
            low, high = before[address]
            yield Change(f"uncertain {address}", f"{drawn} instead of between {_said(low)} and {_said(high)}")
    gone = (address for address in before if address not in after)
    yield from (Change(f"uncertain {address}", "no longer drawn from a range") for address in gone)


# --- policies -----------------------------------------------------------------------------------------------------


def _policies(before: Scenario, after: Scenario) -> Iterator[Change]:
    renamed = dict(_renamed(before, after))
    for old, new in renamed.items():
        yield Change(f"policy '{old}'", f"now called '{new}'")
    now = {renamed.get(name, name): actions for name, actions in before.policies.items()}
    if next(iter(now)) != next(iter(after.policies)):
        yield Change("baseline", f"'{next(iter(after.policies))}' instead of '{next(iter(before.policies))}'")
    for name, actions in after.policies.items():
        if name in now:
            yield from _actions(f"policy '{name}'", now[name], actions, (before, after))
        else:
            yield Change(f"policy '{name}'", f"added: {'; '.join(map(_in_full, actions)) or 'does nothing'}")
    yield from (Change(f"policy '{name}'", "removed") for name in now if name not in after.policies)


def _renamed(before: Scenario, after: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the policies that do the same under another name."""
    new = [name for name in after.policies if name not in before.policies]
    for old, actions in before.policies.items():
        same = [name for name in new if list(_unmatched(actions, after.policies[name], (before, after))) == []]
        if old not in after.policies and same:
            new.remove(same[0])
            yield old, same[0]


def _actions(
    where: str, before: Sequence[Action], after: Sequence[Action], scenarios: tuple[Scenario, Scenario]
) -> Iterator[Change]:
    for one, other in _unmatched(before, after, scenarios):
        if other is None:
            yield Change(where, f"removed: {_in_full(one)}")
        elif one is None:
            yield Change(where, f"added: {_in_full(other)}")
        else:
            changed = "; ".join(_changed_terms(one, other, scenarios))
            yield Change(where, f"{_named(one)} of week {one.week}: {changed}")


def _unmatched(
    before: Sequence[Action], after: Sequence[Action], scenarios: tuple[Scenario, Scenario]
) -> Iterator[tuple[Any, Any]]:
    """Yield actions of one kind and name that differ, in pairs, and with None those that stand alone."""
    kinds: dict[Any, tuple[list[Action], list[Action]]] = defaultdict(lambda: ([], []))
    for side, actions in enumerate((before, after)):
        for action in sorted(actions, key=lambda each: each.week):
            kinds[_kind(action)][side].append(action)
    for ones, others in kinds.values():
        for one in list(ones):
            same = next((other for other in others if not list(_changed_terms(one, other, scenarios))), None)
            if same is not None:
                ones.remove(one)
                others.remove(same)
        most = max(len(ones), len(others))
        yield from zip([*ones, *[None] * (most - len(ones))], [*others, *[None] * (most - len(others))], strict=True)


def _kind(action: Any) -> tuple[str, str | None]:
    return action.do, action.practice() or action.refers_to()


def _named(action: Any) -> str:
    if action.refers_to():
        return f"{action.do} about {action.refers_to()}"
    return action.do if action.practice() in (None, action.do) else f"{action.do} '{action.practice()}'"


def _in_full(action: Any) -> str:
    """Return an action with all that it says beyond the usual."""
    data = action.model_dump(by_alias=True, exclude_defaults=True, exclude={"do", "name", "about"})
    return f"{_named(action)} ({', '.join(f'{_spaced(key)} {_said(value)}' for key, value in data.items())})"


def _changed_terms(one: Any, other: Any, scenarios: tuple[Scenario, Scenario]) -> Iterable[str]:
    for name, field in type(one).model_fields.items():
        ends = [_meant(name, getattr(each, name), of) for each, of in zip((one, other), scenarios, strict=True)]
        if ends[0] != ends[1]:
            said = [_LEFT_OUT.get(name, "left out") if end is None else _said(end) for end in ends]
            yield f"{_spaced(field.alias or name)} {said[1]} instead of {said[0]}"


def _meant(name: str, value: Any, scenario: Scenario) -> Any:
    """Return what a term comes to: the same whether the usual is written out or left out."""
    if name == "until" and value is not None and value >= scenario.weeks:
        return None
    if name == "markets" and value is not None:
        return None if set(value) == set(scenario.markets) else tuple(sorted(value))
    address = _USUAL.get(name, "")
    usual = scenario.overrides.get(address, parameters()[address].value) if address else None
    return None if value == usual and address not in drawn_addresses(scenario) else value
