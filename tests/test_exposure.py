"""How a practice comes out, and what regulator and court make of it: the rules by hand."""

import math

import pytest

from simulation.behaviour import exposure


def test_ten_years_of_a_rising_hazard_bring_as_much_as_ten_of_the_mean() -> None:
    weeks = [exposure.times_the_mean(week / 52, 1.49) for week in range(520)]
    assert sum(weeks) / 520 == pytest.approx(1.0, abs=1e-9)
    assert weeks == sorted(weeks)
    assert weeks[0] == pytest.approx(520 * (1 / 520) ** 1.49), "the first week's share of ten years"


def test_a_hazard_of_shape_one_stays_as_it_is() -> None:
    assert [exposure.times_the_mean(years, 1.0) for years in (0.0, 3.0, 25.0)] == pytest.approx([1.0, 1.0, 1.0])


def test_in_its_sixth_year_a_flow_comes_out_three_times_as_often_as_in_its_first() -> None:
    first, sixth = (exposure.times_the_mean(years, 1.49) for years in (0.5, 5.5))
    # the hazard goes with the years to the power .49
    assert sixth / first == pytest.approx(11**0.49, rel=0.01)


def test_a_rival_that_sells_too_adds_its_own_hazard_by_the_chance_that_an_article_names_both() -> None:
    alone = exposure.hazard_of_a_story(0.05, 2.0, 0.0, 1.0, 0.7)
    both = exposure.hazard_of_a_story(0.05, 2.0, 1.0, 1.0, 0.7)
    assert alone == pytest.approx(0.05) and both == pytest.approx(0.05 * 1.7)


def test_most_stories_reach_few_and_none_more_than_the_most() -> None:
    reached = [exposure.reach_of_a_story(0.08, 1.3, normal, 0.58, 0.5, 0) for normal in (-1.0, 0.0, 1.0, 3.0)]
    assert reached == pytest.approx([0.08 / math.exp(1.3), 0.08, 0.08 * math.exp(1.3), 0.58])


def test_each_earlier_story_of_the_trade_takes_its_share_even_of_the_largest() -> None:
    assert exposure.reach_of_a_story(0.08, 0.0, 0.0, 0.58, 0.5, 2) == pytest.approx(0.02)
    assert exposure.reach_of_a_story(0.9, 0.0, 0.0, 0.6, 0.5, 1) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("complaints", "unlawful", "hazard"),
    [
        (0.0, 0.0, 0.0),
        (0.00005, 0.0, 0.25),  # half of the usual number: half as often, no threshold
        (0.0001, 0.0, 0.5),
        (0.01, 0.0, 1.5),  # three times as often at most
        (0.0001, 1.0, 0.8),
    ],
)
def test_inquiries_go_with_complaints_and_with_broken_laws(complaints: float, unlawful: float, hazard: float) -> None:
    assert exposure.hazard_of_an_inquiry(complaints, 0.0001, 0.5, unlawful, 0.3, 1.0) == pytest.approx(hazard)
    assert exposure.hazard_of_an_inquiry(complaints, 0.0001, 0.5, unlawful, 0.3, 1.2) == pytest.approx(1.2 * hazard)


def test_eight_in_ten_inquiries_take_from_65_to_178_weeks_as_observed() -> None:
    tenth = 1.2815516  # standard deviations that a tenth of a normal distribution lies beyond
    lengths = [exposure.length_of_an_inquiry(119, 0.39, normal) for normal in (-tenth, 0.0, tenth)]
    assert lengths[1] == 119 and abs(lengths[0] - 65) <= 10 and abs(lengths[2] - 178) <= 20
    assert exposure.length_of_an_inquiry(1, 3.0, -5.0) == 1, "nobody closes an inquiry before it opens"


def test_a_fine_is_by_head_doubled_by_a_broken_law_and_left_out_for_the_lucky() -> None:
    assert exposure.fine_for(0.49, 0.5, 0.2, 1000, 0) == pytest.approx(200.0)
    assert exposure.fine_for(0.49, 0.5, 0.2, 1000, 1) == pytest.approx(400.0)
    assert exposure.fine_for(0.5, 0.5, 0.2, 1000, 1) == 0.0


def test_one_fine_in_a_hundred_is_twenty_dollars_a_head() -> None:
    assert exposure.skewed(0.2, 2.0, 2.3263) == pytest.approx(0.2 * math.exp(4.6526)) == pytest.approx(20.97, abs=0.02)


def test_a_chance_of_a_week_makes_up_the_year() -> None:
    assert (1 - exposure.chance_in_week(0.7)) ** 52 == pytest.approx(math.exp(-0.7))
