"""The behaviour rules, one by one, with values worked out by hand."""

import math

import numpy as np
import pytest

from simulation.behaviour import choices, rules
from simulation.behaviour.compiling import is_interpreted
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
    assert rules.violation(0.6, 1.0, 0.4, 0.5) == pytest.approx(0.6)
    assert rules.violation(0.6, 0.0, 0.4, 0.5) == pytest.approx(0.24)


def test_what_pleases_does_so_by_trust_and_while_it_runs() -> None:
    assert rules.violation(-0.2, 1.0, 0.4, 0.5) == pytest.approx(-0.1)
    assert rules.violation(-0.2, 1.0, 0.4, 0.0) == 0.0, "whom one does not trust does not please"
    assert rules.violation(-0.2, 0.0, 0.4, 0.5) == 0.0, "and nothing pleases that is over"
    # 0.6 × (1 + 0.1) of trust sought; never more than full
    assert rules.trust_sought(0.6, -0.1, 1.0, 0.0) == pytest.approx(0.66)
    assert rules.trust_sought(0.98, -0.1, 1.0, 0.0) == 1.0
    assert rules.resignation_after(0.2, -0.5, 0.1) == 0.2, "nor is anybody worn down by it"
    assert [rules.stake_in_privacy(departure, 0.9) for departure in (0.5, -0.5)] == [0.9, pytest.approx(0.1)]


def test_a_grievance_fades_by_half_in_a_half_life() -> None:
    keeps, salience = 2 ** (-1 / 3), 1.0  # a half-life of three weeks
    for _ in range(6):
        salience = rules.salience_kept(salience, keeps)
    assert salience == pytest.approx(0.25)
    assert rules.salience_kept(0.0, keeps) == 0.0


def test_news_brings_a_grievance_to_mind_and_what_pleases_does_not() -> None:
    assert rules.salience_after(0.1, 1, 0, 0.5, 0.3) == 1.0, "a story, a notice or own experience: in full"
    assert rules.salience_after(0.1, 0, 1, 0.5, 0.3) == 0.3, "talk: at least as far as talk does"
    assert rules.salience_after(0.7, 0, 1, 0.5, 0.3) == 0.7
    assert rules.salience_after(0.1, 0, 0, 0.5, 0.3) == 0.1, "never without a story, hearing or talk"
    for wrong in (0.0, -0.5):
        assert rules.salience_after(0.1, 1, 1, wrong, 0.3) == 0.1


def test_talk_is_no_news_to_those_who_know() -> None:
    assert [rules.meets_news(source, 0) for source in (*Source,)] == [0, 1, 1, 1, 1]
    assert [rules.meets_news(source, 1) for source in (*Source,)] == [0, 1, 1, 1, 0]


def test_what_is_not_on_the_mind_is_not_acted_on() -> None:
    assert rules.pressing(0.5, 0.0) == 0.0
    assert rules.pressing(0.5, 0.4) == pytest.approx(0.2)


def test_nobody_objects_by_link_without_minding_and_news_sets_off_decisions() -> None:
    def deciding(asked: float, minded: float, met: int = 0, felt: float = 0.0, choice: float = 1.0) -> float:
        return float(choices.chance_of_deciding(0.1, asked, choice, minded, met, felt, 0.5))

    assert [deciding(0.0, minded) for minded in (0.0, 0.4, 2.0)] == [0.0, pytest.approx(0.04), 0.1]
    assert [deciding(1.0, minded) for minded in (0.0, 2.0)] == [0.1, 0.1], "a prompt is put to everybody"
    # 0.04 + 0.96 × 0.5 × 0.6
    assert deciding(0.0, 0.4, 1, 0.6) == pytest.approx(0.04 + 0.96 * 0.3)
    assert deciding(0.0, 0.4, 0, 0.6) == pytest.approx(0.04), "who has met no news decides as before"
    assert deciding(0.0, 0.4, 1, 0.6, choice=0.0) == pytest.approx(0.04), "nor does who has no choice"
    assert deciding(0.0, -0.4, 1, -0.6) == 0.0, "what pleases makes nobody look for a way out"


def test_who_looks_for_a_choice_does_so_to_object() -> None:
    nine_in_ten = math.log(9)  # 0.1 × 0.9 = 0.09
    assert choices.agrees(0.01, 0.1, nine_in_ten, 0.0) == 0
    assert [choices.agrees(luck, 0.1, nine_in_ten, 1.0) for luck in (0.089, 0.091, 0.11)] == [1, 0, 0]


