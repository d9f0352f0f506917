"""A replicate's policies lived again, so that each is known both with its first story untold and with it told.

A policy of which no story came out by chance has lived its secret life already; only the others live it again. Those
of which one could come out live once more, with the story in a week drawn by the press's own hazard in the secret life.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from simulation.model.press import FirstStory, Press
from simulation.model.simulation import Simulation
from simulation.runs.findings import measures_of
from simulation.runs.first_story import LEAST_TOLD, Floats, Split
from simulation.runs.lived import outcome_of
from simulation.runs.outcome import Groups, Replicate
from simulation.scenario.drawn import luck_of_first_story
from simulation.scenario.schema import Scenario

Plan = Mapping[str, FirstStory | None]
"""By policy: when which practice is the first to come out by itself; None for never."""

_POLICIES = {"weekly": 1, "accounts": 1}  # which dimension of these sums the policies are; of all others the first


@dataclass(frozen=True)
class Life:
    """How one policy of a replicate was lived."""

    measures: Mapping[str, float]
    chances: Floats  # each week's chance that a practice comes out as the first, up to the story. (weeks, practices)
    came_out: int  # the week in which a first story broke by itself; 0 if none did
    sums: Mapping[str, Floats]  # its books added up, by name


Relive = Callable[[Plan], Mapping[str, Life]]
"""Gives the same replicate's lives of the policies of a plan, and of no others."""


def lives_of(model: Simulation) -> dict[str, Life]:
    """Return how a model has lived each of its policies."""
    outcome = outcome_of(model)
    found, sums = measures_of(outcome), _sums(outcome.replicates[0].added_up())
    weeks, presses = outcome.replicates[0].exposed_week.tolist(), model.institutions(Press)
    return {
        policy: Life(
            {name: float(values[place]) for name, values in found.items()},
            press.chances,
            weeks[place] if press.has_found_out else 0,
            {name: np.take(values, [place], axis=_POLICIES.get(name, 0)) for name, values in sums.items()},
        )
        for place, (policy, press) in enumerate(zip(model.policies, presses, strict=True))
    }


def _sums(replicate: Replicate) -> dict[str, Floats]:
    """Return all that is read as a mean of a replicate whose books are added up."""
    return {
        "weekly": replicate.weekly,
        "accounts": replicate.accounts,
        "cells": replicate.by_cell,
        **{name: getattr(replicate.groups, name) for name in Groups.__annotations__},
    }


def first_stories(model: Simulation) -> Plan:
    """Return when each policy of a model that has been lived would come out, by a luck of the replicate; None if never.

    Of a policy that has come out already it is that story, and policies with a planned story are left out.
    """
    luck, left_out = luck_of_first_story(model.case, model.replicate), planned(model.case)
    return {
        policy: first_story(press.chances, model.case.practice_names, luck)[1]
        for policy, press in zip(model.policies, model.institutions(Press), strict=True)
        if policy not in left_out
    }


def lived_again(
    open_model: Callable[..., Simulation], progress: Callable[[int], None] | None, plan: Plan
) -> dict[str, Life]:
    """Return the lives of a plan's policies; `open_model` opens a model of a replicate."""
    if not plan:
        return {}
    model = open_model(policies=tuple(plan), first_stories=plan).run(progress)
    lives = lives_of(model)
    model.__dict__.clear()  # institutions refer to their model: all shoppers would stay until garbage is next collected
    return lives


def with_both_lives(
    plain: Replicate,
    lives: Mapping[str, Life],
    scenario: Scenario,
    open_model: Callable[..., Simulation],
    progress: Callable[[int], None] | None = None,
) -> Replicate:
    """Return a replicate, lived by chance as `lives` say, with both lives of every policy and its expected books.

    `progress` is called with the number of weeks just lived.
    """
    luck, relive = luck_of_first_story(scenario, plain.number), partial(lived_again, open_model, progress)
    split, expected = split_of(lives, scenario.practice_names, luck, relive, planned(scenario))
    groups = Groups(**{name: expected.pop(name) for name in Groups.__annotations__})
    weighted = replace(
        plain, books=expected["weekly"], accounts=expected["accounts"], groups=groups, cells=expected["cells"]
    )
    return replace(plain, split=split, expected=weighted)


