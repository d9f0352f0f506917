"""What an agent shopper is and remembers, named as the columns are, and what practices do to it."""

from typing import Any

import mesa

from simulation.behaviour.draws import Purpose, luck_for
from simulation.model.ledger import Event
from simulation.model.terms import Terms, Week
from simulation.scenario.practices import Scope


class Household(mesa.Agent):
    """A household under one policy: its traits, what has become of it, and what this week leaves for the next step."""

    number: int
    cell: int
    attentive: int
    has_rival: int
    every_time: int
    free: int
    opening_patron: int
    vulnerable: int
    sensitivity: float
    opening_trust: float
    spend_rank: float
    keeps: float
    leaning: float
    trip_rate: float
    basket_cents: float
    drift: float
    trust: float
    resignation: float
    salience: float
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
    away_weeks: int

    def __init__(
        self, model: Any, policy: int, seat: int, traits: Terms, state: Terms, acquaintances: list[int]
    ) -> None:
        super().__init__(model)
        self.rules, self.choices = model.rule_set.rules, model.rule_set.choices
        self.policy, self.seat, self.acquaintances = policy, seat, acquaintances
        self.__dict__.update(traits | state)
        self.events = self.flows = self.debt = self.fee_units = self.redeemed = self.spoken = self.goods = 0
        self.met = self.away = 0
        self.reward = self.partner_reward = self.grievance = self.pressing = self.acted = 0.0
        self.given = 1.0
        self.felt: dict[int, float] = {}

    def become_aware(self, week: Week, k: int, source: int) -> None:
        """Note that practice `k` has become known, when and how."""
        self.aware |= 1 << k
        self.heard_week = week.number
        self.note(Event.HEARD_PRESS - 1 + source)
        if self.aware_week == 0:
            self.aware_week, self.source = week.number, int(source)

    def data_flows(self, k: int, practice: Terms) -> int:
        """Return 1 if the shopper's data is passed on under practice `k`."""
        opted_in, opted_out = self.rules.bit(self.opted_in, k), self.rules.bit(self.opted_out, k)
        return self.rules.data_flows(practice["running"], practice["consent"], self.member, opted_in, opted_out)

    def take_out(self, week: Week, k: int, practice: Terms) -> None:
        """Let a signal or a deletion take the record out of practice `k`, unless the shopper has agreed to it."""
        if practice["taken_out"]:
            out = self.rules.taken_out(self.luck(week, Purpose.CONSENTING_ABOUT + k), practice["taken_out"])
            self.opted_out |= out * (1 - self.rules.bit(self.opted_in, k)) << k

    def wrong_of(self, week: Week, practice: Terms) -> float:
        """Return what a practice does to the shopper: departure × stake; below 0 it pleases."""
        p, departure, rank = week.p, practice["departure"], self.spend_rank
        privacy = self.rules.stake_in_privacy(departure, self.sensitivity)
        demoted = self.rules.stake_of_demotion(rank, week.lever["tier_put_out"], p["demotion_is_worse"])
        dispute = self.rules.stake_in_dispute(self.leaning, self.sensitivity, practice["minded"], practice["counter"])
        return departure * self.rules.stake_in(
            practice["scope"], privacy, self.below, self.member, rank, demoted, p["member_resentment"], dispute
        )

    def price_paid(self, week: Week, with_card: int) -> float:
        """Return what the shopper pays, with the card or without it, as a multiple of the usual price."""
        shelf, saving = week.lever["shelf_price"], week.lever["member_saving"]
        return self.choices.price_paid(with_card, shelf, saving, self.price_apart(week), self.spend_rank)

    def price_apart(self, week: Week) -> float:
        """Return how far the shopper's price may lie from the usual one: not at all for who has declined."""
        dispersion, cap = week.lever["price_dispersion"], week.lever["price_cap"]
        apart = self.rules.spread_of_price(dispersion, cap, self.spend_rank)
        for k, practice in enumerate(week.practices):
            if practice["running"] and practice["scope"] == Scope.PAYING_MORE:
                opted_in, opted_out = self.rules.bit(self.opted_in, k), self.rules.bit(self.opted_out, k)
                apart *= self.rules.data_flows(practice["running"], practice["consent"], 1, opted_in, opted_out)
        return float(apart)

    def luck(self, week: Week, purpose: int) -> float:
        """Return this week's luck of a purpose, from 0 to 1; whoever does something at a chance does it below that."""
        return luck_for(purpose, week.keys, self.number)

    def note(self, event: int) -> None:
        """Remember that something happened this week, for the ledger."""
        self.events |= 1 << event
