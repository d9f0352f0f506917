"""Each shopper a Mesa agent: the same week, one shopper at a time, to read, to teach with and to subclass.

Override a method of `Shopper` and pass the class to `LoyaltyModel(..., engine="agents", shopper=YourShopper)`.
Rules are called as `self.rules` and `self.choices`, where those of the user's own are in the place of shipped ones.
"""

from simulation.behaviour.draws import Purpose, nearly_normal, standard_normal
from simulation.behaviour.states import Card, Source
from simulation.model.household import Household
from simulation.model.ledger import Event
from simulation.model.terms import Terms, Week, rounded
from simulation.scenario.practices import Mode, Scope


class Shopper(Household):
    """A household, its card and its trust, under one policy; attributes are named as the columns are."""

    def live(self, week: Week) -> None:
        """Live one week: hear, feel, decide, shop, talk."""
        self.events = self.met = 0
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
        """Forget a little, then learn of practices or be reminded: by press, notice, experience, acquaintances."""
        self.salience = rounded(self.rules.salience_kept(self.salience, self.keeps))
        around = 0
        for seat in self.acquaintances:
            around |= week.talk[seat]
        for k, practice in enumerate(week.practices):
            told = self.rules.bit(around, k)
            self.take_in(week, k, self.source_of_hearing(week, k, practice, told), told)

    def take_in(self, week: Week, k: int, source: int, told: int) -> None:
        """Become aware of practice `k`, or be reminded of it, by a source if there is one, or by talk."""
        known = self.rules.bit(self.aware, k)
        met = self.rules.meets_news(source, known)
        if met and not known:
            self.become_aware(week, k, source)
        if met or known:
            self.met |= met << k
            wrong, by_talk = self.wrong_of(week, week.practices[k]), week.p["salience_by_talk"]
            self.salience = rounded(self.rules.salience_after(self.salience, met, told, wrong, by_talk))

    def source_of_hearing(self, week: Week, k: int, practice: Terms, told: int) -> int:
        """Return how the shopper would learn of practice `k` this week, if at all."""
        flows, p = self.data_flows(k, practice), week.p
        met = self.rules.addressed(practice["scope"], self.patron, self.member)
        reached = self.rules.share_reached(self.vulnerable, p["vulnerable_awareness"])
        return self.rules.source_of_hearing(
            self.luck(week, Purpose.HEARING_ABOUT + k),
            practice["press"] * reached,
            practice["notice"] * (self.attentive * met) * reached,
            self.rules.chance_of_noticing(
                practice["experience"],
                practice["running"],
                practice["scope"],
                flows,
                met,
                self.below,
                p["noticing_demotion_per_week"],
            ),
            self.rules.chance_of_believing(told, p["believing_word_of_mouth"], self.trust, p["loyal_resistance"]),
        )

    def feel(self, week: Week) -> None:
        """Let known violations move trust and resignation, and work out what presses the shopper to act."""
        p, rules = week.p, self.rules
        self.felt = {k: self.violation(week, k, practice) for k, practice in enumerate(week.practices)}
        burden = sensed = 0.0
        for k, felt in self.felt.items():
            burden += felt
            sensed += felt if week.practices[k]["scope"] == Scope.SENSED else 0.0
        self.given = rules.share_given(burden, sensed)
        sought = rules.trust_sought(self.opening_trust, burden, p["trust_lost_by_violation"], week.lever["goodwill"])
        self.trust = rounded(rules.trust_after(self.trust, sought, p["trust_fall_per_week"], p["trust_loss_ratio"]))
        self.resignation = rounded(rules.resignation_after(self.resignation, burden, p["resignation_growth_per_week"]))
        dulls, forgives, rank = p["resignation_dulls"], p["forgiveness_of_the_heaviest"], self.spend_rank
        self.grievance = rules.grievance(self.opening_trust, self.trust, self.resignation, dulls, rank, forgives)
        self.pressing = rules.pressing(self.grievance, self.salience)
        self.acted = p["stated_weight_in_action"] * self.pressing
        if rules.complains(self.luck(week, Purpose.COMPLAINING), p["complaining_per_week"], self.grievance):
            self.note(Event.COMPLAINED)

    def violation(self, week: Week, k: int, practice: Terms) -> float:
        """Return how violated by practice `k` the shopper feels; 0 without knowing of it."""
        if not self.rules.bit(self.aware, k):
            return 0.0
        felt = self.rules.violation(self.wrong_of(week, practice), practice["running"], week.p["scar"], self.trust)
        opted_in, opted_out = self.rules.bit(self.opted_in, k), self.rules.bit(self.opted_out, k)
        relief_in, relief_out = week.p["relief_by_own_consent"] * practice["relief"], week.p["relief_by_opting_out"]
        return felt * (self.rules.relief_of_consent(opted_in, opted_out, relief_in, relief_out) if felt > 0.0 else 1.0)

    def decide_consent(self, week: Week) -> None:
        """Agree or decline, if there is a choice and it is made this week; whoever decides knows of it."""
        for k, practice in enumerate(week.practices):
            self.take_out(week, k, practice)
            luck, deciding = self.luck(week, Purpose.CONSENTING_ABOUT + k), self.chance_of_deciding(week, k, practice)
            decided = self.rules.bit(self.opted_in | self.opted_out, k)
            if practice["choice"] and luck < deciding and self.member and not decided:
                agreeing = self.log_odds_of_agreeing(week, practice)
                if self.choices.agrees(luck, deciding, agreeing, practice["asked"]):
                    self.opted_in |= 1 << k
                else:
                    self.opted_out |= 1 << k
                if not self.rules.bit(self.aware, k):
                    self.take_in(week, k, Source.NOTICE, 0)

    def chance_of_deciding(self, week: Week, k: int, practice: Terms) -> float:
        """Return the chance that the shopper makes a choice about practice `k` this week."""
        asking, asked, choice = practice["asking"], practice["asked"], practice["choice"]
        minded, met = practice["flow"] * self.sensitivity, self.rules.bit(self.met, k)
        when_told = week.p["deciding_when_told"]
        return self.choices.chance_of_deciding(asking, asked, choice, minded, met, self.felt[k], when_told)

    def log_odds_of_agreeing(self, week: Week, practice: Terms) -> float:
        """Return the log-odds that the shopper agrees to a practice when asked and thinking about it."""
        p, felt = week.p, practice["flow"] * self.sensitivity
        plain, by_reward, by_felt = p["agreeing_without_reward"], p["agreeing_by_reward"], p["agreeing_by_sensitivity"]
        return self.choices.log_odds_of_agreeing(plain, practice["appeal"], by_reward, felt, by_felt)

    def would_refuse(self, week: Week, k: int, practice: Terms) -> int:
        """Return 1 if practice `k` passes data on without the shopper's knowing, who would not have agreed."""
        flows, knows = self.rules.bit(self.flows, k), self.rules.bit(self.aware | self.opted_in, k)
        luck, agreeing = self.luck(week, Purpose.CONSENTING_ABOUT + k), self.log_odds_of_agreeing(week, practice)
        return self.choices.would_refuse(luck, agreeing, flows, knows)

    def weigh_rewards(self, week: Week) -> None:
        """Work out what the programme gives back, and whose data flows for it."""
        lever = week.lever
        rate, cut, bonus = lever["reward_rate"], lever["tier_cut"], lever["tier_bonus"]
        self.reward = self.choices.reward_share(rate, cut, bonus, self.below, lever["tier_threshold"])
        self.partner_reward, self.flows, self.fee_units, self.debt = 0.0, 0, 0, 0
        for k, practice in enumerate(week.practices):
            if self.rules.passes_on(practice["scope"]) and practice["running"]:
                passed = self.data_flows(k, practice)
                self.flows |= passed << k
                if practice["consent"] != Mode.OPT_IN:
                    self.debt |= self.would_refuse(week, k, practice)
                self.fee_units += passed * practice["fee"]
                self.reward += passed * (practice["reward"] * (1.0 - practice["partner_pays"]))
                self.partner_reward += passed * (practice["reward"] * practice["partner_pays"])

    def decide_card(self, week: Week) -> None:
        """Put an active card away, take a dormant one out, or a first one."""
        luck, log_odds = self.luck(week, Purpose.CARD), self.log_odds_of_changing_card(week)
        if week.lever["card_refused"] or not self.choices.acts(log_odds, luck):
            return
        if self.card in (Card.DORMANT, Card.NEVER):
            self.note(Event.RESUMED if self.card == Card.DORMANT else Event.ENROLLED)
            self.card = int(Card.ACTIVE)
            return
        share = self.choices.place_within(luck, log_odds)
        p = week.p
        cancelling, swapping = p["cancelling_among_droppers"], p["swapping_among_droppers"]
        by_grievance = p["cancelling_by_grievance"]
        self.card = self.choices.card_after_dropping(
            share, self.given * self.pressing, self.given * self.acted, cancelling, by_grievance, swapping
        )
        self.note(Event.DROPPED - 2 + self.card)
        if self.dropped_week == 0:
            self.note(Event.FIRST_DROPPED)
            self.dropped_week = week.number

    def log_odds_of_changing_card(self, week: Week) -> float:
        """Return the log-odds that the shopper drops, resumes or takes the card this week."""
        p = week.p
        saved = week.lever["member_saving"] - week.lever["nuisance"]
        extra = self.reward + self.partner_reward + (saved - p["reward_rate"])
        return self.choices.log_odds_of_changing_card(
            self.card,
            self.choices.weekly_log_odds(p["card_drops_per_year"]),
            self.choices.weekly_log_odds(p["card_resumptions_per_year"]),
            self.log_odds_of_joining(week, extra),
            self.given * self.acted,
            p["card_dropping_by_grievance"],
            extra,
            p["card_dropping_by_reward"],
        )

    def log_odds_of_joining(self, week: Week, extra_reward: float) -> float:
        """Return the log-odds that a shopper who has never held the card takes it this week."""
        p, usual = week.p, self.choices.weekly_log_odds(week.p["card_joins_per_year"])
        usual += week.lever["joining_drive"]
        by_spend, by_reward, by_grievance = p["joining_by_spend"], p["joining_by_reward"], p["joining_by_grievance"]
        return self.choices.log_odds_of_joining(
            usual, self.spend_rank, by_spend, extra_reward, by_reward, self.given * self.pressing, by_grievance
        )

    def decide_store(self, week: Week) -> None:
        """Change the main store, or come back to it."""
        if not self.choices.acts(self.log_odds_of_changing_store(week), self.luck(week, Purpose.STORE)):
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
            self.choices.bent(self.acted, self.grievance, p["leaving_bend"]),
            p["leaving_by_grievance"],
            p["returning_by_grievance"],
            self.has_rival * self.free,
            week.lever["rival_pull"] - self.worth_of_store(week),
            1.0 + week.lever["rival_privacy"],
        )

    def worth_of_store(self, week: Week) -> float:
        """Return what rewards beyond the usual and prices make the store worth to the shopper, in log-odds."""
        p, active, extra = week.p, int(self.card == Card.ACTIVE), self.reward + self.partner_reward
        price = self.price_paid(week, active) + active * (week.lever["nuisance"] + week.lever["saving_matched"])
        worth = self.choices.worth_of_store(
            active, extra - p["reward_rate"], p["store_by_reward"], price, p["store_by_price"]
        )
        return worth + self.rules.by_tier(active, self.below, week.lever["tier_hold"])

    def shop(self, week: Week) -> None:
        """Come to the store or stay away, show the card or not, redeem an offer or not, and pay."""
        p, lever = week.p, week.lever
        worth = self.week_without_card(week)
        self.stay_away(week)
        self.use_card(week)
        lift, withdrawn = p["offer_lift"] * self.redeemed, p["withdrawing_by_grievance"] * self.acted
        lifted = lever["reward_lift"] + self.rules.by_tier(self.swiped, self.below, lever["tier_lift"])
        factor = self.choices.spend_factor(self.swiped, p["scheme_lift"], lifted, lift, withdrawn)
        price, comes = self.price_paid(week, self.swiped), self.patron * (1 - self.away)
        borne = price + self.swiped * lever["nuisance"]
        bought = worth * factor * comes * self.choices.bought_at(borne, p["demand_by_price"])
        self.goods, self.cents = self.choices.whole_cents(bought), self.choices.whole_cents(bought * price)
        self.carded = self.cents if self.swiped else 0
        given = self.reward + lever["gift_rate"]
        self.rewards = self.choices.whole_cents(self.carded * given + self.redeemed * self.cents * p["offer_discount"])
        self.partner_rewards = self.choices.whole_cents(self.carded * self.partner_reward)

    def week_without_card(self, week: Week) -> float:
        """Let the trip rate drift, count this week's trips and return what they come to, in cents."""
        p, spread = week.p, week.p["trip_drift_spread"]
        step = nearly_normal(week.keys[Purpose.DRIFT], self.number)
        self.drift = rounded(self.choices.drift_after(self.drift, step, p["trip_drift_persistence"], spread))
        rate = self.choices.trip_rate_now(self.trip_rate, self.drift, spread)
        trips = self.choices.trips_in_week(rate, self.luck(week, Purpose.TRIPS))
        self.trips = trips
        normal = standard_normal(week.keys[Purpose.BASKETS], self.number)
        return self.choices.week_cents(
            trips, self.basket_cents, self.choices.log_noise_of_week(normal, *week.shapes[:, trips].tolist())
        )

    def stay_away(self, week: Week) -> None:
        """Stay away this week, without leaving, if a grievance says so; count the weeks whose trips it cost."""
        luck, p = self.luck(week, Purpose.AVOIDING), week.p
        self.away = self.choices.stays_away(luck, self.acted, p["avoiding_by_grievance"], self.has_rival)
        missed = self.patron * self.away if self.trips > 0 else 0
        self.away_weeks = self.choices.weeks_after(self.away_weeks, missed)
        self.trips *= self.patron * (1 - self.away)

    def use_card(self, week: Week) -> None:
        """Show the card or not, redeem an offer or not; data of a shopper who is no longer a member does not flow."""
        p, lever = week.p, week.lever
        self.member = 0 if lever["card_refused"] else self.rules.is_member(self.patron, self.card)
        self.flows, self.fee_units = self.flows * self.member, self.fee_units * self.member
        self.debt *= self.member
        shows = self.choices.acts(self.log_odds_of_swiping(week), self.luck(week, Purpose.SWIPE))
        self.swiped = self.member * (1 - self.away) * shows
        fit = lever["offer_fit"] * lever["offer_precision"]
        lowest, highest = p["redemption_lowest_rank"], p["redemption_highest_rank"]
        redeems = self.choices.chance_of_redeeming(lowest, highest, self.spend_rank, lever["offers_noticed"], fit)
        redeemed = self.member * (1 - self.away)
        self.redeemed = redeemed if self.luck(week, Purpose.REDEEMING) < redeems else 0

    def log_odds_of_swiping(self, week: Week) -> float:
        """Return the log-odds that an active member shows the card this week."""
        p, acted = week.p, self.given * self.acted
        usual = p["swiping_of_every_time_swipers" if self.every_time else "swiping_of_the_others"]
        return self.choices.log_odds_of_swiping(self.choices.log_odds(usual), acted, p["swiping_by_grievance"])

    def talk(self, week: Week) -> None:
        """Talk about what is known and minded; acquaintances can hear it next week."""
        self.spoken = 0
        at_full, lasts = week.p["talking_at_full_violation"], week.p["talk_lasts_weeks"]
        fresh = self.rules.freshness(float(week.number - self.heard_week), lasts)
        for k, felt in self.felt.items():
            talks = self.rules.chance_of_talking(felt, fresh, at_full)
            if self.luck(week, Purpose.TALKING_ABOUT + k) < talks:
                self.spoken |= 1 << k
