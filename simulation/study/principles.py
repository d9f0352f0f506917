"""Principles that a policy is screened against: on its text and on its simulated outcome, and what each one costs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.model.accounts import Party
from simulation.model.ledger import Measure
from simulation.scenario.events import Law
from simulation.scenario.flows import ChangeTerms, OnwardSale
from simulation.scenario.practices import Mode
from simulation.study.outcome import Outcome
from simulation.study.parties import gains


@dataclass(frozen=True)
class Finding:
    """How a policy stands before one principle."""

    principle: str
    passes: bool
    evidence: str


@dataclass(frozen=True)
class Principle:
    """One rule that a board may set itself."""

    name: str
    sentence: str
    broken_by: Callable[[Outcome, int], Iterator[str]]  # evidence against it, none if it is kept


def _without_consent(outcome: Outcome, policy: int) -> Iterator[str]:
    for flow in outcome.sharing(policy):
        if flow.consent != "opt_in":
            yield f"{flow.name} passes data to {flow.recipient} with consent: {flow.consent}"
    for action in outcome.scenario.policies[outcome.policies[policy]]:
        if isinstance(action, ChangeTerms | OnwardSale):
            yield f"{action.do.replace('_', ' ')} of {action.about} goes beyond what was agreed"
    debt = sum(each.weekly[:, policy, ..., Measure.CONSENT_DEBT].sum() for each in outcome.replicates)
    if debt:
        years = debt / 52 / len(outcome.replicates)
        yield f"{years:,.0f} person-years of data from shoppers who did not know and would not have agreed"


def _sensitive_about_the_vulnerable(outcome: Outcome, policy: int) -> Iterator[str]:
    for flow in outcome.sharing(policy):
        if flow.fields == "sensitive_purchases":
            yield f"{flow.name} passes on what tells of illness or intimacy, of the vulnerable too"
    harms = np.mean([each.groups.harms[policy, 1::2].sum() for each in outcome.replicates])
    if harms >= 1:
        yield f"{harms:,.0f} harmful events to be expected among the vulnerable"


def _win_win(outcome: Outcome, policy: int) -> Iterator[str]:
    for party in (Party.RETAILER, Party.DATA_BUYER):
        median = float(np.median(gains(outcome, party)[:, policy]))
        if median < 0:
            yield f"{party} loses {-median:,.0f} dollars at the median"
    trust = float(np.median(outcome.trust()[:, -1, policy] - outcome.trust()[:, -1, 0]))
    if trust < 0:
        yield f"shoppers end with {-trust:.3f} less trust at the median"


def _reversible(outcome: Outcome, policy: int) -> Iterator[str]:
    for flow in outcome.sharing(policy):
        if not flow.bound_to_purpose and flow.years_kept > 1:
            yield f"{flow.name}: records stay with {flow.recipient} for {flow.years_kept:g} years, for any use"


def _lawful(outcome: Outcome, policy: int) -> Iterator[str]:
    for law in (event for event in outcome.scenario.events if isinstance(event, Law)):
        for flow in outcome.sharing(policy):
            if Mode[flow.consent.upper()] < Mode[law.requires.upper()] and not law.obeyed:
                yield f"{flow.name} goes on with consent: {flow.consent} where {law.requires} is required"


PRINCIPLES = (
    Principle("consent", "No use beyond its context without consent.", _without_consent),
    Principle("vulnerable", "Nothing sensitive about the vulnerable.", _sensitive_about_the_vulnerable),
    Principle("win-win", "Nobody at the table loses, shoppers included.", _win_win),
    Principle("reversible", "What is begun can be taken back.", _reversible),
    Principle("lawful", "Legal in every market.", _lawful),
)
"""The principles that ship with the program."""


def screen(outcome: Outcome, policy: int, principles: Sequence[Principle] = PRINCIPLES) -> list[Finding]:
    """Return how a policy stands before each principle, with the evidence."""
    found = []
    for principle in principles:
        evidence = list(principle.broken_by(outcome, policy))
        found.append(Finding(principle.name, not evidence, "; ".join(evidence) or "nothing against it"))
    return found


def prices(outcome: Outcome, principles: Sequence[Principle] = PRINCIPLES) -> dict[str, dict[str, Any]]:
    """Return what each principle costs: the value forgone by the best policy that keeps it, dollars.

    `tail` is the mean over the worst tenth of replicates of the best policy that breaks it, against the baseline.
    """
    difference, count = outcome.difference(), range(len(outcome.policies))
    worth = difference.mean(axis=0)
    best = float(worth.max())
    priced: dict[str, dict[str, Any]] = {}
    for principle in principles:
        kept = [policy for policy in count if not any(True for _ in principle.broken_by(outcome, policy))]
        broken = [policy for policy in count if policy not in kept]
        worst = max(broken, key=lambda policy: worth[policy], default=None)
        priced[principle.name] = {
            "keeps": [outcome.policies[policy] for policy in kept],
            "price": best - max((float(worth[policy]) for policy in kept), default=float("-inf")),
            "tail": None if worst is None else _worst_tenth(difference[:, worst]),
        }
    return priced


def _worst_tenth(values: Any) -> float:
    return float(np.sort(values)[: max(1, len(values) // 10)].mean())
