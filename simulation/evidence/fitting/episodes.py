"""(+ ../episodes/) Reactions that were observed, as data: a scenario, what was measured, the band to meet.

A file is one episode. Its bands were fixed before any number was drawn, and each says why it is as wide as it is.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulation.scenario.documents import read_document
from simulation.scenario.parsing import only
from simulation.scenario.population import GROUPS, SEGMENTS, TIERS
from simulation.scenario.problems import Located, Problem, ScenarioError
from simulation.scenario.problems import Path as KeyPath
from simulation.scenario.schema import Name, Scenario, as_data, scenario_type
from simulation.scenario.wording import problem_from

FOLDER = Path(__file__).parent.with_name("episodes")
EVERYBODY = "everybody"
GROUP_NAMES = (EVERYBODY, *SEGMENTS, *TIERS, *GROUPS)
SERIES = {
    "sales": "sales of the week",
    "trips": "trips of the week",
    "carded_trips": "trips of the week with the card",
    "card_use": "carded share of the week's sales",
    "patrons": "shoppers whose main store this is",
    "members": "patrons with an active card",
    "joined": "lost shoppers who came back in the week",
    "left": "patrons who left in the week",
    "enrolled": "shoppers who took their first card in the week",
    "dropped": "active cards put away in the week",
    "cancelled": "cards cancelled in the week",
    "opted_in": "share of members who have agreed",
    "opted_out": "share of members who have objected",
    "trust": "mean trust",
    "aware": "share of shoppers who know of it",
    "salience": "mean of how much it is on the mind",
    "say_they_stopped": "share of those who know of it who would say that they stopped dealing with the firm",
}
"""What can be measured week by week, by name."""

Text = Annotated[str, Field(min_length=1)]
Week = Annotated[int, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Window = tuple[Week, Week]
_STRICT = ConfigDict(frozen=True, extra="forbid")
BEFORE = 4
"""The weeks before an episode that stand for how things were."""

_TWINS = 2  # an episode and its twin


class Measured(BaseModel):
    """One observed figure of an episode, and the band in which the model must lie.

    `compared` says what a week is held against: nothing, the twin without it, or the four weeks before; a loss is one
    less the ratio. `shape` says what is read off the weeks: their mean, the largest, the week of the largest (the first
    week of the episode is 1), the weeks from there until half is gone, or the mean as a share of that in `to_weeks`.
    """

    model_config = _STRICT

    name: Name
    measure: Literal[tuple(SERIES)]  # type: ignore[valid-type] # the list is made from the table
    group: Literal[GROUP_NAMES] = EVERYBODY  # type: ignore[valid-type] # as above
    policy: Text | None = None
    compared: Literal["level", "twin_ratio", "twin_loss", "before_ratio", "before_loss"] = "level"
    shape: Literal["mean", "peak", "week_of_peak", "half_life", "ratio"] = "mean"
    weeks: Window
    to_weeks: Window | None = None
    observed: Finite
    low: Finite
    high: Finite
    tolerance: Text
    source: Text
    seen: Literal["Y", "2nd", "calc", "quoted", "recalled"]
    kind: Literal["fit", "check"] = "fit"


class EpisodeFile(BaseModel):
    """One episode as it stands in a file."""

    model_config = _STRICT

    episode: Name
    says: Text
    begins: Week
    scenario: dict[str, Any]
    measures: Annotated[tuple[Measured, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Episode:
    """One episode, with its scenario; the first policy is the twin, in whose life nothing happens."""

    name: str
    says: str
    begins: int
    scenario: Scenario
    measures: tuple[Measured, ...]

    def policy_of(self, measured: Measured) -> int:
        """Return the place of a figure's policy among the scenario's; the second if it names none."""
        return list(self.scenario.policies).index(measured.policy) if measured.policy else 1


def read_episodes(folder: Path | None = None) -> tuple[Episode, ...]:
    """Return the episodes of a folder by file name, the shipped ones if none is named.

    Raises ScenarioError with all that is wrong with the files.
    """
    folder = folder or FOLDER
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise only(folder, "this folder holds no episode", "an episode is a file NAME.yaml")
    found: list[Episode] = []
    problems: list[Located] = []
    for file in files:
        try:
            found.append(read_episode(file))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    names = [each.name for each in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise only(folder, f"two files hold an episode called '{twice[0]}'", "each needs its own name")
    return tuple(found)


def read_episode(file: Path) -> Episode:
    """Return the episode in a file; raises ScenarioError with all that is wrong with it."""
    document = read_document(file, EpisodeFile, _further)
    return Episode(
        name=document.episode,
        says=document.says,
        begins=document.begins,
        scenario=scenario_type().model_validate_json(json.dumps(_case(document)), strict=True),
        measures=document.measures,
    )


def measures_of(episodes: Sequence[Episode]) -> tuple[Measured, ...]:
    """Return all figures of all episodes, in order."""
    return tuple(each for episode in episodes for each in episode.measures)


def names_of(episodes: Sequence[Episode]) -> tuple[str, ...]:
    """Return the name of each figure's episode, likewise."""
    return tuple(episode.name for episode in episodes for _ in episode.measures)


