"""What policies owe to their own terms; expected values by hand or from runs of their own."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SALE

from simulation.cli.running import run
from simulation.questions.ask import ask
from simulation.questions.sensitivity.question import Sensitivity
from simulation.runs.own_terms import Term, TermSwing, TermSwings, move_terms, terms_of
from simulation.runs.run import run_scenario
from simulation.scenario.schema import Scenario
from simulation.show.term_swings import in_words, picture, table

STORY = {"week": 20, "do": "press_story", "about": "share_data", "reach": 0.4}
OPEN = {name: value for name, value in SALE.items() if name != "fee_per_member_year"}
QUIET: dict[str, Any] = {"institutions": ["data_buyer"], "world": {"possible_buyers": 1, "reservation_spread": 0}}


def ends(terms: list[Term]) -> dict[tuple[str, str], tuple[float, float]]:
    return {(term.action, term.name): term.ends for term in terms}


def test_every_number_that_is_written_is_moved(make_scenario: Callable[..., Scenario]) -> None:
    written = SALE | {"reward": 0.4, "exit_friction": 0.0, "publish": True, "consent": "opt_out"}
    found = terms_of(make_scenario({"sale": [written, STORY], "nothing": []}))
    assert ends(found) == {
        ("share_data", "week"): (2, 10),  # 5 halved, 2.5, is rounded to the even 2
        ("share_data", "fee_per_member_year"): (0.06, 0.61),  # between which such fees have been observed
        ("share_data", "reward"): (0.2, 0.5),  # doubled it would be more than may be given
        ("press_story", "week"): (10, 26),  # doubled it would lie after the last week
        ("press_story", "reach"): (0.1, 0.6),  # the range of story_reach
    }, "a term left at nothing cannot be halved, and a yes or no is no number"
    assert {term.evidence for term in found if term.name == "reach"} == {"world.story_reach"}
    left_open = terms_of(make_scenario({"sale": [OPEN]}))
    assert [(each.name, each.given) for each in left_open] == [("week", 5.0), ("fee_per_member_year", None)]


def test_a_moved_term_is_the_policy_lived_with_it(make_scenario: Callable[..., Scenario]) -> None:
    found = move_terms(make_scenario({"sale": [OPEN], "told": [SALE, STORY]}, replicates=2, **QUIET))
    swings = {(each.term.policy, each.term.action, each.term.name): each for each in found.swings}
    assert list(dict.fromkeys(policy for policy, _, _ in swings)) == ["sale", "told"], "in the scenario's order"
    alone = {
        "low": [OPEN | {"fee_per_member_year": 0.06}],
        "given": [OPEN],
        "high": [OPEN | {"fee_per_member_year": 0.61}],
        "late": [SALE, STORY | {"week": 26}],
    }
    by_hand = run_scenario(make_scenario(alone, replicates=2, **QUIET)).difference()
    fee = swings["sale", "share_data", "fee_per_member_year"]
    assert fee.differences == pytest.approx(by_hand[:, 1:4])
    assert swings["told", "press_story", "week"].differences[:, 2] == pytest.approx(by_hand[:, 4])
    # a lone buyer pays half of .15 x .3 x 60 dollars x .2 x the root of .6 x .7
    assert fee.settled == pytest.approx(0.5 * 2.7 * 0.2 * 0.42**0.5, rel=0.01)


def test_what_contradicts_the_rest_of_a_policy_stays_where_it_is(make_scenario: Callable[..., Scenario]) -> None:
    found = move_terms(make_scenario({"sale": [SALE | {"until": 9}]}))
    # until week 4 it would end before it begins in week 5, and from week 10 on it would begin after its end
    assert {term.name for term in found.unmoved} == {"week", "until"}
    assert [each.term.name for each in found.swings] == ["fee_per_member_year"]
    assert "Not moved, for the policy would contradict itself: week of share data of 'sale'" in in_words(found)[-1]


def swing(policy: str, name: str, *replicates: list[float], given: float | None = 2.0) -> TermSwing:
    term = Term(policy, 0, "share_data", name, given, (1.0, 4.0), "" if given else "world.reservation_fee")
    return TermSwing(term, 2.0, np.array(replicates))


def stand_in() -> TermSwings:
    fee = swing("sale", "fee_per_member_year", [-30.0, 10.0, 90.0], [-10.0, 30.0, 130.0], given=None)
    other = swing("asked", "worth_to_participant", [40.0, 50.0, 45.0], [40.0, 50.0, 45.0])
    return TermSwings((fee, other), (), "status quo", 1_000, 2, 1_000.0)


def test_a_swing_is_read_off_its_means() -> None:
    fee, other = stand_in().swings
    assert fee.means == (-20, 20, 110) and fee.swing == 130 and fee.turns
    assert other.means == (40, 50, 45) and other.swing == 10 and not other.turns
    # the greater move is up, by 80 and by 100: a standard deviation of 14.14, over the root of 2
    assert fee.error == pytest.approx(10) and other.error == 0
    assert fee.is_distinguishable, "forty down in both replicates"
    noise = swing("sale", "week", [-30.0, 10.0, 90.0], [70.0, 30.0, -10.0])  # 40 down and 40 up, 80 up and 40 down
    assert not noise.is_distinguishable and not noise.turns
    assert in_words(replace(stand_in(), swings=(noise,)))[0].endswith(
        "No term moves it by an amount that is distinguishable from zero."
    )
    assert np.isnan(replace(fee, differences=fee.differences[:1]).error)


def test_moves_of_a_small_run_stand_about_the_means_of_the_large_one() -> None:
    about = stand_in().anchored({"sale": 5_000.0, "asked": -100.0}, households=10_000)
    # ten times the households: 400 down and 900 up from the large run's own mean
    assert about.swings[0].means == pytest.approx((4_600, 5_000, 5_900)) and about.households == 10_000
    assert about.swings[1].means == pytest.approx((-200, -100, -150))
    assert not about.swings[0].turns and about.swings[0].error == pytest.approx(100)


def test_it_is_said_in_words_a_table_and_a_figure(tmp_path: Path) -> None:
    found = stand_in()
    assert in_words(found) == [
        "'sale': as written it is worth +$20 against status quo, and the sign turns with fee per member year at $1.00 "
        "(−$20). What moves it most is the fee per member year: −$20 at $1.00, +$110 at $4.00 (written: left to "
        "bidders, who pay $2.00; the larger move ± $10).",
        "'asked': as written it is worth +$50 against status quo, and no term of its own turns the sign. What moves it "
        "most is the worth to participant: +$40 at 1, +$45 at 4 (written: 2; the larger move ± $0).",
        "Each term is moved alone, the others as written, to half and to double; of fee per member year, to both ends "
        "of what has been observed.",
    ]
    heads, first, _ = table(found).rows()
    assert dict(zip(heads, first, strict=True))["at high"] == "+$110"
    table(found).write(tmp_path)
    row = next(csv.DictReader((tmp_path / "own_terms.csv").read_text().splitlines()))
    assert (row["policy"], row["difference_at_low_end"], row["ends_from"]) == ("sale", "-20", "world.reservation_fee")
    axes = picture(found).figure.axes
    assert len(axes) == 2 and all(each.get_xlim()[0] < 0 < each.get_xlim()[1] for each in axes), "zero is in view"


def test_it_is_asked_alone(make_scenario: Callable[..., Scenario]) -> None:
    case = make_scenario({"sale": [SALE], "told": [SALE, STORY]}, **QUIET)
    answer = ask(case, Sensitivity("told", over=("terms",)))
    assert {row["policy"] for row in answer.table("own_terms").to_dict("records")} == {"told"}
    for wrong in (("terms", "all"), ("terms", "world.story_reach")):
        with pytest.raises(ValueError, match="'terms' stands alone"):
            ask(case, Sensitivity("told", over=wrong))
    with pytest.raises(ValueError, match="known here: sale, told"):
        ask(case, Sensitivity("tale", over=("terms",)))


FILE = """\
title: small
question: does it pay?
weeks: 26
replicates: 2
population: {shoppers: 400}
policies:
  status quo: []
  sale:
    - {week: 5, do: share_data, with: insurer, consent: none, fee_per_member_year: 0.5}
"""


def test_a_run_tells_it_in_its_report_unless_it_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(FILE)
    for terms in (True, False):
        assert run(file, out=tmp_path, terms=terms, quiet=True) == 0
        page = (tmp_path / "small" / "report.html").read_text()
        assert ("What the options owe to their own terms" in page) is terms
        assert (tmp_path / "small" / "figures" / "own_terms.svg").exists() is terms
    file.write_text(FILE.split("  sale:", maxsplit=1)[0])
    assert run(file, out=tmp_path, quiet=True) == 0, "where there is nothing to move, nothing is told"
