"""The behaviour rules, one by one, with values worked out by hand."""

import math

import pytest

from simulation.behaviour import choices, rules
from simulation.behaviour.states import Card, Source
from simulation.scenario.practices import Scope


def test_the_first_open_source_takes_the_credit() -> None:
    # press 0.2; notice, half of the rest: up to 0.6; experience, half again: up to 0.8; talk: up to 0.9
    cases = [
        (0.1, Source.PRESS),
        (0.5, Source.NOTICE),
        (0.7, Source.EXPERIENCE),
        (0.85, Source.WORD_OF_MOUTH),
        (0.95, 0),
    ]
    for luck, source in cases:
        assert rules.source_of_hearing(luck, 0.2, 0.5, 0.5, 0.5) == source


@pytest.mark.parametrize("by_demotion", [0.0, 0.3])
@pytest.mark.parametrize("experience", [0.0, 0.02, 1.0])
@pytest.mark.parametrize("notice", [0.0, 0.4])
@pytest.mark.parametrize("press", [0.0, 0.3, 1.0])
def test_nobody_learns_who_is_passed_over(press: float, notice: float, experience: float, by_demotion: float) -> None:
    most = rules.most_hearing(press, notice, experience, 2, by_demotion)
    for below in (0, 1, 2):
        noticing = rules.chance_of_noticing(experience, 1.0, 2, 1, 1, below, by_demotion)
        assert rules.source_of_hearing(most + 1e-9, press, notice, noticing, 0.0) == Source.NOTHING
        assert rules.source_of_hearing(most + 0.2 + 1e-9, press, notice, noticing, 0.2) == Source.NOTHING


def test_the_trusting_resist_talk() -> None:
    assert rules.chance_of_believing(1.0, 0.4, 0.0, 0.5) == 0.4
    assert rules.chance_of_believing(1.0, 0.4, 1.0, 0.5) == pytest.approx(0.2)
    assert rules.chance_of_believing(0.0, 0.4, 0.0, 0.5) == 0.0


@pytest.mark.parametrize(
    ("consent", "opted_in", "opted_out", "flows"),
    [(0, 0, 0, 1), (1, 0, 0, 1), (2, 0, 0, 1), (2, 0, 1, 0), (3, 0, 0, 0), (3, 1, 0, 1)],
)
def test_data_flows_as_the_mode_of_consent_says(consent: int, opted_in: int, opted_out: int, flows: int) -> None:
    assert rules.data_flows(1.0, consent, 1, opted_in, opted_out) == flows
    assert rules.data_flows(0.0, consent, 1, opted_in, opted_out) == 0
    assert rules.data_flows(1.0, consent, 0, opted_in, opted_out) == 0


def test_trust_falls_faster_than_it_rises() -> None:
    assert rules.trust_after(0.6, 0.2, 0.5, 5.0) == pytest.approx(0.4)
    assert rules.trust_after(0.2, 0.6, 0.5, 5.0) == pytest.approx(0.24)
    assert rules.trust_after(0.6, 0.6, 0.5, 5.0) == 0.6


def test_a_violation_is_felt_in_full_only_where_it_runs() -> None:
    assert rules.violation(1.2, 0.5, 1.0, 0.4) == pytest.approx(0.6)
    assert rules.violation(1.2, 0.5, 0.0, 0.4) == pytest.approx(0.24)


def test_grievance_is_dulled_by_resignation_and_forgiven_by_heavy_patrons() -> None:
    assert rules.grievance(0.6, 0.3, 0.0, 0.8, 0.0, 0.3) == pytest.approx(0.5)
    assert rules.grievance(0.6, 0.3, 0.5, 0.8, 0.0, 0.3) == pytest.approx(0.3)
    assert rules.grievance(0.6, 0.3, 0.0, 0.8, 1.0, 0.3) == pytest.approx(0.35)
    assert rules.grievance(0.6, 0.7, 0.0, 0.8, 0.0, 0.3) == 0.0  # more trust than at the start is no grievance


