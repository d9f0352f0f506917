"""Each shopper a Mesa agent: the same week, one shopper at a time, to read, to teach with and to subclass.

Override a method of `Shopper` and pass the class to `LoyaltyModel(..., engine="agents", shopper=YourShopper)`.
Rules are called as `self.rules` and `self.choices`, where those of the user's own are in the place of shipped ones.
"""

from typing import Any

import mesa

from simulation.behaviour.draws import Purpose, logistic_noise, nearly_normal, standard_normal, uniform
from simulation.behaviour.states import Card
from simulation.model.ledger import Event
from simulation.model.terms import Terms, Week, rounded
from simulation.scenario.practices import Mode, Scope


class Shopper(mesa.Agent):
    """A household, its card and its trust, under one policy; attributes are named as the columns are."""

    number: int
    cell: int
    attentive: int
    has_rival: int
    every_time: int
    opening_patron: int
    vulnerable: int
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
        self.rules, self.choices = model.rule_set.rules, model.rule_set.choices
        self.policy, self.seat, self.acquaintances = policy, seat, acquaintances
        self.__dict__.update(traits | state)
        self.events = self.flows = self.debt = self.fee_units = self.redeemed = self.spoken = self.goods = 0
        self.reward = self.partner_reward = self.grievance = self.acted = 0.0
        self.felt: dict[int, float] = {}

    def live(self, week: Week) -> None:
        """Live one week: hear, feel, decide, shop, talk."""
        self.events = 0
        self.member = self.rules.is_member(self.patron, self.card)
        self.below = self.rules.standing(self.spend_rank, week.lever["tier_threshold"], week.lever["tier_put_out"])
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
            source = self.source_of_hearing(week, k, practice, self.rules.bit(around, k))
            if source and not self.rules.bit(self.aware, k):
                self.aware |= 1 << k
                self.heard_week = week.number
                self.note(Event.HEARD_PRESS - 1 + source)
                if self.aware_week == 0:
                    self.aware_week, self.source = week.number, source

    def source_of_hearing(self, week: Week, k: int, practice: Terms, told: int) -> int:
        """Return how the shopper would learn of practice `k` this week, if at all."""
        flows, p = self.data_flows(k, practice), week.p
        reached = self.rules.share_reached(self.vulnerable, p["vulnerable_awareness"])
        return self.rules.source_of_hearing(
            uniform(week.keys[Purpose.HEARING_ABOUT + k], self.number),
            practice["press"] * reached,
            practice["notice"] * (self.attentive * self.member) * reached,
            self.rules.chance_of_noticing(
                practice["experience"],
                practice["running"],
                practice["scope"],
                flows,
                self.member,
                self.below,
                p["noticing_demotion_per_week"],
            ),
            self.rules.chance_of_believing(told, p["believing_word_of_mouth"], self.trust, p["loyal_resistance"]),
        )

    def data_flows(self, k: int, practice: Terms) -> int:
        """Return 1 if the shopper's data is passed on under practice `k`."""
        opted_in, opted_out = self.rules.bit(self.opted_in, k), self.rules.bit(self.opted_out, k)
        return self.rules.data_flows(practice["running"], practice["consent"], self.member, opted_in, opted_out)

    def feel(self, week: Week) -> None:
        """Let known violations move trust and resignation, and work out what presses the shopper to act."""
        p, rules = week.p, self.rules
        self.felt = {k: self.violation(week, k, practice) for k, practice in enumerate(week.practices)}
        burden = 0.0
        for felt in self.felt.values():
            burden += felt
        sought = rules.trust_sought(self.opening_trust, burden, p["trust_lost_by_violation"], week.lever["goodwill"])
        self.trust = rounded(rules.trust_after(self.trust, sought, p["trust_fall_per_week"], p["trust_loss_ratio"]))
        self.resignation = rounded(rules.resignation_after(self.resignation, burden, p["resignation_growth_per_week"]))
        dulls, forgives, rank = p["resignation_dulls"], p["forgiveness_of_the_heaviest"], self.spend_rank
        self.grievance = rules.grievance(self.opening_trust, self.trust, self.resignation, dulls, rank, forgives)
        self.acted = p["stated_weight_in_action"] * self.grievance
        luck = uniform(week.keys[Purpose.COMPLAINING], self.number)
        if rules.complains(luck, p["complaining_per_week"], self.grievance):
            self.note(Event.COMPLAINED)

    def violation(self, week: Week, k: int, practice: Terms) -> float:
        """Return how violated by practice `k` the shopper feels; 0 without knowing of it."""
        rules, demotion = self.rules, week.p["demotion_is_worse"]
        if not rules.bit(self.aware, k):
            return 0.0
        stake = rules.stake_in(practice["scope"], self.sensitivity, self.below, self.member, self.spend_rank, demotion)
        opted_in, opted_out = rules.bit(self.opted_in, k), rules.bit(self.opted_out, k)
        relief_in, relief_out = week.p["relief_by_own_consent"] * practice["relief"], week.p["relief_by_opting_out"]
        left = rules.relief_of_consent(opted_in, opted_out, relief_in, relief_out)
        return rules.violation(practice["departure"], stake, practice["running"], week.p["scar"]) * left

    def decide_consent(self, week: Week) -> None:
        """Agree or decline, if asked, undecided and thinking about it at all."""
        for k, practice in enumerate(week.practices):
            luck = uniform(week.keys[Purpose.CONSENTING_ABOUT + k], self.number)
            decided = self.rules.bit(self.opted_in | self.opted_out, k)
            if luck < practice["asking"] and self.member and not decided:
                if luck < practice["asking"] * self.chance_of_agreeing(week, practice):
                    self.opted_in |= 1 << k
                else:
                    self.opted_out |= 1 << k

    def chance_of_agreeing(self, week: Week, practice: Terms) -> float:
        """Return the chance that the shopper agrees to a practice when asked and thinking about it."""
        p, felt = week.p, practice["flow"] * self.sensitivity
        plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
        return self.choices.chance_of_agreeing(plain, practice["appeal"], by_reward, felt, by_felt)

    def would_refuse(self, week: Week, k: int, practice: Terms) -> int:
        """Return 1 if practice `k` passes data on without the shopper's knowing, who would not have agreed."""
        luck = uniform(week.keys[Purpose.CONSENTING_ABOUT + k], self.number)
        flows, knows = self.rules.bit(self.flows, k), self.rules.bit(self.aware | self.opted_in, k)
        return self.choices.would_refuse(luck, self.chance_of_agreeing(week, practice), flows, knows)

    def weigh_rewards(self, week: Week) -> None:
        """Work out what the programme gives back, and whose data flows for it."""
        lever = week.lever
        rate, cut, bonus = lever["reward_rate"], lever["tier_cut"], lever["tier_bonus"]
        self.reward = self.choices.reward_share(rate, cut, bonus, self.below, lever["tier_threshold"])
        self.partner_reward, self.flows, self.fee_units, self.debt = 0.0, 0, 0, 0
        for k, practice in enumerate(week.practices):
            if practice["scope"] == Scope.SHARED_RECORDS and practice["running"]:
                passed = self.data_flows(k, practice)
                self.flows |= passed << k
                if practice["consent"] != Mode.OPT_IN:
                    self.debt |= self.would_refuse(week, k, practice)
                self.fee_units += passed * practice["fee"]
                self.reward += passed * (practice["reward"] * (1.0 - practice["partner_pays"]))
                self.partner_reward += passed * (practice["reward"] * practice["partner_pays"])

    def decide_card(self, week: Week) -> None:
        """Put an active card away, take a dormant one out, or a first one."""
        noise, log_odds = logistic_noise(week.keys[Purpose.CARD], self.number), self.log_odds_of_changing_card(week)
        if not self.choices.acts(log_odds, noise):
            return
        if self.card in (Card.DORMANT, Card.NEVER):
            self.note(Event.RESUMED if self.card == Card.DORMANT else Event.ENROLLED)
            self.card = int(Card.ACTIVE)
            return
        share = self.choices.place_within(noise, log_odds)
        cancelling, swapping = week.p["cancelling_among_droppers"], week.p["swapping_among_droppers"]
        self.card = self.choices.card_after_dropping(share, self.grievance, cancelling, swapping)
        self.note(Event.DROPPED - 2 + self.card)
        if self.dropped_week == 0:
            self.note(Event.FIRST_DROPPED)
            self.dropped_week = week.number

    def log_odds_of_changing_card(self, week: Week) -> float:
        """Return the log-odds that the shopper drops, resumes or takes the card this week."""
        p = week.p
        return self.choices.log_odds_of_changing_card(
            self.card,
            self.choices.weekly_log_odds(p["card_drops_per_year"]),
            self.choices.weekly_log_odds(p["card_resumptions_per_year"]),
            self.choices.weekly_log_odds(p["card_joins_per_year"]),
            self.acted,
            p["card_dropping_by_grievance"],
            self.reward + self.partner_reward + (week.lever["member_saving"] - p["reward_rate"]),
            p["card_dropping_by_reward"],
        )

    def decide_store(self, week: Week) -> None:
        """Change the main store, or come back to it."""
        log_odds, noise = self.log_odds_of_changing_store(week), logistic_noise(week.keys[Purpose.STORE], self.number)
        if not self.choices.acts(log_odds, noise):
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
        return self.choices.log_odds_of_changing_store(
            self.patron,
            self.choices.weekly_log_odds(p["main_store_changes_per_year"]),
            self.choices.weekly_log_odds(p["returns_per_year"]),
            self.acted,
            p["leaving_by_grievance"],
            p["returning_by_grievance"],
            self.has_rival,
            week.lever["rival_pull"],
            1.0 + week.lever["rival_privacy"],
        )

    def shop(self, week: Week) -> None:
        """Come to the store or stay away, show the card or not, redeem an offer or not, and pay."""
        p, lever = week.p, week.lever
        worth = self.week_without_card(week)
        self.use_card(week)
        lift, withdrawn = p["offer_lift"] * self.redeemed, p["withdrawing_by_grievance"] * self.acted
        factor = self.choices.spend_factor(self.swiped, p["scheme_lift"], lever["reward_lift"], lift, withdrawn)
        shelf, saving, dispersion = lever["shelf_price"], lever["member_saving"], lever["price_dispersion"]
        price = self.choices.price_paid(self.swiped, shelf, saving, dispersion, self.spend_rank)
        bought = worth * factor * self.patron * self.choices.bought_at(price, p["demand_by_price"])
        self.goods, self.cents = self.choices.whole_cents(bought), self.choices.whole_cents(bought * price)
        self.carded = self.cents if self.swiped else 0
        given = self.reward + lever["gift_rate"]
        self.rewards = self.choices.whole_cents(self.carded * given + self.redeemed * self.cents * p["offer_discount"])
        self.partner_rewards = self.choices.whole_cents(self.carded * self.partner_reward)

    def week_without_card(self, week: Week) -> float:
        """Let the trip rate drift, count this week's trips and return what they come to, in cents."""
        p, spread = week.p, week.p["trip_drift_spread"]
        step = nearly_normal(week.keys[Purpose.DRIFT], self.number)
        self.drift = self.choices.drift_after(self.drift, step, p["trip_drift_persistence"], spread)
        rate = self.choices.trip_rate_now(self.trip_rate, self.drift, spread)
        trips = self.choices.trips_in_week(rate, uniform(week.keys[Purpose.TRIPS], self.number))
        self.trips = trips * self.patron
        normal = standard_normal(week.keys[Purpose.BASKETS], self.number)
        return self.choices.week_cents(
            trips, self.basket_cents, self.choices.log_noise_of_week(normal, *week.shapes[:, trips].tolist())
        )

    def use_card(self, week: Week) -> None:
        """Show the card or not, redeem an offer or not; data of a shopper who is no longer a member does not flow."""
        p, lever = week.p, week.lever
        self.member = self.rules.is_member(self.patron, self.card)
        self.flows, self.fee_units = self.flows * self.member, self.fee_units * self.member
        self.debt *= self.member
        swiping, noise = self.log_odds_of_swiping(week), logistic_noise(week.keys[Purpose.SWIPE], self.number)
        self.swiped = self.member * self.choices.acts(swiping, noise)
        fit = lever["offer_fit"] * lever["offer_precision"]
        lowest, highest = p["redemption_lowest_rank"], p["redemption_highest_rank"]
        redeems = self.choices.chance_of_redeeming(lowest, highest, self.spend_rank, lever["offers_noticed"], fit)
        self.redeemed = self.member if uniform(week.keys[Purpose.REDEEMING], self.number) < redeems else 0

    def log_odds_of_swiping(self, week: Week) -> float:
        """Return the log-odds that an active member shows the card this week."""
        p = week.p
        usual = p["swiping_of_every_time_swipers" if self.every_time else "swiping_of_the_others"]
        return self.choices.log_odds_of_swiping(self.choices.log_odds(usual), self.acted, p["swiping_by_grievance"])

    def talk(self, week: Week) -> None:
        """Talk about what is known and minded; acquaintances can hear it next week."""
        self.spoken = 0
        at_full, lasts = week.p["talking_at_full_violation"], week.p["talk_lasts_weeks"]
        fresh = self.rules.freshness(float(week.number - self.heard_week), lasts)
        for k, felt in self.felt.items():
            talks = self.rules.chance_of_talking(felt, fresh, at_full)
            if uniform(week.keys[Purpose.TALKING_ABOUT + k], self.number) < talks:
                self.spoken |= 1 << k

    def note(self, event: int) -> None:
        """Remember that something happened this week, for the ledger."""
        self.events |= 1 << event
