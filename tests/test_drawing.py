"""What replicates draw: rows of the evidence set, other sets, and single numbers beside them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare, spearmanr

from simulation.behaviour.parameters import guesses, parameters
from simulation.model.model import LoyaltyModel
from simulation.questions.ensemble.ensemble import tasks_of as tasks_of_ensemble
from simulation.questions.robust.words import how_lived
from simulation.report.report import report_of
from simulation.runs.caveats import caveat
from simulation.runs.result_tables import replicates
from simulation.runs.results import run_record
from simulation.runs.run import run_scenario
from simulation.runs.sampling import addresses_of, draws, worlds
from simulation.scenario import drawn as drawing
from simulation.scenario.covering import block_size
from simulation.scenario.drawn import drawn_addresses, drawn_alone, drawn_numbers, drawn_together, spread_of, with_drawn
from simulation.scenario.evidence_set import LEADING, EvidenceSet, shipped_set
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import canonical_text, scenario_from_text
from simulation.scenario.schema import Scenario, as_data, scenario_hash, scenario_type
from simulation.serve.offered import offered
from simulation.show.parameter_words import meaning_of

SCAR, REACH = "behaviour.scar", "world.story_reach"
HAZARD = "world.press_hazard_per_year"  # quoted, and so in no set
BLOCKS = 60
TEXT = "title: t\nquestion: q\nweeks: 4\npopulation: {shoppers: 50}\npolicies: {none: []}\n"
Make = Callable[..., Scenario]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> EvidenceSet:
    """Return the shipped set, of which no two rows are the same any more, in place of itself."""
    found = shipped_set()
    table = found.table.copy()
    table[:, len(LEADING) + found.addresses.index(SCAR)] = np.linspace(0.1, 0.4, len(table))
    distinct = replace(found, table=table)
    monkeypatch.setattr(drawing, "shipped_set", lambda: distinct)
    return distinct


def places_of(drawn: list[dict[str, float]], held: EvidenceSet) -> np.ndarray:
    """Return which row of a set each replicate's numbers are; fails if they are none."""
    rows = {row.tobytes(): place for place, row in enumerate(held.numbers)}
    return np.array([rows[np.array([each[address] for address in held.addresses]).tobytes()] for each in drawn])


def drawn(case: Scenario, count: int) -> list[dict[str, float]]:
    return [drawn_numbers(case, replicate) for replicate in range(count)]


def test_what_says_nothing_of_it_draws_whole_rows_of_the_evidence_set() -> None:
    case = scenario_from_text(TEXT)
    assert case.uncertain.others == "evidence" and not case.uncertain.ranges
    found = drawn(case, 16)
    assert len(set(places_of(found, shipped_set()).tolist())) > 4
    assert set(found[0]) == set(drawn_addresses(case)) == {*guesses(), *shipped_set().addresses}


def test_rows_are_drawn_as_often_as_they_weigh(make_scenario: Make, held: EvidenceSet) -> None:
    case = make_scenario(uncertain="evidence")
    count = BLOCKS * block_size(1 + len(drawn_alone(case)))
    rows = places_of(drawn(case, count), held)
    heavy = np.flatnonzero(held.weights > 10 / count)
    seen = np.array([*(np.sum(rows == row) for row in heavy), np.sum(~np.isin(rows, heavy))])
    expected = count * np.array([*held.weights[heavy], 1 - held.weights[heavy].sum()])
    assert chisquare(seen, expected).pvalue > 0.01
    assert np.all(np.abs(seen - expected) < 5 * np.sqrt(expected))


def test_each_block_covers_reactions_evenly(make_scenario: Make, held: EvidenceSet) -> None:
    case = make_scenario(uncertain="evidence")
    size = block_size(1 + len(drawn_alone(case)))
    above = np.cumsum(held.weights)
    for block in range(5):
        rows = places_of([drawn_numbers(case, block * size + place) for place in range(size)], held)
        low, high = (above - held.weights)[np.sort(rows)], above[np.sort(rows)]
        strata = np.arange(size)
        assert np.all(low < (strata + 1) / size) and np.all(high > strata / size)


