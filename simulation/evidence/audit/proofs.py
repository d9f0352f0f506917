"""How each kind of promise is checked, and what was found: the evidence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from simulation.behaviour.parameters import numbers
from simulation.evidence.audit import claims as promised
from simulation.evidence.audit.books import WAYS, differing, digest_of, lived, numbers_in
from simulation.evidence.audit.golden import ForeignCodeError, golden_cases, moved
from simulation.evidence.invariance import samenesses
from simulation.evidence.mechanisms import effects
from simulation.model.accounts import Flow, Party, balances
from simulation.model.ledger import Measure
from simulation.model.model import LoyaltyModel
from simulation.runs.lived import outcome_of
from simulation.runs.measures import LINES
from simulation.runs.results import MARK, write_results
from simulation.runs.run import run_scenario
from simulation.runs.tasks import Store, Task, carry_out
from simulation.scenario.population import market_bounds, opening_columns
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import read_scenario, scenario_from_text
from simulation.scenario.schema import Scenario

_TITLE = "title: a bad scenario\nquestion: is it refused?\n"
_BOOKED = ("SALES", "REWARDS", "OFFER_COSTS", "FEES", "PARTNER_REWARDS")
_ANSWERED_FOR = (Flow.COMPENSATION, Flow.FINES, Flow.SETTLEMENTS, Flow.PAYMENTS, Flow.EXIT_FEES)


@dataclass(frozen=True)
class Evidence:
    """Whether a promise is kept, and what was found."""

    passes: bool
    said: str


@dataclass(frozen=True)
class Proof:
    """A claim with its evidence, and how many seconds it took to find."""

    claim: Any
    evidence: Evidence
    seconds: float


def prove(claims: list[Any], folder: Path) -> Iterator[Proof]:
    """Yield the proof of each claim; `folder` is that of the file of claims, from which scenarios are named.

    Raises ScenarioError for a scenario that cannot be used, ValueError for a policy or number that it has not.
    """
    return (proof_of(claim, read_scenario(folder / claim.scenario)) for claim in claims)


def proof_of(claim: Any, scenario: Scenario) -> Proof:
    """Return the proof of a claim about a scenario; raises ValueError for a policy or number that it has not."""
    began = perf_counter()
    evidence = _KINDS[type(claim)](claim, scenario)
    return Proof(claim, evidence, perf_counter() - began)


def _same_bits(claim: promised.SameBits, scenario: Scenario) -> Evidence:
    usual, other = WAYS[claim.way](scenario)
    if different := differing(usual, other):
        return Evidence(False, f"not the same: {', '.join(different)}")
    if set(usual) == {"digest"}:
        return Evidence(True, "the same hash of all numbers")
    return Evidence(True, f"{numbers_in(usual):,} numbers, all the same to the bit")


def _no_difference(claim: promised.NoDifference, scenario: Scenario) -> Evidence:
    place, books = _place(scenario, claim.policy), lived(scenario)
    shared = {name: books[name] for name in books if name.startswith("lives.")}
    by_week = {name: np.moveaxis(books[name], 1, 0) for name in ("weekly", "accounts")}
    apart = [name for name, each in {**shared, **by_week}.items() if not np.array_equal(each[0], each[place])]
    return _said(not apart, "exactly zero in every number", f"differs: {', '.join(apart)}")


def _same_until_it_acts(claim: promised.SameUntilItActs, scenario: Scenario) -> Evidence:
    weekly, wrong, first_weeks = lived(scenario)["weekly"], [], []
    for place, (name, actions) in enumerate(scenario.policies.items()):
        if actions and name not in claim.but_for:
            first = min(action.week for action in actions)
            first_weeks.append(first)
            before = np.array_equal(weekly[: first - 1, 0], weekly[: first - 1, place])
            after = np.array_equal(weekly[first - 1 :, 0], weekly[first - 1 :, place])
            wrong += [name] if not before or after else []
    found = f"{len(first_weeks)} policies: the same for {min(first_weeks, default=1) - 1} weeks, then not"
    return _said(not wrong, found, f"not so: {', '.join(wrong)}")


def _books_close(claim: promised.BooksClose, scenario: Scenario) -> Evidence:
    model = LoyaltyModel(scenario).run()
    weekly, accounts = model.ledger.weekly, model.accounts.weekly
    total = weekly.sum(axis=(2, 3))
    patrons, joined, left = (weekly[..., each] for each in (Measure.PATRONS, Measure.JOINED, Measure.LEFT))
    answered = accounts[..., list(_ANSWERED_FOR)].sum(axis=-1)
    own = np.where(np.arange(accounts.shape[-1]) >= len(Flow), accounts, 0)  # what plug-ins book
    balance = balances(accounts - own, Party.RETAILER)
    sums = {
        "patrons": np.array_equal(patrons[1:], patrons[:-1] + joined[1:] - left[1:]),
        "shoppers": bool((total[..., Measure.SHOPPERS] == scenario.population.shoppers).all()),
        "the retailer's balance": np.array_equal(balance, total[..., Measure.CONTRIBUTION] - answered),
        "payers and payees": not np.sum([balances(accounts, party) for party in Party], axis=0).any(),
    }
    sums |= {name.lower(): np.array_equal(accounts[..., Flow[name]], total[..., Measure[name]]) for name in _BOOKED}
    wrong = [name for name, right in sums.items() if not right]
    return _said(not wrong, f"{len(sums)} sums close, to the person and the cent", f"not closed: {', '.join(wrong)}")


def _within(claim: promised.Within, scenario: Scenario) -> Evidence:
    outcome = outcome_of(LoyaltyModel(scenario).run())
    found = np.concatenate([LINES[name].by_week(outcome).ravel() for name in claim.lines])
    low, high = float(found.min()), float(found.max())
    return Evidence(claim.low <= low and high <= claim.high, f"between {low:.4g} and {high:.4g}")


def _ordered(claim: promised.Ordered, scenario: Scenario) -> Evidence:
    weekly = LoyaltyModel(scenario).run().ledger.weekly
    each = [weekly[..., Measure[name]] for name in claim.measures]
    wrong = [
        f"{name.lower()} above {claim.measures[place + 1].lower()}"
        for place, name in enumerate(claim.measures[:-1])
        if (each[place] > each[place + 1]).any()
    ]
    return _said(not wrong, f"in each of {weekly[..., 0].size:,} cells", "; ".join(wrong))


def _moves(claim: promised.Moves, scenario: Scenario) -> Evidence:
    place = _place(scenario, claim.policy)
    tasks = [Task(scenario, 0, {claim.number: value}) for value in claim.values]
    return _monotone([float(found.difference(claim.measure)[place]) for found in carry_out(tasks)], claim.direction)


def _moves_along(claim: promised.MovesAlong, scenario: Scenario) -> Evidence:
    places = [_place(scenario, name) for name in claim.policies]
    (found,) = carry_out([Task(scenario)])
    return _monotone([float(found.measures[claim.measure][place]) for place in places], claim.direction)


def _monotone(values: list[float], direction: str) -> Evidence:
    steps = np.diff(values)
    right = (steps > 0).all() if direction == "up" else (steps < 0).all()
    return Evidence(bool(right), ", ".join(f"{value:.4g}" for value in values))


def _more_shoppers(claim: promised.MoreShoppers, scenario: Scenario) -> Evidence:
    size = scenario.population.shoppers
    few, more = (
        opening_columns(market_bounds(count, [1.0]), 1, numbers(), scenario.seed, 0)[0] for count in (size, 2 * size)
    )
    stay = np.isin(more.number, few.number)
    moved_ones = [name for name in few._fields if not np.array_equal(getattr(few, name), getattr(more, name)[stay])]
    return _said(not moved_ones, f"{size:,} shoppers as before", f"moved: {', '.join(moved_ones)}")


def _per_head(claim: promised.PerHead, scenario: Scenario) -> Evidence:
    found = samenesses()
    farthest = max(found, key=lambda each: abs(each.distance))
    said = f"farthest: {farthest.measure}, {farthest.claim}, {farthest.distance:+.1f} standard errors"
    return Evidence(abs(farthest.distance) <= claim.errors, said)


def _signs(claim: promised.Signs, scenario: Scenario) -> Evidence:
    found = list(effects())
    wrong = [f"{effect.pair.row} {effect.pair.name}" for effect in found if not effect.passes]
    return _said(not wrong, f"{len(found)} of {len(found)}", f"wrong: {', '.join(wrong)}")


def _refused(claim: promised.Refused, scenario: Scenario) -> Evidence:
    try:
        scenario_from_text(_TITLE + claim.text, "bad.yaml")
    except ScenarioError as error:
        missing = [words for words in claim.says if words not in str(error)]
        return _said(not missing, str(error).splitlines()[0], f"says nothing of '{', '.join(missing)}': {error}")
    return Evidence(False, "it was taken")


def _same_files(claim: promised.SameFiles, scenario: Scenario) -> Evidence:
    with TemporaryDirectory() as home:
        folders = [Path(home) / name for name in ("one", "two")]
        for folder in folders:
            write_results(run_scenario(scenario), folder)
        names = sorted(path.name for path in folders[0].iterdir() if path.name != MARK)
        differ = [name for name in names if len({(folder / name).read_bytes() for folder in folders}) > 1]
    return _said(not differ, f"{len(names)} files, the same bytes", f"other bytes: {', '.join(differ)}")


def _goes_on(claim: promised.GoesOn, scenario: Scenario) -> Evidence:
    tasks = [Task(scenario, replicate) for replicate in range(4)]
    before, straight = tasks[: len(tasks) // 2], carry_out(tasks)
    with TemporaryDirectory() as home:
        store, done = Store(Path(home)), list[int]()
        carry_out(before, store)
        resumed = carry_out(tasks, store, progress=done.append)
    same = [digest_of(one.measures) for one in straight] == [digest_of(one.measures) for one in resumed]
    kept = done[: len(before)] == [scenario.weeks] * len(before)
    return _said(
        kept and same, f"{len(before)} of {len(tasks)} runs were not done again", "other findings, or done again"
    )


def _unmoved(claim: promised.Unmoved, scenario: Scenario) -> Evidence:
    try:
        found = moved()
    except ForeignCodeError as error:
        return Evidence(False, str(error))
    return _said(not found, f"{len(golden_cases())} cases as agreed", f"moved: {'; '.join(found)}")


def _place(scenario: Scenario, policy: str) -> int:
    if policy not in scenario.policies:
        raise ValueError(f"there is no policy called '{policy}'; known: {', '.join(scenario.policies)}")
    return list(scenario.policies).index(policy)


def _said(passes: bool, found: str, wrong: str) -> Evidence:
    return Evidence(bool(passes), found if passes else wrong)


_KINDS: Mapping[type, Callable[[Any, Scenario], Evidence]] = {
    promised.SameBits: _same_bits,
    promised.NoDifference: _no_difference,
    promised.SameUntilItActs: _same_until_it_acts,
    promised.BooksClose: _books_close,
    promised.Within: _within,
    promised.Ordered: _ordered,
    promised.Moves: _moves,
    promised.MovesAlong: _moves_along,
    promised.MoreShoppers: _more_shoppers,
    promised.PerHead: _per_head,
    promised.Signs: _signs,
    promised.Refused: _refused,
    promised.SameFiles: _same_files,
    promised.GoesOn: _goes_on,
    promised.Unmoved: _unmoved,
}
