"""Episodes are data: read with every error and its line, their bands wide enough to hold what was observed."""

from pathlib import Path

import numpy as np
import pytest

from simulation.evidence.fitting.episode_readings import live_episode
from simulation.evidence.fitting.episodes import (
    Episode,
    hash_of,
    measures_of,
    names_of,
    read_episode,
    read_episodes,
)
from simulation.scenario.evidence_set import shipped_set
from simulation.scenario.problems import ScenarioError

LEAK = """episode: A leak
says: A leak is told to everybody.
begins: 3
scenario:
  weeks: 8
  population: {shoppers: 300}
  policies:
    before: []
    leak:
      - {week: 3, do: leak, reach: 1.0}
measures:
  - {name: lost, measure: patrons, compared: twin_loss, weeks: [6, 8], observed: 0.02, low: 0.01, high: 0.04,
     tolerance: a factor of two, source: nobody, seen: Y}
"""


def written(folder: Path, text: str = LEAK, name: str = "leak.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ScenarioError) as error:
        read_episode(written(folder, text))
    return str(error.value)


def test_an_episode_is_lived_by_its_policies_alone(tmp_path: Path) -> None:
    episode = read_episode(written(tmp_path))
    assert episode.scenario.institutions == ()
    assert [episode.policy_of(each) for each in episode.measures] == [1]


@pytest.mark.parametrize(
    ("from_text", "to_text", "line", "said"),
    [
        ("weeks: [6, 8]", "weeks: [6, 9]", 12, "not within the scenario's 8"),
        ("observed: 0.02", "observed: 0.05", 12, "must lie in its band"),
        ("measure: patrons", "measure: patron", 12, "patron"),
        ("seen: Y}", "seen: Y, policy: leaks}", 13, "unknown policy 'leaks'"),
        ("seen: Y}", "seen: Y, shape: ratio}", 12, "'to_weeks' belongs to the shape 'ratio'"),
        ("compared: twin_loss", "compared: before_loss", 12, "no 4 weeks before week 3"),
        ("begins: 3", "begins: 9", 3, "week 9 is not within the scenario's 8"),
        ("  weeks: 8", "  weeks: 8\n  uncertain: {behaviour.scar: [0.1, 0.2]}", 6, "takes no 'uncertain'"),
        ("  weeks: 8", "  weeks: 8\n  replicates: 2", 6, "takes no 'replicates'"),
        ("episode: A leak", 'episode: "A leak\\nof records"', 1, "episode"),
        ("do: leak", "do: leek", 10, "unknown action 'leek'"),
        ("    before: []\n", "", 7, "needs a twin"),
        ("begins: 3\n", "", 1, "'begins' is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, from_text: str, to_text: str, line: int, said: str
) -> None:
    assert from_text in LEAK
    message = refused(tmp_path, LEAK.replace(from_text, to_text))
    assert f"leak.yaml:{line}:" in message
    assert said in message


def test_all_files_of_a_folder_are_read_or_all_that_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="holds no episode"):
        read_episodes(tmp_path)
    written(tmp_path, LEAK.replace("observed: 0.02", "observed: 9"), "a.yaml")
    written(tmp_path, LEAK.replace("do: leak", "do: leek"), "b.yaml")
    with pytest.raises(ScenarioError) as error:
        read_episodes(tmp_path)
    assert [Path(each.file).name for each in error.value.problems] == ["a.yaml", "b.yaml"]


def test_names_that_stand_twice_are_refused(tmp_path: Path) -> None:
    written(tmp_path, LEAK, "a.yaml")
    written(tmp_path, LEAK, "b.yaml")
    with pytest.raises(ScenarioError, match="two files hold an episode called 'A leak'"):
        read_episodes(tmp_path)
    again = LEAK[LEAK.index("  - {name: lost") :]
    assert "another figure called 'lost'" in refused(tmp_path, LEAK + again)


def test_a_hash_tells_other_bands_apart(tmp_path: Path) -> None:
    one = read_episode(written(tmp_path))
    same = read_episode(written(tmp_path, LEAK, "same.yaml"))
    other = read_episode(written(tmp_path, LEAK.replace("high: 0.04", "high: 0.05")))
    assert hash_of([one]) == hash_of([same]) != hash_of([other])


@pytest.fixture(scope="module")
def shipped() -> tuple[Episode, ...]:
    return read_episodes()


def test_the_shipped_episodes_can_be_lived_and_hold_what_was_observed(shipped: tuple[Episode, ...]) -> None:
    figures = measures_of(shipped)
    assert (len(shipped), len(figures)) == (25, 49)
    assert names_of(shipped)[0] == shipped[0].name
    assert all(not next(iter(each.scenario.policies.values())) for each in shipped)  # in a twin's life nothing happens
    assert sum(each.kind == "check" for each in figures) == 3


@pytest.mark.parametrize(
    ("episode", "figure", "low", "high"),
    [
        ("TalkTalk, United Kingdom 2015", "lost because of it in the quarter", 0.012, 0.048),
        ("Medibank, Australia 2022", "lost because of it in the quarter", 0.00235, 0.0094),
        ("My Health Record, Australia 2018", "opted out after 28 weeks", 0.0495, 0.198),
        ("Bud Light, United States 2023", "lost after eight months", 0.16, 0.64),
        ("Told of a leak, United States 2016", "say that they stopped", 0.08, 0.15),
        ("Wells Fargo, United States 2016", "accounts opened", 0.22, 0.75),
    ],
)
def test_bands_stay_as_they_were_fixed(
    shipped: tuple[Episode, ...], episode: str, figure: str, low: float, high: float
) -> None:
    (own,) = (each for each in shipped if each.name == episode)
    (found,) = (each for each in own.measures if each.name == figure)
    assert (found.low, found.high) == (low, high)


@pytest.mark.slow
def test_every_figure_of_every_shipped_episode_can_be_read_at_usual_numbers(shipped: tuple[Episode, ...]) -> None:
    unread = [
        (episode.name, measured.name)
        for episode in shipped
        for measured, found in zip(episode.measures, live_episode(episode, {}).figures(), strict=True)
        if not np.isfinite(found)
    ]
    assert unread == []


def test_the_shipped_set_was_made_from_the_shipped_episodes() -> None:
    assert hash_of(read_episodes(None)) == shipped_set().made_from["episodes"]