def test_a_shopper_acts_whose_luck_lies_below_the_chance() -> None:
    assert [choices.acts(math.log(0.25 / 0.75), luck) for luck in (0.249, 0.251)] == [1, 0]
    assert choices.acts(choices.NEVER, 2.0**-32) == 0, "what cannot happen does not, however lucky"
    assert choices.place_within(0.1, math.log(0.25 / 0.75)) == pytest.approx(0.4)


def test_nobody_who_acts_is_passed_over() -> None:
    # of many states, half with the luck as near to the chance as it can be, which is where a bound would fail first
    drawn = np.random.default_rng(1)
    log_odds = drawn.uniform(-40.0, 40.0, 1_000_000 if not is_interpreted() else 10_000)
    chance = 1 / (1 + np.exp(-log_odds))
    luck = np.where(drawn.uniform(size=log_odds.size) < 0.5, np.nextafter(chance, 0), drawn.uniform(size=log_odds.size))
    states = list(zip(log_odds.tolist(), luck.tolist(), strict=True))
    acting, looked_at = (np.array([each(*state) for state in states]) for each in (choices.acts, choices.may_act))
    assert not (acting > looked_at).any()
    assert acting[luck < 0.999 * chance].all() and not acting[luck > 1.001 * chance].any()


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
    assert log_odds(Card.NEVER) == -8.0, "a first card is taken by rates of its own"
    assert log_odds(Card.CANCELLED) == log_odds(Card.SWAPPED) == choices.NEVER


def test_a_first_card_is_taken_at_all_times_and_a_grievance_on_the_mind_stops_it() -> None:
    def log_odds(rank: float = 0.5, extra: float = 0.0, pressing: float = 0.0) -> float:
        return float(choices.log_odds_of_joining(-8.0, rank, 1.5, extra, 0.5, pressing, 30.0))

    assert log_odds() == -8.0
    assert log_odds(rank=0.9) == pytest.approx(-7.4)  # 1.5 × 0.4 more
    assert log_odds(extra=0.01) == pytest.approx(-7.5)  # 0.5 for a per cent more
    assert log_odds(extra=-0.01) == pytest.approx(-8.5), "and less for a worse programme"
    assert log_odds(pressing=0.1) == pytest.approx(-11.0)


def test_without_a_grievance_a_dropped_card_goes_into_the_drawer() -> None:
    def after(share: float, pressing: float, acted: float) -> int:
        return int(choices.card_after_dropping(share, pressing, acted, 0.5, 2.0, 0.2))

    assert after(0.0, 0.0, 0.0) == Card.DORMANT
    # a grievance of 0.5 on the mind, 0.1 of it acted on: cancelled 0.5 × (1 - e^-0.2) = 0.0906, swapped 0.2 × 0.5 more
    assert [after(share, 0.5, 0.1) for share in (0.09, 0.10, 0.19, 0.20)] == [
        Card.CANCELLED,
        Card.SWAPPED,
        Card.SWAPPED,
        Card.DORMANT,
    ]


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


def test_a_price_or_a_reward_keeps_or_drives_patrons_who_can_leave() -> None:
    worth = choices.worth_of_store
    assert worth(1, 0.01, 0.05, 1.0, 0.1) == pytest.approx(0.05)
    assert worth(0, 0.01, 0.05, 1.0, 0.1) == 0.0, "rewards are for card holders"
    assert worth(0, 0.01, 0.05, 1.02, 0.1) == pytest.approx(-0.2)
    assert worth(1, -0.01, 0.05, 0.97, 0.1) == pytest.approx(0.25)  # 1 % less reward, 3 % lower prices
    assert choices.log_odds_of_changing_store(1, -5.0, -3.0, 0.0, 4.0, 4.0, 1, 0.2, 1.0) == pytest.approx(-4.8)
    assert choices.log_odds_of_changing_store(0, -5.0, -3.0, 0.0, 4.0, 4.0, 1, 0.2, 1.0) == pytest.approx(-3.2)
    assert choices.log_odds_of_changing_store(1, -5.0, -3.0, 0.0, 4.0, 4.0, 0, 0.2, 1.0) == -5.0


def test_a_mild_affront_drives_out_less_than_in_proportion() -> None:
    assert choices.bent(0.2, 0.5, 0.0) == 0.2
    assert choices.bent(0.2, 0.5, 1.0) == pytest.approx(0.1)
    assert choices.bent(0.2, 1.0, 1.0) == 0.2, "a full grievance drives as before"
    assert choices.bent(0.2, 0.5, 0.4) == pytest.approx(0.16)


