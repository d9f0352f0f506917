"""The basic week as a user of JAX would write it: pure functions of all households' arrays, many weeks in one call."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from basic_week import SALE_WEEK, STORY_WEEK, STORY_WEEKS, opening, terms_of_the_sale
from household import log_odds, weekly

from simulation.behaviour.parameters import numbers
from simulation.scenario.opening import week_shapes

State = dict[str, Any]


class Grocer:
    """A grocer who sells card data, and the households around it, as a state that weeks turn into another."""

    def __init__(self, shoppers: int) -> None:
        people, lives, p = opening(shoppers)
        order = np.argsort(people.number)
        traits = {
            name: jnp.asarray(column[order].astype(np.float32 if column.dtype.kind == "f" else np.int32))
            for name, column in people._asdict().items()
        }
        far = np.random.default_rng(1).integers(shoppers, size=(int(p["far_acquaintances"]), shoppers))
        fixed = {**traits, "far": jnp.asarray(far), "shapes": jnp.asarray(week_shapes(numbers()), jnp.float32)}
        flags = jnp.zeros(shoppers, bool)
        self._state: State = {
            **{name: jnp.asarray(getattr(lives, name)[0, order], jnp.float32) for name in ("trust", "resignation")},
            "patron": jnp.asarray(lives.patron[0, order] == 1),
            "card": jnp.asarray(lives.card[0, order], jnp.int32),
            "drift": traits["drift"],
            "salience": jnp.zeros(shoppers, jnp.float32),
            "heard_week": jnp.zeros(shoppers, jnp.int32),
            "aware": flags,
            "talks": flags,
            "key": jax.random.key(1),
        }
        self._live = jax.jit(partial(_weeks, fixed, p, terms_of_the_sale(p)), static_argnums=2)
        self.week, self.totals, self.by_cell = 0, dict.fromkeys(COUNTED, 0), np.zeros(18)

    def step(self) -> None:
        """Live one week."""
        self.live_weeks(1)

    def live_weeks(self, weeks: int) -> None:
        """Live some weeks in one call."""
        self._state, (counts, cells) = self._live(self._state, self.week, weeks)
        self.week += weeks
        for name, value in zip(COUNTED, np.asarray(counts, np.float64).sum(axis=0), strict=True):
            self.totals[name] += int(value)
        self.by_cell += np.asarray(cells, np.float64).sum(axis=0)


KEPT = (
    "trust", "resignation", "patron", "card", "drift", "salience", "heard_week", "aware", "talks", "key"
)  # fmt: skip
COUNTED = ("heard", "complained", "left", "trips", "sales", "carded", "rewards")


def _weeks(fixed: State, p: State, terms: State, state: State, after: Any, weeks: int) -> Any:
    return jax.lax.scan(partial(_week, fixed, p, terms), state, after + 1 + jnp.arange(weeks))


def _week(x: State, p: State, terms: State, s: State, week: Any) -> Any:
    """Return the state after a week, and what is counted in it."""
    key, *keys = jax.random.split(s["key"], 12)
    s = s | {"key": key, "luck": iter(keys), "size": s["trust"].size, "week": week}
    for live in (_hear, _feel, _decide, _shop):
        s = s | live(x, p, terms, s)
    s["talks"] = _talk(p, s)
    rewards = jnp.where(s["swiped"], jnp.floor(s["cents"] * p["reward_rate"] + 0.5), 0.0)
    carded = s["cents"] * s["swiped"]
    counts = (s["fresh"], s["complained"], s["left"], s["trips"], s["cents"], carded, rewards)
    cells = jnp.zeros(18).at[x["cell"]].add(s["cents"])
    return {name: s[name] for name in KEPT}, (jnp.stack([jnp.sum(each, dtype=jnp.float32) for each in counts]), cells)


def _uniform(s: State) -> Any:
    return jax.random.uniform(next(s["luck"]), (s["size"],))


def _acts(s: State, odds: Any) -> Any:
    return _uniform(s) < jax.nn.sigmoid(odds)


def _hear(x: State, p: State, terms: State, s: State) -> State:
    age, talks, aware = s["week"] - STORY_WEEK, s["talks"], s["aware"]
    press = jnp.where((age >= 0) & (age < STORY_WEEKS), p["story_reach"] * p["story_kept_per_week"] ** age, 0.0)
    told = talks[x["far"]].any(axis=0)
    for step in range(1, int(p["near_acquaintances"]) // 2 + 1):
        told |= jnp.roll(talks, step) | jnp.roll(talks, -step)
    unheard = 1.0 - press * jnp.where(x["vulnerable"] == 1, p["vulnerable_awareness"], 1.0)
    unheard *= 1.0 - (s["week"] >= SALE_WEEK) * terms["noticing"] * (s["patron"] & (s["card"] == 1))
    believing = p["believing_word_of_mouth"] * (1.0 - p["loyal_resistance"] * s["trust"])
    met = _uniform(s) >= unheard * (1.0 - (told & ~aware) * believing)
    salience = jnp.maximum(s["salience"] * x["keeps"], p["salience_by_talk"] * (told & aware))
    fresh = met & ~aware
    heard_week = jnp.where(fresh, s["week"], s["heard_week"])
    return {"salience": jnp.where(met, 1.0, salience), "fresh": fresh, "aware": aware | met, "heard_week": heard_week}


def _feel(x: State, p: State, terms: State, s: State) -> State:
    felt = (s["week"] >= SALE_WEEK) * terms["departure"] * x["sensitivity"]
    burden = felt * s["aware"]
    sought = x["opening_trust"] * jnp.maximum(0.0, 1.0 - p["trust_lost_by_violation"] * burden)
    pace = p["trust_fall_per_week"] / jnp.where(sought < s["trust"], 1.0, p["trust_loss_ratio"])
    trust = s["trust"] + pace * (sought - s["trust"])
    growth = p["resignation_growth_per_week"] * jnp.minimum(1.0, burden)
    resignation = s["resignation"] + growth * (1.0 - s["resignation"])
    lost = jnp.maximum(0.0, 1.0 - trust / x["opening_trust"])
    forgiven = 1.0 - p["forgiveness_of_the_heaviest"] * x["spend_rank"]
    grievance = lost * (1.0 - p["resignation_dulls"] * resignation) * forgiven
    pressing = grievance * s["salience"]
    complained = _uniform(s) < p["complaining_per_week"] * grievance
    moved = {"felt": felt, "trust": trust, "resignation": resignation, "grievance": grievance, "pressing": pressing}
    return moved | {"acted": p["stated_weight_in_action"] * pressing, "complained": complained}


def _decide(x: State, p: State, terms: State, s: State) -> State:
    card, patron, acted = s["card"], s["patron"], s["acted"]
    active, dormant, never, push = card == 1, card == 2, card == 0, p["card_dropping_by_grievance"] * acted
    first = weekly(p["card_joins_per_year"]) + p["joining_by_spend"] * (x["spend_rank"] - 0.5)
    first -= p["joining_by_grievance"] * s["pressing"]
    taking = jnp.where(never, first, weekly(p["card_resumptions_per_year"]) - push)
    acting = _acts(s, jnp.where(active, weekly(p["card_drops_per_year"]) + push, taking))
    fate, cancelling = _uniform(s), 1.0 - jnp.exp(-p["cancelling_by_grievance"] * acted)
    cancelled = p["cancelling_among_droppers"] * cancelling
    swapped = cancelled + p["swapping_among_droppers"] * s["pressing"]
    dropped = jnp.where(fate < cancelled, 3, jnp.where(fate < swapped, 4, 2))
    card = jnp.where(active & acting, dropped, jnp.where((dormant | never) & acting, 1, card))
    driven = acted * (1.0 - p["leaving_bend"] + p["leaving_bend"] * s["grievance"])
    out = p["leaving_by_grievance"] * driven * x["has_rival"] * x["free"] + weekly(p["main_store_changes_per_year"])
    back = weekly(p["returns_per_year"]) - p["returning_by_grievance"] * driven
    moving = _acts(s, jnp.where(patron, out, back))
    return {"card": card, "left": moving & patron, "patron": patron ^ moving}


def _shop(x: State, p: State, terms: State, s: State) -> State:
    spread, persistence, acted = p["trip_drift_spread"], p["trip_drift_persistence"], s["acted"]
    step = spread * np.sqrt(1 - persistence**2) * jax.random.normal(next(s["luck"]), (s["size"],))
    drift = persistence * s["drift"] + step
    rate = x["trip_rate"] * jnp.exp(drift - 0.5 * spread**2)
    stays = x["has_rival"] * x["free"] * (1.0 - jnp.exp(-p["avoiding_by_grievance"] * acted))
    comes = s["patron"] & (_uniform(s) >= stays)
    trips = jnp.minimum(20, jax.random.poisson(next(s["luck"]), rate)) * comes
    sometimes, always = log_odds(p["swiping_of_the_others"]), log_odds(p["swiping_of_every_time_swipers"])
    usual = jnp.where(x["every_time"] == 1, always, sometimes)
    swiped = (s["card"] == 1) & comes & _acts(s, usual - p["swiping_by_grievance"] * acted)
    normal, (scale, skew, shift) = jax.random.normal(next(s["luck"]), (s["size"],)), x["shapes"]
    noise = jnp.exp(scale[trips] * normal - skew[trips] * normal**2 + shift[trips])
    factor = 1.0 + p["scheme_lift"] * swiped - p["withdrawing_by_grievance"] * acted
    cents = jnp.floor(jnp.maximum(0.0, trips * x["basket_cents"] * noise * factor) + 0.5)
    return {"drift": drift, "trips": trips, "swiped": swiped, "cents": cents}


def _talk(p: State, s: State) -> Any:
    recent = (1.0 + (s["week"] - s["heard_week"]) / p["talk_lasts_weeks"]) ** -2.0
    return _uniform(s) < p["talking_at_full_violation"] * jnp.minimum(1.0, s["felt"]) * recent * s["aware"]