def test_weekly_log_odds_add_up_to_the_year() -> None:
    weekly = 1 / (1 + math.exp(-choices.weekly_log_odds(1 / 6)))
    assert 1 - (1 - weekly) ** 52 == pytest.approx(1 / 6, rel=1e-7)
    assert weekly == pytest.approx(0.0035, abs=1e-5)


def test_only_active_and_dormant_cards_change() -> None:
    def log_odds(card: int) -> float:
        return float(choices.log_odds_of_changing_card(card, -6.0, -3.0, -8.0, 0.1, 12.0, 0.01, 0.5))

    # push = 12 * 0.1 - 0.5 * 100 * 0.01 = 0.7
    assert log_odds(Card.ACTIVE) == pytest.approx(-5.3)
    assert log_odds(Card.DORMANT) == pytest.approx(-3.7)
    assert log_odds(Card.NEVER) == pytest.approx(-8.7)
    assert log_odds(Card.CANCELLED) == log_odds(Card.SWAPPED) == choices.NEVER
    nothing_more = choices.log_odds_of_changing_card(Card.NEVER, -6.0, -3.0, -8.0, 0.0, 12.0, 0.0, 0.5)
    assert nothing_more == choices.NEVER, "nobody takes a first card without a reason"


def test_without_a_grievance_a_dropped_card_goes_into_the_drawer() -> None:
    assert choices.card_after_dropping(0.0, 0.0, 0.5, 0.2) == Card.DORMANT
    assert choices.card_after_dropping(0.2, 0.5, 0.5, 0.2) == Card.CANCELLED  # below 0.5 * 0.5
    assert choices.card_after_dropping(0.3, 0.5, 0.5, 0.2) == Card.SWAPPED  # below 0.25 + 0.2 * 0.5
    assert choices.card_after_dropping(0.4, 0.5, 0.5, 0.2) == Card.DORMANT


def test_a_grievance_needs_a_rival_to_go_to() -> None:
    assert choices.log_odds_of_changing_store(1, -5.0, -3.0, 0.2, 4.0, 4.0, 1, 0.0, 1.0) == pytest.approx(-4.2)
    assert choices.log_odds_of_changing_store(1, -5.0, -3.0, 0.2, 4.0, 4.0, 0, 0.0, 1.0) == -5.0
    assert choices.log_odds_of_changing_store(0, -5.0, -3.0, 0.2, 4.0, 4.0, 0, 0.0, 1.0) == pytest.approx(-3.8)


def test_trips_follow_poisson() -> None:
    # Poisson(2): P(0) = 0.1353, P(<= 1) = 0.4060, P(<= 2) = 0.6767
    assert [choices.trips_in_week(2.0, luck) for luck in (0.0, 0.135, 0.136, 0.405, 0.407, 0.676, 0.677)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
    ]
    assert choices.trips_in_week(0.0, 0.999999) == 0
    assert choices.trips_in_week(50.0, 0.999999) == choices.MOST_TRIPS


def test_talk_falls_to_a_quarter() -> None:
    assert rules.freshness(0.0, 4.0) == 1.0
    assert rules.freshness(4.0, 4.0) == pytest.approx(0.25)
    assert rules.chance_of_talking(0.5, 0.25, 0.2) == pytest.approx(0.025)
    assert rules.chance_of_talking(3.0, 1.0, 0.2) == pytest.approx(0.2)  # a violation beyond 1 is told as 1


def test_rewards_by_place_in_a_tier() -> None:
    assert choices.reward_share(0.01, 1.0, 0.02, 1, 0.9) == 0.0
    assert choices.reward_share(0.01, 1.0, 0.02, 0, 0.9) == pytest.approx(0.03)
    assert choices.reward_share(0.01, 0.0, 0.0, 0, 1.0) == 0.01
    assert choices.reward_share(0.01, 1.0, 0.02, 2, 0.9) == 0.0


def test_standing_below_a_tier() -> None:
    never = 2.0
    assert [rules.standing(rank, 0.9, never) for rank in (0.5, 0.9, 0.95)] == [1, 0, 0]
    assert rules.standing(0.5, 1.0, never) == 0, "without a tier nobody is below it"
    assert [rules.standing(rank, 0.9, 0.8) for rank in (0.7, 0.8, 0.9)] == [1, 2, 0]
    assert [rules.standing(rank, 1.0, 0.8) for rank in (0.7, 0.95)] == [0, 2], "when the tier ends, its members fall"


