"""What comes of every course in every world, computed once, before the class begins; and kept, so that it can go on.

A stage is what can be seen at a time: until the class responds, or at the end.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.classroom.case import Case
from simulation.classroom.questions import Question, truth
from simulation.model.accounts import Flow, Party
from simulation.runs.folders import write_whole
from simulation.runs.measures import MEASURES
from simulation.runs.outcome import Outcome
from simulation.runs.provenance import hash_behind
from simulation.runs.roles import ROLES
from simulation.runs.run import Progress, run_scenario
from simulation.scenario.schema import Scenario, scenario_hash

_FILE = "consequences.json"
_EVERY = 2  # weeks between two points of a line
_DIGITS = 7

Floats = NDArray[np.float64]
Found = TypeVar("Found")
Table = Mapping[str, Sequence[float]]  # of one policy: by name, one number a world


@dataclass(frozen=True)
class Stage:
    """What is seen of each policy at one time.

    `facts`, `roles`: by policy, by name, one number a world; `lines`: by policy, by name, by world, one a point;
    `truths`: one a question, one a world.
    """

    week: int
    facts: Mapping[str, Table]
    roles: Mapping[str, Table]
    points: Sequence[int]
    lines: Mapping[str, Mapping[str, Sequence[Sequence[float]]]]
    truths: Sequence[Sequence[bool]]

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return len(self.truths[0])

    def fact(self, policy: str, name: str, world: int | None = None) -> float:
        """Return a fact of a policy in one world, or its median over all."""
        values = self.facts[policy][name]
        return float(np.median(values)) if world is None else values[world]


@dataclass(frozen=True)
class Consequences:
    """Both stages of a case: until the class responds, and the whole."""

    first: Stage
    end: Stage

    def with_a_story(self) -> list[int]:
        """Return the worlds, from 0, in which a newspaper tells of some choice before the class responds."""
        weeks = [table["story_week"] for table in self.first.facts.values()]
        return [world for world, told in enumerate(zip(*weeks, strict=True)) if any(told)]


def consequences(case: Case, folder: Path, progress: Progress | None = None) -> Consequences:
    """Return what comes of every course, from a folder where it is kept or by running it, then kept there.

    Raises OSError where it cannot be kept and TooLargeError where it cannot be run.
    """
    return kept(folder / f"consequences-{key_of(case)}", _FILE, _read, lambda: asdict(_lived(case, progress)))


def kept(folder: Path, name: str, read: Callable[[Any], Found], work_out: Callable[[], Any]) -> Found:
    """Return what is read from plain data that a folder keeps, or that is worked out and then kept there."""
    try:
        return read(json.loads((folder / name).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        data = work_out()

    def fill(fresh: Path) -> None:
        """Write the data into a fresh folder."""
        (fresh / name).write_text(json.dumps(data), encoding="utf-8")

    write_whole(folder, name, fill)
    return read(data)


def weeks_to_live(case: Case) -> int:
    """Return for how many weeks, over all worlds, the model goes before the class can begin."""
    until_response, whole = scenarios_of(case)
    return until_response.weeks * until_response.replicates + whole.weeks * whole.replicates


def key_of(case: Case) -> str:
    """Return what a case's consequences are known by: the same only for the same case and the same program.

    The moves that could be made are no part of it: those that are made change the scenario.
    """
    file = case.file.model_dump_json(exclude={"decide": {"moves"}})
    said = f"{hash_behind('classroom.consequences')} {scenario_hash(case.scenario)} {file}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _read(data: Mapping[str, Any]) -> Consequences:
    return Consequences(Stage(**data["first"]), Stage(**data["end"]))


def _lived(case: Case, progress: Progress | None) -> Consequences:
    first, second = case.file.decide.predict, case.file.respond.predict
    until_response, whole = (run_scenario(scenario, progress=progress) for scenario in scenarios_of(case))
    return Consequences(_stage(case, until_response, first), _stage(case, whole, second))


def scenarios_of(case: Case) -> tuple[Scenario, Scenario]:
    """Return the scenario until the class responds, one policy a choice, and the whole of it.

    Practices are numbered in order of policies, and their numbers decide their luck: choices stand first in both.
    """
    openings = [case.policy(choice) for choice in case.choices]
    others = [course.policy for course in case.courses]
    data = case.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["policies"] = {name: data["policies"][name] for name in dict.fromkeys([*openings, *others])}
    whole = type(case.scenario).model_validate(data)
    return whole.with_changes(policies=openings, weeks=case.file.respond.week - 1), whole


def _stage(case: Case, outcome: Outcome, questions: Sequence[Question]) -> Stage:
    read = {name: role.read(outcome) for name, role in ROLES.items()}
    return Stage(
        outcome.scenario.weeks,
        _by_policy(outcome, _facts(outcome)),
        _by_policy(outcome, read),
        list(range(_EVERY, outcome.scenario.weeks + 1, _EVERY)),
        _by_policy(outcome, _lines(outcome)),
        [truth(each, outcome, case.policy(each.about, each.response)).tolist() for each in questions],
    )


def _facts(outcome: Outcome) -> dict[str, Floats]:
    """Return what the class reads of each policy. Values of shape (replicates, policies)."""
    read = {fact: MEASURES[name].of(outcome) for fact, name in _FACTS.items()}
    return read | {
        "value": outcome.difference(),
        "data_income": outcome.flow(Flow.FEES).sum(axis=1) / 100,
        "members": _purse(outcome),
        "story_week": np.array([each.exposed_week for each in outcome.replicates], dtype=np.float64),
    }


_FACTS = {
    "data_buyer": "data_buyer",
    "trust": "trust",
    "left": "churn",
    "complaints": "complaints",
    "harmful_events": "harm",
    "consent_debt": "consent_debt",
}
"""What the class reads as every run has it, and the measure that it is."""


def _purse(outcome: Outcome) -> Floats:
    """Return what members get out of card and programme, less premiums, against the first choice; dollars."""
    given = (Flow.REWARDS, Flow.PARTNER_REWARDS, Flow.COMPENSATION, Flow.WORTH)
    weekly = sum((outcome.flow(flow) for flow in given), -outcome.flow(Flow.PREMIUMS))
    total = weekly.sum(axis=1) / 100
    return np.asarray(total - total[:, :1])


def _lines(outcome: Outcome) -> dict[str, Floats]:
    """Return what the class sees over time, value and leavers against the first choice.

    Values of shape (replicates, policies, points).
    """
    so_far = np.cumsum(outcome.balance(Party.RETAILER) * outcome.discount()[..., None], axis=1) / 100
    staying = outcome.staying()[:, 1:]
    lines = {
        "value": so_far - so_far[..., :1],
        "trust": MEASURES["trust"].by_week(outcome),
        "left": staying[..., :1] - staying,
    }
    return {name: np.moveaxis(series, 1, 2)[..., _EVERY - 1 :: _EVERY] for name, series in lines.items()}


def _by_policy(outcome: Outcome, tables: Mapping[str, Floats]) -> dict[str, dict[str, Any]]:
    """Return tables of shape (replicates, policies, ...) by policy and name, as plain data."""
    return {
        policy: {name: _plain(table[:, place]) for name, table in tables.items()}
        for place, policy in enumerate(outcome.policies)
    }


def _plain(values: Floats) -> Any:
    rounded = np.char.mod(f"%.{_DIGITS}g", values).astype(np.float64)
    return rounded.tolist()
