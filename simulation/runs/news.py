"""How shoppers come to know of a practice in the week just lived, worked out again from the week's luck."""

import numpy as np
from numpy.typing import NDArray

from simulation.behaviour.draws import Purpose, luck_for
from simulation.behaviour.states import Source
from simulation.model.simulation import Simulation
from simulation.scenario.population import Lives, Shoppers, market_bounds


class News:
    """Tells by which way news reached a shopper, of all practices; a life itself keeps that of the first alone."""

    def __init__(self, model: Simulation, people: Shoppers) -> None:
        self.model, self.people = model, people
        bounds = market_bounds(people.number.size, list(model.case.markets.values()))
        self.market: NDArray[np.int64] = np.searchsorted(bounds, people.number, side="right") - 1

    def source(self, practice: int, policy: int, shopper: int, before: Lives, lives: Lives) -> int:
        """Return how a shopper, by place, has learned of a practice between last week's lives and this week's.

        Who decides on a practice knows of it, as if by a notice, unless news of it came in another way.
        """
        source = self._by_luck(practice, policy, shopper, before)
        decided, had_decided = (
            int(each.opted_in[policy, shopper]) | int(each.opted_out[policy, shopper]) for each in (lives, before)
        )
        by_deciding = source == Source.WORD_OF_MOUTH and self.model.rule_set.rules.bit(decided & ~had_decided, practice)
        if lives.aware_week[policy, shopper] == self.model.week and before.aware[policy, shopper] == 0:
            by_deciding &= lives.source[policy, shopper] == Source.NOTICE
        return int(Source.NOTICE if by_deciding else source)

    def _by_luck(self, k: int, policy: int, i: int, before: Lives) -> int:
        """Return by which of this week's ways the news came: from acquaintances if by none of the others."""
        people, numbers, week = self.people, self.model.numbers, self.model.week - 1
        rules = self.model.rule_set.rules
        row, lever = self.model.practices[week, policy, self.market[i], k], self.model.levers[week, policy]
        member = rules.is_member(int(before.patron[policy, i]), int(before.card[policy, i]))
        agreed, declined = (rules.bit(int(column[policy, i]), k) for column in (before.opted_in, before.opted_out))
        running, consent = float(row["running"]), int(row["consent"])
        lever = lever[self.market[i]]
        below = rules.standing(
            float(people.spend_rank[i]), float(lever["tier_threshold"]), float(lever["tier_put_out"])
        )
        flows = rules.data_flows(running, consent, member, agreed, declined)
        reached = rules.share_reached(int(people.vulnerable[i]), float(numbers["vulnerable_awareness"]))
        demotion = float(numbers["noticing_demotion_per_week"])
        luck = luck_for(Purpose.HEARING_ABOUT + k, self.model.keys, int(people.number[i]))
        met = rules.addressed(int(row["scope"]), int(before.patron[policy, i]), member)
        reading = float(row["notice"]) * (int(people.attentive[i]) * met) * reached
        noticing = rules.chance_of_noticing(
            float(row["experience"]), running, int(row["scope"]), flows, met, below, demotion
        )
        return rules.source_of_hearing(luck, float(row["press"]) * reached, reading, noticing, 1.0)