def test_a_rival_pulls_only_where_there_is_one() -> None:
    assert choices.log_odds_of_changing_store(1, -5.0, -3.0, 0.2, 4.0, 4.0, 1, 0.1, 1.5) == pytest.approx(-3.7)
    assert choices.log_odds_of_changing_store(1, -5.0, -3.0, 0.2, 4.0, 4.0, 0, 0.1, 1.5) == -5.0
    assert choices.log_odds_of_changing_store(0, -5.0, -3.0, 0.0, 4.0, 4.0, 1, 0.1, 1.0) == pytest.approx(-3.1)


def test_what_touches_whom() -> None:
    def stake(scope: int, member: int = 1, rank: float = 0.6, below: int = 0) -> float:
        return float(rules.stake_in(scope, 0.3, below, member, rank, 1.6))

    assert stake(0) == stake(1) == 0.3
    assert [stake(2, below=below) for below in (0, 1, 2)] == [0.0, 1.0, 1.6]
    assert [stake(3), stake(3, rank=0.4), stake(3, member=0)] == [1.0, 0.0, 0.0]
    assert [stake(4), stake(4, member=0)] == [0.0, 1.0]


def test_what_is_paid_and_bought() -> None:
    assert choices.price_paid(1, 1.02, 0.045, 0.0, 0.5) == pytest.approx(0.9741)
    assert choices.price_paid(0, 1.02, 0.045, 0.1, 0.9) == 1.02
    assert choices.price_paid(1, 1.0, 0.0, 0.1, 0.9) == pytest.approx(1.08)
    assert choices.bought_at(1.08, 1.5) == pytest.approx(0.88)
    assert choices.bought_at(1.0, 1.5) == 1.0


def test_goodwill_lifts_trust_up_to_full() -> None:
    assert rules.trust_sought(0.6, 0.0, 1.0, 0.05) == pytest.approx(0.63)
    assert rules.trust_sought(0.99, 0.5, 1.0, 0.05) == pytest.approx(0.5)


def test_cents_are_rounded_half_up_and_cut_off() -> None:
    assert [choices.whole_cents(cents) for cents in (0.0, 0.49, 0.5, 1234.5)] == [0, 0, 1, 1235]
    assert choices.whole_cents(1e12) == choices.MOST_WEEKLY_CENTS


def test_consent_is_owed_only_to_those_who_do_not_know_and_would_refuse() -> None:
    assert choices.would_refuse(0.7, 0.6, 1, 0) == 1  # would not have agreed, and does not know
    assert choices.would_refuse(0.5, 0.6, 1, 0) == 0  # would have agreed
    assert choices.would_refuse(0.7, 0.6, 1, 1) == 0  # knows
    assert choices.would_refuse(0.7, 0.6, 0, 0) == 0  # no data flows


def test_bits_tell_practices_apart() -> None:
    assert [rules.bit(0b1011, place) for place in range(5)] == [1, 1, 0, 1, 0]
    assert [rules.bit(0, place) for place in range(3)] == [0, 0, 0]


def test_a_member_is_a_patron_with_an_active_card() -> None:
    cases = {(patron, card): rules.is_member(patron, card) for patron in (0, 1) for card in Card}
    assert {case for case, is_member in cases.items() if is_member == 1} == {(1, Card.ACTIVE)}
    assert set(cases.values()) == {0, 1}


def test_luck_at_the_very_edge_of_a_chance_falls_outside() -> None:
    assert rules.source_of_hearing(0.2, 0.2, 0.0, 0.0, 0.0) == 0
    assert rules.source_of_hearing(0.0, 0.0, 0.0, 0.0, 0.0) == 0, "what has no chance never happens"
    assert rules.source_of_hearing(0.5, 0.0, 0.5, 0.0, 0.0) == 0
    assert rules.source_of_hearing(0.5, 0.0, 0.0, 0.5, 0.0) == 0
    assert rules.source_of_hearing(0.5, 0.0, 0.0, 0.0, 0.5) == 0
    assert rules.complains(0.02, 0.04, 0.5) == 0 and rules.complains(0.0, 0.04, 0.0) == 0


