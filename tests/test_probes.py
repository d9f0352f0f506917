"""How reactions must behave where no episode shows it, and that a wrong number fails the probe that is meant for it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from simulation.evidence.fitting.fit_checks import probed
from simulation.evidence.fitting.probes import PROBES, Probed, live_probes

WRONG = {
    "salience never fades": (
        {"behaviour.salience_half_life_weeks": 520.0, "behaviour.salience_half_life_spread": 0.0},
        {"stopped sale"},
    ),
    "consent ignores knowing": ({"behaviour.deciding_when_told": 0.0}, {"national story", "quiet again"}),
    "a link is looked for as a letter is": ({"behaviour.considering_terms_per_week": 0.04}, {"quiet opt-out"}),
    "nobody feels a reminder": ({"practices.without_asking": 0.0}, {"monthly follow-ups"}),
}


def failing(found: list[float]) -> set[str]:
    """Return the names of probes that fail."""
    return {each.name for each, value in zip(PROBES, found, strict=True) if not Probed(each, value).holds}


def test_the_numbers_as_they_are_pass_every_probe() -> None:
    assert not failing(live_probes({}))


@pytest.mark.parametrize("name", WRONG)
def test_a_planted_wrong_number_fails_the_probe_that_is_meant_for_it(name: str) -> None:
    numbers, meant = WRONG[name]
    assert meant <= failing(live_probes(numbers))


def test_a_probe_is_read_at_the_median_of_the_draws() -> None:
    wrong = WRONG["consent ignores knowing"][0]
    with ThreadPoolExecutor(1) as pool:
        outvoted, lost = probed([{}, wrong, {}], pool), probed([wrong, {}, wrong], pool)
    assert all(each.holds for each in outvoted)
    assert {each.probe.name for each in lost if not each.holds} >= {"national story"}


def test_a_figure_that_cannot_be_read_does_not_hold() -> None:
    assert not Probed(PROBES[0], float("nan")).holds
    assert Probed(PROBES[0], 0.25).holds and not Probed(PROBES[1], np.nextafter(0.5, 0)).holds