def test_a_grievance_keeps_those_away_who_have_somewhere_to_go() -> None:
    # 1 - e^(-3 × 0.2) = 0.4512
    assert [choices.stays_away(luck, 0.2, 3.0, 1) for luck in (0.0, 0.451, 0.452)] == [1, 1, 0]
    assert choices.stays_away(0.0, 0.2, 3.0, 0) == 0
    for acted in (0.0, 1e-12, 1e-6, 0.01, 0.2, 5.0):  # who is passed over would not have stayed away
        assert choices.stays_away(choices.most_staying_away(acted, 3.0), acted, 3.0, 1) == 0
    assert choices.stays_away(0.0, 0.0, 3.0, 1) == 0, "without a grievance nobody does"
    assert [choices.weeks_after(weeks, 1) for weeks in (0, 253, 254, 255)] == [1, 254, 255, 254]
    assert [choices.weeks_after(weeks, 0) for weeks in (0, 254, 255)] == [0, 254, 255]


def test_who_falls_from_the_top_of_a_tier_falls_hardest() -> None:
    stakes = [rules.stake_of_demotion(rank, 0.8, 1.6) for rank in (0.8, 0.9, 1.0)]
    assert stakes == pytest.approx([1.0, 1.6, 2.2])
    forgiven = [stake * (1 - 0.3 * rank) for stake, rank in zip(stakes, (0.8, 0.9, 1.0), strict=True)]
    assert forgiven == sorted(forgiven), "the top tier suffers most, although heavy patrons forgive more"


def test_a_dispute_has_two_sides_and_a_middle() -> None:
    sides = [rules.stake_in_dispute(leaning, 0.7, 0.4, 0.1) for leaning in (0.39, 0.4, 0.9, 0.91)]
    assert sides == [1.0, 0.0, 0.0, -1.0]
    assert rules.stake_in_dispute(0.2, 0.7, 0.0, 0.0) == 0.7, "without shares the sensitive mind"
    assert rules.stake_in_dispute(0.95, 0.7, 0.0, 0.1) == -1.0


def test_what_touches_whom() -> None:
    def stake(scope: int, member: int = 1, rank: float = 0.6, below: int = 0) -> float:
        return float(rules.stake_in(scope, 0.3, below, member, rank, 1.6, 0.25, -1.0))

    assert stake(0) == stake(1) == 0.3
    assert [stake(2, below=below) for below in (0, 1, 2)] == [0.0, 1.0, 1.6]
    assert [stake(3), stake(3, rank=0.4), stake(3, member=0)] == [1.0, 0.0, 0.0]
    assert [stake(4), stake(4, member=0)] == [0.25, 1.0], "members resent two prices too"
    assert stake(5) == -1.0


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
    six_in_ten = math.log(0.6 / 0.4)
    assert choices.would_refuse(0.7, six_in_ten, 1, 0) == 1  # would not have agreed, and does not know
    assert choices.would_refuse(0.5, six_in_ten, 1, 0) == 0  # would have agreed
    assert choices.would_refuse(0.7, six_in_ten, 1, 1) == 0  # knows
    assert choices.would_refuse(0.7, six_in_ten, 0, 0) == 0  # no data flows


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
MEMBERS, TWO_PRICES, DISPUTE = Scope.MEMBERS, Scope.TWO_PRICES, Scope.LEANING


@pytest.mark.parametrize(
    ("scope", "flows", "member", "below", "chance"),
    [
        (SHARED, 1, 1, 0, 0.2),  # whose records flow
        (SHARED, 0, 1, 0, 0.0),
        (MEMBERS, 0, 1, 0, 0.2),  # who holds a card, whether records flow or not
        (MEMBERS, 1, 0, 0, 0.0),
        (PRICES, 0, 1, 0, 0.2),
        (PRICES, 1, 0, 0, 0.0),
        (TWO_PRICES, 1, 1, 0, 0.2),  # anybody: both prices stand on the shelf, and a dispute before the door
        (TWO_PRICES, 0, 0, 0, 0.2),
        (DISPUTE, 0, 0, 0, 0.2),
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
    assert rules.chance_of_noticing(0.2, 0.0, TWO_PRICES, 0, 0, 0, 0.9) == 0.0
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