def planned(scenario: Scenario) -> set[str]:
    """Return the policies of which the press tells by plan."""
    return {
        name
        for name, actions in scenario.policies.items()
        if any(action.do == "press_story" for action in (*actions, *scenario.events))
    }


def split_of(
    plain: Mapping[str, Life],
    practices: Sequence[str],
    luck: float,
    relive: Relive,
    planned: Collection[str] = (),
) -> tuple[Split, dict[str, Floats]]:
    """Return both lives of every policy of a replicate, given as it was lived by chance, and their expected sums.

    `practices` are their names in the order of the chances, `luck` is uniform from 0 to 1 and decides when each policy
    comes out. Policies of which a story is `planned` are not lived again.
    """
    again: Plan = {policy: None for policy, life in plain.items() if life.came_out and policy not in planned}
    secret = {**plain, **relive(again)}
    stories = {policy: first_story(life.chances, practices, luck) for policy, life in secret.items()}
    told = [policy for policy, (chance, _) in stories.items() if chance >= LEAST_TOLD and policy not in planned]
    exposed = {**plain, **relive({policy: stories[policy][1] for policy in told})}
    chance = {name: stories[name][0] if name in told else float(life.came_out > 0) for name, life in plain.items()}
    week = {name: _week(stories[name][1]) if name in told else life.came_out for name, life in plain.items()}
    split = Split(
        chance=np.array(list(chance.values())),
        week=np.array(list(week.values())),
        secret=_by_measure([secret[policy].measures for policy in plain]),
        exposed=_by_measure([exposed[policy].measures for policy in plain]),
    )
    return split, _expected([(chance[policy], secret[policy].sums, exposed[policy].sums) for policy in plain])


def _week(story: FirstStory | None) -> int:
    return story.week if story else 0


def _expected(policies: Sequence[tuple[float, Mapping[str, Floats], Mapping[str, Floats]]]) -> dict[str, Floats]:
    """Return all policies' sums, each life's weighted by its chance: given as the chance, and sums without and with."""
    return {
        name: np.concatenate(
            [(1.0 - chance) * secret[name] + chance * exposed[name] for chance, secret, exposed in policies],
            axis=_POLICIES.get(name, 0),
        )
        for name in policies[0][1]
    }


def first_story(chances: Floats, practices: Sequence[str], luck: float) -> tuple[float, FirstStory | None]:
    """Return the chance that any story breaks, and the first that does by a uniform luck; None if none can.

    Each practice's turn in each week is a trial, in the order in which the press takes them; `chances` has shape
    (weeks, practices) and holds the chance of each if none has succeeded before.
    """
    each = chances.ravel()
    if not each.any():
        return 0.0, None
    so_far = np.cumsum(chances_of_the_first(chances))
    chance = float(so_far[-1])
    last = int(np.flatnonzero(each)[-1])
    week, practice = divmod(min(last, int(np.searchsorted(so_far, luck * chance, side="right"))), len(practices))
    return chance, FirstStory(week + 1, practices[practice])


def chances_of_the_first(chances: Floats) -> Floats:
    """Return the chance that the first story breaks in each week and about each practice, given those of its trials.

    Shape (weeks, practices) of both.
    """
    untold = np.concatenate([[1.0], np.cumprod(1.0 - chances.ravel())[:-1]])
    return chances * untold.reshape(chances.shape)


def _by_measure(policies: Sequence[Mapping[str, float]]) -> dict[str, Floats]:
    return {name: np.array([measures[name] for measures in policies]) for name in policies[0]}