def hash_of(episodes: Sequence[Episode]) -> str:
    """Return a hash that two lists of episodes share only if they say the same."""
    said = [
        [each.name, each.begins, _asked(each), [one.model_dump(mode="json") for one in each.measures]]
        for each in episodes
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _asked(episode: Episode) -> dict[str, Any]:
    """Return what an episode's scenario says, but for what all say: nothing is drawn, nobody stands for more."""
    usual = {"uncertain": "chance", "chain": {"households": episode.scenario.population.shoppers}}
    return {key: value for key, value in as_data(episode.scenario).items() if usual.get(key) != value}


def _case(document: EpisodeFile) -> dict[str, Any]:
    """Return the scenario as a file would hold it; nobody acts in it of its own accord, and nothing is drawn in it."""
    usual = {"title": document.episode, "question": document.says, "institutions": [], "uncertain": "chance"}
    return usual | document.scenario


def _further(document: EpisodeFile) -> Iterator[Problem]:
    """Yield what is wrong with the scenario, and with figures that do not fit it."""
    case = _case(document)
    try:
        scenario = scenario_type().model_validate_json(json.dumps(case), strict=True)
    except ValidationError as error:
        for each in error.errors():
            problem = problem_from(each, case)
            yield replace(problem, path=("scenario", *problem.path))
        return
    for key in ("uncertain", "replicates"):
        if key in document.scenario:
            message = f"an episode takes no '{key}': the fit draws its numbers and its luck"
            yield Problem(("scenario", key), message, "leave it out", at_key=True)
    if document.begins > scenario.weeks:
        yield Problem(("begins",), f"week {document.begins} is not within the scenario's {scenario.weeks}")
    names = [each.name for each in document.measures]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem(("measures", place, "name"), f"there is another figure called '{name}'", "each needs its own")
    if len(scenario.policies) < _TWINS:
        yield Problem(
            ("scenario", "policies"), "an episode needs a twin", "let the first policy do nothing", at_key=True
        )
    for place, measured in enumerate(document.measures):
        yield from _unfit(("measures", place), measured, scenario, document.begins)


def _unfit(path: KeyPath, measured: Measured, scenario: Scenario, begins: int) -> Iterator[Problem]:
    """Yield what keeps a figure from being measured in a scenario."""
    if measured.policy is not None and measured.policy not in scenario.policies:
        yield Problem((*path, "policy"), f"unknown policy '{measured.policy}'", among=tuple(scenario.policies))
    for key in ("weeks", "to_weeks"):
        first, last = getattr(measured, key) or (1, 1)
        if not first <= last <= scenario.weeks:
            yield Problem((*path, key), f"weeks {first} to {last} are not within the scenario's {scenario.weeks}")
    if (measured.shape == "ratio") != (measured.to_weeks is not None):
        yield Problem(path, "'to_weeks' belongs to the shape 'ratio', and to no other")
    if measured.compared.startswith("before") and begins <= BEFORE:
        yield Problem((*path, "compared"), f"there are no {BEFORE} weeks before week {begins}", "let it begin later")
    if not measured.low <= measured.observed <= measured.high or measured.low == measured.high:
        yield Problem((*path, "observed"), "what was observed must lie in its band, from 'low' to 'high'")
