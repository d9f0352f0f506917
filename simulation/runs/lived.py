"""What a model has lived through, as a replicate and as an outcome."""

import numpy as np

from simulation.model.blocks import LIVES, PEOPLE, Crowd
from simulation.model.simulation import Simulation
from simulation.runs.outcome import Groups, Outcome, Replicate


def replicate_of(model: Simulation) -> Replicate:
    """Return what a model has lived through so far."""
    books = model.ledger.weekly, model.accounts.weekly
    return Replicate(model.replicate, *books, groups_of(model), model.overrides, model.exposed_week)


def outcome_of(model: Simulation) -> Outcome:
    """Return what a model has lived through so far as an outcome of one replicate."""
    replicates = (replicate_of(model),)
    return Outcome(model.case, replicates, model.engine.crowd, "columns", 0.0, "", model.rule_set.own)


def groups_of(model: Simulation) -> Groups:
    """Return what befell each cell of shoppers over the whole run."""
    ledger, buyers = model.ledger, model.books.buyers
    return Groups(
        premiums_cents=np.array([buyer.premiums_cents for buyer in buyers]),
        misjudged=np.array([buyer.misjudged for buyer in buyers]),
        harms=ledger.harms / 1e6,
        returned=model.engine.crowd.returned(),
    )


def nobody(policies: int) -> Crowd:
    """Return the shoppers of an outcome that has none."""
    return Crowd(np.zeros(0, PEOPLE), np.zeros((policies, 0), LIVES), np.zeros((0, 3), np.int64))
