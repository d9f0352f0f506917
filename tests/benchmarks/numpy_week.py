"""The basic week as a user of NumPy would write it: all households at once, an array a trait."""

import numpy as np
from basic_week import SALE_WEEK, STORY_WEEK, STORY_WEEKS, opening, terms_of_the_sale
from household import log_odds, weekly

from simulation.behaviour.parameters import numbers
from simulation.scenario.opening import week_shapes


class Grocer:
    """A grocer who sells card data, and the households around it, as arrays."""

    def __init__(self, shoppers: int) -> None:
        people, lives, self.p = opening(shoppers)
        order = np.argsort(people.number)
        p, self.rng, self.size = self.p, np.random.default_rng(1), shoppers
        for name, column in people._asdict().items():
            setattr(self, name, column[order].astype(np.float64 if column.dtype.kind == "f" else column.dtype))
        self.trust, self.resignation = (
            getattr(lives, name)[0, order].astype(float) for name in ("trust", "resignation")
        )
        self.patron, self.card = lives.patron[0, order].astype(bool), lives.card[0, order].astype(np.int8)
        self.week, self.aware, self.talks = 0, np.zeros(shoppers, bool), np.zeros(shoppers, bool)
        self.heard_week = np.zeros(shoppers, np.int32)
        self.salience = np.zeros(shoppers)
        self.far = self.rng.integers(shoppers, size=(int(p["far_acquaintances"]), shoppers))
        self.terms = terms_of_the_sale(p)
        self.dropping, self.resuming = weekly(p["card_drops_per_year"]), weekly(p["card_resumptions_per_year"])
        self.leaving, self.returning = weekly(p["main_store_changes_per_year"]), weekly(p["returns_per_year"])
        self.joining = weekly(p["card_joins_per_year"])
        sometimes, always = log_odds(p["swiping_of_the_others"]), log_odds(p["swiping_of_every_time_swipers"])
        self.swiping = np.where(self.every_time == 1, always, sometimes)
        self.scale, self.skew, self.shift = week_shapes(numbers())
        self.totals = dict.fromkeys(("heard", "complained", "left", "trips", "sales", "carded", "rewards"), 0)
        self.by_cell = np.zeros(18)

    def step(self) -> None:
        """Live one week."""
        self.week += 1
        self.selling = self.week >= SALE_WEEK
        self.departure = self.terms["departure"] if self.selling else 0.0
        self.hear()
        self.feel()
        self.decide()
        self.shop()
        self.talk()

    def hear(self) -> None:
        """Let households forget a little, then learn of the sale or be reminded: by press, experience, each other."""
        p, age = self.p, self.week - STORY_WEEK
        press = p["story_reach"] * p["story_kept_per_week"] ** age if 0 <= age < STORY_WEEKS else 0.0
        told = np.zeros(self.size, bool)
        for step in range(1, int(p["near_acquaintances"]) // 2 + 1):
            told |= np.roll(self.talks, step) | np.roll(self.talks, -step)
        for friends in self.far:
            told |= self.talks[friends]
        unheard = 1.0 - press * np.where(self.vulnerable == 1, p["vulnerable_awareness"], 1.0)
        if self.selling:
            unheard *= 1.0 - self.terms["noticing"] * (self.patron & (self.card == 1))
        believing = p["believing_word_of_mouth"] * (1.0 - p["loyal_resistance"] * self.trust)
        met = self.rng.random(self.size) >= unheard * (1.0 - (told & ~self.aware) * believing)
        self.salience = np.maximum(self.salience * self.keeps, p["salience_by_talk"] * (told & self.aware))
        self.salience[met] = 1.0
        fresh = ~self.aware & met
        self.aware |= fresh
        self.heard_week[fresh] = self.week
        self.totals["heard"] += int(fresh.sum())

    def feel(self) -> None:
        """Let trust and resignation move, and work out grievances."""
        p = self.p
        burden = self.departure * self.sensitivity * self.aware
        sought = self.opening_trust * np.maximum(0.0, 1.0 - p["trust_lost_by_violation"] * burden)
        pace = p["trust_fall_per_week"] / np.where(sought < self.trust, 1.0, p["trust_loss_ratio"])
        self.trust += pace * (sought - self.trust)
        self.resignation += p["resignation_growth_per_week"] * np.minimum(1.0, burden) * (1.0 - self.resignation)
        lost = np.maximum(0.0, 1.0 - self.trust / self.opening_trust)
        forgiven = 1.0 - p["forgiveness_of_the_heaviest"] * self.spend_rank
        self.grievance = lost * (1.0 - p["resignation_dulls"] * self.resignation) * forgiven
        self.pressing = self.grievance * self.salience
        self.acted = p["stated_weight_in_action"] * self.pressing
        self.totals["complained"] += int(
            (self.rng.random(self.size) < p["complaining_per_week"] * self.grievance).sum()
        )

    def acts(self, odds: np.ndarray) -> np.ndarray:
        """Return who acts, by log-odds."""
        return self.rng.random(self.size) < 1.0 / (1.0 + np.exp(-odds))

    def decide(self) -> None:
        """Let cards be put away, taken out or taken first, and main stores be changed."""
        p = self.p
        push = p["card_dropping_by_grievance"] * self.acted
        active, dormant, never = self.card == 1, self.card == 2, self.card == 0
        first = (
            self.joining + p["joining_by_spend"] * (self.spend_rank - 0.5) - p["joining_by_grievance"] * self.pressing
        )
        acting = self.acts(np.where(active, self.dropping + push, np.where(never, first, self.resuming - push)))
        fate, cancelling = self.rng.random(self.size), 1.0 - np.exp(-p["cancelling_by_grievance"] * self.acted)
        cancelled = p["cancelling_among_droppers"] * cancelling
        swapped = cancelled + p["swapping_among_droppers"] * self.pressing
        dropped = np.where(fate < cancelled, 3, np.where(fate < swapped, 4, 2))
        taken = (dormant | never) & acting
        self.card = np.where(active & acting, dropped, np.where(taken, 1, self.card)).astype(np.int8)
        driven = self.acted * (1.0 - p["leaving_bend"] + p["leaving_bend"] * self.grievance)
        out = self.leaving + p["leaving_by_grievance"] * driven * self.has_rival * self.free
        back = self.returning - p["returning_by_grievance"] * driven
        moving = self.acts(np.where(self.patron, out, back))
        self.totals["left"] += int((moving & self.patron).sum())
        self.patron = self.patron ^ moving

    def shop(self) -> None:
        """Let households come to the store or not, show the card or not, and pay."""
        p, spread, persistence = self.p, self.p["trip_drift_spread"], self.p["trip_drift_persistence"]
        step = spread * np.sqrt(1 - persistence**2)
        self.drift = persistence * self.drift + step * self.rng.standard_normal(self.size)
        rate = self.trip_rate * np.exp(self.drift - 0.5 * spread**2)
        stays = self.has_rival * self.free * (1.0 - np.exp(-p["avoiding_by_grievance"] * self.acted))
        comes = self.patron & (self.rng.random(self.size) >= stays)
        trips = np.minimum(20, self.rng.poisson(rate)) * comes
        swiped = (self.card == 1) & comes & self.acts(self.swiping - p["swiping_by_grievance"] * self.acted)
        normal = self.rng.standard_normal(self.size)
        noise = self.scale[trips] * normal - self.skew[trips] * normal**2 + self.shift[trips]
        factor = 1.0 + p["scheme_lift"] * swiped - p["withdrawing_by_grievance"] * self.acted
        cents = np.floor(np.maximum(0.0, trips * self.basket_cents * np.exp(noise) * factor) + 0.5)
        self.totals["trips"] += int(trips.sum())
        self.totals["sales"] += int(cents.sum())
        self.totals["carded"] += int(cents[swiped].sum())
        self.totals["rewards"] += int(np.floor(cents[swiped] * p["reward_rate"] + 0.5).sum())
        self.by_cell += np.bincount(self.cell, cents, 18)

    def talk(self) -> None:
        """Let households talk about the sale, the less the longer ago the news is."""
        p, felt = self.p, self.departure * self.sensitivity
        fresh = (1.0 + (self.week - self.heard_week) / p["talk_lasts_weeks"]) ** -2.0
        chance = p["talking_at_full_violation"] * np.minimum(1.0, felt) * fresh * self.aware
        self.talks = self.rng.random(self.size) < chance