def test_only_those_complain_whose_luck_falls_within_their_grievance() -> None:
    assert rules.complains(0.019, 0.04, 0.5) == 1
    assert rules.complains(0.021, 0.04, 0.5) == 0
    assert rules.complains(0.5, 0.04, 0.5) == 0


SHARED, TIER, PRICES = Scope.SHARED_RECORDS, Scope.BELOW_A_TIER, Scope.PAYING_MORE
MEMBERS, OTHERS = Scope.MEMBERS, Scope.NON_MEMBERS


@pytest.mark.parametrize(
    ("scope", "flows", "member", "below", "chance"),
    [
        (SHARED, 1, 1, 0, 0.2),  # whose records flow
        (SHARED, 0, 1, 0, 0.0),
        (MEMBERS, 0, 1, 0, 0.2),  # who holds a card, whether records flow or not
        (MEMBERS, 1, 0, 0, 0.0),
        (PRICES, 0, 1, 0, 0.2),
        (PRICES, 1, 0, 0, 0.0),
        (OTHERS, 1, 1, 0, 0.0),  # who holds none
        (OTHERS, 0, 0, 0, 0.2),
        (TIER, 1, 1, 0, 0.0),  # whom a tier leaves out, and whom it has put out
        (TIER, 0, 0, 1, 0.2),
        (TIER, 0, 0, 2, 0.9),
        (SHARED, 1, 1, 2, 0.2),
    ],
)
def test_a_practice_is_noticed_by_those_whom_it_concerns(
    scope: int, flows: int, member: int, below: int, chance: float
) -> None:
    assert rules.chance_of_noticing(0.2, 1.0, scope, flows, member, below, 0.9) == chance
    assert rules.chance_of_noticing(0.2, 0.5, scope, flows, member, below, 0.9) == chance, "in a pilot as well"


def test_what_has_stopped_is_noticed_no_more_but_for_one_s_place_in_a_tier() -> None:
    for scope in (SHARED, MEMBERS, PRICES):
        assert rules.chance_of_noticing(0.2, 0.0, scope, 1, 1, 0, 0.9) == 0.0
    assert rules.chance_of_noticing(0.2, 0.0, OTHERS, 0, 0, 0, 0.9) == 0.0
    assert rules.chance_of_noticing(0.95, 1.0, TIER, 0, 0, 2, 0.9) == 0.95, "the plainer of the two"


def test_news_reaches_the_vulnerable_less() -> None:
    assert rules.share_reached(0, 0.3) == 1.0
    assert rules.share_reached(1, 0.3) == pytest.approx(0.3)
    assert rules.share_reached(1, 1.0) == 1.0


def test_an_own_choice_relieves() -> None:
    assert rules.relief_of_consent(0, 0, 0.7, 0.4) == 1.0
    assert rules.relief_of_consent(1, 0, 0.7, 0.4) == pytest.approx(0.3)
    assert rules.relief_of_consent(0, 1, 0.7, 0.4) == pytest.approx(0.6)
    assert rules.relief_of_consent(1, 1, 0.5, 0.25) == 0.25


def test_resignation_grows_towards_one() -> None:
    assert rules.resignation_after(0.2, 0.5, 0.1) == pytest.approx(0.2 + 0.1 * 0.5 * 0.8)
    assert rules.resignation_after(0.2, 0.0, 0.1) == 0.2
    assert rules.resignation_after(0.2, 3.0, 0.1) == pytest.approx(0.28), "no burden counts for more than one"
    assert rules.resignation_after(1.0, 1.0, 0.1) == 1.0


def test_where_trust_stands_already_it_stays() -> None:
    assert rules.trust_after(0.3, 0.3, 0.5, 5.0) == 0.3


def test_data_does_not_flow_after_a_no() -> None:
    assert rules.data_flows(1.0, 2, 1, 0, 1) == 0 and rules.data_flows(1.0, 2, 1, 1, 1) == 0
    assert rules.data_flows(0.5, 3, 1, 1, 1) == 1, "an opt-in counts where it is asked for"