def test_the_first_replicates_stay_when_there_are_more(make_scenario: Make) -> None:
    few, many = (make_scenario(uncertain="evidence", replicates=count) for count in (2, 300))
    assert drawn(few, 2) == drawn(many, 300)[:2]
    assert drawn_numbers(make_scenario(uncertain="evidence", seed=8), 0) != drawn_numbers(few, 0)


def test_low_and_high_reactions_are_the_ends_of_the_set(make_scenario: Make, held: EvidenceSet) -> None:
    middle = np.cumsum(held.weights) - held.weights / 2
    ends = (make_scenario(uncertain=name) for name in ("low_reaction", "high_reaction"))
    low, high = (places_of(drawn(case, 64), held) for case in ends)
    assert middle[low].max() <= 0.2 and middle[high].min() >= 0.8
    assert held.reaction[low].max() < held.reaction[high].min()


def test_a_number_that_a_file_sets_stays_whatever_the_set_says(make_scenario: Make) -> None:
    case = make_scenario(uncertain="evidence", behaviour={"scar": 0.123})
    assert SCAR not in drawn_numbers(case, 0) and SCAR not in drawn_addresses(case)
    assert float(LoyaltyModel(case).numbers["scar"]) == 0.123
    later = make_scenario(uncertain="evidence").with_changes(numbers={SCAR: 0.123})
    assert drawn_numbers(later, 3) == drawn_numbers(case, 3)


def test_single_numbers_are_drawn_over_the_set_and_apart_from_it(make_scenario: Make) -> None:
    case = make_scenario(uncertain={"others": "evidence", SCAR: [0.2, 0.4], HAZARD: [0.01, 0.3]})
    found = drawn(case, 64)
    assert drawn_alone(case)[:2] == (SCAR, HAZARD) and SCAR not in drawn_together(case)
    scars = np.array([each[SCAR] for each in found])
    assert np.histogram(scars, 16, (0.2, 0.4))[0].tolist() == [4] * 16
    held = shipped_set()
    rows = {row.tobytes(): place for place, row in enumerate(np.delete(held.numbers, held.addresses.index(SCAR), 1))}
    others = [address for address in held.addresses if address != SCAR]
    places = [rows[np.array([each[address] for address in others]).tobytes()] for each in found]
    assert abs(spearmanr(places, scars).statistic) < 0.2


def test_the_prior_draws_every_guess_from_its_plausible_range_and_chance_none(make_scenario: Make) -> None:
    prior = make_scenario(uncertain="prior")
    found = drawn(prior, 64)
    assert set(found[0]) == set(guesses()) and not drawn_together(prior)
    for address in guesses():
        low, high = parameters()[address].unfitted.range
        values = [each[address] for each in found]
        assert low <= min(values) < max(values) <= high
    assert drawn(make_scenario(uncertain="chance"), 2) == [{}, {}]
    under = make_scenario(uncertain={"others": "prior", SCAR: [0.2, 0.4]})
    assert set(drawn_numbers(under, 0)) == set(guesses()) and 0.2 <= drawn_numbers(under, 0)[SCAR] <= 0.4


def test_a_guess_that_no_set_holds_is_drawn_from_its_range(make_scenario: Make, monkeypatch: Any) -> None:
    monkeypatch.setattr(drawing, "guesses", lambda: (*shipped_set().addresses, HAZARD))
    case = make_scenario(uncertain="evidence")
    assert drawn_alone(case) == (HAZARD,)
    low, high = parameters()[HAZARD].range
    assert all(low <= each[HAZARD] <= high for each in drawn(case, 16))
    assert len(set(places_of(drawn(case, 16), shipped_set()).tolist())) > 4


