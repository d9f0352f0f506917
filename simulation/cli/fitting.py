"""The verb that fits what is not known to what was observed: fit."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from simulation.cli.common import AS_IT_PAYS, Means, command, loading, refused

if TYPE_CHECKING:
    from simulation.evidence.fitting.episodes import Episode
    from simulation.evidence.fitting.fitting import Settings


_DRAWS, _CHECKED = 1_000, 64


def fit(
    *,
    episodes: Path | None = None,
    draws: int | None = None,
    waves: int = 4,
    effective: int = 100,
    seed: int = 1,
    check: Annotated[bool, Parameter(negative="")] = False,
    evidence: Path | None = None,
    means: Means = AS_IT_PAYS,
    out: Path = Path("results"),
) -> int:
    """Fit every guess to observed reactions, or check how well a set of draws predicts them.

    All guesses are drawn together, every draw is lived by all episodes, and draws are weighted by how near they come.
    If stopped, the same command goes on from there. The set of draws, tables and a report go to a folder called fit.

    Parameters
    ----------
    episodes
        A folder with episodes of your own, one a file, instead of the shipped ones.
    draws
        Draws in a wave, 1,000 if left out; the first covers all plausible ranges, every further one is drawn where the
        best so far lie. With --check, how many draws of the set are lived again, 64 if left out.
    waves
        How many waves.
    effective
        How many draws are to count in effect: fewer come nearer to what was observed, more say better how unsure it is.
    seed
        Decides all draws.
    check
        Live the shipped set, or the one named with --evidence, again with other luck instead of fitting. The exit code
        is 1 if fewer than 85 % of figures are met at its median, fewer than 90 % of bands touched, or a probe fails.
    evidence
        A set of draws to check, as an earlier fit has written it.
    means
        How draws are lived.
    out
        Folder that receives a folder called fit.
    """
    with loading():
        from simulation.evidence.fitting.episodes import read_episodes
        from simulation.evidence.fitting.fitting import Settings
        from simulation.runs.executors import ClusterError
        from simulation.runs.folders import ResultsError
        from simulation.scenario.evidence_set import EvidenceError
        from simulation.scenario.problems import ScenarioError

    try:
        if evidence and not check:
            raise ValueError("--evidence names a set to check; add --check")
        found = read_episodes(episodes)
        if draws is not None and draws < 1:
            raise ValueError(f"--draws must be at least 1, not {draws}")
        if check:
            return _check(found, evidence, draws or _CHECKED, means)
        return _fit(found, Settings(draws or _DRAWS, waves, effective, seed), means, out)
    except (ScenarioError, EvidenceError, ClusterError, ResultsError, ValueError) as error:
        return refused(error)


def _fit(episodes: "tuple[Episode, ...]", settings: "Settings", means: Means, out: Path) -> int:
    from simulation.behaviour.parameters import guesses
    from simulation.evidence.fitting.answer import record_of, show_fit, write_fit
    from simulation.evidence.fitting.fit import fit as fit_to
    from simulation.evidence.fitting.fit_batches import Lived
    from simulation.runs.executors import executor
    from simulation.runs.folders import ASKED, refuse_foreign
    from simulation.runs.runner import KEPT
    from simulation.show.progress import progress

    folder = out / "fit"
    refuse_foreign(folder, ASKED)
    lived = Lived(episodes, guesses(), out / KEPT)
    runs = settings.draws * settings.waves
    print(f"{runs:,} draws of {len(guesses())} guesses, each lived by {len(episodes)} episodes.", file=sys.stderr)
    with executor(means, runs) as pool, progress(runs) as advance:
        found = fit_to(lived, settings, pool, _say, advance)
    show_fit(found)
    for path in write_fit(found, folder, record_of(found, episodes, command())):
        print(path)
    return 0


def _check(episodes: "tuple[Episode, ...]", evidence: Path | None, draws: int, means: Means) -> int:
    from simulation.evidence.fitting.answer import is_good, show_check
    from simulation.evidence.fitting.fit_checks import drawn, lived_again, probed, survey
    from simulation.evidence.fitting.fit_findings import leave_one_out
    from simulation.runs.executors import executor
    from simulation.scenario.evidence_set import read_set, shipped_set

    held = read_set(evidence) if evidence else shipped_set()
    left_out = leave_one_out(held, episodes)
    again = drawn(held, draws)
    with executor(means, draws) as pool:
        rows, probes = lived_again(again, episodes, pool), probed(again, pool)
    show_check(held, rows, left_out, survey(again), probes)
    return 0 if is_good(rows, probes) else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)
