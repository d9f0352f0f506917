"""Each shopper a Mesa agent: the same week, one shopper at a time, to read, to teach with and to subclass.

Override a method of `Shopper` and pass the class to `LoyaltyModel(..., engine="agents", shopper=YourShopper)`.
"""

from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.behaviour import rules
from simulation.behaviour.draws import Purpose, logistic_noise, nearly_normal, standard_normal, uniform
from simulation.behaviour.states import Card
from simulation.model.ledger import TRUST_UNIT, Event, Measure
from simulation.model.terms import Terms, Week, rounded
from simulation.scenario.practices import Scope


class Shopper(mesa.Agent):
    """A household, its card and its trust, under one policy; attributes are named as the columns are."""

    number: int
    cell: int
    attentive: int
    has_rival: int
    every_time: int
    opening_patron: int
    sensitivity: float
    opening_trust: float
    spend_rank: float
    trip_rate: float
    basket_cents: float
    drift: float
    trust: float
    resignation: float
    patron: int
    card: int
    aware: int
    opted_in: int
    opted_out: int
    source: int
    aware_week: int
    heard_week: int
    dropped_week: int
    left_week: int
    trips: int
    cents: int
    swiped: int

    def __init__(
        self, model: Any, policy: int, seat: int, traits: Terms, state: Terms, acquaintances: list[int]
    ) -> None:
        super().__init__(model)
        self.policy, self.seat, self.acquaintances = policy, seat, acquaintances
        self.__dict__.update(traits | state)
        self.events = self.flows = self.fee_units = self.redeemed = self.spoken = 0
        self.reward = self.partner_reward = self.grievance = self.acted = 0.0
        self.felt: dict[int, float] = {}

    def live(self, week: Week) -> None:
        """Live one week: hear, feel, decide, shop, talk."""
        self.events = 0
        self.member = rules.is_member(self.patron, self.card)
        self.below = rules.is_below_tier(self.spend_rank, week.lever["tier_threshold"])
        self.hear(week)
        self.feel(week)
        self.decide_consent(week)
        self.weigh_rewards(week)
        self.decide_card(week)
        self.decide_store(week)
        self.shop(week)
        self.talk(week)

    def hear(self, week: Week) -> None:
        """Learn of practices from the press, a notice, own experience or acquaintances."""
        around = 0
        for seat in self.acquaintances:
            around |= week.talk[seat]
        for k, practice in enumerate(week.practices):
            source = self.source_of_hearing(week, k, practice, rules.bit(around, k))
            if source and not rules.bit(self.aware, k):
                self.aware |= 1 << k
                self.heard_week = week.number
                self.note(Event.HEARD_PRESS - 1 + source)
                if self.aware_week == 0:
                    self.aware_week, self.source = week.number, source

    def source_of_hearing(self, week: Week, k: int, practice: Terms, told: int) -> int:
        """Return how the shopper would learn of practice `k` this week, if at all."""
        concerned = rules.is_concerned(practice["scope"], self.data_flows(k, practice), self.member, self.below)
        return rules.source_of_hearing(
            uniform(week.keys[Purpose.HEARING_ABOUT + k], self.number),
            practice["press"],
            practice["notice"] * (self.attentive * self.member),
            practice["experience"] * concerned,
            rules.chance_of_believing(told, week.p["believing_word_of_mouth"], self.trust, week.p["loyal_resistance"]),
        )

    def data_flows(self, k: int, practice: Terms) -> int:
        """Return 1 if the shopper's data is passed on under practice `k`."""
        opted_in, opted_out = rules.bit(self.opted_in, k), rules.bit(self.opted_out, k)
        return rules.data_flows(practice["running"], practice["consent"], self.member, opted_in, opted_out)

    def feel(self, week: Week) -> None:
        """Let known violations move trust and resignation, and work out what presses the shopper to act."""
        p = week.p
        self.felt = {k: self.violation(week, k, practice) for k, practice in enumerate(week.practices)}
        burden = 0.0
        for felt in self.felt.values():
            burden += felt
        sought = rules.trust_sought(self.opening_trust, burden, p["trust_lost_by_violation"])
        self.trust = rounded(rules.trust_after(self.trust, sought, p["trust_fall_per_week"], p["trust_loss_ratio"]))
        self.resignation = rounded(rules.resignation_after(self.resignation, burden, p["resignation_growth_per_week"]))
        dulls, forgiveness = p["resignation_dulls"], p["forgiveness_of_the_heaviest"]
        self.grievance = rules.grievance(
            self.opening_trust, self.trust, self.resignation, dulls, self.spend_rank, forgiveness
        )
        self.acted = p["stated_weight_in_action"] * self.grievance

    def violation(self, week: Week, k: int, practice: Terms) -> float:
        """Return how violated by practice `k` the shopper feels; 0 without knowing of it."""
        if not rules.bit(self.aware, k):
            return 0.0
        stake = rules.stake_in(practice["scope"], self.sensitivity, self.below)
        opted_in, opted_out = rules.bit(self.opted_in, k), rules.bit(self.opted_out, k)
        relief_in, relief_out = week.p["relief_by_own_consent"], week.p["relief_by_opting_out"]
        left = rules.relief_of_consent(opted_in, opted_out, relief_in, relief_out)
        return rules.violation(practice["departure"], stake, practice["running"], week.p["scar"]) * left

    def decide_consent(self, week: Week) -> None:
        """Agree or decline, if asked, undecided and thinking about it at all."""
        p = week.p
        for k, practice in enumerate(week.practices):
            luck = uniform(week.keys[Purpose.CONSENTING_ABOUT + k], self.number)
            decided = rules.bit(self.opted_in | self.opted_out, k)
            if luck < practice["asking"] and self.member and not decided:
                felt = practice["departure"] * self.sensitivity
                plain, by_reward, by_felt = (
                    p["agreeing_without_reward"],
                    p["agreeing_by_reward"],
                    p["agreeing_by_sensitivity"],
                )
                agreeing = rules.chance_of_agreeing(plain, practice["reward"], by_reward, felt, by_felt)
                if luck < practice["asking"] * agreeing:
                    self.opted_in |= 1 << k
                else:
                    self.opted_out |= 1 << k

    def weigh_rewards(self, week: Week) -> None:
        """Work out what the programme gives back, and whose data flows for it."""
        lever = week.lever
        self.reward = rules.reward_share(
            lever["reward_rate"], lever["tier_cut"], lever["tier_bonus"], self.below, lever["tier_threshold"]
        )
        self.partner_reward, self.flows, self.fee_units = 0.0, 0, 0
        for k, practice in enumerate(week.practices):
            if practice["scope"] == Scope.SHARED_RECORDS and self.data_flows(k, practice):
                self.flows |= 1 << k
                self.fee_units += practice["fee"]
                self.reward += practice["reward"] * (1.0 - practice["partner_pays"])
                self.partner_reward += practice["reward"] * practice["partner_pays"]

    def decide_card(self, week: Week) -> None:
        """Put an active card away, or take a dormant one out."""
        p = week.p
        noise, log_odds = logistic_noise(week.keys[Purpose.CARD], self.number), self.log_odds_of_changing_card(week)
        if not rules.acts(log_odds, noise):
            return
        if self.card == Card.DORMANT:
            self.card = int(Card.ACTIVE)
            self.note(Event.RESUMED)
            return
        share = rules.place_within(noise, log_odds)
        cancelling, swapping = p["cancelling_among_droppers"], p["swapping_among_droppers"]
        self.card = rules.card_after_dropping(share, self.grievance, cancelling, swapping)
        self.note(Event.DROPPED - 2 + self.card)
        if self.dropped_week == 0:
            self.note(Event.FIRST_DROPPED)
            self.dropped_week = week.number

    def log_odds_of_changing_card(self, week: Week) -> float:
        """Return the log-odds that the shopper drops or resumes the card this week."""
        p = week.p
        return rules.log_odds_of_changing_card(
            self.card,
            rules.weekly_log_odds(p["card_drops_per_year"]),
            rules.weekly_log_odds(p["card_resumptions_per_year"]),
            self.acted,
            p["card_dropping_by_grievance"],
            self.reward + self.partner_reward - p["reward_rate"],
            p["card_dropping_by_reward"],
        )

    def decide_store(self, week: Week) -> None:
        """Change the main store, or come back to it."""
        if not rules.acts(self.log_odds_of_changing_store(week), logistic_noise(week.keys[Purpose.STORE], self.number)):
            return
        self.note(Event.LEFT if self.patron else Event.JOINED)
        if self.patron and self.left_week == 0:
            self.left_week = week.number
            if self.opening_patron:
                self.note(Event.FIRST_LEFT)
        self.patron = 1 - self.patron

    def log_odds_of_changing_store(self, week: Week) -> float:
        """Return the log-odds that the shopper leaves, or comes back, this week."""
        p = week.p
        return rules.log_odds_of_changing_store(
            self.patron,
            rules.weekly_log_odds(p["main_store_changes_per_year"]),
            rules.weekly_log_odds(p["returns_per_year"]),
            self.acted,
            p["leaving_by_grievance"],
            p["returning_by_grievance"],
            self.has_rival,
        )

    def shop(self, week: Week) -> None:
        """Come to the store or stay away, show the card or not, redeem an offer or not, and pay."""
        p, lever = week.p, week.lever
        worth = self.week_without_card(week)
        self.use_card(week)
        lift, withdrawn = p["offer_lift"] * self.redeemed, p["withdrawing_by_grievance"] * self.acted
        factor = rules.spend_factor(self.swiped, p["scheme_lift"], lever["reward_lift"], lift, withdrawn)
        self.cents = rules.whole_cents(worth * factor * self.patron)
        self.carded = self.cents if self.swiped else 0
        self.rewards = rules.whole_cents(self.carded * self.reward + self.redeemed * self.cents * p["offer_discount"])
        self.partner_rewards = rules.whole_cents(self.carded * self.partner_reward)

    def week_without_card(self, week: Week) -> float:
        """Let the trip rate drift, count this week's trips and return what they come to, in cents."""
        p, spread = week.p, week.p["trip_drift_spread"]
        step = nearly_normal(week.keys[Purpose.DRIFT], self.number)
        self.drift = rules.drift_after(self.drift, step, p["trip_drift_persistence"], spread)
        rate = rules.trip_rate_now(self.trip_rate, self.drift, spread)
        trips = rules.trips_in_week(rate, uniform(week.keys[Purpose.TRIPS], self.number))
        self.trips = trips * self.patron
        normal = standard_normal(week.keys[Purpose.BASKETS], self.number)
        return rules.week_cents(
            trips, self.basket_cents, rules.log_noise_of_week(normal, *week.shapes[:, trips].tolist())
        )

    def use_card(self, week: Week) -> None:
        """Show the card or not, redeem an offer or not; data of a shopper who is no longer a member does not flow."""
        p, lever = week.p, week.lever
        self.member = rules.is_member(self.patron, self.card)
        self.flows, self.fee_units = self.flows * self.member, self.fee_units * self.member
        usual = rules.log_odds(p["swiping_of_every_time_swipers" if self.every_time else "swiping_of_the_others"])
        swiping = rules.log_odds_of_swiping(usual, self.acted, p["swiping_by_grievance"])
        self.swiped = self.member * rules.acts(swiping, logistic_noise(week.keys[Purpose.SWIPE], self.number))
        fit = p["offer_relevance"] * lever["offer_depth"] * lever["offer_precision"]
        lowest, highest = p["redemption_lowest_rank"], p["redemption_highest_rank"]
        redeems = rules.chance_of_redeeming(lowest, highest, self.spend_rank, lever["offers"], fit)
        self.redeemed = self.member if uniform(week.keys[Purpose.REDEEMING], self.number) < redeems else 0

    def talk(self, week: Week) -> None:
        """Talk about what is known and minded; acquaintances can hear it next week."""
        self.spoken = 0
        at_full, lasts = week.p["talking_at_full_violation"], week.p["talk_lasts_weeks"]
        for k, felt in self.felt.items():
            talks = rules.chance_of_talking(felt, float(week.number - self.heard_week), at_full, lasts)
            if uniform(week.keys[Purpose.TALKING_ABOUT + k], self.number) < talks:
                self.spoken |= 1 << k

    def note(self, event: int) -> None:
        """Remember that something happened this week, for the ledger."""
        self.events |= 1 << event

    def count(self, totals: NDArray[np.int64]) -> None:
        """Add this week to the totals of the shopper's cell, shape (cells, measures)."""
        row = totals[self.cell]
        for measure, amount in self.amounts().items():
            row[measure] += amount
        for event in range(len(Event)):
            row[Measure.JOINED + event] += self.events >> event & 1

    def amounts(self) -> dict[Measure, int]:
        """Return what the shopper adds to each measure this week, events apart."""
        return {
            Measure.SHOPPERS: 1,
            Measure.PATRONS: self.patron,
            Measure.MEMBERS: self.member,
            Measure.AWARE: int(self.aware != 0),
            Measure.SHARED: int(self.flows != 0),
            Measure.UNWITTING: int(self.flows & ~self.aware != 0),
            Measure.OPTED_IN: int(self.opted_in != 0),
            Measure.OPTED_OUT: int(self.opted_out != 0),
            Measure.TRUST: int(self.trust * TRUST_UNIT + 0.5),
            Measure.SHOPPED: int(self.trips != 0),
            Measure.TRIPS: self.trips,
            Measure.CARDED_TRIPS: self.trips * self.swiped,
            Measure.REDEEMED: self.redeemed,
            Measure.SALES: self.cents,
            Measure.CARDED_SALES: self.carded,
            Measure.REWARDS: self.rewards,
            Measure.PARTNER_REWARDS: self.partner_rewards,
            Measure.FEE_UNITS: self.fee_units,
        }
