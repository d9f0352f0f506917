"""Whether a number acts: what a scenario does not use changes nothing to the bit, and is named by no report."""

import pytest

from simulation.report.drawn_numbers import leanings
from simulation.report.world_swings import world_swings
from simulation.runs import acting as module
from simulation.runs.acting import acting
from simulation.runs.run import run_scenario
from simulation.scenario.reading import read_scenario
from simulation.scenario.schema import Scenario


def acts(scenario: Scenario, address: str, policy: str | None = None) -> bool:
    return acting(scenario, [address], 1, policy) == [address]


@pytest.fixture(scope="module")
def case() -> Scenario:
    return read_scenario("shopsense_ifa").with_changes(policies=["quiet sale", "opt-out notice"])


def test_what_a_policy_is_worth_hangs_on_what_it_meets_alone(case: Scenario) -> None:
    for address, moved in {"behaviour.trust_loss_ratio": [True, True], "practices.with_opt_out": [False, True]}.items():
        assert [acts(case, address, policy) for policy in ("quiet sale", "opt-out notice")] == moved, address
    assert not acts(case, "practices.noticing_member_prices_per_week"), "nobody has two prices here"


def test_a_report_names_no_number_that_does_not_act(case: Scenario) -> None:
    outcome = run_scenario(case.with_changes(shoppers=200, weeks=104, replicates=64), split=True)
    named = {each.address for swings in world_swings(outcome).values() for each in swings}
    named |= {each.address for each in leanings(outcome)}
    assert all(acts(outcome.scenario, address) for address in named)


def test_what_acts_in_a_later_replicate_alone_is_found_among_those_that_never_act(
    case: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers a to f: b acts always, e in the last of eight replicates alone, the others never."""
    asked: list[tuple[tuple[str, ...], int]] = []

    def moves(_: str, addresses: tuple[str, ...], replicate: int) -> bool:
        asked.append((addresses, replicate))
        return "b" in addresses or ("e" in addresses and replicate == 7)

    monkeypatch.setattr(module, "_moves", moves)
    assert acting(case, list("abcdef"), 3) == ["b", "e"]
    assert acting(case, list("abcdef"), 1) == ["b"]
    assert (("a", "c", "d", "e"), 1) in asked and (("a",), 1) not in asked, (
        "those that did not act at first go together"
    )
