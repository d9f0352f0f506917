"""Episodes are data: read with every error and its line, their bands wide enough to hold what was observed."""

from pathlib import Path

import pytest

from simulation.evidence.fitting.episodes import FOLDER, EpisodeFile, hash_of, read_episode, read_episodes
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


def test_a_hash_tells_other_bands_apart(tmp_path: Path) -> None:
    one = read_episode(written(tmp_path))
    same = read_episode(written(tmp_path, LEAK, "same.yaml"))
    other = read_episode(written(tmp_path, LEAK.replace("high: 0.04", "high: 0.05")))
    assert hash_of([one]) == hash_of([same]) != hash_of([other])


def test_the_shipped_files_give_every_band_a_reason_and_a_source() -> None:
    from ruamel.yaml import YAML

    files = sorted(FOLDER.glob("*.yaml"))
    read = [EpisodeFile.model_validate(YAML(typ="safe", pure=True).load(file)) for file in files]
    figures = [each for document in read for each in document.measures]
    assert (len(read), len(figures)) == (25, 49)
    assert all(each.low <= each.observed <= each.high and each.low < each.high for each in figures)
