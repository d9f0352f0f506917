"""Everything that a run leaves behind, as named arrays, so that two runs can be held against each other to the bit."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.model.accounts import Flow
from simulation.model.model import LoyaltyModel
from simulation.runs.executors import Means
from simulation.runs.run import run_scenario
from simulation.scenario.reading import canonical_text, scenario_from_text
from simulation.scenario.schema import Scenario, as_data, scenario_type

Books = Mapping[str, NDArray[Any]]

_FEW = 60  # shoppers, where a slow engine lives the same weeks
_PATIENCE = 300.0  # seconds for a process of plain Python


def books_of(model: LoyaltyModel) -> Books:
    """Return a model's ledger and accounts, and every shopper's traits and life."""
    ledger = model.ledger
    kept = {"weekly": ledger.weekly, "touched": ledger.touched, "harms": ledger.harms}
    lives = {f"lives.{name}": column for name, column in model.lives._asdict().items()}
    people = {f"people.{name}": column for name, column in model.people._asdict().items()}
    return {**kept, "accounts": model.accounts.weekly, **lives, **people}


def _used(accounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the accounts without payments of single policies and plug-ins that nobody makes. Shape (..., flows)."""
    program = np.arange(accounts.shape[-1]) < len(Flow)
    return accounts[..., program | accounts.any(axis=(0, 1))]


def lived(scenario: Scenario, **how: Any) -> Books:
    """Return the books of a scenario's first replicate."""
    return books_of(LoyaltyModel(scenario, **how).run())


def digest_of(books: Books) -> str:
    """Return a hash that two books share only if every number in them is the same; nobody's payments do not count."""
    digest = hashlib.sha256()
    for name in sorted(books):
        values = np.ascontiguousarray(_used(books[name]) if name == "accounts" else books[name])
        digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def differing(one: Books, other: Books) -> list[str]:
    """Return the names of what is not the same to the bit, among what both hold."""
    return [name for name in one if name in other and not np.array_equal(one[name], other[name])]


def numbers_in(books: Books) -> int:
    """Return how many numbers there are."""
    return sum(values.size for values in books.values())


def of_first_policies(books: Books, count: int) -> Books:
    """Return what the first policies have left behind, practices apart: how many there are hangs on all policies."""
    by_week = {name: books[name][:, :count] for name in ("weekly", "accounts")}
    return by_week | {name: values[:count] for name, values in books.items() if name.startswith("lives.")}


# --- one scenario lived in two ways that must not matter ------------------------------------------------------------


def _on_three_threads(scenario: Scenario) -> tuple[Books, Books]:
    return lived(scenario), lived(scenario, threads=3)


def _by_agents(scenario: Scenario) -> tuple[Books, Books]:
    few = scenario.with_changes(shoppers=_FEW)
    return lived(few), lived(few, engine="agents")


def _in_plain_python(scenario: Scenario) -> tuple[Books, Books]:
    few = scenario.with_changes(shoppers=_FEW, weeks=min(20, scenario.weeks))
    packages = os.pathsep.join(filter(None, (str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": packages}
    command = [sys.executable, "-m", "simulation.evidence.audit.books"]
    text = canonical_text(few).encode()
    found = subprocess.run(command, input=text, env=environment, capture_output=True, timeout=_PATIENCE, check=True)
    return _as_digest(digest_of(lived(few))), _as_digest(found.stdout.decode().strip())


def _as_digest(digest: str) -> Books:
    return {"digest": np.frombuffer(bytes.fromhex(digest), np.uint8)}


def _on_two_processes(scenario: Scenario) -> tuple[Books, Books]:
    return _all_replicates(scenario, threads=2), _all_replicates(scenario, means=Means(workers=2))


def _all_replicates(scenario: Scenario, **how: Any) -> Books:
    outcome = run_scenario(scenario, **how)
    kept = {f"weekly {each.number}": each.weekly for each in outcome.replicates}
    return kept | {f"accounts {each.number}": each.accounts for each in outcome.replicates}


def _without_later_policies(scenario: Scenario) -> tuple[Books, Books]:
    kept = list(scenario.policies)[: max(2, len(scenario.policies) // 2)]
    fewer = lived(scenario.with_changes(policies=kept))
    return of_first_policies(lived(scenario), len(kept)), of_first_policies(fewer, len(kept))


def _under_other_names(scenario: Scenario) -> tuple[Books, Books]:
    names = {name: f"policy {place}" for place, name in enumerate(scenario.policies)}
    names |= {name: f"market {place}" for place, name in enumerate(scenario.markets)}
    renamed = scenario_type().model_validate(_renamed(as_data(scenario), names))
    return lived(scenario), lived(renamed)


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {names.get(key, key): _renamed(value, names) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_renamed(value, names) for value in part]
    return names.get(part, part) if isinstance(part, str) else part


WAYS: Mapping[str, Callable[[Scenario], tuple[Books, Books]]] = {
    "three threads": _on_three_threads,
    "agents": _by_agents,
    "plain Python": _in_plain_python,
    "two processes": _on_two_processes,
    "without later policies": _without_later_policies,
    "other names": _under_other_names,
}
"""Ways to live a scenario that must not change a bit, by name: each returns the books of the usual way and its own."""


if __name__ == "__main__":
    print(digest_of(lived(scenario_from_text(sys.stdin.read()))))
