"""One household of the basic week in plain Python: what it hears, feels, decides, buys and says.

It belongs to no framework: `model` holds what all read this week, `random` is Python's generator.
"""

import math
from random import Random
from typing import Any


def log_odds(chance: float) -> float:
    """Return the log-odds of a chance."""
    return math.log(chance / (1 - chance))


def weekly(per_year: float) -> float:
    """Return the log-odds in a week of what happens to this share in a year."""
    return log_odds(1 - (1 - per_year) ** (1 / 52))


class Household:
    """One household: hears, feels, decides, shops and talks."""

    model: Any
    random: Random

    def open(self, traits: dict[str, Any]) -> None:
        """Begin with these traits, knowing of nothing."""
        for name, value in traits.items():
            setattr(self, name, value)
        self.friends: list[Any] = []
        self.aware, self.heard_week, self.talks, self.talked = False, 0, False, False
        self.salience = 0.0

    def listen(self) -> None:
        """Remember what was said last week, so that everybody reads the same week."""
        self.talked = self.talks

    def live(self) -> None:
        """Live one week."""
        self.hear()
        self.feel()
        self.decide()
        self.shop()
        self.talk()

    def hear(self) -> None:
        """Forget a little; learn of the sale from the press, own experience or friends, or be reminded of it."""
        model, p = self.model, self.model.p
        self.salience *= self.keeps
        reached = p["vulnerable_awareness"] if self.vulnerable else 1.0
        unheard = 1.0 - model.press * reached
        if model.selling and self.patron and self.card == 1:
            unheard *= 1.0 - model.noticing
        told = any(friend.talked for friend in self.friends)
        if told and self.aware:
            self.salience = max(self.salience, p["salience_by_talk"])
        elif told:
            unheard *= 1.0 - p["believing_word_of_mouth"] * (1.0 - p["loyal_resistance"] * self.trust)
        if self.random.random() >= unheard:
            self.salience = 1.0
            if not self.aware:
                self.aware, self.heard_week = True, model.week
                model.totals["heard"] += 1

    def feel(self) -> None:
        """Let trust and resignation move, and work out the grievance."""
        p = self.model.p
        burden = self.model.departure * self.sensitivity if self.aware else 0.0
        sought = self.opening_trust * max(0.0, 1.0 - p["trust_lost_by_violation"] * burden)
        pace = p["trust_fall_per_week"] / (1.0 if sought < self.trust else p["trust_loss_ratio"])
        self.trust += pace * (sought - self.trust)
        self.resignation += p["resignation_growth_per_week"] * min(1.0, burden) * (1.0 - self.resignation)
        lost = max(0.0, 1.0 - self.trust / self.opening_trust)
        forgiven = p["forgiveness_of_the_heaviest"] * self.spend_rank
        self.grievance = lost * (1.0 - p["resignation_dulls"] * self.resignation) * (1.0 - forgiven)
        self.pressing = self.grievance * self.salience
        self.acted = p["stated_weight_in_action"] * self.pressing
        if self.random.random() < p["complaining_per_week"] * self.grievance:
            self.model.totals["complained"] += 1

    def acts(self, odds: float) -> bool:
        """Return whether the household acts, by log-odds."""
        return self.random.random() < 1.0 / (1.0 + math.exp(-odds))

    def decide(self) -> None:
        """Put the card away, take it out or take a first one; change the main store or come back."""
        model, p = self.model, self.model.p
        if self.card == 1 and self.acts(model.dropping + p["card_dropping_by_grievance"] * self.acted):
            fate = self.random.random()
            cancelled = p["cancelling_among_droppers"] * (1 - math.exp(-p["cancelling_by_grievance"] * self.acted))
            self.card = 3 if fate < cancelled else 2
            if cancelled <= fate < cancelled + p["swapping_among_droppers"] * self.pressing:
                self.card = 4
        elif (self.card == 2 and self.acts(model.resuming - p["card_dropping_by_grievance"] * self.acted)) or (
            self.card == 0 and self.acts(self.odds_of_joining())
        ):
            self.card = 1
        driven = self.acted * (1.0 - p["leaving_bend"] + p["leaving_bend"] * self.grievance)
        if self.patron:
            if self.acts(model.leaving + p["leaving_by_grievance"] * driven * self.has_rival * self.free):
                self.patron = False
                model.totals["left"] += 1
        elif self.acts(model.returning - p["returning_by_grievance"] * driven):
            self.patron = True

    def odds_of_joining(self) -> float:
        """Return the log-odds of taking a first card."""
        model, p = self.model, self.model.p
        drawn = p["joining_by_spend"] * (self.spend_rank - 0.5)
        return model.joining + drawn - p["joining_by_grievance"] * self.pressing

    def shop(self) -> None:
        """Come to the store or not, show the card or not, and pay."""
        model, p = self.model, self.model.p
        spread, persistence = p["trip_drift_spread"], p["trip_drift_persistence"]
        self.drift = persistence * self.drift + model.step_spread * self.random.gauss(0.0, 1.0)
        trips = self.poisson(self.trip_rate * math.exp(self.drift - 0.5 * spread * spread))
        stays = self.has_rival * self.free * (1.0 - math.exp(-p["avoiding_by_grievance"] * self.acted))
        if not (self.patron and trips) or self.random.random() < stays:
            return
        usual = model.every_time if self.every_time else model.sometimes
        swiped = self.card == 1 and self.acts(usual - p["swiping_by_grievance"] * self.acted)
        normal, (scale, skew, shift) = self.random.gauss(0.0, 1.0), model.shapes[trips]
        bought = trips * self.basket_cents * math.exp(scale * normal - skew * normal * normal + shift)
        factor = 1.0 + (p["scheme_lift"] if swiped else 0.0) - p["withdrawing_by_grievance"] * self.acted
        cents = round(max(0.0, bought * factor))
        model.totals["trips"] += trips
        model.totals["sales"] += cents
        model.by_cell[self.cell] += cents
        if swiped:
            model.totals["carded"] += cents
            model.totals["rewards"] += round(cents * p["reward_rate"])

    def poisson(self, rate: float) -> int:
        """Return a Poisson number by inversion, 20 at most."""
        chance = total = math.exp(-rate)
        luck, count = self.random.random(), 0
        while luck > total and count < 20:
            count += 1
            chance *= rate / count
            total += chance
        return count

    def talk(self) -> None:
        """Talk about the sale, the less the longer ago the news is."""
        self.talks = False
        if self.aware:
            p, felt = self.model.p, self.model.departure * self.sensitivity
            fresh = (1.0 + (self.model.week - self.heard_week) / p["talk_lasts_weeks"]) ** -2
            self.talks = self.random.random() < p["talking_at_full_violation"] * min(1.0, felt) * fresh