@pytest.mark.parametrize(
    ("written", "said", "right"),
    [
        ("evidenc", "uncertain cannot be 'evidenc'", "did you mean 'evidence'"),
        ("none", "uncertain cannot be 'none'", "evidence, low_reaction, high_reaction, prior, chance"),
        ("{others: chanc}", "others cannot be 'chanc'", "did you mean 'chance'"),
        ("{from: chance}", "from needs a low and a high end", "write 'others: chance'"),
        ("{others: [0, 1]}", "others cannot be", "evidence"),
        ("[evidence]", "uncertain must be a set's name or ranges of numbers", "number: [low, high]"),
        ("3", "uncertain must be a set's name or ranges of numbers", "number: [low, high]"),
        ("{others: chance, world.x: [0, 1]}", "there is no number called 'world.x'", ""),
        ("{others: chance, behaviour.scar: [0.9, 0.1]}", "the low end of behaviour.scar must lie below", "[low, high]"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_line(written: str, said: str, right: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        scenario_from_text(f"{TEXT}uncertain: {written}\n")
    text = str(refused.value)
    assert said in text and right in text and "scenario:6:" in text
    assert text.count("scenario:6:") == 1


def test_what_is_uncertain_survives_being_written_and_tells_scenarios_apart(make_scenario: Make) -> None:
    ways: list[Any] = ["evidence", "prior", {SCAR: [0.1, 0.2]}, {"others": "chance", SCAR: [0.1, 0.2]}]
    cases = [scenario_type().model_validate({**as_data(make_scenario()), "uncertain": way}) for way in ways]
    assert "uncertain" not in as_data(cases[0])
    for case in cases:
        assert scenario_from_text(canonical_text(case)) == case
        assert case.with_changes(uncertain=case.uncertain) == case
    assert len({scenario_hash(case) for case in cases}) == len(cases)


def test_python_changes_what_is_drawn(make_scenario: Make) -> None:
    case = make_scenario().with_changes(uncertain={SCAR: [0.1, 0.2]})
    assert case.uncertain.others == "evidence" and case.uncertain.ranges == {SCAR: (0.1, 0.2)}
    set_ = case.with_changes(numbers={SCAR: 0.15})
    assert not set_.uncertain.ranges and SCAR not in drawn_addresses(set_)
    assert case.with_changes(uncertain="chance", numbers={SCAR: 0.15}).uncertain.others == "chance"
    with pytest.raises(ValueError, match="uncertain cannot be 'everything'"):
        case.with_changes(uncertain="everything")


def test_where_a_number_lies_is_known_before_it_is_drawn(make_scenario: Make) -> None:
    case = make_scenario(uncertain={"others": "evidence", REACH: [0.2, 0.3]}, behaviour={"trust_loss_ratio": 4})
    low, high = spread_of(case, SCAR)
    inside = np.mean([low <= each[SCAR] <= high for each in drawn(case, 320)])
    assert inside == pytest.approx(0.8, abs=0.1)  # rows that weigh much leave some play
    assert spread_of(case, REACH) == (0.2, 0.3) and spread_of(case, "behaviour.trust_loss_ratio") == (4, 4)


# --- studies ------------------------------------------------------------------------------------------------------


def test_worlds_of_what_is_drawn_are_the_replicates_and_named_numbers_go_over_the_set(make_scenario: Make) -> None:
    case = make_scenario({"sale": []}, uncertain="evidence")
    assert worlds(case, addresses_of(case), 20) == drawn(case, 20)
    assert addresses_of(case, ["uncertain"]) == list(drawn_addresses(case))
    named, whole = worlds(case, [SCAR], 64), draws(case, [SCAR], 64)
    assert named == [{SCAR: each[SCAR]} for each in whole] and set(whole[0]) == set(drawn_addresses(case))
    low, high = parameters()[SCAR].range
    assert np.histogram([each[SCAR] for each in named], 16, (low, high))[0].tolist() == [4] * 16
    assert abs(spearmanr([each[SCAR] for each in whole], [each[REACH] for each in whole]).statistic) < 0.3


def test_how_worlds_came_about_is_said_as_it_was(make_scenario: Make) -> None:
    case = make_scenario({"sale": []}, uncertain="evidence")
    (whole,) = how_lived(case, worlds(case, addresses_of(case), 4), 1, same_luck=False)
    assert "made as a run's replicates are: " in whole and "spread evenly" not in whole
    (named,) = how_lived(with_drawn(case, [SCAR]), worlds(case, [SCAR], 4), 1, same_luck=False)
    others = len(drawn_addresses(case)) - 1
    assert f"spread evenly over its range. The {others} others that the scenario draws were drawn anew" in named
    assert "80 % of draws lie from" in meaning_of(case, SCAR)
    assert "varied from" in meaning_of(with_drawn(case, [SCAR]), SCAR)


def test_the_draws_of_an_ensemble_are_whole_and_its_luck_draws_nothing(make_scenario: Make) -> None:
    case = make_scenario({"sale": []}, uncertain="evidence")
    tasks = tasks_of_ensemble(case, addresses_of(case), 4, 2)
    assert [dict(each.numbers) for each in tasks[::2]] == drawn(case, 4)
    assert tasks[0].numbers == tasks[1].numbers and tasks[0].scenario.uncertain.others == "chance"
    named = tasks_of_ensemble(case, [SCAR], 4, 2)
    assert set(named[0].numbers) == set(drawn_addresses(case))


# --- what is said of it -------------------------------------------------------------------------------------------


def test_intervals_say_from_which_set_they_come(make_scenario: Make) -> None:
    count = len(shipped_set().addresses)
    said = {
        "evidence": f"{count} guesses drawn jointly from the evidence set",
        "low_reaction": f"{count} guesses drawn jointly from the fifth of the evidence set with the weakest",
        "high_reaction": f"{count} guesses drawn jointly from the fifth of the evidence set with the strongest",
        "prior": f"cover chance and {len(guesses())} guesses each drawn from its plausible range",
        "chance": "chance alone: no number was drawn",
    }
    for name, words in said.items():
        assert words in caveat(make_scenario(uncertain=name, replicates=3))
    beside = make_scenario(uncertain={"others": "evidence", HAZARD: [0.01, 0.3]}, replicates=3)
    assert "chance, the number drawn from its range" in caveat(beside)
    assert "one draw of many" in caveat(make_scenario(uncertain="evidence"))


def test_results_hold_every_number_drawn_and_name_the_set(make_scenario: Make) -> None:
    case = make_scenario({"sale": []}, uncertain="evidence", weeks=4, replicates=2, population={"shoppers": 50})
    outcome = run_scenario(case)
    table, record = replicates(outcome), run_record(outcome)
    for replicate, numbers in enumerate(drawn(case, 2)):
        row = table[(table["replicate"] == replicate) & (table["policy"] == "sale")].iloc[0]
        assert {address: row[address] for address in numbers} == numbers
    assert record["drawn"]["set"] == "evidence" and record["drawn"]["together"] == list(drawn_together(case))
    assert record["drawn"]["made_from"] == shipped_set().made_from


def test_the_report_stays_readable_whatever_is_drawn(make_scenario: Make) -> None:
    settings: dict[str, Any] = {"weeks": 6, "replicates": 6, "population": {"shoppers": 60}}
    sale = {"week": 2, "do": "share_data", "with": "insurer", "consent": "none"}
    count = len(shipped_set().addresses)
    jointly = report_of(run_scenario(make_scenario({"sale": [sale]}, uncertain="evidence", **settings)), [])
    assert f"Drawn anew for each replicate: {count} guesses drawn jointly from the evidence set" in jointly
    assert (
        f"of {len(drawn_addresses(make_scenario(uncertain='evidence')))} rank correlations over 6 replicates" in jointly
    )
    assert "what these replicates drew" in jointly and "guesses that were held fixed" not in jointly
    alone = report_of(run_scenario(make_scenario({"sale": [sale]}, uncertain="chance", **settings)), [])
    assert "No number was drawn anew for each replicate." in alone and "what these replicates drew" not in alone
    assert "rank correlation" not in alone and "guesses that were held fixed" in alone


def test_the_page_says_which_numbers_are_drawn_and_from_what(make_scenario: Make) -> None:
    case = make_scenario(uncertain={"others": "evidence", HAZARD: [0.01, 0.3]}, world={"story_reach": 0.5})
    found = {each["address"]: each["drawn"] for each in offered("case", case, {}, False)["numbers"]}
    low, high = found["behaviour.trust_loss_ratio"]
    assert found[HAZARD] == (0.01, 0.3) and 1 <= low < high and found[REACH] is None
    assert {each["drawn"] for each in offered("case", make_scenario(), {}, False)["numbers"]} == {None}