class Town:
    """What all households read in a week, and what they come to together."""

    random: Random

    def settle(self, opened: dict[str, Any]) -> None:
        """Begin as `opened` says: numbers, columns of traits, shapes of baskets, terms of the sale."""
        p = self.p = opened["p"]
        self.week, self.press, self.selling, self.departure = 0, 0.0, False, 0.0
        self.noticing, self.departs = opened["noticing"], opened["departure"]
        self.dropping, self.resuming = weekly(p["card_drops_per_year"]), weekly(p["card_resumptions_per_year"])
        self.leaving, self.returning = weekly(p["main_store_changes_per_year"]), weekly(p["returns_per_year"])
        self.joining = weekly(p["card_joins_per_year"])
        self.every_time = log_odds(p["swiping_of_every_time_swipers"])
        self.sometimes = log_odds(p["swiping_of_the_others"])
        self.step_spread = p["trip_drift_spread"] * math.sqrt(1 - p["trip_drift_persistence"] ** 2)
        self.shapes = opened["shapes"]
        self.totals = dict.fromkeys(("heard", "complained", "left", "trips", "sales", "carded", "rewards"), 0)
        self.by_cell = [0] * 18

    def befriend(self, everyone: list[Any]) -> None:
        """Let everybody listen to the nearest in a ring and to some from anywhere."""
        ring = sorted(everyone, key=lambda each: each.number)
        size, near = len(ring), int(self.p["near_acquaintances"]) // 2
        for place, household in enumerate(ring):
            household.friends = [ring[(place + side * step) % size] for step in range(1, near + 1) for side in (-1, 1)]
            household.friends += [self.random.choice(ring) for _ in range(int(self.p["far_acquaintances"]))]

    def open_week(self, sale: int, story: int, story_weeks: int) -> None:
        """Let the sale begin and the story be told when their weeks have come."""
        self.week += 1
        age = self.week - story
        told = 0 <= age < story_weeks
        self.press = self.p["story_reach"] * self.p["story_kept_per_week"] ** age if told else 0.0
        self.selling = self.week >= sale
        self.departure = self.departs if self.selling else 0.0
